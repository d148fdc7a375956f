"""Full texts of relevant articles: how their pages are asked for, what is read, and that nothing publishes them."""

import asyncio
import gzip
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tests.servers import Reply, Request, Server, redirect
from tests.site_database import serve
from tracker.cli.main import main
from tracker.collect.worker import ParserPool
from tracker.config.load import load
from tracker.models import PASSAGE_WORDS
from tracker.pipeline.full_text import read_texts
from tracker.publish.tables import ORDER
from tracker.store.database import opened

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

CONFIG = """\
settings: {contact: desk@example.org, allow_networks: [127.0.0.0/8], pause: 0s, fulltext: true}
sources:
  - {id: post, name: The Post, kind: national, country: GB, language: en, feeds: ["https://post.example/rss"]}
  - {id: herald, name: The Herald, kind: national, country: GB, language: en, feeds: ["https://herald.example/rss"]}
  - id: quiet
    name: The Quiet
    kind: national
    country: GB
    language: en
    fulltext: false
    feeds: ["https://quiet.example/rss"]
"""

SECRET = "zanzibarine lighthouses"
PARAGRAPHS = [
    (
        f"The committee met on Tuesday among the {SECRET} of the coast, and heard evidence for six hours from "
        "everybody who had asked to be heard, before it adjourned until the following week without any decision."
    ),
    (
        "Its members want to know how messages are to be protected and children kept safe at the same time, a question "
        "that has occupied ministers, companies and charities for the better part of a decade."
    ),
    (
        "“We cannot look away from what happens there,” said Peter Wanless, chief executive of the NSPCC, in the "
        "hearing. The Online Safety Act and the Investigatory Powers Act were both mentioned by several witnesses."
    ),
    (
        "The Online Safety Act gives Ofcom, the regulator, powers that it has not used so far; Ofcom said nothing new. "
        "A further session is planned, at which cryptographers and officers of the police are to be asked the same."
    ),
]


def page(*paragraphs: str, head: str = "", title: str = "The hearing") -> Reply:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    html = f"<!doctype html><html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}"
    return Reply(body=f"{html}</article></body></html>".encode(), headers=(("Content-Type", "text/html"),))


ARTICLE = page(*PARAGRAPHS)
BRIEF = "The first lines of a report, of which the rest is for those who pay for it."

