"""Filled gaps in real tables with published masks: ours, mean and mode, IterativeImputer.

The tables and masks are those of Nazabal et al. (2020). As there, a model learns from all rows,
with the masked cells missing, and fills them. Error: `vae_core.metrics.imputation.column_errors`,
averaged over the columns. Time is that of all processors, without imports.

Then red wine, white wine and breast cancer, columns of real numbers standardised, half of the cells
hidden completely at random: mean squared error of the hidden cells, one filling each.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
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
MASKS = ("20_1", "20_2", "20_3", "50_1")
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
    return Table(name, x.astype(np.float32), _described(name, features))


def _described(name: str, features: tuple[Feature, ...]) -> Description:
    return Description(
        name=name, title=name, kind="table", shape=(len(features),), features=features,
        licence="CC BY 4.0", source="UCI Machine Learning Repository", citation="",
    )  # fmt: skip


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


def red_or_white(colour: int) -> Any:
    """The wines of a colour, 1 for red, without their colour and their grade."""
    x = np.genfromtxt(TABLES / "wine" / "data.csv", delimiter=",")
    return x[x[:, -1] == colour, :-2]


def _breast_cancer() -> Any:
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer().data


STANDARDISED: dict[str, Callable[[], Any]] = {
    "red wine": lambda: red_or_white(1),
    "white wine": lambda: red_or_white(2),
    "breast cancer": _breast_cancer,
}
HIDDEN, SEED = 0.5, 0


def standardised(name: str) -> Table:
    """A table of real columns, each with mean 0 and variance 1."""
    x = STANDARDISED[name]()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    features = tuple(Feature(name=f"column {number + 1}") for number in range(x.shape[1]))
    return Table(name, x.astype(np.float32), _described(name.replace(" ", "_"), features))


def filled_by_model(table: Table, x: Any) -> Any:
    """The gaps of `x` (n, F) filled by a model that learned from its known cells."""
    from vae_core.worker.pipeline import train_on

    whole = Split(x, np.zeros(len(x), np.int64), np.arange(len(x)))
    held = whole.take(choose(whole.label, max(1, int(VALIDATION * len(x))), 0))
    dataset = Dataset.of(table.description, train=whole, validation=held, test=held)
    spec = TrainingSpec.create(dataset=table.description.name, **gap_settings(*x.shape))
    with tempfile.TemporaryDirectory() as folder:
        artifact = train_on(dataset, spec, root=Path(folder))
        codec = OnnxCodec(artifact, threads=0)
        return impute(codec, x, observation_model(artifact.manifest), draws=20).x


@dataclass(frozen=True)
class Case:
    """A table under one published mask."""

    table: Table
    mask: str

    @property
    def words(self) -> str:
        """What is hidden: the share, and which of the published draws of it."""
        share, draw = self.mask.split("_")
        return f"{self.table.name}, {share} % hidden (mask {draw})"

    def outcome(self, way: str) -> tuple[dict[str, float], float]:
        """Mean errors over all columns, over numbers, over categories; and processor seconds."""
        table, layout = self.table, layout_of(self.table.description.features)
        hidden = table.hidden(self.mask)
        x = np.where(hidden, np.float32(np.nan), table.x)
        started = time.process_time()
        filled = WAYS[way](table, x)
        seconds = time.process_time() - started
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


def squared_errors(name: str) -> Iterator[Result]:
    """Mean squared error of each way to fill a standardised table, half of which is hidden."""
    table = standardised(name)
    hidden = np.random.default_rng(SEED).random(table.x.shape) < HIDDEN
    x = np.where(hidden, np.float32(np.nan), table.x)
    for way, fill in WAYS.items():
        error = float(np.square(fill(table, x) - table.x)[hidden].mean())
        way = "mean" if way.startswith("mean") else way
        yield Result(f"{name}, 50 % hidden, {way}, squared error", error, "variances")


def measure(tables: str, masks: str, real: str) -> Iterator[Result]:
    """Errors and processor time of each way to fill, one table and mask after the other."""
    import_module("sklearn.impute")
    import_module("vae_core.worker.pipeline")
    import_module("tf2onnx.convert")
    ratios: dict[str, list[float]] = {}
    for name in filter(None, tables.split(",")):
        table = read(name)
        for mask in masks.split(","):
            if not (TABLES / name / f"Missing{mask}.csv").is_file():
                continue
            case, found = Case(table, mask), {}
            for way in WAYS:
                found[way], seconds = case.outcome(way)
                what = f"{case.words}, {way}"
                yield from (
                    Result(f"{what}, {kind}", error, "") for kind, error in found[way].items()
                )
                yield Result(f"{what}, processor time", seconds, "s")
            ours, rest = found["ours"], found["IterativeImputer"]
            ratio = ours["all columns"] / rest["all columns"]
            ratios.setdefault(name, []).append(ratio)
            yield Result(
                f"{case.words}, error over IterativeImputer's", ratio, "", at_most=1.02
            )  # fmt: skip
    if ratios:
        yield Result(
            "mean of the tables' errors over IterativeImputer's",
            float(np.mean([np.mean(of_table) for of_table in ratios.values()])), "", at_most=0.98,
        )  # fmt: skip
    for name in filter(None, real.split(",")):
        yield from squared_errors(name)


if __name__ == "__main__":
    main(
        "Filled gaps in tables with published masks",
        measure,
        tables={"default": "adult,breast,wine,defaultcredit"},
        masks={"default": ",".join(MASKS)},
        real={"default": ",".join(STANDARDISED), "help": "standardised tables of real numbers"},
    )
