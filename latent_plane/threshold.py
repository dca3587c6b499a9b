"""A threshold that one moves over the scores of examples; the browser counts by itself."""

import base64
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from latent_plane import assets
from latent_plane.live_figures import Drawn
from latent_plane.registration import program, register
from vae_core.errors import InvalidInput

_component = register(
    "threshold_plot",
    html="threshold/threshold.html",
    module="threshold/main.js",
    styles=("shared/base.css", "threshold/threshold.css"),
)


ADDRESS = "threshold"
"""The quantile's name in the page's address."""


class Mark(NamedTuple):
    """One example's score, and what is written beside it."""

    score: float
    text: str


def serve_scores(
    figures: Sequence[Drawn],
    normal: ArrayLike,
    strange: ArrayLike,
    *,
    names: tuple[str, str],
    unit: str,
    digits: int,
) -> str:
    """URL of all that the browser needs to count; the same for all visitors.

    `figures` are the histogram of the scores, the ROC curve and the precision-recall curve,
    `normal` (n >= 1,) and `strange` (m >= 1,) the scores behind them, in `unit`, written with
    `digits` after the point. Raises `InvalidInput`.
    """
    if len(figures) != 3 or not np.size(normal) or not np.size(strange):
        raise InvalidInput(
            "Expected three figures and scores (n >= 1,) of both kinds. Received: "
            f"{len(figures)} figures, {np.size(normal)} and {np.size(strange)} scores"
        )
    rest = {
        "normal": _packed(normal),
        "strange": _packed(strange),
        "names": names,
        "unit": unit,
        "digits": digits,
    }
    drawn = ",".join(figure.to_json() or "{}" for figure in figures)
    content = f'{{"figures":[{drawn}],{json.dumps(rest)[1:]}'
    return assets.serve(content.encode(), suffix=".json")


def threshold_plot(
    content_url: str, *, key: str, mark: Mark | None = None, quantile: float | None = None
) -> None:
    """Show what `serve_scores` serves under a slider, with the score of one example marked.

    The threshold is the quantile of the normal scores that the slider says, by the rule of
    `vae_core.metrics.detection.threshold`; it begins at `quantile`. Moving it asks nothing of the
    server, but writes `ADDRESS` into the page's address.
    """
    served = program()
    state = {
        "plotly": served["plotly"],
        "content": content_url,
        "mark": mark and mark._asdict(),
        "address": ADDRESS,
        "quantile": quantile,
    }
    _component(key=key, data={"modules": served["modules"], "state": json.dumps(state)})


def _packed(scores: ArrayLike) -> str:
    """Scores in ascending order, float32, as base64."""
    return base64.b64encode(np.sort(np.asarray(scores, "<f4")).tobytes()).decode()
