"""Numbers, durations, sizes and label names as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.text import duration, label_name, number, plural, plus_minus, size

DIGITS = st.integers(0, 4)


@given(value=st.floats(-1e6, 1e6), digits=DIGITS)
def test_a_number_reads_back(value: float, digits: int) -> None:
    written = number(value, f".{digits}f")
    assert "-" not in written
    assert float(written.replace("−", "-")) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-9)


@given(value=st.floats(-1, 1), digits=DIGITS)
def test_zero_has_no_sign(value: float, digits: int) -> None:
    written = number(value, f".{digits}f")
    assert not (set(written) <= set("−0.") and "−" in written)


def test_units_signs_and_what_is_no_number() -> None:
    assert number(-2.345, ".1f", unit="nats") == "−2.3 nats"
    assert number(2, "+.0f", unit="σ") == "+2 σ"
    assert number(-1234.5, ",.0f") == "−1,234"
    assert number(math.nan, ".2f") == "–"
    assert plus_minus(-20.71, 0.2, unit="nats") == "−20.7 ± 0.2 nats"
    assert plus_minus(-20.71, math.nan) == "−20.7 ± –"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (43, "43 s"),
        (89.4, "89 s"),
        (90, "2 min"),
        (5400, "2 h"),
        (4 * 86_400, "4 days"),
    ],
)
def test_durations_are_rounded(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@given(seconds=st.floats(10, 89.9))
def test_rough_durations_are_whole_five_seconds(seconds: float) -> None:
    words = duration(seconds, rough=True)
    assert int(words.removesuffix(" s")) % 5 == 0


def test_one_is_singular() -> None:
    assert [plural(count, "draw") for count in (0, 1, 2, 1200)] == [
        "0 draws", "1 draw", "2 draws", "1,200 draws",
    ]  # fmt: skip
    assert plural(2, "class", "classes") == "2 classes"


def test_sizes_have_two_or_three_figures() -> None:
    assert [size(count) for count in (900, 104_300, 1_139_000, 11_594_722)] == [
        "1 kB", "104 kB", "1.1 MB", "12 MB",
    ]  # fmt: skip


def test_every_label_has_a_name() -> None:
    assert [label_name(label, ("a", "b")) for label in (-1, 0, 1, 2)] == ["no label", "a", "b", "2"]
