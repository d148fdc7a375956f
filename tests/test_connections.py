"""Who keeps the site waiting gives way: those who ask nothing first, then those who take nothing."""

import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
import uvicorn

from tracker.jobs import connection_limits
from tracker.jobs.connection_limits import LimitedConnection
from tracker.jobs.site_server import Address, listening

BODY = b"x" * 8_000_000


async def app(scope, receive, send) -> None:
    """A large answer at /large, a short one elsewhere."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": BODY if scope["path"] == "/large" else b"short"})


@pytest.fixture
def door() -> Iterator[tuple[str, int]]:
    listener = listening(Address(port=0))
    limits = {"ws": "none", "lifespan": "off", "log_level": "error", "backlog": 8}
    server = uvicorn.Server(uvicorn.Config(app, http=LimitedConnection, **limits))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    server.should_exit = server.force_exit = True
    thread.join()
    listener.close()


def asking(door: tuple[str, int], path: str = "/") -> socket.socket:
    visitor = socket.create_connection(door, timeout=60)
    visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return visitor


def all_of(visitor: socket.socket) -> bytes:
    """What comes until the other side closes the connection."""
    got = b""
    with suppress(ConnectionResetError):
        while piece := visitor.recv(1 << 20):
            got += piece
    return got


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\nx"], ids=["nothing", "a head", "a body"])
def test_a_client_that_does_not_finish_its_request_in_time_is_disconnected(door, monkeypatch, said: bytes) -> None:
    monkeypatch.setattr(connection_limits, "_REQUEST_SECONDS", 0.1)
    with socket.create_connection(door, timeout=60) as visitor:
        visitor.sendall(said)
        assert (b"short" in all_of(visitor)) is said.endswith(b"\r\n\r\nx")


def test_a_client_that_does_not_read_its_response_in_time_is_disconnected(
    door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "_REQUEST_SECONDS", 0.1)
    monkeypatch.setattr(connection_limits, "_RESPONSE_SECONDS", 0.1)
    monkeypatch.setattr(LimitedConnection, "drop", lambda *_: pytest.fail("nobody else needed the place"))
    with ExitStack() as stack:
        visitor = stack.enter_context(asking(door, "/large"))
        visitor.recv(1)
        with asking(door) as other:  # a connection that is let go, too, by which time the first one was
            all_of(other)
        assert len(all_of(visitor)) < len(BODY)


def test_responses_that_nobody_reads_are_bounded_together(door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "_UNREAD_BYTES", len(BODY))
    with asking(door, "/large") as first, asking(door, "/large") as second, asking(door, "/large") as third:
        for visitor in (first, second, third):
            visitor.recv(1)
        assert len(all_of(first)) < len(BODY), "it waited longest"


def test_the_next_request_waits_until_the_response_is_read_and_is_answered(door) -> None:
    with asking(door, "/large") as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = all_of(visitor)
    assert got.count(b"HTTP/1.1 200 OK") == 2
    assert b"short" in got[-20:]


def test_of_too_many_connections_the_one_idle_longest_is_closed(door, monkeypatch) -> None:
    monkeypatch.setattr(connection_limits, "most_connections", lambda: 3)
    with ExitStack() as stack:
        visitors = [stack.enter_context(socket.create_connection(door, timeout=60)) for _ in range(5)]
        assert [all_of(visitor) for visitor in visitors[:2]] == [b"", b""]
        visitors[2].sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"short" in all_of(visitors[2])


@pytest.mark.parametrize(("descriptors", "most"), [(1024, 256), (700, 94), (256, 8), (100_000, 256)])
def test_visitors_get_what_the_poller_does_not_need(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert connection_limits.most_connections() == most


def test_the_process_allows_itself_what_it_may() -> None:
    code = (
        "import resource as r; from tracker.jobs.connection_limits import *\n"
        "r.setrlimit(r.RLIMIT_NOFILE, (128, 900)); raise_descriptor_limit(); print(r.getrlimit(r.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(900, 900)"
