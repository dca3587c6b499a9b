"""Jobs on the workers of a Dask cluster, for a supervisor that must never wait for a network."""

from vae_core.jobs.engines.dask_follower import follow
from vae_core.jobs.engines.dask_job import DaskJob
from vae_core.jobs.engines.dask_link import Link
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record
from vae_core.jobs.worker_process import Limits


class DaskEngine:
    """As many jobs at once as the workers have of the resource `train`, one thread for each.

    Without the scheduler there are no slots: jobs wait until it is there again, those that ran
    are lost. `limits` win over the workers' own.
    """

    is_warm = False

    def __init__(self, address: str, *, limits: Limits | None = None) -> None:
        self._link = Link(address, limits, follow)

    @property
    def slots(self) -> int:
        """Places for jobs on the workers that are there now."""
        return self._link.slots

    def start(self, run: RunDirectory, record: Record) -> DaskJob:
        """Hand the job to the cluster."""
        job = DaskJob(run, record)
        self._link.take_up(job)
        return job

    def prepare(self) -> None:
        """Workers are ready anyway."""

    def tend(self, *, later: bool) -> None:
        """The link looks after itself."""

    def close(self) -> None:
        """Release all tasks and leave the cluster."""
        self._link.close()
