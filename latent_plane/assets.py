"""Files for the browser, served under names made of their content.

Streamlit serves `static/` beside the main script without a word on caching, so browsers guess
from the file's age. A name that is the content's hash never changes its meaning; such files get a
very old modification time, and browsers keep them for as long as they like.

It also compresses each answer anew, on the thread that serves all visitors, but leaves `.gz` as it
is. So figures and graphs are compressed once, and our JavaScript inflates them.
"""

import gzip
import hashlib
import math
import os
import shutil
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from streamlit.runtime.scriptrunner import get_script_run_ctx

SERVED = "served"
URL_PREFIX = f"app/static/{SERVED}"
OLD = 1_000_000_000
KEPT_SECONDS = 7 * 24 * 3600
NOTED_SECONDS = 3600
PRUNED_SECONDS = 3600
COMPRESSED = {".json": 6, ".onnx": 0}
"""What is served as `.gz`, and how hard it is compressed; weights would hardly shrink."""

_pruned: dict[Path, float] = {}


def serve(content: bytes, *, suffix: str, root: Path | None = None) -> str:
    """URL, relative to the app's, at which the browser finds `content`.

    `suffix` ('.json', '.png') says what it is; those in `COMPRESSED` get a '.gz' behind it. `root`
    is the served directory; by default it belongs to the script that runs.
    """
    root = root or served_root()
    ending = f"{suffix}.gz" if suffix in COMPRESSED else suffix
    target = root / f"{hashlib.sha256(content).hexdigest()}{ending}"
    if not target.exists():
        if suffix in COMPRESSED:
            content = gzip.compress(content, COMPRESSED[suffix], mtime=0)
        _publish_file(content, target)
        _prune_sometimes(root)
    note_use(target)
    return f"{URL_PREFIX}/{target.name}"


def serve_file(path: Path, *, root: Path | None = None) -> str:
    """URL of a copy of the file at `path`; read again only when the file has changed."""
    root = root or served_root()
    status = path.stat()
    url = _serve_file(path, status.st_mtime_ns, status.st_size, root)
    target = root / Path(url).name
    if not target.exists():
        return serve(path.read_bytes(), suffix=path.suffix, root=root)
    note_use(target)
    return url


def serve_directory(path: Path, *, root: Path | None = None) -> str:
    """URL of a copy of the files in `path` and below, together, so that they find each other."""
    root = root or served_root()
    items = sorted(item for item in path.rglob("*") if item.is_file())
    state = tuple((item.relative_to(path), item.stat().st_mtime_ns) for item in items)
    target = root / _digest(path, state)
    if not target.exists():
        _publish_directory({name: (path / name).read_bytes() for name, _ in state}, target)
        _prune_sometimes(root)
    note_use(target)
    return f"{URL_PREFIX}/{target.name}"


def replace(name: str, content: bytes, *, root: Path) -> str:
    """URL of the file `name` that holds `content` from now on; for what browsers ask again.

    A browser that asks as it changes may get the new content announced with the old length: let
    each be as long as the one before.
    """
    target = root / name
    _publish_file(content, target)
    note_use(target)
    return f"{URL_PREFIX}/{name}"


def withdraw(url: str, *, root: Path) -> None:
    """Delete what `serve` has put at `url`."""
    (root / Path(url).name).unlink(missing_ok=True)


def plotly_url(*, root: Path | None = None) -> str:
    """URL of the plotly.js that the installed plotly package draws for."""
    script = files("plotly") / "package_data" / "plotly.min.js"
    return serve_file(Path(str(script)), root=root)


def served_root() -> Path:
    """The directory that the running app serves; outside an app, RuntimeError."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("Expected a running Streamlit script, or `root`. Received: neither")
    return _served_beside(context.main_script_path)


def prune(root: Path, *, kept_seconds: float = KEPT_SECONDS) -> None:
    """Delete what nobody has asked for in `kept_seconds`; the access time says when that was."""
    limit = time.time() - kept_seconds
    for item in root.iterdir():
        with suppress(FileNotFoundError):  # another session prunes at the same time
            if item.stat().st_atime < limit:
                shutil.rmtree(item) if item.is_dir() else item.unlink()


def note_use(path: Path) -> None:
    """Put today's date on `path` as its access time, at most once an hour."""
    now = time.time()
    status = path.stat()
    if status.st_mtime != OLD or now - status.st_atime > NOTED_SECONDS:
        os.utime(path, (now, OLD))


def _prune_sometimes(root: Path) -> None:
    """Prune at most once an hour: it looks at every file."""
    now = time.monotonic()
    if now - _pruned.get(root, -math.inf) > PRUNED_SECONDS:
        _pruned[root] = now
        prune(root)


@lru_cache(maxsize=8)
def _served_beside(script: str) -> Path:
    return Path(script).resolve().parent / "static" / SERVED


@lru_cache(maxsize=256)
def _serve_file(path: Path, _modified: int, _size: int, root: Path) -> str:
    return serve(path.read_bytes(), suffix=path.suffix, root=root)


@lru_cache(maxsize=16)
def _digest(folder: Path, state: tuple[tuple[Path, int], ...]) -> str:
    """sha256 of the names and contents of files; their modification times renew the cache."""
    digest = hashlib.sha256()
    for name, _modified in state:
        content = (folder / name).read_bytes()
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _publish_file(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft = Path(name)
    draft.chmod(0o644)
    os.utime(draft, (time.time(), OLD))
    draft.replace(target)


def _publish_directory(contents: dict[Path, bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=target.parent))
    for name, content in contents.items():
        _publish_file(content, staging / name)
    staging.chmod(0o755)
    try:
        staging.rename(target)
    except OSError:  # another session was quicker; its copy is the same
        shutil.rmtree(staging)
