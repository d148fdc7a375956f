"""Reading web archives: on one core, and on a cluster over TCP that loses a worker: `python -m bench.archives`.

The cluster's run is cut off in the middle; run again, with a worker killed and a file truncated; and run once more with
that file mended. It has to store what a single process stores. 20,000 pages in 40 files by default.
"""

import argparse
import gzip
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.prose import article
from bench.report import machine
from tracker.archive.backfill_pages import COUNTS, judge_of
from tracker.archive.pages import make_page_part
from tracker.config.load import load
from tracker.store.database import opened

FILES = 40
_SIZE = 45_000
"""Bytes of a page, most of them markup, as measured on news sites."""

_RELEVANT = 0.01
_COMPARED = "url, source, title, summary, author, language, published_at, relevance"
_STORIES = "SELECT group_concat(url, ' ') AS urls FROM (SELECT * FROM articles ORDER BY url) GROUP BY story"
_FEEDS = """settings: {contact: desk@example.org}
sources: [{id: paper-1, name: Paper 1, kind: national, country: GB, language: en, feeds: [https://paper1.example/rss]}]
"""


def make(folder: Path, pages: int) -> list[Path]:
    """Write the archives, of the same content every time."""
    made = []
    for number in range(FILES):
        path = folder / f"CC-NEWS-{number:05}.warc.gz"
        path.write_bytes(b"".join(_record(number, n) for n in range(pages // FILES)))
        made.append(path)
    return made


def _record(number: int, n: int) -> bytes:
    dice = random.Random(f"{number} {n}")
    title, text = article(dice, on_topic=dice.random() < _RELEVANT, words=500)
    body = f"<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article>"
    items = "".join(f"<li class='teaser'><a href='/{n}-{k}'><span>{k}</span></a></li>" for k in range(2000))
    page = f"{body}<footer><ul>{items}"[:_SIZE].encode() + b"</ul></footer></body></html>"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    header = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://paper{n % 9}.example/{number}/{n}\r\n"
        f"WARC-Date: 2020-03-{number // 2 + 1:02}T{n % 24:02}:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(header.encode() + answer + b"\r\n\r\n", 1)


@contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Yield the address of a scheduler and its two workers, each a process of its own that talks over TCP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    worker = ("worker", address, "--nthreads", "1", "--no-dashboard")
    started = [_dask("scheduler", "--host", address, "--no-dashboard"), _dask(*worker), _dask(*worker)]
    try:
        yield address, started[1:]
    finally:
        for each in started:
            _kill(each)


def _dask(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a process of the cluster, which says nothing."""
    command = [sys.executable, "-m", "dask", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(folder: Path, archives: list[Path], *options: str, meanwhile: Callable[[], bool] | None = None) -> int:
    """Run the command in a folder; ask `meanwhile` ten times a second whether to kill it. Return its exit code."""
    (folder / "feeds.yaml").write_text(_FEEDS)
    command = [sys.executable, "-m", "tracker", "--config", "feeds.yaml", "--db", "tracker.db", "backfill", "--quiet"]
    running = subprocess.Popen([*command, *options, *map(str, archives)], cwd=folder, start_new_session=True)
    while running.poll() is None:
        if meanwhile and meanwhile():
            _kill(running)
        time.sleep(0.1)
    return running.returncode


def _parts(folder: Path) -> int:
    return len([*(folder / "backfill").glob("*.parquet")])


def _stored(folder: Path) -> tuple[list[dict[str, object]], list[str], str]:
    """Return the articles that were stored, the stories as the addresses of theirs, and the counts."""
    with opened(folder / "tracker.db") as db:
        articles = list(db.query(f"SELECT {_COMPARED} FROM articles ORDER BY url"))
        stories = db.query(
            "SELECT group_concat(url, ' ') AS urls FROM (SELECT * FROM articles ORDER BY url) GROUP BY story"
        )
        return articles, sorted(row["urls"] for row in stories), (folder / COUNTS).read_text()


def throughput(folder: Path, archives: list[Path]) -> float:
    """Return the pages a CPU second at which this process reads archives, the first of which is not counted."""
    (folder / "feeds.yaml").write_text(_FEEDS)
    judge = judge_of(load(folder / "feeds.yaml"))
    make_page_part(str(archives[0]), str(folder / "speed"), judge)
    began, read = time.process_time(), 0
    for archive in archives[1:]:
        read += sum(make_page_part(str(archive), str(folder / "speed"), judge).pages.values())
    return read / (time.process_time() - began)


def survives(folder: Path, archives: list[Path]) -> list[str]:
    """Run on a cluster as described above; return a sentence for each step."""
    said = []
    whole, cut = archives[7].read_bytes(), archives[7]
    with cluster() as (address, workers):
        options = ("--scheduler", address)
        code = _run(folder, archives, *options, meanwhile=lambda: _parts(folder) >= FILES // 4)
        said.append(f"cut off (exit code {code}) with {_parts(folder)} of {FILES} files read")
        cut.write_bytes(whole[: len(whole) // 2])
        for made in (folder / "backfill").glob(f"{cut.name.partition('.')[0]}*"):
            made.unlink()

        def lose_worker() -> bool:
            if _parts(folder) >= FILES // 2:
                _kill(workers[0])
            return False

        code = _run(folder, archives, *options, meanwhile=lose_worker)
        said.append(f"run again with a truncated file, a worker killed: exit code {code}, {_parts(folder)} files read")
        cut.write_bytes(whole)
        code = _run(folder, archives, *options)
        said.append(f"run again with the file mended, on the worker left: exit code {code}")
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20_000)
    pages = parser.parse_args().pages
    print("\n".join(f"- {line}" for line in machine()), flush=True)
    with tempfile.TemporaryDirectory() as made:
        folders = [Path(made, name) for name in ("archives", "single", "cluster")]
        for each in folders:
            each.mkdir()
        archives = make(folders[0], pages)
        print(f"{pages:,} pages, {FILES} files, {sum(each.stat().st_size for each in archives) / 2**20:,.0f} MiB")
        print(f"one core: {throughput(folders[1], archives):,.0f} pages a CPU second", flush=True)
        shutil.rmtree(folders[1] / "speed")
        if code := _run(folders[1], archives, "--workers", "1"):
            raise SystemExit(f"a single process exits with {code}")
        print("\n".join(survives(folders[2], archives)), flush=True)
        single, other = _stored(folders[1]), _stored(folders[2])
        print(f"{len(single[0]):,} articles; the same by both: {single == other}")
        if single != other:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
