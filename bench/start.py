"""What it costs to start each command, in CPU seconds and modules: `python -m bench.start`.

The seconds are the least of several runs, with compiled modules and a compiled rulebook there, as after a first run.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from bench.contenders import Tracker
from bench.documents import SMALL
from bench.meter import measure
from bench.publishers import Publishers
from bench.report import table
from bench.server import COLD, SAME

_TIMES = 7
_TEXT = json.dumps({"id": 1, "title": "Signal threatens to leave", "summary": "", "language": "en"}) + "\n"

COMMANDS: Mapping[str, Sequence[str]] = {
    "--help": ["--help"],
    "status": ["status"],
    "check": ["check"],
    "tag, one text": ["tag", "text.jsonl"],
    "poll, nothing due": ["poll"],
    "poll, one 304": ["poll", "--all"],
}


@dataclass(frozen=True, slots=True)
class Start:
    """What a command costs: CPU seconds, and the modules it imports."""

    cpu: float
    modules: frozenset[str]


def starts(python: Path, times: int = _TIMES) -> dict[str, Start]:
    """Measure each command on a database with one polled feed, after a run that is not counted."""
    with _polled(python) as (folder, publishers):
        found = {}
        for name, words in COMMANDS.items():
            command = [str(python), "-m", "tracker", "--config", "feeds.yaml", "--db", "tracker.db", *words]
            used = []
            for _ in range(times + 1):
                publishers.begin(SAME)
                used.append(measure(command, folder).cpu)
            found[name] = Start(min(used[1:] or used), _modules(command, folder))
        return found


@contextmanager
def _polled(python: Path) -> Iterator[tuple[Path, Publishers]]:
    """Yield a folder with a feeds.yaml and a database, and the publisher of its feed."""
    with tempfile.TemporaryDirectory() as made, Publishers(1, SMALL) as publishers:
        folder = Path(made)
        (folder / "text.jsonl").write_text(_TEXT, encoding="utf-8")
        tracker = Tracker(python)
        tracker.subscribe(folder, publishers.urls)
        publishers.begin(COLD)
        measure(tracker.command(folder), folder)
        yield folder, publishers


def _modules(command: Sequence[str], folder: Path) -> frozenset[str]:
    """Return the modules that a command imports."""
    python, *rest = command
    done = run([python, "-X", "importtime", *rest], cwd=folder, capture_output=True, text=True, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return frozenset(line.rpartition("|")[2].strip() for line in lines[1:])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--times", type=int, default=_TIMES, help="runs of each command")
    asked = parser.parse_args()
    found = starts(Path(sys.executable), asked.times)
    print(table(("", "CPU s", "modules"), [(n, f"{one.cpu:.2f}", str(len(one.modules))) for n, one in found.items()]))


if __name__ == "__main__":
    main()
