"""Which models are compared, with which of them, and how their planes are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

import streamlit as st

from latent_plane.comparison import MOST_PLANES
from pages.shared.axes import choose_axes
from pages.shared.header import choosers
from pages.shared.models import (
    BOX,
    FAVOURITE,
    SEEN,
    ServedModel,
    in_catalogue_order,
    opened,
    report_broken,
    title_of,
    usable_models,
)
from pages.shared.templates import literal
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import Manifest
from vae_core.text import plural

Axes = tuple[int, int] | None
SEPARATOR = ","
PRINCIPAL = "pc"
SIZE = 2
"""Where `_words` has the latent size."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The models that are shown, the axes of each, and whether planes lie over the first one's."""

    models: tuple[ServedModel, ...]
    titles: tuple[str, ...]
    axes: tuple[Axes, ...]
    overlay: bool


def choose() -> Choice:
    """The boxes above the planes; the address holds what they say. Stops without any model."""
    usable = dict(usable_models())
    report_broken()
    if not usable:
        st.info(
            "There are no models yet. Train one with `python -m vae_core train --dataset digits`."
        )
        st.stop()
    with choosers("Compare") as name:
        names = _choose_names(usable)
        models = tuple(opened(one) for one in names)
        titles = titles_of([model.manifest for model in models])
        overlay = _choose_overlay(len(models))
        axes = _choose_axes(models, titles)
        name(", ".join(titles) or "no model yet")
    if not names:
        st.info("Choose a model above, and one to compare it with.")
        st.stop()
    return Choice(models, titles, axes, overlay)


