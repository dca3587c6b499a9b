"""One setting that a sweep varies, and the values it takes."""

from math import isfinite
from types import NoneType
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import model_validator

from vae_core.errors import SpecInvalid
from vae_core.frozen import Frozen
from vae_core.spec.training_spec import TrainingSpec, bounds

LOG_FIELDS = frozenset({"beta", "learning_rate", "batch_size", "epochs", "subset"})
"""Fields whose values are compared by their ratio: drawn and plotted on a logarithmic scale."""
WIDTHS = frozenset({"hidden", "filters", "decoder_hidden"})
"""Fields whose values are lists of widths themselves."""
MEASURE = frozenset({"dataset", "likelihood", "split_seed", "without", "conditional"})
"""Fields that decide what an ELBO is measured on, or by: models that differ in one of them can't
be compared by it."""
HISTORY = frozenset({"changes", "stop_after", "start_from"})
"""Fields that say what happened to one run."""


class Axis(Frozen):
    """A field of `TrainingSpec` and its listed `values`, or all between `low` and `high`."""

    field: str
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, field: str, values: list[Any]) -> Self:
        """The axis of listed values; raises `SpecInvalid` for a field that can't be swept."""
        _check_field(field)
        listed = tuple(list(v) if isinstance(v, tuple) else v for v in values)
        if len({str(value) for value in listed}) < len(listed):
            raise SpecInvalid(f"Expected different values of `{field}`. Received: {values}")
        return cls(field=field, values=listed)

    @classmethod
    def between(cls, field: str, low: float, high: float) -> Self:
        """The axis of a range; raises `SpecInvalid` where the field has no numbers in it."""
        _check_field(field)
        if kind_of(field) not in (int, float):
            raise SpecInvalid(
                f"Expected values with commas for `{field}`, which is no number. "
                f"Received: a range, {low:g}..{high:g}"
            )
        least, most = bounds(field)
        if not (isfinite(low) and isfinite(high) and least <= low < high <= most):
            raise SpecInvalid(
                f"Expected a range of `{field}` within {least:g} to {most:g}, the smaller end "
                f"first. Received: {low:g}..{high:g}"
            )
        return cls(field=field, low=low, high=high)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if bool(self.values) == self.is_range or (self.low is None) != (self.high is None):
            raise ValueError(f"`{self.field}` needs values, or both ends of a range")
        return self

    @property
    def is_range(self) -> bool:
        """Whether any value between two ends is meant."""
        return self.low is not None and self.high is not None

    @property
    def is_log(self) -> bool:
        """Whether values are drawn and plotted on a logarithmic scale; it has no place for 0."""
        least = self.low if self.is_range else min((v for v in self.values if v), default=0)
        listed_zero = any(value == 0 for value in self.values)
        return self.field in LOG_FIELDS and bool(least) and not listed_zero

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        return kind_of(self.field) is int

    @property
    def words(self) -> str:
        """The axis as the command line takes it."""
        if self.is_range:
            return f"{self.low:g}..{self.high:g}"
        return ("/" if self.field in WIDTHS else ",").join(map(value_text, self.values))


def value_text(value: Any) -> str:
    """A setting's value as people write it: '0.5', '256,128'."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def kind_of(field: str) -> Any:
    """The type of a field's values: int, float, bool, str, or tuple for widths."""
    if field in WIDTHS:
        return tuple
    kind: Any = TrainingSpec.model_fields[field].annotation
    if get_origin(kind) is Literal:
        return str
    options = [choice for choice in get_args(kind) if choice is not NoneType]
    return options[0] if options else kind


def _check_field(field: str) -> None:
    if field not in TrainingSpec.model_fields:
        known = sorted(set(TrainingSpec.model_fields) - MEASURE - HISTORY - {"seed"})
        raise SpecInvalid(f"Expected a setting to sweep: {', '.join(known)}. Received: {field!r}")
    if field in MEASURE:
        raise SpecInvalid(
            f"Expected one value of `{field}`: models that differ in it are measured differently, "
            "so no ELBO says which is better. Sweep each value by itself."
        )
    if field in HISTORY:
        raise SpecInvalid(f"Expected one value of `{field}`, which belongs to one run.")
    if field == "seed":
        raise SpecInvalid(
            "Expected `seeds`, how many seeds each setting is trained with, rather than a list "
            "of values of `seed`."
        )
