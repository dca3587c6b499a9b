"""Sentences about a model, and numbers in the page's address."""

from collections.abc import Sequence

from pages.shared.templates import literal
from vae_core.artifacts.manifest import Manifest, Metric
from vae_core.datasets.description import Description
from vae_core.text import number, plural


def what_one_sees(description: Description, *, conditional: bool) -> str:
    """One line for somebody who sees a latent plane for the first time."""
    thing, shown = (
        ("image", "picture shows") if description.kind == "image" else ("row", "bars show")
    )
    coloured = " and coloured by its label" if description.labels else ""
    given = ", given the label chosen on the right" if conditional else ""
    return (
        f"Each dot is one {thing} of {literal(description.title)}, placed by the encoder"
        f"{coloured}. Move over the plane, also between the dots: the {shown} what the "
        f"decoder makes of that point{given}."
    )


def held_out_elbo(manifest: Manifest) -> tuple[str, str]:
    """The held-out ELBO in one line, and the small print that makes it honest."""
    metric = manifest.metric("elbo")
    if metric is None:
        return "The held-out ELBO was not measured.", ""
    thing = "image" if manifest.description.kind == "image" else "row"
    without = manifest.spec.without
    but = f" except those of “{literal(without)}”, which training left out" if without else ""
    value, error = number(metric.value, ".1f"), number(metric.error, ".1f")
    line = f"Held-out ELBO **{value}** ± {error} nats per {thing}"
    draws = f"{plural(metric.samples, 'draw')} of z per example"
    small_print = (
        f"Higher is better. Mean ± standard error over all {metric.examples:,} {metric.split} "
        f"examples{but}, none of them seen in training; {draws}; "
        f"likelihood: {metric.likelihood}."
    )
    if manifest.spec.likelihood == "bernoulli":
        small_print += " Not comparable with results on binarised images."
    if manifest.spec.likelihood == "gaussian":
        small_print += " A density may exceed 1, so this number may be positive."
    return line, small_print


def against_pca(manifest: Manifest, metrics: Sequence[Metric]) -> str:
    """How much better than a linear model of the same size it reconstructs, in a sentence."""
    found = {metric.name: metric for metric in metrics}
    own, linear = found.get("mse"), found.get("pca_mse")
    if own is None or linear is None:
        return "How well it reconstructs, compared with PCA, has not been measured yet."
    thing = "pictures" if manifest.description.kind == "image" else "rows"
    share = own.value / linear.value
    better = f"{1 - share:.0%} less" if share < 1 else f"{share - 1:.0%} more"
    return (
        f"Its reconstructions of {own.examples:,} {own.split} {thing} miss by a mean squared "
        f"error of {number(own.value, '.3g')}, {better} than PCA with as many dimensions "
        f"({number(linear.value, '.3g')}); values scaled to [0, 1]."
    )
