"""The ways of a morph: their names and colours, and their paths, kept for all visitors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import streamlit as st

from pages.shared.models import served
from vae_core.arrays import Float32Array
from vae_core.morph import (
    DecodedSpace,
    NeighbourGraph,
    Path,
    geodesic,
    over_data,
    spherical,
    straight,
)

Points = tuple[tuple[float, ...], ...]

ROUNDED = 3
"""Decimals of anchors, as in the page's address: visitors of one link share its paths."""
DAY = 24 * 3600
RARE = 1e6
"""Times rarer than this is not told apart."""
COMMON_NATS = 0.4
"""A difference in density that is not worth a word."""


@dataclass(frozen=True)
class Way:
    """How to get from anchor to anchor; `walk` finds the path over a model's decoded space."""

    title: str
    colour: str
    meaning: str
    walk: Callable[[str, Points, DecodedSpace], Path]


@st.cache_resource(max_entries=16, show_spinner=False)
def decoded_space(model_id: str) -> DecodedSpace:
    """What paths of a model are measured on; the label is told with `replace`."""
    model = served(model_id)
    return DecodedSpace.of(model.artifact, model.codec)


@st.cache_resource(max_entries=16, show_spinner=False)
def graph_of(model_id: str) -> NeighbourGraph:
    """The training examples of a model, each joined to its nearest."""
    return NeighbourGraph.of(served(model_id).artifact.latents.of("train").mean)


WAYS = {
    "straight": Way(
        "Straight line",
        "#d55e00",
        "the shortest in the latent space, whatever lies between",
        lambda _, anchors, space: straight(anchors, space),
    ),
    "spherical": Way(
        "Spherical",
        "#3f9fe0",
        "an arc around the centre, where the prior expects the examples of many dimensions",
        lambda _, anchors, space: spherical(anchors, space),
    ),
    "geodesic": Way(
        "Geodesic",
        "#c04fa5",
        "the way on which what is decoded changes least in all",
        lambda _, anchors, space: geodesic(anchors, space),
    ),
    "data": Way(
        "Over the data",
        "#12a37a",
        "from example to example in short steps",
        lambda model_id, anchors, space: over_data(anchors, space, graph_of(model_id)),
    ),
}

MEASURES = """
- **latent length**: how far one walks in the latent space. One σ is the prior's standard deviation.
- **output length**: how much what is decoded changes on the way, all changes added up. Black to
  white is 1 for a pixel, and the training range is 1 for a feature of a table.
- **sparsest**: how few examples lie around the emptiest place on the way, against where a typical
  example lies, in nats. 0: as many as there; −2.3: ten times fewer; −4.6: a hundred times fewer.
"""


def choose_ways() -> list[str]:
    """The pills that say which ways are shown; the address holds them."""
    asked = [name for name in st.query_params.get("paths", "").split(",") if name in WAYS]
    chosen = st.pills(
        "Ways from anchor to anchor",
        list(WAYS),
        selection_mode="multi",
        default=asked or list(WAYS),
        format_func=lambda name: WAYS[name].title,
        key="ways",
        help="\n".join(f"- **{way.title}**: {way.meaning}" for way in WAYS.values()),
    )
    shown = [name for name in WAYS if name in chosen]
    st.query_params["paths"] = ",".join(shown)
    return shown


def paths_of(
    model_id: str, ways: Sequence[str], anchors: Float32Array, label: int | None
) -> dict[str, Path]:
    """The path of each way. Raises `InvalidInput`, which names two anchors that coincide."""
    points = rounded(anchors)
    return {way: _path(model_id, way, points, label) for way in ways}


def rounded(anchors: Float32Array) -> Points:
    """Anchors (k, d) as what their paths are kept by."""
    return tuple(tuple(round(float(value), ROUNDED) for value in z) for z in anchors)


def note(path: Path) -> str:
    """The measures of a path in one line."""
    return (
        f"latent length {path.latent_length:.1f} σ · output length {path.output_length:.1f} · "
        f"sparsest {nats(path.lowest_density)}"
    )


def nats(value: float) -> str:
    """'−2.3 nats', with a true minus."""
    return f"{round(value, 1) or 0.0:.1f} nats".replace("-", "−")


def verdict(paths: dict[str, Path]) -> str:
    """Which way crosses the emptiest land and which keeps to the examples, in one sentence."""
    order = sorted(paths, key=lambda way: paths[way].lowest_density)
    worst, best = (paths[order[0]].lowest_density, paths[order[-1]].lowest_density)
    if worst > -COMMON_NATS:
        return "Nowhere on the way are examples much rarer than usual."
    first = f"At its emptiest place **{WAYS[order[0]].title}** passes where examples are "
    if best - worst < COMMON_NATS:
        return f"{first}{_rarity(worst)} than usual."
    return f"{first}{_rarity(worst)} than usual; **{WAYS[order[-1]].title}**: {_rarity(best)}."


def _rarity(density: float) -> str:
    """A log density relative to a typical example's, as a factor in words."""
    factor = exp(min(abs(density), log(RARE)))
    if abs(density) < COMMON_NATS:
        return "as common as usual"
    times = f"{factor:,.1f}" if factor < 10 else f"{factor:,.0f}"
    more = "more than " if factor >= RARE * 0.99 else ""
    return f"{more}{times} times {'rarer' if density < 0 else 'denser'}"


@st.cache_resource(max_entries=1024, ttl=DAY, show_spinner=False)
def _path(model_id: str, way: str, anchors: Points, label: int | None) -> Path:
    space = replace(decoded_space(model_id), label=label)
    return WAYS[way].walk(model_id, anchors, space)
