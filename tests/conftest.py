"""Keeps the tests on this machine: any test that connects to, or asks the name of, another one fails."""

import functools
import inspect
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from httpx._transports import default as transports
from hypothesis import settings

from tests.replays import Replay, replay_once
from tracker.store import database

settings.register_profile("untimed", deadline=None)  # how long an example takes says more of the machine than of us
settings.load_profile("untimed")

for _part in ("connect", "read", "write", "pool"):  # five seconds by default, which a busy machine may take
    setattr(inspect.signature(httpx.get).parameters["timeout"].default, _part, 600)

transports.create_ssl_context = functools.cache(httpx.create_ssl_context)  # 40 ms a client, and none speaks TLS


@functools.cache
def _new_database() -> bytes:
    """What a new database holds once every migration was applied to it, which takes fifteen times as long as a copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "new.db")
        path.touch()
        database.open_database(path).close()
        return path.read_bytes()


def _create_migrated(path: Path) -> None:
    """In place of an empty file, create a copy of a new database; processes that tests start make their own."""
    if not path.exists():
        content = _new_database()
        with tempfile.NamedTemporaryFile(dir=path.parent) as made, suppress(FileExistsError):
            made.write(content)
            made.flush()
            os.link(made.name, path)


assert callable(database._create)
database._create = _create_migrated

_OUTSIDE: list[str] = []
"""What the running test tried to reach; the audit hook cannot be given anything else to write to."""


def _is_number(host: str) -> bool:
    """Whether a host is an address in any of the ways in which the resolver reads one without asking."""
    try:
        socket.inet_aton(host)
    except (OSError, UnicodeError):
        return ":" in host
    return True


def _is_here(host: str) -> bool:
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = str(address[0]) if isinstance(address, tuple) else ""  # a path is a socket of this machine
        outside = not _is_here(host)
    elif event == "socket.getaddrinfo":
        name = arguments[0] or ""
        host = name.decode() if isinstance(name, bytes) else str(name)
        outside = not (_is_here(host) or _is_number(host))
    else:
        return
    if outside:
        _OUTSIDE.append(host)
        raise ConnectionRefusedError(f"a test tried to reach {host}")


sys.addaudithook(_watch)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test where FORBID_SKIPS is set, as .ci/run does: everything tests need is there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FORBID_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("\nFORBID_SKIPS is set, so no test may be skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs chromium or real documents, and start slow files first, so that all processes end together."""
    missing = pytest.mark.skipif(
        shutil.which("chromium") is None, reason="chromium is not installed (apt-get install chromium)"
    )
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(missing)
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.corpus)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    _OUTSIDE.clear()
    yield
    assert not _OUTSIDE, f"this test tried to reach {', '.join(_OUTSIDE)}"


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """The demo, replayed once for all tests, on however many cores they run; they only read its database."""
    own = tmp_path_factory.getbasetemp()
    return replay_once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real documents by others that lie beside the repository; what needs them is skipped where they do not."""
    folder = Path(__file__).parent.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("SKIPPED LOUDLY: this test measures on real feeds in ../shared/data, which is not here")
    return folder
