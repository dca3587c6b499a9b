"""Reading a file into named columns, as text or as the types that the file itself states."""

from pathlib import Path

from vae_core.datasets.own.choices import NEEDED, Choices
from vae_core.errors import DataInvalid
from vae_core.intake.arrow_file import read_arrow
from vae_core.intake.formats import recognise
from vae_core.intake.raw import Raw, check_size
from vae_core.intake.text_file import read_text
from vae_core.intake.workbook import read_workbook


def read(path: Path, folder: Path, choices: Choices) -> Raw:
    """The columns of a file; working files go into `folder`. Raises `DataInvalid`."""
    if not path.stat().st_size:
        raise DataInvalid(f"The file is empty. {NEEDED}.")
    source = recognise(path, folder)
    if source.format == "workbook":
        raw = read_workbook(source.path, choices)
    elif source.format == "text":
        raw = read_text(source.path, folder, choices)
    else:
        raw = read_arrow(source.path, source.format)
    check_size(len(raw.names), raw.rows)
    return raw
