"""A release: the same bytes from the same data, nothing private in it, and no damage that is not found."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mlcroissant
import pytest
import yaml
from click.testing import CliRunner
from datasette.app import Datasette

from tests.forked_command import start_command
from tests.replays import Replay
from tracker.cli.main import main
from tracker.config.load import Config, load_text
from tracker.config.model import Author
from tracker.errors import ConfigError, TrackerError
from tracker.jobs.registry import JOBS
from tracker.models import utc_text
from tracker.publish.release.bundle import make
from tracker.publish.release.checksums import SUMS, digest, sums_text
from tracker.publish.release.documents import FILES
from tracker.publish.release.snapshot import snapshot, take_snapshot
from tracker.publish.release.tables import DERIVED, PUBLISHED
from tracker.publish.release.verify import verify
from tracker.publish.tables import CLOSED

pytestmark = pytest.mark.slow

SECRET = "do-not-show-4711"
FEEDS = """\
settings: {contact: desk@example.org}
sources: [{id: one, name: One, kind: tech, country: GB, language: en, feeds: ['https://one.example/rss']}]
release:
  title: 'Coverage: "encryption" & children # 1'
  authors: [The Example Observatory, {name: Ampère, given: Zoë, orcid: 0000-0002-1825-0097}]
  licence: CC-BY-4.0
  url: https://www.example.org/coverage
"""

PRIVATE = f"""
INSERT INTO deliveries (kind, key, begun_at, outcome, attempts) VALUES ('digest', '{SECRET}', '2026-01-01', 'sent', 1);
INSERT INTO job_runs (job, started_at, outcome, said) VALUES ('backup', '2026-01-01', 'done', '{SECRET}');
UPDATE feeds SET etag = '{SECRET}', last_modified = '{SECRET}', body_sha256 = '{SECRET}';
INSERT INTO samples (id, tag, drawn_at, rulebook, seed) VALUES (1, 'encryption', '2026-01-01', '{SECRET}', 1);
INSERT INTO sample_articles (sample, article, stratum, stratum_size) VALUES (1, 1, 'rest', 1);
INSERT INTO codings (sample, article, coder, answer, coded_at) VALUES (1, 1, '{SECRET}', 1, '2026-01-01');
INSERT INTO tag_quality (sample, tag, rulebook, measured_at, coded, coders, precision)
    VALUES (1, 'encryption', 'x', '2026-01-01T00:00:00Z', 1, 1, 0.5);
INSERT INTO links (canonical_url, article) VALUES ('https://{SECRET}.example', 1);
"""


def copy(database: Path, to: Path) -> Path:
    """A copy as SQLite makes it, whatever of the original is still in its log."""
    with sqlite3.connect(database) as one, sqlite3.connect(to) as other:
        one.backup(other)
    one.close()
    other.close()
    return to


def change(database: Path, script: str) -> None:
    connection = sqlite3.connect(database)
    connection.executescript(script)
    connection.close()


@pytest.fixture(scope="module")
def config() -> Config:
    return load_text(FEEDS, "feeds.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("releases")
    (made / "feeds.yaml").write_text(FEEDS)
    return made


@pytest.fixture(scope="module")
def database(replayed: Replay, folder: Path) -> Path:
    """The demo's seven years, with something in each table that is not to be shown."""
    made = copy(replayed.database, folder / "tracker.db")
    change(made, PRIVATE)
    return made


@pytest.fixture(scope="module")
def bundle(config: Config, database: Path, folder: Path) -> Path:
    return make(config, database, folder=folder / "first").path


@pytest.fixture
def release(bundle: Path, tmp_path: Path) -> Path:
    """A release to do things to."""
    return Path(shutil.copytree(bundle, tmp_path / "release"))


def contents(release: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in release.iterdir()}


def sign(release: Path) -> None:
    """Write the checksums anew, as somebody would who wants to hide a change."""
    (release / SUMS).unlink(missing_ok=True)
    (release / SUMS).write_text(sums_text({path.name: digest(path) for path in release.iterdir()}))


