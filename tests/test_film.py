"""The film: each kept epoch can be decoded and gone on from; filming changes no weight."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tiny_spec
from vae_core.artifacts.codec import one_hot, session
from vae_core.artifacts.manifest import Epoch
from vae_core.datasets import load
from vae_core.datasets.scaling import Scaling
from vae_core.errors import NotFound, SpecInvalid
from vae_core.jobs.film import FRAMES, Film, frame_limit, kept, stride
from vae_core.jobs.lineage import find_start
from vae_core.jobs.recovery import best_state
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, State, new_job_id
from vae_core.spec.intervention import RunCommand
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.callback import Progress
from vae_core.training.export import decoder_in_units
from vae_core.training.fit import Trained, train
from vae_core.training.vae import VAE
from vae_core.training.weights import load_weights, weight_bytes
from vae_core.worker import pipeline
from vae_core.worker.recorder import EpochRecorder


def heard(epoch: Epoch) -> None:
    """Nobody listens."""


class Checked(EpochRecorder):
    """A recorder that also keeps Keras's own pictures of each epoch."""

    def __init__(self, run: RunDirectory, dataset: Any) -> None:
        super().__init__(run, dataset)
        self.z = np.random.default_rng(0).standard_normal((20, 5)).astype(np.float32)
        self.pictures: dict[int, np.ndarray] = {}
        self.weights: dict[int, bytes] = {}

    def __call__(self, progress: Progress) -> Any:
        vae, epoch = progress.vae, progress.epoch.epoch
        trained = Trained(vae, progress.scaling, (), 0, 0.0, 0)
        inputs = [self.z[:, : vae.spec.latent_dim]]
        if vae.spec.conditional:
            inputs.append(one_hot(np.arange(20) % 10, 10))
        model = decoder_in_units(trained, self._description)
        self.pictures[epoch] = np.asarray(model(inputs))
        self.weights[epoch] = weight_bytes(vae)
        return super().__call__(progress)


def filmed(
    spec: TrainingSpec, recorder: type[EpochRecorder] = EpochRecorder
) -> tuple[RunDirectory, Any, Trained]:
    """Train `spec` in a run directory."""
    run = RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=spec, state=State.DONE))
    dataset = load(spec.dataset)
    observer = recorder(run, dataset)
    return run, observer, train(spec, dataset, on_epoch=heard, observer=observer)


@pytest.mark.parametrize(
    "spec",
    [
        tiny_spec("digits", architecture="dense", hidden=(128, 64), subset=200, epochs=3),
        tiny_spec(
            "digits",
            architecture="conv",
            conditional=True,
            latent_dim=3,
            subset=200,
            epochs=3,
            filters=(8, 16),
            hidden=(64,),
        ),
        tiny_spec("wine", epochs=3, hidden=(64, 64)),
    ],
    ids=["dense", "conv", "table"],
)
def test_each_epoch_decodes_as_keras_did(spec: TrainingSpec, home: Path) -> None:
    run, observer, trained = filmed(spec, Checked)
    assert run.film.epochs == (1, 2, 3)
    inputs = {"z": observer.z[:, : spec.latent_dim]}
    if spec.conditional:
        inputs["y"] = one_hot(np.arange(20) % 10, 10)
    width = trained.scaling.high - trained.scaling.low
    for epoch in run.film.epochs:
        (x,) = session(run.film.decoder_path(epoch)).run(["x"], inputs)
        assert np.abs((x - observer.pictures[epoch]) / width).max() < 0.01
        assert run.film.weights_path(epoch).read_bytes() == observer.weights[epoch]


def test_probes_are_a_stratified_sample_of_the_validation_split(home: Path) -> None:
    run, _, trained = filmed(tiny_spec("digits", architecture="dense", subset=64))
    dataset = load("digits")
    probes = run.film.probes(2)
    assert np.isin(probes.index, dataset.validation.index).all()
    assert len(probes.index) == min(500, len(dataset.validation))
    assert set(probes.label) == set(range(10))
    rows = np.searchsorted(dataset.validation.index, probes.index)
    assert (dataset.validation.label[rows] == probes.label).all()
    x = trained.scaling.apply(dataset.validation.x[rows], dataset.description)
    mean, log_var = (np.asarray(values) for values in trained.vae.encoder([x]))
    np.testing.assert_allclose(probes.mean, mean, atol=1e-5)
    np.testing.assert_allclose(probes.log_var, log_var, atol=1e-5)
    kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).mean(axis=0)
    assert run.feed().poll().kl[-1] == pytest.approx(kl.tolist(), rel=1e-3)
    assert (run.film.probes(1).index == probes.index).all()
    assert (run.film.probes(1).mean != probes.mean).any()


