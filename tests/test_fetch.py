"""What Fetcher makes of a real server's answers, good and bad."""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from tests.servers import Reply, Request, Server, gzipped, redirect
from tracker.collect.fetch import Fetcher, Limits
from tracker.models import Fetched, Validators
from tracker.outcomes import Outcome

LOOPBACK = (ip_network("127.0.0.0/8"),)
AGENT = "tracker/1 (+https://example.org/tracker)"


def packed(body: bytes) -> bytes:
    """A gzip file without the time of day, so that the tests that it names are the same in every process."""
    return gzip.compress(body, mtime=0)


FEED = b"<rss version='2.0'><channel><title>Feed</title></channel></rss>"
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOTHING_KNOWN = Validators()
USUAL = Limits()
SOON = Limits(deadline=timedelta(milliseconds=300))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as started:
        yield started


async def fetch(url: str, validators: Validators = NOTHING_KNOWN, limits: Limits = USUAL) -> Fetched:
    async with Fetcher(AGENT, LOOPBACK, limits) as fetcher:
        return await fetcher.fetch(url, validators)


async def test_a_document_comes_with_everything_the_next_poll_needs(server: Server) -> None:
    headers = (
        ("Content-Type", "application/rss+xml; charset=utf-8"),
        ("ETag", 'W/"abc"'),
        ("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT"),
    )
    url = server.say("/feed", Reply(body=FEED, headers=headers))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.OK
    assert (fetched.url, fetched.status, fetched.body) == (url, 200, FEED)
    assert fetched.content_type == "application/rss+xml; charset=utf-8"
    assert fetched.validators == Validators('W/"abc"', "Mon, 23 Nov 2026 10:00:00 GMT")
    assert fetched.size == len(FEED)
    assert fetched.elapsed > timedelta()
    assert fetched.moved_to is None
    assert fetched.error is None
    assert (fetched.requests, fetched.fresh_for) == (1, None)


async def test_the_request_is_honest_and_tells_nothing_of_others(server: Server) -> None:
    cookie = Reply(body=FEED, headers=(("Set-Cookie", "id=1; Path=/"), ("ETag", '"1"')))
    url = server.say("/feed", redirect(302, "/feed?a=%C3%A4&b=[c]"), cookie)

    async with Fetcher(AGENT, LOOPBACK) as fetcher:
        first = await fetcher.fetch(url)
        await fetcher.fetch(url, Validators(first.validators.etag, "Mon, 23 Nov 2026 10:00:00 GMT"))

    common = f"""\
Host: 127.0.0.1:{server.port}
User-Agent: {AGENT}
Accept: application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1
Accept-Encoding: gzip, deflate
Connection: close
"""
    conditions = 'If-None-Match: "1"\nIf-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT\n'
    assert [request.head.decode().replace("\r\n", "\n") for request in server.requests] == [
        f"GET /feed HTTP/1.1\n{common}\n",
        f"GET /feed?a=%C3%A4&b=[c] HTTP/1.1\n{common}\n",
        f"GET /feed HTTP/1.1\n{common}{conditions}\n",
    ]


async def test_the_environment_gives_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert (await fetch(server.say("/feed", Reply(body=FEED)))).outcome is Outcome.OK


@pytest.mark.parametrize(
    "etag",
    [b'"plain"', b'W/"weak"', b"unquoted", b'"with \xe9 latin-1 \xff"', b'"double "" quotes"', b"a  b"],
    ids=lambda etag: etag.decode("latin-1"),
)
async def test_validators_come_back_byte_for_byte(server: Server, etag: bytes) -> None:
    date = b"Mon, 23 Nov 2026  10:00:00 +0000"
    url = server.say("/feed", Reply(body=FEED, headers=(("ETag", etag), ("Last-Modified", date))), Reply(304))

    async with Fetcher(AGENT, LOOPBACK) as fetcher:
        first = await fetcher.fetch(url)
        second = await fetcher.fetch(url, first.validators)

    assert server.requests[-1].header(b"If-None-Match") == etag
    assert server.requests[-1].header(b"If-Modified-Since") == date
    assert second.outcome is Outcome.NOT_MODIFIED
    assert second.body is None
    assert second.validators == first.validators


async def test_a_304_renews_the_validators_that_it_brings(server: Server) -> None:
    url = server.say("/feed", Reply(304, headers=(("ETag", '"new"'),)))

    fetched = await fetch(url, Validators('"old"', "yesterday"))

    assert fetched.validators == Validators('"new"', "yesterday")


