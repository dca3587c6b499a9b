"""Catalogue entries of the tables that scikit-learn ships."""

from vae_core.datasets.description import Description, Feature
from vae_core.datasets.entry import CC_BY_4, Entry

# A fifth of a small table: with less, the noise of 20 test rows hides what the model does.
HELD_OUT = 0.2

IRIS = Entry(
    Description(
        name="iris",
        title="Iris",
        kind="table",
        shape=(4,),
        labels=("setosa", "versicolor", "virginica"),
        features=tuple(
            Feature(name=name, unit="cm")
            for name in ("sepal length", "sepal width", "petal length", "petal width")
        ),
        licence=CC_BY_4,
        source="Fisher's measurements as shipped with scikit-learn (the two rows that differ in "
        "the UCI Machine Learning Repository follow Fisher's paper), doi:10.24432/C56C76",
        citation="R. A. Fisher, 'The use of multiple measurements in taxonomic problems', "
        "Annals of Eugenics 7 (1936) 179-188, doi:10.1111/j.1469-1809.1936.tb02137.x",
    ),
    examples=150,
    held_out=HELD_OUT,
    csv="iris.csv",
    defaults={
        "architecture": "table",
        "likelihood": "gaussian",
        "hidden": (64, 64),
        "activation": "silu",
        "batch_size": 16,
        "epochs": 145,
        "learning_rate": 8e-3,
        "beta": 2.2,
        "kl_warmup_epochs": 125,
    },
)

# The sources state a unit for the alcohol only, so no other is claimed.
WINE = Entry(
    Description(
        name="wine",
        title="Wine",
        kind="table",
        shape=(13,),
        labels=("Barolo", "Grignolino", "Barbera"),
        features=(
            Feature(name="alcohol", unit="%"),
            *(
                Feature(name=name)
                for name in (
                    "malic acid",
                    "ash",
                    "alcalinity of ash",
                    "magnesium",
                    "total phenols",
                    "flavanoids",
                    "nonflavanoid phenols",
                    "proanthocyanins",
                    "color intensity",
                    "hue",
                    "od280/od315 of diluted wines",
                    "proline",
                )
            ),
        ),
        licence=CC_BY_4,
        source="UCI Machine Learning Repository, doi:10.24432/C5PC7J, as shipped with scikit-learn",
        citation="M. Forina, C. Armanino, M. Castino and M. Ubigli, 'Multivariate data analysis "
        "as a discriminating method of the origin of wines', Vitis 25 (1986) 189-201; "
        "S. Aeberhard and M. Forina, 'Wine' (1992), UCI Machine Learning Repository",
    ),
    examples=178,
    held_out=HELD_OUT,
    csv="wine_data.csv",
    defaults={
        "architecture": "table",
        "likelihood": "gaussian",
        "activation": "silu",
        "batch_size": 16,
        "epochs": 300,
        "learning_rate": 3e-3,
        "kl_warmup_epochs": 100,
        "patience": 40,
    },
)

# Areas were counted in pixels of the microscope's image, and radius and perimeter follow; the
# other columns are ratios. Each appears as mean, standard error and mean of the three worst.
_NUCLEUS = {
    "radius": "px",
    "texture": "grey levels",
    "perimeter": "px",
    "area": "px²",
    "smoothness": "",
    "compactness": "",
    "concavity": "",
    "concave points": "",
    "symmetry": "",
    "fractal dimension": "",
}
BREAST_CANCER = Entry(
    Description(
        name="breast_cancer",
        title="Breast cancer (Wisconsin, diagnostic)",
        kind="table",
        shape=(30,),
        labels=("malignant", "benign"),
        features=tuple(
            Feature(name=pattern.format(name), unit=unit)
            for pattern in ("mean {}", "{} error", "worst {}")
            for name, unit in _NUCLEUS.items()
        ),
        licence=CC_BY_4,
        source="UCI Machine Learning Repository, doi:10.24432/C5DW2B, as shipped with scikit-learn",
        citation="W. N. Street, W. H. Wolberg and O. L. Mangasarian, 'Nuclear feature extraction "
        "for breast tumor diagnosis', Proc. SPIE 1905 (1993) 861-870, doi:10.1117/12.148698",
    ),
    examples=569,
    held_out=HELD_OUT,
    csv="breast_cancer.csv",
    defaults={
        "architecture": "table",
        "likelihood": "gaussian",
        "hidden": (32,),
        "activation": "silu",
        "batch_size": 32,
        "epochs": 100,
        "learning_rate": 3e-3,
        "kl_warmup_epochs": 20,
    },
)
