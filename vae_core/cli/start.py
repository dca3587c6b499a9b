"""The command `app`, which starts the web app, and the option `--version`."""

import os
import sys
from typing import Annotated

import typer

from vae_core import __version__, paths
from vae_core.cli import report

SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}
"""What is not ours is Streamlit's."""


def app(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Where to listen; 8501 if it is free.")] = None,
) -> None:
    """Start the web app; all other options go to `streamlit run`, such as --server.address."""
    options = [*([f"--server.port={port}"] if port is not None else []), *context.args]
    # This process becomes the server's, so that whoever stops it stops the server.
    streamlit = [sys.executable, "-P", "-m", "streamlit", "run", str(paths.app())]
    os.execv(sys.executable, [*streamlit, *options])


def print_version(asked: bool) -> None:
    """Print the version and leave, if it was asked for."""
    if asked:
        report.print_text(f"latent-explorer {__version__}")
        raise typer.Exit
