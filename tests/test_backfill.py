"""The past of a feed, taken from an archive, is what polling it then would have left."""

import asyncio
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from distributed import Client

from tests.histories import Version, configuration, replay, versions
from tracker.archive import backfill as backfilling
from tracker.archive import cluster
from tracker.archive.backfill import Backfilled, Cluster, backfill
from tracker.archive.captures import History, captured_at, captures
from tracker.archive.merge import merge
from tracker.archive.parsing import make_part
from tracker.cli.main import main
from tracker.config.load import Config
from tracker.models import utc_text
from tracker.store.database import opened

pytestmark = pytest.mark.slow

FEED = "https://press.example/rss"
START = datetime(2020, 3, 1, 8, tzinfo=UTC)
STAMP = "%Y-%m-%dT%H%M%SZ"

TABLES = {
    "articles": "id",
    "sightings": "guid",
    "revisions": "id",
    "gaps": "from_at, reason",
    "stories": "id",
    "article_tags": "article, tag",
    "source_days": "day, source",
}
"""What is compared, and in which order."""


@dataclass(frozen=True, slots=True)
class Captured(Version):
    """A version as an archive has it, which does not tell with which status it came."""

    @property
    def is_refusal(self) -> bool:
        return False


class Silent:
    """Takes no notice of progress."""

    def reading(self, archives: int) -> None: ...

    def storing(self, captures: int) -> None: ...

    def step(self, steps: int) -> None: ...


def document(numbers: range, changed: int | None = None) -> bytes:
    """A feed with these items, newest first, one of them under another headline."""
    items = "".join(
        f"<item><title>{'Amended: ' if number == changed else ''}Police chief {number} warns of encryption</title>"
        f"<link>https://press.example/{number}</link><guid isPermaLink='false'>press-{number}</guid>"
        f"<description>Detective {number} said end-to-end encryption hides child abuse from the police.</description>"
        f"<pubDate>{(START + timedelta(hours=number)).strftime('%a, %d %b %Y %H:%M:%S GMT')}</pubDate></item>"
        for number in reversed(numbers)
    )
    return f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>".encode()


def own_series() -> list[Captured]:
    """A small history with all that histories have."""
    bodies = [
        document(range(5)),
        document(range(2, 7)),
        document(range(2, 7)),  # unchanged
        document(range(2, 7), changed=4),
        document(range(5, 9))[:-200],  # broken off
        b"<html><title>403</title>no feed today</html>",
        b"",
        document(range(20, 25)),  # nothing in common with what came before
        document(range(22, 28)),
    ]
    return [Captured(n, START + timedelta(hours=6 * n), body) for n, body in enumerate(bodies, 1)]


def real_series(shared_data: Path, name: str) -> list[Captured]:
    found = list(versions(shared_data / "history" / f"{name}.tar.xz"))
    return [Captured(one.number, one.time, one.body) for one in found[:60]]


def name_of(version: Version) -> str:
    return f"{version.number:04}-{version.time.strftime(STAMP)}.xml"


def as_folder(series: Sequence[Version], folder: Path) -> Path:
    folder.mkdir()
    for version in series:
        (folder / name_of(version)).write_bytes(version.body)
    (folder / "README.txt").write_text("no capture")
    return folder


def as_tar(series: Sequence[Version], path: Path) -> Path:
    """Archives need not be in order."""
    with tarfile.open(path, "w:xz") as tar:
        for version in series[1::2] + series[::2]:
            member = tarfile.TarInfo(f"press/{name_of(version)}")
            member.size = len(version.body)
            tar.addfile(member, io.BytesIO(version.body))
    return path


