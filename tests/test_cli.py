"""The command as people and cron call it: a process with arguments, files, exit codes and two streams."""

import asyncio
import csv
import io
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.forked_command import run_command
from tests.servers import Reply, Server
from tracker.cli.main import COMMANDS, main
from tracker.config.edit import Addition, adding
from tracker.config.load import load
from tracker.models import Feed, Source
from tracker.store.database import exclusive, opened, transaction

pytestmark = pytest.mark.slow

SOURCE = """\
  - id: {id}
    name: {name}
    kind: tech
    country: GB
    language: en
    feeds:
      - {url}
"""
HEAD = "settings: {contact: desk@example.org, allow_networks: [127.0.0.0/8], pause: 0s}\nsources:\n"
FEED = b"""<rss version="2.0"><channel><title>One</title>
<item><title>Ministers on encryption</title><link>https://one.example/1?utm_source=rss</link><guid>1</guid></item>
<item><title>Football</title><link>https://one.example/2</link><guid>2</guid></item></channel></rss>"""
CANNOT = "this feed cannot be polled"
ARTICLES = [
    {
        "url": "https://one.example/1?utm_campaign=x",
        "title": "Ministers on encryption",
        "source": "one",
        "published": "2025-06-30T23:30:00Z",
        "summary": "Schlüssel für Kinder",
    },
    {
        "url": "https://two.example/a",
        "title": "=1+1 and child abuse images",
        "source": "Новости 24",
        "published": "Mon, 30 Jun 2025 12:00:00 GMT",
    },
    {"url": "https://three.example/b", "title": "Fußball 🔒", "source": "Газета 24", "author": "A", "language": "de"},
]


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desk:
    """A folder with a feeds.yaml, in which commands are run."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "feeds.yaml"

    @property
    def db(self) -> Path:
        return self.folder / "db" / "tracker.db"

    def feeds(self, **urls: str) -> None:
        """Make feeds.yaml one of these sources, each with one feed."""
        sources = [SOURCE.format(id=name, name=name.title(), url=url) for name, url in urls.items()]
        self.config.write_text(HEAD + "".join(sources), encoding="utf-8")

    def write(self, name: str, *lines: object) -> Path:
        """A file of lines: texts and bytes as they are, anything else as JSON."""
        path = self.folder / name
        kept = [line if isinstance(line, str | bytes) else json.dumps(line, ensure_ascii=False) for line in lines]
        path.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in kept))
        return path

    def run(self, *arguments: str | Path, stdin: bytes = b"", code: int | None = 0, **env: str) -> Done:
        """Run the command; it must exit with this code, and never with a traceback."""
        done = run_command(*arguments, cwd=self.folder, env=environment(**self.env, **env), stdin=stdin, root=False)
        result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err, result.err
        assert code is None or result.code == code, (result.code, result.out, result.err)
        return result

    async def run_beside(self, *arguments: str | Path, code: int = 0) -> Done:
        """Run the command while a server in this process answers."""
        return await asyncio.to_thread(self.run, *arguments, code=code)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return {**kept, **more}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.feeds(one="https://one.example/rss", two="https://two.example/rss")
    return made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose database holds ARTICLES; tests that change it copy it first."""
    made = Desk(tmp_path_factory.mktemp("filled"))
    made.feeds(one="https://one.example/rss", two="https://two.example/rss")
    made.run("import", made.write("articles.jsonl", *ARTICLES))
    return made


@pytest.fixture
def copy(filled: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(filled.folder, tmp_path / "copy")
    return Desk(tmp_path / "copy")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback at which nobody listens and which nobody can take."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def dump(db: Path) -> list[str]:
    with opened(db) as database:
        return list(database.conn.iterdump())


# ---- help, and how the command is called

PAGES = [(), *((name,) for name in COMMANDS)]
PAGES += [("feeds", name) for name in ("list", "add", "remove", "find", "export", "import")]


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_help_names_all_options_and_ends_with_an_example(page: tuple[str, ...]) -> None:
    command: click.Command = main
    for name in page:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    shown = CliRunner().invoke(main, [*page, "--help"], prog_name="tracker")
    assert shown.exit_code == 0
    assert shown.output.rstrip().split("\n\n")[-1].strip().startswith("Example")
    assert " ".join(("tracker", *page)) in shown.output.rstrip().split("\n\n")[-1]
    for option in command.params:
        names = option.opts if isinstance(option, click.Option) else [option.make_metavar(click.Context(command))]
        assert all(name in shown.output for name in names)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = COMMANDS[name]()
    assert click.Command(None, help=COMMANDS[name].__doc__).get_short_help_str(200) == command.get_short_help_str(200)


def test_all_commands_of_feeds_are_checked_for_their_help() -> None:
    feeds = main.get_command(click.Context(main), "feeds")
    assert isinstance(feeds, click.Group)
    assert {("feeds", name) for name in feeds.commands} == {page for page in PAGES if len(page) == 2}


def test_the_installed_command_is_the_same() -> None:
    script = Path(sys.executable).with_name("tracker")
    shown = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, env=environment())
    assert shown.stdout.startswith("tracker, version 0.")


