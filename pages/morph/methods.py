"""The methods of a morph: their names and colours, and their paths, kept for all visitors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import streamlit as st

from pages.shared.models import BY_NAME, ServedModel
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
from vae_core.text import number

Points = tuple[tuple[float, ...], ...]

ROUNDED = 3
"""Decimals of anchors, as in the page's address: visitors of one link share its paths."""
DAY = 24 * 3600
RARE = 1e6
"""Times rarer than this is not told apart."""
COMMON_NATS = 0.4
"""A difference in density that is not worth a word."""


@dataclass(frozen=True)
class Method:
    """How to get from anchor to anchor; `walk` finds the path in a model's decoded space."""

    title: str
    colour: str
    meaning: str
    walk: Callable[[ServedModel, Points, DecodedSpace], Path]


@st.cache_resource(hash_funcs=BY_NAME, max_entries=16, show_spinner=False)
def decoded_space_of(model: ServedModel) -> DecodedSpace:
    """What paths of a model are measured on; the label is given with `replace`."""
    return DecodedSpace.of(model.artifact, model.codec)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=16, show_spinner=False)
def graph_of(model: ServedModel) -> NeighbourGraph:
    """The training examples of a model, each joined to its nearest."""
    return NeighbourGraph.of(model.artifact.latents.of("train").mean)


METHODS = {
    "straight": Method(
        "Straight line",
        "#d55e00",
        "the shortest path in the latent space, whatever lies in between",
        lambda _, anchors, space: straight(anchors, space),
    ),
    "spherical": Method(
        "Spherical",
        "#3f9fe0",
        "an arc around the centre, where the prior puts most examples in many dimensions",
        lambda _, anchors, space: spherical(anchors, space),
    ),
    "geodesic": Method(
        "Geodesic",
        "#c04fa5",
        "the path along which the decoded output changes least in total",
        lambda _, anchors, space: geodesic(anchors, space),
    ),
    "data": Method(
        "Over the data",
        "#12a37a",
        "from example to example in short steps",
        lambda model, anchors, space: over_data(anchors, space, graph_of(model)),
    ),
}

MEASURES = """
- **latent length**: the length of the path in the latent space. One σ is the prior's standard
  deviation.
- **output length**: how much the decoded output changes along the path, all changes added up. A
  pixel that goes from black to white counts 1, as does a feature that crosses its training range.
- **sparsest**: how dense the examples are at the sparsest point of the path, compared with where a
  typical example lies, in nats. 0: as dense as there; −2.3: ten times sparser; −4.6: a hundred
  times sparser.
"""


def choose_methods() -> list[str]:
    """The pills that say which methods are shown; the address holds them."""
    asked = [name for name in st.query_params.get("paths", "").split(",") if name in METHODS]
    chosen = st.pills(
        "Paths from anchor to anchor",
        list(METHODS),
        selection_mode="multi",
        default=asked or list(METHODS),
        format_func=lambda name: METHODS[name].title,
        key="methods",
        help="\n".join(f"- **{method.title}**: {method.meaning}" for method in METHODS.values()),
    )
    shown = [name for name in METHODS if name in chosen]
    st.query_params["paths"] = ",".join(shown)
    return shown


def paths_of(
    model: ServedModel, methods: Sequence[str], anchors: Float32Array, label: int | None
) -> dict[str, Path]:
    """The path by each method. Raises `InvalidInput`, which names two anchors that coincide."""
    points = rounded(anchors)
    return {method: _path(model, method, points, label) for method in methods}


def rounded(anchors: Float32Array) -> Points:
    """Anchors (k, d) as what their paths are kept by."""
    return tuple(tuple(round(float(value), ROUNDED) for value in z) for z in anchors)


def note(path: Path) -> str:
    """The measures of a path in one line."""
    return (
        f"latent length {path.latent_length:.1f} σ · output length {path.output_length:.1f} · "
        f"sparsest {number(path.lowest_density, '.1f', unit='nats')}"
    )


def verdict(paths: dict[str, Path]) -> str:
    """Which path crosses the sparsest region and which keeps to the examples, in one sentence."""
    order = sorted(paths, key=lambda method: paths[method].lowest_density)
    worst, best = (paths[order[0]].lowest_density, paths[order[-1]].lowest_density)
    if worst > -COMMON_NATS:
        return "Nowhere on these paths are examples much rarer than usual."
    first = f"At its sparsest point, **{METHODS[order[0]].title}** passes where examples are "
    if best - worst < COMMON_NATS:
        return f"{first}{_rarity(worst)} than usual."
    return f"{first}{_rarity(worst)} than usual; **{METHODS[order[-1]].title}**: {_rarity(best)}."


def _rarity(density: float) -> str:
    """A log density relative to a typical example's, as a factor in words."""
    factor = exp(min(abs(density), log(RARE)))
    if abs(density) < COMMON_NATS:
        return "as common as usual"
    times = f"{factor:,.1f}" if factor < 10 else f"{factor:,.0f}"
    more = "more than " if factor >= RARE * 0.99 else ""
    return f"{more}{times} times {'rarer' if density < 0 else 'denser'}"


@st.cache_resource(hash_funcs=BY_NAME, max_entries=1024, ttl=DAY, show_spinner=False)
def _path(model: ServedModel, method: str, anchors: Points, label: int | None) -> Path:
    space = replace(decoded_space_of(model), label=label)
    return METHODS[method].walk(model, anchors, space)
