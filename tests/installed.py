"""The wheel of this clone, installed where the clone is not on the path."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Installed:
    """A folder with the installed packages, beside those of the running interpreter."""

    site: Path
    wheel: Path

    @property
    def script(self) -> Path:
        """The entry point."""
        return self.site / "bin" / "latent-explorer"

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which Python finds these packages and not the clone."""
        return {**os.environ, "PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *command: str, cwd: Path) -> str:
        """What a command says on standard output; it must succeed."""
        shown = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert shown.returncode == 0, shown.stderr
        return shown.stdout


def build(source: Path, folder: Path) -> Path:
    """The wheel of a source tree or an sdist, as `pip install` builds it."""
    _python("pip", "wheel", "--no-deps", "--no-build-isolation", f"-w{folder}", str(source))
    return next(folder.glob("*.whl"))


def install(wheel: Path, site: Path) -> Installed:
    """Install a wheel into a folder of its own, its dependencies left to the interpreter."""
    _python("pip", "install", "--no-deps", f"--target={site}", str(wheel))
    return Installed(site, wheel)


def sdist(source: Path, folder: Path) -> Path:
    """The source distribution of a source tree."""
    _python("hatchling", "build", "-t", "sdist", "-d", str(folder), cwd=source)
    return next(folder.glob("*.tar.gz"))


def _python(*module: str, cwd: Path | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *module], cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
