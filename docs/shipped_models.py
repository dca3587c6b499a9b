"""The page about the shipped models, pretrained/README.md: all of it, from their manifests."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from vae_core.artifacts import registry  # noqa: E402
from vae_core.artifacts.card import (  # noqa: E402
    CONDITIONAL,
    NOTES,
    PCA,
    amount,
    split_words,
    subject,
    title,
)
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
    "mixed": "by column",
}
INTRODUCTION = """\
# Shipped models

`python docs/write_tables.py` writes this page from the manifests, and a test fails when it is out of date. Everything that was measured of a model is on its card: `python -m vae_core card MODEL --quick`, or *Model card* in the app.
"""  # noqa: E501
FILES = """\
## What a model's directory holds

| file | contents |
| --- | --- |
| `manifest.json` | specification, units, held-out numbers, hashes of the other files, versions, parity of Keras and ONNX |
| `encoder.onnx`, `decoder.onnx` | the graphs: from `x` (and `y`, the one-hot label of a conditional model) to `mean` and `log_var`, and from `z` (and `y`) to `x`; any batch size |
| `weights.safetensors` | all weights, to continue training from with `--start-from` |
| `latents.npz` | where the encoder puts every example: `mean` (none off by more than a hundredth of its posterior's deviation) and `log_var`, `label`, `index`, `split` |
| `history.json` | one record per epoch |

No file contains an example of the data.
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
    yield "## What they are and what they cost\n"
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
        "Training times are those of the machine that made the model. From Keras: the largest "
        "difference of any output between Keras and ONNX Runtime, on values scaled to [0, 1] and "
        "relative to the output where that is larger than 1; it is checked before a model is "
        "stored."
    )


def _network(spec: TrainingSpec) -> str:
    """The encoder's widths, and where the decoder is not its mirror image."""
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
    """Numbers of the test split; for codes also those of PCA with as many dimensions."""
    shown = [name for name in GOODNESS if any(m.metric(name) for m in manifests)]
    yield "## How good they are\n"
    yield _line(["model", *map(title, shown)])
    yield _line(["---", *("--:" for _ in shown)])
    for m in manifests:
        yield _line([f"`{m.model_id}`", *(_number(m, name) for name in shown)])
    yield ""
    yield (
        "Averages over the held-out test examples, which training never saw, ± one standard "
        "error; the bounds (higher is better) and the KL in nats per example. In brackets, the "
        "same number for a PCA with as many components as the model has latent dimensions. A "
        "dash: not measured, or not meaningful. `python -m vae_core evaluate MODEL` gives the "
        "same numbers on a machine that has the data.\n"
    )
    for name in shown:
        yield f"- {title(name)}: {_how([m.metric(name) for m in manifests])}."
    yield ""
    if any(m.spec.conditional for m in manifests):
        yield f"- Conditional models: {CONDITIONAL.partition(': ')[2]}"
    for likelihood in dict.fromkeys(m.spec.likelihood for m in manifests):
        yield f"- {NOTES[likelihood]}"


def _number(manifest: Manifest, name: str) -> str:
    metric, beside = manifest.metric(name), manifest.metric(PCA + name)
    if metric is None:
        return "–"
    return amount(metric) + (f" ({amount(beside)})" if beside else "")


def _how(metrics: Sequence[Metric | None]) -> str:
    """Estimator, draws and examples; the cards say what differs between models."""
    known = [metric for metric in metrics if metric]
    estimator = dict.fromkeys(metric.estimator.partition(";")[0] for metric in known)
    draws = sorted({metric.samples for metric in known})
    counts = sorted({metric.examples for metric in known})
    words = " or ".join(estimator)
    if draws[-1]:
        noun = "draw" if draws[-1] == 1 else "draws"
        words += f", {' or '.join(f'{n:,}' for n in draws)} {noun} of z per example"
    span = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{words}, {span} examples"


def _data(manifests: Sequence[Manifest]) -> Iterator[str]:
    yield "## How the data were split\n"
    yield from dict.fromkeys(f"- {m.description.title}: {split_words(m)}" for m in manifests)
    yield ""
    yield (
        "Tables are scaled to [0, 1] by the range of the training split. The scaling is part of "
        "the graphs, so they take and return the data's own units."
    )


def _commands(manifests: Sequence[Manifest]) -> Iterator[str]:
    yield "## The commands\n"
    yield (
        "Run them from the root of the repository, with MNIST and Fashion-MNIST in `data/` or "
        "`LATENT_DATA_DIR`, or add `--download`. Where the model already exists, the command "
        "reports it and trains nothing: move its directory away first, or name another folder as "
        "`--output`.\n"
    )
    lines = [f"# {m.model_id}\n{m.run.command}" for m in manifests]
    yield "```sh\n" + "\n\n".join(lines) + "\n```"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
