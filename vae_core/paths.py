"""Where things lie on this machine; asking creates nothing."""

import os
from pathlib import Path

PACKAGED = "latent_explorer"
"""The package into which a wheel puts everything that is no importable package in a clone."""
APP = "app.py"


def home() -> Path:
    """Folder of what users make and download: `LATENT_HOME`, or the platform's data folder."""
    if given := os.environ.get("LATENT_HOME"):
        return Path(given).expanduser()
    from platformdirs import user_data_path

    return user_data_path("latent-explorer", appauthor=False)


def source() -> Path:
    """Folder that holds the package `vae_core`: a clone's root, or where it is installed."""
    return Path(__file__).resolve().parent.parent


def project() -> Path:
    """Folder of `app.py`, `pages` and `pretrained`: a clone's root, or a wheel's own package."""
    packaged = source() / PACKAGED
    return packaged if (packaged / APP).is_file() else source()


def app() -> Path:
    """The file that `streamlit run` starts."""
    return project() / APP


def pretrained() -> Path:
    """Folder of the shipped models, never written to."""
    return project() / "pretrained"


def test_sets() -> Path:
    """Folder of the test sets that come with the package, never written to."""
    return source() / "vae_core" / "datasets" / "test_sets"


def tables() -> Path:
    """The tables that come with the package."""
    return source() / "vae_core" / "datasets" / "tables_data"
