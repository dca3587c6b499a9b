"""The latent plane as a figure of Plotly's own class, which a notebook shows."""

from typing import Any

import numpy as np

from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import SPLITS, SplitName
from vae_core.errors import InvalidInput
from vae_core.figures import Figure, latent_figure
from vae_core.latent.plane import Plane, limits_of

LAYOUT = {
    "width": 700,
    "height": 600,
    "hovermode": "closest",
    "dragmode": "pan",
    "font": {"family": "sans-serif"},
}
"""What a page decides for itself in the app: size, gestures and letters."""


def plane_figure(
    artifact: Artifact, *, split: SplitName, axes: tuple[int, int] | None = None
) -> Any:
    """The encoded examples of a split on two axes of the latent space, with the prior's circles."""
    if split not in SPLITS:
        raise InvalidInput(f"Expected `split` to be one of {SPLITS}. Received: split={split!r}")
    latents, description = artifact.latents.of(split), artifact.manifest.description
    plane = _plane(artifact, axes)
    coordinates = plane.project(latents.mean)
    flat, limits = plane.latent_dim == 1, limits_of(coordinates)
    figure = latent_figure(
        coordinates[:, :1] if flat else coordinates,
        labels=latents.label,
        label_names=description.labels,
        names=plane.names,
        limits=[limits[0], (-1.6, 1.6)] if flat else limits,
        rows=latents.index,
        prior_centre=None if flat else plane.project(np.zeros((1, plane.latent_dim)))[0],
    )
    return _plotly(figure)


def _plane(artifact: Artifact, axes: tuple[int, int] | None) -> Plane:
    latent_dim = artifact.manifest.spec.latent_dim
    if axes is None and latent_dim > 2:
        return Plane.principal(artifact.latents.mean)
    return Plane.axes(*(axes or (0, 1)), latent_dim=latent_dim)


def _plotly(figure: Figure) -> Any:
    """The figure without overlays that are empty until somebody points at something."""
    from plotly import graph_objects

    traces = [trace for trace in figure.data if trace["meta"]["overlay"] != "posterior"]
    return graph_objects.Figure(data=traces, layout={**figure.layout, **LAYOUT})
