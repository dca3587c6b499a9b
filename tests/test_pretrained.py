"""The shipped models: whole, light, and as good as they say."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.artifacts.manifest import DECODER
from vae_core.datasets import CATALOGUE, Dataset, load
from vae_core.evaluation import encode_dataset, held_out_metrics
from vae_core.evaluation.encoding import largest_offset

PRETRAINED = ROOT / "pretrained"
FOLDERS = sorted(path for path in PRETRAINED.glob("*/") if not path.name.startswith("."))
EXPECTED = {
    ("breast_cancer", "table", 2, False),
    ("digits", "dense", 2, False),
    ("digits", "dense", 2, True),
    ("fashion_mnist", "dense", 2, False),
    ("fashion_mnist", "dense", 2, True),
    ("iris", "table", 2, False),
    ("mnist", "dense", 2, False),
    ("mnist", "dense", 2, True),
    ("mnist", "dense", 16, False),
    ("mnist", "dense", 32, False),
    ("wine", "table", 2, False),
}
OFFLINE = {name for name, entry in CATALOGUE.items() if entry.remote is None}
MAX_DECODER, MAX_TOTAL = 2_500_000, 60_000_000
MNIST_ELBO, MNIST_BEST = -142.0, -131.0
LIGHT_DECODER, LIGHT_ELBO = 300_000, -134.0

every_model = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def manifests() -> list[Artifact]:
    return [Artifact.open(folder) for folder in FOLDERS]


def test_all_expected_models_are_there() -> None:
    specs = [artifact.manifest.spec for artifact in manifests()]
    found = {(s.dataset, s.architecture, s.latent_dim, s.conditional) for s in specs}
    assert found >= EXPECTED


def test_a_clone_stays_small() -> None:
    total = sum(path.stat().st_size for path in PRETRAINED.rglob("*") if path.is_file())
    assert total < MAX_TOTAL


@every_model
def test_a_shipped_model_is_whole(folder: Path) -> None:
    artifact = registry.open_model(folder.name, within=[PRETRAINED])
    assert artifact.path == folder
    manifest = artifact.manifest
    assert manifest.run.epochs == len(artifact.history)
    assert 0 < manifest.run.best_epoch <= manifest.run.epochs
    assert manifest.parity.largest <= manifest.parity.allowed <= 1e-5
    assert manifest.spec.subset is None, "trained on the full training set"
    assert "--output" in manifest.run.command, "the recipe for the table in pretrained/README.md"
    assert sum(manifest.run.examples.values()) == len(artifact.latents.index)
    missing = CATALOGUE[manifest.spec.dataset].examples - len(artifact.latents.index)
    assert (missing > 0) is (manifest.spec.without is not None)
    assert missing >= 0


def test_a_decoder_fits_a_classrooms_network() -> None:
    sizes = {folder.name: (folder / DECODER).stat().st_size for folder in FOLDERS}
    assert not {name: size for name, size in sizes.items() if size > MAX_DECODER}


@every_model
def test_the_prior_decodes_to_what_the_data_could_be(folder: Path) -> None:
    artifact = Artifact.open(folder)
    codec, manifest = OnnxCodec(artifact), artifact.manifest
    z = np.random.default_rng(0).normal(size=(500, codec.latent_dim))
    label = np.arange(500) % codec.classes if codec.classes else None
    x = codec.decode(z, label)
    assert np.isfinite(x).all()
    low, high = np.array(manifest.low), np.array(manifest.high)
    slack = 0 if manifest.description.kind == "image" else high - low
    assert (x >= low - slack).all()
    assert (x <= high + slack).all()
    assert (x.std(axis=0).max() > 0.05 * (high - low)).all(), "it decodes all points alike"


def opened(folder: Path) -> tuple[Artifact, OnnxCodec, Dataset]:
    artifact = Artifact.open(folder)
    spec = artifact.manifest.spec
    dataset = load(spec.dataset, seed=spec.split_seed, without=spec.without)
    return artifact, OnnxCodec(artifact, threads=0), dataset


def check_numbers(folder: Path) -> None:
    """Evaluate anew, which takes only what comes with this repository."""
    artifact, codec, dataset = opened(folder)
    manifest = artifact.manifest
    assert dataset.description == manifest.description
    first = manifest.metrics[0]
    measured = held_out_metrics(manifest, codec, dataset, samples=first.samples, seed=first.seed)
    for ours, stored in zip(measured, manifest.metrics[:3], strict=True):
        assert (ours.name, ours.examples) == (stored.name, stored.examples)
        assert ours.value == pytest.approx(stored.value, abs=0.01)
        assert ours.standard_error == pytest.approx(stored.standard_error, rel=1e-2)


def check_codes(folder: Path) -> None:
    """Encode everything anew."""
    artifact, codec, dataset = opened(folder)
    latents = encode_dataset(codec, dataset)
    assert (latents.label == artifact.latents.label).all()
    assert (latents.split == artifact.latents.split).all()
    assert largest_offset(artifact.latents, latents) <= 0.01
    np.testing.assert_allclose(artifact.latents.log_var, latents.log_var, atol=0.01)


@every_model
def test_information_is_within_its_bounds(folder: Path) -> None:
    manifest = Artifact.open(folder).manifest
    information, marginal, kl = map(manifest.metric, ("mutual_information", "aggregated_kl", "kl"))
    assert information
    assert marginal
    assert kl
    assert 0 <= information.value <= np.log(information.examples)
    errors = [metric.standard_error or 0 for metric in (information, marginal, kl)]
    assert marginal.value >= -3 * errors[1]
    together = information.value + marginal.value
    assert together == pytest.approx(kl.value, abs=3 * sum(errors))


def of(datasets: set[str]) -> list[Path]:
    return [folder for folder in FOLDERS if folder.name.split("-")[0] in datasets]


@pytest.mark.parametrize("folder", of(OFFLINE), ids=lambda path: path.name)
def test_stored_numbers_and_codes_come_out_again(folder: Path) -> None:
    check_numbers(folder)
    check_codes(folder)


@pytest.mark.slow
@pytest.mark.usefixtures("no_training_images")
@pytest.mark.parametrize("folder", of(set(CATALOGUE) - OFFLINE), ids=lambda path: path.name)
def test_stored_numbers_of_large_data_come_out_again(folder: Path) -> None:
    check_numbers(folder)


@pytest.mark.data
@pytest.mark.parametrize("folder", of(set(CATALOGUE) - OFFLINE), ids=lambda path: path.name)
def test_stored_codes_of_downloaded_data_come_out_again(folder: Path, real_images: Path) -> None:
    check_codes(folder)


@pytest.mark.parametrize("folder", of({"mnist"}), ids=lambda path: path.name)
def test_mnist_is_good_enough(folder: Path) -> None:
    elbo = Artifact.open(folder).manifest.metric("elbo")
    assert elbo is not None
    assert (elbo.likelihood, elbo.examples) == ("Bernoulli on grey values", 10_000)
    assert elbo.value >= MNIST_ELBO


def mnist_elbos(largest: int) -> list[float]:
    """Of two-dimensional models that need no label, with decoders up to so many bytes."""
    found = [artifact.manifest for artifact in manifests()]
    kind = ("mnist", 2, False)
    return [
        elbo.value
        for m in found
        for elbo in [m.metric("elbo")]
        if (m.spec.dataset, m.spec.latent_dim, m.spec.conditional) == kind
        and m.files[DECODER].bytes <= largest
        and elbo
    ]


def test_mnist_has_a_record_and_a_light_decoder() -> None:
    assert max(mnist_elbos(MAX_DECODER)) >= MNIST_BEST
    assert max(mnist_elbos(LIGHT_DECODER)) >= LIGHT_ELBO
