"""A round of polling against a real server."""

import os
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.histories import configuration
from tests.servers import Reply, Request, Server, redirect
from tracker.collect.cadence import AFTER_OUTAGE
from tracker.config.load import Config
from tracker.errors import Locked, UsageError
from tracker.models import Feed, Poll, Round
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import due_feeds, named_feeds, open_poll_context, poll_once, run_round
from tracker.store.database import exclusive, open_database

NOW = datetime(2025, 2, 21, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rss(*titles: str) -> bytes:
    """A feed with one item a title, whose address does not change with the title's last word."""
    items = "".join(
        f"<item><guid>{number}</guid><link>https://press.example/{number}</link><title>{title}</title>"
        "<pubDate>Fri, 21 Feb 2025 12:00:00 GMT</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()


def feed(*titles: str, **headers: str) -> Reply:
    return Reply(body=rss(*titles), headers=tuple(headers.items()))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        yield running


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.fixture
def at_desk(db: Path) -> Callable[[Config], AbstractAsyncContextManager[PollContext]]:
    @asynccontextmanager
    async def opened(config: Config) -> AsyncIterator[PollContext]:
        async with open_poll_context(config, db) as desk:
            yield desk

    return opened


def feeds_of(*urls: str) -> Config:
    return replace(configuration("https://none.example/"), feeds=tuple(Feed(url, "press", HOUR) for url in urls))


async def all_at(desk: PollContext, now: datetime) -> Round:
    return await run_round(desk, await named_feeds(desk, []), now)


def rows(db: Path, query: str) -> list[dict[str, Any]]:
    return list(open_database(db).query(query))


async def test_articles_are_stored_tagged_and_found(db: Path, server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("Apple pulls end-to-end encryption from UK backups", "Rain on Friday"))
    async with at_desk(feeds_of(url)) as desk:
        done = await run_round(desk, await due_feeds(desk, NOW), NOW)
        assert await due_feeds(desk, NOW + timedelta(seconds=1)) == []
    assert (done.outcomes, done.new) == ({Outcome.OK: 1}, 2)
    articles = rows(db, "SELECT title, relevance, tags, published_at, first_seen_at FROM coverage ORDER BY id")
    assert [row["relevance"] for row in articles] == ["none", "encryption"]
    assert '"apple"' in articles[1]["tags"]
    assert (articles[1]["published_at"], articles[1]["first_seen_at"]) == (
        "2025-02-21T12:00:00Z",
        "2025-02-21T15:00:00Z",
    )
    found = rows(db, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'encrypted'")
    assert [row["rowid"] for row in found] == [2]


async def test_one_broken_byte_leaves_the_other_headlines_as_they_are(db: Path, server: Server, at_desk: Any) -> None:
    broken = rss("Verschlüsselung für alle", "„Sofort“, sagt sie", "Ein Cafe").replace(b"Cafe", b"Caf\xc3")
    url = server.say("/feed", Reply(body=broken, headers=(("Content-Type", "application/rss+xml; charset=utf-8"),)))
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
    titles = {row["title"] for row in rows(db, "SELECT title FROM articles")}
    assert titles == {"Verschlüsselung für alle", "„Sofort“, sagt sie", "Ein Caf\ufffd"}


async def test_validators_are_echoed_and_a_304_adds_a_poll_only(db: Path, server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("One", ETag='W/"a b"', **{"Last-Modified": "yesterday-ish"}), Reply(304))
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
        done = await all_at(desk, NOW + HOUR)
        await all_at(desk, NOW + 2 * HOUR)
    assert done.outcomes == {Outcome.NOT_MODIFIED: 1}
    assert [request.header(b"If-None-Match") for request in server.requests] == [None, b'W/"a b"', b'W/"a b"']
    assert server.requests[2].header(b"If-Modified-Since") == b"yesterday-ish"
    assert rows(db, "SELECT count(*) AS n FROM articles") == [{"n": 1}]


async def test_the_same_bytes_without_validators_are_not_read_again(db: Path, server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("One"))
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
        assert (await all_at(desk, NOW + HOUR)).outcomes == {Outcome.SAME_BODY: 1}
    assert rows(db, "SELECT entries FROM polls") == [{"entries": 1}, {"entries": 0}]


async def test_a_changed_headline_is_kept_as_a_revision(db: Path, server: Server, at_desk: Any) -> None:
    url = server.say(
        "/feed", feed("Ministers plan a ban"), feed("Ministers plan a limit"), feed("Ministers plan a “limit”")
    )
    async with at_desk(feeds_of(url)) as desk:
        for hours in range(3):
            await all_at(desk, NOW + hours * HOUR)
    assert rows(db, "SELECT earlier_title, latest_title, replaced_at FROM headline_changes") == [
        {
            "earlier_title": "Ministers plan a ban",
            "latest_title": "Ministers plan a “limit”",
            "replaced_at": "2025-02-21T16:00:00Z",
        },
        {
            "earlier_title": "Ministers plan a limit",
            "latest_title": "Ministers plan a “limit”",
            "replaced_at": "2025-02-21T17:00:00Z",
        },
    ]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        pytest.param(Reply(500), Outcome.HTTP_ERROR, id="500"),
        pytest.param(Reply(403), Outcome.REFUSED, id="403"),
        pytest.param(Reply(410), Outcome.GONE, id="410"),
        pytest.param(Reply(429), Outcome.RATE_LIMITED, id="429"),
        pytest.param(Reply(body=b"<!doctype html><title>Log in</title>"), Outcome.NOT_A_FEED, id="a page"),
        pytest.param(Reply(body=b""), Outcome.NOT_A_FEED, id="nothing"),
        pytest.param(redirect(302, "http://169.254.169.254/latest"), Outcome.FORBIDDEN_ADDRESS, id="a redirect inward"),
        pytest.param(redirect(302, "file:///etc/passwd"), Outcome.BAD_REDIRECT, id="a redirect to a file"),
        pytest.param(Reply(raw=b"SSH-2.0-OpenSSH\r\n"), Outcome.PROTOCOL_ERROR, id="no HTTP"),
        pytest.param(
            Reply(headers=(("Content-Encoding", "gzip"),), body=b"no gzip"), Outcome.BAD_ENCODING, id="no gzip"
        ),
    ],
)
async def test_one_bad_feed_leaves_a_row_and_hinders_no_other(
    db: Path, server: Server, at_desk: Any, reply: Reply, outcome: Outcome
) -> None:
    bad, good = server.say("/bad", reply), server.say("/good", feed("One"))
    async with at_desk(replace(feeds_of(bad, good))) as desk:
        done = await all_at(desk, NOW)
    assert done.outcomes == {outcome: 1, Outcome.OK: 1}
    (row,) = rows(db, "SELECT outcome, error, charged FROM polls WHERE outcome != 'ok'")
    assert row["outcome"] == outcome
    assert row["error"]
    assert row["charged"] > 0
    (health,) = rows(db, f"SELECT health, last_error, failures FROM feed_health WHERE url = '{bad}'")
    assert health["health"] == ("gone" if outcome is Outcome.GONE else "failing")
    assert health["failures"] == row["charged"]


NOTHING_TO_OPEN = b"<rss version='2.0'><channel><title>T</title>%s</channel></rss>"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(
            NOTHING_TO_OPEN % (b"<item><title>Words</title><link>mailto:a@b.example</link></item>" * 3),
            "None of the 3 items",
            id="links of another kind",
        ),
        pytest.param(
            NOTHING_TO_OPEN % b"<item><link>https://press.example/1</link></item>", "The only item", id="no words"
        ),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "title": "Words"}]}',
            "The only item",
            id="JSON Feed",
        ),
    ],
)
async def test_a_feed_of_which_no_item_can_be_used_fails_and_says_so(
    db: Path, server: Server, at_desk: Any, body: bytes, sentence: str
) -> None:
    url = server.say("/feed", feed("One"), Reply(body=body), Reply(body=body), feed("Two"))
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
        done = await all_at(desk, NOW + HOUR)
        assert (done.outcomes, done.observed) == ({Outcome.UNUSABLE: 1}, 0)
        await all_at(desk, NOW + 2 * HOUR)
        (health,) = rows(db, "SELECT health, why FROM feed_health")
        assert health["health"] == "failing"
        assert health["why"].startswith(sentence)
        assert (await all_at(desk, NOW + 3 * HOUR)).outcomes == {Outcome.OK: 1}
    assert rows(db, "SELECT reason, from_at FROM gaps") == [{"reason": "error", "from_at": "2025-02-21T15:00:00Z"}]


