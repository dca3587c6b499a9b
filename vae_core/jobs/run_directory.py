"""The directory of one run: the only thing that a supervisor and its worker share.

`run.json` is the supervisor's record, `control.jsonl` its commands, the file `cancel` its wish to
end. The worker writes `events.jsonl`, `error.json`, `worker.log` and `film/`. Files that are
replaced are written beside their place and renamed, so a reader sees all of one or of the other.
"""

import errno
import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from vae_core import paths
from vae_core.errors import NotFound
from vae_core.jobs.events import Event, Feed, RestartEvent
from vae_core.jobs.film import Film
from vae_core.jobs.state import JOB_ID, Record, Verdict, checked_job_id
from vae_core.spec.intervention import RunCommand

RECORD = "run.json"
EVENTS = "events.jsonl"
CONTROL = "control.jsonl"
ERROR = "error.json"
CANCEL = "cancel"
LOG = "worker.log"


def runs_root() -> Path:
    """Where run directories lie."""
    return (paths.home() / "runs").absolute()


@dataclass(frozen=True)
class RunDirectory:
    """A run directory."""

    path: Path

    @classmethod
    def create(cls, record: Record, root: Path | None = None) -> "RunDirectory":
        """Make the directory of a new job. Raises `OSError` where it can't be written."""
        path = (root or runs_root()) / record.job_id
        path.mkdir(parents=True)
        run = cls(path)
        try:
            run.write(record)
        except OSError:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return run

    @classmethod
    def open(cls, job_id: str, root: Path | None = None) -> "RunDirectory":
        """The directory of a job; raises `NotFound`."""
        path = (root or runs_root()) / checked_job_id(job_id)
        if not path.is_dir():
            raise NotFound(f"Expected a job that is not pruned. Received: job_id={job_id!r}")
        return cls(path)

    @property
    def job_id(self) -> str:
        return self.path.name

    @property
    def film(self) -> Film:
        """The film of the run, as far as it is."""
        return Film(self.path / "film")

    def record(self) -> Record:
        """What `run.json` says; raises `NotFound` when it is missing or damaged."""
        try:
            return Record.model_validate_json((self.path / RECORD).read_bytes())
        except (OSError, ValidationError) as error:
            raise NotFound(f"{self.path / RECORD}: not a readable record ({error!r})") from error

    def write(self, record: Record) -> None:
        """Replace `run.json`."""
        write_whole(self.path / RECORD, record.model_dump_json(indent=1).encode())

    def feed(self) -> Feed:
        """A new reader of the events, at their beginning."""
        return Feed(self.path / EVENTS)

    def tell(self, event: Event) -> None:
        """Append an event; one write, so that lines of one writer stay whole."""
        _append(self.path / EVENTS, event.model_dump_json())

    def give(self, command: RunCommand) -> None:
        """Append a command; the worker takes it up at the end of its epoch."""
        _append(self.path / CONTROL, command.model_dump_json(exclude_none=True))

    def commands(self, seen: int) -> list[RunCommand]:
        """All commands but the first `seen`; a damaged line counts as one that changes nothing."""
        try:
            text = (self.path / CONTROL).read_bytes()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        return [_command(line) for line in whole.splitlines()[seen:]]

    def ask_to_cancel(self) -> None:
        """Leave the wish to end where the supervisor looks for it, in whatever process it is."""
        (self.path / CANCEL).touch()

    def is_cancelled(self) -> bool:
        """Whether somebody asked to end the job."""
        return (self.path / CANCEL).exists()

    def fail(self, verdict: Verdict) -> None:
        """Write why the run failed."""
        write_whole(self.path / ERROR, verdict.model_dump_json().encode())

    def verdict(self) -> Verdict | None:
        """Why the run failed, if the worker could say so."""
        try:
            return Verdict.model_validate_json((self.path / ERROR).read_bytes())
        except (OSError, ValidationError):
            return None

    def forget_ending(self) -> None:
        """Remove the traces of an earlier end, before another worker takes the run up."""
        for name in (ERROR, CANCEL, CONTROL):
            (self.path / name).unlink(missing_ok=True)

    def begin_again(self) -> None:
        """Another worker does the job from its start: film and verdict of the first one go."""
        shutil.rmtree(self.film.path, ignore_errors=True)
        (self.path / ERROR).unlink(missing_ok=True)
        self.tell(RestartEvent())

    def size(self) -> int:
        """Bytes on the disk."""
        return sum(entry.stat().st_size for entry in _files(self.path))

    def delete(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self.path, ignore_errors=True)


def all_runs(root: Path | None = None) -> list[tuple[RunDirectory, Record]]:
    """Every readable run, oldest first."""
    root = root or runs_root()
    try:
        names = sorted(entry.name for entry in os.scandir(root) if JOB_ID.fullmatch(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        return []
    found, collects = [], gc.isenabled()
    gc.disable()  # it would go through all records again and again, which takes half of the time
    try:
        for name in names:
            with suppress(NotFound):
                run = RunDirectory(root / name)
                found.append((run, run.record()))
    finally:
        if collects:
            gc.enable()
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads a part of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _append(path: Path, line: str) -> None:
    with path.open("ab", buffering=0) as stream:
        content = line.encode() + b"\n"
        if stream.write(content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _command(line: bytes) -> RunCommand:
    try:
        return RunCommand.model_validate_json(line)
    except ValidationError:
        return RunCommand()


def _files(path: Path) -> Iterator[Path]:
    return (entry for entry in path.rglob("*") if entry.is_file())
