"""Folders of exports, files that grow, and what other programs make of them."""

import csv
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from click.testing import CliRunner
from lxml import etree

from tests import hostile_feeds
from tests.histories import configuration
from tracker.cli.main import main
from tracker.config.load import load_text
from tracker.config.model import Export
from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.jobs.registry import JOBS
from tracker.models import FileFormat, ListStyle
from tracker.publish.csv_cells import harmless, original
from tracker.publish.exports import files, queries
from tracker.publish.exports.files import Target, append, write_file, write_folder
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.store import counts
from tracker.store.database import Database, open_database, opened, transaction

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
ALL = list(PRESETS.values())
FORMS = [
    FileFormat(),
    FileFormat(packed=True),
    FileFormat("jsonl"),
    FileFormat("jsonl", packed=True),
    FileFormat("parquet"),
    FileFormat("xlsx"),
    FileFormat(excel=True),
    FileFormat(lists="text"),
]
NOW = hostile_feeds.NOW


def ending(form: FileFormat) -> str:
    return form.extension + (" for Excel" if form.excel else "") + (" of text" if form.lists == "text" else "")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which every text tries something, with counts of its days."""
    path = tmp_path_factory.mktemp("hostile") / "tracker.db"
    hostile_feeds.poll(path)
    hostile_feeds.overwrite(path)
    with opened(path) as db, transaction(db):
        db.execute("INSERT INTO gaps (feed, from_at, reason, bridged) VALUES (1, '2025-01-01T00:00:00Z', 'error', 0)")
        while counts.step(db, ZoneInfo("Europe/London"), NOW):
            pass
    return path


@pytest.fixture
def db(hostile: Path) -> Iterator[Database]:
    with closing(open_database(hostile)) as opened_:
        yield opened_


def read(path: Path) -> list[list[str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), strict=True))


def as_text(value: Any) -> str:
    return "" if value is None else str(value)


def stored(db: Database, name: str) -> list[list[str]]:
    """An export as the database has it."""
    return [[as_text(cell) for cell in row] for row in queries.rows(db, name, Filter())]


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "attention"])
def test_the_columns_of_an_export_are_those_that_are_documented(db: Database, name: str) -> None:
    assert queries.columns(db, name) == [column.name for column in PRESETS[name].columns]


@pytest.mark.parametrize("name", PRESETS)
def test_a_changed_column_needs_a_line_in_the_changelog(name: str) -> None:
    line = f"`{name}`, {len(PRESETS[name].columns)} columns ({PRESETS[name].fingerprint})"
    assert line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), (
        f"the columns of the export {name} changed: say so in CHANGELOG.md under Columns, with: {line}"
    )


def validated(folder: Path) -> dict[str, Any]:
    """What Frictionless says of a folder."""
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("form", [form for form in FORMS if form.name in {"csv", "jsonl"}], ids=ending)
def test_a_folder_says_of_each_file_what_it_holds_and_a_validator_agrees(
    db: Database, tmp_path: Path, form: FileFormat
) -> None:
    written = write_folder(db, ALL, Filter(), Target(tmp_path, form))
    assert [one.preset for one in written] == ALL
    assert sum(one.rows for one in written) > 500
    report = validated(tmp_path)
    assert report["valid"], report
    assert [task["name"] for task in report["tasks"]] == list(PRESETS)


def test_a_validator_finds_a_byte_that_was_changed(db: Database, tmp_path: Path) -> None:
    write_folder(db, ALL, Filter(), Target(tmp_path, FileFormat()))
    path = tmp_path / "health.csv"
    path.write_bytes(path.read_bytes().replace(b"once", b"Once", 1))
    assert not validated(tmp_path)["valid"]


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "attention"])
def test_what_is_read_back_is_what_is_stored(db: Database, tmp_path: Path, name: str) -> None:
    write_file(db, PRESETS[name], Filter(), Target(tmp_path / "x.csv", FileFormat()))
    head, *rows = read(tmp_path / "x.csv")
    assert head == queries.columns(db, name)
    assert [[original(cell) for cell in row] for row in rows] == stored(db, name)


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "attention"])
def test_duckdb_reads_every_form_without_options(db: Database, tmp_path: Path, name: str) -> None:
    """So does pandas, which the tests do not install: sqlite-utils would import it with every command."""
    preset, rows = PRESETS[name], list(queries.rows(db, name, Filter()))
    text = "title" if name == "stories" else "source"
    place = [column.name for column in preset.columns].index(text)
    for form in (FileFormat(), FileFormat(packed=True), FileFormat("jsonl"), FileFormat("parquet")):
        path = tmp_path / f"x{form.extension}"
        write_file(db, preset, Filter(), Target(path, form))
        found = duckdb.sql(f"SELECT * FROM '{path}'")
        assert found.columns == [column.name for column in preset.columns]
        cells = [row[place] for row in found.fetchall()]
        assert [original(cell) if form.name == "csv" else cell for cell in cells] == [row[place] for row in rows]


def test_parquet_has_the_types_that_the_columns_have(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_file(db, PRESETS["coverage"], Filter(), Target(path, FileFormat("parquet")))
    found = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')").fetchall())
    assert found["id"] == "BIGINT"
    assert found["tags"] == "VARCHAR[]"
    assert found["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert found["title"] == "VARCHAR"


def sheet(path: Path) -> list[list[tuple[str, str]]]:
    """The rows of a workbook's sheet: the type and text of each cell."""
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    cells = [[cell for cell in row if len(cell)] for row in root.iter("{*}row")]
    return [[(cell.get("t", "n"), "".join(cell.itertext())) for cell in row] for row in cells]


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_workbook_holds_every_row_and_runs_nothing(db: Database, tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.xlsx"
    count = write_file(db, PRESETS[name], Filter(), Target(path, FileFormat("xlsx")))
    head, *rows = sheet(path)
    assert len(rows) == count
    assert [text for _, text in head] == [column.name for column in files.columns(db, PRESETS[name], Filter())]
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_numbers_times_and_lists(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_file(db, PRESETS["coverage"], Filter(), Target(path, FileFormat("xlsx")))
    row = next(db.query("SELECT id, first_seen_at, tags FROM coverage WHERE json_array_length(tags) > 1"))
    found = next(cells for cells in sheet(path)[1:] if cells[0] == ("n", str(row["id"])))
    assert ("inlineStr", "; ".join(json.loads(row["tags"]))) in found
    days = (datetime.fromisoformat(row["first_seen_at"]) - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    assert any(kind == "n" and abs(float(text) - days) < 1e-6 for kind, text in found)


@pytest.mark.parametrize("form", FORMS, ids=ending)
def test_a_file_whose_content_is_the_same_is_not_written_anew(db: Database, tmp_path: Path, form: FileFormat) -> None:
    target = Target(tmp_path, form)
    files = [one.path for one in write_folder(db, ALL, Filter(), target)] + [tmp_path / "datapackage.json"]
    for path in files:
        os.utime(path, (1_000_000, 1_000_000))
    write_folder(db, ALL, Filter(), target)
    assert {path.stat().st_mtime for path in files} == {1_000_000}
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_excel_is_told_that_a_file_is_utf_8(db: Database, tmp_path: Path) -> None:
    write_file(db, PRESETS["coverage"], Filter(), Target(tmp_path / "x.csv", FileFormat(excel=True)))
    write_file(db, PRESETS["coverage"], Filter(), Target(tmp_path / "y.csv", FileFormat()))
    assert (tmp_path / "x.csv").read_bytes() == b"\xef\xbb\xbf" + (tmp_path / "y.csv").read_bytes()


def test_lists_are_json_or_as_a_spreadsheet_shows_them(db: Database, tmp_path: Path) -> None:
    tables = []
    for name, form in (("json", FileFormat()), ("text", FileFormat(lists="text"))):
        write_folder(db, [PRESETS["coverage"]], Filter(), Target(tmp_path / name, form))
        tables.append(read(tmp_path / name / "coverage.csv"))
    lists = {number for number, column in enumerate(PRESETS["coverage"].columns) if column.type == "array"}
    for row, other in zip(*(table[1:] for table in tables), strict=True):
        for number, (cell, shown) in enumerate(zip(row, other, strict=True)):
            assert shown == (harmless("; ".join(json.loads(cell))) if number in lists and cell else cell)
    assert any("; " in row[number] for row in tables[1][1:] for number in lists)
    package = json.loads((tmp_path / "text" / "datapackage.json").read_text(encoding="utf-8"))
    assert {field["type"] for field in package["resources"][0]["schema"]["fields"]} & {"array"} == set()
    assert "Lists are texts" in package["resources"][0]["description"]


@pytest.mark.parametrize(("first", "second"), [("json", "text"), ("text", "json")])
def test_a_file_does_not_grow_by_lists_of_another_style(
    growing: Path, tmp_path: Path, first: ListStyle, second: ListStyle
) -> None:
    path = tmp_path / "x.csv"
    with opened(growing) as db:
        append(db, PRESETS["coverage"], Filter(), Target(path, FileFormat(lists=first)))
        before = path.read_bytes()
        assert append(db, PRESETS["coverage"], Filter(), Target(path, FileFormat(lists=first))) == 0
        with pytest.raises(TrackerError, match="its lists are"):
            append(db, PRESETS["coverage"], Filter(), Target(path, FileFormat(lists=second)))
    assert path.read_bytes() == before


# What attention says


def days(db: Database, *rows: tuple[str, str, int, float | None], tagged: dict[tuple[str, str], int]) -> None:
    """Days of sources: how many articles, and how much was observed; and how many of them carry `encryption`."""
    with transaction(db):
        db.execute("DELETE FROM tag_days")
        db.execute("DELETE FROM source_days")
        for day, source, articles, observed in rows:
            db.execute(
                "INSERT INTO source_days (day, source, articles, observed) VALUES (?, ?, ?, ?)",
                [day, source, articles, observed],
            )
        for (day, source), number in tagged.items():
            db.execute("INSERT INTO tag_days VALUES ('encryption', ?, ?, ?)", [day, source, number])


@pytest.fixture
def counted(hostile: Path, tmp_path: Path) -> Iterator[Database]:
    """Days that were watched, half watched, hardly watched and not at all; on one of them nothing was published."""
    path = tmp_path / "counted.db"
    with closing(open_database(hostile)) as whole:
        whole.execute("VACUUM INTO ?", [str(path)])
    with opened(path) as db:
        days(
            db,
            ("2010-01-01", "once", 1, None),
            ("2025-03-01", "once", 10, 1.0),
            ("2025-03-01", "twice", 6, 0.5),
            ("2025-03-02", "once", 2, 0.2),
            ("2025-03-02", "twice", 2, 0.4),
            ("2025-03-04", "once", 0, 1.0),
            ("2025-03-05", "once", 4, 1.0),
            tagged={("2025-03-01", "once"): 2, ("2025-03-01", "twice"): 2, ("2025-03-02", "once"): 1},
        )
        yield db


def test_attention_is_a_row_a_day_in_which_unknown_is_empty_and_none_is_zero(counted: Database, tmp_path: Path) -> None:
    write_file(counted, PRESETS["attention"], Filter(tags=("encryption",)), Target(tmp_path / "x.csv", FileFormat()))
    assert read(tmp_path / "x.csv") == [
        ["day", "observed", "total", "encryption_matching", "encryption_ratio"],
        ["2025-03-01", "0.75", "16", "4", "0.25"],
        ["2025-03-02", "0.30000000000000004", "", "", ""],
        ["2025-03-03", "", "", "", ""],
        ["2025-03-04", "1.0", "0", "0", ""],
        ["2025-03-05", "1.0", "4", "0", "0.0"],
    ]


def test_attention_of_one_source_counts_only_that(counted: Database) -> None:
    wanted = Filter(source="once", since=date(2025, 3, 1), until=date(2025, 3, 2))
    assert list(queries.attention(counted, ["encryption"], wanted)) == [
        ("2025-03-01", 1.0, 10, 2, 0.2),
        ("2025-03-02", 0.2, None, None, None),
    ]


def test_attention_has_two_columns_for_each_tag_that_occurs(db: Database, tmp_path: Path) -> None:
    write_file(db, PRESETS["attention"], Filter(), Target(tmp_path / "x.csv", FileFormat()))
    tags = [row[0] for row in db.execute("SELECT DISTINCT tag FROM tag_days ORDER BY tag")]
    assert read(tmp_path / "x.csv")[0][3:] == [f"{tag}_{what}" for tag in tags for what in ("matching", "ratio")]
    assert "encryption" in tags


# Filters


def test_a_filter_that_means_nothing_to_an_export_is_refused_and_not_ignored(db: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--tag does not apply to health, which takes --source"):
        write_file(db, PRESETS["health"], Filter(tags=("encryption",)), Target(tmp_path / "x.csv", FileFormat()))
    with pytest.raises(UsageError, match="--relevance does not apply"):
        write_folder(db, [PRESETS["gaps"], PRESETS["health"]], Filter(relevance="any"), Target(tmp_path, FileFormat()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "wanted", "condition"),
    [
        ("stories", Filter(source="once"), "id IN (SELECT story FROM articles WHERE source = 'once')"),
        ("stories", Filter(relevance="none"), "id IN (SELECT story FROM articles WHERE relevance = 'none')"),
        ("stories", Filter(tags=("encryption",)),
            "id IN (SELECT story FROM articles JOIN article_tags ON article = id WHERE tag = 'encryption')"),
        ("revisions", Filter(source="plain"), "article IN (SELECT id FROM articles WHERE source = 'plain')"),
        ("revisions", Filter(tags=("encryption", "child-safety")),
            "article IN (SELECT article FROM article_tags WHERE tag IN ('encryption', 'child-safety'))"),
        ("health", Filter(source="once"), "source_id = 'once'"),
        ("coverage", Filter(relevance="any", source="atom"), "relevance <> 'none' AND source_id = 'atom'"),
    ],
)  # fmt: skip
def test_filters_mean_of_each_export_what_they_say(db: Database, name: str, wanted: Filter, condition: str) -> None:
    views = {"coverage": "coverage", "stories": "stories_view", "revisions": "revisions", "health": "feed_health"}
    ids = {row[0] for row in db.execute(f"SELECT id FROM {views[name]} WHERE {condition}")}
    assert {row[0] for row in queries.rows(db, name, wanted)} == ids
    assert ids or name == "stories"


# Files that grow


def more(path: Path, number: int) -> None:
    """Add this many articles: those of the database again under other addresses."""
    with opened(path) as db, transaction(db):
        db.execute(
            """INSERT INTO articles (canonical_url, url, source, title, summary, first_seen_at, last_seen_at,
            date_quality, relevance) SELECT 'https://more.example/' || (max.n + id), url, source, title, summary,
            first_seen_at, last_seen_at, date_quality, relevance FROM articles, (SELECT max(id) AS n FROM articles)
            AS max ORDER BY id LIMIT ?""",
            [number],
        )


@pytest.fixture
def growing(hostile: Path, tmp_path: Path) -> Path:
    path = tmp_path / "growing.db"
    with closing(open_database(hostile)) as whole:
        whole.execute("VACUUM INTO ?", [str(path)])
    return path


@pytest.mark.parametrize("form", FORMS[:4], ids=ending)
def test_a_file_grows_by_what_is_new_and_what_stood_in_it_stays(
    growing: Path, tmp_path: Path, form: FileFormat
) -> None:
    target = Target(tmp_path / f"x{form.extension}", form)
    with opened(growing) as db:
        first = append(db, PRESETS["coverage"], Filter(), target)
    before = target.path.read_bytes()
    more(growing, 7)
    with opened(growing) as db:
        db.execute("UPDATE articles SET title = 'Another headline' WHERE id = 1")
        assert append(db, PRESETS["coverage"], Filter(), target) == 7
        assert append(db, PRESETS["coverage"], Filter(), target) == 0
    assert target.path.read_bytes().startswith(before)
    assert "Another headline" not in gzip.decompress(target.path.read_bytes()).decode() if form.packed else True
    assert duckdb.sql(f"SELECT count(*) FROM '{target.path}'").fetchall() == [(first + 7,)]


def test_what_does_not_only_grow_cannot_be_appended_to(growing: Path, tmp_path: Path) -> None:
    with opened(growing) as db:
        for name, form in (
            ("stories", FileFormat()),
            ("gaps", FileFormat()),
            ("attention", FileFormat()),
            ("coverage", FileFormat("parquet")),
        ):
            with pytest.raises(UsageError, match="only coverage and revisions can be appended to"):
                append(db, PRESETS[name], Filter(), Target(tmp_path / "x", form))


@pytest.mark.parametrize(
    "content", [b"a,b\r\n1,2\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b'id,"'], ids=["other", "mark alone", "bytes", "torn"]
)
def test_a_file_with_other_columns_is_left_as_it_is(growing: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with opened(growing) as db, pytest.raises(TrackerError, match="cannot be appended to"):
        append(db, PRESETS["coverage"], Filter(), Target(path, FileFormat()))
    assert path.read_bytes() == content


# The command and the job


def run(*arguments: str, db: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--db", str(db), "export", *arguments])
    return done.exit_code, done.output


def test_the_name_of_a_file_says_its_form(hostile: Path, tmp_path: Path) -> None:
    for name in ("x.csv", "x.csv.gz", "x.jsonl", "x.ndjson.gz", "x.parquet"):
        assert run("--preset", "stories", str(tmp_path / name), db=hostile)[0] == 0
    assert (tmp_path / "x.csv").read_bytes() == gzip.decompress((tmp_path / "x.csv.gz").read_bytes())
    assert (tmp_path / "x.jsonl").read_bytes() == gzip.decompress((tmp_path / "x.ndjson.gz").read_bytes())
    assert (tmp_path / "x.parquet").read_bytes().startswith(b"PAR1")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_gets_all_exports_or_those_that_are_named(hostile: Path, tmp_path: Path) -> None:
    assert run(f"{tmp_path}/all/", db=hostile)[0] == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {f"{name}.csv" for name in PRESETS} | {
        "datapackage.json"
    }
    assert run("--preset", "gaps", "--preset", "health", "--gzip", str(tmp_path / "some") + "/", db=hostile)[0] == 0
    assert names(tmp_path / "some") == {"gaps.csv.gz", "health.csv.gz", "datapackage.json"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "gaps", "--preset", "health", "x.csv"], "a file can hold only one preset; for 2, name a folder"),
        (["--append", "-"], "--append needs the name of a file"),
        (["--gzip", "x.parquet"], "parquet files are already compressed"),
        (["--lists", "text", "x.jsonl"], "jsonl has real lists"),
        (["--excel", "x.jsonl"], "excel applies only to CSV"),
        (["--as-of", "2025-01-01", "--preset", "health", "x.csv"], "--as-of works only for coverage and revisions"),
        (["--tag", "nothing", "x.csv"], "there is no tag 'nothing'"),
        (["--preset", "health", "--since", "2025-01-01", "x.csv"], "--since does not apply to health"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_that_says_why(hostile: Path, arguments: list[str], said: str) -> None:
    code, output = run(*arguments, db=hostile)
    assert (code, said in output) == (2, True), output
    assert "Traceback" not in output


def test_a_database_is_not_written_over(growing: Path) -> None:
    with opened(growing) as db:
        before = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    other = growing.with_name("other.csv")
    shutil.copy(growing, other)
    for file, code, sentence in ((growing, 2, "is the database"), (other, 1, "is a database")):
        ended, said = run("--force", str(file), db=growing)
        assert (ended, f"{sentence} and is never overwritten" in said) == (code, True), said
    assert other.read_bytes().startswith(b"SQLite format 3")
    with opened(growing) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == before


def test_the_job_writes_what_feeds_yaml_asks_for(growing: Path, tmp_path: Path) -> None:
    exports = (
        Export(folder=str(tmp_path / "a"), presets=("coverage", "health"), relevance="any", days=2),
        Export(folder=str(tmp_path / "b"), format="jsonl", gzip=True, presets=("gaps",)),
    )
    config = replace(configuration(""), exports=exports)
    assert JOBS["export"](config, growing, NOW).startswith("3 files, ")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"coverage.csv", "health.csv", "datapackage.json"}
    assert {row[6] for row in read(tmp_path / "a" / "coverage.csv")[1:]} <= {"both", "encryption", "child-safety"}
    wrong = replace(config, exports=(Export(folder="c", tags=("nosuch",)),))
    with pytest.raises(TrackerError, match="names an unknown tag 'nosuch'"):
        JOBS["export"](wrong, growing, NOW)
    with pytest.raises(TrackerError, match="no `exports:` section"):
        JOBS["export"](configuration(""), growing, NOW)


def test_a_mistake_in_exports_has_its_place(tmp_path: Path) -> None:
    text = """sources:
- {id: a, name: A, kind: tech, country: GB, language: en, feeds: [https://a.example/rss]}
exports:
- {folder: out, presets: [coverge]}
- {folder: out, format: parquet, gzip: true}
- {presets: [gaps]}
"""
    with pytest.raises(ConfigError) as raised:
        load_text(text, "feeds.yaml")
    said = [str(mistake) for mistake in raised.value.mistakes]
    assert [line.split(":")[1] for line in said] == ["4", "5", "6"]
    assert "did you mean 'coverage'" in said[0]
    assert "parquet files are already compressed" in said[1]
    assert "'folder' is missing" in said[2]


def test_a_killed_export_leaves_no_half_file_and_the_next_one_sweeps_up(growing: Path, tmp_path: Path) -> None:
    more(growing, 400)
    dice = random.Random(7)
    folder = tmp_path / "exports"
    command = [sys.executable, "-m", "tracker", "--db", str(growing), "export", "-q", "--force", f"{folder}/"]
    subprocess.run(command, check=True)
    good = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes() + b"earlier")
    torn = 0
    for _ in range(12):
        process = subprocess.Popen(command)
        time.sleep(dice.uniform(0.2, 0.9))  # the random moment
        process.send_signal(signal.SIGKILL)
        process.wait()
        torn += any(path.suffix == ".part" for path in folder.iterdir())
        for path in folder.iterdir():
            assert path.suffix == ".part" or path.read_bytes() in {good[path.name], good[path.name] + b"earlier"}
    subprocess.run(command, check=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == good
