"""The demo as a visitor finds it: replayed and served by a process of its own, on a free port of loopback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LISTENING = re.compile(r"the site is at (http://\S+)/")


class DidNotServe(Exception):
    """The demo ended before it served its site; str() has what it said."""


_WITHOUT_REPLAY = """if True:
    import asyncio
    from tracker import __main__ as entry
    from tracker.cli import demo
    demo.replay = lambda *_: asyncio.sleep(0)
    entry.main()
"""


@contextmanager
def demo(database: Path, *, replayed: bool = False) -> Iterator[str]:
    """The demo's site over a database that it makes anew, or that was `replayed` before; yields its address without
    the last slash."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    program = ["-c", _WITHOUT_REPLAY] if replayed else ["-m", "tracker"]
    command = [sys.executable, *program, "demo", "--db", str(database), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=kept)
    assert process.stderr is not None
    try:
        said = ""
        for line in process.stderr:
            said += line
            if found := _LISTENING.search(line):
                yield found[1]
                break
        else:
            raise DidNotServe(f"the demo ended before it served its site: {said}")
    finally:
        process.terminate()
        process.communicate(timeout=600)