async def test_a_304_that_nobody_asked_for_is_no_observation(server: Server) -> None:
    assert (await fetch(server.say("/feed", Reply(304)))).outcome is Outcome.HTTP_ERROR


@pytest.mark.parametrize(
    ("reply", "outcome", "word"),
    [
        (Reply(401), Outcome.REFUSED, "401 Unauthorized"),
        (Reply(403), Outcome.REFUSED, "403 Forbidden"),
        (Reply(403, headers=(("Server", "cloudflare"),)), Outcome.REFUSED, "by cloudflare"),
        (
            Reply(403, headers=(("cf-mitigated", "challenge"), ("Server", "cloudflare"))),
            Outcome.CHALLENGE,
            "403 Forbidden, with a bot check by cloudflare",
        ),
        (Reply(202, headers=(("x-amzn-waf-action", "challenge"),)), Outcome.CHALLENGE, "bot check"),
        (Reply(405, headers=(("x-amzn-waf-action", "captcha"),)), Outcome.CHALLENGE, "by an unnamed service"),
        (Reply(401, headers=(("x-datadome", "protected"),)), Outcome.CHALLENGE, "401 Unauthorized"),
        (Reply(404, headers=(("x-datadome", "protected"),)), Outcome.HTTP_ERROR, "404 Not Found"),
        (Reply(429, headers=(("cf-mitigated", "challenge"),)), Outcome.RATE_LIMITED, "too often"),
        (Reply(410, headers=(("x-sucuri-block", "1"),)), Outcome.GONE, "gone for good"),
        (Reply(404), Outcome.HTTP_ERROR, "404 Not Found"),
        (Reply(410), Outcome.GONE, "gone for good"),
        (Reply(429), Outcome.RATE_LIMITED, "too often"),
        (Reply(451), Outcome.HTTP_ERROR, "451"),
        (Reply(500), Outcome.HTTP_ERROR, "500"),
        (Reply(599), Outcome.HTTP_ERROR, "status 599"),
        (Reply(204), Outcome.HTTP_ERROR, "204"),
        (Reply(206, body=FEED), Outcome.HTTP_ERROR, "206"),
        (Reply(300), Outcome.HTTP_ERROR, "300"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_answer_without_the_document_is_a_named_failure(
    server: Server, reply: Reply, outcome: Outcome, word: str
) -> None:
    fetched = await fetch(server.say("/feed", reply))

    assert fetched.outcome is outcome
    assert fetched.status == reply.status
    assert fetched.body is None
    assert word in (fetched.error or "")


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "120"}, timedelta(minutes=2)),
        (503, {"Retry-After": "120"}, timedelta(minutes=2)),
        (500, {"Retry-After": "120"}, None),
        (403, {"Retry-After": "120"}, None),
        (429, {}, None),
        (429, {"Retry-After": "soon"}, None),
        (429, {"Retry-After": "-5"}, None),
        (429, {"Retry-After": "9" * 40}, timedelta(days=31)),
        (
            503,
            {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 11:30:00 GMT"},
            timedelta(minutes=90),
        ),
        (
            503,
            {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT"},
            timedelta(),
        ),
        (
            503,
            {"Retry-After": "Mon, 23 Nov 2026 11:30:00 GMT"},
            datetime(2026, 11, 23, 11, 30, tzinfo=UTC),
        ),
    ],
)
async def test_retry_after_is_obeyed_where_it_means_something(
    server: Server, status: int, headers: dict[str, str], wait: timedelta | datetime | None
) -> None:
    fetched = await fetch(server.say("/feed", Reply(status, headers=tuple(headers.items()))))

    assert fetched.retry_after == wait


NOON = "Mon, 23 Nov 2026 12:00:00 GMT"
ONE = "Mon, 23 Nov 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "fresh_for"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, timedelta(minutes=10)),
        ({"Cache-Control": 'public, Max-Age="600"'}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600", "Age": "120"}, timedelta(minutes=8)),
        ({"Cache-Control": "max-age=600", "Age": "a while"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600", "Age": "600"}, None),
        ({"Cache-Control": "max-age=600, s-maxage=9000"}, timedelta(minutes=10)),
        ({"Cache-Control": "s-maxage=9000"}, None),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": 'no-cache="Set-Cookie", max-age=600'}, None),
        ({"Cache-Control": "no-store", "Date": NOON, "Expires": ONE}, None),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=soon", "Date": NOON, "Expires": ONE}, None),
        ({"Cache-Control": f"max-age={'9' * 40}"}, timedelta(days=31)),
        ({"Cache-Control": "max-age=600, max-age=900"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600", "Date": NOON, "Expires": ONE}, timedelta(minutes=10)),
        ({"Cache-Control": "public", "Date": NOON, "Expires": ONE}, timedelta(hours=1)),
        ({"Date": NOON, "Expires": ONE, "Age": "1800"}, timedelta(minutes=30)),
        ({"Date": ONE, "Expires": NOON}, None),
        ({"Date": NOON, "Expires": "0"}, None),
        ({"Date": NOON, "Expires": "Mon, 23 Nov 2099 13:00:00 GMT"}, timedelta(days=31)),
        ({"Date": "today", "Expires": ONE}, None),
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [200, 304])
async def test_how_long_an_answer_may_be_kept_is_what_it_says(
    server: Server, status: int, headers: dict[str, str], fresh_for: timedelta | None
) -> None:
    fetched = await fetch(server.say("/feed", Reply(status, headers=tuple(headers.items()))), Validators('"1"'))

    assert fetched.fresh_for == fresh_for


@pytest.mark.parametrize(
    ("statuses", "remembered"),
    [
        ((301,), 1),
        ((308,), 1),
        ((302,), None),
        ((303,), None),
        ((307,), None),
        ((301, 308), 2),
        ((301, 302), 1),
        ((301, 302, 301), 1),
        ((302, 301), None),
    ],
    ids=str,
)
async def test_only_permanent_redirects_are_remembered(
    server: Server, statuses: tuple[int, ...], remembered: int | None
) -> None:
    for number, status in enumerate(statuses):
        server.say(f"/{number}", redirect(status, f"/{number + 1}"))
    last = server.say(f"/{len(statuses)}", Reply(body=FEED))

    fetched = await fetch(server.url("/0"))

    assert fetched.outcome is Outcome.OK
    assert fetched.url == last
    assert fetched.moved_to == (None if remembered is None else server.url(f"/{remembered}"))


async def test_of_two_addresses_of_a_redirect_the_first_counts(server: Server) -> None:
    server.say("/old", Reply(301, headers=(("Location", "/né,w"), ("Location", "/other"))))
    last = server.say("/n%C3%A9,w", Reply(body=FEED))

    fetched = await fetch(server.url("/old"))

    assert (fetched.outcome, fetched.url) == (Outcome.OK, last)


async def test_nothing_is_remembered_of_a_redirect_that_leads_to_no_document(server: Server) -> None:
    server.say("/old", redirect(301, "/nowhere"))

    fetched = await fetch(server.url("/old"))

    assert (fetched.outcome, fetched.moved_to) == (Outcome.HTTP_ERROR, None)


@pytest.mark.parametrize(
    "location",
    [
        b"ftp://127.0.0.1/",
        b"javascript:alert(1)",
        b"http://user:secret@127.0.0.1/",
        b"http://",
        b"http://[::1",
        b"http://127.0.0.1:99999/",
        b"http://x/" + b"a" * 3000,
        b"http://" + b"a" * 300 + b"/",
        b"",
        None,
    ],
    ids=str,
)
async def test_a_redirect_that_cannot_be_followed_is_a_bad_redirect(server: Server, location: bytes | None) -> None:
    headers = () if location is None else (("Location", location),)
    server.say("/feed", Reply(301, headers=headers))

    fetched = await fetch(server.url("/feed"))

    expected = {Outcome.UNKNOWN_HOST} if location and len(location) == 308 else {Outcome.BAD_REDIRECT}
    assert fetched.outcome in expected
    assert fetched.error


async def test_a_circle_of_redirects_ends(server: Server) -> None:
    url = server.say("/feed", redirect(302, "/feed"))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.BAD_REDIRECT
    assert fetched.requests == len(server.requests) == 11


async def test_a_server_that_redirects_until_its_cookies_come_back_gets_them_and_nobody_else(server: Server) -> None:
    cookies = (("Set-Cookie", "seen=1; Path=/; HttpOnly"), ("Set-Cookie", "consent=a=b"))
    url = server.say("/feed", Reply(302, headers=(("Location", "/feed"), *cookies)), redirect(302, "/elsewhere"))
    server.say("/elsewhere", redirect(302, server.url("/last", "localhost")))
    server.say("/last", Reply(body=FEED))

    fetched = await fetch(url)
    await fetch(server.url("/last"))

    assert fetched.outcome is Outcome.OK
    sent = b"seen=1; consent=a=b"
    assert [request.header(b"Cookie") for request in server.requests] == [None, sent, sent, None, None]


async def test_a_path_of_redirects_without_end_ends(server: Server) -> None:
    def onwards(request: Request) -> Reply:
        return redirect(301, request.target.decode() + "x")

    for steps in range(1, 20):
        server.say("/" + "x" * steps, onwards)

    fetched = await fetch(server.url("/x"))

    assert (fetched.outcome, fetched.requests, fetched.moved_to) == (Outcome.BAD_REDIRECT, 11, None)


async def test_a_redirect_keeps_validators_and_drops_the_fragment(server: Server) -> None:
    server.say("/old", redirect(301, "/new#part"))
    server.say("/new", Reply(304))

    fetched = await fetch(server.url("/old"), Validators('"1"'))

    assert fetched.outcome is Outcome.NOT_MODIFIED
    assert fetched.moved_to == server.url("/new")
    assert server.requests[-1].header(b"If-None-Match") == b'"1"'


RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = RAW.compress(FEED) + RAW.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(FEED)),
        ("x-gzip", packed(FEED)),
        (" GZIP ", packed(FEED)),
        ("gzip", packed(FEED[:20]) + packed(FEED[20:])),
        ("gzip", packed(FEED) + b"\0" * 64),
        ("deflate", zlib.compress(FEED)),
        ("deflate", RAW_DEFLATE),
        ("identity", FEED),
        ("", FEED),
    ],
    ids=["gzip", "x-gzip", "capitals", "two members", "padding", "zlib", "raw deflate", "identity", "empty"],
)
async def test_what_was_asked_for_is_decoded(server: Server, encoding: str, body: bytes) -> None:
    url = server.say("/feed", Reply(body=body, headers=(("Content-Encoding", encoding),)))

    fetched = await fetch(url)

    assert (fetched.outcome, fetched.body, fetched.size) == (Outcome.OK, FEED, len(body))


@pytest.mark.parametrize(
    "encoding", ["none", "UTF-8", "aws-chunked", "binary", "8bit", "br", "gzip", "deflate", "gzip, gzip"]
)
@pytest.mark.parametrize(
    "body", [FEED, b"\xef\xbb\xbf\n{}", FEED.decode().encode("utf-16")], ids=["XML", "JSON", "UTF-16"]
)
async def test_what_is_plainly_a_document_is_read_as_it_stands(server: Server, encoding: str, body: bytes) -> None:
    url = server.say("/feed", Reply(body=body, headers=(("Content-Encoding", encoding),)))

    fetched = await fetch(url)

    assert (fetched.outcome, fetched.body) == (Outcome.OK, body)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, packed(FEED)),
        ("identity", packed(FEED)),
        ("UTF-8", packed(FEED)),
        ("br", packed(FEED)),
        ("deflate", packed(FEED)),
        ("gzip", packed(packed(FEED))),
        ("gzip, gzip", packed(FEED)),
        ("gzip, gzip", packed(packed(FEED))),
        ("deflate, gzip", packed(zlib.compress(FEED))),
        ("gzip, deflate", zlib.compress(packed(FEED))),
        ("aws-chunked,gzip", packed(FEED)),
        ("gzip, aws-chunked", packed(FEED)),
        ("gzip;level=9", packed(FEED)),
    ],
)
async def test_gzip_is_unpacked_wherever_it_is_found(server: Server, encoding: str | None, body: bytes) -> None:
    headers = (("Content-Encoding", encoding),) if encoding else ()

    fetched = await fetch(server.say("/feed", Reply(body=body, headers=headers, drip=0)))

    assert (fetched.outcome, fetched.body) == (Outcome.OK, FEED)


