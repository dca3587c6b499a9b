"""What a sweep is: which settings are varied, how they are searched, and what decides."""

import hashlib
import json
from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError

from vae_core.datasets import default_spec
from vae_core.datasets.catalogue import description_of
from vae_core.errors import SpecInvalid
from vae_core.frozen import Frozen
from vae_core.spec.training_spec import TrainingSpec
from vae_core.sweeps.axis import MEASURE, Axis

Search = Literal["grid", "random", "tpe"]
Objective = Literal["elbo", "importance_bound"]
MOST_TRIALS = 10_000
CHECKED = 1_000
"""Up to so many combinations are all checked before the first is trained."""
SEARCHES: Mapping[str, str] = {
    "grid": "every combination of the listed values",
    "random": "settings drawn at random",
    "tpe": "settings near those that did well (Bergstra et al., 2011)",
}


class SweepPlan(Frozen):
    """Everything that decides a sweep: the same plan is the same sweep.

    `settings` are fields of `TrainingSpec` that all trials share, beside the dataset's defaults.
    A trial is one training; each setting has `seeds` of them, and `trials` counts all, None for
    a whole grid. `metric` is measured on the validation split.
    """

    dataset: str
    settings: dict[str, Any] = Field(default_factory=dict)
    axes: tuple[Axis, ...] = ()
    seeds: Annotated[int, Field(ge=1, le=100)] = 1
    search: Search = "grid"
    trials: Annotated[int, Field(ge=1, le=MOST_TRIALS)] | None = None
    metric: Objective = "elbo"
    prune: bool = False
    visitor: str = "python"
    download: bool = False

    @classmethod
    def create(cls, **values: Any) -> Self:
        """A plan whose every trial can be trained; raises `SpecInvalid` or `NotFound`."""
        try:
            plan = cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise SpecInvalid(f"`{name}`: {first['msg']}. Received: {first['input']!r}") from error
        dataset = default_spec(plan.dataset, **_known(plan.settings)).dataset
        plan = plan.model_copy(update={"dataset": dataset})
        plan._check_search()
        plan._check_specs()
        return plan

    @property
    def sweep_id(self) -> str:
        """`<dataset>-<first 8 digits of the sha256 of its canonical JSON>`."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return f"{self.dataset}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    @property
    def count(self) -> int:
        """How many trials there will be."""
        return self.setting_count * self.seeds

    @property
    def setting_count(self) -> int:
        """How many settings are tried."""
        if self.search == "grid":
            return self.combinations or 1
        return (self.trials or 0) // self.seeds

    @property
    def combinations(self) -> int | None:
        """How many settings there can be, None where an axis is a range."""
        if any(axis.is_range for axis in self.axes):
            return None
        return prod(len(axis.values) for axis in self.axes)

    def grid(self) -> list[dict[str, Any]]:
        """Every combination of the listed values, the last axis fastest."""
        names = [axis.field for axis in self.axes]
        listed = product(*(axis.values for axis in self.axes))
        return [dict(zip(names, values, strict=True)) for values in listed]

    def spec(self, values: Mapping[str, Any], seed: int) -> TrainingSpec:
        """The specification of a setting, with the seed numbered `seed` from 0."""
        first = self.settings.get("seed", 0)
        given = {**self.settings, **values, "seed": first + seed}
        return default_spec(self.dataset, **_known(given))

    def _check_search(self) -> None:
        ranges = [axis.field for axis in self.axes if axis.is_range]
        if not self.axes and self.seeds == 1:
            raise SpecInvalid(
                "Expected at least one setting with several values, or several seeds. "
                "Received: neither; `train` trains a single model."
            )
        if self.search == "grid":
            if ranges:
                raise SpecInvalid(
                    f"Expected values with commas for a grid. Received: a range of {ranges[0]}; "
                    "search at random or by TPE instead, with a number of trials."
                )
            if self.trials not in (None, self.count):
                raise SpecInvalid(
                    f"Expected all {self.count} trials of the grid. Received: trials={self.trials};"
                    " leave it out, or search at random or by TPE."
                )
            if self.count > MOST_TRIALS:
                raise SpecInvalid(
                    f"Expected a grid of at most {MOST_TRIALS:,} trials. Received: {self.count:,}"
                )
            return
        self._check_trials()

    def _check_trials(self) -> None:
        if not self.axes or self.trials is None or self.trials % self.seeds:
            raise SpecInvalid(
                f"Expected settings to vary, and `trials` as a multiple of {self.seeds}, the "
                f"number of seeds. Received: trials={self.trials}, search={self.search!r}"
            )
        if self.combinations is not None and self.setting_count > self.combinations:
            raise SpecInvalid(
                f"Expected at most {self.combinations} settings, which is all there are. Received: "
                f"{self.setting_count}; search the grid instead."
            )

    def _check_specs(self) -> None:
        """All combinations must be allowed and measured alike; of very many, each value alone."""
        base = [{axis.field: _some(axis) for axis in self.axes}]
        single = [{**base[0], axis.field: v} for axis in self.axes for v in axis.values]
        single += [{**base[0], a.field: _end(a, a.high)} for a in self.axes if a.high is not None]
        few = self.combinations is not None and self.combinations <= CHECKED
        combined = self.grid() if few else base + single
        specs = [self.spec(values, 0) for values in combined]
        self.spec(base[0], self.seeds - 1)
        for name in MEASURE:
            if len({getattr(spec, name) for spec in specs}) > 1:
                raise SpecInvalid(
                    f"Expected settings with one `{name}`, so that their ELBO can be compared. "
                    f"Received: {sorted({str(getattr(spec, name)) for spec in specs})}"
                )
        self._check_scaling(specs[0])
        if any(axis.field == "beta" for axis in self.axes):
            self._check_warm_up(specs)

    def _check_warm_up(self, specs: list[TrainingSpec]) -> None:
        """Where beta is swept, each trial must come to its own."""
        for spec in specs:
            if spec.kl_warmup_epochs >= spec.last_epoch:
                raise SpecInvalid(
                    "Expected trials that reach their beta: the KL warm-up must end before the "
                    f"last epoch. Received: kl_warmup_epochs={spec.kl_warmup_epochs}, "
                    f"epochs={spec.last_epoch}. Train longer, or warm up for fewer epochs."
                )

    def _check_scaling(self, spec: TrainingSpec) -> None:
        description = description_of(self.dataset)
        is_table = description is not None and description.kind == "table"
        subsets = spec.subset is not None or any(axis.field == "subset" for axis in self.axes)
        if subsets and is_table and spec.likelihood == "gaussian":
            raise SpecInvalid(
                "Expected a sweep of all the table's rows: each subset is scaled by its own "
                "range, so densities could not be compared. Received: `subset`"
            )


def objectives() -> tuple[str, ...]:
    """What can decide."""
    return get_args(Objective)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that a specification has."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _some(axis: Axis) -> Any:
    return axis.values[0] if axis.values else _end(axis, axis.low)


def _end(axis: Axis, end: float | None) -> Any:
    return int(end or 0) if axis.is_whole else end
