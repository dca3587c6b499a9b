"""Filled gaps in real tables with published masks: ours, mean and mode, IterativeImputer.

The tables and masks are those of Nazabal et al. (2020). As there, a model learns from all rows,
with the masked cells missing, and fills them. Error: `vae_core.metrics.imputation.column_errors`,
averaged over the columns.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bench import ROOT, Result, main

from vae_core.artifacts.codec import OnnxCodec
from vae_core.datasets import Dataset, Split
from vae_core.datasets.column import Feature
from vae_core.datasets.description import Description
from vae_core.datasets.gap_settings import gap_settings
from vae_core.datasets.heads import NUMBERS, Layout, layout_of
from vae_core.datasets.split import choose
from vae_core.metrics.imputation import column_errors, impute
from vae_core.metrics.imputation_baselines import fill_iteratively, fill_with_mean_or_mode
from vae_core.metrics.likelihood import observation_model
from vae_core.spec.training_spec import TrainingSpec

TABLES = ROOT.parent / "shared" / "data" / "tables"
KINDS: dict[str, Any] = {"real": "real", "pos": "positive", "count": "count"}
MASKS = ("20_1", "50_1")
VALIDATION = 0.05


@dataclass(frozen=True)
class Table:
    """A table with published masks: complete rows `x` (n, F), and what is missing at the source."""

    name: str
    x: Any
    description: Description

    def hidden(self, mask: str) -> Any:
        """Cells (n, F) that a published mask hides."""
        return _cells(TABLES / self.name / f"Missing{mask}.csv", self.x.shape)


def read(name: str) -> Table:
    """One of the tables; categories are numbered from 0 on."""
    types = (TABLES / name / "data_types.csv").read_text(encoding="utf-8")
    kinds = [line.split(",") for line in types.split()[1:]]
    x = np.genfromtxt(TABLES / name / "data.csv", delimiter=",")
    if (missing := TABLES / name / "MissingTrue.csv").is_file():
        x[_cells(missing, x.shape)] = np.nan
    features = tuple(
        _feature(x, column, kind, int(classes or 0))
        for column, (kind, _, classes) in enumerate(kinds)
    )
    description = Description(
        name=name, title=name, kind="table", shape=(len(features),), features=features,
        licence="CC BY 4.0", source="UCI Machine Learning Repository", citation="",
    )  # fmt: skip
    return Table(name, x.astype(np.float32), description)


def _feature(x: Any, column: int, kind: str, classes: int) -> Feature:
    """The column as the published types say; its categories are counted from 0 in place."""
    if kind in KINDS:
        if kind == "pos" and np.nanmin(x[:, column]) <= 0:
            kind = "count" if (x[:, column] % 1 == 0).all() else "real"
        return Feature(name=f"column {column + 1}", kind=KINDS[kind])
    known = ~np.isnan(x[:, column])
    codes = np.unique(x[known, column])
    x[known, column] = np.searchsorted(codes, x[known, column])
    names = tuple(map(str, range(max(classes, len(codes)))))
    kind = "ordinal" if kind == "ordinal" else "binary" if len(names) == 2 else "categorical"
    return Feature(name=f"column {column + 1}", kind=kind, categories=names)  # type: ignore[arg-type]


def _cells(path: Path, shape: tuple[int, ...]) -> Any:
    found = np.zeros(shape, bool)
    places = np.loadtxt(path, delimiter=",", dtype=int, ndmin=2) - 1
    found[places[:, 0], places[:, 1]] = True
    return found


def filled_by_model(table: Table, x: Any) -> Any:
    """The gaps of `x` (n, F) filled by a model that learned from its known cells."""
    from vae_core.worker.pipeline import train_on

    whole = Split(x, np.zeros(len(x), np.int64), np.arange(len(x)))
    held = whole.take(choose(whole.label, max(1, int(VALIDATION * len(x))), 0))
    dataset = Dataset.of(table.description, train=whole, validation=held, test=held)
    spec = TrainingSpec.create(dataset=table.name, **gap_settings(*x.shape))
    with tempfile.TemporaryDirectory() as folder:
        artifact = train_on(dataset, spec, root=Path(folder))
        codec = OnnxCodec(artifact, threads=0)
        return impute(codec, x, observation_model(artifact.manifest), draws=20).x


@dataclass(frozen=True)
class Case:
    """A table under one published mask."""

    table: Table
    mask: str

    def outcome(self, way: str) -> tuple[dict[str, float], float]:
        """Mean errors over all columns, over numbers, over categories; and the seconds it took."""
        table, layout = self.table, layout_of(self.table.description.features)
        hidden = table.hidden(self.mask)
        x = np.where(hidden, np.float32(np.nan), table.x)
        started = time.perf_counter()
        filled = WAYS[way](table, x)
        seconds = time.perf_counter() - started
        widths = np.nanmax(table.x, axis=0) - np.nanmin(table.x, axis=0)
        errors = column_errors(table.x, filled, hidden, layout, widths)
        numbers = np.array([head in NUMBERS for head in layout.heads])
        kinds = {"all columns": errors, "numbers": errors[numbers], "categories": errors[~numbers]}
        return {kind: float(np.nanmean(e)) for kind, e in kinds.items() if len(e)}, seconds


def _layout(table: Table) -> Layout:
    return layout_of(table.description.features)


WAYS: dict[str, Callable[[Table, Any], Any]] = {
    "mean or mode": lambda table, x: fill_with_mean_or_mode(x, x, _layout(table)),
    "IterativeImputer": lambda table, x: fill_iteratively(x, x, _layout(table)),
    "ours": filled_by_model,
}


def measure(tables: str, masks: str) -> Iterator[Result]:
    """Errors and seconds of each way to fill, one table and mask after the other."""
    ratios = []
    for name in tables.split(","):
        table = read(name)
        for mask in masks.split(","):
            if not (TABLES / name / f"Missing{mask}.csv").is_file():
                continue
            case, found = Case(table, mask), {}
            for way in WAYS:
                found[way], seconds = case.outcome(way)
                what = f"{name}, {mask[:2]} % hidden, {way}"
                yield from (
                    Result(f"{what}, {kind}", error, "") for kind, error in found[way].items()
                )
                yield Result(f"{what}, time", seconds, "s")
            ours, rest = found["ours"], found["IterativeImputer"]
            ratios.append(ours["all columns"] / rest["all columns"])
            yield Result(
                f"{name}, {mask[:2]} % hidden, error over IterativeImputer's", ratios[-1], "",
                at_most=1.02,
            )  # fmt: skip
    yield Result(
        "mean of the tables' errors over IterativeImputer's", float(np.mean(ratios)), "",
        at_most=0.98,
    )  # fmt: skip


if __name__ == "__main__":
    main(
        "Filled gaps in tables with published masks",
        measure,
        tables={"default": "adult,breast,wine,defaultcredit"},
        masks={"default": ",".join(MASKS)},
    )
