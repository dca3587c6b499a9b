"""The pages on a table of several kinds of columns, with gaps: the Palmer penguins."""

from io import BytesIO

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from pages.gaps import downloads as gap_files
from pages.gaps import filled
from pages.generate import downloads, sampling
from pages.generate.sampling import PRIOR, Request
from pages.shared.example.mixed_features import surprises
from pages.shared.models import served
from pages.shared.navigation import PAGES
from tests.visits import captions, html_of, shipped, visit
from vae_core.datasets import CATALOGUE, originals
from vae_core.datasets.gap_settings import gap_settings

ISLANDS = {"Biscoe", "Dream", "Torgersen"}
SIZES = ["bill length (mm)", "bill depth (mm)", "flipper length (mm)", "body mass (g)"]


@pytest.fixture
def model_id() -> str:
    return shipped("penguins")


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_mixed_table(page: str, model_id: str) -> None:
    visit(page, model=model_id)


def test_a_row_is_typed_with_its_categories_and_gaps(model_id: str) -> None:
    app = visit("reconstruct", model=model_id)
    slot = next(group for group in app.button_group if "Type a row" in str(group.options))
    slot.set_value("Type a row").run()
    (sex,) = (box for box in app.selectbox if box.label == "sex")
    assert sex.options == ["female", "male"]
    sex.set_value(None).run()
    assert not app.exception
    assert not app.error
    assert "<td>sex</td><td>–</td>" in html_of(app)


def test_gaps_are_filled_and_known_cells_stay(model_id: str) -> None:
    found = filled.filled_rows(served(model_id))
    x = originals("penguins", np.arange(CATALOGUE["penguins"].examples))
    assert np.array_equal(found.x, x, equal_nan=True)
    assert np.isnan(x).any(axis=1).sum() == len(found.rows) == 11
    completed = found.completed
    assert not np.isnan(completed).any()
    assert np.array_equal(completed[~np.isnan(x)], x[~np.isnan(x)])


def test_the_score_stands_beside_plain_methods(model_id: str) -> None:
    app = visit("gaps", model=model_id)
    text = html_of(app)
    for words in ("this model", "mean or mode", "IterativeImputer", "numbers", "categories"):
        assert words in text
    assert "rows of the test split" in captions(app)


@pytest.mark.usefixtures("supervisor")
def test_a_model_for_gaps_is_trained_with_the_settings_that_were_measured(model_id: str) -> None:
    app = visit("gaps", model=model_id)
    next(button for button in app.button if button.label == "Train one for gaps").click().run()
    assert not app.exception, app.exception
    wanted = gap_settings(served(model_id).manifest.run.examples["train"], 7)
    for name in ("latent_dim", "beta", "learning_rate", "batch_size", "hide_cells"):
        assert app.select_slider(key=f"train penguins {name}").value == wanted[name]
    for name in ("epochs", "kl_warmup_epochs"):
        assert app.number_input(key=f"train penguins {name}").value == wanted[name]
    widths = ", ".join(map(str, wanted["hidden"]))
    assert app.text_input(key="train penguins hidden table").value == widths


def test_a_first_visit_shows_filled_gaps() -> None:
    assert "gaps-filled" in html_of(visit("gaps"))


def test_a_model_without_gaps_says_so_and_leads_on() -> None:
    app = visit("gaps", model=shipped("iris"))
    assert "nothing to fill" in app.info[0].value
    assert "Add your own table" in [button.label for button in app.button]


@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_the_completed_table_has_the_right_types(model_id: str, kind: str) -> None:
    content = gap_files.written(served(model_id), kind)
    read = pyarrow.csv.read_csv if kind == "CSV" else pyarrow.parquet.read_table
    table = read(BytesIO(content))
    assert table.num_rows == 344
    assert set(table["island"].to_pylist()) == ISLANDS
    assert {type(value) for value in table["body mass"].to_pylist()} == {int}
    assert not sum(column.null_count for column in table.columns)


def test_generated_rows_have_the_right_types(model_id: str) -> None:
    request = Request(PRIOR, 200, noise=True)
    table = pyarrow.csv.read_csv(BytesIO(downloads.rows_csv(served(model_id), request)))
    assert set(table["island"].to_pylist()) <= ISLANDS
    assert {type(value) for value in table["body mass (g)"].to_pylist()} == {int}
    assert all(value > 0 for name in SIZES for value in table[name].to_pylist())


def test_noise_lets_generated_categories_differ_at_one_point(model_id: str) -> None:
    model = served(model_id)
    plain, noisy = (
        sampling.drawn(model, Request(PRIOR, 300, width=0.0, noise=noise)).x
        for noise in (False, True)
    )
    assert len(np.unique(plain, axis=0)) == 1
    assert len(np.unique(noisy[:, 0])) > 1


def test_an_absurd_cell_is_the_most_surprising(model_id: str) -> None:
    model = served(model_id)
    x = originals("penguins", [0])[0].astype(np.float32)
    x[4] = 20_000  # grams
    x[5] = np.nan
    found = surprises(model, x, None)
    assert np.nanargmax(found) == 4
    assert found[4] > 10
    assert np.isnan(found[5])
