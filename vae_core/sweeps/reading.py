"""From what people write to a plan: '0.25,0.5,1', '0.1..10', '256,128/512,256', or lists."""

import re
from collections.abc import Mapping
from typing import Any

from vae_core.datasets import default_spec
from vae_core.errors import SpecInvalid
from vae_core.sweeps.axis import HISTORY, WIDTHS, Axis, kind_of
from vae_core.sweeps.plan import SEARCHES, SweepPlan, objectives

RANGE = re.compile(r"\s*([^,/;]+?)\s*\.\.\s*([^,/;]+?)\s*")
BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


def plan_of(
    dataset: str,
    settings: Mapping[str, Any],
    *,
    search: str | None = None,
    trials: int | None = None,
    metric: str = "elbo",
    **options: Any,
) -> SweepPlan:
    """The plan of `settings` as given in Python or on the command line; raises `SpecInvalid`.

    A list, or text with commas, is an axis; text with two dots a range; all else is shared. The
    search is a grid unless there is a range or a number of trials; then it is TPE. With fewer
    epochs than the dataset's own, the KL warm-up is as much shorter, unless it is given.
    """
    axes, shared = [], {}
    for field, given in settings.items():
        if given is None:
            continue
        axis = axis_of(field, given)
        if axis is None:
            shared[field] = single(field, given)
        else:
            axes.append(axis)
    if "kl_warmup_epochs" not in settings:
        shared |= _warm_up(dataset, shared.get("epochs"))
    if search is None:
        searched = trials is not None or any(axis.is_range for axis in axes)
        search = "tpe" if searched else "grid"
    _check_one_of("search", search, tuple(SEARCHES))
    _check_one_of("metric", metric, objectives())
    return SweepPlan.create(
        dataset=dataset,
        settings=shared,
        axes=tuple(axes),
        search=search,
        trials=trials,
        metric=metric,
        **options,
    )


def _warm_up(dataset: str, epochs: Any) -> dict[str, int]:
    own = default_spec(dataset)
    if not isinstance(epochs, int) or epochs >= own.epochs or not own.kl_warmup_epochs:
        return {}
    return {"kl_warmup_epochs": own.kl_warmup_epochs * epochs // own.epochs}


def axis_of(field: str, given: Any) -> Axis | None:
    """The axis that is meant, None for a single value. Raises `SpecInvalid`."""
    if isinstance(given, str) and field not in HISTORY:
        if ends := RANGE.fullmatch(given):
            low, high = (_number(field, end) for end in ends.groups())
            return Axis.between(field, low, high)
        parts = [part for part in re.split("[/;]" if field in WIDTHS else ",", given) if part]
        return Axis.of(field, [single(field, part) for part in parts]) if len(parts) > 1 else None
    if isinstance(given, list):
        if len(given) == 1 or (field in WIDTHS and all(isinstance(v, int) for v in given)):
            return None
        return Axis.of(field, [single(field, value) for value in given])
    return None


def single(field: str, given: Any) -> Any:
    """One value of a field, from text or as it is in Python. Raises `SpecInvalid`."""
    if isinstance(given, list) and field not in WIDTHS:
        (given,) = given
    if isinstance(given, tuple | list):
        return list(given)
    if not isinstance(given, str):
        return given
    kind, text = kind_of(field) if field not in HISTORY else str, given.strip()
    if field in WIDTHS:
        return [int(_number(field, part, whole=True)) for part in text.split(",") if part.strip()]
    if kind is bool:
        if text.lower() not in BOOLEANS:
            raise SpecInvalid(f"Expected `{field}` as yes or no. Received: {given!r}")
        return BOOLEANS[text.lower()]
    if kind is int:
        return int(_number(field, text, whole=True))
    return _number(field, text) if kind is float else text


def _number(field: str, text: str, *, whole: bool = False) -> float:
    try:
        return int(text) if whole else float(text)
    except ValueError as error:
        kind = "whole numbers" if whole else "numbers"
        raise SpecInvalid(
            f"Expected `{field}` as {kind}, such as 1,2,4 or 0.1..10. Received: {text.strip()!r}"
        ) from error


def _check_one_of(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise SpecInvalid(f"Expected `{name}` to be {' or '.join(known)}. Received: {given!r}")
