"""A model whose codes have collapsed: every page says so, and Morph starts with two anchors."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.collapse import notice
from pages.shared.query_params import read_anchors
from tests.conftest import tiny_spec
from tests.visits import captions, rerun, visit
from tests.waiting import wait_for
from vae_core.jobs import Record, Supervisor

COLLAPSED = "**The codes have collapsed** (active latent dimensions: 0 of 2)"
PAGES = ("explore", "reconstruct", "morph", "generate", "card", "anomalies")


def test_only_what_a_plane_would_hide_is_said() -> None:
    """Five of sixteen are a model's own business, and no fault."""
    assert COLLAPSED in notice(0, 2)
    assert "lie along a line" in notice(1, 16)
    assert [notice(*counts) for counts in ((1, 1), (2, 2), (5, 16))] == [""] * 3


@pytest.fixture
def record(supervisor: Supervisor) -> Record:
    """A run that ended with a collapsed model, as a training with a huge beta does."""
    spec = tiny_spec("digits", beta=100, epochs=4)
    job_id = supervisor.submit(spec, visitor="a").job_id
    wait_for(lambda: not supervisor.job(job_id).state.active)
    return supervisor.job(job_id).record


@pytest.mark.usefixtures("fresh_shelf")
def test_every_page_says_that_the_codes_have_collapsed(record: Record) -> None:
    model_id = record.spec.model_id
    for page in PAGES:
        app = visit(page, model=model_id)
        assert captions(app).count(COLLAPSED) == 1, page
        assert not app.warning and not app.error, page
    assert COLLAPSED in captions(visit("train", job=record.job_id))


def anchors_in(app: AppTest) -> np.ndarray:
    value = app.query_params["anchors"]
    return read_anchors(value if isinstance(value, str) else value[0], 2)


@pytest.mark.usefixtures("fresh_shelf")
def test_anchors_are_points_of_the_prior(record: Record) -> None:
    app = visit("morph", model=record.spec.model_id)
    start = anchors_in(app)
    np.testing.assert_array_equal(start, [[-1, 0], [1, 0]])
    next(button for button in app.button if button.label == "Shuffle").click()
    rerun(app)
    others = anchors_in(app)
    assert np.linalg.norm(others[0] - others[1]) > 1e-3
    assert not app.warning
