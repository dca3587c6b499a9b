"""`python -m vae_core`."""

import os
import signal
import sys

from vae_core import interrupts, systems


def run() -> None:
    """Run the command line, ready for Ctrl-C from the first import to the last clean-up."""
    if not systems.is_supported():
        sys.exit(systems.NEEDED)
    try:
        with interrupts.at_once():
            from vae_core.cli import main

            main()
    except SystemExit as left:
        if left.code == interrupts.INTERRUPTED:
            os._exit(interrupts.INTERRUPTED)  # TensorFlow takes seconds to take itself apart
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    run()
