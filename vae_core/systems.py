"""Which operating systems this runs on: training and the commands stand on processes of POSIX."""

import sys

from vae_core.errors import LatentError

NEEDED = (
    "Latent Explorer runs on Linux and macOS. On Windows, install it in WSL2, Windows' own Linux "
    "(https://learn.microsoft.com/windows/wsl/install), and start it there."
)


def is_supported() -> bool:
    """Whether this system has process groups and signals as trainings need them."""
    return sys.platform != "win32"


def require_supported() -> None:
    """Raise `LatentError` where trainings can't run; stored models can be used all the same."""
    if not is_supported():
        raise LatentError(NEEDED)
