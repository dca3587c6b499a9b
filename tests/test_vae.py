"""The networks: which layer sees what, and what the encoder is shown while it learns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import tiny_spec
from vae_core.datasets import load
from vae_core.errors import ArtifactCorrupt
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, State, new_job_id
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.architectures import Fourier
from vae_core.training.backend import keras
from vae_core.training.callback import Progress
from vae_core.training.fit import train
from vae_core.training.vae import VAE, build
from vae_core.training.weights import save_weights, weight_bytes
from vae_core.worker import pipeline
from vae_core.worker.recorder import EpochRecorder

REFINED = {
    "hidden": (24, 16),
    "decoder_hidden": (16, 24, 24),
    "skip_z": True,
    "residual": True,
    "fourier": 2,
    "drawn_input": True,
}
DIGITS = load("digits")


def refined(**values: Any) -> TrainingSpec:
    return tiny_spec("digits", **{"architecture": "dense", "subset": 200, **REFINED, **values})


def widths(vae: VAE) -> list[tuple[int, int]]:
    """Inputs and outputs of the decoder's dense layers."""
    kernels = (w for w in vae.decoder.weights if w.path.endswith("kernel") and len(w.shape) == 2)
    return [(int(rows), int(columns)) for rows, columns in (kernel.shape for kernel in kernels)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [(2, 8), (8, 16), (16, 64)]),
        ({"decoder_hidden": (4, 6, 6)}, [(2, 4), (4, 6), (6, 6), (6, 64)]),
        ({"skip_z": True}, [(2, 8), (8 + 2, 16), (16 + 2, 64)]),
        ({"fourier": 3}, [(14, 8), (8, 16), (16, 64)]),
        ({"fourier": 3, "skip_z": True}, [(14, 8), (8 + 14, 16), (16 + 14, 64)]),
        ({"conditional": True, "skip_z": True}, [(12, 8), (8 + 12, 16), (16 + 12, 64)]),
    ],
)
def test_each_layer_of_the_decoder_sees_what_the_specification_says(
    values: dict[str, Any], expected: list[tuple[int, int]]
) -> None:
    spec = tiny_spec("digits", architecture="dense", hidden=(16, 8), **values)
    assert widths(build(spec, DIGITS.description)) == expected


def test_the_features_of_z() -> None:
    z = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    waves = [f(2**k * z) for k in range(4) for f in (np.sin, np.cos)]
    found = np.asarray(Fourier(4)(z))
    np.testing.assert_allclose(found, np.concatenate([z, *waves], axis=1), atol=1e-5)


def test_a_residual_layer_adds_what_went_in() -> None:
    """With all weights at zero a layer gives SiLU(0) = 0, and only what went in passes."""
    spec = tiny_spec("digits", hidden=(2, 2), residual=True, activation="silu")
    decoder = build(spec, DIGITS.description).decoder
    for weight in decoder.weights:
        weight.assign(np.zeros(weight.shape))
    decoder.get_layer("decoder_output").kernel.assign(np.eye(2, 64))
    z = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(decoder([z])).reshape(5, 64)[:, :2], z)


def test_the_encoder_is_shown_dots_only_while_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    vae = build(refined(), DIGITS.description)
    x = np.full((200, 8, 8, 1), 0.3, np.float32)
    seen: list[np.ndarray] = []
    encoder = vae.encoder

    def encode(inputs: list[Any], training: bool) -> Any:
        seen.append(np.asarray(inputs[0]))
        return encoder(inputs, training=training)

    monkeypatch.setattr(vae, "encoder", encode)
    answers = [vae({"x": x}, training=training) for training in (True, True, False)]
    assert all((np.asarray(answer["x"]) == x).all() for answer in answers), "the loss sees greys"
    assert set(np.unique(seen[0])) == {0.0, 1.0}
    assert seen[0].mean() == pytest.approx(0.3, abs=0.02)
    assert (seen[0] != seen[1]).any(), "drawn anew at each step"
    assert (seen[2] == x).all()


@pytest.mark.parametrize("architecture", ["dense", "conv"])
def test_refined_models_are_published_and_repeat(architecture: str, tmp_path: Path) -> None:
    spec = refined(architecture=architecture, filters=(4, 8) if architecture == "conv" else None)
    first = pipeline.train_model(spec, root=tmp_path / "first")
    again = pipeline.train_model(spec, root=tmp_path / "again")
    assert first.manifest.parity.largest <= 1e-5
    assert first.manifest.files == again.manifest.files | {
        "history.json": first.manifest.files["history.json"]  # it holds seconds
    }


def test_a_refined_model_is_filmed_and_continued(home: Path, tmp_path: Path) -> None:
    spec = refined(epochs=3)
    run = RunDirectory.create(Record(job_id=new_job_id(), visitor="a", spec=spec, state=State.DONE))
    seen: list[object] = []

    class Seen(EpochRecorder):
        def __call__(self, progress: Progress) -> Any:
            seen.append(progress.epoch.epoch)
            return super().__call__(progress)

    trained = train(spec, DIGITS, on_epoch=seen.append, observer=Seen(run, DIGITS))
    assert run.film.epochs == (1, 2, 3)
    assert run.film.weights_path(3).read_bytes() == weight_bytes(trained.vae)
    save_weights(trained.vae, tmp_path / "weights")
    keras.utils.set_random_seed(1)
    further = train(refined(epochs=1), DIGITS, on_epoch=seen.append, weights=tmp_path / "weights")
    assert further.history[0].train.elbo > trained.history[0].train.elbo
    with pytest.raises(ArtifactCorrupt, match=r"`decoder.decoder_dense_0.kernel` with shape"):
        train(refined(fourier=3), DIGITS, on_epoch=seen.append, weights=tmp_path / "weights")
