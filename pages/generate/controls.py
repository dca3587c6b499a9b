"""The boxes and sliders that say what to generate; each stands in the page's address."""

import streamlit as st

from pages.generate.sampling import CLASSES, NEAR, Request
from pages.shared.example.picker import Example
from pages.shared.models import BOX, ServedModel

PICTURES = (16, 36, 64, 100)
MOST_ROWS = 5_000
LARGEST_SEED = 9_999
WIDEST = 3.0
AS_DATA = "as often as in the data"
WIDTHS = {
    "temperature": "Scales how far samples are from the centre: below 1 they are more typical and "
    "more alike, above 1 more varied and less typical.",
    "spread": "Scales the encoder's uncertainty about the example: at 0 all samples are alike, at "
    "1 they vary as much as the encoder is uncertain.",
}


def choose_request(model: ServedModel, method: str, *, example: Example | None = None) -> Request:
    """What somebody wants to see, within bounds; `example` is the one for `NEAR`."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        width = _width("spread" if method == NEAR else "temperature")
        count = _count(model, method)
        seed = _seed()
        label, around, noise = None, None, False
        if example is not None:
            around = tuple(example.mean.tolist()), tuple(example.log_var.tolist())
            label = example.label_for(model)
        elif model.classes and method != CLASSES:
            label = _label(model)
        if model.manifest.noise_scale and model.manifest.description.kind == "table":
            noise = _noise()
    return Request(method, count, seed, width, label, around, noise)


def _width(name: str) -> float:
    return st.slider(
        name.capitalize(),
        0.0,
        WIDEST,
        1.0,
        0.05,
        key=name,
        bind="query-params",
        help=WIDTHS[name],
        width=BOX,
    )


def _count(model: ServedModel, method: str) -> int:
    if method == CLASSES:
        return int(st.slider("Styles", 2, 12, 8, key="styles", bind="query-params", width=BOX - 50))
    if model.manifest.description.kind == "table":
        return int(
            st.number_input(
                "Rows", 10, MOST_ROWS, 500, 10, key="rows", bind="query-params", width=BOX // 2
            )
        )
    return st.segmented_control(
        "Pictures", PICTURES, default=36, required=True, key="pictures", bind="query-params"
    )


def _seed() -> int:
    return int(
        st.number_input(
            "Seed",
            0,
            LARGEST_SEED,
            0,
            key="seed",
            bind="query-params",
            help="The same seed always gives the same samples; another seed gives other ones.",
            width=BOX // 2,
        )
    )


def _label(model: ServedModel) -> int | None:
    names = [AS_DATA, *model.classes]
    chosen = st.selectbox(
        "Label given to the decoder",
        names,
        key="told",
        bind="query-params",
        width=BOX,
    )
    return None if chosen == AS_DATA else model.classes.index(chosen)


def _noise() -> bool:
    return st.toggle(
        "With noise",
        True,
        key="noise",
        bind="query-params",
        help="The decoder returns the middle of a row. Real rows scatter around it, as the model "
        "has learned for each feature; with this on, generated rows do too.",
    )
