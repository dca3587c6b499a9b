"""Plotly figures of latent spaces and tables, and the one palette that every plot uses.

A trace says in `meta["overlay"]` what it is ("density", "points", "prior", "posterior", "labels"),
and every point carries its example's row as `customdata`; whoever shows a figure needs to know
no more of it. Colours of text and axes are left to the page that shows the figure.
"""

from vae_core.figures.bic import bic_figure
from vae_core.figures.fidelity import correlations_figure, marginals_figure
from vae_core.figures.figure import Figure
from vae_core.figures.latent_map import latent_figure
from vae_core.figures.matrix import MAX_MATRIX_FEATURES, axis_title, feature_matrix
from vae_core.figures.samples import samples_figure
from vae_core.figures.style import NEUTRAL, PALETTE, SYMBOLS, TEMPLATE, colour, symbol
from vae_core.figures.training_curves import kl_figure, kl_panel, loss_figure, loss_panels

__all__ = [
    "MAX_MATRIX_FEATURES",
    "NEUTRAL",
    "PALETTE",
    "SYMBOLS",
    "TEMPLATE",
    "Figure",
    "axis_title",
    "bic_figure",
    "colour",
    "correlations_figure",
    "feature_matrix",
    "kl_figure",
    "kl_panel",
    "latent_figure",
    "loss_figure",
    "loss_panels",
    "marginals_figure",
    "samples_figure",
    "symbol",
]
