"""Fetching the files of a dataset from its mirrors."""

from vae_core.datasets.entry import Remote
from vae_core.datasets.store import missing_message
from vae_core.errors import DownloadFailed


def fetch(remote: Remote) -> None:
    """Fetch all files."""
    raise DownloadFailed(missing_message(remote))