def command(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    run = [sys.executable, "-m", "tracker", *map(str, arguments)]
    return subprocess.run(run, capture_output=True, text=True, env=clean | env, check=False)


# ---- the same bytes


def test_a_release_is_named_by_the_local_day_of_its_newest_data(bundle: Path) -> None:
    assert bundle.name == "2026-04-07"
    assert set(contents(bundle)) == set(FILES)


def vacuumed(database: Path) -> None:
    change(database, "PRAGMA journal_mode = delete; PRAGMA page_size = 1024; VACUUM; ANALYZE")


def jobs_went_on(database: Path) -> None:
    change(database, "INSERT INTO job_runs (job, started_at, outcome) VALUES ('release', '2026-05-01', 'running')")


def written_anew(database: Path) -> None:
    change(database, "CREATE TABLE t AS SELECT * FROM evidence; DELETE FROM evidence; VACUUM; INSERT INTO evidence "
        "SELECT * FROM t ORDER BY id DESC; DROP TABLE t")  # fmt: skip


def left_in_the_log(database: Path) -> None:
    change(database, "PRAGMA journal_mode = wal; UPDATE articles SET title = title || '!'; "
        "UPDATE articles SET title = substr(title, 1, length(title) - 1)")  # fmt: skip


AUCKLAND = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
HONOLULU = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Honolulu", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize(
    ("meanwhile", "env"),
    [
        pytest.param((written_anew, vacuumed), HONOLULU, id="written anew"),
        pytest.param((jobs_went_on, left_in_the_log), AUCKLAND, id="not yet in the file"),
    ],
)
def test_the_same_data_give_the_same_bytes_in_every_process_and_place(
    bundle: Path, database: Path, tmp_path: Path, meanwhile: Sequence[Callable[[Path], None]], env: dict[str, str]
) -> None:
    moved = copy(database, tmp_path / "another name.db")
    for rewrite in meanwhile:
        rewrite(moved)
    done = command("--config", database.parent / "feeds.yaml", "--db", moved, "release", "--folder", tmp_path, **env)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / bundle.name) == contents(bundle)


def test_the_same_data_again_are_no_new_release(config: Config, database: Path, bundle: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in bundle.iterdir()}
    again = make(config, database, folder=bundle.parent)
    assert (again.made, again.path) == (False, bundle)
    assert again.fingerprint == digest(bundle / SUMS)
    assert {path: path.stat().st_mtime_ns for path in bundle.iterdir()} == before
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]


def test_other_data_of_the_same_day_are_another_release_and_leave_the_first(
    config: Config, database: Path, bundle: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundle, tmp_path / "out" / bundle.name)
    changed = copy(database, tmp_path / "tracker.db")
    change(changed, "UPDATE articles SET title = 'Another headline' WHERE id = 1")
    second = make(config, changed, folder=tmp_path / "out")
    assert (second.made, second.path.name) == (True, f"{bundle.name}.2")
    assert make(config, changed, folder=tmp_path / "out") == replace(second, made=False)
    assert make(config, database, folder=tmp_path / "out").path.name == bundle.name
    assert contents(tmp_path / "out" / bundle.name) == contents(bundle)
    assert verify(second.path).problems == []
    alone = make(config, changed, folder=tmp_path / "elsewhere", version=second.path.name)
    assert contents(alone.path) == contents(second.path)
    with pytest.raises(TrackerError, match="never changed"):
        make(config, changed, folder=tmp_path / "out", version=bundle.name)


# ---- what is in it


def test_nothing_that_is_private_is_in_any_file(bundle: Path) -> None:
    for name, content in contents(bundle).items():
        assert SECRET.encode() not in content, name


