"""Which setting is tried next: a pure function of the plan and of what is known already.

Optuna's study is made anew from what is known, and its sampler is seeded by how many settings
there are, so that a sweep goes on after a restart as it would have without.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vae_core.sweeps.axis import Axis
from vae_core.sweeps.plan import SweepPlan

TRIES = 25
"""Draws before the first setting that is not yet known is taken instead."""
KEPT_TRIALS = 2_000
"""So many of the latest settings tell a search enough, and it stays quick."""


@dataclass(frozen=True)
class Known:
    """A setting that was proposed: its mean over seeds, or the last word of a pruned one.

    `value` is None while it is open, and for one that failed.
    """

    number: int
    values: Mapping[str, Any]
    value: float | None = None
    pruned_at: int | None = None
    failed: bool = False


def further(plan: SweepPlan, known: Sequence[Known], count: int) -> list[dict[str, Any]]:
    """The values of the next `count` settings, fewer where there are no more.

    The order of `known` does not matter, but their numbers do.
    """
    count = min(count, plan.setting_count - len(known))
    if plan.search == "grid":
        return plan.grid()[len(known) : len(known) + count]
    now = list(known)
    for _ in range(count):
        now.append(Known(len(now), _next(plan, now)))
    return [dict(setting.values) for setting in now[len(known) :]]


def _next(plan: SweepPlan, known: Sequence[Known]) -> dict[str, Any]:
    taken = {_key(setting.values) for setting in known}
    study, space = _study(plan, known), {axis.field: _distribution(axis) for axis in plan.axes}
    for _ in range(TRIES):
        drawn = study.ask(space).params
        values = {axis.field: _value(axis, drawn[axis.field]) for axis in plan.axes}
        if _key(values) not in taken:
            return values
    if plan.combinations is None:
        return values
    return next(values for values in plan.grid() if _key(values) not in taken)


def _study(plan: SweepPlan, known: Sequence[Known]) -> Any:
    """A study in memory that knows what is known, the oldest first."""
    from optuna.samplers import RandomSampler, TPESampler

    seed = int(plan.settings.get("seed", 0)) + len(known)
    sampler: Any = RandomSampler(seed=seed)
    if plan.search == "tpe":
        with warnings.catch_warnings():  # `constant_liar` may change; we pin the version
            warnings.simplefilter("ignore")
            sampler = TPESampler(seed=seed, constant_liar=True)
    study = new_study(sampler)
    if plan.search == "tpe":
        for setting in sorted(known, key=lambda setting: setting.number)[-KEPT_TRIALS:]:
            study.add_trial(frozen_trial(plan, setting))
    return study


def new_study(sampler: Any = None) -> Any:
    """An empty study in memory that looks for the largest value and says nothing on the way."""
    from optuna import create_study, logging

    logging.set_verbosity(logging.WARNING)
    return create_study(direction="maximize", sampler=sampler)


def frozen_trial(plan: SweepPlan, setting: Known) -> Any:
    """A setting as a trial of Optuna's."""
    from optuna.trial import TrialState, create_trial

    state, value, steps = TrialState.RUNNING, None, {}
    if setting.failed:
        state = TrialState.FAIL
    elif setting.pruned_at is not None and setting.value is not None:
        state, steps = TrialState.PRUNED, {setting.pruned_at: setting.value}
    elif setting.value is not None:
        state, value = TrialState.COMPLETE, setting.value
    return create_trial(
        state=state,
        value=value,
        params={axis.field: _parameter(setting.values[axis.field]) for axis in plan.axes},
        distributions={axis.field: _distribution(axis) for axis in plan.axes},
        intermediate_values=steps,
    )


def _distribution(axis: Axis) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if not axis.is_range:
        return CategoricalDistribution(tuple(_parameter(value) for value in axis.values))
    if axis.is_whole:
        return IntDistribution(int(axis.low or 0), int(axis.high or 0), log=axis.is_log)
    return FloatDistribution(axis.low or 0.0, axis.high or 0.0, log=axis.is_log)


def _parameter(value: Any) -> Any:
    """A value as Optuna has it, which knows no lists."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value


def _value(axis: Axis, parameter: Any) -> Any:
    """The value that stands for Optuna's; drawn numbers have four digits, as people write them."""
    if axis.is_range:
        rounded = float(f"{parameter:.4g}")
        return parameter if axis.is_whole else min(max(rounded, axis.low or 0), axis.high or 0)
    return next(value for value in axis.values if _parameter(value) == parameter)


def _key(values: Mapping[str, Any]) -> str:
    return repr(sorted(values.items()))