@pytest.mark.parametrize(
    "blank", [b"", b" \n", b"\xef\xbb\xbf\r\n", b"\0" * 8], ids=["nothing", "space", "a mark of bytes", "zeros"]
)
async def test_a_server_that_sends_nothing_to_whoever_asks_for_changes_is_asked_for_everything(
    db: Path, server: Server, at_desk: Any, blank: bytes
) -> None:
    async with at_desk(feeds_of(server.url("/feed"))) as desk:
        for hours in range(5):
            whole = feed(*[f"Headline {number}" for number in range(hours + 1)], ETag=f'"{hours}"')
            server.say("/feed", lambda request, whole=whole: Reply(body=blank) if asks_for_changes(request) else whole)
            assert (await all_at(desk, NOW + hours * HOUR)).new == 1
    assert rows(db, "SELECT sum(requests) AS asked, sum(outcome = 'ok') AS read FROM polls") == [
        {"asked": 6, "read": 5}
    ]


@pytest.mark.parametrize(
    "reply", [Reply(status) for status in (400, 404, 406, 412, 500)], ids=lambda reply: str(reply.status)
)
async def test_a_server_that_refuses_to_say_what_changed_is_asked_for_everything_from_then_on(
    db: Path, server: Server, at_desk: Any, reply: Reply
) -> None:
    whole = feed("One", ETag='"1"')
    url = server.say("/feed", lambda request: reply if asks_for_changes(request) else whole)
    for hours in range(4):
        async with at_desk(feeds_of(url)) as desk:
            assert (await all_at(desk, NOW + hours * HOUR)).observed == 1
    assert [asks_for_changes(request) for request in server.requests] == [False, True, False, False, False]
    assert rows(db, "SELECT requests FROM polls") == [{"requests": number} for number in (1, 2, 1, 1)]


