"""Columns as a model sees them: float32, shifted in float64 first, categories by their number."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Float32Array
from vae_core.datasets.column import Feature
from vae_core.datasets.own.preview import Histogram
from vae_core.intake.columns import Typed, in_days
from vae_core.intake.values import Moments, Numbers, Words

BINS = 24
SECOND = 10**6
DAY = 86_400 * SECOND


def encode(typed: Typed) -> tuple[Float32Array, Feature]:
    """The stored numbers (n,) of a feature, NaN where missing, and what they mean."""
    column = typed.column
    feature = Feature(
        name=column.name,
        unit=column.unit,
        kind=column.kind,
        categories=column.categories,
        whole=column.whole,
        since=column.since,
    )
    if typed.codes is not None:
        x = typed.codes.astype(np.float32)
        x[typed.codes < 0] = np.nan
        return x, feature
    values = typed.values
    if isinstance(values, Moments):
        return _moments(values), feature
    assert isinstance(values, Numbers)
    offset = _offset(values) if column.kind == "real" else 0.0
    return _shifted(values, offset), feature.model_copy(update={"offset": offset})


def natural(typed: Typed) -> NDArray[np.float64]:
    """The known values of a numeric column in its own unit, in float64."""
    values = typed.values
    if isinstance(values, Moments):
        return _moments(values)[values.known].astype(np.float64)
    assert isinstance(values, Numbers)
    return values.values[values.known].astype(np.float64)


def histogram(typed: Typed) -> Histogram:
    """How often which values occur: the commonest categories, or numbers by equal intervals."""
    if typed.codes is not None:
        counts = np.bincount(typed.codes[typed.codes >= 0], minlength=len(typed.column.categories))
        return _commonest(typed.column.categories, counts)
    if isinstance(typed.values, Words):
        return _commonest(typed.values.words, typed.values.counts)
    known = natural(typed)
    known = known[np.isfinite(known) & (np.abs(known) < 1e300)]
    if not len(known) or known.min() == known.max():
        values = tuple(f"{value:g}" for value in known[:1])
        return Histogram(values=values, counts=(len(known),) if len(known) else ())
    first = known.min()  # beside which the steps may be too fine for float64
    found, edges = np.histogram(known - first, bins=BINS)
    return Histogram(counts=tuple(found.tolist()), edges=tuple((edges + first).tolist()))


def _commonest(names: Any, counts: NDArray[Any]) -> Histogram:
    order = np.argsort(-counts, kind="stable")[:BINS]
    shown = np.sort(order) if len(names) <= BINS else order
    return Histogram(
        values=tuple(str(names[int(place)]) for place in shown),
        counts=tuple(counts[shown].tolist()),
    )


def scaling_in_words(typed: Typed) -> str:
    """How a feature is brought to about one size before the encoder sees it."""
    column = typed.column
    if column.role != "feature":
        return ""
    if column.categories:
        return f"one input for each of {len(column.categories)} values"
    return {
        "positive": "its logarithm, standardised",
        "count": "log(1 + count), standardised",
    }.get(column.kind, "standardised: mean 0, standard deviation 1")


def _moments(values: Moments) -> Float32Array:
    """Days or seconds since the first instant, or since midnight."""
    first = 0 if values.clock or not values.known.any() else values.microseconds[values.known].min()
    step = DAY if in_days(values) else SECOND
    x = ((values.microseconds - first) / step).astype(np.float32)
    x[~values.known] = np.nan
    return x


def _offset(values: Numbers) -> float:
    """0, or a float64 below all values where float32 would blur their differences."""
    known = values.values[values.known]
    if not len(known):
        return 0.0
    low, high = known.min(), known.max()
    with np.errstate(over="ignore"):
        spread = float((known.astype(np.float64) - float(low)).std())
    if max(abs(float(low)), abs(float(high))) * 2.0**-24 <= 1e-4 * spread:
        return 0.0
    offset = float(low)
    if known.dtype.kind == "i" and int(offset) > int(low):
        offset = math.nextafter(offset, -math.inf)
    return offset


def _shifted(values: Numbers, offset: float) -> Float32Array:
    """`value - offset`; of 64-bit whole numbers exactly."""
    if not offset:
        x = values.values.astype(np.float64)
    elif values.values.dtype.kind == "i":
        x = (np.where(values.known, values.values, int(offset)) - int(offset)).astype(np.float64)
    else:
        x = values.values - offset
    with np.errstate(over="ignore"):
        found = x.astype(np.float32)
    found[~values.known] = np.nan
    return found
