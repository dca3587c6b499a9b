"""Writes the generated parts of the READMEs: `python docs/write_tables.py`.

A part stands between `<!-- name -->` and `<!-- end of name -->`. Models come from the manifests in
`pretrained/`, whose README is generated as a whole, measured numbers from
`benchmarks/results.json`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / "benchmarks")]

from bench import Result  # noqa: E402

from docs.shipped_models import page  # noqa: E402

MODELS = ROOT / "pretrained" / "README.md"
READMES = (ROOT / "README.md", MODELS, ROOT / "benchmarks" / "README.md")
HEAD = ("| | measured | goal | against |", "| --- | --: | --: | --- |")
FIVE = {
    "page": ("startup", "streamlit run to the first page in a browser"),
    "memory": ("startup", "server with one visitor, resident (RSS)"),
    "rate": ("drag", "pictures a second, 10,000 dots"),
    "delay": ("drag", "event in the page to painted picture, 95 %, 10,000 dots"),
    "training": ("nats", "MNIST, 2 dimensions, to 140 nats"),
}
"""The numbers that matter most: the benchmark, and what it calls each."""
SENTENCE = (
    "The first page is there **{page}** after the command, and the server takes **{memory}** with "
    "one visitor. A drag over MNIST paints pictures at **{rate}**, 95 % of them within **{delay}** "
    "of the pointer's event. A two-dimensional model of MNIST passes −140 nats per test image "
    "after **{training}** of training."
)
LISTING = (sys.executable, "-m", "vae_core", "models", "--markdown")


def wanted(path: Path) -> str:
    """What a README should be now."""
    return page() if path == MODELS else filled(path.read_text(encoding="utf-8"))


def filled(text: str) -> str:
    """A README's text with its generated parts as they should be now."""
    for name, write in PARTS.items():
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if pattern.search(text):
            part = f"{start}\n\n{write().strip()}\n\n{end}"
            text = pattern.sub(part.replace("\\", r"\\"), text)
    return text


@cache
def models() -> str:
    """The table of the shipped models, as the command line prints it."""
    return subprocess.run(
        LISTING, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout  # fmt: skip


def five() -> str:
    """The numbers that matter most, in a sentence or two."""
    found = {
        (name, values["what"]): _result(values).number
        for name, run in _results().items()
        for values in run["results"]
    }
    return SENTENCE.format(**{name: found[key] for name, key in FIVE.items()})


def goals() -> str:
    """The measured numbers that have a goal, of all benchmarks in one table, under their titles."""
    lines = []
    for run in _runs():
        rows = [row for row in map(_result, run["results"]) if row.target]
        lines += [f"| **{run['title']}** | | | |", *map(_line, rows)] if rows else []
    return "\n".join([*HEAD, *lines]) + f"\n\n{_machine(_runs())}"


def speeds() -> str:
    """Everything that was measured, one table per benchmark."""
    return "\n\n".join(
        f"### {run['title']}\n\n`python benchmarks/{name}.py`\n\n"
        f"{_table([_result(values) for values in run['results']])}\n\n{_machine([run])}"
        for name, run in _results().items()
    )


PARTS: Mapping[str, Callable[[], str]] = {
    "models": models,
    "five": five,
    "goals": goals,
    "speeds": speeds,
}


def _results() -> dict[str, Any]:
    results: dict[str, Any] = json.loads(
        (ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8")
    )
    return results


def _runs() -> list[dict[str, Any]]:
    return list(_results().values())


def _result(values: dict[str, Any]) -> Result:
    return Result(**values)


def _table(rows: list[Result]) -> str:
    return "\n".join([*HEAD, *map(_line, rows)])


def _line(row: Result) -> str:
    return f"| {row.what} | {row.number} | {row.target} | {row.ratio} |"


def _machine(runs: list[dict[str, Any]]) -> str:
    """Where it was measured, and whether the machine was quiet."""
    first, load = runs[0], max(run["load"] for run in runs)
    processors = " or an ".join(dict.fromkeys(run["cpu"] for run in runs))
    dates = sorted({run["date"] for run in runs})
    quiet = "nothing else was running" if load < 0.7 else f"shared with other work, load {load:g}"
    return (
        f"Measured on {first['cores']} cores of an {processors}, {first['system']}, Python "
        f"{first['python']}, {' and '.join(dates)}; {quiet}."
    )


if __name__ == "__main__":
    for path in READMES:
        path.write_text(wanted(path), encoding="utf-8")