async def test_a_server_that_calls_unchanged_what_nobody_has_is_asked_for_everything_from_then_on(
    server: Server, at_desk: Any
) -> None:
    url = server.say("/feed", Reply(304), *[feed("One", ETag='"1"')] * 3)
    async with at_desk(feeds_of(url)) as desk:
        outcomes = [(await all_at(desk, NOW + hours * HOUR)).outcomes for hours in range(4)]
    assert outcomes == [{Outcome.HTTP_ERROR: 1}, {Outcome.OK: 1}, {Outcome.SAME_BODY: 1}, {Outcome.SAME_BODY: 1}]
    assert not any(asks_for_changes(request) for request in server.requests)


async def test_one_error_that_comes_to_every_question_changes_nothing(server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("One", ETag='"1"'), Reply(500), Reply(500), feed("One", ETag='"1"'), Reply(304))
    async with at_desk(feeds_of(url)) as desk:
        for hours in range(4):
            done = await all_at(desk, NOW + hours * HOUR)
    assert done.outcomes == {Outcome.NOT_MODIFIED: 1}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(body=b"<!doctype html><title>Sorry</title>"), id="a page"),
        pytest.param(Reply(503), id="503"),
        pytest.param(Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss"), id="half of it"),
    ],
)
async def test_after_a_failed_question_for_changes_the_next_request_is_for_everything(
    server: Server, at_desk: Any, reply: Reply
) -> None:
    whole = feed("One", ETag='"1"')
    url = server.say("/feed", lambda request: reply if asks_for_changes(request) else whole)
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
        assert (await all_at(desk, NOW + HOUR)).observed == 0
        assert (await all_at(desk, NOW + 2 * HOUR)).outcomes == {Outcome.SAME_BODY: 1}