async def test_layers_of_gzip_are_unpacked_up_to_a_limit(server: Server) -> None:
    body = FEED
    for _ in range(4):
        body = packed(body)

    fetched = await fetch(server.say("/feed", Reply(body=body, headers=(("Content-Encoding", "gzip," * 50),))))

    assert (fetched.outcome, fetched.body) == (Outcome.OK, packed(FEED))


@pytest.mark.parametrize("encoding", [None, "gzip"])
async def test_a_bomb_within_a_gzip_file_is_stopped_at_the_limit_too(server: Server, encoding: str | None) -> None:
    bomb = packed(packed(b"\0" * (64 << 20)))
    headers = (("Content-Encoding", encoding),) if encoding else ()

    fetched = await fetch(server.say("/feed", Reply(body=bomb, headers=headers)))

    assert fetched.outcome is Outcome.TOO_LARGE
    assert len(fetched.body or b"") <= USUAL.inflated


async def test_a_body_that_drips_byte_by_byte_is_decoded(server: Server) -> None:
    headers = (("Content-Encoding", "deflate"),)
    url = server.say("/feed", Reply(body=zlib.compress(FEED), headers=headers, drip=0))

    assert (await fetch(url)).body == FEED


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(FEED)[:-9]),
        ("gzip", b"no gzip, and no document"),
        ("gzip", packed(FEED)[:30] + b"\0\0\0\0" + packed(FEED)[34:]),
        ("deflate", zlib.compress(FEED)[:-5]),
        ("deflate", b"x"),
        ("br", b"whatever"),
        ("zstd", b"whatever"),
        ("aws-chunked, br", b"\x0b\x02\x80whatever"),
        (None, packed(FEED)[:-9]),
        ("gzip", packed(b"") * 1100),
    ],
    ids=["truncated", "not gzip", "damaged", "short zlib", "one byte", "br", "zstd", "two", "file", "members"],
)
async def test_what_cannot_be_decoded_is_a_bad_encoding(server: Server, encoding: str | None, body: bytes) -> None:
    url = server.say("/feed", Reply(body=body, headers=(("Content-Encoding", encoding),) if encoding else ()))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.BAD_ENCODING
    assert (fetched.body or b"") in FEED