def test_an_epoch_that_is_not_there_is_named(home: Path, tmp_path: Path) -> None:
    film = Film(tmp_path)
    assert not film.epochs
    for ask in (film.probes, film.decoder_path, film.weights_path):
        with pytest.raises(NotFound, match=r"none yet.*epoch=3"):
            ask(3)
    (tmp_path / "00003.npz").write_bytes(b"PK")
    (tmp_path / ".00004.npz.123").write_bytes(b"")
    with pytest.raises(NotFound):
        film.probes(3)
    assert film.epochs == (3,)


@given(st.integers(1, 3000), st.integers(8, FRAMES))
def test_what_is_kept(epochs: int, limit: int) -> None:
    frames: set[int] = set()
    best = 1
    for epoch in range(1, epochs + 1):
        if (epoch - 1) % stride(epoch, limit) == 0 or epoch == epochs:
            best = epoch if epoch % 7 == 0 else best
            frames = kept(frames | {epoch}, best=best, limit=limit)
            assert len(frames) <= limit
    assert {1, epochs} <= frames
    grid = sorted(frames - {best, epochs} | {1})
    assert len({two - one for one, two in pairwise(grid)} - {0}) <= 2
    assert epochs < limit or len(frames) >= limit // 2 - 1


def test_large_frames_are_fewer() -> None:
    assert frame_limit(10**5) == FRAMES
    assert frame_limit(2**25) == 16
    assert frame_limit(2**33) == 8


def test_filming_and_interventions_leave_the_weights_to_the_specification(
    home: Path, tmp_path: Path
) -> None:
    """A run that was changed on the way, and its recorded specification trained anew."""
    commands = {
        2: RunCommand(beta=0.2),
        3: RunCommand(learning_rate=5e-3),
        6: RunCommand(stop=True),
    }

    class Commanding(EpochRecorder):
        def __call__(self, progress: Progress) -> RunCommand | None:
            super().__call__(progress)
            return commands.get(progress.epoch.epoch)

    spec = tiny_spec("digits", architecture="dense", subset=200, epochs=9, learning_rate=1e-3)
    run, _, trained = filmed(spec, Commanding)
    final = trained.vae.spec
    assert [change.model_dump(exclude_none=True) for change in final.changes] == [
        {"epoch": 3, "beta": 0.2},
        {"epoch": 4, "learning_rate": 5e-3},
    ]
    assert (final.stop_after, len(trained.history)) == (6, 6)
    assert [epoch.beta for epoch in trained.history] == [1.0, 1.0, 0.2, 0.2, 0.2, 0.2]
    anew = train(final, load("digits"), on_epoch=heard)
    assert weight_bytes(anew.vae) == weight_bytes(trained.vae)
    assert anew.best_epoch == trained.best_epoch
    plain = train(spec, load("digits"), on_epoch=heard)
    assert weight_bytes(plain.vae) != weight_bytes(trained.vae)

    forked = spec.continued(final.state_after(4), epochs=1, seed=5)
    weights, parent = find_start(str(forked.start_from))
    assert parent.until(4) == final.until(4)
    load_weights(plain.vae, weights)
    assert weight_bytes(plain.vae) == run.film.weights_path(4).read_bytes()
    assert find_start(spec.state_after(2))[0] == run.film.weights_path(2)
    with pytest.raises(NotFound, match=r"old runs are pruned.*Start from another epoch"):
        find_start(spec.state_after(3))  # in this run beta was changed before the third
    model = pipeline.train_model(forked, root=tmp_path / "models")
    assert model.manifest.spec.start_from == final.state_after(4)
    with pytest.raises(SpecInvalid, match="split_seed"):
        pipeline.train_model(spec.continued(str(forked.start_from), split_seed=1))


def test_a_fork_from_a_pruned_run(home: Path) -> None:
    spec = tiny_spec("iris", start_from="iris-table-z2-01234567@3")
    with pytest.raises(NotFound, match="old runs are pruned"):
        pipeline.train_model(spec)


def test_the_best_that_is_left(home: Path) -> None:
    spec = tiny_spec("iris", epochs=5)
    run, _, _ = filmed(spec)
    whole = best_state(run)
    assert whole is not None
    assert (whole.spec, whole.epoch, len(whole.history)) == (spec, 5, 5)
    for ending in ("npz", "onnx", "safetensors"):
        (run.film.path / f"00005.{ending}").unlink()
    left = best_state(run)
    assert left is not None
    assert left.spec == spec.stopped(len(left.history))
    anew = train(left.spec, load("iris"), on_epoch=heard)
    assert anew.best_epoch == left.epoch
    assert weight_bytes(anew.vae) == left.weights.read_bytes()
    assert (
        best_state(RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=spec))) is None
    )


def test_a_camera_needs_no_second_look(home: Path) -> None:
    """The best weights of a stopped run are filmed even if their epoch was passed over."""
    run, observer, trained = filmed(tiny_spec("iris", epochs=2))
    assert isinstance(trained.vae, VAE)
    assert isinstance(trained.scaling, Scaling)
    observer._frames.discard(2)
    run.film.decoder_path(2).unlink()
    observer.finish(2, trained.vae, trained.scaling)
    assert run.film.decoder_path(2).is_file()