@pytest.mark.parametrize("arguments", [("pol",), ("export", "--since", "tomorrow")], ids=" ".join)
def test_a_command_line_that_means_nothing_ends_with_2(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert "Usage:" in desk.run(*arguments, code=2).err


@pytest.mark.parametrize(
    ("before", "after", "env", "used"),
    [
        pytest.param("", "", "c", "c", id="the environment"),
        pytest.param("a", "", "c", "a", id="before the command, over the environment"),
        pytest.param("", "b", "c", "b", id="after the command, over the environment"),
        pytest.param("a", "b", "c", "b", id="after the command, over what stands before it"),
    ],
)
def test_both_files_are_named_before_or_after_the_command_or_in_the_environment(
    desk: Desk, before: str, after: str, env: str, used: str
) -> None:
    def options(name: str) -> list[str]:
        return ["--config", f"{name}.yaml", "--db", f"{name}.db"] if name else []

    for name in "abc":
        desk.feeds(**{f"source-{name}": f"https://{name}.example/rss"})
        desk.config.rename(desk.folder / f"{name}.yaml")
    desk.feeds(**{"source-default": "https://default.example/rss"})
    desk.env = {"TRACKER_CONFIG": f"{env}.yaml", "TRACKER_DB": f"{env}.db"}
    desk.write("one.jsonl", ARTICLES[0])
    desk.run(*options(before), "import", "one.jsonl", *options(after))
    found = [path for path in (desk.db, *(desk.folder / f"{name}.db" for name in "abc")) if path.exists()]
    assert found == [desk.folder / f"{used}.db"]
    with opened(found[0]) as db:
        assert next(db.query("SELECT * FROM sources WHERE declared"))["id"] == f"source-{used}"


def test_options_reach_the_commands_of_feeds(desk: Desk) -> None:
    desk.config.rename(desk.folder / "mine.yaml")
    assert "two  " in desk.run("--config", "mine.yaml", "feeds", "list").out


# ---- check


def test_a_good_file_is_all_right(desk: Desk) -> None:
    assert desk.run("check").out.startswith("2 sources, 2 feeds, ")
    summary = desk.run("check", "--json").json
    assert (summary["sources"], summary["feeds"], summary["warnings"]) == (2, 2, [])
    assert summary["tags"] >= 60


def test_every_mistake_is_reported_at_once_with_its_place(desk: Desk) -> None:
    desk.config.write_text(
        desk.config.read_text().replace("country: GB", "country: Britain").replace("kind: tech", "kindd: tech")
    )
    done = desk.run("check", code=3)
    assert done.out == ""
    places = [line.split(": ", 1)[0] for line in done.err.splitlines()]
    assert places == [f"feeds.yaml:{line}" for line in ("3:5", "5:5", "6:14", "10:5", "12:5", "13:14")]
    assert desk.run("poll", code=3).err == done.err
    assert not desk.db.exists()


def test_the_example_contact_is_warned_of_unless_quiet(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace("desk@example.org", "https://example.org/tracker"))
    assert "publishers cannot reach you" in desk.run("check").err


# ---- tag


def test_texts_are_tagged_with_exact_evidence_and_bad_lines_are_named(tmp_path: Path) -> None:
    good: list[dict[str, Any]] = [
        {"id": 1, "title": "Ende der Verschlüsselung 🔒 für Kinder", "summary": "Chatkontrolle!", "language": "de"},
        {"id": "b", "title": "Cafe\u0301 owners 👩‍👩‍👧 fear e\u0301nd of end-to-end encryption", "summary": None},
        {"title": "Football"},
        {"id": "half \ud83d", "title": "Half a character \udd12 and end-to-end encryption"},
    ]
    bad = {
        2: "{",
        4: "[1]",
        5: '{"id": 5}',
        6: '{"title": 6}',
        7: '{"title": "x", "summary": 7}',
        9: b'{"title": "encryption \xff"}',
        10: "[" * 100_000,
        11: '{"title": "x", "id": ' + "9" * 10_000 + "}",
    }
    lines = {1: good[0], 3: good[1], 8: "  ", 12: good[2], 13: json.dumps(good[3]), **bad}
    desk = Desk(tmp_path)
    file = desk.write("texts.jsonl", *[lines[number] for number in sorted(lines)])
    content = b"\xef\xbb\xbf" + file.read_bytes()  # some editors put a byte order mark before the first line
    done = desk.run("tag", stdin=content, code=1, LC_ALL="C")

    told = done.err.splitlines()
    assert [int(line.split(":")[0].removeprefix("line ")) for line in told[:-1]] == list(bad)
    assert told[-1] == "8 lines could not be read"
    results = [json.loads(line) for line in done.out.splitlines()]
    assert [result["id"] for result in results] == [item.get("id") for item in good]
    assert [result["relevance"] for result in results] == ["both", "encryption", "none", "encryption"]
    for item, result in zip(good, results, strict=True):
        assert set(result) == {"id", "relevance", "tags", "scores", "evidence", "left_out", "near"}
        assert list(result["scores"]) == result["tags"]
        assert {evidence["tag"] for evidence in result["evidence"]} == set(result["tags"])
        for evidence in result["evidence"]:
            assert item[evidence["field"]][evidence["start"] : evidence["end"]] == evidence["words"]
    assert {evidence["words"] for evidence in results[0]["evidence"]} >= {"Verschlüsselung", "Chatkontrolle"}


def test_the_rules_of_feeds_yaml_count_where_there_is_one(desk: Desk) -> None:
    own = "tags: [{id: locks, facet: theme, label: Locks, terms: {en: [padlock]}, yes: [A padlock]}]\n"
    desk.config.write_text(desk.config.read_text() + own)
    file = desk.write("one.jsonl", {"id": 1, "title": "A padlock"})
    assert json.loads(desk.run("tag", file).out)["tags"] == ["locks"]
    desk.config.unlink()
    assert json.loads(desk.run("tag", file).out)["tags"] == []


# ---- import


def test_importing_stores_articles_once_and_under_their_sources(filled: Desk, copy: Desk) -> None:
    again = copy.run("import", "articles.jsonl", "--json").json
    assert again == {"new": 0, "updated": 0, "known": 3, "problems": []}
    with opened(copy.db) as db:
        stored = [(row["source"], row["source_id"]) for row in db.query("SELECT * FROM coverage ORDER BY id")]
        assert {name for name, _ in stored} == {"One", "Новости 24", "Газета 24"}
        assert len({source for _, source in stored}) == 3
        assert [row["declared"] for row in db.query("SELECT * FROM sources ORDER BY id")].count(1) == 2


def test_lines_that_cannot_be_used_are_named_and_the_others_stored(desk: Desk) -> None:
    file = desk.write("mixed.jsonl", "{", ARTICLES[0], "", {"url": "ftp://x/", "title": "t", "source": "s"}, ["x"])
    done = desk.run("import", file, code=1)
    told = done.err.splitlines()
    assert told[0] == "1 new article, 0 changed, 0 already known"
    assert [line.split(": ")[0] for line in told[1:4]] == [f"{file}:{number}" for number in (1, 4, 5)]
    assert told[4] == "3 of 4 lines were skipped"
    assert desk.run("import", file, "--quiet", code=1).err.splitlines() == told[1:]
    with opened(desk.db) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 1


def test_half_a_character_in_an_import_costs_nothing_but_itself(desk: Desk) -> None:
    half = "\ud83d"
    usable = {"url": "https://x.example/1", "title": f"Keys{half}", "source": f"One{half}", "author": f"A{half}"}
    unusable = [{**usable, "source": half}, {**usable, "title": half}, {**usable, "url": f"https://x.example/{half}"}]

    file = desk.write("half.jsonl", *map(json.dumps, (*unusable, usable)))
    told = desk.run("import", file, code=1).err.splitlines()

    assert told[0] == "1 new article, 0 changed, 0 already known"
    assert [line.split(": ", 1)[1] for line in told[1:3]] == ['"source" has no words', '"title" has no words']
    assert '"url" is not a web address' in told[3]
    with opened(desk.db) as db:
        assert [(row["title"], row["author"]) for row in db.query("SELECT * FROM articles")] == [("Keys", "A")]


def test_a_line_that_is_not_utf_8_is_named_and_not_stored_with_other_letters(desk: Desk) -> None:
    lines = [json.dumps(article | {"title": f"{article['title']} é"}, ensure_ascii=False) for article in ARTICLES[:2]]
    (desk.folder / "latin.jsonl").write_bytes(lines[0].encode("latin-1") + b"\n" + lines[1].encode() + b"\n")
    done = desk.run("import", "latin.jsonl", code=1)
    assert "latin.jsonl:1: this is not UTF-8; save the file as UTF-8" in done.err
    assert "1 new article," in done.err


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param({"source": "<b></b>"}, '"source" has no words', id="a source of markup alone"),
        pytest.param({"source": "\u200b"}, '"source" has no words', id="a source that nobody can see"),
        pytest.param({"source": "..."}, '"source" has no words', id="a source of dots"),
        pytest.param({"source": "\ud800"}, '"source" has no words', id="a source of half a character"),
        pytest.param("[" * 100_000, "nested too deep", id="brackets without end"),
        pytest.param('{"a": ' * 100_000, "nested too deep", id="braces without end"),
        pytest.param(f'{{"url": {"9" * 10_000}}}', '"url" is missing or not text', id="a number without end"),
    ],
)
def test_a_line_that_means_harm_is_named_and_the_others_are_stored(desk: Desk, line: Any, problem: str) -> None:
    bad = json.dumps(ARTICLES[1] | line) if isinstance(line, dict) else line
    (desk.folder / "odd.jsonl").write_text("\n".join([json.dumps(ARTICLES[0]), bad, json.dumps(ARTICLES[2])]))
    done = desk.run("import", "odd.jsonl", code=1)
    assert f"odd.jsonl:2: {problem}" in done.err.replace("this is JSON, but ", "")
    with opened(desk.db) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 2


