"""The model card: what a model is, its numbers, how it was made; as Markdown and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vae_core.artifacts.manifest import Manifest, Metric
from vae_core.datasets import CATALOGUE
from vae_core.text import number, plural, plus_minus

TITLES: Mapping[str, str] = {
    "elbo": "ELBO",
    "reconstruction": "reconstruction, −log p(x|z)",
    "kl": "KL(q(z|x) ‖ p(z))",
    "importance_bound": "importance-weighted bound",
    "importance_gain": "what it adds to the ELBO",
    "effective_draws": "effective draws",
    "bits_per_dimension": "bits per pixel, at most",
    "aggregated_kl": "aggregated posterior against prior, KL(q(z) ‖ p(z))",
    "mutual_information": "mutual information of example and code",
    "active_units": "active units",
    "mse": "mean squared error",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "knn_5_accuracy": "accuracy of 5 nearest neighbours",
    "knn_15_accuracy": "accuracy of 15 nearest neighbours",
    "linear_probe_accuracy": "accuracy of a linear probe",
    "silhouette": "silhouette of the labels",
    "kmeans_ari": "k-means against labels",
    "mixture_ari": "Gaussian mixture against labels",
}
"""What each number is called, in the order of a card; `pca_…` are those of PCA codes."""
PCA = "pca_"
NOTES: Mapping[str, str] = {
    "bernoulli": "The likelihood is a Bernoulli on grey values. That is not a proper "
    "likelihood of the data: the bounds compare models of this kind with each other, and never "
    "with results on binarised images.",
    "bernoulli_static": "The likelihood is a Bernoulli on pixels binarised at 0.5, for training "
    "and for these numbers.",
    "bernoulli_dynamic": "The likelihood is a Bernoulli on binary pixels, white with the grey "
    "value's probability: drawn anew at each step of training, once with the stated seed for "
    "these numbers.",
    "gaussian": "The likelihood is a Gaussian with a learned scale on values scaled to [0, 1]. "
    "It is a density, so bounds may be positive; they compare models of the same data and the "
    "same split only.",
    "mixed": "Each column has a likelihood of its kind: a normal distribution for real values, a "
    "log-normal one for positive values, a negative binomial one for counts, probabilities for "
    "categories. Only known cells count, and numbers with a unit enter as densities in that unit, "
    "so bounds may be positive; they compare models of the same data and the same split only.",
}
"""What a bound means under each likelihood."""
CONDITIONAL = (
    "The model is conditional: encoder and decoder are given the label, so the codes need not "
    "show it."
)


def title(name: str) -> str:
    """A metric's name in words: 'KL of z3' for `kl_z3`, 'PSNR' for `psnr`."""
    if name.startswith("kl_z"):
        return f"KL of z{name.removeprefix('kl_z')}"
    return TITLES.get(name.removeprefix(PCA), name)


def subject(manifest: Manifest) -> str:
    """What a model learned, in a few words: 'MNIST, conditional'."""
    spec = manifest.spec
    words = (
        manifest.description.title,
        "conditional" if spec.conditional else "",
        f"without {spec.without}" if spec.without else "",
    )
    return ", ".join(word for word in words if word)


def card_json(manifest: Manifest, metrics: Sequence[Metric]) -> str:
    """Everything of the card for machines: the manifest with `metrics` in place of its own."""
    values: dict[str, Any] = manifest.model_dump(mode="json")
    values["metrics"] = [metric.model_dump(mode="json") for metric in metrics]
    values["split"] = split_words(manifest)
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def card_markdown(manifest: Manifest, metrics: Sequence[Metric]) -> str:
    """The card for people."""
    sections = (_head(manifest), _numbers(manifest, metrics), _making(manifest), _data(manifest))
    return "\n".join(line for section in sections for line in section)