async def test_a_bomb_is_stopped_at_the_limit_on_the_document(server: Server) -> None:
    bomb = packed(b"\0" * (64 << 20))
    assert len(bomb) < 100_000
    url = server.say("/feed", Reply(body=bomb, headers=(("Content-Encoding", "gzip"),)))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.TOO_LARGE
    assert len(fetched.body or b"") <= USUAL.inflated


@pytest.mark.parametrize("size", [16_000_000, 2**31, 10**18])
async def test_an_announced_size_beyond_the_limit_is_not_read(server: Server, size: int) -> None:
    url = server.say("/feed", Reply(headers=(("Content-Length", str(size)),), hang=True))

    fetched = await fetch(url)

    assert (fetched.outcome, fetched.size) == (Outcome.TOO_LARGE, 0)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=HEAD + b"\r\n", forever=b"x" * 2**16),
        Reply(raw=CHUNKED, forever=b"10000\r\n" + b"x" * 2**16 + b"\r\n"),
        Reply(raw=HEAD + b"Content-Encoding: gzip\r\n\r\n" + packed(FEED), forever=b"\0" * 2**16),
    ],
    ids=["without length", "in chunks", "behind what is compressed"],
)
async def test_a_body_without_end_is_not_read_on(server: Server, reply: Reply) -> None:
    fetched = await fetch(server.say("/feed", reply), limits=Limits(body=1_000_000))

    assert fetched.outcome is Outcome.TOO_LARGE
    assert 1_000_000 < fetched.size < 1_100_000


