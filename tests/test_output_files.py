"""Commands that write files: what they may write over, who may read it, and what of a name cannot be meant."""

import csv
import gzip
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from tests.test_cli import ARTICLES, Desk, Done, environment
from tracker.cli.main import main
from tracker.publish.coding_sheet import COLUMNS
from tracker.publish.exports.presets import PRESETS
from tracker.store import texts
from tracker.store.database import opened

COVERAGE = [column.name for column in PRESETS["coverage"].columns]
FOREIGN = "somebody else's work\n"


class Here(Desk):
    """A desk in this process, which takes a tenth of the time that one of its own takes to begin."""

    def run(self, *arguments: str | Path, stdin: bytes = b"", code: int | None = 0, **env: str) -> Done:
        """Run the command; it must exit with this code, and not by a fault of the program."""
        files = ["--config", str(self.config), "--db", str(self.db)]
        done = CliRunner().invoke(main, [*files, *map(str, arguments)], input=stdin, env=env)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == code, (done.exit_code, done.output)
        return Done(done.exit_code, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("filled"))
    made.feeds(one="https://one.example/rss", two="https://two.example/rss")
    made.run("import", made.write("articles.jsonl", *ARTICLES))
    return made


@pytest.fixture
def desk(filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shutil.copytree(filled.folder, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return Here(tmp_path / "copy")


WRITERS = {
    "export": ("export", "x.csv"),
    "export of JSON lines": ("export", "x.jsonl"),
    "a packed export": ("export", "x.csv.gz"),
    "an export of another kind": ("export", "--preset", "health", "x.csv"),
    "a folder": ("export", "--preset", "gaps", "./"),
    "feeds export": ("feeds", "export", "x.opml"),
}
TARGETS = {"a folder": "gaps.csv"}
CASES = [pytest.param(command, TARGETS.get(name, command[-1]), id=name) for name, command in WRITERS.items()]


@pytest.mark.parametrize(("command", "name"), CASES)
def test_only_files_that_the_command_wrote_are_written_over(desk: Desk, command: tuple[str, ...], name: str) -> None:
    file = desk.folder / name
    file.write_bytes(b"")
    desk.run(*command)
    first = file.read_bytes()
    assert first, "an empty file holds nothing that could be lost"
    desk.run("import", desk.write("more.jsonl", ARTICLES[0] | {"url": "https://one.example/3"}))
    desk.run(*command)
    file.write_text(FOREIGN)
    refused = desk.run(*command, code=1)
    assert f"{name} already exists and was not written by this command" in refused.err
    assert file.read_text() == FOREIGN
    desk.run(*command, "--force")
    assert file.read_bytes()[:8] == first[:8]


@pytest.mark.parametrize("command", [("export",), ("feeds", "export"), ("sample", "--tag", "encryption")])
@pytest.mark.parametrize("name", ["feeds.yaml", "db/tracker.db", "settings", "hard"])
def test_the_configuration_and_the_database_are_never_written_over(
    desk: Desk, command: tuple[str, ...], name: str
) -> None:
    (desk.folder / "settings").symlink_to("feeds.yaml")
    (desk.folder / "hard").hardlink_to(desk.db)
    before = desk.config.read_bytes(), desk.db.stat().st_ino
    refused = desk.run(*command, "--force", name, code=2)
    assert "is never overwritten; name another file" in refused.err
    assert (desk.config.read_bytes(), desk.db.stat().st_ino) == before
    assert (desk.folder / "settings").is_symlink()


@pytest.mark.parametrize(
    "content",
    [
        "id,title,url\r\n1,a,https://x.example/\r\n",
        ",".join([*COVERAGE, "my notes"]) + "\r\n",
        ",".join(COLUMNS) + "\r\n",
        '{"id": 1, "title": "a"}\n',
        "[1, 2]\n",
        "\ufeff",
    ],
    ids=["a table", "notes in a column of its own", "a sample", "other objects", "JSON", "a mark alone"],
)
def test_what_only_looks_like_an_export_is_spared(desk: Desk, content: str) -> None:
    file = desk.write("x.csv")
    file.write_text(content, encoding="utf-8", newline="")
    desk.run("export", file, code=1)
    assert file.read_bytes() == content.encode()


def test_an_export_of_a_version_with_fewer_columns_is_replaced(desk: Desk) -> None:
    file = desk.write("x.csv", ",".join(COVERAGE[:-3]))
    desk.run("export", file)
    assert file.read_text().startswith(",".join(COVERAGE))


def test_a_link_stays_one_and_what_it_leads_to_is_written(desk: Desk) -> None:
    (desk.folder / "elsewhere").mkdir()
    link = desk.folder / "latest.csv"
    link.symlink_to("elsewhere/coverage.csv")
    for _ in range(2):
        desk.run("export", link)
    assert link.is_symlink()
    assert (desk.folder / "elsewhere" / "coverage.csv").read_text().startswith("id,")


def test_standard_output_is_written_to_whatever_it_is_called_and_wherever_it_leads(desk: Desk) -> None:
    said = desk.run("export", "-").out
    for name in ("/dev/stdout", "/dev/fd/1"):
        with (desk.folder / "log.csv").open("w") as log:
            log.write("before\n")
            log.flush()
            command = [sys.executable, "-m", "tracker", "--db", str(desk.db), "export", "--quiet", name]
            subprocess.run(command, stdout=log, env=environment(), check=True)
        assert (desk.folder / "log.csv").read_text() == "before\n" + said.replace("\r\n", "\n")
    assert Path("/dev/stdout").is_symlink()


def test_a_sample_with_answers_is_only_replaced_when_that_is_asked_for(desk: Desk) -> None:
    sample = ("sample", "--tag", "encryption", "x.csv")
    desk.run(*sample)
    assert "may contain answers" in desk.run(*sample, code=2).err
    desk.run(*sample, "--force")


def test_the_job_spares_what_it_did_not_write(desk: Desk) -> None:
    with desk.config.open("a") as config:
        config.write("exports: [{folder: ../out, presets: [coverage]}]\ndigest: {file: digests}\n")
    desk.run("jobs", "run", "export")
    for folder, name, job in (("out", "coverage.csv", "export"), ("db/digests", "digest.atom", "digest")):
        (desk.folder / folder).mkdir(exist_ok=True)
        file = desk.folder / folder / name
        file.write_text(FOREIGN)
        desk.run("jobs", "run", job, code=1)
        assert "already exists and was not written" in desk.run("jobs", "list").out
        assert file.read_text() == FOREIGN


# ---- where to


@pytest.mark.parametrize(
    "command",
    [
        ("export", "typo/x.csv"),
        ("export", "typo/all/"),
        ("feeds", "export", "typo/x.opml"),
        ("sample", "--tag", "encryption", "typo/x.csv"),
        ("backup", "typo/x.db"),
        ("backup", "typo/backups"),
        ("release", "--folder", "typo/releases"),
    ],
    ids=" ".join,
)
def test_a_folder_that_is_not_there_is_reported_and_not_made(desk: Desk, command: tuple[str, ...]) -> None:
    done = desk.run(*command, code=1)
    assert "there is no folder" in done.err
    assert "typo" in done.err
    assert not (desk.folder / "typo").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("export", "x.ods"), "exports can be .csv, .jsonl, .parquet, .xlsx, not ODS"),
        (("export", "--format", "csv", "x.ods"), "not ODS"),
        (("export", "x.json"), "not JSON"),
        (("export", "x.csv.zip"), "not ZIP"),
        (("export", "--format", "jsonl", "x.csv"), "has the extension of csv, but the format is jsonl"),
        (("export", "--format", "csv", "x.ndjson.gz"), "has the extension of jsonl, but the format is csv"),
        (("export", "--gzip", "x.csv"), "--gzip would compress x.csv; name it x.csv.gz"),
        (
            ("export", "--since", "2025-02-02", "--until", "2025-02-01"),
            "2025-02-02 is after 2025-02-01",
        ),
        (
            ("export", "--relevance", "none", "--tag", "encryption", "x.csv"),
            "relevance none can have the tag encryption",
        ),
        (("export", "--relevance", "encryption", "--tag", "child-safety", "x.csv"), "can have the tag child-safety"),
        (("export", "--source", "", "x.csv"), "there is no source ''"),
        (("digest", "--status", "--send"), "--status covers every digest sent"),
        (("export", "--append", "--force", "x.csv"), "use one or the other"),
        (("feeds", "export", "feeds.csv"), "would contain OPML; name it feeds.opml"),
        (("sample", "--tag", "encryption", "x.xlsx"), "would contain CSV; give it a name that ends in .csv"),
        (("sample", "--tag", "encryption", "x.jsonl"), "would contain CSV; give it a name that ends in .csv"),
    ],
    ids=str,
)
def test_a_name_or_a_filter_that_cannot_be_meant_is_a_usage_error(
    desk: Desk, command: tuple[str, ...], said: str
) -> None:
    before = set(desk.folder.iterdir())
    assert said in desk.run(*command, code=2).err
    assert set(desk.folder.iterdir()) == before