def test_the_snapshot_has_what_the_site_shows_and_nothing_else(bundle: Path) -> None:
    with snapshot(bundle / "coverage.db") as db:
        there = {row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        assert there == set(PUBLISHED)
        assert not there & {*CLOSED, "job_runs"}
        for name in PUBLISHED:
            list(db.query(f"SELECT * FROM {name} LIMIT 5"))
        (header,) = db.query("SELECT count(*) AS n FROM versions WHERE valid_to IS NULL")
        (articles,) = db.query("SELECT count(*) AS n FROM articles")
        assert header == articles
        assert list(db.query("PRAGMA foreign_key_check")) == []
        assert next(db.query("PRAGMA journal_mode"))["journal_mode"] == "delete"
    assert {path.name for path in bundle.iterdir()} == set(FILES), "reading leaves nothing behind"


@pytest.mark.parametrize("table", [name for name in PUBLISHED if name != "attention"])  # that has seven million
def test_the_snapshot_has_all_rows_of_a_table(bundle: Path, database: Path, table: str) -> None:
    with snapshot(bundle / "coverage.db") as db:
        kept = list(db.query(f"SELECT * FROM {table}"))
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
    connection.close()
    if table == "feeds":
        rows = [row | {"etag": None, "last_modified": None, "body_sha256": None} for row in rows]
    assert sorted(map(repr, kept)) == sorted(map(repr, rows))


async def test_datasette_opens_it_as_it_is(bundle: Path) -> None:
    site = Datasette([], immutables=[str(bundle / "coverage.db")])
    for name in PUBLISHED:
        if name not in {"attention", "continuity"}:  # they take longer than it lets anything take
            answer = await site.client.get(f"/coverage/{name}.json?_size=3&_nocount=1&_nofacet=1")
            assert answer.status_code == 200, (name, answer.text)
    page = await site.client.get("/coverage/tag_quality")
    assert page.status_code == 200
    for database in site.databases.values():
        database.close()


def test_the_citation_is_of_the_format_and_keeps_every_character(bundle: Path) -> None:
    said = yaml.safe_load((bundle / "CITATION.cff").read_text())
    assert said["cff-version"] == "1.2.0"
    assert said["title"] == 'Coverage: "encryption" & children # 1'
    assert (said["version"], said["date-released"]) == ("2026-04-07", "2026-04-07")
    assert said["authors"] == [
        {"name": "The Example Observatory"},
        {"family-names": "Ampère", "given-names": "Zoë", "orcid": "https://orcid.org/0000-0002-1825-0097"},
    ]
    assert (said["type"], said["license"], said["url"]) == ("dataset", "CC-BY-4.0", "https://www.example.org/coverage")
    assert said["identifiers"][0]["value"] == f"sha256:{digest(bundle / 'coverage.db')}"


def test_the_crate_names_every_file_with_its_size_and_sum_and_who_made_it(bundle: Path) -> None:
    document = json.loads((bundle / "ro-crate-metadata.json").read_text())
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    things = {thing["@id"]: thing for thing in document["@graph"]}
    assert things["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    whole = things["./"]
    assert whole["@type"] == "Dataset"
    assert whole["datePublished"] == "2026-04-07"
    assert things[whole["license"]["@id"]]["name"] == "CC-BY-4.0"
    assert [things[author["@id"]]["name"] for author in whole["author"]] == ["The Example Observatory", "Zoë Ampère"]
    parts = [part["@id"] for part in whole["hasPart"]]
    assert set(parts) == set(FILES) - {"ro-crate-metadata.json", SUMS}
    for name in parts:
        assert things[name]["sha256"] == digest(bundle / name)
        assert things[name]["contentSize"] == str((bundle / name).stat().st_size)


def test_the_croissant_names_every_file_and_the_columns_of_the_exports(bundle: Path) -> None:
    said = json.loads((bundle / "croissant.json").read_text())
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert said["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    files = {file["@id"]: file for file in said["distribution"]}
    assert set(files) == set(FILES) - {"croissant.json", "ro-crate-metadata.json", SUMS}
    assert all(file["sha256"] == digest(bundle / name) for name, file in files.items())
    for table in said["recordSet"]:
        header = (bundle / f"{table['name']}.csv").read_text().partition("\n")[0].strip().split(",")
        assert [field["source"]["extract"]["column"] for field in table["field"]] == header
    types = {field["@id"]: field["dataType"] for table in said["recordSet"] for field in table["field"]}
    assert (types["coverage/published_at"], types["coverage/title"]) == ("sc:DateTime", "sc:Text")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_the_makers_of_croissant_find_no_error(bundle: Path) -> None:
    assert not mlcroissant.Dataset(jsonld=bundle / "croissant.json").metadata.ctx.issues.errors


def test_without_authors_the_contact_is_cited(config: Config, database: Path, tmp_path: Path) -> None:
    plain = replace(config, release=config.release.model_copy(update={"authors": (), "licence": None, "url": None}))
    made = make(plain, database, folder=tmp_path).path
    said = yaml.safe_load((made / "CITATION.cff").read_text())
    assert said["authors"] == [{"name": "The tracker of desk@example.org"}]
    assert "license" not in said
    assert "No licence is stated" in (made / "README.md").read_text()


def test_the_readme_says_what_people_must_know(bundle: Path) -> None:
    text = (bundle / "README.md").read_text()
    rules = digest(bundle / "rulebook.json")[:16]
    for said in (
        "420 articles from 17 sources",
        f"`{rules}`",
        "Europe/London",
        "CC-BY-4.0",
        "desk@example.org",
        *FILES,
    ):
        assert said in text, said


def test_the_gaps_are_reported_by_month(bundle: Path) -> None:
    text = (bundle / "GAPS.md").read_text()
    assert "| 2024-09 | 17 | 94.11% | 1 | 720 |" in text
    assert "The Liffey Post" in text.partition("## Still open")[2]


def test_days_that_are_not_counted_yet_are_reported(config: Config, database: Path, tmp_path: Path) -> None:
    behind = copy(database, tmp_path / "tracker.db")
    change(behind, "INSERT INTO stale_days (day) VALUES ('2026-04-07')")
    made = make(config, behind, folder=tmp_path / "out").path
    assert "1 day had yet to be recounted" in (made / "README.md").read_text()


def test_articles_that_other_rules_tagged_are_reported(config: Config, database: Path, tmp_path: Path) -> None:
    mixed = copy(database, tmp_path / "tracker.db")
    change(mixed, "INSERT INTO rulebooks VALUES ('0123456789abcdef', '2018-01-01T00:00:00Z', 'old'); "
        "UPDATE articles SET rulebook = '0123456789abcdef' WHERE id < 4")  # fmt: skip
    made = make(config, mixed, folder=tmp_path / "out").path
    assert "3 articles by `0123456789abcdef`" in (made / "README.md").read_text()
    assert verify(made).problems == []


# ---- when there can be none


def test_an_empty_database_is_no_release(config: Config, tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="nothing to release yet"):
        make(config, tmp_path / "new.db", folder=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_other_rules_than_those_of_the_tags_are_no_codebook(config: Config, database: Path, tmp_path: Path) -> None:
    other = copy(database, tmp_path / "tracker.db")
    change(other, "INSERT INTO rulebooks (hash, applied_at, text) VALUES ('f00', '2027-01-01T00:00:00Z', 'x')")
    with pytest.raises(TrackerError, match="tracker retag"):
        make(config, other, folder=tmp_path / "out")


@pytest.mark.parametrize("name", ["../up", "", ".hidden", "a/b", "x" * 81])
def test_a_version_that_is_no_name_of_a_folder_is_refused(database: Path, tmp_path: Path, name: str) -> None:
    given = ["--config", str(database.parent / "feeds.yaml"), "--db", str(database), "release", "--folder"]
    done = CliRunner().invoke(main, [*given, str(tmp_path), "--version", name])
    assert (done.exit_code, "is not a valid version" in done.output) == (2, True), done.output


def test_a_release_killed_in_the_middle_is_not_there_and_hinders_no_other(bundle: Path, tmp_path: Path) -> None:
    files = ["--config", bundle.parent.parent / "feeds.yaml", "--db", bundle.parent.parent / "tracker.db"]
    for last in ("copying the database", "writing stories.csv", "writing GAPS.md"):
        process = start_command(*files, "release", "--folder", tmp_path / "out", cwd=tmp_path, env=os.environ)
        assert process.stderr is not None
        while last not in process.stderr.readline():
            pass
        process.kill()
        process.communicate()
        assert {path.name for path in (tmp_path / "out").iterdir()} <= {".release.part"}
    assert command(*files, "release", "--folder", tmp_path / "out").returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [bundle.name]
    assert contents(tmp_path / "out" / bundle.name) == contents(bundle)


def test_a_release_made_while_polls_are_written_holds_each_of_them_whole_or_not_at_all(
    config: Config, database: Path, tmp_path: Path
) -> None:
    busy = copy(database, tmp_path / "tracker.db")
    change(busy, "PRAGMA journal_mode = wal")
    enough, begun = threading.Event(), threading.Event()

    def poll() -> None:
        db = sqlite3.connect(busy, isolation_level=None, timeout=30)
        number = 10_000
        while not enough.is_set():
            number += 1
            db.execute("BEGIN IMMEDIATE")
            at = utc_text(datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=number))
            db.execute("INSERT INTO articles (id, canonical_url, url, source, title, date_quality, first_seen_at, "
                "last_seen_at) SELECT ?1, 'u' || ?1, 'u', id, 'T', 'absent', ?2, ?2 FROM sources LIMIT 1",
                (number, at))  # fmt: skip
            db.execute("INSERT INTO polls (id, feed, started_at, outcome, new) VALUES (?, 1, ?, 'ok', 1)", (number, at))
            db.execute("COMMIT")
            begun.set()
        db.close()

    writer = threading.Thread(target=poll)
    writer.start()
    begun.wait()
    try:
        seen = []
        for turn in range(3):
            take_snapshot(busy, tmp_path / f"{turn}.db", PUBLISHED)
            with snapshot(tmp_path / f"{turn}.db") as db:
                query = "SELECT (SELECT max(id) FROM articles) AS a, (SELECT max(id) FROM polls) AS p"
                (numbers,) = db.query(query)
            assert numbers["a"] == numbers["p"]
            seen.append(numbers["a"])
        made = make(config, busy, folder=tmp_path / "out").path
    finally:
        enough.set()
        writer.join()
    assert seen[0] < seen[-1], "nothing was written meanwhile"
    assert verify(made).problems == []


# ---- what is wrong with it


def test_a_release_as_it_was_made_has_nothing_wrong_and_looking_changes_nothing(release: Path) -> None:
    before = contents(release)
    assert verify(release).problems == []
    assert contents(release) == before


def test_sha256sum_accepts_it(release: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", SUMS], cwd=release, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.count(": OK")) == (0, len(FILES) - 1), done.stderr


def test_a_stranger_with_the_bundle_alone_can_check_it(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    done = run.invoke(main, ["release", "--verify", "release"])
    assert done.exit_code == 0, done.output
    assert f"fingerprint {digest(release / SUMS)}" in done.output
    (release / "coverage.csv").unlink()
    done = run.invoke(main, ["release", "--verify", "release", "-q"])
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "release: coverage.csv is missing.",
        "this release has been changed or damaged: 1 problem",
    ]
    done = run.invoke(main, ["release", "--verify", "release", "--json"])
    assert done.exit_code == 1
    assert run.invoke(main, ["release", "--verify", "."]).exit_code == 2
    assert run.invoke(main, ["release", "--verify", "release", "--version", "x"]).exit_code == 2


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "link"])
def test_each_damage_to_each_file_is_found(release: Path, damage: str) -> None:
    damaged = [name for name in FILES if name != SUMS]
    for name in damaged:
        path = release / name
        content = path.read_bytes()
        if damage == "flip":
            middle = len(content) // 2
            path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        elif damage == "truncate":
            path.write_bytes(content[:-1])
        else:
            path.unlink()
        if damage == "link":
            (release.parent / name).write_bytes(content)
            path.symlink_to(release.parent / name)
    found = verify(release).problems
    assert [name for name in damaged if not any(problem.startswith(f"{name} ") for problem in found)] == []


def test_a_file_that_does_not_belong_there_is_found(release: Path) -> None:
    extra = (".hidden", "coverage.db-journal", "coverage.db-wal", "notes.txt")
    for name in extra:
        (release / name).write_text("x")
    expected = {f"{name} does not belong to the release: {SUMS} does not list it." for name in extra}
    assert set(verify(release).problems) == expected


@pytest.mark.parametrize("text", ["", "x", "\n\n", f"{'0' * 64}  ../../etc/passwd\n", f"{'0' * 64}  {SUMS}\n"])
def test_damaged_checksums_are_found(release: Path, text: str) -> None:
    (release / SUMS).write_text(text)
    assert verify(release).problems == [f"{SUMS} is damaged: some of its lines lack a checksum or a name."]


def drop_last_row(release: Path) -> None:
    path = release / "coverage.csv"
    path.write_bytes(b"\r\n".join(path.read_bytes().split(b"\r\n")[:-2]) + b"\r\n")


def other_number(release: Path) -> None:
    path = release / "days.csv"
    lines = path.read_bytes().split(b"\r\n")
    lines[5] = lines[5].replace(b",0,", b",7,", 1)
    path.write_bytes(b"\r\n".join(lines))


def other_rules(release: Path) -> None:
    path = release / "rulebook.json"
    path.write_text(path.read_text().replace("encrypt", "decrypt", 1))


def other_codebook(release: Path) -> None:
    path = release / "codebook.md"
    path.write_text(path.read_text().replace(digest(release / "rulebook.json")[:16], "0" * 16))


def other_title(release: Path) -> None:
    change(release / "coverage.db", "UPDATE articles SET title = 'Forged' WHERE id = 1")


def table_added(release: Path) -> None:
    change(release / "coverage.db", "CREATE TABLE deliveries (key TEXT)")


def view_dropped(release: Path) -> None:
    change(release / "coverage.db", "DROP VIEW coverage")


def validators_added(release: Path) -> None:
    change(release / "coverage.db", "UPDATE feeds SET etag = 'x'")


def no_articles(release: Path) -> None:
    change(release / "coverage.db", "DELETE FROM articles")


def no_database(release: Path) -> None:
    (release / "coverage.db").write_bytes(b"no database " * 1000)


def no_csv(release: Path) -> None:
    (release / "coverage.csv").unlink()


def page_damaged(release: Path) -> None:
    path = release / "coverage.db"
    content = bytearray(path.read_bytes())
    content[4096 * 20 : 4096 * 21] = b"\xff" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (drop_last_row, ["coverage.csv is not what coverage.db gives: it has 419 rows instead of 420"]),
        (other_number, ["days.csv is not what coverage.db gives: line 6 differs"]),
        (other_rules, ["rulebook.json is not the text that rulebook", "rulebook.json is not what coverage.db gives"]),
        (other_codebook, ["codebook.md does not name rulebook"]),
        (other_title, ["coverage.csv is not what coverage.db gives: line"]),
        (table_added, ["coverage.db holds deliveries, which is not published"]),
        (view_dropped, ["coverage.db has no table or view coverage"]),
        (validators_added, ["coverage.db has values in etag or last_modified or body_sha256 of feeds"]),
        (no_articles, ["coverage.db holds no articles"]),
        (no_database, ["coverage.db cannot be read"]),
        (no_csv, ["coverage.csv belongs in a release but is not listed in SHA256SUMS"]),
        (page_damaged, ["coverage.db "]),
    ],
)
def test_a_change_whose_checksums_were_made_anew_is_found(
    release: Path, forge: Callable[[Path], None], said: Sequence[str]
) -> None:
    forge(release)
    sign(release)
    found = verify(release).problems
    for part in said:
        assert any(part in problem for problem in found), found