def titles_of(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Numbered names of models that say in what they differ; else the digest tells them apart."""
    words = [_words(manifest) for manifest in manifests]
    datasets = sorted({own[0] for own in words})
    told = [len(datasets) > 1, *(_differs(words, place) for place in range(1, len(words[0])))]
    titles = [" · ".join(filter(None, compress(own, told))) or own[SIZE] for own in words]
    if len(set(titles)) < len(titles):
        digests = (manifest.spec.digest[:4] for manifest in manifests)
        titles = [f"{one} · {digest}" for one, digest in zip(titles, digests, strict=True)]
    return tuple(f"{number}: {title}" for number, title in enumerate(titles, 1))


def _differs(words: Sequence[tuple[str, ...]], place: int) -> bool:
    """Whether models of one dataset say different things there."""
    said = {(own[0], own[place]) for own in words}
    return len(said) > len({dataset for dataset, _ in said})


def _words(manifest: Manifest) -> tuple[str, ...]:
    spec = manifest.spec
    return (
        manifest.description.title,
        spec.architecture,
        plural(spec.latent_dim, "dimension"),
        "conditional" if spec.conditional else "",
        "" if spec.without is None else f"without {spec.without}",
        f"β {spec.beta:g}",
        "-".join(map(str, spec.hidden or spec.filters)),
        f"seed {spec.seed}",
    )


def sensible(usable: dict[str, Manifest], given: Sequence[str] = ()) -> list[str]:
    """`given`, or a model to begin with, and where that is one alone the best other one of its
    dataset that can be measured against it."""
    favourites = [name for name, m in usable.items() if m.spec.dataset == FAVOURITE]
    seen = st.session_state.get(SEEN)
    first = [seen] if seen in usable else []
    begin = min(favourites or usable, key=lambda name: registry.rank(usable[name]))
    chosen = list(given) or first or [begin]
    if len(chosen) > 1:
        return chosen
    own = usable[chosen[0]]
    others = [
        name
        for name, m in usable.items()
        if m.spec.dataset == own.spec.dataset and name != chosen[0]
    ]
    others.sort(key=lambda name: _strangeness(usable[name], own))
    return chosen + others[:1]


def _strangeness(manifest: Manifest, own: Manifest) -> tuple[bool, bool, bool, float]:
    """How badly a model serves as the other one: first what makes numbers incomparable."""
    spec, elbo = manifest.spec, manifest.metric("elbo")
    return (
        spec.likelihood != own.spec.likelihood,
        spec.conditional != own.spec.conditional,
        spec.without != own.spec.without,
        -elbo.value if elbo else 0.0,
    )


def _choose_names(usable: dict[str, Manifest]) -> list[str]:
    asked = [name for name in st.query_params.get("models", "").split(SEPARATOR) if name]
    gone = [name for name in asked if name not in usable]
    if gone:
        listed = ", ".join(f"“{literal(name)}”" for name in gone)
        absent = "is" if len(gone) == 1 else "are"
        st.warning(f"The link names {listed}, which {absent} not here. What is here is shown.")
    known = [name for name in dict.fromkeys(asked) if name in usable][:MOST_PLANES]
    chosen: list[str] = st.multiselect(
        "Models",
        _in_order(usable),
        default=sensible(usable, known),
        max_selections=MOST_PLANES,
        format_func=lambda name: _listed(usable[name], usable.values()),
        key="compared models",
        help=f"Up to {MOST_PLANES}. Those of one dataset are linked through their examples.",
    )
    st.query_params["models"] = SEPARATOR.join(chosen)
    return chosen


def _listed(manifest: Manifest, usable: Iterable[Manifest]) -> str:
    together = [other for other in usable if other.spec.dataset == manifest.spec.dataset]
    return title_of(manifest, together)


def _in_order(usable: dict[str, Manifest]) -> list[str]:
    datasets = in_catalogue_order({m.spec.dataset for m in usable.values()})
    return sorted(
        usable,
        key=lambda name: (
            datasets.index(usable[name].spec.dataset),
            *registry.rank(usable[name]),
        ),
    )


def choose_baseline(titles: Sequence[str]) -> int:
    """The place of the model from which differences are counted."""
    asked = st.query_params.get("baseline", "")
    first = int(asked) - 1 if asked.isdigit() and 1 <= int(asked) <= len(titles) else 0
    chosen: int = st.selectbox(
        "Differences from",
        range(len(titles)),
        index=first,
        format_func=titles.__getitem__,
        key=f"baseline of {len(titles)}",
        width=BOX,
        help="The model from which the table counts differences, example by example.",
    )
    _write("baseline", str(chosen + 1) if chosen else "")
    return chosen


def _choose_overlay(count: int) -> bool:
    on = st.toggle(
        "Lay planes over each other",
        value=st.query_params.get("overlay") == "1",
        key="overlay",
        disabled=count < 2,
        help="Turns and mirrors each plane so that its examples come closest to the first one's "
        "(Procrustes), whose dots are shown in grey below.",
    )
    _write("overlay", "1" if on else "")
    return bool(on and count > 1)


def _choose_axes(models: Sequence[ServedModel], titles: Sequence[str]) -> tuple[Axes, ...]:
    """The axes of each plane; only a model of more than two dimensions leaves a choice."""
    asked = st.query_params.get("axes", "").split(SEPARATOR)
    wide = [number for number, model in enumerate(models) if model.codec.latent_dim > 2]
    found: list[Axes] = [(0, 1)] * len(models)
    if not wide:
        _write("axes", "")
        return tuple(found)
    with st.popover("Axes", icon=":material/3d_rotation:"):
        for number in wide:
            dim = models[number].codec.latent_dim
            key = f" compared as {number}"
            _begin_with(asked[number] if number < len(asked) else "", dim, key)
            st.markdown(f"**{literal(titles[number])}**")
            found[number] = choose_axes(dim, principal=True, key=key)
    turned = any(found[number] for number in wide)
    _write("axes", SEPARATOR.join(_written(axes) for axes in found) if turned else "")
    return tuple(found)


def _begin_with(text: str, dim: int, key: str) -> None:
    """Let the boxes of `choose_axes` begin with what the address says."""
    numbers = [int(part) for part in text.split("-") if part.isdigit() and 1 <= int(part) <= dim]
    if len(set(numbers)) == 2:
        for box, number in zip(("across", "up"), numbers, strict=True):
            st.session_state.setdefault(f"{box} of {dim}{key}", f"z{number}")


def _written(axes: Axes) -> str:
    return PRINCIPAL if axes is None else f"{axes[0] + 1}-{axes[1] + 1}"


def _write(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