async def test_an_imported_article_is_found_again_when_a_feed_shows_it(desk: Desk) -> None:
    async with Server() as server:
        desk.feeds(one=server.say("/rss", Reply(body=FEED)))
        await desk.run_beside("import", desk.write("articles.jsonl", *ARTICLES))
        done = await desk.run_beside("poll", "--json")
    assert (done.json["new"], done.json["updated"]) == (1, 0)
    with opened(desk.db) as db:
        urls = [row["canonical_url"] for row in db.query("SELECT * FROM articles ORDER BY id")]
        assert sorted(urls) == [
            f"https://{rest}" for rest in ("one.example/1", "one.example/2", "three.example/b", "two.example/a")
        ]
        (seen,) = db.query("SELECT feeds FROM coverage WHERE canonical_url = 'https://one.example/1'")
        assert seen["feeds"] == 2


# ---- export


def test_the_export_is_the_same_in_a_file_and_on_standard_output(filled: Desk, tmp_path: Path) -> None:
    file = tmp_path / "coverage.csv"
    done = filled.run("export", file)
    assert (done.out, done.err) == ("", f"3 rows written to {file}\n")
    assert filled.run("export").out == file.read_bytes().decode()
    assert {row["title"] for row in rows(file.read_text())} == {
        "Ministers on encryption",
        "'=1+1 and child abuse images",
        "Fußball 🔒",
    }
    quiet = filled.run("export", file, "--quiet", "--tag", "encryption")
    assert (quiet.out, quiet.err, len(rows(file.read_text()))) == ("", "", 1)