def test_whoever_makes_it_all_anew_is_found_out_by_the_fingerprint(
    config: Config, database: Path, bundle: Path, tmp_path: Path
) -> None:
    forged = copy(database, tmp_path / "tracker.db")
    change(forged, "UPDATE articles SET title = 'Forged' WHERE id = 1")
    made = make(config, forged, folder=tmp_path / "out").path
    assert verify(made).problems == []
    assert verify(made).fingerprint != verify(bundle).fingerprint


def test_a_release_of_another_version_is_not_blamed_for_what_versions_write(release: Path) -> None:
    readme = release / "README.md"
    readme.write_text(re.sub(r"tracker [\d.]+ with", "tracker 0.0.9 with", readme.read_text()))
    sign(release)
    assert verify(release).problems == []
    drop_last_row(release)
    sign(release)
    rows, hint = verify(release).problems
    assert rows.startswith("coverage.csv is not")
    assert "verify with that version, too" in hint


# ---- the job and the configuration


def test_the_job_of_the_schedule_makes_one_and_says_so_in_a_line(
    config: Config, database: Path, tmp_path: Path
) -> None:
    there = replace(config, release=config.release.model_copy(update={"folder": tmp_path / "out"}))
    now = datetime(2030, 1, 1, tzinfo=UTC)
    assert JOBS["release"](there, database, now).startswith("release 2026-04-07: 420 articles, ")
    assert JOBS["release"](there, database, now) == "release 2026-04-07 already holds these data; nothing was written"