async def test_an_empty_body_is_a_document(server: Server) -> None:
    assert (await fetch(server.say("/feed", Reply()))).body == b""
    assert (await fetch(server.say("/gz", Reply(headers=(("Content-Encoding", "gzip"),))))).body == b""


@pytest.mark.parametrize(
    "reply",
    [
        Reply(gate=asyncio.Event()),
        Reply(body=FEED[:5], headers=(("Content-Length", "100"),), hang=True),
        Reply(body=b"x" * 1000, drip=0.01),
        Reply(raw=HEAD + b"X: y\r\n" * 1000, drip=0.01),
        Reply(raw=b"", forever=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        Reply(raw=CHUNKED, forever=b"1;a=b\r\n \r\n", drip=0.01),
    ],
    ids=["never answers", "stops in the middle", "drips", "headers drip", "never gets past hints", "tiny chunks"],
)
async def test_the_deadline_covers_every_kind_of_slowness(server: Server, reply: Reply) -> None:
    fetched = await fetch(server.say("/feed", reply), limits=SOON)

    assert fetched.outcome is Outcome.TIMEOUT
    assert SOON.deadline <= fetched.elapsed < timedelta(seconds=5)
    assert fetched.error


async def test_the_deadline_covers_all_redirects_together(server: Server) -> None:
    slow = Reply(302, body=b"x", headers=(("Location", "/feed"),), drip=0.1)
    fetched = await fetch(server.say("/feed", slow), limits=Limits(deadline=SOON.deadline, redirects=10_000))

    assert fetched.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b""),
        Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
        Reply(raw=b"<html>HTTP/0.9</html>"),
        Reply(raw=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        Reply(raw=bytes(range(256)) * 2000),
        Reply(raw=HEAD + b"Content-Length: 10\r\n\r\nabc"),
        Reply(raw=HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        Reply(raw=CHUNKED + b"zz\r\n"),
        Reply(raw=CHUNKED + b"-5\r\nabcde\r\n"),
        Reply(raw=CHUNKED + b"fffffffffffffffffffffffff\r\nabc"),
        Reply(raw=CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n"),
        Reply(raw=CHUNKED + b"3\r\nabc\r\n"),
        Reply(raw=HEAD + b"Transfer-Encoding: rot13\r\n\r\nabc"),
        Reply(raw=HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n"),
        Reply(raw=HEAD + b"X: y\r\n" * 1001 + b"\r\n"),
        Reply(raw=HEAD, forever=b"X: y\r\n" * 1000),
        Reply(raw=HEAD + b"X: ", forever=b"y" * 2**20),
        Reply(raw=CHUNKED, forever=b"0" * 2**16),
    ],
    ids=[
        "nothing", "ssh", "no head", "another protocol", "noise", "too short", "two lengths", "bad chunk",
        "negative chunk", "huge chunk", "chunk too long", "no last chunk", "other coding",
        "long header", "1,001 headers", "headers without end", "a header without end", "a chunk's size without end",
    ],
)  # fmt: skip
async def test_what_is_no_http_is_a_protocol_error(server: Server, reply: Reply) -> None:
    fetched = await fetch(server.say("/feed", reply))

    assert fetched.outcome is Outcome.PROTOCOL_ERROR
    assert fetched.requests == 1
    assert (fetched.error or "").startswith("The server's response is not valid HTTP: ")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Foo : bar\r\nETag \t: \"1\"\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n and more of it\r\nETag: \"1\"\r\n",
        b"HTTP/1.1 200 OK\r\nX Foo: bar\r\n: bar\r\nX-F\xf6\xf6: bar\r\nETag: \"1\"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Foo: a\0b\r\nX-Bar: a\x0bb\r\nETag: \"1\"\r\n",
        b"HTTP/1.1 200 OK\r\n folded at the start\r\nETag:\r\n \"1\"\r\n",
        b"HTTP/1.1 200 OK\nX-Foo : bar\nETag: \"1\"\n",
        b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: identity\r\n",
        b"\r\nhttp/1.1  200 \0 OK\r\nETag: \"1\"\r\n",
        b"HTTP/2 200\r\nETag: \"1\"\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink : </a>\r\n\r\nHTTP/1.1 200 OK\r\nETag : \"1\"\r\n",
    ],
    ids=[
        "space before the colon", "no colon", "no name", "controls", "folded", "line feeds", "identity", "status line",
        "HTTP/2", "hints",
    ],
)  # fmt: skip
@pytest.mark.parametrize("drip", [None, 0], ids=["at once", "byte by byte"])
async def test_a_head_is_read_as_browsers_read_it(server: Server, head: bytes, drip: float | None) -> None:
    end = b"\n" if b"\r" not in head else b"\r\n"
    body = FEED + b"\n\nno header\n\n"
    raw = head + b"Content-Length: %d" % len(body) + end + end + body
    fetched = await fetch(server.say("/feed", Reply(raw=raw, drip=drip)))

    assert (fetched.outcome, fetched.body, fetched.error) == (Outcome.OK, body, None)
    assert fetched.validators.etag == '"1"'