def test_days_are_those_of_the_configured_zone(filled: Desk, tmp_path: Path) -> None:
    first_of_july = ("export", "--since", "2025-07-01", "--until", "2025-07-01")
    assert [row["url"] for row in rows(filled.run(*first_of_july).out)] == [ARTICLES[0]["url"]]
    elsewhere = Desk(tmp_path)
    assert rows(elsewhere.run(*first_of_july, "--db", filled.db).out) == []


def test_each_option_of_the_export_reaches_its_filter(filled: Desk) -> None:
    source = rows(filled.run("export", "--relevance", "child-safety").out)[0]["source_id"]
    assert (
        len(rows(filled.run("export", "--tag", "child-safety", "--source", source, "--until", "2025-06-30").out)) == 1
    )


def test_a_filter_on_what_is_not_there_is_a_mistake(filled: Desk) -> None:
    done = filled.run("export", "--tag", "encryptoin", code=2)
    assert (done.out, "there is no tag 'encryptoin'" in done.err) == ("", True)


def test_a_place_that_cannot_be_written_is_reported(filled: Desk, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    done = filled.run("export", tmp_path / "coverage.csv", code=1)
    assert "coverage.csv cannot be written: " in done.err


def test_a_reader_that_goes_away_is_no_accident(filled: Desk) -> None:
    command = [sys.executable, "-m", "tracker", "export"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=filled.folder, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids="stdin stdout stderr all".split())
def test_a_command_works_without_the_streams_that_its_caller_closed(
    desk: Desk, closed_port: int, closed: tuple[int, ...]
) -> None:
    desk.feeds(press=f"http://127.0.0.1:{closed_port}/rss")
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "poll"],
        preexec_fn=lambda: [os.close(stream) for stream in closed],
        check=False,
        cwd=desk.folder,
        env=environment(**desk.env),
    )
    assert done.returncode == 4  # every due feed failed, and nothing else did
    assert desk.run("status").out.startswith("0 articles")


@pytest.mark.parametrize(
    "arguments",
    [
        "--db|status",
        "--config|status",
        "export|",
        "backup|",
        "feeds|export|",
        "sample|--tag|e2ee|",
        "release|--folder|",
    ],
)
def test_an_empty_file_name_is_refused(filled: Desk, arguments: str) -> None:
    words = arguments.split("|")
    given = [words[0], "", *words[1:]] if words[0].startswith("--") else words
    before = sorted(filled.folder.rglob("*"))
    assert "the name is empty" in filled.run(*given, code=2).err
    assert sorted(filled.folder.rglob("*")) == before


@pytest.mark.parametrize("command", ["export", "status"])
def test_output_for_which_there_is_no_room_is_one_sentence(filled: Desk, command: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tracker", command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=filled.folder,
            env=environment(),
        )
    assert (done.returncode, done.stderr) == (1, "the output cannot be written: No space left on device\n")


# ---- status, retag


