"""Web archives leave their relevant pages, and counts of all."""

import csv
import gzip
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.archive import parts
from tracker.archive.captures import Unreadable
from tracker.archive.web_archives import pages
from tracker.cli.main import main
from tracker.store import texts
from tracker.store.database import opened

pytestmark = pytest.mark.slow

FEEDS = """
settings: {contact: desk@example.org}
sources:
  - {id: press, name: Press, kind: national, country: GB, language: en, feeds: [https://press.example/rss]}
"""
WORDS = "The minister told the committee that the plan would be looked at again before the spring. " * 20


def page(title: str, text: str, date: str = "2020-02-28") -> bytes:
    return f"""<!doctype html><html lang="en-GB"><head><title>{title}</title>
<meta name="author" content="Ann Lee"><meta property="article:published_time" content="{date}T08:00:00Z"></head><body>
<nav><a href="/">Home</a></nav><article><h1>{title}</h1><p>{text}</p><p>{WORDS}</p></article></body></html>""".encode()


RELEVANT = page("Police chief attacks end-to-end encryption", "It hides child sexual abuse material, he said.")
OTHER = page("Town wins the cup", "The final was played in the rain.")


def record(url: str, body: bytes, day: int = 1, status: str = "200 OK", kind: str = "text/html") -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n".encode() + body
    header = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-03-0{day}T09:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(header.encode() + answer + b"\r\n\r\n")


def first() -> list[bytes]:
    return [
        record("https://press.example/a", RELEVANT),
        record("https://press.example/b", OTHER),
        record("https://press.example/c", OTHER, status="404 Not Found"),
        record("https://press.example/d.pdf", b"%PDF", kind="application/pdf"),
        record("https://www.gazette.example/e", OTHER),
    ]


def second() -> list[bytes]:
    return [record("https://www.gazette.example/f", RELEVANT, day=3), record("https://press.example/g", OTHER, day=3)]


def warc(path: Path, records: Sequence[bytes]) -> Path:
    path.write_bytes(b"".join(records))
    return path


def backfilled(folder: Path, *archives: Path, code: int = 0) -> tuple[str, str]:
    (folder / "feeds.yaml").write_text(FEEDS)
    options = ["--config", str(folder / "feeds.yaml"), "--db", str(folder / "tracker.db")]
    done = CliRunner().invoke(
        main, [*options, "backfill", *map(str, archives), "--workers", "1", "--json"], catch_exceptions=False
    )
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


def test_relevant_pages_are_imported_with_their_texts_and_all_are_counted(tmp_path: Path) -> None:
    archives = [warc(tmp_path / "1.warc.gz", first()), tmp_path / "2.wacz", tmp_path / "broken.warc.gz"]
    with zipfile.ZipFile(archives[1], "w") as packed:
        packed.writestr("archive/data.warc.gz", b"".join(second()))
    warc(archives[2], [*second()[1:], record("https://press.example/h", RELEVANT, day=3)[:-60]])
    printed, told = backfilled(tmp_path, *archives, code=1)
    assert json.loads(printed)["pages"] == 6
    assert "broken.warc.gz cannot be read" in told
    with opened(tmp_path / "tracker.db") as db:
        rows = list(db.query("SELECT id, url, source, author, published_at, relevance FROM articles ORDER BY url"))
        bodies = texts.bodies(db, [row["id"] for row in rows])
    assert [(row["url"], row["source"]) for row in rows] == [
        ("https://press.example/a", "press"),
        ("https://www.gazette.example/f", "gazette-example"),
    ]
    assert {(row["author"], row["published_at"][:10], row["relevance"] != "none") for row in rows} == {
        ("Ann Lee", "2020-02-28", True)
    }
    assert all("committee" in bodies[row["id"]] and "Home" not in bodies[row["id"]] for row in rows)
    with (tmp_path / "pages.csv").open(newline="") as counts:
        assert [*csv.reader(counts)] == [
            ["day", "source", "pages", "relevant"],
            ["2020-03-01", "gazette.example", "1", "0"],
            ["2020-03-01", "press", "2", "1"],
            ["2020-03-02", "", "", ""],
            ["2020-03-03", "gazette.example", "1", "1"],
            ["2020-03-03", "press", "2", "0"],
        ]
    (part,) = (tmp_path / "backfill").glob("1-warc-gz-*")
    (kept,) = parts.read_rows(str(part))
    assert (kept["archive"], kept["record"], kept["outcome"]) == (str(archives[0]), 0, "ok")

    made = part.stat().st_mtime_ns
    warc(archives[2], second()[1:])
    again = json.loads(backfilled(tmp_path, *archives)[0])
    assert (again["imported"]["new"], again["imported"]["updated"], again["imported"]["known"]) == (0, 0, 2)
    assert part.stat().st_mtime_ns == made


@pytest.mark.parametrize("left", [1, 12, 100, 200, 300, 400, -60])
@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_breaks_off_within_a_record_gives_the_pages_before(
    tmp_path: Path, left: int, *, packed: bool
) -> None:
    records = [*first()[:2], second()[0][:left] if packed else gzip.decompress(second()[0])[:left]]
    cut = warc(tmp_path / "cut.warc", records if packed else [*map(gzip.decompress, records[:2]), records[2]])
    read = pages(str(cut))
    assert [next(read).url, next(read).url] == ["https://press.example/a", "https://press.example/b"]
    with pytest.raises(Unreadable):
        next(read)
