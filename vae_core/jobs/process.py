"""Processes that no later one can be taken for."""

import psutil

from vae_core.jobs.state import Process


def identity(pid: int) -> Process | None:
    """The process that has this number now, or None."""
    try:
        return Process(pid=pid, created=psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def is_alive(process: Process | None) -> bool:
    """Whether this very process still runs; a zombie does not."""
    if process is None or identity(process.pid) != process:
        return False
    try:
        return bool(psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
