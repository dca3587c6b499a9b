"""Tables that lie in a `data/` folder: `NAME.csv`, with what is to be known in `NAME.json`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vae_core import paths
from vae_core.datasets.own import store
from vae_core.datasets.own.adding import add_file
from vae_core.datasets.own.choices import Choices, sanitised
from vae_core.datasets.own.manifest import Origin
from vae_core.datasets.own.store import OwnDataset
from vae_core.errors import DataInvalid, LatentError

ENDINGS = (".csv", ".tsv", ".parquet", ".feather", ".xlsx", ".xls", ".ods", ".csv.gz", ".tsv.gz")


_refused: dict[Origin, str] = {}
"""Why files can't be taken in, so that the same one is not read again and again."""


def folders() -> list[Path]:
    """Where tables are looked for: `LATENT_DATA_DIR`, the clone's `data/`, `LATENT_HOME/data`."""
    given = os.environ.get("LATENT_DATA_DIR")
    roots = [Path(given).expanduser()] if given else []
    return [*roots, paths.project() / "data", paths.home() / "data"]


def tables() -> dict[str, Path]:
    """The tables that lie in those folders, by their names; the first folder wins."""
    found: dict[str, Path] = {}
    for path in _files():
        found.setdefault(sanitised(path.name.split(".")[0]), path)
    return found


def find(name: str) -> OwnDataset | None:
    """The own dataset of the table of that name, taken in now unless it was already.

    Raises what `add` raises.
    """
    path = tables().get(name)
    return None if path is None else take_in(path)


def take_in(path: Path) -> OwnDataset:
    """The own dataset of a table in a `data/` folder, which everybody sees."""
    origin = Origin(path=str(path.absolute()), stamp=_stamp(path))
    for known in store.all_own():
        if known.manifest.origin == origin:
            return known
    if reason := _refused.get(origin):
        raise DataInvalid(reason)
    try:
        return add_file(path, _choices(path), shared=True, origin=origin)
    except DataInvalid as error:
        _refused[origin] = str(error)
        raise


def take_in_all() -> dict[Path, str]:
    """Take in what lies in the `data/` folders and is not yet; why, for those that can't be."""
    refused = {}
    for path in tables().values():
        try:
            take_in(path)
        except (LatentError, OSError) as error:
            refused[path] = str(error)
    return refused


def _files() -> Iterator[Path]:
    for folder in folders():
        if folder.is_dir():
            yield from (p for p in sorted(folder.iterdir()) if _is_table(p))


def _is_table(path: Path) -> bool:
    named = path.name.lower().endswith(ENDINGS) and not path.name.startswith(".")
    return named and path.is_file()


def _beside(path: Path) -> Path:
    return path.with_name(path.name.split(".")[0] + ".json")


def _choices(path: Path) -> Choices:
    """What the JSON beside a table says of it; nothing where there is none."""
    beside = _beside(path)
    if not beside.is_file():
        return Choices()
    try:
        values: Any = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataInvalid(f"{beside}: expected JSON. Received: {error}") from error
    if not isinstance(values, dict):
        raise DataInvalid(f'{beside}: expected an object such as {{"label": "species"}}.')
    return Choices.create(**values)


def _stamp(path: Path) -> str:
    """Sizes and times of a table and the JSON beside it: another stamp may be another content."""
    found = []
    for file in (path, _beside(path)):
        if file.is_file():
            status = file.stat()
            found.append(f"{status.st_size}:{status.st_mtime_ns}")
    return " ".join(found)
