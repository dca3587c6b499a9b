"""The stage before the first run: what there is to learn, by which network, and what will come."""

import streamlit as st

from pages.shared.presets import expected
from pages.shared.templates import literal
from pages.train.examples import show_examples
from pages.train.network import draw_network, network_of, notes
from vae_core.datasets import entry
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import plural


def preview(dataset: str, spec: TrainingSpec | None) -> None:
    """Examples of the dataset and the network of `spec`, which is None while settings clash."""
    found, description = entry(dataset), entry(dataset).description
    thing = "images" if description.kind == "image" else "rows"
    st.markdown(
        f"## What there is to learn: {literal(description.title)}, {found.examples:,} {thing}"
    )
    show_examples(dataset)
    if spec is None:
        st.caption("The network is drawn here once the settings fit together.")
        return
    parameters = network_of(spec, description).parameters
    st.markdown(f"## The network that learns it: {parameters:,} parameters")
    st.caption(_task(spec))
    draw_network(spec, description)
    st.markdown("## What you will see")
    st.caption(_what_comes(spec))


def _task(spec: TrainingSpec) -> str:
    description = entry(spec.dataset).description
    one = "picture" if description.kind == "image" else "row"
    numbers = plural(description.size, "number")
    return " ".join(
        (
            f"The encoder turns each {one}, {numbers}, into {plural(spec.latent_dim, 'number')}, "
            f"z; the decoder makes a {one} of z again. Under each layer stand its shape and how "
            "many parameters training adjusts there.",
            *notes(spec),
        )
    )


def _what_comes(spec: TrainingSpec) -> str:
    one = "picture" if entry(spec.dataset).description.kind == "image" else "row"
    once = "once" if spec.epochs == 1 else "each once"
    take = "takes" if spec.epochs == 1 else "take"
    return (
        f"{plural(spec.epochs, 'epoch')}, {once} through the training data, {take} about "
        f"{expected(spec).words} here. After each a map shows where the encoder puts examples, "
        f"with the {one} that the decoder makes of the point under your pointer and curves of the "
        "losses beside it. You can move over the map while the model learns."
    )