def gzipped_in_part(body: bytes) -> Reply:
    packed = zlib.compressobj(wbits=31)
    part = packed.compress(body) + packed.flush(zlib.Z_SYNC_FLUSH)
    return Reply(body=part, headers=(("Content-Encoding", "gzip"), ("ETag", '"part"')))


def closed_early(body: bytes) -> Reply:
    return Reply(raw=b'HTTP/1.1 200 OK\r\nETag: "part"\r\nContent-Length: 99999\r\n\r\n' + body)


def chunked_in_part(body: bytes) -> Reply:
    head = b'HTTP/1.1 200 OK\r\nETag: "part"\r\nTransfer-Encoding: chunked\r\n\r\n'
    return Reply(raw=head + b"%x\r\n" % len(body) + body + b"\r\n")


def ended_by_closing(body: bytes) -> Reply:
    return Reply(body=body, close=True, headers=(("ETag", '"part"'),))


@pytest.mark.parametrize("part", [gzipped_in_part, closed_early, chunked_in_part, ended_by_closing])
async def test_of_a_document_that_breaks_off_the_whole_entries_are_stored_and_nothing_is_proved(
    db: Path, server: Server, at_desk: Any, part: Callable[[bytes], Reply]
) -> None:
    def item(number: int) -> str:
        words = f"<title>Headline {number}</title><description>Words {number}, and more</description>"
        return f"<item><link>https://press.example/{number}</link>{words}</item>"

    def document(*numbers: int) -> bytes:
        return f"<rss version='2.0'><channel>{''.join(map(item, numbers))}</channel></rss>".encode()

    url = server.say("/feed", Reply(body=document(3, 2, 1), headers=(("ETag", '"1"'),)))
    async with at_desk(feeds_of(url)) as desk:
        await all_at(desk, NOW)
        server.say("/feed", part(document(5, 4, 3, 2).partition(b"3, and")[0]))
        assert (await all_at(desk, NOW + HOUR)).outcomes == {Outcome.CUT_SHORT: 1}
        server.say("/feed", Reply(body=document(6, 5, 4), headers=(("ETag", '"2"'),)))
        assert (await all_at(desk, NOW + 2 * HOUR)).new == 1
    assert [asks_for_changes(request) for request in server.requests] == [False, True, False]
    polls = rows(db, "SELECT entries, new, error FROM polls ORDER BY id")
    assert [(poll["entries"], poll["new"]) for poll in polls] == [(3, 3), (2, 2), (3, 1)]
    assert polls[1]["error"].endswith("Complete entries received before that: 2.")
    assert rows(db, "SELECT count(*) AS n FROM revisions") == [{"n": 0}]
    assert rows(db, "SELECT from_at, to_at, bridged FROM gaps") == [
        {"from_at": "2025-02-21T15:00:00Z", "to_at": "2025-02-21T17:00:00Z", "bridged": 0}
    ]


@pytest.mark.parametrize("part", [gzipped_in_part, closed_early, chunked_in_part])
async def test_a_document_that_came_to_its_end_is_whole_whatever_its_server_announced(
    db: Path, server: Server, at_desk: Any, part: Callable[[bytes], Reply]
) -> None:
    url = server.say("/feed", part(rss("One", "Two") + b"\n"))
    async with at_desk(feeds_of(url)) as desk:
        assert (await all_at(desk, NOW)).new == 2
        assert (await all_at(desk, NOW + HOUR)).outcomes == {Outcome.SAME_BODY: 1}
    assert rows(db, "SELECT health FROM feed_health") == [{"health": "ok"}]
    assert rows(db, "SELECT count(*) AS n FROM gaps") == [{"n": 0}]


