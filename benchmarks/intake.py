"""Taking tables in: the kinds of real columns one by one, and how long large files take."""

import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from bench import ROOT, Result, home, main
from jobs import first_epoch

from vae_core.datasets.own.adding import add_file, preview_file
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.preview import Preview

SHARED = ROOT.parent / "shared" / "data" / "tables"
R, P, C, O, K, B = "real", "positive", "count", "ordinal", "categorical", "binary"  # noqa: E741
EXPECTED: dict[str, str] = {
    "airports": "iata:id name:ignored city:ignored state:K country:K latitude:R longitude:R",
    "cars": "Name:ignored Miles_per_Gallon:P Cylinders:O|C Displacement:P Horsepower:P|C "
    "Weight_in_lbs:P Acceleration:P Year:date Origin:K",
    "seattle-weather": "date:date precipitation:R|P temp_max:R temp_min:R wind:P weather:K",
    "seattle-temps": "date:date temp:R",
    "stocks": "symbol:K date:date price:P",
    "us-employment": "month:date * nonfarm_change:R *:P",
    "iowa-electricity": "year:date source:K net_generation:P",
    "la-riots": "first_name:ignored last_name:ignored age:P|C gender:B race:K death_date:date "
    "address:ignored neighborhood:ignored|K type:K longitude:R latitude:R",
    "barley": "yield:P variety:K year:B|O site:K",
    "ohlc": "date:date open:P high:P low:P close:P signal:K ret:R",
    "driving": "side:K year:R miles:P gas:P",
    "wheat": "year:R wheat:P wages:P",
    "carshare": "centroid_lat:R centroid_lon:R car_hours:P peak_hour:C|O",
    "election": "district:id winner:K result:B district_id:id *:P|C",
    "experiment": "gender:B group:B *:P",
    "gapminder": "country:K continent:K year:O lifeExp:P pop:P gdpPercap:P iso_alpha:K iso_num:K "
    "centroid_lon:R centroid_lat:R",
    "tips": "total_bill:P tip:P sex:B smoker:B day:K time:B size:C",
    "wind": "direction:K strength:O frequency:P",
    "burtin": "Bacteria:id Penicillin:P Streptomycin:P Neomycin:P Gram_Staining:B Genus:K",
    "iris": "target:K *:P",
    "wine": "target:K *:P",
    "breast_cancer": "target:B *:P|R",
    "diabetes": "sex:B target:P|C *:R",
    "linnerud": "Chins:C|P Situps:C|P Jumps:C|P Pulse:C|P Weight:P Waist:P",
    # By the types that the authors of HI-VAE give; numbers that stand for categories have an
    # order to whoever sees only the numbers.
    "adult": "P|C K|O P K|O K|O K|O K|O K|O B P|C P|C C",
    "breast": "O O O O O O O O O B",
    "defaultcredit": "P B K|O|C K|O|C P|C O O O O O O R R R R R R P|C P|C|R P|C P|C P|C P|C B",
    "hivae-wine": "P P P P P P P P P P P O|C B",
}
"""What each column is, by who knows the data: kinds that fit, 'date', or a role that is no feature.

`name:what` for a column by its name, `*:what` for all others; without names one after the other.
"""


def expected(table: str, names: list[str]) -> list[set[str]]:
    """What is right for each column of a table."""
    words = dict(zip("RPCOKB", (R, P, C, O, K, B), strict=True))
    parts = [part for part in EXPECTED[table].split() if part != "*"]
    known = [part.rpartition(":") for part in parts]
    by_name = {name: what for name, colon, what in known if colon}
    right = [by_name.get(n, by_name.get("*", "")) for n in names] if by_name else parts
    return [{words.get(word, word) for word in what.split("|")} for what in right]


def is_right(column: Any, right: set[str]) -> bool:
    """Whether a column was taken for what it is."""
    if column.since:
        return "date" in right
    if column.role in ("id", "ignored"):
        return bool(right & {"id", "ignored"})
    return column.kind in right


