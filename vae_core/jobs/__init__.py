"""Training jobs: a visible queue, worker processes under supervision, and what is left of them.

Pages start here: `supervisor()` submits, changes, cancels and shows jobs; a `Feed` follows one.
"""

from vae_core.jobs.estimate import Estimate, estimate
from vae_core.jobs.events import Feed
from vae_core.jobs.film import Film, Probes
from vae_core.jobs.state import Job, Reason, Record, State, Verdict
from vae_core.jobs.supervisor import Supervisor, supervisor

__all__ = [
    "Estimate",
    "Feed",
    "Film",
    "Job",
    "Probes",
    "Reason",
    "Record",
    "State",
    "Supervisor",
    "Verdict",
    "estimate",
    "supervisor",
]