async def test_a_document_that_breaks_off_within_its_only_entry_is_cut_short_and_not_unusable(
    db: Path, server: Server, at_desk: Any
) -> None:
    url = server.say("/feed", Reply(body=b"<rss version='2.0'><channel><item><title>Headline</title><description>Wor"))
    async with at_desk(feeds_of(url)) as desk:
        assert (await all_at(desk, NOW)).outcomes == {Outcome.CUT_SHORT: 1}
    (poll,) = rows(db, "SELECT new, error FROM polls")
    assert (poll["new"], poll["error"]) == (0, "The document breaks off before its end; no entry came whole.")


@pytest.mark.parametrize("titles", [("One",), ("One", "Two")])
@pytest.mark.parametrize("lost", [b"</channel></rss>", b"annel></rss>"])
async def test_an_announced_length_that_ends_behind_the_last_item_loses_none(
    db: Path, server: Server, at_desk: Any, titles: tuple[str, ...], lost: bytes
) -> None:
    whole = rss(*titles)
    length = str(len(whole) - len(lost))
    url = server.say("/feed", Reply(body=whole, headers=(("Content-Length", length),)))
    async with at_desk(feeds_of(url)) as desk:
        done = await all_at(desk, NOW)
    assert (done.new, done.outcomes) == (len(titles), {Outcome.CUT_SHORT: 1})


async def test_a_feed_that_always_breaks_off_is_asked_as_often_and_said_to_fail(
    db: Path, server: Server, at_desk: Any
) -> None:
    url = server.say("/feed", closed_early(rss("One", "Two", "Three").removesuffix(b"</channel></rss>")))
    async with at_desk(feeds_of(url)) as desk:
        for hours in range(5):
            assert (await all_at(desk, NOW + hours * HOUR)).outcomes == {Outcome.CUT_SHORT: 1}
    assert rows(db, "SELECT health FROM feed_health") == [{"health": "failing"}]
    state = rows(db, "SELECT failures, next_poll_at, etag, body_sha256, last_ok_at FROM feeds")[0]
    assert state["next_poll_at"] <= "2025-02-21T21:00:00Z"
    assert (state["failures"], state["etag"], state["body_sha256"], state["last_ok_at"]) == (0.0, None, None, None)
    assert rows(db, "SELECT count(*) AS n FROM articles") == [{"n": 3}]


async def test_a_host_that_asks_for_patience_is_asked_for_none_of_its_feeds_until_then(
    db: Path, server: Server, at_desk: Any
) -> None:
    busy = server.say("/1", Reply(429, headers=(("Retry-After", "7200"),)))
    others = [server.say(f"/{number}", feed("One")) for number in range(2, 8)]
    async with at_desk(replace(feeds_of(busy, *others), requests_per_host=1)) as desk:
        first = await all_at(desk, NOW)
        assert first.outcomes[Outcome.RATE_LIMITED] == 1
        assert len(server.requests) == first.polls < 7
        assert first.left == 7 - first.polls
        assert await due_feeds(desk, NOW + HOUR) == []
        assert len(await due_feeds(desk, NOW + 3 * HOUR)) == 7


async def test_what_says_nothing_of_the_question_leaves_it_as_it_was(server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("One", ETag='"1"'), Reply(429), Reply(304))
    async with at_desk(feeds_of(url)) as desk:
        for hours in range(3):
            done = await all_at(desk, NOW + hours * HOUR)
    assert done.outcomes == {Outcome.NOT_MODIFIED: 1}


def asks_for_changes(request: Request) -> bool:
    return request.header(b"If-None-Match") is not None


async def test_private_addresses_are_refused_unless_allowed(db: Path, server: Server, at_desk: Any) -> None:
    url = server.say("/feed", feed("One"))
    async with at_desk(replace(feeds_of(url), allow_networks=())) as desk:
        done = await all_at(desk, NOW)
    assert done.outcomes == {Outcome.FORBIDDEN_ADDRESS: 1}
    assert server.requests == []


