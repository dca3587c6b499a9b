"""How well a score tells outliers from held-out examples: a threshold, its counts, the AUROC."""

from math import isnan

import streamlit as st

from latent_plane.threshold import ADDRESS, Mark, threshold_plot
from pages.anomalies.error_pitfalls import show_pitfalls
from pages.anomalies.leave_class_out import show_experiment
from pages.anomalies.outliers import Outliers
from pages.anomalies.scores import SCORES, Detected, areas
from pages.shared.models import ServedModel
from pages.shared.query_params import find_share
from pages.shared.templates import show
from vae_core.figures.detection import STRANGE

CHANCE = 0.5


def show_detection(
    model: ServedModel, score: str, outliers: Outliers, found: Detected, *, mark: Mark | None
) -> None:
    """The slider over both histograms and curves, and beneath it how each score does."""
    asked = find_share(st.query_params.get(ADDRESS, ""))
    threshold_plot(found.url, key="threshold", mark=mark, quantile=asked)
    verdict, ranking = st.columns([3, 2], gap="large")
    with verdict:
        st.markdown(_verdict(found))
        chance = len(found.outliers) / (len(found.outliers) + len(found.normal))
        st.caption(
            f"Average precision {found.average_precision:.3f}; guessing gives {chance:.3f}.",
            help="AUROC, the area under the ROC curve, is the probability that an outlier scores "
            "higher than a held-out example: 0.5 is guessing, 1 is perfect, and below 0.5 the "
            "score finds the outliers more normal than the normal examples. The interval is a "
            "bootstrap over the examples: it shows how much other examples might change the "
            "number, not how much another training would. Average precision is the area under the "
            "precision-recall curve.",
        )
        show_pitfalls(model, outliers)
    with ranking:
        lines = [
            (SCORES[name].name, area, name == score)
            for name, area in areas(model, outliers).items()
        ]
        show("anomalies/auroc_bars.html", colour=STRANGE, lines=lines)
    show_experiment(model)


def _verdict(found: Detected) -> str:
    line = f"AUROC **{found.area:.3f}**"
    if isnan(found.low):
        return f"{line} (95 % interval –): a single example of a kind says nothing of others."
    line += f" (95 % interval {found.low:.3f} to {found.high:.3f})"
    if found.low <= CHANCE <= found.high:
        return f"{line}: not distinguishable from guessing."
    if found.high < CHANCE:
        return f"{line}: this score finds the outliers **more normal** than the held-out examples."
    odds = f"{100 * found.area:.1f} %"
    return f"{line}: an outlier scores higher than a held-out example in {odds} of all pairs."
