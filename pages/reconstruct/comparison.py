"""An example beside what the model makes of it: errors, draws of its posterior, scores."""

import streamlit as st

from pages.shared.example.picker import Example
from pages.shared.example.reconstruction_html import DRAWS, FAR, SAMPLES, look_at
from pages.shared.example.scores import QUANTITIES
from pages.shared.models import ServedModel
from vae_core.metrics import LIKELIHOOD_WORDS


def show_comparison(model: ServedModel, example: Example) -> None:
    """What the model makes of the example, with its scores; a live drawing shows itself."""
    look = look_at(model, example)
    if not example.live:
        st.html(look.beside)
    if look.draws:
        st.caption(
            f"{DRAWS} samples from its posterior, decoded",
            help="The encoder returns a Gaussian around the mean, not a single point. Where the "
            "samples agree, the model is certain.",
        )
        st.html(look.draws)
    elif model.manifest.spec.likelihood == "mixed":
        st.caption(
            "Nats: how surprising each cell is, given the code of the row",
            help="−log p of the value under the decoder, averaged over draws of z, minus the mean "
            "of that column over held-out rows: 0 is as usual, 3 is a cell twenty times less "
            "probable than usual. The last column is what samples from the posterior decode to.",
        )
    else:
        st.caption(
            "Error: decoded minus original",
            help="Each in its feature's unit, decoded at the posterior's mean. A square is fully "
            f"red or blue at {FAR} times the noise that the model has learned for the feature: red "
            "for too much, blue for too little. The last column is the range of "
            f"{DRAWS} samples from the posterior.",
        )
    if look.numbers:
        st.html(look.numbers)
        _explain(model, example)


def _explain(model: ServedModel, example: Example) -> None:
    image = model.manifest.description.kind == "image"
    names = [name for name in QUANTITIES if image or name not in ("psnr", "ssim")]
    found = [QUANTITIES[name] for name in names]
    beside = "; the values beside the drawing are those at the mean" if example.live else ""
    st.caption(
        f"For this example; ELBO and reconstruction averaged over {SAMPLES} draws of z{beside}.",
        help="\n".join(f"- **{quantity.name}**: {quantity.help}" for quantity in found)
        + f"\n\nLikelihood: {LIKELIHOOD_WORDS[model.manifest.spec.likelihood]}.",
    )