async def test_when_nobody_answers_it_is_our_outage_and_nobody_is_charged(db: Path, at_desk: Any) -> None:
    closed = [f"http://127.0.0.{n}:9/feed" for n in range(1, 6)]
    async with at_desk(feeds_of(*closed)) as desk:
        done = await run_round(desk, await due_feeds(desk, NOW), NOW)
    assert (done.outage, done.observed, done.retry_at) == (True, 0, NOW + AFTER_OUTAGE)
    assert rows(db, "SELECT DISTINCT outcome, charged FROM polls") == [{"outcome": "connection-error", "charged": 0.0}]
    assert rows(db, "SELECT DISTINCT failures, next_poll_at FROM feeds") == [
        {"failures": 0.0, "next_poll_at": "2025-02-21T15:05:00Z"}
    ]


async def test_a_permanent_move_is_followed_from_then_on_and_a_temporary_one_is_not(
    db: Path, server: Server, at_desk: Any
) -> None:
    new = server.say("/new", feed("One"))
    old, detour = server.say("/old", redirect(301, new)), server.say("/detour", redirect(302, new))
    async with at_desk(feeds_of(old, detour)) as desk:
        await all_at(desk, NOW)
        before = len(server.requests)
        await all_at(desk, NOW + HOUR)
    later = sorted(request.target for request in server.requests[before:])
    assert later == [b"/detour", b"/new", b"/new"]
    assert rows(db, "SELECT moved_to FROM feeds ORDER BY id") == [{"moved_to": new}, {"moved_to": None}]


async def test_a_window_that_moved_on_entirely_opens_a_gap(db: Path, server: Server, at_desk: Any) -> None:
    later = rss("Four", "Five").replace(b"press.example/", b"press.example/x").replace(b"<guid>", b"<guid>x")
    later = later.replace(b"21 Feb 2025", b"28 Feb 2025")
    url = server.say("/feed", feed("One", "Two"), feed("Zero", "One", "Two"), Reply(body=later))
    async with at_desk(feeds_of(url)) as desk:
        for hours in range(3):
            await all_at(desk, NOW + hours * HOUR)
    assert rows(db, "SELECT from_at, to_at, reason FROM gaps") == [
        {"from_at": "2025-02-21T16:00:00Z", "to_at": "2025-02-21T17:00:00Z", "reason": "overflow"}
    ]
    assert [row["overlap"] for row in rows(db, "SELECT overlap FROM polls ORDER BY id")] == [0, 2, 0]


