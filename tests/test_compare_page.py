"""The Compare page without a browser: a sensible pair, links, gestures, refusals, own models."""

import re
import shutil
from html import unescape
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from latent_plane.comparison import read_gesture
from latent_plane.plane_state import pack_rows
from pages.compare import measuring
from pages.compare.linked import linked_view
from pages.compare.measuring import measured
from pages.shared.models import served
from tests.conftest import DIGITS_SPEC
from tests.visits import html_of, rerun, shipped, visit
from vae_core.evaluation.comparison import MEASURES

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_shelf")]

BERNOULLI, CONDITIONAL = shipped("digits"), shipped("digits", conditional=True)


def compared(*models: str, **query: str) -> AppTest:
    """The page of these models, once they are measured."""
    for model in models:
        measured(served(model)).result()
    return visit("compare", models=",".join(models), **query)


def table_of(app: AppTest) -> str:
    return unescape(html_of(app)).partition('class="comparison"')[2]


def test_a_first_visit_compares_two_models_of_one_dataset() -> None:
    app = visit("compare")
    models = app.query_params["models"].split(",")
    assert len(models) == 2
    first, second = (served(model).manifest.spec for model in models)
    assert (first.dataset, first.likelihood) == (second.dataset, second.likelihood)
    assert not app.warning and not app.error


def test_the_table_says_what_is_better_and_what_cannot_be_compared() -> None:
    app = compared(BERNOULLI, CONDITIONAL, shipped("iris"))
    table = table_of(app)
    for said in ("told the label", "other data", "baseline", "test, 269 examples", "best"):
        assert said in table, said
    assert re.search(r"\[[+−]\d+\.\d+, [+−]\d+\.\d+\]", table)
    assert len(re.findall(r'<th scope="row">', table.partition("</table>")[0])) == len(MEASURES)


def test_a_measurement_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shipped("wine")
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "load", Mock(side_effect=OSError("the disk is gone")))
        assert measured(served(model)).exception()
    app = visit("compare", models=model)
    assert "the disk is gone" in app.error[0].value
    next(button for button in app.button if button.label == "Try again").click().run()
    assert measured(served(model)).result().values
    assert not rerun(app).error


def test_a_baseline_is_chosen_and_stays_in_the_address() -> None:
    app = compared(BERNOULLI, CONDITIONAL)
    app.selectbox(key="baseline of 2").select_index(1)
    assert rerun(app).query_params["baseline"] == "2"
    again = compared(BERNOULLI, CONDITIONAL, baseline="2")
    assert again.selectbox(key="baseline of 2").value == 1


def test_what_was_let_go_and_lassoed_is_in_the_address_and_comes_back() -> None:
    app = compared(BERNOULLI, CONDITIONAL)
    gesture = {"serial": 1, "group": 0, "at": 7, "selected": pack_rows([2, 3, 9])}
    app.session_state[f"compared {BERNOULLI} {CONDITIONAL}"] = {"gesture": gesture}
    rerun(app)
    assert app.query_params["row"] == "7"
    assert app.query_params["lasso"] == "2.3.9"
    assert any("In the lasso: 3 examples" in element.value for element in app.markdown)
    again = compared(BERNOULLI, CONDITIONAL, row="7", lasso="2.3.9")
    assert any("In the lasso: 3 examples" in element.value for element in again.markdown)
    many = {**gesture, "selected": pack_rows(np.arange(500)), "serial": 2}
    app.session_state[f"compared {BERNOULLI} {CONDITIONAL}"] = {"gesture": many}
    assert "lasso" not in rerun(app).query_params


@pytest.mark.parametrize("row", ["-1", "99999999", "x", "1e3", ""])
def test_a_row_that_is_none_shows_the_first_example(row: str) -> None:
    app = compared(
        BERNOULLI, CONDITIONAL, row=row, lasso="x.-1.99999999", axes="9-9,a", baseline="7"
    )
    assert not app.error


def test_a_model_that_is_gone_is_named_and_the_others_stay() -> None:
    app = compared(BERNOULLI)
    app = visit("compare", models=f"{BERNOULLI},digits-dense-z2-00000000")
    assert "digits-dense-z2-00000000" in app.warning[0].value.replace("\\", "")
    assert len(app.multiselect(key="compared models").value) == 2


def test_models_of_another_latent_size_are_linked_and_laid_over(
    trained_root: Path, home: Path
) -> None:
    shutil.copytree(trained_root, home / "models")
    wide, flat = served(DIGITS_SPEC.model_id), served(BERNOULLI)
    view = linked_view((flat, wide), ((0, 1), None), overlay=True)
    assert len(view.index) == 1797
    for plane, model in zip(view.planes, (flat, wide), strict=True):
        latents = model.artifact.latents
        np.testing.assert_array_equal(latents.index[plane.rows], view.index)
        np.testing.assert_array_equal(latents.label[plane.rows], view.label)
    assert "of the spread of plane 1" in view.planes[1].note
    app = compared(BERNOULLI, DIGITS_SPEC.model_id, axes="1-2,3-1", overlay="1")
    assert app.query_params["axes"] == "1-2,3-1"
    assert app.query_params["overlay"] == "1"


def test_a_model_card_leads_here_and_one_model_finds_another() -> None:
    app = visit("card", model=BERNOULLI)
    links = [element.proto for element in app.get("page_link")]
    query = next(link.query_string for link in links if link.label == "Compare")
    assert query == f"models={BERNOULLI}"
    app = compared(BERNOULLI)
    assert len(app.multiselect(key="compared models").value) == 2


@given(st.none() | st.integers() | st.floats() | st.text() | st.lists(st.floats(), max_size=3))
def test_a_message_may_hold_anything(value: object) -> None:
    gesture = {"serial": 1, "group": 0, "at": 1, "selected": pack_rows([1, 5])}
    for name in gesture:
        event = read_gesture({**gesture, name: value}, [4, 9])
        if event is not None:
            assert event.group in (0, 1)
            assert 0 <= event.at < (4, 9)[event.group]
            assert (event.selected < (4, 9)[event.group]).all()
