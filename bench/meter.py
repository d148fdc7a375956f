"""What a command costs with every process it starts: the only module that measures other processes (Linux).

CPU time is exact: the meter runs between us and the command, declares itself the one who inherits orphans
(PR_SET_CHILD_SUBREAPER, prctl(2)), waits for every last descendant, and is told by the kernel what they used in all.
Memory is the most that the resident sets of all of them came to at one moment, looked at every 20 ms; pages that
several share are counted once for each.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_EVERY = 0.02
_MEBIBYTE = 2**20


class Failed(Exception):
    """The command ended with another code than 0; the text is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds, seconds until the command ended, and MiB of memory at the worst moment."""

    cpu: float
    wall: float
    memory: float


def measure(command: list[str], folder: Path) -> Usage:
    """What the command uses, run in this folder, its compiled modules kept; raises Failed unless it ends with 0."""
    report = folder / "usage.json"
    meter = [sys.executable, "-I", "-S", __file__, str(report), *command]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        meter, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return Usage(**json.loads(report.read_text()))


def cpu_seconds(process: int) -> float:
    """What a running process has used, all its threads together, to the microsecond.

    The clock of another process as clock_getcpuclockid(3) makes it: the process in the upper bits, 2 for all its time.
    """
    return time.clock_gettime_ns((~process << 3) | 2) / 1e9


def peak_memory(process: int, *, anew: bool = False) -> float:
    """The most MiB that were resident in a running process; `anew` begins to look for the most from now on."""
    if anew:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _descendants(root: int) -> list[int]:
    """All processes below this one."""
    below: list[int] = []
    waiting = [root]
    while waiting:
        process = waiting.pop()
        try:
            tasks = list(Path(f"/proc/{process}/task").iterdir())
            children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:  # it has ended
            continue
        below += children
        waiting += children
    return below


def _resident(process: int) -> int:
    """Bytes of memory in which a process has pages, 0 if it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


class _Watch(threading.Thread):
    """Looks again and again how much memory there is in use below this process."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(_EVERY):
            self.most = max(self.most, sum(map(_resident, _descendants(os.getpid()))))


def _main(report: str, command: list[str]) -> int:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this kernel does not hand orphans over")
    watch = _Watch()
    watch.start()
    started = time.perf_counter()
    code = subprocess.Popen(command).wait()
    wall = time.perf_counter() - started
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass  # the last one is gone
    watch.over.set()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(report).write_text(
        json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "memory": watch.most / _MEBIBYTE})
    )
    return code


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2:]))
