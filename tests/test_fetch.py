"""What Fetcher makes of a real server's answers, good and bad."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from tests.servers import Reply, Request, Server, gzipped, redirect
from tracker.collect.fetch import Fetcher, Limits
from tracker.models import Fetched, Outcome, Validators

LOOPBACK = (ip_network("127.0.0.0/8"),)
AGENT = "tracker/1 (+https://example.org/tracker)"
FEED = b"<rss version='2.0'><channel><title>Feed</title></channel></rss>"
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


async def test_the_request_is_honest_and_tells_nothing_of_others(server: Server) -> None:
    url = server.say("/feed", Reply(body=FEED, headers=(("Set-Cookie", "id=1; Path=/"),)))

    async with Fetcher(AGENT, LOOPBACK) as fetcher:
        await fetcher.fetch(url)
        await fetcher.fetch(url)

    last = server.requests[-1]
    assert last.header(b"User-Agent") == AGENT.encode()
    assert last.header(b"Accept-Encoding") == b"gzip, deflate"
    assert (last.header(b"Accept") or b"").startswith(b"application/atom+xml, application/rss+xml")
    assert last.header(b"Host") == f"127.0.0.1:{server.port}".encode()
    for name in (b"Cookie", b"Referer", b"Authorization", b"If-None-Match", b"If-Modified-Since"):
        assert last.header(name) is None


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
            Outcome.REFUSED,
            "check for robots by cloudflare",
        ),
        (Reply(202, headers=(("x-amzn-waf-action", "challenge"),)), Outcome.REFUSED, "check for robots"),
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
        (503, {"Retry-After": "Mon, 23 Nov 2026 11:30:00 GMT"}, None),
    ],
)
async def test_retry_after_is_obeyed_where_it_means_something(
    server: Server, status: int, headers: dict[str, str], wait: timedelta | None
) -> None:
    fetched = await fetch(server.say("/feed", Reply(status, headers=tuple(headers.items()))))

    assert fetched.retry_after == wait


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

    expected = {Outcome.DNS_ERROR} if location and len(location) == 308 else {Outcome.BAD_REDIRECT}
    assert fetched.outcome in expected
    assert fetched.error


async def test_a_circle_of_redirects_ends(server: Server) -> None:
    url = server.say("/feed", redirect(302, "/feed"))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.BAD_REDIRECT
    assert len(server.requests) == 11


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
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        (" GZIP ", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:20]) + gzip.compress(FEED[20:])),
        ("gzip", gzip.compress(FEED) + b"\0" * 64),
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


async def test_a_body_that_drips_byte_by_byte_is_decoded(server: Server) -> None:
    headers = (("Content-Encoding", "deflate"),)
    url = server.say("/feed", Reply(body=zlib.compress(FEED), headers=headers, drip=0))

    assert (await fetch(url)).body == FEED


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED)[:-9]),
        ("gzip", FEED),
        ("gzip", gzip.compress(FEED)[:30] + b"\0\0\0\0" + gzip.compress(FEED)[34:]),
        ("deflate", zlib.compress(FEED)[:-5]),
        ("deflate", b"x"),
        ("br", b"whatever"),
        ("zstd", b"whatever"),
        ("gzip, gzip", gzip.compress(gzip.compress(FEED))),
        ("gzip", gzip.compress(b"") * 1100),
    ],
    ids=["truncated", "not gzip", "damaged", "short zlib", "one byte", "br", "zstd", "twice", "members"],
)
async def test_what_cannot_be_decoded_is_a_bad_encoding(server: Server, encoding: str, body: bytes) -> None:
    url = server.say("/feed", Reply(body=body, headers=(("Content-Encoding", encoding),)))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.BAD_ENCODING
    assert fetched.body is None


async def test_a_bomb_is_stopped_at_the_limit_on_the_document(server: Server) -> None:
    bomb = gzip.compress(b"\0" * (64 << 20))
    assert len(bomb) < 100_000
    url = server.say("/feed", Reply(body=bomb, headers=(("Content-Encoding", "gzip"),)))

    fetched = await fetch(url)

    assert fetched.outcome is Outcome.TOO_LARGE
    assert fetched.body is None


async def test_an_announced_size_beyond_the_limit_is_not_read(server: Server) -> None:
    url = server.say("/feed", Reply(headers=(("Content-Length", "16000000"),), hang=True))

    fetched = await fetch(url)

    assert (fetched.outcome, fetched.size) == (Outcome.TOO_LARGE, 0)


async def test_a_body_beyond_the_limit_is_not_read_on(server: Server) -> None:
    url = server.say("/feed", Reply(body=b"x" * 300_000, close=True))

    fetched = await fetch(url, limits=Limits(body=100_000))

    assert fetched.outcome is Outcome.TOO_LARGE
    assert fetched.size <= 200_000


async def test_an_empty_body_is_a_document(server: Server) -> None:
    assert (await fetch(server.say("/feed", Reply()))).body == b""
    assert (await fetch(server.say("/gz", Reply(headers=(("Content-Encoding", "gzip"),))))).body == b""


@pytest.mark.parametrize(
    "reply",
    [
        Reply(gate=asyncio.Event()),
        Reply(body=FEED[:5], headers=(("Content-Length", "100"),), hang=True),
        Reply(body=b"x" * 1000, drip=0.01),
    ],
    ids=["never answers", "stops in the middle", "drips"],
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
    ("reply", "outcome"),
    [
        (Reply(raw=b""), Outcome.PROTOCOL_ERROR),
        (Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"), Outcome.PROTOCOL_ERROR),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), Outcome.PROTOCOL_ERROR),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n"), Outcome.PROTOCOL_ERROR),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Outcome.PROTOCOL_ERROR),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"), Outcome.PROTOCOL_ERROR),
    ],
    ids=["nothing", "ssh", "too short", "no number", "bad chunk", "endless header"],
)
async def test_what_is_no_http_is_a_protocol_error(server: Server, reply: Reply, outcome: Outcome) -> None:
    fetched = await fetch(server.say("/feed", reply))

    assert fetched.outcome is outcome
    assert fetched.error


async def test_a_closed_port_is_a_connection_error() -> None:
    async with Server() as server:
        url = server.url("/feed")

    assert (await fetch(url)).outcome is Outcome.CONNECTION_ERROR


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b"])
async def test_a_name_without_address_is_a_dns_error(host: str) -> None:
    assert (await fetch(f"http://{host}/feed")).outcome is Outcome.DNS_ERROR


@pytest.mark.parametrize("url", ["", "feed", "ftp://127.0.0.1/", "http://", "file:///etc/passwd", "http://[::1"])
async def test_what_is_no_web_address_is_a_protocol_error(url: str) -> None:
    fetched = await fetch(url)

    assert fetched.outcome is Outcome.PROTOCOL_ERROR
    assert fetched.error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"])
async def test_without_leave_no_address_of_this_machine_is_reached(server: Server, host: str) -> None:
    async with Fetcher(AGENT, ()) as fetcher:
        fetched = await fetcher.fetch(server.url("/feed", host))

    assert fetched.outcome is Outcome.FORBIDDEN_ADDRESS
    assert "not at a public address" in (fetched.error or "")
    assert server.requests == []


async def test_a_redirect_to_a_forbidden_address_is_not_followed(server: Server) -> None:
    server.say("/feed", redirect(302, "http://169.254.169.254/latest/meta-data/"))

    fetched = await fetch(server.url("/feed"))

    assert fetched.outcome is Outcome.FORBIDDEN_ADDRESS
    assert len(server.requests) == 1


async def test_one_host_is_asked_two_things_at_a_time(server: Server) -> None:
    gate = asyncio.Event()
    url = server.say("/feed", Reply(body=FEED, gate=gate))

    async with Fetcher(AGENT, LOOPBACK) as fetcher:
        running = [asyncio.create_task(fetcher.fetch(url)) for _ in range(6)]
        await server.arrived(2)
        gate.set()
        results = await asyncio.gather(*running)

    assert {result.outcome for result in results} == {Outcome.OK}
    assert server.most_at_once == 2


async def test_waiting_for_a_slot_costs_nothing_of_the_deadline(server: Server) -> None:
    url = server.say("/feed", Reply(hang=True, headers=(("Content-Length", "1"),)))

    async with Fetcher(AGENT, LOOPBACK, Limits(deadline=SOON.deadline, in_all=1)) as fetcher:
        results = await asyncio.gather(*(fetcher.fetch(url) for _ in range(3)))

    assert [result.outcome for result in results] == [Outcome.TIMEOUT] * 3
    assert all(SOON.deadline <= result.elapsed < 2 * SOON.deadline for result in results)
    assert len(server.requests) == 3


async def test_a_cancelled_fetch_gives_its_slot_back(server: Server) -> None:
    server.say("/hangs", Reply(gate=asyncio.Event()))
    url = server.say("/feed", Reply(body=FEED))

    async with Fetcher(AGENT, LOOPBACK, Limits(in_all=1, per_host=1)) as fetcher:
        stuck = asyncio.create_task(fetcher.fetch(server.url("/hangs")))
        await server.arrived(1)
        stuck.cancel()
        assert (await fetcher.fetch(url)).outcome is Outcome.OK
        assert stuck.cancelled()


async def test_tls_is_checked_and_a_downgrade_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    authority = trustme.CA()
    async with Server(tls=_context(authority, "localhost")) as secure:
        plain = server.say("/feed", Reply(body=FEED))
        secure.say("/feed", Reply(body=FEED))
        secure.say("/down", redirect(301, plain))

        unknown = await fetch(secure.url("/feed", "localhost"))
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        known = await fetch(secure.url("/feed", "localhost"))
        wrong_name = await fetch(secure.url("/feed"))
        down = await fetch(secure.url("/down", "localhost"))

    assert unknown.outcome is Outcome.TLS_ERROR
    assert "certificate" in (unknown.error or "")
    assert (known.outcome, known.body) == (Outcome.OK, FEED)
    assert wrong_name.outcome is Outcome.TLS_ERROR
    assert (down.outcome, down.url, down.moved_to) == (Outcome.OK, plain, None)


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


def _context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
