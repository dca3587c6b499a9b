"""What a job needs from this machine and what it tells, as bytes: where no folder is shared.

A worker elsewhere has a home of its own for each job. `belongings` are sent there before the job
begins; `news` are read there while it goes on and written here by `take`; nothing is asked for
twice, and neither side has to remember what the other one has. What arrives is data of a stranger:
only names that a worker may write are taken, and a model only if it verifies.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vae_core import paths
from vae_core.artifacts import registry
from vae_core.artifacts.manifest import FILES, MANIFEST, SCHEMA_VERSION, Manifest
from vae_core.datasets.own import store as own_datasets
from vae_core.errors import ArtifactCorrupt, DataUnavailable
from vae_core.jobs.film import LABELS
from vae_core.jobs.lineage import find_start
from vae_core.jobs.recovery import best_state
from vae_core.jobs.run_directory import EVENTS, LOG, RECORD, RunDirectory, write_whole
from vae_core.jobs.state import Record, State, new_job_id
from vae_core.spec.training_spec import TrainingSpec

PIECE = 4 * 2**20
"""Most bytes of one message."""
MOST = 512 * 2**20
"""Most bytes that a job may bring along, and most that it may bring back."""
GROWING = (EVENTS, LOG)
TOLD = re.compile(
    r"events\.jsonl|worker\.log|error\.json|weights\.safetensors|history\.json"
    r"|film/(probes\.npz|[0-9]{5}\.(onnx|safetensors|npz))"
)
"""The files of a run directory that a worker writes."""
_ENDINGS = (".onnx", ".safetensors", ".npz")

Known = dict[str, tuple[int, int]]
"""What is here already: size and time of change (ns, of the other machine) of each file."""


@dataclass(frozen=True)
class News:
    """A part of what a run has told since.

    `pieces` are (name, offset, bytes, whole size, time of change); `gone` are names that a worker
    has removed. `complete` is False while there is more to ask for.
    """

    pieces: tuple[tuple[str, int, bytes, int, int], ...]
    gone: tuple[str, ...]
    complete: bool


@cache
def dialect() -> str:
    """What app and worker must have in common: the fields of a specification, and of a model."""
    schemas = [TrainingSpec.model_json_schema(), Manifest.model_json_schema(), SCHEMA_VERSION]
    return hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:12]


def belongings(run: RunDirectory, record: Record) -> dict[str, bytes]:
    """The files, by their place in a home, that the job needs beside what comes with the program.

    Its record; the user's own table; the model or the epoch that it starts from; what a recovery
    publishes. Raises `DataUnavailable` when they are too many to send, and what `find_start` does.
    """
    wanted = dict(_of_dataset(record.spec.dataset))
    if record.task == "recover":
        wanted |= _of_recovery(run)
    elif record.spec.start_from is not None:
        wanted |= _of_start(record.spec.start_from)
    if sum(path.stat().st_size for path in wanted.values()) > MOST:
        raise DataUnavailable(
            f"Expected at most {MOST >> 20} MB to send to a worker. Received: a dataset or a model "
            "that is larger. Let the workers share the folder LATENT_HOME."
        )
    found = {place: path.read_bytes() for place, path in wanted.items()}
    if record.spec.start_from and "@" in record.spec.start_from and record.task != "recover":
        found |= _record_of_start(record.spec.start_from, wanted)
    return found | {f"runs/{record.job_id}/{RECORD}": (run.path / RECORD).read_bytes()}


def news(path: Path, known: Known) -> News:
    """What the run directory at `path` has that is not `known`, events after the film they name."""
    present = {name: (size, changed) for name, size, changed in _told(path)}
    pieces, room = [], PIECE
    for name, (size, changed) in sorted(present.items(), key=lambda item: _rank(item[0])):
        have, then = known.get(name, (0, 0))
        if (have, then) == (size, changed) or (name in GROWING and name in known and have == size):
            continue
        offset = have if name in GROWING or (then == changed and have < size) else 0
        try:
            with (path / name).open("rb") as stream:
                stream.seek(offset)
                content = stream.read(min(room, size - offset))
        except FileNotFoundError:
            continue
        pieces.append((name, offset, content, size, changed))
        room -= len(content)
        if room <= 0:
            return News(tuple(pieces), (), complete=False)
    gone = [name for name in known if name not in present]
    return News(tuple(pieces), tuple(gone), complete=True)


def take(run: RunDirectory, told: News, known: Known, drafts: dict[str, bytes]) -> None:
    """Write news into the run directory here, and note them in `known`.

    `drafts` keeps the beginning of files whose end is still to come. Raises `OSError` where they
    can't be written and `ArtifactCorrupt` for what no worker tells.
    """
    for name, offset, content, size, changed in told.pieces:
        have = known.get(name, (0, 0))[0] if offset else 0
        if not TOLD.fullmatch(name) or offset != have or size > MOST:
            raise ArtifactCorrupt(f"Expected the next part of a run's file. Received: {name!r}")
        known[name] = (offset + len(content), changed)
        path = run.path / name
        path.parent.mkdir(exist_ok=True)
        if name in GROWING:
            with path.open("ab") as stream:
                stream.write(content)
            continue
        drafts[name] = drafts.pop(name, b"")[:offset] + content
        if len(drafts[name]) >= size:
            write_whole(path, drafts.pop(name))
    for name in sorted(told.gone, key=_rank, reverse=True):
        known.pop(name, None)
        drafts.pop(name, None)
        if TOLD.fullmatch(name):
            (run.path / name).unlink(missing_ok=True)


def model_files(root: Path, model_id: str) -> dict[str, int]:
    """The files of a stored model with their sizes."""
    return {name: (root / model_id / name).stat().st_size for name in (*FILES, MANIFEST)}


def check_arrival(staged: Path, model_id: str) -> None:
    """Publish a model that has arrived in a staging directory, if it is whole and that one.

    Raises `ArtifactCorrupt` or `ArtifactTooNew` otherwise.
    """
    from vae_core.artifacts.artifact import Artifact

    found = Artifact.open(staged).verify().manifest.model_id
    if found != model_id:
        raise ArtifactCorrupt(f"Expected the model {model_id}. Received: {found} from a worker")
    registry.publish(staged)


def _told(path: Path) -> Iterator[tuple[str, int, int]]:
    """Names, sizes and times of change of what a worker has told. Events are looked at first, so
    that the film holds what they speak of."""
    names = [EVENTS, *sorted(_names(path) - {EVENTS})]
    for name in names:
        try:
            found = (path / name).stat()
        except FileNotFoundError:
            continue
        yield name, found.st_size, found.st_mtime_ns


def _names(path: Path) -> set[str]:
    files = (*path.glob("*.*"), *path.glob("film/*.*"))
    return {name for file in files if TOLD.fullmatch(name := file.relative_to(path).as_posix())}


def _rank(name: str) -> tuple[bool, str, int]:
    """The labels of the film; frame by frame decoder, weights, probes; events at the end."""
    path = Path(name)
    ending = _ENDINGS.index(path.suffix) if path.suffix in _ENDINGS else 0
    return name == EVENTS, "" if path.name == LABELS else path.stem, ending


def _of_dataset(name: str) -> Mapping[str, Path]:
    own = own_datasets.find(name)
    return {} if own is None else _tree(own.path, f"datasets/{own.path.name}")


def _of_recovery(run: RunDirectory) -> Mapping[str, Path]:
    state, place = best_state(run), f"runs/{run.job_id}"
    frame = [] if state is None else run.path.glob(f"film/{state.epoch:05}.*")
    files = [run.path / EVENTS, *frame]
    return {f"{place}/{path.relative_to(run.path).as_posix()}": path for path in files}


def _of_start(start_from: str) -> Mapping[str, Path]:
    """A stored model whole, or the frame of the epoch; what is shipped is there already."""
    weights, _ = find_start(start_from)
    if weights.is_relative_to(paths.pretrained()):
        return {}
    if "@" not in start_from or weights.parent.name != "film":
        return _tree(weights.parent, f"models/{weights.parent.name}")
    stem = weights.with_suffix("")
    return {
        f"runs/{_START}/film/{stem.name}{ending}": stem.with_name(stem.name + ending)
        for ending in _ENDINGS
    }


_START = new_job_id()
"""The name, elsewhere, of the run whose film a job starts from."""


def _record_of_start(start_from: str, wanted: Mapping[str, Path]) -> dict[str, bytes]:
    """The record by which `find_start` finds there the frame that was sent."""
    if not any(place.startswith(f"runs/{_START}/") for place in wanted):
        return {}
    _, spec = find_start(start_from)
    record = Record(job_id=_START, visitor="", spec=spec, state=State.LOST)
    return {f"runs/{_START}/{RECORD}": record.model_dump_json().encode()}


def _tree(path: Path, place: str) -> dict[str, Path]:
    return {f"{place}/{file.name}": file for file in path.iterdir() if file.is_file()}