def test_json_says_where_it_is(database: Path, tmp_path: Path) -> None:
    given = ["--config", str(database.parent / "feeds.yaml"), "--db", str(database), "release", "--folder"]
    said = json.loads(CliRunner().invoke(main, [*given, str(tmp_path / "out"), "--json"]).output)
    assert (said["path"], said["made"], said["articles"]) == (str(tmp_path / "out" / "2026-04-07"), True, 420)


def test_what_feeds_yaml_says_of_releases_is_taken(config: Config) -> None:
    assert config.release.folder == Path("releases")
    assert config.release.authors == (
        Author(name="The Example Observatory"),
        Author(name="Ampère", given="Zoë", orcid="https://orcid.org/0000-0002-1825-0097"),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("licence: CC-BY", "unknown licence 'CC-BY'; did you mean 'CC-BY-4.0'?"),
        ("authors: [{name: X, orcid: 0000-0002-1825-0098}]", "is not an ORCID iD"),
        ("authors: [{given: X}]", "'name' is missing"),
        ("url: example.org", "is not a web address"),
        ("title: ''", "title"),
        ("autors: [X]", "did you mean 'authors'?"),
    ],
)
def test_a_mistake_in_it_is_named_with_its_place(line: str, said: str) -> None:
    text = FEEDS.partition("release:")[0] + f"release:\n  {line}\n"
    with pytest.raises(ConfigError) as caught:
        load_text(text, "feeds.yaml")
    (mistake,) = caught.value.mistakes
    assert said in str(mistake)
    assert str(mistake).startswith("feeds.yaml:4:")


def test_every_derived_file_is_described() -> None:
    assert {*DERIVED} < {*FILES}