# ---- who may read it


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_what_is_not_published_is_made_for_its_owner_or_group_and_what_is_for_all(desk: Desk) -> None:
    shutil.rmtree(desk.folder / "db")
    with desk.config.open("a") as config:
        config.write("exports: [{folder: own}, {folder: www, published: true}]\ndigest: {file: digests}\n")
    old = os.umask(0o022)
    try:
        desk.run("import", "articles.jsonl")
        desk.run("backup")
        desk.run("export", "x.csv")
        desk.run("feeds", "export", "x.opml")
        desk.run("jobs", "run", "export", "digest")
        desk.run("release")
    finally:
        os.umask(old)
    db = desk.folder / "db"
    assert mode(desk.db) == "600"
    assert {mode(lock) for lock in db.glob("*.lock")} == {"600"}
    assert {mode(file) for file in (db / "backups").iterdir()} == {"600"}
    private = [desk.folder / "x.csv", desk.folder / "x.opml", *(db / "own").iterdir()]
    assert {mode(file) for file in private} == {"640"}
    released = next((db / "releases").glob("2*"))
    public = [*(db / "www").iterdir(), *(db / "digests").iterdir(), *released.iterdir()]
    assert {mode(file) for file in public} == {"644"}
    assert mode(released) == "755"


def test_what_sqlite_puts_beside_the_database_is_as_private(tmp_path: Path) -> None:
    with opened(tmp_path / "t.db") as db:
        db.execute("CREATE TABLE t (x)")
        assert {mode(path) for path in tmp_path.iterdir()} == {"600"}
        assert {path.name for path in tmp_path.iterdir()} >= {"t.db", "t.db-wal", "t.db-shm"}


