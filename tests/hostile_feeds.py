"""A press that means harm: each text and link of hostile_texts, said in six kinds of feeds, polled for real, twice.

What a poll stores has no elements left, so the escaping of pages would never be put to the test by it alone. One
source's articles are therefore overwritten with the texts as they are, as an older or other program may have left
them; nothing but escaping stands between those and a visitor.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Final

from tests.histories import configuration
from tests.hostile_texts import LINKS, TEXTS
from tests.servers import Reply, Server
from tests.site_database import NOW
from tracker.models import Feed, Round, Source, utc_text
from tracker.pipeline.round import named_feeds, open_poll_context, run_round

NAME: Final = '"><img src=x onerror=owned()> & Söhne'
"""What the source of the Atom feed is called."""

SUBJECT: Final = " – end-to-end encryption, child sexual abuse and grooming"
"""With it in the summary, an article is on both topics, and on every page that lists any."""

_TOPICS: Final = ("encryption", "child-safety")

ERROR: Final = '<script>owned()</script>" onload="owned()'


def said(number: int, place: int = 0) -> str:
    """The text number so and so, or the one that stands in another place of the same entry."""
    return TEXTS[(number + 7 * place) % len(TEXTS)]


def _xml(text: str, times: int = 1) -> str:
    for _ in range(times):
        text = escape(text)
    return text


def _item(number: int, written: Callable[[str], str], host: str, link: str = "") -> str:
    link = link or f"https://{host}.example/{number}"
    return (
        f"<item><guid isPermaLink='false'>{written(said(number, 4))} {number}</guid><link>{_xml(link)}</link>"
        f"<title>{written(said(number))}</title><description>{written(said(number, 1) + SUBJECT)}</description>"
        f"<dc:creator>{written(said(number, 2))}</dc:creator><category>{written(said(number, 3))}</category>"
        f"<pubDate>{NOW - timedelta(hours=5, minutes=number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    )


def _rss(items: Iterator[str]) -> bytes:
    return (
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{_xml(said(0))}</title>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def _of_each(written: Callable[[str], str], host: str) -> bytes:
    return _rss(_item(number, written, host) for number in range(len(TEXTS)))


def _atom(shift: int) -> bytes:
    entries = "".join(
        f"<entry><id>{_xml(said(number, 4))} {number}</id><link href='https://atom.example/{number}'/>"
        f"<title type='text'>{_xml(said(number + shift))}</title>"
        f"<summary type='text'>{_xml(said(number, 1) + SUBJECT)}</summary>"
        f'<author><name>{_xml(said(number, 2))}</name></author><category term="{_xml(said(number, 3))}"/>'
        f"<updated>{utc_text(NOW - timedelta(hours=6, minutes=number))}</updated></entry>"
        for number in range(len(TEXTS))
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entries}</feed>".encode()


def _json() -> bytes:
    items = [
        {
            "id": f"{said(number, 4)} {number}", "url": f"https://json.example/{number}", "title": said(number),
            "content_text": said(number, 1) + SUBJECT, "authors": [{"name": said(number, 2)}],
            "tags": [said(number, 3)], "date_published": utc_text(NOW - timedelta(hours=7, minutes=number)),
        }
        for number in range(len(TEXTS))
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": said(1), "items": items}).encode()


def _broken() -> bytes:
    """Raw in CDATA, which some of the texts end, with bytes that are no UTF-8."""
    return _of_each(lambda text: f"<![CDATA[\0{text}]]>", "broken").replace(b"\0", b"\xff\xc0\xaf\xed\xa0\x80")


def _links() -> bytes:
    items = (_item(number, lambda text: _xml(text, 3), "links", link) for number, link in enumerate(LINKS))
    return _rss(items)


def _plain() -> bytes:
    return _rss(_item(number, lambda _: "Overwritten later", "plain") for number in range(len(TEXTS)))


_FEEDS: Final[dict[str, tuple[bytes, ...]]] = {
    "once": (_of_each(_xml, "once"),),
    "twice": (_of_each(lambda text: _xml(text, 2), "twice"),),
    "thrice": (_of_each(lambda text: _xml(text, 3), "thrice"),),
    "atom": (_atom(0), _atom(1)),
    "json": (_json(),),
    "broken": (_broken(),),
    "links": (_links(),),
    "plain": (_plain(),),
}
"""What each feed says in the first poll, and in the second where that differs."""


async def _polled(db: Path) -> list[Round]:
    async with Server() as server:
        for name, bodies in _FEEDS.items():
            server.say(f"/{name}", *(Reply(body=body) for body in bodies))
        config = replace(
            configuration(""),
            sources=tuple(Source(name, NAME if name == "atom" else name, name, "tech", "GB", "en") for name in _FEEDS),
            feeds=tuple(Feed(server.url(f"/{name}"), name, timedelta(hours=1)) for name in _FEEDS),
        )
        async with open_poll_context(config, db) as desk:
            return [await run_round(desk, await named_feeds(desk, []), NOW - hours) for hours in _POLLS]


_POLLS: Final = (timedelta(hours=3), timedelta(hours=2))


def poll(db: Path) -> list[Round]:
    """Two rounds over all feeds, into a new database."""
    return asyncio.run(_polled(db))


def overwrite(db: Path) -> None:
    """Put the texts and links as they are wherever a feed's words may stand."""
    with closing(sqlite3.connect(db)) as connection, connection:
        rows = connection.execute("SELECT id FROM articles WHERE source = 'plain' ORDER BY url").fetchall()
        for number, (article,) in enumerate(rows):
            link = LINKS[number % len(LINKS)]
            connection.execute(
                "UPDATE articles SET title = ?, summary = ?, author = ?, language = ?, published_raw = ?, url = ?, "
                "canonical_url = ?, date_quality = 'repaired', agency = ?, relevance = 'both', published_at = ? "
                "WHERE id = ?",
                (said(number), said(number, 1) + SUBJECT, said(number, 2), said(number, 5), said(number, 3),
                 link, f"{link}#{number}", said(number, 6), _ago(1), article),
            )  # fmt: skip
            connection.executemany(
                "INSERT OR IGNORE INTO article_tags (article, tag, score) VALUES (?, ?, 4)",
                [(article, tag) for tag in _TOPICS],
            )
            connection.execute(
                "INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, kind, "
                "words) SELECT ?, min(id), ?, ?, 1, ?, ?, 'substantive', ? FROM feeds",
                (article, said(number, 8), said(number, 9), _ago(4), _ago(3), json.dumps([f"+{said(number, 10)}"])),
            )
            connection.execute(
                "UPDATE evidence SET words = ?, rule = ? WHERE article = ?", (said(number, 11), said(number), article)
            )
        connection.execute("UPDATE polls SET error = ?", (ERROR,))
        connection.execute("UPDATE feeds SET last_error = ?, etag = ?, moved_to = ?", (ERROR, ERROR, LINKS[0]))
        connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")


def _ago(hours: int) -> str:
    moment: datetime = NOW - timedelta(hours=hours)
    return utc_text(moment)
