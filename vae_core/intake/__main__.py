"""The child process that reads one untrusted file: `python -m vae_core.intake FOLDER`.

`FOLDER` holds `request.json`; what comes of it is written there as `answer.json`.
"""

import errno
import json
import shutil
import sys
from pathlib import Path

from vae_core import disk
from vae_core.datasets.own.request import ANSWER, LOG, REQUEST, Answer, Request
from vae_core.errors import DataInvalid


def main(folder: Path) -> None:
    """Answer the request in `folder`."""
    request = Request.model_validate_json((folder / REQUEST).read_bytes())
    answer = _answered(request, folder)
    (folder / ANSWER).write_text(answer.model_dump_json(), encoding="utf-8")


def _answered(request: Request, folder: Path) -> Answer:
    try:
        return _take_in(request, folder)
    except DataInvalid as error:
        return Answer(refusal=str(error))
    except MemoryError:
        return Answer(too_large=True)
    except OSError as error:
        _clear(folder)  # on a full disk the answer needs the room
        if error.errno is None:  # NumPy counts the bytes that it could not write, and no more
            error = OSError(errno.ENOSPC, str(error), str(folder.parent))
        return Answer(disk=disk.refusal(error, folder.parent))


def _take_in(request: Request, folder: Path) -> Answer:
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(1)
    from vae_core.intake.table import understand

    _limit(request.memory, request.seconds)
    work = folder / "work"
    work.mkdir()
    try:
        table = understand(Path(request.path), work, request.choices)
        if request.preview:
            return Answer(preview=table.preview())
        from vae_core.intake.writing import write

        return Answer(draft=write(table, folder, request.choices))
    except pa.ArrowMemoryError as error:
        raise MemoryError(str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.name not in (REQUEST, LOG):
            path.unlink()


def _limit(memory: int, seconds: int) -> None:
    """Let no more than `memory` bytes be taken beside what is taken now, nor more time.

    Should nobody be left to end this process, the latter ends it.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if used := _in_use():
        resource.setrlimit(resource.RLIMIT_DATA, (used + memory, used + memory))


def _in_use() -> int:
    """Bytes of private memory, 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text(encoding="utf-8").splitlines()
    found = next((line for line in lines if line.startswith("VmData:")), "")
    return int(found.split()[1]) * 1024 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(json.dumps({"expected": "one folder"}))
    main(Path(sys.argv[1]))