def tables(folder: Path) -> Iterator[tuple[str, Path]]:
    """All real tables that are on this machine, as files."""
    import sklearn.datasets

    for name in ("iris", "wine", "breast_cancer", "diabetes", "linnerud"):
        frame = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
        frame.to_csv(folder / f"{name}.csv", index=False)
        yield name, folder / f"{name}.csv"
    for name in ("adult", "breast", "defaultcredit", "wine"):
        if (SHARED / name).is_dir():
            yield (f"hivae-{name}" if name == "wine" else name), SHARED / name / "data.csv"
    for path in sorted((folder_of("plotly") / "package_data" / "datasets").glob("*.csv.gz")):
        name = path.name.partition(".")[0]
        if name in EXPECTED and name not in ("iris", "stocks"):
            yield name, path
    found = find_spec("vega_datasets")
    if found is None:
        print(
            "The package vega-datasets is not installed: its tables are left out.", file=sys.stderr
        )
        return
    for path in sorted((folder_of("vega_datasets") / "_data").iterdir()):
        if path.stem in EXPECTED and path.stem != "iris":
            yield path.stem, path if path.suffix == ".csv" else as_csv(path, folder)


def folder_of(package: str) -> Path:
    """Where a package lies, without importing it."""
    found = find_spec(package)
    assert found and found.submodule_search_locations, package
    return Path(found.submodule_search_locations[0])


def as_csv(path: Path, folder: Path) -> Path:
    """JSON records as a CSV file."""
    import pandas as pd

    target = folder / f"{path.stem}.csv"
    pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))).to_csv(target, index=False)
    return target


def judge(table: str, found: Preview) -> tuple[int, int]:
    """Print each column beside what it should be; how many are right, of how many."""
    columns = [shown.column for shown in found.columns]
    rights = expected(table, [column.name for column in columns])
    assert len(rights) == len(columns), table
    print(f"{table}: {found.rows:,} rows", file=sys.stderr)
    for column, right in zip(columns, rights, strict=True):
        mark = " " if is_right(column, right) else "✗"
        what = f"{column.kind} {column.role}"
        print(f"  {mark} {column.name[:28]:28} {what:22} {'|'.join(sorted(right)):18}"
              f" {column.reason}", file=sys.stderr)  # fmt: skip
    return sum(map(is_right, columns, rights)), len(columns)


def kinds() -> Iterator[Result]:
    right = total = count = 0
    with tempfile.TemporaryDirectory(prefix="latent-") as folder:
        for table, path in tables(Path(folder)):
            header = False if path.name == "data.csv" else None
            found = judge(table, preview_file(path, Choices(header=header)))
            right, total, count = right + found[0], total + found[1], count + 1
    yield Result("real tables", count, "", at_least=12)
    yield Result(f"columns of {total} whose kind is right", 100 * right / total, "%", at_least=95)


def invented(rows: int, columns: int, path: Path) -> Path:
    """A CSV file with numbers, counts, words, levels, and a gap in every fiftieth cell of some."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    random = np.random.default_rng(0)
    words = np.array(["red", "green", "blue", "dark blue"])
    makers = (
        lambda: random.normal(size=rows).round(4),
        lambda: np.exp(random.normal(size=rows)).round(3),
        lambda: random.poisson(3, rows),
        lambda: words[random.integers(0, 4, rows)],
        lambda: random.integers(1, 6, rows),
        lambda: random.normal(50, 5, rows).round(2),
    )
    made = {
        f"c{place}": pa.array(
            makers[place % len(makers)](),
            mask=random.random(rows) < 0.02 if place % 5 == 0 else None,
        )
        for place in range(columns)
    }
    pa_csv.write_csv(pa.table(made), path)
    return path


def speed() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="latent-") as folder:
        path = invented(50_000, 30, Path(folder) / "middle.csv")
        start = time.perf_counter()
        preview_file(path)
        seconds = time.perf_counter() - start
        yield Result("preview of 50,000 × 30", seconds, "s", at_most=2)
        own = add_file(path)
        _, epoch, _ = first_epoch(dataset=own.key, warm=True, seed=0)
        yield Result("Train to its first epoch, warm spare", epoch, "s", at_most=6)
        path = invented(1_000_000, 20, Path(folder) / "large.csv")
        start = time.perf_counter()
        add_file(path)
        seconds = time.perf_counter() - start
        yield Result("import of 1,000,000 × 20", seconds, "s", at_most=45)
        factor = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * factor
        yield Result("memory of the reading process", peak / 1e6, "MB", at_most=1000)


def measure() -> Iterator[Result]:
    with home():
        yield from kinds()
        yield from speed()


if __name__ == "__main__":
    main(re.sub(r"\n.*", "", __doc__ or ""), measure)
