"""What can be said of held-out examples that are not on this machine: the KL of their codes."""

import numpy as np
import streamlit as st

from pages.shared import links, thumbnails
from pages.shared.dataset_download import not_here
from pages.shared.example.scores import QUANTITIES, held_out_rows
from pages.shared.models import ServedModel
from vae_core.latent.posterior import kl_divergence
from vae_core.text import label_name

SHOWN = {"image": 12, "table": 5}


def show_codes_alone(model: ServedModel) -> None:
    """Why there are no scores, and what the model decodes of the codes with the highest KL."""
    latents, description = model.artifact.latents, model.manifest.description
    st.info(
        f"{not_here(description)}, so they can't be scored or compared with outliers. Where they "
        "lie in the latent space is stored with the model, and that alone gives their KL."
    )
    rows = held_out_rows(model)
    kl = kl_divergence(latents.mean[rows], latents.log_var[rows]).sum(axis=1)
    highest = np.argsort(-kl, kind="stable")[: SHOWN[description.kind]]
    labels = latents.label[rows[highest]]
    st.markdown(
        "**Held-out examples with the highest KL, decoded**",
        help=f"{QUANTITIES['kl'].help} It takes only the codes.",
    )
    captions = [
        f"{label_name(int(label), description.labels)}\n{QUANTITIES['kl'].write(float(nats))}"
        for label, nats in zip(labels, kl[highest], strict=True)
    ]
    made = model.codec.decode(latents.mean[rows[highest]], labels if model.classes else None)
    if description.kind == "image":
        thumbnails.picture_row(made, captions, labels.tolist())
    else:
        thumbnails.example_table(made, captions, description.features)
    links.explore_model(model.model_id)
