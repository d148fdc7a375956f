"""A disk that is full: what is said, what is kept, and that the next run goes on when there is room again."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.forked_command import run_command
from tests.histories import conditional
from tests.servers import Server
from tracker.publish.exports.presets import PRESETS

pytestmark = pytest.mark.slow

ENTRIES = 80
EARLIER = ",".join(column.name for column in PRESETS["coverage"].columns) + "\n"


class Disk:
    """A small file system of its own, whose size a test changes."""

    def __init__(self, at: Path) -> None:
        self.at = at
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(at)], check=True, capture_output=True)

    def resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.at)], check=True)

    def fill(self, left: int) -> Path:
        """Fill the disk up to this many bytes."""
        free = os.statvfs(self.at).f_bavail * os.statvfs(self.at).f_frsize
        ballast = self.at / "ballast"
        ballast.write_bytes(b"\0" * max(0, free - left))
        return ballast


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    at = tmp_path / "disk"
    at.mkdir()
    try:
        made = Disk(at)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount the small file system that this test fills")
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def document(number: int) -> bytes:
    """A feed of its own entries, with summaries of some size."""
    items = "".join(
        f"<item><guid>f{number}-{entry}</guid><link>https://press.example/{number}/{entry}</link>"
        f"<title>Encryption and child safety, part {entry} of {number}</title>"
        f"<description>{' '.join(f'word{number}x{entry}x{word}' * 4 for word in range(30))}</description></item>"
        for entry in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()


def configure(folder: Path, urls: list[str]) -> Path:
    text = "settings: {allow_networks: [127.0.0.0/8], contact: desk@example.org, pause: 0s, requests_per_host: 100}\n"
    text += "sources:\n- {id: press, name: Press, kind: tech, country: GB, language: en, feeds: ["
    path = folder / "feeds.yaml"
    path.write_text(text + ", ".join(urls) + "]}\n")
    return path


async def run(config: Path, db: Path, *arguments: str) -> tuple[int, str]:
    paths = ["--config", config, "--db", db]
    done = await asyncio.to_thread(run_command, *paths, *arguments, cwd=config.parent, env=os.environ)
    return done.returncode, (done.stdout + done.stderr).decode()


def articles(db: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(db)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return opened.execute("SELECT canonical_url, title, summary FROM articles ORDER BY 1").fetchall()


async def test_a_poll_on_a_full_disk_says_so_and_the_next_one_stores_what_is_missing(
    disk: Disk, tmp_path: Path
) -> None:
    async with Server() as server:
        bodies = [document(number) for number in range(4)]
        urls = [
            server.say(f"/{number}", lambda request, body=body: conditional(body, request))
            for number, body in enumerate(bodies)
        ]
        config = configure(tmp_path, urls)
        disk.resize("3m")
        code, said = await run(config, disk.at / "tracker.db", "poll", "--all")
        assert code == 1, said
        assert "the disk is full" in said
        assert "free some space, and the next run continues from there" in said
        assert "Traceback" not in said
        stored = articles(disk.at / "tracker.db")
        assert len(stored) % ENTRIES == 0, "each poll is whole or not there"
        assert len(stored) < 4 * ENTRIES
        disk.resize("80m")
        code, said = await run(config, disk.at / "tracker.db", "poll", "--all")
        assert code == 0, said
        assert (await run(config, tmp_path / "undisturbed.db", "poll", "--all"))[0] == 0
    assert articles(disk.at / "tracker.db") == articles(tmp_path / "undisturbed.db")
    assert len(articles(tmp_path / "undisturbed.db")) == 4 * ENTRIES


@pytest.mark.parametrize(
    ("command", "said_of_it"),
    [
        (["export", "DISK/exports/"], "cannot be written: No space left on device"),
        (["export", "--format", "jsonl", "DISK/exports/"], "cannot be written: No space left on device"),
        (["backup", "DISK/exports"], "not enough room for a backup"),
        (["release", "--folder", "DISK/exports"], "the disk is full"),
    ],
    ids=["export", "export of JSON lines", "backup", "release"],
)
async def test_what_does_not_fit_is_not_there_at_all_and_is_when_there_is_room(
    disk: Disk, tmp_path: Path, command: list[str], said_of_it: str
) -> None:
    async with Server() as server:
        config = configure(tmp_path, [server.say("/0", lambda request: conditional(document(0), request))])
        assert (await run(config, tmp_path / "tracker.db", "poll"))[0] == 0
        (disk.at / "exports").mkdir()
        (disk.at / "exports" / "coverage.csv").write_text(EARLIER)
        ballast = disk.fill(left=30_000)
        arguments = [word.replace("DISK", str(disk.at)) for word in command]
        code, said = await run(config, tmp_path / "tracker.db", *arguments)
        assert code == 1, said
        assert said_of_it in said
        assert "Traceback" not in said
        names = {path.name for path in (disk.at / "exports").iterdir() if not path.name.endswith(".lock")}
        assert names == {"coverage.csv"}
        assert (disk.at / "exports" / "coverage.csv").read_text() == EARLIER
        ballast.unlink()
        disk.resize("80m")
        code, said = await run(config, tmp_path / "tracker.db", *arguments)
        assert code == 0, said
    assert len(list((disk.at / "exports").iterdir())) > 1