def test_the_status_is_a_page_for_people_and_json_for_programs(filled: Desk) -> None:
    text = filled.run("status").out
    assert text.startswith("3 articles from 2 sources")
    assert "2 never polled" in text
    status = filled.run("status", "--json").json
    assert (status["articles"], status["relevance"]["encryption"], status["outdated"]) == (3, 1, 0)
    assert [feed["url"] for feed in status["feed_list"]] == ["https://one.example/rss", "https://two.example/rss"]
    assert {feed["why"] for feed in status["feed_list"]} == {"It has not been polled yet."}
    assert status["continuity"]["missed"] == status["failing"] == status["silent"] == []


def test_a_dry_run_tells_what_a_retagging_then_does(copy: Desk) -> None:
    own = "tags: [{id: football, facet: theme, label: Football, terms: {de: [Fußball]}, yes: [Der Fußball]}]\n"
    copy.config.write_text(copy.config.read_text() + own)
    before = dump(copy.db)
    told = copy.run("retag", "--dry-run")
    assert told.out.splitlines() == [
        "3 articles would be retagged, 1 tag changed",
        "  football: +1 -0",
        "    + Fußball 🔒",
    ]
    assert dump(copy.db) == before
    promised = copy.run("retag", "--dry-run", "--json").json
    assert copy.run("retag", "--json").json == promised
    with opened(copy.db) as db:
        assert [row["article"] for row in db.query("SELECT * FROM article_tags WHERE tag = 'football'")] == [3]
    done = copy.run("retag", "--quiet")
    assert (done.out, done.err) == ("", "")


# ---- poll


async def test_a_poll_says_what_it_found_and_a_second_one_finds_nothing_due(desk: Desk) -> None:
    async with Server() as server:
        desk.feeds(one=server.say("/rss", Reply(body=FEED)))
        assert (await desk.run_beside("poll")).out == "1 feed polled, 2 new articles, 0 changed\n"
        assert (await desk.run_beside("poll")).out == "no feed is due\n"
        quiet = await desk.run_beside("poll", "--all", "--quiet")
        assert (quiet.out, quiet.err) == ("", "")
        named = await desk.run_beside("poll", "one", "--json")
        assert named.json == {
            "outcomes": {"same-body": 1},
            "new": 0,
            "updated": 0,
            "left": 0,
            "outage": False,
            "retry_at": None,
            "failed": [],
        }
        asked = desk.run("politeness", "--json").json["total"]
        assert (asked["requests"], asked["hosts"], asked["most_a_day"], asked["rate_limited"]) == (3, 1, 3, 0)
        by_day = desk.run("politeness", "--by", "day", "--since", "yesterday").out
        assert by_day.splitlines()[-1].startswith("1 host, 1 day ")
        assert "'tracker feeds list'" in (await desk.run_beside("poll", "nobody", code=2)).err.replace("`", "'")
    assert len(server.requests) == 3
    assert b"desk@example.org" in (server.requests[0].header(b"User-Agent") or b"")


async def test_a_verbose_poll_tells_of_each_feed(desk: Desk, closed_port: int) -> None:
    dead = f"http://127.0.0.1:{closed_port}/rss"
    async with Server() as server:
        alive = server.say("/rss", Reply(body=FEED))
        desk.feeds(one=alive, two=dead)
        told = sorted(
            line for line in (await desk.run_beside("poll", "--verbose")).err.splitlines() if " new, " in line
        )
        assert re.fullmatch(rf".* (GMT|BST) one: {alive}: ok, 2 new, 0 changed, \d+ ms", told[0])
        assert re.fullmatch(rf".* (GMT|BST) two: {dead}: connection-error, 0 new, 0 changed, \d+ ms", told[1])
        assert " new, " not in (await desk.run_beside("poll", "--all")).err
    assert "not both" in desk.run("poll", "--verbose", "--quiet", code=2).err


async def test_one_feed_that_fails_is_reported_and_when_all_fail_the_command_ends_with_4(
    desk: Desk, closed_port: int
) -> None:
    dead = f"http://127.0.0.1:{closed_port}/rss"
    async with Server() as server:
        desk.feeds(one=server.say("/rss", Reply(body=FEED)), two=dead)
        done = await desk.run_beside("poll")
        assert done.out == "2 feeds polled, 2 new articles, 0 changed, 1 failed (1 connection-error)\n"
        failed = await desk.run_beside("poll", "two", "--quiet", code=4)
        assert (failed.out, "1 connection-error" in failed.err) == ("", True)
    status = desk.run("status").out
    assert f"failing: Two  {dead}" in status
    assert "(2 polls failed, never seen)" in status


