"""Small tables with columns of every kind and with gaps, made by rule."""

from typing import Any

import numpy as np

from vae_core.datasets import Dataset, Split
from vae_core.datasets.column import Feature
from vae_core.datasets.description import Description

FEATURES = (
    Feature(name="temperature", unit="°C", kind="real"),
    Feature(name="mass", unit="g", kind="positive"),
    Feature(name="visits", kind="count"),
    Feature(name="colour", kind="categorical", categories=("red", "green", "blue")),
    Feature(name="size", kind="ordinal", categories=("S", "M", "L", "XL")),
    Feature(name="alive", kind="binary", categories=("no", "yes")),
    Feature(name="time", unit="s", kind="real", offset=1.7e9, whole=True),
    Feature(name="length", unit="mm", kind="positive", whole=True),
    Feature(name="shape", kind="categorical", categories=("round", "square", "flat")),
    Feature(name="height", unit="m", kind="real"),
)
DESCRIPTION = Description(
    name="mixed",
    title="Mixed",
    kind="table",
    shape=(len(FEATURES),),
    labels=("a", "b"),
    features=FEATURES,
    licence="none",
    source="made by rule",
    citation="",
)


def rows(count: int, *, gaps: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, F) that hang on one hidden number and a label (n,), with a share of `gaps`."""
    rng = np.random.default_rng(seed)
    label = rng.integers(2, size=count)
    t = rng.normal(size=count) + 2.0 * label
    noise = rng.normal(size=(count, 4))
    x = np.stack(
        [
            20 + 5 * t + noise[:, 0],
            np.exp(1 + 0.5 * t + 0.2 * noise[:, 1]),
            rng.poisson(np.exp(0.8 * t)),
            np.digitize(t + 0.3 * noise[:, 2], [0, 1.5]),
            np.digitize(t, [-0.5, 0.7, 2]),
            (t + noise[:, 3] > 1),
            np.rint(1e6 + 1e5 * t),
            np.maximum(1, np.rint(np.exp(4 + 0.3 * t))),
            rng.integers(3, size=count),
            1e-3 * t,
        ],
        axis=1,
    ).astype(np.float32)
    x[rng.random(x.shape) < gaps] = np.nan
    return x, label.astype(np.int64)


def dataset(count: int = 300, **options: Any) -> Dataset:
    """Two thirds to learn from, a sixth each to validate and to test."""
    x, label = rows(count, **options)
    whole = Split(x, label, np.arange(count))
    train, validation, test = np.split(np.arange(count), [count * 2 // 3, count * 5 // 6])
    return Dataset.of(
        DESCRIPTION,
        train=whole.take(train),
        validation=whole.take(validation),
        test=whole.take(test),
    )
