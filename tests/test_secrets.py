"""Passwords and keys reach their server, and nothing else: no other server, no log, no error and no document."""

import base64
import html
import json
import logging
import re
import traceback
from collections.abc import AsyncIterator
from ipaddress import ip_network
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.servers import Reply, Request, Server, redirect
from tracker.collect.fetch import Fetcher
from tracker.collect.secrets import Secrets
from tracker.errors import CollectError
from tracker.models import Fetched, Validators
from tracker.outcomes import Outcome

LOOPBACK = (ip_network("127.0.0.0/8"),)
NOTHING_KNOWN = Validators()
FEED = b"<rss version='2.0'><channel><title>Feed</title></channel></rss>"
PASSWORD = "pä ss:w/o@r&d?'%41\"\\"
KEY = "k3y+of/the=press"
ENVIRONMENT = {"FEED_PASSWORD": PASSWORD, "PRESS_KEY": KEY, "OTHER": "not-for-the-press", "EMPTY": "", "PIN": "42"}
LOGIN = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as started:
        yield started


async def fetch(url: str, validators: Validators = NOTHING_KNOWN) -> Fetched:
    async with Fetcher("tracker", LOOPBACK, environment=ENVIRONMENT) as fetcher:
        return await fetcher.fetch(url, validators)


def with_user(url: str, user: str = "reader:${FEED_PASSWORD}") -> str:
    return url.replace("http://", f"http://{user}@")


# What an address stands for


@pytest.mark.parametrize(
    ("template", "real"),
    [
        ("https://press.example/feed", "https://press.example/feed"),
        ("https://press.example/?k=${PRESS_KEY}&a=b", "https://press.example/?k=k3y%2Bof%2Fthe%3Dpress&a=b"),
        ("https://press.example/${PIN}/${PIN}.xml", "https://press.example/42/42.xml"),
        ("https://reader:${FEED_PASSWORD}@press.example/feed", "https://press.example/feed"),
        ("https://press.example/${not a name}", "https://press.example/${not a name}"),
    ],
)
def test_values_stand_in_the_address_percent_encoded(template: str, real: str) -> None:
    assert Secrets(template, ENVIRONMENT).reveal() == real


@pytest.mark.parametrize(
    ("user", "login"),
    [
        ("reader:${FEED_PASSWORD}", f"reader:{PASSWORD}"),
        ("${PIN}:${FEED_PASSWORD}", f"42:{PASSWORD}"),
        ("${PRESS_KEY}", f"{KEY}:"),
        ("a%40b:c%3Ad", "a@b:c:d"),
    ],
)
def test_user_info_is_a_header_of_its_own(user: str, login: str) -> None:
    secrets = Secrets(f"https://{user}@press.example/", ENVIRONMENT)

    assert secrets.authorization() == b"Basic " + base64.b64encode(login.encode())


def test_an_address_without_user_info_has_no_authorization() -> None:
    assert Secrets("https://press.example/@feed?key=${PRESS_KEY}", ENVIRONMENT).authorization() is None


def test_the_names_of_an_address_are_each_said_once() -> None:
    assert Secrets.names("https://${A}:${B_2}@press.example/${A}?x=${}&y=${1}&z=$C") == ("A", "B_2")


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("https://press.example/?key=${UNSET}", "The environment has no UNSET."),
        ("https://press.example/?key=${EMPTY}", "The environment has no EMPTY."),
        ("https://press.example/?key=${LINES}", "The value of LINES contains a line break"),
        ("https://${PRESS_KEY}.example/", "cannot be used in the host"),
        ("https://reader@press.example:${PIN}/", "cannot be used in the host"),
        ("${PRESS_KEY}://press.example/", "cannot be used in the host"),
        ("${PRESS_KEY}", "cannot be used in the host"),
    ],
)
def test_what_cannot_be_put_in_is_said_without_values(template: str, word: str) -> None:
    with pytest.raises(CollectError, match=word) as raised:
        Secrets(template, ENVIRONMENT | {"LINES": "secret\n"})

    assert "secret\n" not in str(raised.value)


# Hiding


