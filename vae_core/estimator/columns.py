"""From what scikit-learn is given, arrays or data frames, to stored columns and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from vae_core.arrays import Float32Array
from vae_core.datasets.column import CODED, ColumnKind, Feature
from vae_core.errors import DataInvalid, InvalidInput

MOST_CATEGORIES = 100
Kinds = Mapping[Any, ColumnKind]


def is_mixed_frame(x: Any) -> bool:
    """Whether `x` is a data frame with a column that is no number."""
    if not nw.dependencies.is_into_dataframe(x):
        return False
    schema = nw.from_native(x, eager_only=True).schema
    return any(not kind.is_numeric() for kind in schema.values())


@dataclass(frozen=True)
class Columns:
    """The columns that a model learned; `backend` names the frames it was given, '' of arrays."""

    features: tuple[Feature, ...]
    backend: Any = ""

    @classmethod
    def of_array(cls, x: NDArray[np.float64], names: Sequence[str], kinds: Kinds) -> Self:
        """Of numbers (n, F), real unless `kinds` says otherwise, by name or by position."""
        features = [
            _number(name, values, kinds.get(name, kinds.get(place, "real")))
            for place, (name, values) in enumerate(zip(names, x.T, strict=True))
        ]
        _check_names(kinds, names)
        return cls(tuple(features))

    @classmethod
    def of_frame(cls, frame: Any, kinds: Kinds) -> Self:
        """Of a pandas, polars or Arrow frame: words and truth values are categories."""
        table = nw.from_native(frame, eager_only=True)
        _check_names(kinds, table.columns)
        features = [_feature(table[name], kinds.get(name)) for name in table.columns]
        return cls(tuple(features), str(table.implementation))

    def encode(self, x: Any) -> Float32Array:
        """Stored values (n, F), NaN where missing; a category that was not learned is missing."""
        if nw.dependencies.is_into_dataframe(x):
            table = nw.from_native(x, eager_only=True)
            parts = [_stored(table[feature.name], feature) for feature in self.features]
        else:
            parts = [
                _shifted(values, feature)
                for values, feature in zip(np.asarray(x).T, self.features, strict=True)
            ]
        return np.stack(parts, axis=1)

    def decode(self, x: Float32Array) -> Any:
        """Stored values (n, F) in the form in which the model was given its data."""
        pairs = list(zip(x.T, self.features, strict=True))
        if not self.backend:
            return np.stack([values.astype(np.float64) + f.offset for values, f in pairs], axis=1)
        columns = {feature.name: _native(values, feature) for values, feature in pairs}
        return nw.from_dict(columns, backend=self.backend).to_native()


def _check_names(kinds: Kinds, names: Sequence[str]) -> None:
    known = {*names, *range(len(names))}
    if unknown := [name for name in kinds if name not in known]:
        raise InvalidInput(f"Expected `kinds` of the columns {list(names)}. Received: {unknown}")


def _feature(column: Any, kind: ColumnKind | None) -> Feature:
    if column.dtype.is_numeric() and kind not in CODED:
        values = _floats(column)
        feature = _number(column.name, values, kind or "real")
        # With gaps, whole numbers come as floats.
        known = values[~np.isnan(values)]
        whole = bool(len(known)) and bool((known == np.rint(known)).all())
        return feature.model_copy(update={"whole": feature.whole or whole})
    if column.dtype.is_temporal():
        raise DataInvalid(
            f"Expected numbers or categories. Received: {column.name!r} with dates; give the days "
            "since one of them."
        )
    words = sorted({word for word in _words(column) if word is not None})
    if not 2 <= len(words) <= MOST_CATEGORIES:
        raise DataInvalid(
            f"Expected 2 to {MOST_CATEGORIES} categories in {column.name!r}. Received: {len(words)}"
        )
    coded: ColumnKind = kind or ("binary" if len(words) == 2 else "categorical")
    return Feature(name=column.name, kind=coded, categories=tuple(words))


def _number(name: str, values: NDArray[np.float64], kind: ColumnKind) -> Feature:
    """A numeric column, shifted where float32 would blur its differences."""
    if kind in CODED:
        raise InvalidInput(f"Expected categories as words in a data frame. Received: {name!r}")
    known = values[~np.isnan(values)]
    offset = 0.0
    if kind == "real" and len(known):
        blurred = np.abs(known).max() * 2.0**-24 > 1e-4 * known.std()
        offset = float(known.min()) if blurred else 0.0
    return Feature(name=name, kind=kind, offset=offset, whole=kind == "count")


def _stored(column: Any, feature: Feature) -> Float32Array:
    if not feature.categories:
        return _shifted(_floats(column), feature)
    codes = {word: float(place) for place, word in enumerate(feature.categories)}
    return np.array([codes.get(word, np.nan) for word in _words(column)], np.float32)


def _shifted(values: NDArray[Any], feature: Feature) -> Float32Array:
    return np.asarray(values.astype(np.float64) - feature.offset, np.float32)


def _floats(column: Any) -> NDArray[np.float64]:
    return np.asarray(column.cast(nw.Float64).to_numpy(), np.float64)


def _words(column: Any) -> list[Any]:
    """Each value as a word, None where it is missing."""
    missing = column.is_null().to_list()
    pairs = zip(column.to_list(), missing, strict=True)
    return [None if gone or value != value else str(value) for value, gone in pairs]


def _native(values: Float32Array, feature: Feature) -> Any:
    if not feature.categories:
        numbers = values.astype(np.float64) + feature.offset
        return np.rint(numbers).astype(np.int64) if feature.whole else numbers
    return [feature.categories[int(code)] for code in values.tolist()]
