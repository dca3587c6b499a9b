"""Models whose encoder puts all examples at nearly the same place: what to say of them."""

import streamlit as st

from pages.shared.models import BY_NAME, ServedModel
from vae_core.latent.posterior import active_units


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=256)
def active(model: ServedModel) -> int:
    """How many latent dimensions are active; as it was measured, or by the stored codes."""
    metric = model.manifest.metric("active_units")
    if metric is not None:
        return int(metric.value)
    return int(active_units(model.artifact.latents.of("test").mean).sum())


def notice(active: int, latent_dim: int) -> str:
    """What a plane of dots on one spot or one line means; '' where the codes spread further."""
    if active == 0:
        return (
            f"**The codes have collapsed** (active latent dimensions: 0 of {latent_dim}): every "
            "example gets nearly the same code, and the decoder hardly uses z. Train with a lower "
            "beta."
        )
    if active == 1 < latent_dim:
        return (
            f"1 of {latent_dim} latent dimensions is active, so the codes lie along a line, and "
            "the decoder hardly uses the rest of z. A lower beta keeps more active."
        )
    return ""
