"""`python benchmarks/two_slots.py run app.py`: the app with two trainings at once.

On two cores it would run one, so that a core stays free; the benchmark of a class asks for more.
"""

import sys
from importlib import import_module

from streamlit.web.cli import main

if __name__ == "__main__":
    jobs = import_module("vae_core.jobs.supervisor")
    vars(jobs)["_only"] = jobs.Supervisor(slots=2)
    sys.argv[0] = "streamlit"
    main()