PAGES = {
    "/free": (ARTICLE, "ok"),
    "/forbidden/page": (ARTICLE, "robots"),
    "/paid": (page(BRIEF, "Already a subscriber? Log in to read the whole report."), "paywall"),
    "/described": (
        page(*PARAGRAPHS, head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>'),
        "paywall",
    ),
    "/bezahlt": (page("Der Anfang des Berichts.", "Jetzt abonnieren und weiterlesen."), "paywall"),
    "/cookies": (page("Before you continue, we and our partners use cookies."), "consent"),
    "/check": (page("Enable JavaScript.", title="Just a moment..."), "challenge"),
    "/reserved": (page(*PARAGRAPHS, head='<meta name="tdm-reservation" content="1">'), "reserved"),
    "/empty": (page("Nothing much."), "no-text"),
    "/gone": (Reply(410), "gone"),
    "/login": (Reply(403), "refused"),
    "/broken": (Reply(503), "http-error"),
    "/astray": (redirect(302, "/forbidden/page"), "bad-redirect"),
    "/home": (redirect(302, "/"), "no-text"),
    "/inside": (redirect(302, "http://169.254.169.254/latest/"), "bad-redirect"),
    "/huge": (Reply(body=b"<p>" + b"words " * 1_000_000), "too-large"),
    "/nested": (Reply(body=b"<html><body>" + b"<div><b>" * 60_000 + b"deep"), "no-text"),
    "/binary": (Reply(body=bytes(range(256)) * 400), "no-text"),
}
"""Pages, and how reading each ends."""

ROBOTS = b"User-agent: *\nAllow: /\n\nUser-agent: encryption-coverage-tracker\nDisallow: /forbidden/\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def run(desk: Path, *words: str) -> str:
    answer = CliRunner().invoke(main, ["--config", str(desk / "feeds.yaml"), "--db", str(desk / "t.db"), *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def imported(desk: Path, *items: dict[str, str]) -> None:
    lines = desk / "lines.jsonl"
    lines.write_text("\n".join(json.dumps(item) for item in items))
    run(desk, "import", str(lines))


def item(
    url: str, source: str = "post", title: str = "Hearing on end-to-end encryption", **more: str
) -> dict[str, str]:
    words = f"{title} at {url.rpartition('/')[2]}"
    return {"url": url, "title": words, "source": source, "published": "2026-11-20T08:00:00Z"} | more


def rows(desk: Path, query: str) -> list[dict[str, Any]]:
    with opened(desk / "t.db") as db:
        return list(db.query(query))


def outcomes(desk: Path) -> dict[str, str]:
    found = rows(desk, "SELECT a.url, t.outcome FROM texts AS t JOIN articles AS a ON a.id = t.article")
    return {"/" + row["url"].split("/", 3)[3]: row["outcome"] for row in found}


async def read(desk: Path, now: datetime = NOW) -> None:
    await read_texts(load(desk / "feeds.yaml"), desk / "t.db", now)


async def hold(desk: Path, server: Server, *items: dict[str, str]) -> None:
    server.say("/robots.txt", Reply(body=ROBOTS))
    await asyncio.to_thread(imported, desk, *items)


def targets(server: Server) -> list[str]:
    return [request.target.decode() for request in server.requests]


async def test_a_text_is_read_or_what_stands_in_its_place_is_named(desk: Path) -> None:
    async with Server() as server:
        server.say("/", page(*PARAGRAPHS))
        for path, (reply, _) in PAGES.items():
            server.say(path, reply)
        await hold(desk, server, *(item(server.url(path)) for path in PAGES))
        await read(desk)
        assert targets(server).count("/robots.txt") == 1
        assert "/forbidden/page" not in targets(server)
        agents = {request.header(b"User-Agent") for request in server.requests}
    assert outcomes(desk) == {path: outcome for path, (_, outcome) in PAGES.items()}
    (agent,) = agents
    assert agent is not None
    assert re.fullmatch(rb"encryption-coverage-tracker/\S+ \(\+desk@example\.org\)", agent)
    status = await asyncio.to_thread(run, desk, "status")
    assert "full texts read: 1" in status
    assert "only for subscribers: 3" in status


async def test_only_relevant_articles_of_sources_that_want_it_are_asked_for(desk: Path) -> None:
    async with Server() as server:
        server.say("/a", ARTICLE)
        other = item(server.url("/b"), title="A cake recipe")
        await hold(desk, server, item(server.url("/a")), other, item(server.url("/c"), "quiet"))
        await read(desk)
    assert outcomes(desk) == {"/a": "ok"}
    assert targets(server) == ["/robots.txt", "/a"]


async def test_a_page_on_which_the_reader_fails_hinders_no_other(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_in_process = ParserPool.run

    async def failing(pool: ParserPool, function: Any, *args: Any) -> Any:
        if str(args[-1]).endswith("/odd"):
            raise ZeroDivisionError
        return await run_in_process(pool, function, *args)

    monkeypatch.setattr(ParserPool, "run", failing)
    async with Server() as server:
        for path in ("/odd", "/even"):
            server.say(path, ARTICLE)
        await hold(desk, server, item(server.url("/odd")), item(server.url("/even")))
        await read(desk)
    assert outcomes(desk) == {"/odd": "internal-error", "/even": "ok"}


async def test_an_outlet_is_asked_for_one_page_at_a_time(desk: Path) -> None:
    async with Server() as server:
        for number in range(6):
            server.say(f"/{number}", ARTICLE)
        await hold(desk, server, *(item(server.url(f"/{number}"), "post") for number in range(6)))
        await read(desk)
    assert server.most_at_once == 1
    assert set(outcomes(desk).values()) == {"ok"}


async def test_a_host_is_left_alone_for_as_long_as_its_robots_txt_asks(desk: Path) -> None:
    """With a delay of an hour, one page is all that a run of no patience reads."""
    async with Server() as server:
        for path in ("/1", "/2"):
            server.say(path, ARTICLE)
        await hold(desk, server, item(server.url("/1")), item(server.url("/2")))
        server.say("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 3600\n"))
        task = asyncio.create_task(read_texts(load(desk / "feeds.yaml"), desk / "t.db", NOW, timedelta(seconds=8)))
        await task
    assert len(outcomes(desk)) == 1


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        pytest.param(Reply(404), True, id="missing"),
        pytest.param(Reply(500), False, id="in trouble"),
        pytest.param(Reply(403), False, id="refused"),
        pytest.param(Reply(body=b"User-agent: *\nDisallow: /" + b"*a" * 20_000 + b"$"), True, id="hostile"),
    ],
)
async def test_a_page_is_asked_for_only_if_the_robots_txt_is_known_to_allow_it(
    desk: Path, reply: Reply, asked: bool
) -> None:
    async with Server() as server:
        server.say("/a", ARTICLE)
        await hold(desk, server, item(server.url("/a")))
        server.say("/robots.txt", reply)
        await read(desk)
    assert ("/a" in targets(server)) == asked


async def test_a_failure_is_tried_again_later_and_given_up_in_the_end(desk: Path) -> None:
    async with Server() as server:
        server.say("/a", Reply(503, headers=(("Retry-After", "7200"),)))
        await hold(desk, server, item(server.url("/a")))
        asked = []
        for hours in (0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 100, 1000):
            await read(desk, NOW + timedelta(hours=hours))
            asked.append(targets(server).count("/a"))
    assert asked == [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4]


async def test_a_changed_headline_has_the_page_read_again_if_that_has_changed(desk: Path) -> None:
    def answer(request: Request) -> Reply:
        return Reply(304) if request.header(b"If-None-Match") == b'"1"' else tagged

    tagged = Reply(body=ARTICLE.body, headers=(("ETag", '"1"'), ("Content-Type", "text/html")))
    async with Server() as server:
        server.say("/a", answer)
        await hold(desk, server, item(server.url("/a")))
        await read(desk)
        before = rows(desk, "SELECT * FROM texts")[0]
        await read(desk, NOW + timedelta(days=1))
        assert targets(server).count("/a") == 1
        with opened(desk / "t.db") as db:
            db.execute(
                """INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at)
                VALUES (1, 1, 'Earlier', '', 1, '2026-11-23T13:00:00Z', '2026-11-23T13:00:00Z')"""
            )
        await read(desk, NOW + timedelta(days=2))
        assert targets(server).count("/a") == 2
    after = rows(desk, "SELECT * FROM texts")[0]
    assert (after["outcome"], after["sha256"], after["etag"]) == ("ok", before["sha256"], '"1"')


async def test_a_text_adds_tags_with_short_passages_and_quotations_and_takes_none_away(desk: Path) -> None:
    async with Server() as server:
        server.say("/a", ARTICLE)
        await hold(desk, server, item(server.url("/a")))
        before = {row["tag"] for row in rows(desk, "SELECT tag FROM article_tags")}
        await read(desk)
    after = {row["tag"] for row in rows(desk, "SELECT tag FROM article_tags")}
    assert before < after
    found = rows(desk, "SELECT * FROM evidence WHERE field = 'body'")
    assert found
    for row in found:
        assert row["words"] in row["passage"]
        assert len(row["passage"].split()) <= PASSAGE_WORDS
    said = rows(desk, "SELECT * FROM quotations WHERE field = 'body'")
    assert [(row["words"], row["speaker"]) for row in said] == [
        ("We cannot look away from what happens there,", "Peter Wanless")
    ]
    kept = rows(desk, "SELECT * FROM evidence ORDER BY id")
    await asyncio.to_thread(run, desk, "retag", "--quiet")
    again = rows(desk, "SELECT * FROM evidence ORDER BY id")
    without_id = [[{k: v for k, v in row.items() if k != "id"} for row in table] for table in (kept, again)]
    assert without_id[0] == without_id[1]


def test_an_imported_text_is_read_like_one_from_a_page(desk: Path) -> None:
    imported(desk, item("https://post.example/a", text="\n\n".join(PARAGRAPHS)))
    (row,) = rows(desk, "SELECT * FROM texts")
    assert (row["outcome"], row["words"]) == ("imported", len(" ".join(PARAGRAPHS).split()))
    assert rows(desk, "SELECT 1 FROM quotations WHERE field = 'body'")
    imported(desk, item("https://post.example/a", text="\n\n".join(PARAGRAPHS)))
    assert len(rows(desk, "SELECT 1 FROM quotations WHERE field = 'body'")) == 1


def unpacked(path: Path) -> bytes:
    """What is in a file, decompressed."""
    if path.suffix in {".zip", ".xlsx"}:
        with zipfile.ZipFile(path) as archive:
            return b"".join(map(archive.read, archive.namelist()))
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def published(desk: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that the tracker gives to others, by name: pages, tables, exports, a release and a backup."""
    for preset in ("coverage", "stories", "revisions", "attention"):
        for form in ("csv", "jsonl", "xlsx"):
            name = desk / "out" / f"{preset}.{form}"
            name.parent.mkdir(exist_ok=True)
            run(desk, "export", str(name), "--preset", preset)
            yield name.name, unpacked(name)
    run(desk, "release")
    run(desk, "backup", str(desk / "backup.db"))
    for path in [*(desk / "releases").rglob("*"), desk / "backup.db", desk / "t.db"]:
        if path.is_file():
            yield path.name, unpacked(path)
    for address in serve(desk / "t.db"):
        with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as site:
            tables = [f"/tracker/{name}{end}" for name in ORDER for end in (".json?_shape=array&_size=max", ".csv")]
            pages = ["/", "/article/1", "/source/post", "/speakers", "/search?q=zanzibarine", "/health", *tables]
            hunts = [
                "/private.json", "/private/bodies.json", "/tracker/bodies.json", "/private.db", "/../private.db",
                "/tracker/private.db", "/%2e%2e/private.db", "/-/databases.json", "/-/static/../private.db",
                "/tracker.json?sql=select+*+from+bodies", "/_memory.json?sql=attach+'private.db'+as+p",
                "/sql?sql=select+*+from+bodies", "/tracker.db",
            ]  # fmt: skip
            for path in [*pages, *hunts]:
                yield path, site.get(path).content


def test_nothing_that_is_published_has_or_needs_a_full_text(desk: Path) -> None:
    imported(desk, item("https://post.example/a", text="\n\n".join(PARAGRAPHS)))
    private = desk / "private.db"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert SECRET.encode() in private.read_bytes()
    private.rename(desk / "elsewhere")
    private.mkdir()  # which nobody can open as a file
    seen = [
        name for name, content in published(desk) if any(word in content for word in (SECRET.encode(), b"zarine li"))
    ]
    assert seen == []
