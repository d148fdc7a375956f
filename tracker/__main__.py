"""`python -m tracker`: the same as the command `tracker`."""

import gc
import os
import sys
from pathlib import Path

from tracker.cli.main import main as command


def main() -> None:
    """Run the command.

    Nearly all that a rulebook and its parser make stays; looking for what does not, as often as Python does by default,
    takes a third of the start.
    """
    _open_standard_streams()
    gc.set_threshold(50_000, 20, 20)
    command()


def _open_standard_streams() -> None:
    """Open those that the caller closed on nothing, or they would be None and the next file would take their number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  open until the process ends


if __name__ == "__main__":
    main()
