"""The server of the bench as the measuring side sees it: started, told the phase, asked what it did."""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from bench.documents import SMALL, USUAL, Press, Size
from bench.server import COLD, DELTA, NEW, SAME, Work, changes, host


class Publishers:
    """So many feeds, each at its own address, served by a process of their own; a context manager."""

    def __init__(self, feeds: int, size: Size = USUAL) -> None:
        self._feeds = feeds
        self._press = Press(size)
        self._command = [sys.executable, "-m", "bench.server", str(feeds)]
        self._command += ["--small"] if size is SMALL else []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port = self._said()["port"]
        self.urls = [f"http://{host(feed)}:{port}/feed/{feed}" for feed in range(self._feeds)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def begin(self, phase: str) -> Work:
        """The feeds are in this phase from now on; what was done since the last call."""
        assert self._process.stdin is not None
        print(json.dumps({"phase": phase}), file=self._process.stdin, flush=True)
        said = self._said()
        return Work({int(status): n for status, n in said["answers"].items()}, said["sent"], said["cpu"])

    def expected_answers(self, phase: str) -> dict[int, int]:
        """The answers that a round of every feed gets in a phase, by status."""
        full = {COLD: self._feeds, SAME: 0, DELTA: self._changing}.get(phase, self._feeds)
        return {status: n for status, n in ((200, full), (304, self._feeds - full)) if n}

    def expected_entries(self, phase: str) -> int:
        """How many entries are stored after a phase, when all phases before it have been."""
        first = sum(map(self._press.entries, range(self._feeds)))
        return first + (0 if phase in {COLD, SAME} else NEW * self._changing)

    @property
    def _changing(self) -> int:
        return sum(map(changes, range(self._feeds)))

    def _said(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())
