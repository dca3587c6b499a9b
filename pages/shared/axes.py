"""The two boxes that choose which cut through many latent dimensions a plane shows."""

import streamlit as st

from pages.shared.models import BOX

PRINCIPAL = "Principal axes"


def choose_axes(latent_dim: int, *, principal: bool, key: str = "") -> tuple[int, int] | None:
    """Latent dimensions, counted from 0, to walk across and up; None for the principal axes.

    Up to two dimensions leave nothing to choose. `principal` offers the principal axes; `key`
    tells planes apart that choose for themselves.
    """
    if latent_dim <= 2:
        return (0, 1)
    names = [f"z{number + 1}" for number in range(latent_dim)]
    across = st.selectbox(
        "Across",
        [PRINCIPAL, *names] if principal else names,
        key=f"across of {latent_dim}{key}",
        width=BOX,
        help="The plane is a slice through the latent space; all other dimensions stay fixed.",
    )
    if across == PRINCIPAL:
        return None
    others = [name for name in names if name != across]
    up = st.selectbox("Up", others, key=f"up of {latent_dim}{key}", width=BOX)
    return names.index(across), names.index(up)
