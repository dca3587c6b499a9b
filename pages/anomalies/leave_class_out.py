"""What came out when each class in turn was left out of training: which score, how large a z."""

from html import escape

import streamlit as st

from pages.anomalies.scores import SCORES
from pages.shared.models import ServedModel
from vae_core.evaluation.leave_class_out import Areas, Experiment, LeaveClassOut, read, shipped_file
from vae_core.text import plural

STYLE = (
    "<style>.left-out{overflow-x:auto}.left-out table{border-collapse:collapse;font-size:.85rem;"
    "font-variant-numeric:tabular-nums}.left-out th{font-weight:400;opacity:.65;text-align:right}"
    ".left-out th,.left-out td{padding:.25em 1.4em .25em 0;white-space:nowrap;text-align:right;"
    "border-bottom:1px solid rgba(128,139,152,.2)}.left-out :is(th,td):first-child{"
    "text-align:left}</style>"
)


CLEAR = 2
"""Standard errors that a difference has to have."""


def show_experiment(model: ServedModel) -> None:
    """The outcome for this dataset, if it was measured: a table and what it says."""
    found = _outcome()
    if found is None or found.ours.dataset != model.manifest.spec.dataset:
        return
    words, numbers = st.columns(2, gap="large")
    with words:
        st.markdown("**What if a class was never learned?**")
        st.markdown(
            f"{len(found.ours.labels)} pairs of models were trained, each pair without one label "
            f"of {model.manifest.description.title}, and then had to tell it from the others. "
            f"{_verdict(found)}"
        )
        st.caption(
            "Train such a model yourself: *Class left out* on the Train page; then that class "
            "stands here first under *Against*."
        )
    with numbers:
        st.html(f'{STYLE}<div class="left-out">{_table(found)}</div>')
        st.caption(
            "Mean AUROC ± standard deviation over the labels. "
            f"Ours: {found.ours.protocol.partition(';')[0]}.",
            help=f"Ours: {found.ours.protocol}.\n\nPublished: {found.published.protocol}. "
            f"{found.published.source}.",
        )


@st.cache_data(max_entries=1, show_spinner=False)
def _outcome() -> LeaveClassOut | None:
    file = shipped_file()
    return read(file) if file.is_file() else None


def _verdict(found: LeaveClassOut) -> str:
    """Whether the smaller latent space wins, there and here, and what wins at all."""
    score = found.published.best.score
    said = [f"Published, by the {_name(score)}: {_compared(found.published, score)}."]
    ours = found.ours
    if ours.of(score, ours.dimensions[0]):
        said.append(f"Here: {_compared(ours, score)}{_worst(ours, score)}.")
    best = ours.best
    beats = "beats" if best.mean > found.published.best.mean else "does not beat"
    said.append(
        f"The best here is the **{_name(best.score)}** in {best.latent_dim} dimensions, "
        f"**{best.mean:.3f}**, which {beats} the published best."
    )
    return " ".join(said)


def _compared(experiment: Experiment, score: str) -> str:
    """'2 dimensions 0.9, 32 dimensions 0.7: the fewer are better'."""
    areas = [experiment.of(score, dim) for dim in _ends(experiment)]
    gain = experiment.gain(score)
    if gain is None:
        return "not measured"
    which = "fewer are better" if gain[0] > 0 else "more are better"
    if abs(gain[0]) < CLEAR * gain[1]:
        which = "no clear difference"
    numbers = ", ".join(f"{plural(a.latent_dim, 'dimension')} {a.mean:.3f}" for a in areas if a)
    return f"{numbers}; {which}"


def _worst(experiment: Experiment, score: str) -> str:
    """The label that is found worst, if it passes for more normal than the normal ones."""
    areas = [experiment.of(score, dim) for dim in _ends(experiment)]
    lowest = [min(zip(a.auroc, experiment.labels, strict=True)) for a in areas if a]
    if not lowest or max(area for area, _ in lowest) > 0.5 or len({n for _, n in lowest}) > 1:
        return ""
    numbers = " and ".join(f"{area:.2f}" for area, _ in lowest)
    return f", and both call “{lowest[0][1]}” less strange than the rest ({numbers})"


def _ends(experiment: Experiment) -> tuple[int, int]:
    return experiment.dimensions[0], experiment.dimensions[-1]


def _table(found: LeaveClassOut) -> str:
    dims = sorted({*found.ours.dimensions, *found.published.dimensions})
    head = "".join(f"<th>{plural(dim, 'dimension')}</th>" for dim in dims)
    names = [name for name in SCORES if any(found.ours.of(name, dim) for dim in dims)]
    rows = [_row(found.ours, name, dims, SCORES[name].name, found.ours.best) for name in names]
    score = found.published.best.score
    rows.append(_row(found.published, score, dims, f"Published, {SCORES[score].name}", None))
    return f"<table><tr><th>Score</th>{head}</tr>{''.join(rows)}</table>"


def _row(
    experiment: Experiment, score: str, dims: list[int], title: str, best: Areas | None
) -> str:
    cells = ""
    for dim in dims:
        areas = experiment.of(score, dim)
        text = f"{areas.mean:.3f} ± {areas.spread:.2f}" if areas else "–"
        cells += f"<td>{f'<b>{text}</b>' if areas and areas == best else text}</td>"
    return f"<tr><td>{escape(title)}</td>{cells}</tr>"


def _name(score: str) -> str:
    name = SCORES[score].name
    return name if name.isupper() else name[0].lower() + name[1:]