WRITTEN = {
    "raw": str,
    "percent-encoded": lambda value: quote(value, safe=""),
    "percent-encoded in small letters": lambda value: re.sub("%..", lambda x: x[0].lower(), quote(value, safe="")),
    "percent-encoded twice": lambda value: quote(quote(value, safe=""), safe=""),
    "escaped for XML": lambda value: html.escape(value, quote=False),
    "escaped for HTML": html.escape,
    "escaped for HTML within XML": lambda value: html.escape(html.escape(value)),
    "in JSON": lambda value: json.dumps(value)[1:-1],
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_value_is_hidden_however_it_is_written(written, codec: str) -> None:  # type: ignore[no-untyped-def]
    secrets = Secrets("https://reader:${FEED_PASSWORD}@press.example/?key=${PRESS_KEY}", ENVIRONMENT)
    text = f"<a href='/?k={written(KEY)}'>{written(PASSWORD)}</a>, {written(KEY)}"
    hidden = "<a href='/?k=${PRESS_KEY}'>${FEED_PASSWORD}</a>, ${PRESS_KEY}"

    assert secrets.hide(text) == hidden
    assert secrets.hide(text.encode(codec)) == hidden.encode(codec)


def test_user_and_password_are_hidden_where_they_stand_as_a_header() -> None:
    secrets = Secrets("https://reader:${FEED_PASSWORD}@press.example/", ENVIRONMENT)

    assert secrets.hide(f"Basic {LOGIN}") == "Basic reader:${FEED_PASSWORD}"
    assert secrets.hide(f"Basic {LOGIN.rstrip('=')}.") == "Basic reader:${FEED_PASSWORD}."


def test_a_short_value_is_hidden_in_addresses_only() -> None:
    secrets = Secrets("https://press.example/${PIN}/feed?pin=${PIN}", ENVIRONMENT)

    assert secrets.hide("In 1942, 42 of 142 came.") == "In 1942, 42 of 142 came."
    assert secrets.hide(b"<a href='/42?pin=42&amp;b=142'>42</a>") == b"<a href='/${PIN}?pin=${PIN}&amp;b=142'>42</a>"
    assert secrets.hide("In 42.".encode("utf-16")) == "In 42.".encode("utf-16")


def test_of_two_values_the_longer_one_is_hidden_first_and_names_are_left_alone() -> None:
    secrets = Secrets("https://a.example/${A}/${B}/${C}", {"A": "abcd", "B": "abcdef", "C": "C}/x"})

    assert secrets.hide("abcdef abcd abcde /C}/x/") == "${B} ${A} ${A}e /${C}/"


def test_the_name_of_the_site_is_no_secret() -> None:
    secrets = Secrets("https://press:${PASSWORD}@press.example/press", {"PASSWORD": "press"})

    assert secrets.hide_in_address("https://press.example/press") == "https://press.example/${PASSWORD}"
    assert secrets.hide_in_address("https://press.other.example/") == "https://${PASSWORD}.other.example/"


PRINTABLE = st.characters(exclude_categories=["C", "Z"], exclude_characters="$")


@given(value=st.text(PRINTABLE, min_size=4), around=st.text(PRINTABLE))
def test_no_value_is_left_and_what_was_hidden_can_be_revealed(value: str, around: str) -> None:
    assume(value not in around and value not in "/feed?key=")
    secrets = Secrets("https://press.example/feed?key=${KEY}", {"KEY": value})

    assert secrets.hide_in_address(secrets.reveal()) == "https://press.example/feed?key=${KEY}"
    assert secrets.hide(f"{around}\n{value}") == f"{around}\n${{KEY}}"
    assert secrets.hide(f"{around}\n{value}".encode()).endswith(b"\n${KEY}")


# Over the wire


async def test_a_key_reaches_the_server_and_nothing_that_is_kept(server: Server) -> None:
    body = f"<rss><link>/item?key={quote(KEY, safe='')}</link><p>{KEY}</p></rss>".encode()
    headers = (("Content-Type", f"application/rss+xml; key={KEY}"), ("ETag", f'"{KEY}"'))
    template = f"{server.say('/feed', Reply(body=body, headers=headers))}?key=${{PRESS_KEY}}"

    fetched = await fetch(template)

    assert server.requests[0].target == f"/feed?key={quote(KEY, safe='')}".encode()
    assert (fetched.outcome, fetched.url) == (Outcome.OK, template)
    assert fetched.body == b"<rss><link>/item?key=${PRESS_KEY}</link><p>${PRESS_KEY}</p></rss>"
    assert fetched.content_type == "application/rss+xml; key=${PRESS_KEY}"
    assert fetched.validators == Validators()
    assert fetched.size == len(body)
    assert_unknown(fetched)


async def test_a_password_reaches_the_server_in_a_header(server: Server) -> None:
    url = server.say("/feed", Reply(body=f"{LOGIN} {PASSWORD}".encode()))

    fetched = await fetch(with_user(url))

    assert server.requests[0].header(b"Authorization") == f"Basic {LOGIN}".encode()
    assert server.requests[0].header(b"Host") == f"127.0.0.1:{server.port}".encode()
    assert (fetched.url, fetched.body) == (url, b"reader:${FEED_PASSWORD} ${FEED_PASSWORD}")
    assert_unknown(fetched)


async def test_validators_are_kept_where_they_hold_no_secret(server: Server) -> None:
    url = server.say("/feed", Reply(body=FEED, headers=(("ETag", '"1"'),)), Reply(304))

    first = await fetch(with_user(url))
    second = await fetch(with_user(url), first.validators)

    assert first.validators == Validators('"1"')
    assert second.outcome is Outcome.NOT_MODIFIED


async def test_no_other_origin_is_told_the_password(server: Server) -> None:
    async with Server(address="127.0.0.2") as other:
        server.say("/feed", redirect(301, other.url("/feed")))
        other.say("/feed", redirect(302, server.url("/back")))
        server.say("/back", redirect(302, server.url("/there", "localhost")))
        server.say("/there", Reply(body=FEED))

        fetched = await fetch(with_user(server.url("/feed")))
        assert fetched.moved_to == other.url("/feed")

    assert fetched.outcome is Outcome.OK
    assert [request.header(b"Authorization") is not None for request in other.requests] == [False]
    told = {request.target: request.header(b"Authorization") is not None for request in server.requests}
    assert told == {b"/feed": True, b"/back": True, b"/there": False}


async def test_a_feed_that_moved_is_asked_again_with_its_password_and_key(server: Server) -> None:
    def moved(request: Request) -> Reply:
        return redirect(308, request.target.replace(b"/old", b"/new"))

    server.say("/old", moved)
    server.say("/new", Reply(body=FEED))

    fetched = await fetch(with_user(server.url("/old?key=${PRESS_KEY}&a=b")))
    again = await fetch(fetched.moved_to or "")

    assert fetched.moved_to == with_user(server.url("/new?key=${PRESS_KEY}&a=b"))
    assert (again.outcome, again.moved_to, again.url) == (Outcome.OK, None, fetched.url)
    assert server.requests[-1].head == server.requests[-2].head
    assert_unknown(fetched)


@pytest.mark.parametrize("location", ["/new?stolen=${OTHER}", "/${OTHER}", "//${OTHER}@127.0.0.1/", "/$${OTHER}"])
async def test_a_server_cannot_ask_for_what_is_in_the_environment(server: Server, location: str) -> None:
    server.say("/feed", redirect(301, location))
    for path in ("/new", "/$%7BOTHER}", "/$$%7BOTHER}"):
        server.say(path, Reply(body=FEED))

    fetched = await fetch(f"{server.url('/feed')}?key=${{PRESS_KEY}}")
    if fetched.moved_to:
        await fetch(fetched.moved_to)

    assert Secrets.names(fetched.moved_to or "") == ()
    assert not any(ENVIRONMENT["OTHER"].encode() in request.head for request in server.requests)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("/feed?key=${UNSET}", "The environment has no UNSET."),
        ("${PIN}/feed", "A secret cannot be used in the host of an address."),
    ],
)
async def test_an_address_without_its_secret_is_not_asked(server: Server, template: str, sentence: str) -> None:
    url = f"http://127.0.0.1:{server.port}{template}"

    fetched = await fetch(url)

    assert (fetched.outcome, fetched.url, fetched.error) == (Outcome.REFUSED, url, sentence)
    assert (fetched.requests, server.requests) == (0, [])


