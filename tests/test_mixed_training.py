"""Mixed tables with gaps from training to the stored model, and what is done with it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from tests.mixed_tables import DESCRIPTION, FEATURES, dataset, rows
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec, session
from vae_core.artifacts.manifest import DECODER, ENCODER
from vae_core.datasets import Dataset, Split, load
from vae_core.datasets.heads import layout_of
from vae_core.datasets.scaling import Scaling
from vae_core.errors import DataInvalid, SpecInvalid
from vae_core.evaluation.complete import Effort, all_metrics
from vae_core.evaluation.gaps import ITERATIVE, MEAN, MODEL, gap_scores
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, State, new_job_id
from vae_core.metrics import elbo_parts
from vae_core.metrics.imputation import column_errors, hide, impute
from vae_core.metrics.imputation_baselines import fill_iteratively, fill_with_mean_or_mode
from vae_core.metrics.likelihood import observation_model
from vae_core.metrics.per_example import column_scores, scores
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.batches import Examples
from vae_core.training.fit import train
from vae_core.training.vae import VAE, build
from vae_core.worker.pipeline import train_on
from vae_core.worker.recorder import EpochRecorder

pytestmark = pytest.mark.slow

LAYOUT = layout_of(FEATURES)


def spec(**values: Any) -> TrainingSpec:
    given = {
        "dataset": "mixed", "architecture": "table", "likelihood": "mixed", "hidden": (32, 32),
        "activation": "silu", "epochs": 60, "batch_size": 32, "learning_rate": 5e-3,
        "hide_cells": 0.2, "latent_dim": 3,
    }  # fmt: skip
    return TrainingSpec.create(**{**given, **values})


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset(600)


@pytest.fixture(scope="module")
def artifact(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return train_on(data, spec(), root=tmp_path_factory.mktemp("mixed")).verify()


@pytest.fixture(scope="module")
def codec(artifact: Artifact) -> OnnxCodec:
    return OnnxCodec(artifact)


def untrained(**values: Any) -> tuple[VAE, Scaling]:
    scaling = Scaling.of(rows(200)[0], DESCRIPTION, mixed=True)
    vae = build(spec(**values), DESCRIPTION, scaling)
    rng = np.random.default_rng(0)
    for weight in (*vae.encoder.weights, *vae.decoder.weights):
        weight.assign(weight + 0.1 * rng.normal(size=weight.shape))
    vae.log_scale.assign(rng.normal(size=len(FEATURES)))
    return vae, scaling


def test_keras_and_arrays_count_the_same_nats(artifact: Artifact, codec: OnnxCodec) -> None:
    """The loss of training is the likelihood of the stored parameters."""
    vae, _ = untrained()
    assert vae.heads is not None
    x = rows(80, seed=5)[0]
    known = ~np.isnan(x)
    output = np.random.default_rng(1).normal(size=(80, LAYOUT.size)).astype(np.float32)
    filled, mask = np.where(known, x, 0).astype(np.float32), known.astype(np.float32)
    losses = np.asarray(vae.heads.losses(filled, mask, output, vae.log_scale))
    said = np.asarray(vae.heads.parameters(output))
    observation = observation_model(artifact.manifest)
    from vae_core.metrics.cells import cell_log_likelihood

    theirs = cell_log_likelihood(x, said, LAYOUT, vae.noise_scale())
    np.testing.assert_allclose(losses, -theirs.sum(axis=1), rtol=2e-4, atol=2e-3)
    assert observation.layout is not None


@pytest.mark.parametrize("wild", [1e30, -1e30, 7.0, 0.0])
def test_the_bound_is_the_same_to_the_last_bit_whatever_missing_cells_hold(
    wild: float, artifact: Artifact, data: Dataset
) -> None:
    vae, scaling = untrained()
    batch = Examples.of(data.test, spec(), DESCRIPTION, scaling).batch(range(20))
    noisy = {**batch, "x": batch["x"] + wild * (1 - batch["mask"])}
    parts = []
    for rows_ in (batch, noisy):
        shown = np.asarray(vae.shown(rows_["x"], rows_["mask"]))
        output = vae.decoder([vae.encoder([shown])[0]])
        assert vae.heads is not None
        losses = vae.heads.losses(rows_["x"], rows_["mask"], output, vae.log_scale)
        parts.append((shown, np.asarray(losses)))
    assert all((one == other).all() for one, other in zip(*parts, strict=True))
    encoder = session(artifact.file(ENCODER))
    inputs = {name: np.asarray(batch[name]) for name in ("x", "mask")}
    plain = encoder.run(None, inputs)
    other = encoder.run(None, {**inputs, "x": np.asarray(noisy["x"])})
    assert all((one == two).all() for one, two in zip(plain, other, strict=True))


def test_a_change_of_units_changes_nothing_but_nats(tmp_path: Path) -> None:
    """A model of grams and one of pounds have the same weights; bounds differ by the log."""
    factor, column = 2.0**10, 1
    plain, scaled = dataset(200), dataset(200)
    for split in (scaled.train, scaled.validation, scaled.test):
        split.x[:, column] *= factor
    short = spec(epochs=5)
    bounds, codes = [], []
    for number, one in enumerate((plain, scaled)):
        model = train_on(one, short, root=tmp_path / str(number))
        parts = elbo_parts(
            OnnxCodec(model), one.test.x, None, observation_model(model.manifest), samples=4
        )
        bounds.append(parts.elbo)
        codes.append(model.latents.mean)
    expected = bounds[0] - np.log(factor) * ~np.isnan(plain.test.x[:, column])
    np.testing.assert_allclose(codes[1], codes[0], atol=0.02)
    np.testing.assert_allclose(bounds[1], expected, atol=0.05)


def test_graphs_say_what_the_manifest_says(artifact: Artifact, codec: OnnxCodec) -> None:
    shapes = {
        name: [(t.name, t.shape) for t in tensors]
        for name, tensors in artifact.manifest.tensors.items()
    }
    columns, latent = (None, len(FEATURES)), (None, 3)
    assert shapes[ENCODER] == [
        ("x", columns), ("mask", columns), ("mean", latent), ("log_var", latent)
    ]  # fmt: skip
    assert shapes[DECODER] == [("z", latent), ("x", (None, LAYOUT.size))]
    assert artifact.manifest.schema_version == 2
    assert artifact.manifest.parity.largest <= 1e-5
    scale = np.array(artifact.manifest.noise_scale)
    assert ((scale > 0) == [head in ("real", "positive", "count") for head in LAYOUT.heads]).all()


def test_gaps_are_encoded_and_infinity_is_refused(codec: OnnxCodec, data: Dataset) -> None:
    mean, _ = codec.encode(data.test.x)
    nothing, _ = codec.encode(np.full((1, len(FEATURES)), np.nan))
    assert np.isfinite(mean).all() and np.isfinite(nothing).all()
    with pytest.raises(DataInvalid, match="infinity"):
        codec.encode(np.full((1, len(FEATURES)), np.inf))
    assert codec.parameters(mean).shape == (len(mean), LAYOUT.size)
    x = codec.decode(mean)
    assert x.shape == data.test.x.shape
    assert (x == LAYOUT.points(codec.parameters(mean), codec._noise_scale)).all()


def test_cells_add_up_to_the_bound(artifact: Artifact, codec: OnnxCodec, data: Dataset) -> None:
    observation = observation_model(artifact.manifest)
    cells = column_scores(codec, data.test.x, None, observation, samples=3)
    whole = scores(codec, data.test.x, None, observation, samples=3)
    np.testing.assert_allclose(cells.sum(axis=1), whole.reconstruction, rtol=1e-5)
    assert (cells[np.isnan(data.test.x)] == 0).all()
    held_out = artifact.manifest.metric("elbo")
    assert (
        held_out
        and held_out.likelihood == "one head a column, on its known values in their own units"
    )
    last = artifact.history[-1].validation.elbo
    assert held_out.value == pytest.approx(last, abs=3 * held_out.error + 1)


def test_every_number_of_a_mixed_model_is_finite(
    artifact: Artifact, codec: OnnxCodec, data: Dataset
) -> None:
    found = all_metrics(artifact, codec, data, effort=Effort(1, 20, 25))
    assert {"mse", "pca_mse", "knn_5_accuracy", "importance_bound"} <= {m.name for m in found}
    assert np.isfinite([metric.value for metric in found]).all()


def test_filled_gaps_are_better_than_means_and_their_intervals_hold(
    artifact: Artifact, codec: OnnxCodec
) -> None:
    complete = rows(2000, gaps=0.0, seed=9)[0]
    hidden = hide(complete, 0.2, seed=1)
    x = np.where(hidden, np.float32(np.nan), complete)
    observation = observation_model(artifact.manifest)
    filled = impute(codec, x, observation)
    assert (filled.x[~hidden] == complete[~hidden]).all()
    assert np.isfinite(filled.x).all()
    again = impute(codec, x, observation)
    assert (filled.x == again.x).all()
    widths = np.ptp(complete, axis=0)
    ours = column_errors(complete, filled.x, hidden, LAYOUT, widths)
    train = dataset(600).train.x
    plain = fill_with_mean_or_mode(train, x, LAYOUT)
    theirs = column_errors(complete, plain, hidden, LAYOUT, widths)
    informed = np.arange(len(FEATURES)) != 8  # drawn without regard to the rest
    assert (ours[informed] < theirs[informed]).all()
    for column, head in enumerate(LAYOUT.heads):
        at = hidden[:, column]
        known = np.isnan(filled.low[:, column]) & np.isnan(filled.probability[:, column])
        assert (known == ~at).all()
        if head in ("real", "positive", "count"):
            low, high = filled.low[at, column], filled.high[at, column]
            inside = (complete[at, column] >= low) & (complete[at, column] <= high)
            assert 0.8 < inside.mean() <= 1
        elif head != "ordinal":
            right = complete[at, column] == filled.x[at, column]
            assert filled.probability[at, column].mean() == pytest.approx(right.mean(), abs=0.1)


def test_iterative_imputation_fills_every_kind() -> None:
    complete, _ = rows(500, gaps=0.0, seed=2)
    hidden = hide(complete, 0.2)
    x = np.where(hidden, np.float32(np.nan), complete)
    found = fill_iteratively(x, x, LAYOUT)
    assert (found[~hidden] == complete[~hidden]).all()
    plain = fill_with_mean_or_mode(x, x, LAYOUT)
    errors = [
        column_errors(complete, filled, hidden, LAYOUT, np.ptp(complete, axis=0))
        for filled in (found, plain)
    ]
    assert errors[0].mean() < errors[1].mean()
    coded = found[:, [3, 4, 5, 8]]
    assert (coded == np.rint(coded)).all()


def test_errors_are_those_of_the_paper() -> None:
    x = np.zeros((4, len(FEATURES)))
    filled, hidden = x.copy(), np.ones(x.shape, bool)
    filled[:, 0] = [3, 0, 0, 4]
    filled[:, 3] = [1, 2, 0, 0]
    filled[:, 4] = [3, 0, 0, 1]
    hidden[:, 5] = False
    errors = column_errors(x, filled, hidden, LAYOUT, np.full(len(FEATURES), 10.0))
    assert errors[0] == pytest.approx(np.sqrt(25 / 4) / 10)
    assert (errors[3], errors[4]) == (0.5, pytest.approx(1 / 4))
    assert np.isnan(errors[5])


def test_hidden_cells_are_drawn_anew_and_never_missing_ones() -> None:
    vae, scaling = untrained(hide_cells=0.5)
    batch = Examples.of(dataset(300).train, spec(), DESCRIPTION, scaling).batch(range(200))
    masks = [
        np.asarray(vae.shown(batch["x"], batch["mask"], training=True))[:, -len(FEATURES) :]
        for _ in range(2)
    ]
    assert (masks[0] != masks[1]).any()
    known = np.asarray(batch["mask"])
    assert all((mask <= known).all() for mask in masks)
    assert 0.15 < 1 - masks[0][known > 0].mean() < 0.35, "a half at most, a quarter on average"
    calm = np.asarray(vae.shown(batch["x"], batch["mask"]))[:, -len(FEATURES) :]
    assert (calm == known).all()


def test_the_digest_of_a_specification_without_hidden_cells_is_as_before() -> None:
    assert "hide_cells" not in TrainingSpec.create(dataset="iris", architecture="table").model_dump(
        exclude_defaults=True
    )
    with pytest.raises(SpecInvalid, match="hide_cells"):
        TrainingSpec.create(dataset="iris", architecture="table", hide_cells=0.1)
    with pytest.raises(SpecInvalid, match="table architecture"):
        TrainingSpec.create(dataset="iris", architecture="dense", likelihood="mixed")


def test_gaps_need_the_likelihood_that_knows_them() -> None:
    iris = load("iris")
    iris.train.x.flags.writeable = True
    iris.train.x[0, 0] = np.nan
    with pytest.raises(DataInvalid, match="missing"):
        train(
            TrainingSpec.create(dataset="iris", architecture="table", epochs=1),
            iris,
            on_epoch=lambda _: None,
        )


def test_held_out_gaps_are_scored_beside_plain_ways(
    artifact: Artifact, codec: OnnxCodec, data: Dataset
) -> None:
    found = gap_scores(artifact.manifest, codec, data)
    assert found.rows == len(data.test)
    known = (~np.isnan(data.test.x)).sum()
    assert found.hidden.sum() == pytest.approx(0.2 * known, rel=0.3)
    assert found.mean(MODEL) < found.mean(MEAN)
    assert set(found.errors) == {MODEL, MEAN, ITERATIVE}
    again = gap_scores(artifact.manifest, codec, data)
    assert all((found.errors[way] == again.errors[way]).all() for way in found.errors)


def test_a_conditional_mixed_model_is_filmed_and_stored(tmp_path: Path, home: Path) -> None:
    """Each frame's decoder is the graph that an export of its weights would write."""
    short = spec(conditional=True, epochs=2)
    record = Record(job_id=new_job_id(), visitor="a", spec=short, state=State.DONE)
    run = RunDirectory.create(record)
    artifact = train_on(
        dataset(200),
        short,
        root=tmp_path / "models",
        observer=lambda seen: EpochRecorder(run, seen),
    )
    z = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    y = np.eye(2, dtype=np.float32)[[0, 1, 1, 0]]
    frame = session(run.film.decoder_path(2)).run(None, {"z": z, "y": y})[0]
    stored = OnnxCodec(artifact).parameters(z, [0, 1, 1, 0])
    np.testing.assert_allclose(frame, stored, rtol=1e-4, atol=1e-5)


def test_two_thousand_columns_stay_usable(tmp_path: Path) -> None:
    count, width = 64, 2000
    kinds = [FEATURES[number % len(FEATURES)] for number in range(width)]
    features = tuple(f.model_copy(update={"name": f"{n} {f.name}"}) for n, f in enumerate(kinds))
    wide = DESCRIPTION.model_copy(update={"features": features, "shape": (width,)})
    x = np.tile(rows(count)[0], (1, width // len(FEATURES)))
    whole = Split(x, np.zeros(count, np.int64), np.arange(count))
    data = Dataset.of(wide, train=whole, validation=whole, test=whole)
    artifact = train_on(data, spec(epochs=3), root=tmp_path)
    nodes = len(onnx.load(artifact.file(DECODER)).graph.node)
    assert nodes < 60, "the graph does not grow with the columns"
    assert artifact.history[-1].seconds < 2
    codec = OnnxCodec(artifact)
    assert codec.decode(codec.encode(x)[0]).shape == x.shape
