"""Model card: what a stored model is, how good it is, and how it was made."""

import streamlit as st

from pages.card.metrics_table import current_metrics, show_numbers
from pages.card.plots import show_codes, show_course, show_labels
from pages.card.provenance import offer_files, show_provenance
from pages.card.samples import show_manifold, show_reconstructions
from pages.shared import captions, links
from pages.shared.header import header
from pages.shared.models import ServedModel
from pages.shared.templates import literal
from vae_core.text import plural


def glance(model: ServedModel) -> None:
    """What the model is, how good, and what its latent space decodes to, on the first screen."""
    with st.container(key="glance"):
        words, space = st.columns(2, gap="large")
        with words:
            headline(model)
            with st.container(key="reconstructions"):
                show_reconstructions(model)
        with space:
            show_manifold(model)


def headline(model: ServedModel) -> None:
    """Dataset, size and the one number, with what it is an average of."""
    manifest = model.manifest
    conditional = ", conditional" if manifest.spec.conditional else ""
    line, small_print = captions.held_out_elbo(manifest)
    size = f"{plural(manifest.spec.latent_dim, 'latent dimension')}{conditional}"
    st.markdown(f"## {literal(manifest.description.title)}, {size}")
    st.markdown(line, help=small_print)
    st.caption(captions.against_pca(manifest, current_metrics(model)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        links.explore_model(model.model_id)
        links.find_anomalies(model)
        links.compare([model.model_id])
        with st.popover("Files", icon=":material/download:"):
            offer_files(model)


with header("Model card") as served_model:
    pass
glance(served_model)
show_numbers(served_model)
show_course(served_model)
place_of_labels = show_codes(served_model)
show_provenance(served_model)
with place_of_labels:  # last, since the first who asks waits some seconds for it
    show_labels(served_model)
