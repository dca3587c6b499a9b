"""Model card: what a stored model is, how good it is, and how it was made."""

import streamlit as st

from pages.card.metrics_table import show_numbers
from pages.card.plots import show_codes, show_course, show_labels
from pages.card.provenance import offer_files, show_provenance
from pages.card.samples import show_manifold, show_reconstructions
from pages.shared import captions, links
from pages.shared.header import header
from pages.shared.models import ServedModel
from pages.shared.templates import literal
from vae_core.text import plural


def headline(model: ServedModel) -> None:
    """Dataset, size and the one number, with what it is an average of."""
    manifest = model.manifest
    conditional = ", conditional" if manifest.spec.conditional else ""
    line, small_print = captions.held_out_elbo(manifest)
    size = f"{plural(manifest.spec.latent_dim, 'latent dimension')}{conditional}"
    st.markdown(f"## {literal(manifest.description.title)}, {size}  \n{line}")
    st.caption(small_print)
    with st.container(horizontal=True):
        links.explore_model(model.model_id)
        links.find_anomalies(model)


def pictures(model: ServedModel) -> None:
    """The latent space decoded, beside held-out examples."""
    space, examples = st.columns(2, gap="large")
    with space:
        show_manifold(model)
    with examples:
        show_reconstructions(model)


with header("Model card") as served_model:
    pass
headline(served_model)
offer_files(served_model)
show_numbers(served_model)
show_course(served_model)
place_of_labels = show_codes(served_model)
pictures(served_model)
show_provenance(served_model)
with place_of_labels:  # last, since the first who asks waits some seconds for it
    show_labels(served_model)
