"""What browsers fetch, under addresses made of its content.

An address holds the content's sha256, so what lies there never changes and a browser may keep it
for good. Everything is compressed once, when it is first served, into a folder of this process
outside the source; `latent_plane.routes` answers from there.
"""

import gzip
import hashlib
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

URL_PREFIX = "content"
KEPT_BYTES = 2**29
"""What was served longest ago goes when all takes more room than this."""
MEDIA_TYPES: Mapping[str, str] = {
    ".json": "application/json",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
    ".png": "image/png",
}
COMPRESSION: Mapping[str, int] = {".css": 9, ".json": 6, ".js": 9, ".mjs": 9, ".onnx": 1}
"""How hard what shrinks is compressed; weights shrink by a twelfth at any level."""


@dataclass(frozen=True)
class Asset:
    """A served file: where it lies, compressed by gzip or not, what it is, and its bytes.

    `size` is as it lies here, `plain_size` as it is when it is not compressed.
    """

    path: Path
    media_type: str
    compressed: bool
    size: int
    plain_size: int


class Store:
    """The served files of this process; safe for threads. Its folder goes when the process ends."""

    def __init__(self, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._assets: OrderedDict[str, Asset] = OrderedDict()
        self._lasting: dict[str, Asset] = {}
        self._lock = threading.Lock()
        self._folder: Path | None = None

    def put(self, content: bytes, *, suffix: str) -> str:
        """Name under which `content` is found until nobody has asked for it for long."""
        name = f"{hashlib.sha256(content).hexdigest()}{suffix}"
        if self.find(name) is None:
            asset = self._written(content, suffix)
            with self._lock:
                self._assets[name] = asset
                self._make_room()
        return name

    def put_directory(self, contents: Mapping[str, bytes]) -> str:
        """Name of a folder in which files are found by their own names for as long as this runs.

        A file whose name ends in '.gz' holds compressed content; it is found without the ending.
        """
        digest = hashlib.sha256()
        for name, content in sorted(contents.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        folder = digest.hexdigest()
        for name, content in contents.items():
            plain = name.removesuffix(".gz")
            if f"{folder}/{plain}" not in self._lasting:
                asset = self._written(content, Path(plain).suffix, compressed=plain != name)
                self._lasting[f"{folder}/{plain}"] = asset
        return folder

    def find(self, name: str) -> Asset | None:
        """The file of that name, None when there is none."""
        with self._lock:
            if name in self._assets:
                self._assets.move_to_end(name)
                return self._assets[name]
        return self._lasting.get(name)

    def drop(self, name: str) -> None:
        """Delete the file of that name."""
        with self._lock:
            asset = self._assets.pop(name, None)
        if asset is not None:
            asset.path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        total = sum(asset.size for asset in self._assets.values())
        while total > self._kept_bytes and len(self._assets) > 1:
            _, oldest = self._assets.popitem(last=False)
            oldest.path.unlink(missing_ok=True)
            total -= oldest.size

    def _written(self, content: bytes, suffix: str, *, compressed: bool = False) -> Asset:
        plain_size = _inflated(content) if compressed else len(content)
        if suffix in COMPRESSION and not compressed:
            content, compressed = gzip.compress(content, COMPRESSION[suffix], mtime=0), True
        descriptor, name = tempfile.mkstemp(dir=self._root())
        with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor)
            file.write(content)
        media_type = MEDIA_TYPES.get(suffix, "application/octet-stream")
        return Asset(Path(name), media_type, compressed, len(content), plain_size)

    def _root(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="latent-explorer-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            return self._folder


def _inflated(content: bytes) -> int:
    """Bytes of what is compressed, as gzip notes them at its end."""
    return int.from_bytes(content[-4:], "little")


store = Store()
"""The one of this process, from which its routes answer."""


def serve(content: bytes, *, suffix: str) -> str:
    """URL, relative to the app's, at which browsers find `content`; `suffix` says what it is."""
    return f"{URL_PREFIX}/{store.put(content, suffix=suffix)}"


def serve_file(path: Path) -> str:
    """URL of a copy of the file at `path`; read again only when the file has changed."""
    status = path.stat()
    url = _serve_file(path, status.st_mtime_ns, status.st_size)
    if store.find(url.removeprefix(f"{URL_PREFIX}/")) is None:
        return serve(path.read_bytes(), suffix=path.suffix)
    return url


def serve_directory(path: Path) -> str:
    """URL of a copy of the files in `path` and below, together, so that they find each other."""
    items = sorted(item for item in path.rglob("*") if item.is_file())
    state = tuple((item.relative_to(path), item.stat().st_mtime_ns) for item in items)
    return _serve_directory(path, state)


def withdraw(url: str) -> None:
    """Delete what `serve` has put at `url`."""
    store.drop(url.removeprefix(f"{URL_PREFIX}/"))


def plotly_url() -> str:
    """URL of the plotly.js that the installed plotly package draws for.

    It says how many `bytes` come over the network: a browser can't see that of a script.
    """
    script = Path(str(files("plotly") / "package_data" / "plotly.min.js"))
    url = _serve_plotly(script, script.stat().st_mtime_ns)
    asset = store.find(url.removeprefix(f"{URL_PREFIX}/"))
    return f"{url}?bytes={asset.size}" if asset else url


@lru_cache(maxsize=2)
def _serve_plotly(script: Path, _modified: int) -> str:
    folder = store.put_directory({script.name: script.read_bytes()})
    return f"{URL_PREFIX}/{folder}/{script.name}"


@lru_cache(maxsize=1024)
def _serve_file(path: Path, _modified: int, _size: int) -> str:
    return serve(path.read_bytes(), suffix=path.suffix)


@lru_cache(maxsize=16)
def _serve_directory(folder: Path, state: tuple[tuple[Path, int], ...]) -> str:
    """The modification times in `state` renew the cache."""
    contents = {name.as_posix(): (folder / name).read_bytes() for name, _ in state}
    return f"{URL_PREFIX}/{store.put_directory(contents)}"
