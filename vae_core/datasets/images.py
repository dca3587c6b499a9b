"""Catalogue entries of the image datasets."""

from vae_core.datasets.description import Description
from vae_core.datasets.entry import CC_BY_4, Entry, Remote, RemoteFile

TEN_DIGITS = tuple("0123456789")


def _four_files(
    train_images: tuple[int, str],
    train_labels: tuple[int, str],
    test_images: tuple[int, str],
    test_labels: tuple[int, str],
) -> tuple[RemoteFile, RemoteFile, RemoteFile, RemoteFile]:
    """The files of MNIST and of its drop-in replacements, from their bytes and sha256."""
    return (
        RemoteFile("train-images-idx3-ubyte.gz", *train_images, (60_000, 28, 28)),
        RemoteFile("train-labels-idx1-ubyte.gz", *train_labels, (60_000,)),
        RemoteFile("t10k-images-idx3-ubyte.gz", *test_images, (10_000, 28, 28)),
        RemoteFile("t10k-labels-idx1-ubyte.gz", *test_labels, (10_000,)),
    )


DIGITS = Entry(
    Description(
        name="digits",
        title="Digits (8×8)",
        kind="image",
        shape=(8, 8, 1),
        labels=TEN_DIGITS,
        maximum=16.0,
        licence=CC_BY_4,
        source="UCI Machine Learning Repository, doi:10.24432/C50P49 (its test set, written by "
        "13 people), as shipped with scikit-learn",
        citation="E. Alpaydin and C. Kaynak, 'Optical Recognition of Handwritten Digits' (1998), "
        "UCI Machine Learning Repository, doi:10.24432/C50P49",
    ),
    examples=1797,
    held_out=0.15,
    csv="digits.csv.gz",
    defaults={
        "architecture": "dense",
        "hidden": (256, 128),
        "activation": "silu",
        "batch_size": 64,
        "epochs": 150,
        "kl_warmup_epochs": 10,
    },
)

MNIST = Entry(
    Description(
        name="mnist",
        title="MNIST",
        kind="image",
        shape=(28, 28, 1),
        labels=TEN_DIGITS,
        maximum=255.0,
        licence="CC BY-SA 3.0 as widely reported (the authors' own page names none); "
        "copyright Yann LeCun and Corinna Cortes",
        source="The MNIST database of handwritten digits, Y. LeCun, C. Cortes, C. J. C. Burges, "
        "http://yann.lecun.com/exdb/mnist/",
        citation="Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, 'Gradient-based learning applied "
        "to document recognition', Proc. IEEE 86 (1998) 2278-2324, doi:10.1109/5.726791",
    ),
    examples=70_000,
    remote=Remote(
        folders=("mnist",),
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        files=_four_files(
            train_images=(
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            train_labels=(
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            test_images=(
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            test_labels=(
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
    ),
    defaults={
        "architecture": "dense",
        "activation": "silu",
        "batch_size": 256,
        "epochs": 80,
        "learning_rate": 2e-3,
        "warmup_epochs": 1,
        "kl_warmup_epochs": 5,
    },
)

FASHION_MNIST = Entry(
    Description(
        name="fashion_mnist",
        title="Fashion-MNIST",
        kind="image",
        shape=(28, 28, 1),
        labels=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        maximum=255.0,
        licence="MIT, copyright 2017 Zalando SE",
        source="https://github.com/zalandoresearch/fashion-mnist",
        citation="H. Xiao, K. Rasul and R. Vollgraf, 'Fashion-MNIST: a novel image dataset for "
        "benchmarking machine learning algorithms' (2017), arXiv:1708.07747",
    ),
    examples=70_000,
    remote=Remote(
        folders=("fashion-mnist", "fashion_mnist"),
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        files=_four_files(
            train_images=(
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            train_labels=(
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            test_images=(
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            test_labels=(
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
    ),
    defaults={
        "architecture": "conv",
        "hidden": (128,),
        "activation": "silu",
        "batch_size": 128,
        "epochs": 40,
        "warmup_epochs": 1,
        "kl_warmup_epochs": 2,
    },
)
