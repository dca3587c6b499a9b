"""Generate: new samples from a model, and what each latent dimension changes."""

import streamlit as st

from latent_plane.live_figures import live_figure
from pages.generate import classes, downloads, fidelity, samples, traversals
from pages.generate.controls import choose_request
from pages.generate.sampling import (
    CLASSES,
    NEAR,
    POSTERIOR,
    PRIOR,
    Axes,
    Request,
    drawn,
    mixture_of,
)
from pages.shared.axes import choose_axes
from pages.shared.header import header
from pages.shared.models import ServedModel
from vae_core.figures import bic_figure
from vae_core.text import plural

METHODS = {
    PRIOR: "Draws z from the prior, the standard normal distribution that training pulls the codes "
    "towards, and decodes it.",
    POSTERIOR: "Draws z from where the encoder really puts the examples: the aggregated posterior, "
    "approximated here by a mixture of Gaussians, so that the gaps in between stay empty.",
    NEAR: "Draws z around one example, with the encoder's own uncertainty. Click a grey dot to "
    "choose that example.",
    CLASSES: "One class in each row, the same z in each column. A conditional decoder is given the "
    "class, so z holds everything else: the style. Drag over the plane, and the first picture of "
    "each row follows.",
    traversals.TRAVERSALS: traversals.EXPLAINED,
}


@st.fragment
def generate(model: ServedModel, axes: Axes) -> None:
    """All below the choice of the model; only this runs when something is chosen or clicked."""
    method = st.segmented_control(
        "Method",
        list(METHODS),
        default=PRIOR,
        required=True,
        key="way",
        bind="query-params",
        label_visibility="collapsed",
    )
    st.caption(METHODS[method])
    if method == traversals.TRAVERSALS:
        traversals.show(model, axes)
    elif method == CLASSES and not model.classes:
        classes.needs_classes(model)
    else:
        example = samples.choose_centre(model) if method == NEAR else None
        if method == NEAR and example is None:
            return
        request = choose_request(model, method, example=example)
        if method == POSTERIOR:
            _mixture(model, request)
        _samples(model, axes, request)


def _samples(model: ServedModel, axes: Axes, request: Request) -> None:
    draw = drawn(model, request)
    table = model.manifest.description.kind == "table"
    each = len(draw.z) // len(model.classes) if request.method == CLASSES else request.count
    columns = each if request.method == CLASSES else round(request.count**0.5)
    beside, made = st.columns(2, gap="large")
    with beside:
        event = samples.show_map(model, axes, request=request)
    with made, st.container(key="samples"):
        if table:
            fidelity.rows_table(model, request)
        else:
            by_class = request.method == CLASSES
            rows = classes.class_rows(model, draw) if by_class else samples.grid(draw, columns)
            samples.show_pictures(model, axes, rows, method=request.method)
        downloads.offer(model, request, columns=columns)
        samples.offer_point(model, event, draw)
    if table and request.method in (PRIOR, POSTERIOR):
        fidelity.compare(model, request)


def _mixture(model: ServedModel, request: Request) -> None:
    """How many Gaussians, and why."""
    fit = mixture_of(model, request.label)
    count = len(fit.mixture.weights)
    with st.expander(f"The mixture has {plural(count, 'component')}: why?"):
        words, figure = st.columns([1, 2], gap="large")
        words.markdown(
            f"Mixtures of {', '.join(map(str, fit.bic))} components were fitted to the codes of "
            "the training examples. The Bayesian information criterion (BIC) weighs how well a "
            "mixture fits against how many parameters it has; the lowest is best."
        )
        with figure:
            live_figure(bic_figure(fit.bic, chosen=count), key="bic", height=200)


with header("Generate") as chosen_model:
    chosen_axes = choose_axes(chosen_model.codec.latent_dim, principal=True, key=" generate")
generate(chosen_model, chosen_axes)
