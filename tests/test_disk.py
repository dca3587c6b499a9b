"""Only a full disk is called full; a folder that can't be written is named with the way out."""

import errno
import os
from pathlib import Path

import pytest

from tests.conftest import Cli
from vae_core import disk
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Reason, new_job_id
from vae_core.worker import job


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, Reason.DISK),
        (errno.EDQUOT, Reason.DISK),
        (errno.EROFS, Reason.FOLDER),
        (errno.EACCES, Reason.FOLDER),
        (errno.EFBIG, Reason.CRASHED),
        (errno.EIO, Reason.CRASHED),
    ],
)
def test_only_a_full_disk_is_called_full(home: Path, number: int, reason: Reason) -> None:
    run = RunDirectory(home / "runs" / new_job_id())
    error = OSError(number, os.strerror(number), str(run.path / "events.jsonl"))
    verdict = job.verdict_of(error, run)
    assert verdict.reason is reason
    assert ("disk is full" in verdict.message) == (reason is Reason.DISK)
    assert (str(home) in verdict.message) == (reason is not Reason.DISK)


def test_a_file_that_cannot_be_read_elsewhere_is_no_matter_of_this_folder(home: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/elsewhere/train-images.gz")
    assert job.verdict_of(error, RunDirectory(home)).reason is Reason.CRASHED


def test_what_to_do_is_said_for_each_kind(tmp_path: Path) -> None:
    full = disk.refusal(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert "disk is full" in full and str(tmp_path) in full and "LATENT_HOME" not in full
    closed = disk.refusal(OSError(errno.EROFS, "Read-only file system", "a/b"), tmp_path)
    assert f"{tmp_path} can't be written (Read-only file system: a/b)" in closed
    assert "LATENT_HOME=" in closed and "full" not in closed


def test_a_home_that_cannot_be_written_is_said_before_a_training(cli: Cli, home: Path) -> None:
    home.write_text("a file where the folder should be", encoding="utf-8")
    result = cli("train", "--dataset", "iris", "--epochs", "1")
    assert result.code == 1
    said = " ".join(result.err.split())
    assert str(home) in said and "Let LATENT_HOME name a folder" in said
    assert "full" not in said and "Traceback" not in said
