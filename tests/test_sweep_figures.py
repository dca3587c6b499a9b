"""Figures of a sweep: valid, honest about their lines, silent where there is nothing to show."""

from dataclasses import replace
from math import nan

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_sweeps import results
from vae_core.figures.figure import Figure
from vae_core.figures.pareto import pareto_figure, pareto_front
from vae_core.figures.rate_distortion import rate_distortion_figure
from vae_core.figures.sweep_objective import active_units_figure, objective_figure
from vae_core.figures.sweep_search import (
    best_so_far_figure,
    importances,
    importances_figure,
    parallel_figure,
)
from vae_core.sweeps import SweepResults, TrialResult, TrialState
from vae_core.sweeps.reading import plan_of

FIGURES = (
    *(rate_distortion_figure, active_units_figure, objective_figure, best_so_far_figure),
    *(parallel_figure, pareto_figure),
)


def of_two_settings(count: int = 5) -> SweepResults:
    """Beta matters, the widths do not."""
    betas, widths = [float(2**n) for n in range(count)], [[8], [16, 8], [32], [8, 8]]
    plan = plan_of(
        "iris",
        {"beta": betas, "hidden": [tuple(w) for w in widths], "kl_warmup_epochs": 0, "epochs": 2},
    )
    rows = []
    for n, values in enumerate(plan.grid()):
        spec, elbo = plan.spec(values, 0), -10.0 * values["beta"]
        rows.append(
            TrialResult(
                spec.model_id, spec, values, n, 0, TrialState.DONE, elbo=elbo, error=0.5,
                rate=3.0, distortion=7.0, active_units=2,
                decoder_bytes=1000 * (1 + widths.index(values["hidden"])), decode_ms=0.1,
            )
        )  # fmt: skip
    return SweepResults(plan.sweep_id, plan, tuple(rows))


def test_each_figure_is_valid_and_a_click_on_a_point_names_its_model() -> None:
    found = of_two_settings()
    known = {trial.model_id for trial in found.trials}
    for draw in FIGURES:
        figure = draw(found)
        assert figure is not None, draw
        go.Figure(figure.data, figure.layout)  # raises for what Plotly does not know
        named = {name for trace in figure.data for (name,) in trace.get("customdata", [])}
        assert named, draw
        assert named <= known
        assert figure.to_json()


def test_nothing_is_drawn_of_nothing() -> None:
    empty = results([[nan], [nan]], seeds=1)
    assert [draw(empty) for draw in FIGURES] == [None] * len(FIGURES)
    alike = results([[-10.0], [-11.0]], seeds=1)
    assert pareto_figure(alike) is None, "decoders of one size have no front"
    assert "two settings" in str(importances_figure(alike))
    few = of_two_settings(2)
    assert importances_figure(few) == "Importances need 16 settings with a model. So far: 8."
    same = replace(few, trials=tuple(replace(t, elbo=-1.0) for t in of_two_settings(4).trials))
    assert "alike" in str(importances_figure(same))


def test_what_matters_is_found() -> None:
    shares = importances(of_two_settings())
    assert isinstance(shares, dict)
    assert shares["beta"] > 0.9
    assert shares["beta"] + shares["hidden"] == pytest.approx(1)
    assert isinstance(importances_figure(of_two_settings()), Figure)


@given(st.lists(st.floats(-300, -10), min_size=2, max_size=6))
def test_on_a_line_rate_and_distortion_add_up_to_its_elbo(elbos: list[float]) -> None:
    figure = rate_distortion_figure(results([[elbo] for elbo in elbos], seeds=1))
    assert figure is not None
    shapes, words = figure.layout["shapes"], figure.layout["annotations"]
    for line, word in zip(shapes, words, strict=True):
        stated = -float(word["text"].removeprefix("ELBO ").replace("−", "-"))
        assert line["x0"] + line["y0"] == pytest.approx(stated)
        assert line["x1"] + line["y1"] == pytest.approx(stated)


POINTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


@given(POINTS)
def test_the_front_is_what_nothing_beats(points: list[tuple[int, int]]) -> None:
    costs = [(float(one), float(two)) for one, two in points]
    front = pareto_front(costs)
    best = [costs[place] for place in front]
    for place, (one, two) in enumerate(costs):
        beaten = any(a <= one and b <= two and (a, b) != (one, two) for a, b in best)
        assert beaten == (place not in front)
