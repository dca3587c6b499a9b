"""Runs the benchmarks, or those named, one after the other, and keeps what they measured.

`python benchmarks/all.py [startup drag …]`; then
`python docs/write_tables.py`.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "startup",
    "memory",
    "drag",
    "rerun",
    "pad",
    "strips",
    "morph",
    "mixture",
    "reconstruct",
    "anomalies",
    "metrics",
    "imputation",
    "jobs",
    "classroom",
    "compare",
    "engines",
    "watching",
    "wasm_threads",
    "training",
    "nats",
    "sweep",
    "held_out_class",
    "intake",
)
SLOW = ("protocols",)
"""Half an hour and more: run only by name."""
RESULTS = HERE / "results.json"


def run(name: str) -> None:
    """Run one benchmark and put its results into `results.json`."""
    print(f"benchmarks/{name}.py …", flush=True)
    command = [sys.executable, str(HERE / f"{name}.py"), "--json"]
    output = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[name] = json.loads(output.splitlines()[-1])
    ordered = {name: kept[name] for name in (*NAMES, *SLOW) if name in kept}
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {NAMES} (default: all), {SLOW}")
    for chosen in parser.parse_args().names or NAMES:
        run(chosen)
