"""Sweeps: many trainings of one dataset that differ in a few settings, judged by one number.

Pages start here: a `SweepPlan` says what is tried, `runner()` drives it, and its `results` are rows
to draw. Optuna is imported where it is needed, never at the start.
"""

from vae_core.sweeps.axis import Axis
from vae_core.sweeps.plan import SweepPlan
from vae_core.sweeps.results import SettingResult, SweepResults, TrialResult, results_of
from vae_core.sweeps.runner import SweepRunner, runner
from vae_core.sweeps.store import Sweep, SweepDirectory, all_sweeps
from vae_core.sweeps.trial import TrialState

__all__ = [
    "Axis",
    "SettingResult",
    "Sweep",
    "SweepDirectory",
    "SweepPlan",
    "SweepResults",
    "SweepRunner",
    "TrialResult",
    "TrialState",
    "all_sweeps",
    "results_of",
    "runner",
]
