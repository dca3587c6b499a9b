"""Generated points of the latent space over the encoded examples."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from vae_core.figures.figure import Figure
from vae_core.figures.latent_map import latent_figure
from vae_core.figures.style import UNLABELLED

FEW = 100
"""Up to here samples get an edge; of more the crowd has to be seen."""
LARGE = {"size": 9, "opacity": 1, "line": {"color": "white", "width": 1}}
SMALL = {"size": 5, "opacity": 0.8}
GENERATED = "generated"


def samples_figure(
    coordinates: ArrayLike,
    *,
    labels: ArrayLike,
    label_names: Sequence[str] = (),
    context: ArrayLike,
    rows: ArrayLike,
    first: int,
    names: Sequence[str],
    limits: ArrayLike,
    prior_centre: ArrayLike,
    revision: str = "",
) -> Figure:
    """Large dots where samples lie, `coordinates` (n, 2), over small grey ones for examples.

    `labels` (n,) colour the samples where `label_names` are given. The examples lie at `context`
    (m, 2) and carry the numbers `rows` (m,); the samples are numbered on from `first`. The rest is
    as in `latent_figure`.
    """
    points, context = np.asarray(coordinates, np.float32), np.asarray(context, np.float32)
    label = np.asarray(labels) if label_names else np.zeros(len(points), int)
    numbers = [np.asarray(rows), first + np.arange(len(points))]
    flat = not names[1]
    everything = np.concatenate([context, points])
    figure = latent_figure(
        everything[:, :1] if flat else everything,
        labels=np.concatenate([np.full(len(context), -1), label]),
        label_names=label_names or (GENERATED,),
        names=names,
        limits=[np.asarray(limits)[0], (-1.6, 1.6)] if flat else limits,
        rows=np.concatenate(numbers),
        prior_centre=None if flat else prior_centre,
        revision=revision,
    )
    traces = [trace for trace in figure.data if trace["meta"]["overlay"] != "labels"]
    look = LARGE if len(points) <= FEW else SMALL
    for trace in traces:
        if trace["meta"]["overlay"] != "points":
            continue
        if trace["legendgroup"] == "-1":
            trace["name"] = UNLABELLED
        else:
            trace["marker"] = {**trace["marker"], **look}
    return Figure(traces, figure.layout)