@pytest.mark.parametrize("length", ["ten", "-1", ""])
async def test_a_length_that_is_no_number_is_ignored(server: Server, length: str) -> None:
    raw = HEAD + b"Content-Length: %s\r\n\r\n" % length.encode() + FEED
    fetched = await fetch(server.say("/feed", Reply(raw=raw)))

    assert (fetched.outcome, fetched.body) == (Outcome.OK, FEED)


async def test_many_headers_are_no_mistake(server: Server) -> None:
    assert (await fetch(server.say("/feed", Reply(raw=HEAD + b"X: y\r\n" * 998 + b"\r\n")))).outcome is Outcome.OK


async def test_a_closed_port_is_a_connection_error() -> None:
    async with Server() as server:
        url = server.url("/feed")

    fetched = await fetch(url)
    assert (fetched.outcome, fetched.requests) == (Outcome.CONNECTION_ERROR, 0)
    assert str(url.rpartition(":")[2].removesuffix("/feed")) in (fetched.error or "")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (socket.EAI_NONAME, Outcome.UNKNOWN_HOST),
        (socket.EAI_NODATA, Outcome.UNKNOWN_HOST),
        (socket.EAI_AGAIN, Outcome.DNS_ERROR),
        (socket.EAI_FAIL, Outcome.DNS_ERROR),
        (socket.EAI_SYSTEM, Outcome.DNS_ERROR),
    ],
)
async def test_a_name_without_address_is_told_from_one_that_cannot_be_asked(
    code: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "the resolver's words")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    fetched = await fetch("http://press.example/feed")

    assert (fetched.outcome, fetched.requests) == (outcome, 0)
    assert fetched.error