def test_a_file_that_is_there_keeps_the_mode_it_was_given(desk: Desk) -> None:
    file = desk.folder / "x.csv"
    desk.run("export", file)
    file.chmod(0o664)
    desk.run("export", "--tag", "encryption", file)
    assert mode(file) == "664"


# ---- files that other programs touched


def as_csv(rows: list[list[str]], **how: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)  # type: ignore[arg-type]  # names of its options
    return out.getvalue().encode()


def ids(content: bytes) -> list[str]:
    return [row["id"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


Touch = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "touched",
    [
        lambda content: content.rstrip(b"\r\n"),
        lambda content: content.replace(b"\r\n", b"\n"),
        lambda content: content.replace(b"\r\n", b"\n").rstrip(b"\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content + b"\r\n\r\n",
        lambda content: content[: content.index(b"\r\n")],
        lambda content: as_csv(list(csv.reader(io.StringIO(content.decode(), newline=""))), quoting=csv.QUOTE_ALL),
    ],
    ids=["no last end", "LF", "LF and no last end", "a mark", "blank lines", "only the head", "all quoted"],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_csv_grows_by_rows_of_their_own_however_an_editor_left_it(desk: Desk, touched: Touch, packed: bool) -> None:
    file = desk.folder / ("x.csv.gz" if packed else "x.csv")
    desk.run("export", file)
    content = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
    left = touched(content)
    file.write_bytes(gzip.compress(left) if packed else left)
    desk.run("import", desk.write("more.jsonl", ARTICLES[0] | {"url": "https://one.example/3"}))
    desk.run("export", "--append", file)
    grown = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
    assert grown.startswith(left), "what stood in it stays"
    assert sorted(ids(grown)) == ["1", "2", "3", "4"]
    assert (b"\r\n" in grown) == (b"\r\n" in left or left == touched(b"id\r\n") or b"\n" not in left)


@pytest.mark.parametrize(
    ("touched", "said"),
    [
        (lambda content: content.decode().encode("utf-16"), "it is UTF-16; save it as CSV UTF-8"),
        (lambda content: content.replace(b",", b";"), "its cells are separated by semicolons"),
        (lambda content: content.replace(b"id,published_at", b"published_at,id", 1), "in a different order"),
        (lambda content: content.replace(b"id,published_at", b"id", 1), "it has no published_at"),
        (lambda content: content.replace(b"id,", b"id,mine,", 1), "it also has 'mine'"),
        (lambda content: content[:-30], "cells instead of"),
        (lambda content: content.replace(b"\r\n1,", b"\r\n1.0,", 1), "invalid literal"),
    ],
    ids=["UTF-16", "semicolons", "order", "missing", "more", "cut off", "numbers"],
)
def test_a_csv_that_is_no_longer_the_export_is_left_alone_with_the_reason(
    desk: Desk, touched: Touch, said: str
) -> None:
    file = desk.folder / "x.csv"
    desk.run("export", file)
    left = touched(file.read_bytes())
    file.write_bytes(left)
    refused = desk.run("export", "--append", file, code=1)
    assert "cannot be appended to" in refused.err
    assert said in refused.err
    assert file.read_bytes() == left


def test_json_lines_grow_by_lines_of_their_own(desk: Desk) -> None:
    file = desk.folder / "x.jsonl"
    desk.run("export", file)
    left = b"\xef\xbb\xbf" + file.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n\r\n")
    file.write_bytes(left)
    desk.run("import", desk.write("more.jsonl", ARTICLES[0] | {"url": "https://one.example/3"}))
    desk.run("export", "--append", file)
    assert sorted(json.loads(line)["id"] for line in file.read_bytes()[3:].split(b"\n") if line.strip()) == [1, 2, 3, 4]
    for line in (b"[1]", b"7", b'{"id": 1}', b"{"):
        file.write_bytes(line)
        assert "cannot be appended to" in desk.run("export", "--append", file, code=1).err


def test_appending_to_an_empty_file_begins_it(desk: Desk) -> None:
    file = desk.write("x.csv")
    desk.run("export", "--append", file)
    assert ids(file.read_bytes()) == ["1", "2", "3"]


def test_articles_are_imported_with_a_mark_with_crlf_and_without_a_last_end(desk: Desk) -> None:
    lines = [json.dumps(ARTICLES[0] | {"url": f"https://one.example/{number}"}) for number in (11, 12)]
    file = desk.write("windows.jsonl")
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode())
    assert desk.run("import", "--json", file).json["new"] == 2


TEXT = "Police warned of encryption.\n\nThe minister “did not agree”; she had said so."


def rows(path: Path, articles: list[dict[str, Any]]) -> None:
    """Write articles as CSV, the semicolons of which part cells, or Parquet."""
    if path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(articles), path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(articles[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(articles)


@pytest.mark.parametrize("name", ["texts.csv", "texts.parquet"])
def test_tables_of_texts_are_imported_like_json_lines(desk: Desk, name: str) -> None:
    articles = [
        ARTICLES[0] | {"url": f"https://one.example/{number}", "text": TEXT, "published": f"2024-03-{number}T08:00:00Z"}
        for number in (21, 22)
    ]
    lines = desk.run("import", "--json", desk.write("texts.jsonl", *articles)).json
    rows(table := desk.write(name), articles)
    assert (lines["new"], desk.run("import", "--json", table).json["known"]) == (2, 2)
    changed = [article | {"title": f"Encryption: {number}"} for number, article in enumerate(articles)]
    rows(table, [*changed, articles[0] | {"url": "no address"}])
    done = desk.run("import", table, code=1)
    assert "0 new articles, 2 changed" in done.err
    assert '"url" is not a web address' in done.err
    with opened(desk.db) as db:
        found = [row["id"] for row in db.query("SELECT id FROM articles WHERE title LIKE 'Encryption: %'")]
        assert [*texts.bodies(db, found).values()] == [TEXT.replace("\n\n", "\n")] * 2


def test_dates_in_parquet_may_be_dates(desk: Desk) -> None:
    at = datetime(2024, 3, 1, 8, tzinfo=UTC)
    rows(table := desk.write("dates.parquet"), [ARTICLES[0] | {"url": "https://one.example/31", "published": at}])
    desk.run("import", table)
    with opened(desk.db) as db:
        found = db.query("SELECT published_at FROM articles WHERE url LIKE '%/31'")
        assert [row["published_at"] for row in found] == ["2024-03-01T08:00:00Z"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"link,title\n1,2\n", "has no column url, source; name the columns url, title, source"),
        ("x.csv", b"", "has no column url"),
        ("x.parquet", b"PAR1 and no more", "is not Parquet"),
    ],
    ids=["other columns", "nothing", "no Parquet"],
)
def test_a_table_of_something_else_is_one_sentence(desk: Desk, name: str, content: bytes, said: str) -> None:
    (file := desk.write(name)).write_bytes(content)
    done = desk.run("import", file, code=2)
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_rows_of_a_csv_that_cannot_be_read_are_reported_and_cost_nothing_but_themselves(desk: Desk) -> None:
    file = desk.write("x.csv")
    file.write_bytes(
        b"source,url,title\nOne,https://one.example/41,Caf\xe9\nOne,https://one.example/42,A,B\nOne\n"
        b'One,https://one.example/43,"Lines\nbreak"\n'
    )
    done = desk.run("import", file, code=1)
    assert [line.partition(": ")[0].rpartition(":")[2] for line in done.err.splitlines()[1:-1]] == ["2", "3", "4"]
    assert "1 new article" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"url": 1}\n'.encode("utf-16"), "is UTF-16; save it as UTF-8"),
        ('{"url": 1}\n'.encode("utf-16-le"), "is UTF-16; save it as UTF-8"),
        (gzip.compress(b'{"url": 1}\n', mtime=0), "is compressed; decompress it first"),
        (b"PK\x03\x04rest", "is compressed; decompress it first"),
        (b"url,title\n1,2\n", "contains CSV, not JSON Lines"),
        (b"settings: {pause: 5s}\nsources: []\n", "is not JSON Lines; write one object per line"),
        (b'[\n{"url": 1}\n]\n', "holds one JSON list; write one object a line"),
    ],
    ids=["UTF-16", "UTF-16 without a mark", "gzip", "xlsx or zip", "CSV", "feeds.yaml", "a list"],
)
def test_a_file_in_another_form_is_one_sentence_and_not_one_a_line(desk: Desk, content: bytes, said: str) -> None:
    file = desk.write("x.jsonl")
    file.write_bytes(content)
    done = desk.run("import", file, code=2)
    assert said in done.err
    assert len(done.err.splitlines()) == 1