async def test_cron_hears_of_a_feed_when_it_begins_to_fail_and_not_again_until_it_recovered(desk: Desk) -> None:
    """Both feeds are always asked, as each round finds them due; the reasons are the servers'."""

    async def quiet_round(code: int = 0) -> str:
        with opened(desk.db) as db:
            db.execute("UPDATE feeds SET next_poll_at = NULL")
        done = await desk.run_beside("poll", "--quiet", code=code)
        assert done.out == ""
        return done.err

    async with Server() as server:
        one, two = server.say("/one", Reply(body=FEED)), server.say("/two", Reply(body=FEED))
        desk.feeds(one=one, two=two)
        assert (await desk.run_beside("poll", "--quiet")).err == ""
        server.say("/two", Reply(500))
        first = await quiet_round()
        assert first.splitlines() == [f"two: {two}: The server answers 500 Internal Server Error (http-error)"], first
        assert await quiet_round() == ""
        assert f"two: {two}: " in (await desk.run_beside("poll", "--all")).err
        server.say("/one", Reply(404))
        assert await quiet_round(code=4) != ""
        assert await quiet_round(code=4) == "", "the exit code says that it still is so"
        server.say("/one", Reply(body=FEED))
        server.say("/two", Reply(body=FEED))
        assert await quiet_round() == ""
        server.say("/two", Reply(503))
        assert f"two: {two}: " in await quiet_round()


def test_cron_hears_nothing_of_a_round_that_meets_another(copy: Desk) -> None:
    with exclusive(copy.db):
        done = copy.run("poll", "--quiet", code=75)
    assert (done.out, done.err) == ("", "")


async def test_cron_hears_once_of_an_outage_of_our_own(desk: Desk, closed_port: int) -> None:
    hosts = [f"http://127.0.0.{number}:{closed_port}/rss" for number in range(2, 8)]
    desk.feeds(**{f"f{number}": url for number, url in enumerate(hosts)})
    first = desk.run("poll", "--quiet", code=4).err
    assert "this looks like our own connection" in first
    assert len(first.splitlines()) == 1
    with opened(desk.db) as db:
        db.execute("UPDATE feeds SET next_poll_at = NULL")
    assert desk.run("poll", "--quiet", code=4).err == ""


@pytest.mark.parametrize("command", [("poll",), ("import", "articles.jsonl")], ids=" ".join)
def test_two_runs_on_one_database_never_overlap(copy: Desk, command: tuple[str, ...]) -> None:
    with exclusive(copy.db):
        done = copy.run(*command, code=75)
    assert (done.out, "another run is working on" in done.err) == ("", True)


# ---- the database


def no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("id,title\n" * 1000)


def newer(path: Path) -> None:
    with opened(path) as db, transaction(db):
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'm999', 'x')")


def read_only(path: Path) -> None:
    with opened(path):
        pass
    path.chmod(0o444)
    path.parent.chmod(0o555)


def another_programs(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE visits (page)")
    db.close()


def nothing(path: Path) -> None:
    assert not path.exists()


def file_for_folder(path: Path) -> None:
    path.parent.write_text("a file")


@pytest.mark.parametrize(
    ("command", "spoil", "message"),
    [
        ("poll", no_database, "cannot be opened: it is not a database"),
        ("poll", another_programs, "belongs to another program"),
        ("status", newer, "was written by a newer tracker"),
        ("status", nothing, "there is no database db/tracker.db; create it with `tracker poll`"),
        ("serve", nothing, "there is no database db/tracker.db; create it with `tracker poll`"),
        ("poll", read_only, "allow the user who runs the tracker to write"),
        ("poll", file_for_folder, "cannot be made ("),
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_sentence(
    desk: Desk, command: str, spoil: Any, message: str
) -> None:
    spoil(desk.db)
    done = desk.run(command, code=1)
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert "tracker.db" in done.err
    assert message in done.err


def test_tags_are_explained_in_words_to_people(desk: Desk) -> None:
    lines = [
        "NCA: Messenger encryption hides child abuse",
        json.dumps({"title": "Rain at the weekend", "summary": "Umbrellas are advised."}),
        json.dumps({"name": "no title"}),
    ]
    done = desk.run("tag", "--words", stdin="\n".join(lines).encode(), code=1)
    told = done.out.splitlines()
    assert told[:2] == [lines[0], "  encryption and child safety"]
    assert re.search(r'^  encryption +"encryption" near .*"Messenger"', done.out, re.MULTILINE), done.out
    assert told[-2:] == ["Rain at the weekend", "  not on the debate"]
    assert done.err.startswith('line 3: "title" is missing or not text')


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str) -> None:
    typed = {"COMP_WORDS": "tracker expo", "COMP_CWORD": "expo" if shell == "fish" else "1"}
    script = Path(sys.executable).with_name("tracker")
    env = environment(**typed, _TRACKER_COMPLETE=f"{shell}_complete")
    done = subprocess.run([script], env=env, capture_output=True, text=True, check=False)
    assert "export" in done.stdout
    assert "import" not in done.stdout


# ---- feeds


def test_feeds_are_listed_for_people_and_programs(desk: Desk) -> None:
    assert desk.run("feeds", "list").out.splitlines() == [
        "source  health        last poll  next poll  feed",
        "one     never polled  -          -          https://one.example/rss",
        "two     never polled  -          -          https://two.example/rss",
        "Times are in Europe/London.",
    ]
    assert desk.run("feeds", "list", "--json").json[1] == {
        "source": "two",
        "name": "Two",
        "url": "https://two.example/rss",
        "every": None,
        "health": "never polled",
        "why": None,
        "last_poll_at": None,
        "next_poll_at": None,
        "last_error": None,
    }


async def test_the_list_says_when_a_feed_was_polled_and_what_is_wrong(desk: Desk) -> None:
    async with Server() as server:
        one, two = server.say("/one", Reply(body=FEED)), server.say("/two", Reply(403))
        desk.feeds(one=one, two=two)
        await desk.run_beside("poll", "--quiet")
        listed = (await desk.run_beside("feeds", "list")).out.splitlines()
    times = r"20\d\d-\d\d-\d\d \d\d:\d\d  20\d\d-\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf"one +ok +{times}  {re.escape(one)}", listed[1]), listed
    assert re.fullmatch(rf"two +failing +{times}  {re.escape(two)}", listed[2]), listed
    assert "403" in listed[3]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("add", "https://three.example/rss", "--source", "two"), id="add"),
        pytest.param(("remove", "one"), id="remove"),
        pytest.param(("import", "more.opml", "--kind", "ngo", "--country", "FR"), id="import"),
    ],
)
def test_a_dry_run_prints_the_change_to_the_file_and_writes_nothing(desk: Desk, arguments: tuple[str, ...]) -> None:
    desk.write("more.opml", '<opml><body><outline text="Drei" xmlUrl="https://drei.example/rss"/></body></opml>')
    before = desk.config.read_text()
    shown = desk.run("feeds", *arguments, "--dry-run").out
    assert desk.config.read_text() == before
    desk.run("feeds", *arguments)
    after = desk.config.read_text()
    changed = unified_diff(before.splitlines(True), after.splitlines(True), "feeds.yaml", "feeds.yaml")
    assert shown == "".join(changed) != ""


