"""`vae_core.VAE` is a scikit-learn estimator: its own checks, frames with gaps, pipelines."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import vae_core
from tests.mixed_tables import FEATURES, rows
from vae_core.errors import DataInvalid, InvalidInput
from vae_core.estimator import VAE

pytestmark = pytest.mark.slow


@parametrize_with_checks([VAE(epochs=2, hidden=(8,))])  # type: ignore[untyped-decorator]
def test_scikit_learns_own_checks_pass(estimator: Any, check: Any, home: Path) -> None:
    check(estimator)


def frame(count: int, *, seed: int = 0) -> pd.DataFrame:
    """A frame with numbers, words, truth values and gaps."""
    x = rows(count, seed=seed)[0]
    values: dict[str, Any] = {f.name: x[:, place] for place, f in enumerate(FEATURES)}
    for place, feature in enumerate(FEATURES):
        if feature.categories:
            words = np.array([*feature.categories, None], dtype=object)
            codes = np.where(np.isnan(x[:, place]), len(feature.categories), x[:, place])
            values[feature.name] = words[codes.astype(int)]
    return pd.DataFrame(values)


@pytest.fixture(scope="module")
def fitted() -> VAE:
    kinds = {"mass": "positive", "visits": "count", "size": "ordinal"}
    return VAE(latent_dim=3, epochs=40, kinds=kinds).fit(frame(300))


def test_frames_come_back_as_frames(fitted: VAE) -> None:
    other = frame(50, seed=1)
    z = fitted.transform(other)
    assert z.shape == (50, 3)
    for made in (fitted.inverse_transform(z), fitted.sample(50), fitted.impute(other)):
        assert list(made.columns) == list(other.columns)
        assert set(made["colour"]) <= {"red", "green", "blue"}
        assert not made.isna().any().any()
        assert (made["visits"] == made["visits"].round()).all()
    kept = fitted.impute(other)["colour"][other["colour"].notna()]
    assert (kept == other["colour"].dropna()).all()
    kinds = {feature.name: feature.kind for feature in fitted.columns_.features}
    assert (kinds["mass"], kinds["visits"], kinds["alive"]) == ("positive", "count", "binary")


def test_whole_numbers_of_a_frame_stay_whole() -> None:
    rng = np.random.default_rng(0)
    legs = rng.integers(2, 9, 60).astype(float)
    legs[3] = np.nan
    words = rng.choice(["in", "out"], 60)
    frame = pd.DataFrame({"legs": legs, "size": legs + rng.normal(size=60), "place": words})
    model = VAE(epochs=1).fit(frame)
    rows = model.impute(frame)
    assert rows["legs"].dtype.kind == "i"
    assert rows["legs"].drop(3).tolist() == frame["legs"].drop(3).tolist()
    assert rows["size"].dtype.kind == "f"
    assert model.sample(5)["legs"].dtype.kind == "i"


def test_large_numbers_keep_their_differences() -> None:
    seconds = 1.7e9 + np.arange(60.0)
    x = np.stack([seconds, np.sin(seconds)], axis=1)
    model = VAE(latent_dim=1, epochs=2, hidden=(8,)).fit(x)
    gaps = x.copy()
    gaps[0, 1] = np.nan
    assert (model.impute(gaps)[:, 0] == seconds).all()
    assert model.sample(5)[:, 0] == pytest.approx(1.7e9 + 30, abs=500)


def test_a_saved_model_is_opened_as_any_other(fitted: VAE, home: Path) -> None:
    path = fitted.save(home / "models")
    model = vae_core.open_model(path.name)
    other = frame(20, seed=2)
    mean, _ = model.encode(fitted.columns_.encode(other))
    assert (mean == fitted.transform(other)).all()
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.score_samples(other) == fitted.score_samples(other)).all()


def test_a_saved_model_comes_back_as_an_estimator(fitted: VAE, home: Path) -> None:
    path = fitted.save(home / "models")
    other = frame(20, seed=2)
    for name in (path, str(path), path.name):
        again = VAE.load(name)
        assert (again.transform(other) == fitted.transform(other)).all()
        assert again.impute(other).equals(fitted.impute(other))
        assert again.get_feature_names_out().tolist() == fitted.get_feature_names_out().tolist()
        assert again.get_params()["hidden"] == fitted.hidden
    with pytest.raises(InvalidInput, match="gaussian"):
        VAE.load("iris-table")


def test_numbers_come_back_as_arrays(home: Path) -> None:
    x = rows(60)[0][:, [0, 1]]
    fitted = VAE(latent_dim=1, epochs=1, hidden=(8,)).fit(x)
    again = VAE.load(fitted.save(home / "models"))
    assert (again.inverse_transform([[0.5]]) == fitted.inverse_transform([[0.5]])).all()


def test_it_stands_in_pipelines_and_searches() -> None:
    x = np.nan_to_num(rows(90)[0][:, [0, 1, 9]])
    small = VAE(epochs=2, hidden=(8,))
    names = make_pipeline(StandardScaler(), small).set_output(transform="pandas").fit_transform(x)
    assert list(names.columns) == ["vae0", "vae1"]
    search = GridSearchCV(small, {"beta": [0.5, 2.0]}, cv=2).fit(x)
    assert search.best_params_["beta"] in (0.5, 2.0)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_what_can_not_be_learned_is_refused_in_words() -> None:
    table = frame(20)
    with pytest.raises(DataInvalid, match="dates"):
        VAE().fit(table.assign(day=pd.Timestamp("2020-01-01")))
    with pytest.raises(DataInvalid, match="categories in 'name'"):
        VAE().fit(frame(200).assign(name=[f"row {n}" for n in range(200)]))
    with pytest.raises(InvalidInput, match="weight"):
        VAE(kinds={"weight": "count"}).fit(table)
