"""The stored models: choosing one, and what the server keeps of it for all visitors."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from cachetools.keys import hashkey

from pages.shared.own_data import sees
from pages.shared.templates import literal
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import DECODER, Manifest
from vae_core.datasets import CATALOGUE
from vae_core.errors import ArtifactError, NotFound
from vae_core.text import plural

LISTING_SECONDS = 5
FAVOURITE = "mnist"
SEEN = "model seen last"
LIGHT = 3
"""A light decoder is so many times smaller than another of its kind."""
BOX = 250
"""Width of a box above the plane, in pixels: the longest name fits, and narrow screens wrap."""
NARROW = 170
"""Width of one whose choices have short names."""


@dataclass(frozen=True, eq=False)
class ServedModel:
    """One verified model, opened once for the whole server; caches know it by its name."""

    artifact: Artifact
    codec: OnnxCodec

    @property
    def manifest(self) -> Manifest:
        return self.artifact.manifest

    @property
    def model_id(self) -> str:
        return self.manifest.model_id

    @property
    def classes(self) -> tuple[str, ...]:
        """Label names that a conditional decoder is given one of; empty for others."""
        return self.manifest.description.labels if self.manifest.spec.conditional else ()


BY_NAME: dict[str | type[Any], Callable[[Any], Any]] = {ServedModel: lambda model: model.model_id}
"""`hash_funcs` for Streamlit's caches of functions that take a model."""


def by_name(model: ServedModel, *values: Hashable) -> Hashable:
    """`key` for `shared` functions that take a model, which they do not keep open."""
    return hashkey(model.model_id, *values)


@st.cache_data(ttl=LISTING_SECONDS, show_spinner=False)
def stored_models() -> list[registry.Entry]:
    """All stored models, broken ones too; looked up anew every few seconds."""
    return registry.models()


@st.cache_resource(max_entries=16, show_spinner="Opening the model …")
def served(model_id: str) -> ServedModel:
    """The verified model of that name. Raises what `registry.open_model` raises."""
    artifact = registry.open_model(model_id)
    return ServedModel(artifact, OnnxCodec(artifact))


def prefer(suits: Callable[[Manifest], bool]) -> None:
    """For a page that some models do not suit: where neither the address nor the visit has one
    that `suits`, begin with the first that does. Call it before the model is chosen."""
    if "model" in st.query_params:
        return
    suiting = {name: manifest for name, manifest in usable_models() if suits(manifest)}
    if suiting and st.session_state.get(SEEN) not in suiting:
        st.query_params["model"] = min(suiting, key=lambda name: registry.rank(suiting[name]))


def usable_models() -> Iterator[tuple[str, Manifest]]:
    """The models that open and that this visitor may see."""
    for entry in stored_models():
        if entry.manifest is not None and sees(entry.manifest.spec.dataset):
            yield entry.model_id, entry.manifest


def choose_model() -> ServedModel:
    """Two boxes, dataset and model; the address holds the model's name. Stops without any.

    A page whose address names none shows the one that this visitor has seen last.
    """
    usable = dict(usable_models())
    report_broken()
    if not usable:
        st.info(
            "There are no models yet. Train one with `python -m vae_core train --dataset digits`."
        )
        st.stop()
    asked = _asked(usable)
    datasets = in_catalogue_order({m.spec.dataset for m in usable.values()})
    dataset = st.selectbox(
        "Dataset",
        datasets,
        index=datasets.index(usable[asked].spec.dataset),
        key="dataset",
        format_func=lambda name: _dataset_title(name, usable),
        width=BOX,
    )
    choices = [name for name, manifest in usable.items() if manifest.spec.dataset == dataset]
    choices.sort(key=lambda name: registry.rank(usable[name]))
    together = [usable[name] for name in choices]
    model_id = st.selectbox(
        "Model",
        choices,
        index=choices.index(asked) if asked in choices else 0,
        key=f"model of {dataset}",
        format_func=lambda name: _model_title(usable[name], together),
        width=BOX + 50,
    )
    st.query_params["model"] = st.session_state[SEEN] = model_id
    return opened(model_id)


def title_of(manifest: Manifest, others: Sequence[Manifest] = ()) -> str:
    """Dataset and model in a line; `others` of the dataset show whether its decoder is light."""
    return f"{manifest.description.title} · {_model_title(manifest, others)}"


def opened(model_id: str) -> ServedModel:
    """The model of that name; the page says why and stops where it can't be opened."""
    try:
        return served(model_id)
    except (ArtifactError, NotFound) as error:
        st.error(f"This model can't be opened; the others are not affected.\n\n{literal(error)}")
        st.stop()


def report_broken() -> None:
    """Say which models are skipped, and why."""
    for entry in stored_models():
        if entry.error:
            st.warning(f"The model {literal(entry.model_id)} is skipped: {literal(entry.error)}")


def _asked(usable: dict[str, Manifest]) -> str:
    """The model that the address names, else the one seen last, else a favourite."""
    asked = st.query_params.get("model")
    wanted = st.session_state.get(SEEN) if asked is None else asked
    if wanted in usable:
        return str(wanted)
    if asked:
        st.warning(
            f"The link names the model “{literal(asked)}”, which is not here. Another one is shown."
        )
    favourites = [name for name, m in usable.items() if m.spec.dataset == FAVOURITE]
    return min(favourites or usable, key=lambda name: registry.rank(usable[name]))


def in_catalogue_order(names: set[str]) -> list[str]:
    """Names of datasets, built-in ones first and as the catalogue has them."""
    order = list(CATALOGUE)
    return sorted(names, key=lambda name: (order.index(name) if name in order else 99, name))


def _dataset_title(name: str, usable: dict[str, Manifest]) -> str:
    return next(m.description.title for m in usable.values() if m.spec.dataset == name)


def _model_title(manifest: Manifest, others: Sequence[Manifest]) -> str:
    spec = manifest.spec
    words = [
        spec.architecture,
        plural(spec.latent_dim, "dimension"),
        "conditional" if spec.conditional else "",
        f"without {spec.without}" if spec.without else "",
        f"β {spec.beta:g}" if spec.beta != 1 else "",
        f"seed {spec.seed}" if spec.seed else "",
        "light decoder" if _is_light(manifest, others) else "",
        spec.digest[:4],
    ]
    return " · ".join(word for word in words if word)


def _is_light(manifest: Manifest, others: Sequence[Manifest]) -> bool:
    """Whether its decoder is much smaller than that of another model of the same kind."""
    same = (m for m in others if registry.rank(m)[:3] == registry.rank(manifest)[:3])
    largest = max((m.files[DECODER].bytes for m in same), default=0)
    return LIGHT * manifest.files[DECODER].bytes < largest