async def test_an_unexpected_fault_is_loud_leaves_a_row_and_hinders_no_other(
    db: Path, server: Server, at_desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = server.say("/bad", feed("One")), server.say("/good", feed("Two"))

    class Faulty:
        def __init__(self, real: Any) -> None:
            self.real = real

        async def fetch(self, url: str, validators: Any) -> Any:
            if url == bad:
                raise ZeroDivisionError("a fault of ours")
            return await self.real.fetch(url, validators)

    async with at_desk(feeds_of(bad, good)) as desk:
        done = await all_at(replace(desk, fetcher=Faulty(desk.fetcher)), NOW)
    assert done.outcomes == {Outcome.INTERNAL_ERROR: 1, Outcome.OK: 1}
    assert "a fault of ours" in caplog.text
    (row,) = rows(db, "SELECT error, charged FROM polls WHERE outcome = 'internal-error'")
    assert row == {"error": "Internal error: ZeroDivisionError.", "charged": 0.0}


async def test_two_rounds_on_one_database_never_overlap(db: Path, server: Server) -> None:
    config = feeds_of(server.say("/feed", feed("One")))
    with exclusive(db), pytest.raises(Locked, match="another run is working"):
        await poll_once(config, db, NOW)
    assert (await poll_once(config, db, NOW)).new == 1


async def test_a_name_that_means_no_feed_is_named(db: Path, server: Server) -> None:
    with pytest.raises(UsageError, match=r"nowhere.*feeds list"):
        await poll_once(feeds_of(server.say("/feed", feed("One"))), db, NOW, ["nowhere"])
    assert "tracker.db" not in os.listdir(db.parent), "a refused command writes nothing"  # noqa: PTH208  no waiting


async def test_feeds_taken_out_of_the_file_are_kept_and_no_longer_polled(db: Path, server: Server) -> None:
    first, second = server.say("/1", feed("One")), server.say("/2", feed("Two"))
    await poll_once(feeds_of(first, second), db, NOW)
    done = await poll_once(feeds_of(first), db, NOW + 2 * HOUR, [])
    assert done.polls == 1
    assert rows(db, "SELECT health FROM feed_health ORDER BY id") == [{"health": "ok"}, {"health": "removed"}]
    assert rows(db, "SELECT count(*) AS n FROM articles") == [{"n": 1}]


async def test_progress_hears_of_every_poll(db: Path, server: Server, at_desk: Any) -> None:
    heard: list[Any] = []

    class Ear:
        def begin(self, feeds: int) -> None:
            heard.append(feeds)

        def polled(self, state: Any, poll: Poll) -> None:
            heard.append(poll.outcome)

    async with at_desk(feeds_of(server.say("/feed", feed("One")), server.say("/gone", Reply(410)))) as desk:
        await run_round(desk, await named_feeds(desk, []), NOW, Ear())  # type: ignore[arg-type]  # it has the methods
    assert heard[0] == 2
    assert set(heard[1:]) == {Outcome.OK, Outcome.GONE}


async def test_a_host_is_asked_by_two_at_a_time_however_many_feeds_it_has(db: Path, server: Server) -> None:
    config = feeds_of(*[server.say(f"/{number}", feed("One")) for number in range(8)])
    async with open_poll_context(replace(config, requests_per_host=2), db) as desk:
        done = await all_at(desk, NOW)
    assert done.outcomes == {Outcome.OK: 8}
    assert server.most_at_once <= 2


async def test_feeds_whose_turn_has_not_come_when_the_time_is_up_stay_due(
    db: Path, server: Server, at_desk: Any
) -> None:
    async with at_desk(feeds_of(server.say("/1", feed("One")), server.say("/2", feed("Two")))) as desk:
        states = await due_feeds(desk, NOW)
        done = await run_round(desk, states, NOW, patience=timedelta())
        assert (done.polls, done.left, done.outage) == (0, 2, False)
        assert await due_feeds(desk, NOW) == states
    assert rows(db, "SELECT * FROM polls") == []


@pytest.mark.parametrize(
    ("reply", "least", "most"),
    [
        pytest.param(feed("One"), 0, 1, id="nothing said"),
        pytest.param(feed("One", **{"Cache-Control": "max-age=18000"}), 4.9, 5.9, id="max-age of five hours"),
        pytest.param(feed("One", **{"Cache-Control": "max-age=3600"}), 0.9, 1.9, id="max-age of the interval"),
        pytest.param(
            Reply(body=rss("One").replace(b"<item>", b"<ttl>300</ttl><item>", 1)), 4.9, 5.9, id="a ttl of five hours"
        ),
        pytest.param(Reply(429, headers=(("Retry-After", "18000"),)), 5, 5, id="Retry-After of five hours"),
        pytest.param(Reply(503, headers=(("Retry-After", "9999999"),)), 24, 24, id="Retry-After of months"),
    ],
)
async def test_what_server_and_document_ask_for_puts_the_next_poll_off(
    db: Path, server: Server, at_desk: Any, reply: Reply, least: float, most: float
) -> None:
    async with at_desk(feeds_of(server.say("/feed", reply))) as desk:
        await all_at(desk, NOW)
    (row,) = rows(db, "SELECT next_poll_at FROM feeds")
    assert NOW + least * HOUR <= datetime.fromisoformat(row["next_poll_at"]) <= NOW + most * HOUR