def split_words(manifest: Manifest) -> str:
    """How the examples were divided, and who saw which."""
    known = CATALOGUE.get(manifest.spec.dataset)
    counts = manifest.run.examples
    words = f"{counts['train']:,} examples for training, {counts['validation']:,} for validation, "
    words += f"{counts['test']:,} held out for the test. "
    if known and known.remote:
        words += "The test split is the source's own; the validation split was set aside from the "
        words += "training examples, stratified by label. "
    elif known:
        words += f"{known.held_out:.0%} of each label went to validation, as many to the test. "
    if manifest.spec.without is not None:
        words += f"The class “{manifest.spec.without}” was left out of training and validation; "
        words += "the numbers are those of the other classes' test examples. "
    words += f"The split depends only on the split seed (here {manifest.spec.split_seed}). "
    return words + "Neither training nor early stopping saw a test example."


def _head(manifest: Manifest) -> Iterator[str]:
    spec, description = manifest.spec, manifest.description
    shape = " × ".join(map(str, description.shape))
    yield f"# {manifest.model_id}\n"
    yield (
        f"A variational autoencoder of **{description.title}** ({description.kind}, {shape}) with "
        f"{plural(spec.latent_dim, 'latent dimension')}.\n"
    )


def _numbers(manifest: Manifest, metrics: Sequence[Metric]) -> Iterator[str]:
    yield "## Numbers\n"
    yield "Averages over examples ± one standard error; a nat is 1.44 bits.\n"
    yield NOTES[manifest.spec.likelihood] + "\n"
    if manifest.spec.conditional:
        yield CONDITIONAL + "\n"
    rest = {m.name.removeprefix(PCA): m for m in metrics if m.name.startswith(PCA)}
    yield "| | value | PCA | unit | split | examples | draws | seed | estimator |"
    yield "| --- | --: | --: | --- | --- | --: | --: | --: | --- |"
    for metric in metrics:
        if not metric.name.startswith(PCA):
            yield _row(metric, rest.get(metric.name))
    yield ""
    if rest:
        yield (
            f"PCA: the same number of {next(iter(rest.values())).estimator.partition(';')[0]}, "
            "as many as the model has latent dimensions where the data have so many.\n"
        )


def _row(metric: Metric, beside: Metric | None) -> str:
    cells = (
        title(metric.name),
        amount(metric),
        amount(beside) if beside else "",
        metric.unit,
        metric.split,
        f"{metric.examples:,}",
        f"{metric.samples:,}" if metric.samples else "–",
        str(metric.seed) if metric.samples else "–",
        metric.estimator,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def amount(metric: Metric) -> str:
    """Value and standard error, to as many decimals as that error leaves of meaning."""
    error = metric.error
    if not error > 0:
        whole = metric.value == round(metric.value) and abs(metric.value) > 1
        return number(metric.value, ".0f" if whole else ".3f")
    digits = 2 if error >= 0.05 else 3 if error >= 0.005 else 4
    return plus_minus(metric.value, error, f".{digits}f")


def _making(manifest: Manifest) -> Iterator[str]:
    run, spec = manifest.run, manifest.spec
    yield "## How it was made\n"
    if run.command:
        yield f"```sh\n{run.command}\n```\n"
    yield (
        f"{run.epochs} epochs in {run.seconds:,.0f} s, the weights of epoch {run.best_epoch}; "
        f"finished {run.finished}.\n"
    )
    yield "| setting | value |\n| --- | --- |"
    for name, value in spec.model_dump(mode="json").items():
        if value not in (None, [], ""):
            yield f"| {type(spec).model_fields[name].title or name} | {_plain(value)} |"
    yield "\n| file | bytes | sha256 |\n| --- | --: | --- |"
    for name, record in manifest.files.items():
        yield f"| {name} | {record.bytes:,} | `{record.sha256}` |"
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    parity = manifest.parity
    yield (
        f"\nKeras and ONNX Runtime agree to within {parity.largest:.1e} (allowed: "
        f"{parity.allowed:.0e}). Made with {versions}.\n"
    )


def _data(manifest: Manifest) -> Iterator[str]:
    description = manifest.description
    yield "## The data\n"
    yield f"{split_words(manifest)}\n"
    yield f"- Licence of the data: {description.licence}"
    yield f"- Source: {description.source}"
    yield f"- Citation: {description.citation}\n"
    yield "No file holds an example of the data. Shipped models are under this project's licence.\n"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