def test_a_feed_is_added_and_removed(desk: Desk) -> None:
    before = desk.config.read_text()
    new = ("--name", "The Third: Fête & Co", "--kind", "ngo", "--country", "FR", "--language", "fr")
    assert "tracker poll https://three.example/rss" in desk.run("feeds", "add", "https://three.example/rss", *new).out
    desk.run("feeds", "add", "https://three.example/b", "--source", "the-third-fete-co", "--every", "90m")
    added = load(desk.config)
    assert (added.sources[-1].id, added.sources[-1].name) == ("the-third-fete-co", "The Third: Fête & Co")
    assert added.feeds[-1].every == timedelta(minutes=90)
    assert desk.run("feeds", "remove", "the-third-fete-co").out.splitlines() == [
        "removed https://three.example/rss",
        "removed https://three.example/b",
    ]
    assert desk.config.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(("add", "https://x.example/"), 2, "give --name, --kind, --country", id="a new source unnamed"),
        pytest.param(("add", "http://one.example/rss#x", "--source", "one"), 3, "already listed", id="listed before"),
        pytest.param(("remove", "three"), 2, "no feed or source 'three'", id="removing what is not there"),
    ],
)
def test_a_change_that_would_be_wrong_is_refused_and_nothing_changes(
    desk: Desk, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = desk.config.read_text()
    assert message in desk.run("feeds", *arguments, code=code).err
    assert desk.config.read_text() == before


def test_a_list_of_feeds_survives_the_way_through_opml(desk: Desk) -> None:
    domains = ("drei.example", *(f"amp.example/{number}-{'x' * 50}" for number in range(30)))
    third = Source("three", 'Drei "&" Söhne', "drei-gruppe", "police", "INT", "de", domains)
    often = Feed("https://one.example/b?a=1&b=2", "one", timedelta(minutes=45))
    before = load(desk.config)
    feeds = [Addition(before.sources[0], often), Addition(third, Feed("https://three.example/rss", "three"))]
    adding(desk.config, feeds).write()
    before = load(desk.config)
    desk.run("feeds", "export", "all.opml")

    desk.feeds(two="http://two.example/rss")  # the same address but for its scheme
    assert desk.run("feeds", "import", "all.opml").out == "added 3 feeds to feeds.yaml\n"
    after = load(desk.config)
    assert {source for source in after.sources if source.id != "two"} == {s for s in before.sources if s.id != "two"}
    assert {feed for feed in after.feeds if feed.source != "two"} == {f for f in before.feeds if f.source != "two"}
    assert desk.run("feeds", "import", "all.opml").out == "added 0 feeds to feeds.yaml\n"


def test_the_lists_of_other_readers_need_a_word_on_what_they_hold(desk: Desk) -> None:
    outlines = "".join(
        f'<outline text="{name}" type="rss" xmlUrl="https://{number}.example/rss"/>'
        for number, name in enumerate(["Новости", "Газета", "A Blog"])
    )
    file = desk.write("other.opml", f'<opml version="2.0"><body><outline text="F">{outlines}</outline></body></opml>')
    assert "does not give the kind and country of 3 feeds" in desk.run("feeds", "import", file, code=2).err
    desk.run("feeds", "import", file, "--kind", "research", "--country", "US")
    added = load(desk.config).sources[2:]
    assert [(source.name, source.kind, source.language) for source in added] == [
        (name, "research", "en") for name in ("Новости", "Газета", "A Blog")
    ]
    assert "not a list of feeds (OPML)" in desk.run("feeds", "import", desk.config, "--kind", "tech", code=1).err


def test_one_feed_is_added_once_however_often_and_in_whatever_spelling_a_list_has_it(desk: Desk) -> None:
    spellings = (
        "https://x.example/rss",
        "HTTPS://X.example:443/rss/",
        "feed://x.example/rss",
        "http://x.example:80/rss?",
    )
    outlines = "".join(f'<outline text="x" xmlUrl="{url}"/>' for url in (*spellings, "https://x.example/other"))
    file = desk.write("other.opml", f'<opml version="2.0"><body>{outlines}</body></opml>')
    options = ("--kind", "tech", "--country", "GB")

    assert desk.run("feeds", "import", file, *options).out == "added 2 feeds to feeds.yaml\n"
    assert desk.run("feeds", "import", file, *options).out == "added 0 feeds to feeds.yaml\n"


def test_addresses_that_cannot_be_polled_are_named_when_a_list_is_imported(desk: Desk) -> None:
    outlines = "".join(
        f'<outline text="x" xmlUrl="{url}" type="rss"/>'
        for url in ("newsletter:x", "https://x.example/rss", "file:///a", "https://me:hunter2@paid.example/rss")
    )
    file = desk.write("other.opml", f'<opml version="2.0"><body>{outlines}</body></opml>')
    done = desk.run("feeds", "import", file, "--kind", "tech", "--country", "GB")
    secret = "which has a user or a password; add it with ${NAME} in their place"
    assert done.out == "added 1 feed to feeds.yaml\n"
    assert done.err.splitlines() == [
        f"{file}: skipped 'newsletter:x', which is not an http or https address",
        f"{file}: skipped 'file:///a', which is not an http or https address",
        f"{file}: skipped 'https://paid.example/rss', {secret}",
        "3 of 4 addresses were skipped",
    ]


def test_a_feed_that_needs_a_secret_goes_through_file_and_list_by_its_name_only(desk: Desk) -> None:
    url = "https://reader:${FEED_PASSWORD}@paid.example/feed?key=${FEED_KEY}"
    new = ("--name", "Paid", "--kind", "trade", "--country", "GB")
    desk.run("feeds", "add", url, *new, FEED_PASSWORD="hunter2", FEED_KEY="k-123")
    done = desk.run("check", FEED_PASSWORD="hunter2")
    assert done.err == f"feeds.yaml: {url} needs FEED_KEY, which the environment does not have: {CANNOT}\n"
    assert desk.run("check", "--json", FEED_PASSWORD="hunter2", FEED_KEY="k-123").json["warnings"] == []

    desk.run("feeds", "export", "all.opml", FEED_PASSWORD="hunter2", FEED_KEY="k-123")
    desk.feeds(one="https://one.example/rss")
    desk.run("feeds", "import", "all.opml")
    assert url in {feed.url for feed in load(desk.config).feeds}
    assert "hunter2" not in desk.config.read_text() + (desk.folder / "all.opml").read_text()


async def test_a_feed_in_json_that_a_page_declares_is_found_and_read(desk: Desk) -> None:
    page = b'<link rel="alternate" type="application/feed+json" href="/feed.json" title="News">'
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News as JSON",
        "items": [{"id": "1", "url": "https://one.example/1", "title": "Ministers on encryption"}],
    }
    async with Server() as server:
        url = server.say("/page", Reply(body=page, headers=(("Content-Type", "text/html"),)))
        found = server.say("/feed.json", Reply(body=json.dumps(feed).encode()))
        assert (await desk.run_beside("feeds", "find", url)).out == f"{found}  News\n"
        assert (await desk.run_beside("feeds", "find", found)).out == f"{found}  News as JSON\n"
        desk.feeds(one=found)
        assert (await desk.run_beside("poll")).out == "1 feed polled, 1 new article, 0 changed\n"


async def test_the_feeds_of_a_page_are_found(desk: Desk) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss" title="News"></head></html>'
    async with Server() as server:
        url = server.say("/page", Reply(body=page, headers=(("Content-Type", "text/html"),)))
        bare = server.say("/bare", Reply(body=b"<html></html>"))
        assert (await desk.run_beside("feeds", "find", url)).out == f"{server.url('/rss')}  News\n"
        as_json = await desk.run_beside("feeds", "find", url, "--json")
        assert as_json.json == [{"url": server.url("/rss"), "title": "News"}]
        assert "does not link to a feed" in (await desk.run_beside("feeds", "find", bare, code=1)).err
        desk.config.write_text(desk.config.read_text().replace("127.0.0.0/8", ""))
        assert "could not be read" in (await desk.run_beside("feeds", "find", url, code=1)).err
    assert len(server.requests) == 3