@pytest.mark.parametrize("url", ["", "feed", "ftp://127.0.0.1/", "http://", "file:///etc/passwd", "http://[::1"])
async def test_what_is_no_web_address_is_a_protocol_error(url: str) -> None:
    fetched = await fetch(url)

    assert fetched.outcome is Outcome.PROTOCOL_ERROR
    assert fetched.error


OTHERS = """
    127.0.0.1 localhost 2130706433 0x7f.1 0x7f000001 0177.1 017700000001 127.1 [::ffff:127.0.0.1]
    [::ffff:7f00:1] [::1] [::] [64:ff9b::7f00:1] [2002:7f00:1::1] [fe80::1] [fc00::1] [ff02::1] 0.0.0.0 0
    10.0.0.1 169.254.169.254 100.64.0.1 192.168.1.1 224.0.0.1 255.255.255.255
""".split()


@pytest.mark.parametrize("host", OTHERS)
async def test_without_leave_no_address_of_this_machine_is_reached(server: Server, host: str) -> None:
    async with Fetcher(AGENT, ()) as fetcher:
        fetched = await fetcher.fetch(server.url("/feed", host))

    assert fetched.outcome is Outcome.FORBIDDEN_ADDRESS
    assert "not at a public address" in (fetched.error or "")
    assert (fetched.requests, server.requests) == (0, [])


@pytest.mark.parametrize("host", OTHERS)
async def test_no_redirect_leads_to_a_forbidden_address(host: str) -> None:
    async with Server(address="127.0.0.2") as server:
        url = server.say("/feed", redirect(301, "/next"))
        server.say("/next", redirect(302, server.url("/latest/meta-data/", host)))
        async with Fetcher(AGENT, (ip_network("127.0.0.2"),)) as fetcher:
            fetched = await fetcher.fetch(url)

    assert fetched.outcome is Outcome.FORBIDDEN_ADDRESS
    assert (fetched.requests, fetched.moved_to) == (2, None)
    assert len(server.requests) == 2


async def test_any_number_of_requests_run_at_a_time(server: Server) -> None:
    gate = asyncio.Event()
    url = server.say("/feed", Reply(body=FEED, gate=gate))

    async with Fetcher(AGENT, LOOPBACK) as fetcher:
        running = [asyncio.create_task(fetcher.fetch(url)) for _ in range(50)]
        await server.arrived(50)
        gate.set()
        results = await asyncio.gather(*running)

    assert {result.outcome for result in results} == {Outcome.OK}
    assert server.most_at_once == 50


FEW_LARGE = Limits(small=1000, large=1)


@pytest.mark.parametrize(
    "reply",
    [Reply(body=b"x" * 2000), gzipped(b"x" * 2000), Reply(raw=HEAD + b"\r\n" + b"x" * 2000)],
    ids=["plain", "compressed", "without length"],
)
async def test_a_large_document_waits_for_another_and_small_ones_do_not(server: Server, reply: Reply) -> None:
    endless = server.say("/endless", Reply(raw=HEAD + b"\r\n" + b"x" * 2000, hang=True))
    large, small = server.say("/large", reply), server.say("/small", Reply(body=FEED))

    async with Fetcher(AGENT, LOOPBACK, FEW_LARGE) as fetcher:
        first = asyncio.create_task(fetcher.fetch(endless))
        await server.arrived(1)
        await fetcher.fetch(small)
        second = asyncio.create_task(fetcher.fetch(large))
        await server.arrived(3)
        assert (await fetcher.fetch(small)).outcome is Outcome.OK
        assert not second.done()
        first.cancel()
        assert (await second).body == b"x" * 2000


