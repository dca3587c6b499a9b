"""Generated rows of a table: the rows themselves, and whether they look like the data."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from latent_plane.live_figures import live_figure
from pages.generate.sampling import Draw, Request, drawn
from pages.shared import thumbnails
from pages.shared.dataset_download import not_here
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.templates import render
from vae_core.arrays import Float32Array, Float64Array
from vae_core.datasets import has_test
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.column import Feature
from vae_core.figures import Figure, axis_title, correlations_figure, marginals_figure
from vae_core.metrics.fidelity import Fidelity, chance_distance, fidelity
from vae_core.metrics.two_sample import FEWEST as FEWEST_DETECTED
from vae_core.metrics.two_sample import Detection, detection
from vae_core.text import plus_minus

SHOWN_ROWS = 100
FEW = 8
FEWEST = 2
MOST_COMPARED = 60
"""Columns that are compared; pairs grow with their square."""
HEIGHT = 430


def rows_table(model: ServedModel, request: Request) -> None:
    """The first generated rows in the data's units."""
    st.html(_rows_html(model, request))
    made = len(drawn(model, request).x)
    if made > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS} of {made:,} rows; the files contain all of them.")


def compare(model: ServedModel, request: Request) -> None:
    """Marginals and correlations beside those of the data, and a verdict in words."""
    description = model.manifest.description
    found = compared(model, request)
    st.markdown("**Do the samples look like the data?**")
    if found is None:
        st.caption(
            f"{not_here(description)}, so there is nothing to compare with."
            if not has_test(description.name)
            else f"There are fewer than {FEWEST} held-out rows to compare with."
        )
        return
    result, allowed, examples = found
    found_more = len(description.features) > MOST_COMPARED
    st.markdown(verdict(result, description.features, allowed=allowed))
    st.caption(
        f"All {examples:,} held-out rows against {request.count:,} generated ones"
        + (f", the first {MOST_COMPARED} features." if found_more else "."),
        help="KS is the Kolmogorov-Smirnov distance: the largest difference between the two "
        "cumulative distributions, 0 if they are the same, 1 if they do not overlap. Two samples "
        f"of these sizes from one distribution stay below {allowed:.2f} in all features 19 times "
        "out of 20. r is Pearson's correlation, −1 to 1; with categories the correlation ratio η "
        "or Cramér's V, 0 to 1.",
    )
    _say_detected(model, request)
    order = np.argsort(-result.distance, kind="stable").tolist()
    if len(order) > FEW and not st.toggle(f"All {len(order)} features", key="all features"):
        order = order[:FEW]
    marginals, correlations = figures_of(model, request, tuple(order), result)
    live_figure(marginals, key="marginals", height=marginals.layout["height"])
    st.markdown("**How features go together**")
    height = min(HEIGHT, 180 + 30 * min(len(description.features), MOST_COMPARED))
    live_figure(correlations, key="correlations", height=height)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner=False)
def compared(model: ServedModel, request: Request) -> tuple[Fidelity, float, int] | None:
    """Data against a draw, the KS distance that chance allows, and how many examples there are.

    None where the data are not on this machine.
    """
    rows = _both(model, request)
    if rows is None:
        return None
    features = model.manifest.description.features[:MOST_COMPARED]
    categories = [len(feature.categories) for feature in features]
    allowed = chance_distance(*map(len, rows), tests=len(features))
    return fidelity(*rows, categories=categories), allowed, len(rows[0])


def natural_rows(x: Float32Array, features: Sequence[Feature]) -> Float64Array:
    """The columns of `features` of rows (n, F) in their own units."""
    offsets = np.array([feature.offset for feature in features])
    return np.asarray(x[:, : len(features)] + offsets, np.float64)


def _say_detected(model: ServedModel, request: Request) -> None:
    found = detected(model, request)
    if found is None:
        return
    st.caption(
        f"A classifier tells generated rows from held-out ones with an AUROC of "
        f"**{plus_minus(found.auroc, found.error, '.2f')}**; 0.5 is guessing.",
        help="Gradient-boosted trees, cross-validated on "
        f"{found.rows:,} rows of each kind (Lopez-Paz & Oquab, 2017): 1 where every row gives "
        "itself away. The error is that of the mean over five folds.",
    )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner="Asking a classifier …")
def detected(model: ServedModel, request: Request) -> Detection | None:
    """How well a classifier tells the draw from held-out rows; None with too few rows."""
    found = _both(model, request)
    if found is None or min(map(len, found)) < FEWEST_DETECTED:
        return None
    features = model.manifest.description.features[:MOST_COMPARED]
    return detection(*found, [len(feature.categories) for feature in features])


def _both(model: ServedModel, request: Request) -> tuple[Float64Array, Float64Array] | None:
    """Held-out rows and generated ones in natural units; None where the data are not here."""
    description, held_out = model.manifest.description, model.artifact.latents.of("test")
    index = held_out.index
    if request.label is not None:
        index = index[held_out.label == request.label]
    data = thumbnails.examples_of(description, index)
    if data is None or len(data) < FEWEST:
        return None
    features = description.features[:MOST_COMPARED]
    return natural_rows(data, features), natural_rows(drawn(model, request).x, features)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner=False)
def figures_of(
    model: ServedModel,
    request: Request,  # noqa: ARG001 - names the comparison, which is not hashed
    columns: tuple[int, ...],
    _result: Fidelity,
) -> tuple[Figure, Figure]:
    """Marginals of these columns, and correlations, of the comparison `compared`."""
    features = model.manifest.description.features[:MOST_COMPARED]
    return (
        marginals_figure(_result, features=features, columns=columns),
        correlations_figure(_result, features=features),
    )


def verdict(result: Fidelity, features: Sequence[Feature], *, allowed: float) -> str:
    """One sentence: which features differ by more than chance, and the largest difference of r."""
    count, worst = len(result.distance), int(result.distance.argmax())
    apart = int((result.distance > allowed).sum())
    distance = f"KS {result.distance[worst]:.2f}; chance allows {allowed:.2f}"
    most = f"largest: {features[worst].name}, {distance}"
    if apart:
        verb = "differs" if apart == 1 else "differ"
        first = f"{apart} of {count} features {verb} from the data by more than chance ({most})"
    else:
        first = f"No feature differs from the data by more than chance ({most})"
    away = np.abs(result.data_correlation - result.generated_correlation)
    one, other = divmod(int(away.argmax()), count)
    return (
        f"{first}. Correlations between features are off by {result.correlation_error:.2f} at most "
        f"({features[one].name} with {features[other].name})."
    )


@st.cache_data(hash_funcs=BY_NAME, max_entries=64, show_spinner=False)
def _rows_html(model: ServedModel, request: Request) -> str:
    draw = drawn(model, request)
    names = [axis_title(feature) for feature in model.manifest.description.features]
    heads = ["", *(["label"] if model.classes else []), *names]
    lines = [_line(model, draw, place) for place in range(min(SHOWN_ROWS, len(draw.x)))]
    return render("generate/rows_table.html", heads=heads, lines=lines, height=HEIGHT)


def _line(model: ServedModel, draw: Draw, place: int) -> list[str]:
    label = draw.label_at(place)
    named = [] if label is None else [model.classes[label]]
    features = model.manifest.description.features
    cells = map(cell_text, draw.x[place].tolist(), features)
    return [str(place + 1), *named, *cells]
