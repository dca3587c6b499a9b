"""What the command line prints: tables for people, JSON for machines."""

import json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vae_core.api.progress import err
from vae_core.artifacts import registry
from vae_core.artifacts.card import subject
from vae_core.artifacts.manifest import DECODER, Manifest, Metric
from vae_core.datasets.catalogue import place_of
from vae_core.text import number, plural, plus_minus, readable

out = Console(soft_wrap=True)


def take_any_text() -> None:
    """Let standard output and error write '?' for what their encoding lacks, as cp1252 lacks β."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_json(value: Any) -> None:
    """One JSON document on standard output, in ASCII unless that takes Unicode."""
    text = readable(json.dumps(value, ensure_ascii=False))
    if not out.encoding.startswith("utf"):
        text = json.dumps(json.loads(text))
    out.out(text, highlight=False)


def print_text(text: str, *, title: str = "") -> None:
    """`title` in bold, then `text` as it stands: its brackets are no markup."""
    out.print(Text.assemble((readable(title), "bold"), readable(text)))


def print_problem(text: str, *, title: str, style: str) -> None:
    """A coloured `title`, then `text` as it stands, on standard error."""
    err.print(Text.assemble((readable(title), style), readable(text)), soft_wrap=True)


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, tight: bool = False
) -> None:
    """A plain table; columns that hold numbers are aligned right. `tight` has one space between."""
    table = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=tight)
    for place, column in enumerate(columns):
        numeric = rows and all(_is_number(row[place]) for row in rows)
        side: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(column, justify=side, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*row)
    out.print(table)


def print_markdown(manifests: Sequence[Manifest]) -> None:
    """The table of models as a README shows it, in the catalogue's order."""
    columns = ("dataset", "model", "latent dimensions", "held-out ELBO", "likelihood", "decoder")
    sides = ("---", "---", "--:", "--:", "---", "--:")
    known = sorted(manifests, key=lambda m: (place_of(m.spec.dataset), registry.rank(m)))
    for cells in (columns, sides, *map(_markdown_cells, known)):
        out.out("| " + " | ".join(cells) + " |", highlight=False)


def print_metrics(metrics: Sequence[Metric]) -> None:
    """Metrics with everything that makes them honest."""
    rows = [
        [m.name, f"{m.value:.3f}", _error(m), m.unit, m.split, str(m.examples)] for m in metrics
    ]
    print_table(["", "value", "± s.e.", "unit", "split", "examples"], rows)
    first = metrics[0]
    draws = plural(first.samples, "draw")
    out.print(f"{first.likelihood}; ELBO by {first.estimator}, {draws} of z per example.")
    if first.likelihood.endswith("grey values"):
        out.print(
            "A Bernoulli on grey values is not a proper likelihood of the data: do not compare "
            "these numbers with results on binarised images."
        )
    for estimator in dict.fromkeys(m.estimator for m in metrics[3:]):
        names = ", ".join(m.name for m in metrics[3:] if m.estimator == estimator)
        print_text(f": {estimator}", title=names)


def elbo_text(manifest: Manifest) -> str:
    """Held-out ELBO to one decimal, or a dash."""
    metric = manifest.metric("elbo")
    return f"{metric.value:.1f}" if metric else "–"


def _markdown_cells(manifest: Manifest) -> tuple[str, ...]:
    metric, spec = manifest.metric("elbo"), manifest.spec
    return (
        subject(manifest),
        f"`{manifest.model_id}`",
        str(spec.latent_dim),
        plus_minus(metric.value, metric.error) if metric else "–",
        metric.likelihood if metric else "–",
        f"{manifest.files[DECODER].bytes / 1000:,.0f} kB",
    )


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").removesuffix(" kB"))
    except ValueError:
        return text == "–"
    return True


def _error(metric: Metric) -> str:
    return number(metric.error, ".3f")