async def test_waiting_for_another_large_document_is_within_the_deadline(server: Server) -> None:
    url = server.say("/feed", Reply(raw=HEAD + b"\r\n" + b"x" * 2000, hang=True))

    async with Fetcher(AGENT, LOOPBACK, Limits(deadline=SOON.deadline, small=1000, large=1)) as fetcher:
        results = await asyncio.gather(*(fetcher.fetch(url) for _ in range(5)))
        assert {result.outcome for result in results} == {Outcome.TIMEOUT}
        assert (await fetcher.fetch(server.say("/large", Reply(body=b"x" * 2000)))).outcome is Outcome.OK


@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"\r\n", HEAD + b"\r\n" + b"x" * 3000], ids=str)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_cancelled_fetch_hangs_up(scheme: str, sent: bytes) -> None:
    came, gone = asyncio.Event(), asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(sent)
        came.set()
        with suppress(OSError):
            await reader.read()
        writer.transport.abort()
        gone.set()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with Fetcher(AGENT, LOOPBACK, FEW_LARGE) as fetcher:
            fetching = asyncio.create_task(fetcher.fetch(f"{scheme}://127.0.0.1:{port}/feed"))
            await came.wait()
            fetching.cancel()
            await asyncio.wait([fetching])
            if scheme == "http" or not sent:
                assert fetching.cancelled()
            await gone.wait()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Who is trusted in this test, and nobody else."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


async def test_a_document_comes_over_tls(authority: trustme.CA) -> None:
    async with Server(tls=_context(authority.issue_cert("localhost"))) as secure:
        secure.say("/feed", gzipped(FEED))
        fetched = await fetch(secure.url("/feed", "localhost"))

    assert (fetched.outcome, fetched.body) == (Outcome.OK, FEED)


@pytest.mark.parametrize(
    ("certificate", "word"),
    [
        (lambda authority: authority.issue_cert("example.org"), "certificate is not valid for 'localhost'"),
        (lambda authority: authority.issue_cert("127.0.0.1"), "certificate is not valid for 'localhost'"),
        (lambda authority: authority.issue_cert("localhost", not_after=datetime(2020, 1, 1)), "has expired"),  # noqa: DTZ001 - trustme's
        (lambda authority: trustme.CA().issue_cert("localhost"), "unable to get local issuer certificate"),
    ],
    ids=["of another name", "of the number", "expired", "of an unknown authority"],
)
async def test_a_certificate_that_proves_nothing_is_a_tls_error(
    authority: trustme.CA, certificate: Callable[[trustme.CA], trustme.LeafCert], word: str
) -> None:
    async with Server(tls=_context(certificate(authority))) as secure:
        fetched = await fetch(secure.url("/feed", "localhost"))

    assert (fetched.outcome, fetched.requests) == (Outcome.TLS_ERROR, 0)
    assert word in (fetched.error or "")
    assert secure.requests == []


async def test_a_server_without_tls_is_a_tls_error() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as listening:
        fetched = await fetch(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/feed")

    assert (fetched.outcome, fetched.requests) == (Outcome.TLS_ERROR, 0)


async def test_a_redirect_away_from_tls_is_followed_and_not_remembered(authority: trustme.CA, server: Server) -> None:
    async with Server(tls=_context(authority.issue_cert("localhost"))) as secure:
        plain = server.say("/feed", Reply(body=FEED))
        secure.say("/old", redirect(301, "/new"))
        secure.say("/new", redirect(301, plain))
        down = await fetch(secure.url("/old", "localhost"))
        assert down.moved_to == secure.url("/new", "localhost")

    assert (down.outcome, down.url) == (Outcome.OK, plain)


async def test_a_handshake_that_is_not_answered_is_a_timeout(server: Server) -> None:
    url = server.url("/feed").replace("http:", "https:")

    fetched = await fetch(url, limits=Limits(connect=timedelta(milliseconds=200)))

    assert fetched.outcome is Outcome.TIMEOUT
    assert fetched.elapsed < timedelta(seconds=5)


async def test_a_name_in_another_script_reaches_the_server_as_ascii(server: Server) -> None:
    seen: list[Request] = []
    server.say("/ä", Reply(body=FEED))

    def record(request: Request) -> Reply:
        seen.append(request)
        return Reply(body=FEED)

    server.say("/%C3%A4", record)

    assert (await fetch(server.url("/ä"))).outcome is Outcome.OK
    assert seen[0].target == b"/%C3%A4"


async def test_gzip_saves_what_is_sent(server: Server) -> None:
    fetched = await fetch(server.say("/feed", gzipped(FEED * 100)))

    assert fetched.body == FEED * 100
    assert fetched.size < len(FEED) * 100


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
