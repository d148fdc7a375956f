"""Run the command in processes that are forked from one that has already imported it.

They are real processes, with their own arguments, folder, environment, streams, permissions and exit code. Python
starts and reads the built-in rulebook once per test process instead of once per command, which is most of a short
command's time. A test of how Python itself is started runs `sys.executable` instead.
"""

import atexit
import ctypes
import functools
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tests.whole_program import import_whole_program
from tracker import __main__ as entry

_LONGEST = 2**20
"""Bytes of a request."""

_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAPABILITY_VERSION = 24, 1, 0x20080522  # linux/prctl.h, linux/capability.h


def run_command(
    *arguments: object,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    root: bool = True,
    kill_after: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `tracker` with these arguments to its end; threads may run several at once.

    Without `root`, the command obeys the permissions of files even if it is root's. It is killed if it has not ended
    `kill_after` seconds from its start. A new Python is started where the environment changes how it starts.
    """
    words = [str(argument) for argument in arguments]
    if _starts_anew(env):
        limits = None if root else obey_permissions
        command = [sys.executable, "-m", "tracker", *words]
        return subprocess.run(
            command, input=stdin, capture_output=True, cwd=cwd, env=env, check=False, preexec_fn=limits, timeout=600
        )
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        request = {"arguments": words, "cwd": str(cwd), "env": dict(env), "root": root, "kill_after": kill_after}
        with _ask(request, given, out, err) as report:
            report.readline()
            status = int(report.readline())
        return subprocess.CompletedProcess(words, status, _all(out), _all(err))


class Started:
    """A command at work: what a test needs of `subprocess.Popen`, whose child it is not."""

    def __init__(self, arguments: Sequence[object], *, cwd: Path, env: Mapping[str, str], root: bool = True) -> None:
        given, said = os.pipe()
        words = [str(argument) for argument in arguments]
        request = {"arguments": words, "cwd": str(cwd), "env": dict(env), "root": root, "kill_after": None}
        with Path(os.devnull).open("r+b") as nothing, os.fdopen(said, "wb") as saying:
            self._report = _ask(request, nothing, nothing, saying)
        self.stderr: IO[str] = os.fdopen(given)
        self.pid = int(self._report.readline())
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self._report.readline())
            self._report.close()
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        rest = "" if self.stderr.closed else self.stderr.read()
        self.wait()
        self.stderr.close()
        return "", rest


def start_command(
    *arguments: object, cwd: Path, env: Mapping[str, str], root: bool = True
) -> Started | subprocess.Popen[str]:
    """Start `tracker` with these arguments; only its standard error is read.

    Without `root`, it obeys the permissions of files even if it is root's. A new Python is started where the
    environment changes how it starts, and needs root.
    """
    if not root or not _starts_anew(env):
        return Started(arguments, cwd=cwd, env=env, root=root)
    command = [sys.executable, "-m", "tracker", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=cwd, env=env)


def _starts_anew(env: Mapping[str, str]) -> bool:
    """Whether Python itself has to start with this environment."""
    return any(env.get(name) != os.environ.get(name) for name in _of_python({*env, *os.environ}))


def _of_python(names: set[str]) -> set[str]:
    """Return the names of variables that Python reads at its start."""
    return {name for name in names if name.startswith(("PYTHON", "LC_", "LANG"))}


def obey_permissions() -> None:
    """Let this process and those it starts obey the permissions of files, even if they are root's."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None)
    header, sets = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    for number in range(3):  # effective, permitted, inheritable
        sets[number] &= ~(1 << _CAP_DAC_OVERRIDE)
    libc.prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0)
    libc.capset(header, sets)


def _ask(request: dict[str, Any], *streams: IO[bytes]) -> IO[bytes]:
    """Have the server run a command on these streams.

    Return where two lines will come: its number, and its exit code when it has ended, negative for a signal.
    """
    answer, answering = os.pipe()
    message = json.dumps(request).encode()
    socket.send_fds(_server(), [message], [*(stream.fileno() for stream in streams), answering])
    os.close(answering)
    return os.fdopen(answer, "rb")


def _all(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


@functools.cache
def _server() -> socket.socket:
    """Start the process that forks the commands; it ends when the socket is closed, at the latest with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", "tests.forked_command", str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=Path(__file__).parent.parent)
    atexit.register(process.wait)
    atexit.register(ours.close)  # the last registered is the first called
    return ours


def _serve(control: socket.socket) -> None:
    """Fork a command for each request until the other side is gone."""
    while True:
        message, streams, _, _ = socket.recv_fds(control, _LONGEST, 4)
        if not message:
            return
        if not os.fork():
            control.close()
            _run_and_report(json.loads(message), streams)
            return
        for stream in streams:
            os.close(stream)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _run_and_report(request: dict[str, Any], streams: list[int]) -> None:
    """Run the command in a further process, and write how it ended to the last of the streams."""
    *standard, report = streams
    child = os.fork()
    if child:
        for stream in standard:
            os.close(stream)
        os.write(report, b"%d\n" % child)
        if request["kill_after"] is not None:
            time.sleep(request["kill_after"])
            os.kill(child, signal.SIGKILL)  # a process that has ended keeps its number until it is waited for
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(report, str(status).encode())
        os._exit(0)
    os.close(report)
    _become(request, standard)
    entry.main()


def _become(request: dict[str, Any], standard: list[int]) -> None:
    """Make this process what a shell would have started."""
    for number, stream in enumerate(standard):
        os.dup2(stream, number)
        os.close(stream)
    sys.argv = ["tracker", *request["arguments"]]
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    if not request["root"]:
        obey_permissions()


def main() -> None:
    """Import what commands import, then serve on the socket whose number was given."""
    import_whole_program()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
