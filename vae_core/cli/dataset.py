"""The commands `dataset add`, `show`, `share` and `remove`: tables of your own."""

import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from vae_core.artifacts import registry
from vae_core.cli import report
from vae_core.cli.arguments import Json
from vae_core.datasets.catalogue import CATALOGUE, entry
from vae_core.datasets.column import Column
from vae_core.datasets.own import store
from vae_core.datasets.own.adding import add_file
from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.store import OwnDataset
from vae_core.errors import InvalidInput, NotFound
from vae_core.text import plural

app = typer.Typer(
    help="Add a table of your own, show it, share it or remove it.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="Name of an own dataset, with or without its digits.")]
LONGEST = 24
WIDTH = 80


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, XLS, ODS, Parquet, Feather.")],
    name: Annotated[str | None, typer.Option(help="Its name, else that of the file.")] = None,
    label: Annotated[str | None, typer.Option(help="Column that says what a row is.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Column whose rows of one value stay in one part.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="Column by which the later rows are held out.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="COLUMN=real, positive, count, ordinal, categorical or binary."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="COLUMN=feature, label, group, time, id or ignored."),
    ] = None,
    unit: Annotated[list[str] | None, typer.Option(help="COLUMN=unit, such as mass=g.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="A further word or number for a gap, or COLUMN=WORD.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="A word that is a value, not a gap, such as NA.")
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether the first row has names.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal mark: . or ,")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the fields.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as cp1252.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook.")] = None,
    extremes: Annotated[
        str | None, typer.Option(help="missing: infinite and too large numbers are gaps.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="How it is headed.")] = None,
    licence: Annotated[str | None, typer.Option(help="What others may do with it.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it comes from.")] = None,
    citation: Annotated[str | None, typer.Option(help="How it is cited.")] = None,
    note: Annotated[str | None, typer.Option(help="A remark for yourself.")] = None,
    json: Json = False,
) -> None:
    """Add a table; what each column is taken for can be corrected with options."""
    choices = Choices.create(
        **_given(name=name, label=label, group=group, time=time, missing=missing, keep=keep),
        **_given(header=header, decimal=decimal, delimiter=_delimiter(delimiter)),
        **_given(encoding=encoding, sheet=sheet, extremes=extremes, title=title),
        **_given(licence=licence, source=source, citation=citation, note=note),
        kinds=_pairs("kind", kind),
        roles=_pairs("role", role),
        units=_pairs("unit", unit),
    )
    own = add_file(file.expanduser(), choices, owner=store.HERE)
    _print(own, json=json)


@app.command()
def show(name: Name, json: Json = False) -> None:
    """Show the columns of a dataset, and what was noted when it was added."""
    own = entry(name).own or store.find(name)
    if own is None:
        raise NotFound(f"Expected a dataset of your own. Received: {name!r}, a built-in one.")
    _print(own, json=json)


@app.command()
def share(
    name: Name,
    private: Annotated[bool, typer.Option("--private", help="Take it back.")] = False,
) -> None:
    """Let every visitor of the app see a dataset."""
    own = store.share(name, shared=not private)
    report.print_text(" is shared" if own.manifest.shared else " is private", title=own.key)


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    json: Json = False,
) -> None:
    """Remove a dataset; models that were trained on it stay."""
    own = store.get(name)
    models = registry.models_of(own.key)
    if not yes:
        if models:
            report.print_text(
                f" {', '.join(models)}. They stay, but their originals can no longer be shown.",
                title=f"{plural(len(models), 'model')} learned from it:",
            )
        if not typer.confirm(f"Remove {own.key}?"):
            raise InvalidInput("Expected yes. Nothing was removed.")
    store.remove(own.key)
    if json:
        report.print_json({"removed": own.key, "models": models})
    else:
        report.print_text(" is removed", title=own.key)


def values_of(own: OwnDataset) -> dict[str, Any]:
    """An own dataset for machines."""
    manifest = own.manifest
    return {
        "name": own.name,
        "key": own.key,
        "digest": manifest.digest,
        "rows": manifest.rows,
        "columns": [column.model_dump(mode="json") for column in manifest.columns],
        "notes": notes_of(own),
        "held_out_by": manifest.held_out_by,
        "shared": manifest.shared,
        "path": str(own.path),
    }


def notes_of(own: OwnDataset) -> list[str]:
    """What was noted as the dataset was taken in, and that its bare name is another's, if so."""
    notes = [note.text for note in own.manifest.notes]
    if own.name in CATALOGUE:
        notes.append(f"'{own.name}' alone is a built-in dataset: call this one '{own.key}'.")
    return notes


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _delimiter(text: str | None) -> str | None:
    return "\t" if text in ("tab", "\\t") else text


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """'COLUMN=VALUE' options; a column may have an equals sign in its name."""
    found = {}
    for text in given or ():
        column, equals, value = text.rpartition("=")
        if not equals or not column:
            raise InvalidInput(f"Expected --{option} COLUMN=VALUE. Received: {text!r}")
        found[column] = value
    return found


def _print(own: OwnDataset, *, json: bool) -> None:
    if json:
        report.print_json(values_of(own))
        return
    manifest = own.manifest
    report.print_text(
        f" {plural(manifest.rows, 'row')}, {plural(len(manifest.columns), 'column')}, "
        f"{plural(manifest.description.size, 'feature')}; held out by {manifest.held_out_by}",
        title=own.key,
    )
    rows = [_row(column) for column in manifest.columns]
    report.print_table(["column", "kind", "role", "missing", "why"], rows, tight=True)
    for note in notes_of(own):
        wrapped = textwrap.fill(f"• {note}", WIDTH, subsequent_indent="  ")
        report.print_text(wrapped)


def _row(column: Column) -> list[str]:
    name = column.name if len(column.name) <= LONGEST else column.name[: LONGEST - 1] + "…"
    kind = "constant" if column.constant else column.kind
    return [name, kind, column.role, str(column.missing or ""), column.reason]
