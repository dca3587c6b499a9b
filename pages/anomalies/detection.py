"""How well a score tells intruders from held-out examples: a threshold, its counts, the AUROC."""

from html import escape

import streamlit as st

from latent_plane.threshold import ADDRESS, Mark, threshold_plot
from pages.anomalies.error_pitfalls import show_lesson
from pages.anomalies.leave_class_out import show_experiment
from pages.anomalies.outliers import Intruder
from pages.anomalies.scores import SCORES, Detected, areas
from pages.shared.models import ServedModel
from pages.shared.query_params import find_share

CHANCE = 0.5


def show_detection(
    model: ServedModel, score: str, intruder: Intruder, found: Detected, *, mark: Mark | None
) -> None:
    """The slider over both histograms and curves, and beneath it how each score does."""
    asked = find_share(st.query_params.get(ADDRESS, ""))
    threshold_plot(found.url, key="threshold", mark=mark, quantile=asked)
    verdict, ranking = st.columns([3, 2], gap="large")
    with verdict:
        st.markdown(_verdict(found))
        chance = len(found.strange) / (len(found.strange) + len(found.normal))
        st.caption(
            f"Average precision {found.average_precision:.3f}; chance is {chance:.3f}.",
            help="AUROC, the area under the ROC curve, is the chance that an intruder scores above "
            "a held-out example: 0.5 is guessing, 1 perfect, below 0.5 the score calls the "
            "intruders more normal than the normal ones. The interval is a bootstrap over the "
            "examples: it says how far other examples might move it, not another training. "
            "Average precision is the area under the precision-recall curve.",
        )
        show_lesson(model, intruder)
    with ranking:
        st.html(_bars(areas(model, intruder), score))
    show_experiment(model)


def _verdict(found: Detected) -> str:
    interval = f"95 % interval {found.low:.3f} to {found.high:.3f}"
    line = f"AUROC **{found.area:.3f}** ({interval})"
    if found.low <= CHANCE <= found.high:
        return f"{line}: not to be told from guessing."
    if found.high < CHANCE:
        return f"{line}: this score calls the intruders **less** strange than the held-out ones."
    odds = f"{100 * found.area:.1f}"
    return f"{line}: of an intruder and a held-out example, the intruder scores higher in {odds} %."


def _bars(found: dict[str, float], chosen: str) -> str:
    """AUROC of each score as a bar, chance marked in the middle."""
    lines = "".join(
        f'<div style="{"font-weight:650" if name == chosen else ""}">{escape(SCORES[name].name)}'
        '</div><div style="position:relative;height:.7em;border-radius:3px;'
        'background:rgba(128,139,152,.2)">'
        f'<i style="position:absolute;inset:0 {100 * (1 - area):.1f}% 0 0;border-radius:3px;'
        f'background:#fc9722;opacity:{1 if name == chosen else 0.55}"></i>'
        '<i style="position:absolute;left:50%;top:-2px;bottom:-2px;border-left:1px dashed"></i>'
        f'</div><div style="text-align:right">{area:.3f}</div>'
        for name, area in found.items()
    )
    return (
        '<div style="font-size:.85rem;opacity:.8;margin-bottom:.3em">AUROC of each score; dashed: '
        'guessing</div><div style="display:grid;grid-template-columns:auto 1fr auto;gap:.2em .8em;'
        f'align-items:center;font-size:.85rem;font-variant-numeric:tabular-nums">{lines}</div>'
    )
