"""Fetching a dataset's training files: several mirrors, known hashes, nothing unverified kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from vae_core.datasets.entry import Remote, RemoteFile
from vae_core.datasets.store import folder_of, remedy
from vae_core.disk import refusal
from vae_core.errors import DownloadFailed

Progress = Callable[[RemoteFile, int], None]
CHUNK = 1 << 16
TIMEOUT = 20.0


def fetch(
    remote: Remote, *, mirrors: Sequence[str] | None = None, progress: Progress | None = None
) -> Path:
    """Fetch what is missing or damaged of the training files, and return their folder.

    `mirrors` are tried in order, by default the dataset's own; the one that served last is tried
    first for the next file. `progress` hears of each file and its bytes so far; by default a bar
    runs on standard error. A file gets its name once its sha256 is right; what a break leaves is
    removed, and files that are whole stay. Raises `DownloadFailed`.
    """
    if progress is None:
        with _bars() as progress:
            return fetch(remote, mirrors=mirrors, progress=progress)
    order = list(remote.mirrors if mirrors is None else mirrors)
    for file in remote.training:
        served = _fetch_file(remote, file, order, progress)
        order.sort(key=lambda mirror: mirror != served)
    return folder_of(remote)


def _fetch_file(
    remote: Remote, file: RemoteFile, mirrors: Sequence[str], progress: Progress
) -> str:
    """Fetch one file from the first mirror that gives it whole, and return that mirror."""
    from requests import RequestException

    failures: list[tuple[str, Exception]] = []
    for mirror in mirrors:
        try:
            _retrieve(mirror + file.name, file, folder_of(remote), progress)
        except (RequestException, ValueError) as error:
            failures.append((mirror, error))
        except OSError as error:
            raise _cannot_write(remote, error) from error
        else:
            return mirror
    raise _no_mirror(remote, file, failures) from (failures[-1][1] if failures else None)


def _retrieve(url: str, file: RemoteFile, folder: Path, progress: Progress) -> None:
    """Let pooch stream into a temporary file, verify it and give it its name."""
    import pooch

    pooch.get_logger().setLevel("WARNING")

    def stream(url: str, output: str, _: Any) -> None:
        with Path(output).open("wb") as sink:
            _stream(url, file, sink, progress)

    pooch.retrieve(url, f"sha256:{file.sha256}", file.name, folder, downloader=stream)


def _stream(url: str, file: RemoteFile, sink: BinaryIO, progress: Progress) -> None:
    import requests

    # Asked for as it is: a server that unzips on the way would change the bytes.
    headers = {"Accept-Encoding": "identity"}
    done = 0
    with requests.get(url, stream=True, timeout=TIMEOUT, headers=headers) as response:
        response.raise_for_status()
        for chunk in response.iter_content(CHUNK):
            done += sink.write(chunk)
            if done > file.bytes:
                raise ValueError(f"expected {file.bytes:,} bytes, and more came")
            progress(file, done)


@contextmanager
def _bars() -> Iterator[Progress]:
    """A progress bar a file, on standard error."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def show(file: RemoteFile, done: int) -> None:
        if file.name not in bars:
            bars[file.name] = tqdm(total=file.bytes, unit="B", unit_scale=True, desc=file.name)
        bars[file.name].update(done - bars[file.name].n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def _no_mirror(
    remote: Remote, file: RemoteFile, failures: Sequence[tuple[str, Exception]]
) -> DownloadFailed:
    tried = "".join(f"\n  {mirror}: {_in_short(error)}" for mirror, error in failures)
    return DownloadFailed(
        f"Expected a whole {file.name} from one of {len(failures)} mirrors. Received:{tried}\n"
        f"Try again later, or {remedy(remote)}"
    )


def _in_short(error: Exception) -> str:
    """What went wrong, without the names of what was tried underneath."""
    from requests import ConnectionError as Unreachable
    from requests import HTTPError, Timeout

    if isinstance(error, Timeout):
        return f"no answer within {TIMEOUT:g} s"
    if isinstance(error, HTTPError) and error.response is not None:
        return f"answered {error.response.status_code} {error.response.reason}"
    return "no connection to it" if isinstance(error, Unreachable) else str(error)


def _cannot_write(remote: Remote, error: OSError) -> DownloadFailed:
    return DownloadFailed(
        f"Expected to write into {folder_of(remote)}. {refusal(error, folder_of(remote))}"
    )
