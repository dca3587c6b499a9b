"""Models compared on the same held-out examples: what can't be compared is refused in words."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.codec import OnnxCodec
from vae_core.datasets import load
from vae_core.evaluation.comparison import (
    MEASURES,
    Contender,
    ExampleValues,
    compare,
    example_values,
    refusal,
    same_data,
)

NATS = ("elbo", "reconstruction")
ERRORS = ("mse", "psnr", "ssim")


@cache
def shipped(kind: str) -> Artifact:
    """The digits model that is plain, conditional, or was trained without a class; or iris."""
    for entry in registry.models(within=[ROOT / "pretrained"]):
        assert entry.manifest
        spec = entry.manifest.spec
        found = "conditional" if spec.conditional else "without" if spec.without else "plain"
        if (spec.dataset, found) == ("digits", kind) or spec.dataset == kind:
            return registry.open_model(entry.model_id)
    raise LookupError(kind)


def other(**changes: Any) -> Contender:
    """The plain model, as if its specification were another one."""
    artifact = shipped("plain")
    spec = artifact.manifest.spec.model_copy(update=changes)
    return Contender(
        replace(artifact, manifest=artifact.manifest.model_copy(update={"spec": spec}))
    )


@cache
def values_of(kind: str) -> ExampleValues:
    artifact = shipped(kind)
    dataset = load(artifact.manifest.spec.dataset, seed=artifact.manifest.spec.split_seed)
    return example_values(artifact, OnnxCodec(artifact), dataset)


def refused(a: Contender, b: Contender) -> dict[str, str]:
    found = {name: refusal(measure, a, b) for name, measure in MEASURES.items()}
    return {name: words for name, words in found.items() if words}


def test_values_are_those_of_the_card() -> None:
    found, manifest = values_of("plain"), shipped("plain").manifest
    for name, values in found.values.items():
        metric = manifest.metric(name)
        assert metric is not None
        assert values.mean() == pytest.approx(metric.value, rel=2e-2)
        assert len(values) == metric.examples


def test_nothing_is_refused_between_models_of_one_recipe() -> None:
    plain = Contender(shipped("plain"))
    assert not refused(plain, other(beta=4.0, seed=3, hidden=(16,)))
    assert not refused(plain, Contender(shipped("without")))


def test_what_cannot_be_compared_is_said_and_the_rest_stays() -> None:
    plain = Contender(shipped("plain"))
    likelihood = refused(plain, other(likelihood="gaussian"))
    assert set(likelihood) == set(NATS)
    assert "other likelihood" in likelihood["elbo"]
    label = refused(plain, Contender(shipped("conditional")))
    assert set(label) == set(NATS)
    assert "told the label" in label["elbo"]
    binary = refused(plain, other(likelihood="bernoulli_static"))
    assert set(binary) == {*NATS, *ERRORS}
    assert "binary pictures" in binary["mse"]
    data = refused(plain, Contender(shipped("iris")))
    assert set(data) == set(MEASURES)
    assert set(data.values()) == {"other data"}
    assert not same_data(plain, Contender(shipped("iris")))


def test_another_split_or_another_scaling_is_refused() -> None:
    artifact = shipped("iris")
    plain = Contender(artifact)
    latents = artifact.latents
    moved = replace(artifact)
    vars(moved)["latents"] = replace(latents, split=np.roll(latents.split, 7))
    split = refused(plain, Contender(moved))
    assert set(split) == set(MEASURES)
    assert "other split" in split["elbo"]
    low = tuple(value - 1 for value in artifact.manifest.low)
    wider = replace(artifact, manifest=artifact.manifest.model_copy(update={"low": low}))
    scaling = refused(plain, Contender(wider))
    assert set(scaling) == {*NATS, "mse"}
    assert "other scaling" in scaling["elbo"]


def test_a_comparison_is_of_examples_that_all_models_can_know() -> None:
    kinds = ("plain", "without", "conditional")
    models = [Contender(shipped(kind)) for kind in kinds]
    lines = {
        line.measure.name: line for line in compare(models, [values_of(kind) for kind in kinds])
    }
    plain, without, conditional = lines["elbo"].cells
    assert plain.examples == without.examples == int(values_of("without").learned.sum())
    assert without.difference is not None and without.difference.examples == plain.examples
    assert without.difference.mean == pytest.approx(without.mean - plain.mean)
    assert "told the label" in conditional.refusal
    assert conditional.difference is None and conditional.examples == len(
        values_of("conditional").index
    )
    assert lines["elbo"].rivals == (0, 1)
    assert lines["mse"].rivals == (0, 1, 2)
    assert lines["mse"].best == 2
    assert lines["kl"].best is None


def test_of_the_same_model_twice_neither_is_best() -> None:
    model, values = Contender(shipped("plain")), values_of("plain")
    for line in compare([model, model], [values, values]):
        assert line.best is None
        cell = line.cells[1]
        assert cell.difference is not None
        assert cell.difference.mean == 0


def test_models_of_other_data_stand_beside_without_a_difference() -> None:
    lines = compare(
        [Contender(shipped("plain")), Contender(shipped("iris"))],
        [values_of("plain"), values_of("iris")],
    )
    by_name = {line.measure.name: line for line in lines}
    assert by_name["elbo"].cells[1].refusal == "other data"
    assert np.isfinite(by_name["elbo"].cells[1].mean)
    assert by_name["psnr"].cells[1].refusal == "not measured"
    assert all(line.best is None for line in lines)
