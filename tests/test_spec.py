"""The specification: one meaning has one digest, and what is out of bounds is named."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from vae_core.datasets import CATALOGUE, default_spec
from vae_core.errors import SpecInvalid
from vae_core.spec.network import ARCHITECTURE_DEFAULTS
from vae_core.spec.training_spec import TrainingSpec

FIELDS = TrainingSpec.model_fields
DEFAULTS = {
    name: field.default
    for name, field in FIELDS.items()
    if field.default is not PydanticUndefined and field.default is not None
}
widths = st.lists(st.integers(1, 4096), min_size=1, max_size=4)


@st.composite
def settings(draw: st.DrawFn) -> dict[str, Any]:
    """Valid keyword arguments of `TrainingSpec.create`."""
    architecture = draw(st.sampled_from(["dense", "conv", "table"]))
    likelihoods = ["bernoulli", "bernoulli_static", "bernoulli_dynamic", "gaussian"]
    if architecture == "table":
        likelihoods = ["gaussian"]
    required = {
        "dataset": draw(st.sampled_from(["mnist", "iris", "my_table"])),
        "architecture": architecture,
        "likelihood": draw(st.sampled_from(likelihoods)),
    }
    optional = {
        "hidden": widths,
        "decoder_hidden": st.just([]) | widths,
        "skip_z": st.booleans(),
        "residual": st.booleans(),
        "fourier": st.integers(0, 10),
        "activation": st.sampled_from(["relu", "silu", "gelu"]),
        "latent_dim": st.integers(1, 128),
        "conditional": st.booleans(),
        "beta": st.floats(0, 100) | st.integers(0, 100),
        "kl_warmup_epochs": st.integers(0, 1000),
        "learning_rate": st.floats(1e-5, 0.1),
        "schedule": st.sampled_from(["constant", "cosine"]),
        "warmup_epochs": st.integers(0, 100),
        "batch_size": st.integers(1, 8192),
        "epochs": st.integers(1, 10_000),
        "patience": st.integers(0, 1000),
        "subset": st.none() | st.integers(16, 10**6),
        "without": st.none() | st.sampled_from(["7", "setosa"]),
        "start_from": st.none() | st.just("mnist-dense-z2-01234567"),
        "seed": st.integers(0, 2**31 - 1),
        "split_seed": st.integers(0, 2**31 - 1),
    }
    if architecture == "conv":
        optional["filters"] = widths
    if required["likelihood"] == "bernoulli":
        optional["drawn_input"] = st.booleans()
    return required | draw(st.fixed_dictionaries({}, optional=optional))


@given(settings())
def test_json_round_trip(values: dict[str, Any]) -> None:
    spec = TrainingSpec.create(**values)
    again = TrainingSpec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert again.digest == spec.digest


@given(settings(), st.randoms(use_true_random=False))
def test_one_meaning_has_one_digest(values: dict[str, Any], random: Any) -> None:
    spec = TrainingSpec.create(**values)
    complete = list(spec.model_dump().items())
    random.shuffle(complete)
    as_lists: dict[str, Any] = {n: list(v) if isinstance(v, tuple) else v for n, v in complete}
    as_whole = {n: int(v) if v == int(v) else v for n, v in as_lists.items() if n == "beta"}
    for spelling in (complete, as_lists, as_lists | as_whole):
        assert TrainingSpec.create(**dict(spelling)).digest == spec.digest


@given(settings(), settings())
def test_two_meanings_have_two_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = TrainingSpec.create(**one), TrainingSpec.create(**other)
    assume(first != second)
    assert first.digest != second.digest


def test_a_default_written_out_changes_nothing() -> None:
    plain = TrainingSpec.create(dataset="mnist")
    written = [{name: value} for name in DEFAULTS for value in (DEFAULTS[name], None)]
    digests = [TrainingSpec.create(dataset="mnist", **one).digest for one in written]
    wrong = zip(written, digests, strict=True)
    assert not [one for one, digest in wrong if digest != plain.digest]


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURE_DEFAULTS))
def test_the_architectures_defaults_written_out_change_nothing(architecture: str) -> None:
    short = TrainingSpec.create(dataset="x", architecture=architecture)
    long = TrainingSpec.create(
        dataset="x", architecture=architecture, **ARCHITECTURE_DEFAULTS[architecture]
    )
    assert long.digest == short.digest


def test_a_mirrored_decoder_written_out_changes_nothing() -> None:
    plain = TrainingSpec.create(dataset="mnist", hidden=[64, 32, 8])
    mirrored = TrainingSpec.create(dataset="mnist", hidden=[64, 32, 8], decoder_hidden=[8, 32, 64])
    other = TrainingSpec.create(dataset="mnist", hidden=[64, 32, 8], decoder_hidden=[64, 32, 8])
    assert mirrored.digest == plain.digest != other.digest
    assert (plain.decoder_widths, other.decoder_widths) == ((8, 32, 64), (64, 32, 8))


def test_minus_zero_is_zero() -> None:
    zero, minus = (TrainingSpec.create(dataset="mnist", beta=beta) for beta in (0.0, -0.0))
    assert minus.digest == zero.digest


def test_a_changed_copy_has_its_own_digest() -> None:
    spec = TrainingSpec.create(dataset="mnist")
    assert spec.digest  # a cached value would travel with the copy
    copy = spec.model_copy(update={"latent_dim": 3})
    assert copy.digest == TrainingSpec.create(dataset="mnist", latent_dim=3).digest


def test_known_digests_stay() -> None:
    """Stored models are found by these names: a change here loses all of them."""
    mnist = TrainingSpec.create(dataset="mnist", epochs=50, batch_size=64)
    assert mnist.digest == "276f565cd3e05cf693b971f6486538631d37eb2fe99018e7c3c7b8dbaf62b30c"
    conv = TrainingSpec.create(
        dataset="fashion_mnist",
        architecture="conv",
        activation="silu",
        beta=0.5,
        conditional=True,
        filters=[8, 16],
        latent_dim=3,
        likelihood="bernoulli_static",
        subset=1000,
    )
    assert conv.model_id == "fashion_mnist-conv-z3-a9e7612d"


def beyond_the_bounds() -> Iterator[tuple[str, Any]]:
    for name, field in FIELDS.items():
        for rule in field.metadata:
            if hasattr(rule, "ge"):
                yield name, rule.ge - 1 if isinstance(rule.ge, int) else rule.ge / 2 - 1e-9
            if hasattr(rule, "le"):
                yield name, rule.le + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *beyond_the_bounds(),
        ("architecture", "transformer"),
        ("architecture", ["dense"]),
        ("activation", "tanh"),
        ("batch_size", True),
        ("beta", float("nan")),
        ("beta", float("inf")),
        ("beta", "1"),
        ("conditional", 1),
        ("dataset", "../etc"),
        ("dataset", "mnist\n"),
        ("hidden", "512"),
        ("hidden", [0]),
        ("hidden", [512.5]),
        ("hidden", [16] * 9),
        ("latent_dim", 2.0),
        ("latent_dim", "2"),
        ("likelihood", "poisson"),
        ("start_from", "../model"),
        ("start_from", ""),
        ("subset", 15),
    ],
)
def test_what_is_off_is_named(name: str, value: Any) -> None:
    with pytest.raises(SpecInvalid) as caught:
        TrainingSpec.create(**{"dataset": "mnist", name: value})
    shown = value[0] if name == "hidden" and len(value) == 1 else value
    assert f"`{name}" in str(caught.value)
    assert f"Received: {shown!r}" in str(caught.value)


def test_all_that_is_off_is_named_at_once() -> None:
    with pytest.raises(SpecInvalid, match=r"`latent_dim`.*\|.*`beta`"):
        TrainingSpec.create(dataset="mnist", latent_dim=0, beta=-1)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(SpecInvalid, match=r"`latent_dims`"):
        TrainingSpec.create(dataset="mnist", latent_dims=2)


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(SpecInvalid) as caught:
        TrainingSpec.create(dataset="X" * 10_000)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"filters": [32]}, "filters"),
        ({"architecture": "conv", "filters": []}, "filters"),
        ({"hidden": []}, "hidden"),
        ({"architecture": "table", "likelihood": "bernoulli"}, "likelihood"),
        ({"drawn_input": True, "likelihood": "bernoulli_dynamic"}, "drawn_input"),
        ({"drawn_input": True, "architecture": "table"}, "drawn_input"),
    ],
)
def test_fields_that_contradict_each_other(values: dict[str, Any], named: str) -> None:
    with pytest.raises(SpecInvalid, match=f"`{named}`"):
        TrainingSpec.create(dataset="mnist", **values)


def test_a_spec_does_not_change() -> None:
    spec = TrainingSpec.create(dataset="mnist")
    with pytest.raises(ValidationError):
        spec.latent_dim = 3  # type: ignore[misc]


def test_every_field_has_a_title_and_a_help() -> None:
    bare = [name for name, field in FIELDS.items() if not (field.title and field.description)]
    assert not bare


def test_every_dataset_has_a_valid_specification() -> None:
    named = {name: default_spec(name).model_id for name in CATALOGUE}
    assert not [name for name, model_id in named.items() if not model_id.startswith(f"{name}-")]
