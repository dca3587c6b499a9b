"""Where things lie on this machine; asking creates nothing."""

import os
from pathlib import Path


def home() -> Path:
    """Folder of what users make and download: `LATENT_HOME`, or the platform's data folder."""
    if given := os.environ.get("LATENT_HOME"):
        return Path(given).expanduser()
    from platformdirs import user_data_path

    return user_data_path("latent-explorer", appauthor=False)


def project() -> Path:
    """Folder that holds `vae_core`: the clone's root."""
    return Path(__file__).resolve().parent.parent
