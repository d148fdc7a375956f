"""The programs that are compared, each as its users run it: the only module that knows how to call them."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import yaml

from tracker.config.model import Settings

ROOT = Path(__file__).parents[1]
PEER = ("reader[cli]==3.26", "sgmllib3k==1.0.0", "feedparser==6.0.14", "requests==2.34.2", "urllib3==2.8.0")
"""lemon24/reader and what its speed depends on. sgmllib3k: reader's own copy of feedparser asks for sgmllib, which
feedparser no longer brings."""


class Contender(Protocol):
    """A program that polls feeds into a database of its own in a folder."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def subscribe(self, folder: Path, urls: Sequence[str]) -> None:
        """Makes the feeds known, unpolled."""

    def command(self, folder: Path) -> list[str]:
        """What polls every feed once, to be run in the folder."""

    def stored(self, folder: Path) -> int:
        """How many entries are stored."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """This project: `tracker poll --all` with the built-in rulebook; `python` has it installed."""

    python: Path
    name: str = "tracker"

    def subscribe(self, folder: Path, urls: Sequence[str]) -> None:
        wanted = {"allow_networks": ["127.0.0.0/8"], "pause": "0s", "requests_per_host": 1000}
        settings = {key: value for key, value in wanted.items() if key in Settings.model_fields}
        sources = [
            {"id": name, "name": name, "kind": "national", "country": "GB", "language": "en", "feeds": [url]}
            for name, url in ((urlsplit(url).path.strip("/").replace("/", "-"), url) for url in urls)
        ]
        text = yaml.safe_dump({"settings": settings, "sources": sources}, sort_keys=False)
        (folder / "feeds.yaml").write_text(text, encoding="utf-8")

    def command(self, folder: Path) -> list[str]:
        paths = ["--config", str(folder / "feeds.yaml"), "--db", str(folder / "tracker.db")]
        return [str(self.python.parent / "tracker"), *paths, "poll", "--all"]

    def stored(self, folder: Path) -> int:
        return _count(folder / "tracker.db", "articles")


@dataclass(frozen=True, slots=True)
class Reader:
    """lemon24/reader by its own command, in its own virtual environment; not `--scheduled`, as --all is not."""

    python: Path
    workers: int

    @property
    def name(self) -> str:
        return f"reader, {self.workers} worker{'s' if self.workers > 1 else ''}"

    def subscribe(self, folder: Path, urls: Sequence[str]) -> None:
        (folder / "feeds.txt").write_text("\n".join(urls))
        script = (
            "import reader, sys; r = reader.make_reader(sys.argv[1]); "
            "[r.add_feed(url) for url in open(sys.argv[2]).read().split()]"
        )
        arguments = [str(folder / "reader.db"), str(folder / "feeds.txt")]
        subprocess.run([str(self.python), "-c", script, *arguments], check=True)

    def command(self, folder: Path) -> list[str]:
        update = ["update", "--no-scheduled", "--workers", str(self.workers)]
        return [str(self.python), "-m", "reader", "--db", str(folder / "reader.db"), *update]

    def stored(self, folder: Path) -> int:
        return _count(folder / "reader.db", "entries")


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a poller in Python does: floor.py; `python` has its libraries."""

    python: Path
    name: str = "floor"

    def subscribe(self, folder: Path, urls: Sequence[str]) -> None:
        (folder / "feeds.txt").write_text("\n".join(urls))

    def command(self, folder: Path) -> list[str]:
        script = ROOT / "bench" / "floor.py"
        return [str(self.python), str(script), str(folder / "floor.db"), str(folder / "feeds.txt")]

    def stored(self, folder: Path) -> int:
        return _count(folder / "floor.db", "entries")


def install_peer() -> Path | None:
    """The Python of a virtual environment in which the peer is installed; None when it cannot be installed."""
    return install("reader", PEER, "")


def install_tracker() -> Path | None:
    """The Python of a virtual environment in which this project is installed as its users have it, without what only
    its developers need; None when it cannot be installed."""
    stated = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "constraints.txt"))
    return install("tracker", ("-c", str(ROOT / "constraints.txt"), "-e", str(ROOT)), stated)


def install(name: str, packages: Sequence[str], stated: str = "") -> Path | None:
    """The Python of a virtual environment that has these packages, made anew when they or what is `stated` changed."""
    cache = ROOT / ".bench" / name
    python, ready = cache / "bin" / "python", cache / "installed.txt"
    wanted = "\n".join([*packages, stated])
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(cache, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(cache)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    if subprocess.run(pip, check=False, stderr=subprocess.DEVNULL).returncode:
        return None
    ready.write_text(wanted, encoding="utf-8")
    return python


def _count(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute(f"select count(*) from {table}").fetchone()[0])
