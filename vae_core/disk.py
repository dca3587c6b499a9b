"""Why a file can't be written, in sentences: a full disk, or a folder that takes no files."""

import errno
import os
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Numbers of an `OSError` that mean a full disk or a full quota."""
CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})
"""Those that mean a folder into which this user can't write, or a file in its place."""


def refusal(error: OSError, folder: Path) -> str:
    """Which folder can't be written, why, and what to do; 'full' only where it is."""
    place = os.fsdecode(error.filename or folder)
    if error.errno in FULL:
        return f"The disk is full: {place} can't be written. Free some space."
    return (
        f"{folder} can't be written ({error.strerror or error}: {place}). "
        "Let LATENT_HOME name a folder that can be, as in "
        "`LATENT_HOME=~/latent-explorer streamlit run app.py`."
    )
