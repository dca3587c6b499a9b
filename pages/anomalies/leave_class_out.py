"""What came out when each class in turn was left out of training: which score, how large a z."""

import streamlit as st

from pages.anomalies.scores import SCORES
from pages.shared.models import ServedModel
from pages.shared.templates import show
from vae_core.evaluation.leave_class_out import Areas, Experiment, LeaveClassOut, read, shipped_file
from vae_core.text import number, plural

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
            f"For each of the {len(found.ours.labels)} labels of "
            f"{model.manifest.description.title}, two models were trained without it and then had "
            f"to tell it from the others. {_verdict(found)}"
        )
        st.caption(
            "To try it yourself, train a model with *Class left out* on the Train page: that class "
            "then comes first under *Against* here."
        )
    with numbers:
        _show_table(found)
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
    said = [f"Published, with the {SCORES[score].in_text}: {_compared(found.published, score)}."]
    ours = found.ours
    if ours.of(score, ours.dimensions[0]):
        said.append(f"Here: {_compared(ours, score)}{_worst(ours, score)}.")
    best = ours.best
    beats = "beats" if best.mean > found.published.best.mean else "does not beat"
    said.append(
        f"The best score here is the **{SCORES[best.score].in_text}** in "
        f"{plural(best.latent_dim, 'dimension')}, with an AUROC of **{best.mean:.3f}**, which "
        f"{beats} the published best."
    )
    return " ".join(said)


def _compared(experiment: Experiment, score: str) -> str:
    """'2 dimensions 0.9, 32 dimensions 0.7: the fewer are better'."""
    areas = [experiment.of(score, dim) for dim in _ends(experiment)]
    gain = experiment.gain(score)
    if gain is None:
        return "not measured"
    which = "fewer are better" if gain[0] > 0 else "more are better"
    if not abs(gain[0]) >= CLEAR * gain[1]:  # also where a single class has no error
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
    return f", and both find “{lowest[0][1]}” more normal than the rest (AUROC {numbers})"


def _ends(experiment: Experiment) -> tuple[int, int]:
    return experiment.dimensions[0], experiment.dimensions[-1]


def _show_table(found: LeaveClassOut) -> None:
    ours, published = found.ours, found.published
    dims = sorted({*ours.dimensions, *published.dimensions})
    lines = [
        (SCORES[name].name, _cells(ours, name, dims, ours.best))
        for name in SCORES
        if any(ours.of(name, dim) for dim in dims)
    ]
    score = published.best.score
    lines.append((f"Published, {SCORES[score].in_text}", _cells(published, score, dims, None)))
    heads = [plural(dim, "dimension") for dim in dims]
    show("anomalies/leave_class_out.html", heads=heads, lines=lines)


def _cells(
    experiment: Experiment, score: str, dims: list[int], best: Areas | None
) -> list[tuple[str, bool]]:
    """What stands under each number of dimensions, and whether it is the best."""
    found = (experiment.of(score, dim) for dim in dims)
    return [(_mean_and_spread(areas), areas == best) if areas else ("–", False) for areas in found]


def _mean_and_spread(areas: Areas) -> str:
    return f"{number(areas.mean, '.3f')} ± {number(areas.spread, '.2f')}"
