"""The page about the shipped models, pretrained/README.md: all of it, from their manifests."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from vae_core.artifacts import registry  # noqa: E402
from vae_core.artifacts.card import NOTES, PCA, TOLD, amount, split_words, subject, title  # noqa: E402
from vae_core.artifacts.manifest import DECODER, ENCODER, Manifest, Metric  # noqa: E402
from vae_core.datasets import CATALOGUE  # noqa: E402
from vae_core.spec.training_spec import TrainingSpec  # noqa: E402

GOODNESS = (
    "elbo", "importance_bound", "active_units", "aggregated_kl", "knn_5_accuracy", "mixture_ari",
    "mse", "ssim",
)  # fmt: skip
LIKELIHOODS = {
    "bernoulli": "Bernoulli, grey",
    "bernoulli_static": "Bernoulli, binarised",
    "bernoulli_dynamic": "Bernoulli, sampled",
    "gaussian": "Gaussian",
}
INTRODUCTION = """\
# Shipped models

`python docs/write_tables.py` writes this page from the manifests; a test fails where it is stale. Each model's card, with everything that was measured: `python -m vae_core card MODEL --quick`, or *Model card* in the app.
"""  # noqa: E501
FILES = """\
## What is in a directory

| file | content |
| --- | --- |
| `manifest.json` | specification, units, held-out numbers, hashes of the other files, versions, parity of Keras and ONNX |
| `encoder.onnx`, `decoder.onnx` | the graphs: `x` (and `y`) to `mean`, `log_var`; `z` (and `y`) to `x`; any batch size |
| `weights.safetensors` | all weights, to continue training with `--start-from` |
| `latents.npz` | where the encoder puts every example: `mean`, `log_var` (in half precision), `label`, `index`, `split` |
| `history.json` | one record an epoch |

No file holds an example of the data.
"""  # noqa: E501


def page() -> str:
    """The whole page as Markdown."""
    found = registry.models(within=registry.roots()[:1])
    order = list(CATALOGUE)
    manifests = sorted(
        (entry.manifest for entry in found if entry.manifest),
        key=lambda m: (order.index(m.spec.dataset), registry.rank(m)),
    )
    sections = (_made(manifests), _good(manifests), _data(manifests), _commands(manifests))
    parts = ["\n".join(section) for section in sections]
    return "\n".join([INTRODUCTION, *(f"{part}\n" for part in parts), FILES])


def _made(manifests: Sequence[Manifest]) -> Iterator[str]:
    yield "## What they are, and what they cost\n"
    yield (
        "| dataset | model | z | network | likelihood | encoder | decoder | epochs | training | "
        "from Keras |"
    )
    yield "| --- | --- | --: | --- | --- | --: | --: | --: | --: | --: |"
    for m in manifests:
        cells = (
            subject(m),
            f"`{m.model_id}`",
            str(m.spec.latent_dim),
            _network(m.spec),
            LIKELIHOODS[m.spec.likelihood],
            *(f"{m.files[name].bytes / 1000:,.0f} kB" for name in (ENCODER, DECODER)),
            f"{m.run.epochs:,}",
            f"{m.run.seconds:,.0f} s",
            f"{m.parity.largest:.0e}",
        )
        yield _line(cells)
    yield ""
    yield (
        "Seconds are those of the training on the machine that made the model. From Keras: the "
        "largest difference of any output between Keras and ONNX Runtime, values scaled to [0, 1], "
        "checked before a model is stored."
    )


def _network(spec: TrainingSpec) -> str:
    """The encoder's widths, and what of the decoder is not their mirror image."""
    widths, decoder = (
        " + ".join("-".join(map(str, part)) for part in parts if part)
        for parts in ((spec.filters, spec.hidden), (spec.decoder_hidden,))
    )
    words = (
        f"{spec.architecture} {widths}",
        f"decoder {decoder}" if decoder else "",
        "z to every layer" if spec.skip_z else "",
        "residual" if spec.residual else "",
        f"{spec.fourier} Fourier features" if spec.fourier else "",
        spec.activation,
    )
    return ", ".join(word for word in words if word)


def _good(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Numbers of the test split; for those of codes, PCA's of as many dimensions behind."""
    shown = [name for name in GOODNESS if any(m.metric(name) for m in manifests)]
    yield "## How good they are\n"
    yield _line(["model", *map(title, shown)])
    yield _line(["---", *("--:" for _ in shown)])
    for m in manifests:
        yield _line([f"`{m.model_id}`", *(_number(m, name) for name in shown)])
    yield ""
    yield (
        "Averages over held-out test examples that no training saw, ± one standard error; nats per "
        "example for the bounds (higher is better) and for KL. In brackets the same number of as "
        "many principal components as the model has dimensions. A dash: not measured, or without "
        "meaning. The same numbers come from `python -m vae_core evaluate MODEL` where the data "
        "are.\n"
    )
    for name in shown:
        yield f"- {title(name)}: {_how([m.metric(name) for m in manifests])}."
    yield ""
    if any(m.spec.conditional for m in manifests):
        yield f"- Of models that are told the label: {TOLD[0].lower()}{TOLD[1:]}"
    for likelihood in dict.fromkeys(m.spec.likelihood for m in manifests):
        yield f"- {NOTES[likelihood]}"


def _number(manifest: Manifest, name: str) -> str:
    metric, beside = manifest.metric(name), manifest.metric(PCA + name)
    if metric is None:
        return "–"
    return amount(metric) + (f" ({amount(beside)})" if beside else "")


def _how(metrics: Sequence[Metric | None]) -> str:
    """Estimator, draws and examples; what differs between models is left to their cards."""
    known = [metric for metric in metrics if metric]
    estimator = dict.fromkeys(metric.estimator.partition(";")[0] for metric in known)
    draws = sorted({metric.samples for metric in known})
    counts = sorted({metric.examples for metric in known})
    words = " or ".join(estimator)
    if draws[-1]:
        words += f", {' or '.join(f'{n:,}' for n in draws)} draw{'s' * (draws[-1] > 1)} of z each"
    span = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{words}, {span} examples"


def _data(manifests: Sequence[Manifest]) -> Iterator[str]:
    yield "## How the data were split\n"
    told = {}
    for m in manifests:
        told.setdefault(f"{m.description.title}: {split_words(m)}", m.description.title)
    for words in told:
        yield f"- {words}"
    yield ""
    yield (
        "Tables are scaled to [0, 1] with the range of the training split alone; that scaling is "
        "inside the graphs, so they take and give the data's own units."
    )


def _commands(manifests: Sequence[Manifest]) -> Iterator[str]:
    yield "## The commands\n"
    yield (
        "Run from the root of the repository, with MNIST and Fashion-MNIST in `data/` or in "
        "`LATENT_DATA_DIR` (or with `--download`). A command whose model is here finds it and "
        "trains nothing: to train it again, move its directory away first.\n"
    )
    lines = [f"# {m.model_id}\n{m.run.command}" for m in manifests]
    yield "```sh\n" + "\n\n".join(lines) + "\n```"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