async def test_by_default_the_environment_is_empty(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_KEY", KEY)

    async with Fetcher("tracker", LOOPBACK) as fetcher:
        fetched = await fetcher.fetch(f"{server.url('/feed')}?key=${{PRESS_KEY}}")

    assert (fetched.outcome, server.requests) == (Outcome.REFUSED, [])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403, headers=(("Server", KEY), ("cf-mitigated", "challenge"))),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + KEY.encode() + b"\r\n\r\n"),
        Reply(raw=KEY.encode() + b"\r\n\r\n"),
        Reply(body=b"\x93\x01 no document", headers=(("Content-Encoding", KEY),)),
        redirect(301, f"ftp://{KEY}/"),
        redirect(301, f"http://localhost:1/{KEY}"),
        redirect(301, f"http://127.0.0.1:{KEY}/"),
        Reply(hang=True, headers=(("Content-Length", KEY),)),
    ],
    ids=["challenge", "transfer", "status", "encoding", "scheme", "elsewhere", "port", "hangs"],
)
async def test_no_failure_tells_a_secret(server: Server, reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    template = with_user(f"{server.say('/feed', reply)}?key=${{PRESS_KEY}}")

    fetched = await fetch(template)

    assert fetched.error
    assert_unknown(fetched, caplog.text)


async def test_no_log_tells_a_secret(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.say("/feed", redirect(302, f"/new?key={quote(KEY, safe='')}"))
    server.say("/new", Reply(body=KEY.encode(), headers=(("X-Key", KEY), ("X-Login", LOGIN))))

    fetched = await fetch(with_user(f"{server.url('/feed')}?key=${{PRESS_KEY}}"))

    assert fetched.outcome is Outcome.OK
    assert_unknown(fetched, caplog.text)


async def test_an_unexpected_exception_tells_no_secret(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(url: object) -> None:
        raise LookupError(f"{url} with {LOGIN}")

    monkeypatch.setattr("httpcore.Request", broken)
    monkeypatch.setattr("httpcore.URL", lambda **parts: broken(parts))
    url = server.say("/feed", Reply(body=FEED))

    with pytest.raises(RuntimeError, match="LookupError") as hidden:
        await fetch(with_user(f"{url}?key=${{PRESS_KEY}}"))
    with pytest.raises(LookupError, match="/feed"):
        await fetch(url)

    assert "${PRESS_KEY}" in str(hidden.value)
    assert_unknown("".join(traceback.format_exception(hidden.value)))


def assert_unknown(*told: object) -> None:
    """Nothing that was printed contains a secret, however it is encoded."""
    everything = "".join(f"{item!r}{item.body!r}" if isinstance(item, Fetched) else str(item) for item in told)
    for secret in (PASSWORD, KEY, LOGIN):
        for write in WRITTEN.values():
            assert write(secret) not in everything  # type: ignore[operator]