def as_repository(series: Sequence[Version], folder: Path) -> Path:
    """One commit a version, at its time; equal ones leave no commit."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    for version in series:
        (folder / "feed.xml").write_bytes(version.body)
        git(folder, "add", "feed.xml")
        git(folder, "commit", "--quiet", "--message", "capture", "--allow-empty", at=version.time)
    return folder


def git(folder: Path, *arguments: str, at: datetime = START) -> None:
    stamps = {f"GIT_{who}_DATE": utc_text(at) for who in ("AUTHOR", "COMMITTER")}
    people = {f"GIT_{who}_{what}": "x@y.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", folder, *arguments], check=True, env={**os.environ, **stamps, **people, **nowhere})


def stored(db: Path) -> dict[str, list[dict[str, Any]]]:
    with opened(db) as found:
        return {table: list(found.query(f"SELECT * FROM {table} ORDER BY {order}")) for table, order in TABLES.items()}


def dump(db: Path) -> list[str]:
    with opened(db) as found:
        return list(found.conn.iterdump())


def merged_alone(db: Path, parts: Path, *histories: History) -> None:
    """Backfill in this process."""
    found = [make_part(history, str(parts)) for history in histories]
    asyncio.run(merge(config(), db, found, lambda _: None))


def config() -> Config:
    return configuration(FEED)


def polled(series: Sequence[Version], db: Path) -> Path:
    asyncio.run(replay(series, db))
    return db


def test_an_archive_leaves_what_polling_it_version_by_version_left(tmp_path: Path) -> None:
    series = own_series()
    archive = as_tar(series, tmp_path / "press.tar.xz")
    merged_alone(tmp_path / "backfilled.db", tmp_path / "parts", History(FEED, str(archive)))
    by_polling = stored(polled(series, tmp_path / "polled.db"))
    assert stored(tmp_path / "backfilled.db") == by_polling
    assert by_polling["revisions"]
    assert by_polling["gaps"]


@pytest.mark.parametrize("name", ["arstechnica-2025h1", "g-bbc", "g-latimes"])
def test_a_real_archive_leaves_what_polling_it_version_by_version_left(
    tmp_path: Path, shared_data: Path, name: str
) -> None:
    series = real_series(shared_data, name)
    archive = as_folder(series, tmp_path / name)
    merged_alone(tmp_path / "backfilled.db", tmp_path / "parts", History(FEED, str(archive)))
    assert stored(tmp_path / "backfilled.db") == stored(polled(series, tmp_path / "polled.db"))


def test_folder_tar_and_repository_hold_the_same_captures(tmp_path: Path) -> None:
    series = [one for one in own_series() if one.number != 3]  # a repository has no version without a change
    places = [
        History(FEED, str(as_folder(series, tmp_path / "folder"))),
        History(FEED, str(as_tar(series, tmp_path / "press.tar.xz"))),
        History(FEED, str(as_repository(series, tmp_path / "repository")), "feed.xml"),
    ]
    wanted = [(one.time, one.body) for one in series]
    assert [sorted((one.at, one.body) for one in captures(place)) for place in places] == [wanted] * 3


@pytest.mark.parametrize(
    ("name", "time"),
    [
        pytest.param("0546-2025-02-19T124552Z.xml", datetime(2025, 2, 19, 12, 45, 52, tzinfo=UTC), id="a number first"),
        pytest.param("20200301080000.rss", datetime(2020, 3, 1, 8, tzinfo=UTC), id="as in the Wayback Machine"),
        pytest.param("2020-03-01T08:00:00Z", datetime(2020, 3, 1, 8, tzinfo=UTC), id="ISO 8601"),
        pytest.param("20201301080000.rss", None, id="no such month"),
        pytest.param("2020-03-01.xml", None, id="a day only"),
        pytest.param("1202003010800001.xml", None, id="a longer number"),
    ],
)
def test_a_capture_is_named_after_its_time(name: str, time: datetime | None) -> None:
    assert captured_at(f"folder/{name}") == time


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    history = History(FEED, str(as_folder(own_series(), tmp_path / "press")))
    db, parts = tmp_path / "tracker.db", tmp_path / "parts"
    merged_alone(db, parts, history)
    before = dump(db)
    merged_alone(db, parts, history)
    assert dump(db) == before


def test_an_interrupted_merge_is_continued(tmp_path: Path) -> None:
    history = History(FEED, str(as_folder(own_series(), tmp_path / "press")))
    db, parts, left = tmp_path / "tracker.db", str(tmp_path / "parts"), iter(range(3))

    def interrupted(_: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(merge(config(), db, [make_part(history, parts)], interrupted))
    done = asyncio.run(merge(config(), db, [make_part(history, parts)], lambda _: None))
    assert (done.known, done.stored) == (4, 5)
    merged_alone(tmp_path / "at-once.db", tmp_path / "parts", history)
    assert stored(db) == stored(tmp_path / "at-once.db")


def test_a_feed_is_stored_in_time_order_however_its_archives_are_cut(tmp_path: Path) -> None:
    series = own_series()
    halves = [as_tar(series[1::2], tmp_path / "b.tar.xz"), as_tar(series[::2], tmp_path / "a.tar.xz")]
    merged_alone(tmp_path / "halves.db", tmp_path / "parts", *(History(FEED, str(half)) for half in halves))
    whole = History(FEED, str(as_folder(series, tmp_path / "press")))
    merged_alone(tmp_path / "whole.db", tmp_path / "parts", whole)
    assert stored(tmp_path / "halves.db") == stored(tmp_path / "whole.db")


def test_a_part_is_made_once_and_anew_when_its_archive_has_changed(tmp_path: Path) -> None:
    folder, parts = as_folder(own_series(), tmp_path / "press"), tmp_path / "parts"
    first = make_part(History(FEED, str(folder)), str(parts))
    made = Path(first.address).stat().st_mtime_ns
    assert make_part(History(FEED, str(folder)), str(parts)) == first
    assert Path(first.address).stat().st_mtime_ns == made
    (folder / "2021-01-01T000000Z.xml").write_bytes(document(range(30, 33)))
    assert make_part(History(FEED, str(folder)), str(parts)).captures == first.captures + 1
    assert not [*parts.glob(".*")], "nothing unfinished is left"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with cluster.connected(None, 2) as connected:
        yield connected


def on(client: Client, parts: Path) -> Cluster:
    return Cluster(str(parts), client.scheduler.address)


def test_a_truncated_archive_gives_what_came_before_and_is_reported(tmp_path: Path, client: Client) -> None:
    whole = as_folder(own_series()[:4], tmp_path / "whole")
    cut = tmp_path / "cut.tar.gz"
    with tarfile.open(cut, "w:gz", compresslevel=0) as tar:
        tar.add(as_folder(own_series()[4:], tmp_path / "rest"), "rest")
    cut.write_bytes(cut.read_bytes()[:-12_000])
    missing = tmp_path / "missing.tar.xz"
    done = run(tmp_path / "tracker.db", on(client, tmp_path / "parts"), whole, cut, missing)
    problems = "\n".join(done.problems)
    assert f"{cut} cannot be read" in problems
    assert "captures came before that" in problems
    assert f"{missing} cannot be read" in problems
    assert 4 < done.merged.stored < 9


def test_captures_from_before_the_first_poll_are_reported_and_not_stored(tmp_path: Path, client: Client) -> None:
    series = own_series()
    later, earlier = as_folder(series[5:], tmp_path / "later"), as_folder(series[:5], tmp_path / "earlier")
    where = on(client, tmp_path / "parts")
    run(tmp_path / "tracker.db", where, later)
    before = dump(tmp_path / "tracker.db")
    done = run(tmp_path / "tracker.db", where, earlier)
    assert "5 captures of https://press.example/rss are older than the first poll" in "\n".join(done.problems)
    assert dump(tmp_path / "tracker.db") == before


def run(db: Path, where: Cluster, *archives: Path) -> Backfilled:
    return backfill(config(), db, [History(FEED, str(archive)) for archive in archives], where, Silent())


@dataclass(frozen=True, slots=True)
class DiesAt:
    """Makes parts, but kills its worker at one archive, `times` times; `tombs` counts them."""

    folder: str
    tombs: str
    archive: str
    times: int

    def __call__(self, history: History) -> object:
        tombs = Path(self.tombs)
        if history.address.endswith(self.archive) and len([*tombs.iterdir()]) < self.times:
            (tombs / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return make_part(history, self.folder)


@pytest.mark.parametrize(
    ("times", "problems", "captures"),
    [pytest.param(1, 0, 9, id="a worker that was lost"), pytest.param(99, 1, 5, id="a file that kills every worker")],
)
def test_a_killed_worker_costs_a_retry_and_a_poisoned_file_its_own_task(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch, times: int, problems: int, captures: int
) -> None:
    """The scheduler and its two workers are processes that talk by TCP."""
    (tombs := tmp_path / "tombs").mkdir()
    monkeypatch.setattr(backfilling, "_Task", lambda folder: DiesAt(folder, str(tombs), "bad.tar.xz", times))
    good = as_tar(own_series()[:5], tmp_path / "good.tar.xz")
    bad = as_tar(own_series()[5:], tmp_path / "bad.tar.xz")
    done = run(tmp_path / "tracker.db", on(client, tmp_path / "parts"), good, bad)
    assert len(done.problems) == problems
    assert all("bad.tar.xz cannot be read: KilledWorker" in problem for problem in done.problems)
    assert done.merged.stored == captures
    assert [*tombs.iterdir()]


def feeds_yaml(folder: Path) -> Path:
    path = folder / "feeds.yaml"
    press = f"{{id: press, name: Press, kind: tech, country: US, language: en, feeds: [{FEED}]}}"
    path.write_text(f"settings: {{contact: desk@example.org}}\nsources: [{press}]\n")
    return path


def command(folder: Path, *arguments: str) -> tuple[int, str, str]:
    options = ["--config", str(feeds_yaml(folder)), "--db", str(folder / "tracker.db")]
    done = CliRunner().invoke(main, [*options, "backfill", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_stores_a_history_on_a_cluster_of_its_own(tmp_path: Path) -> None:
    archive = as_tar(own_series(), tmp_path / "press.tar.xz")
    code, _, said = command(tmp_path, "--feed", "press", str(archive), "--workers", "1")
    assert (code, said) == (0, "9 captures stored, 0 already known; 17 new articles, 1 changed\n")
    code, printed, _ = command(tmp_path, "--feed", FEED, str(archive), "--workers", "1", "--json")
    assert (code, json.loads(printed)["merged"]["known"]) == (0, 9)
    shutil.rmtree(tmp_path / "backfill")


def test_the_command_refuses_a_feed_that_feeds_yaml_does_not_have(tmp_path: Path) -> None:
    code, _, said = command(tmp_path, "--feed", "gazette", "gazette.tar.xz")
    assert (code, said) == (2, "no feed is called gazette; `tracker feeds list` shows them all\n")


def test_without_its_libraries_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, said = command(tmp_path, "--feed", "press", "press.tar.xz")
    assert code == 1
    assert "pip install 'encryption-coverage-tracker[archive]'" in said
