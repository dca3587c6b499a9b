"""`python benchmarks/profiled.py run app.py`: Streamlit that says at its end where time went.

Processor time of what scripts do, without the server's own thread.
"""

import cProfile
import pstats
import sys
import time
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web.cli import main

LINES = 45
SKIPPED = 3  # first runs import, open models and draw

runs: list[cProfile.Profile] = []
run_script = ScriptRunner._run_script


def profiled(self: ScriptRunner, rerun_data: Any) -> None:
    """A run of a script, with its profile kept."""
    profile = cProfile.Profile(time.thread_time)
    runs.append(profile)
    profile.runcall(run_script, self, rerun_data)


ScriptRunner._run_script = profiled  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    try:
        main()
    finally:
        if len(runs) > SKIPPED:
            print(f"{len(runs) - SKIPPED} reruns")
            stats = pstats.Stats(*runs[SKIPPED:], stream=sys.stdout)
            stats.strip_dirs().sort_stats("cumulative").print_stats(LINES)
            stats.sort_stats("tottime").print_stats(LINES // 2)
