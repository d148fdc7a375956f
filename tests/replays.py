"""Replay the demo's feeds with its command, once per session for all tests that only read the database."""

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BYSTANDERS = ("demo.db.csv", "demo.db-before", "demo.db2")
"""Files beside the demo's database whose names begin like its name."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Where the demo's database is, and what the command said."""

    database: Path
    said: str


def demo(db: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`tracker demo --no-serve` on a database of its own, in the folder of that."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    command = [sys.executable, "-m", "tracker", "demo", "--no-serve", "--db", str(db), *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=db.parent, env=kept, check=False)


def replay_once(shared: Path) -> Replay:
    """The demo, replayed by the first process of a test run that asks for it, in a folder that all of them share."""
    folder, said = shared / "replayed demo", shared / "replayed demo.txt"
    with (shared / "replayed demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            folder.mkdir(exist_ok=True)
            said.write_text(_replay(folder).said)
    return Replay(folder / "demo.db", said.read_text())


def _replay(folder: Path) -> Replay:
    """Replay the demo in a folder in which other files lie already."""
    for name in BYSTANDERS:
        (folder / name).write_text("mine")
    done = demo(folder / "demo.db")
    warnings = [line for line in done.stderr.splitlines() if "this process was suspended" not in line]  # a busy machine
    assert (done.returncode, warnings) == (0, []), done.stderr  # pytest explains asserts of test modules only
    return Replay(folder / "demo.db", done.stdout)