# ---- what was mistyped


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        (("exprot",), "'export'"),
        (("codebook", "--tag", "encrypton"), "'encryption'"),
        (("feeds", "lst"), "'list'"),
        (("story", "shwo", "1"), "'show'"),
        (("export", "--sinc", "2025-01-01"), "'--since'"),
        (("export", "--preset", "covrage"), "'coverage'"),
        (("export", "--tag", "encryptoin"), "'encryption'"),
        (("export", "--source", "onne"), "'one'"),
        (("sample", "--tag", "encryptoin"), "'encryption'"),
        (("poll", "tow"), "'two'"),
        (("poll", "https://one.example/rs"), "'https://one.example/rss'"),
        (("jobs", "run", "exprot"), "'export'"),
        (("alerts", "test", "dsek"), "'desk'"),
        (("feeds", "remove", "tow"), "'two'"),
        (("feeds", "add", "https://x.example/rss", "--source", "tow"), "'two'"),
        (("feeds", "add", "https://x.example/rss", "--kind", "tehc"), "'tech'"),
        (("digest", "--format", "htlm"), "'html'"),
    ],
    ids=str,
)
def test_a_mistyped_name_is_answered_with_what_was_meant(desk: Desk, command: tuple[str, ...], meant: str) -> None:
    with desk.config.open("a") as config:
        config.write(
            "recipients: [{name: desk, mail: a@b.example}]\nmail: {server: 'smtp://x.example', from: a@b.example}\n"
        )
    said = desk.run(*command, code=2).err
    assert f"did you mean {meant}?" in said.lower(), said
