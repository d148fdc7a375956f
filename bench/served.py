"""Programs that serve or write while others measure: started, asked over one connection, and stopped."""

import http.client
import io
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bench.meter import Failed, cpu_seconds

_SETTLED = 0.002
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request brought, and what it cost: CPU and wall milliseconds, the first of the server alone."""

    status: int
    size: int
    cpu: float
    wall: float
    etag: str | None = None


@dataclass(slots=True)
class Server:
    """A server that listens on loopback; requests go one at a time over one connection."""

    pid: int
    port: int
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)

    def ask(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request, once the server rests again."""
        cpu, begun = self._at_rest(), time.perf_counter()
        self._connection.request("GET", address, headers={"Accept-Encoding": "gzip", **(headers or {})})
        response = self._connection.getresponse()
        size = len(response.read())
        wall = time.perf_counter() - begun
        return Answer(response.status, size, 1000 * (self._at_rest() - cpu), 1000 * wall, response.getheader("etag"))

    def stream(self, address: str, take: Callable[[bytes], object], deadline: float) -> bool:
        """Hands the answer on as it comes; False when it had not ended at the deadline, or broke off."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request("GET", address)
            response = connection.getresponse()
            while chunk := response.read1(1 << 20):
                take(chunk)
                if time.monotonic() > deadline:
                    return False
            return response.status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _at_rest(self) -> float:
        """CPU seconds of the server, when they no longer grow."""
        before = cpu_seconds(self.pid)
        for _ in range(200):
            time.sleep(_SETTLED)
            now = cpu_seconds(self.pid)
            if now == before:
                break
            before = now
        return before


@contextmanager
def ours(database: Path) -> Iterator[Server]:
    """This project's site, by its own command; there is no feeds.yaml in the folder."""
    command = [sys.executable, "-m", "tracker", "--db", str(database), "serve", "--port", "0"]
    with _serving(command, r"http://127\.0\.0\.1:(\d+)", database.parent) as server:
        yield server


@contextmanager
def plain(database: Path, *, suggest: bool) -> Iterator[Server]:
    """Datasette with nothing of ours, as it comes but for whether it suggests facets."""
    command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", "0"]
    command += ["--setting", "suggest_facets", "on" if suggest else "off"]
    with _serving(command, r"Uvicorn running on http://127\.0\.0\.1:(\d+)", database.parent) as server:
        yield server


@contextmanager
def writing(database: Path) -> Iterator[None]:
    """Somebody commits to the database every second."""
    command = [sys.executable, "-m", "bench.writer", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        if process.stdout.readline().strip() != "ready":
            raise Failed("the writer did not begin")
        try:
            yield
        finally:
            said, _ = process.communicate("end\n")
    if process.returncode or not said.strip():
        raise Failed(f"the writer ended with {process.returncode}")


@contextmanager
def _serving(command: Sequence[str], announced: str, folder: Path) -> Iterator[Server]:
    """The server that a command starts in a folder, when it has said where it listens; ended afterwards."""
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        try:
            server = Server(process.pid, _port(process, said, announced))
            try:
                yield server
            finally:
                server.close()
        finally:
            process.terminate()


def _port(process: subprocess.Popen[bytes], said: IO[str], announced: str) -> int:
    """Where a server listens, when it says so; raises Failed if it ends before."""
    while process.poll() is None:
        said.seek(0)
        if found := re.search(announced, said.read()):
            said.seek(0, io.SEEK_END)
            return int(found[1])
        time.sleep(0.05)
    said.seek(0)
    raise Failed(f"a server did not begin:\n{said.read()[-3000:]}")
