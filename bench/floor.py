"""The least that a poller in Python does, as `python -m bench.floor DATABASE ADDRESSES`.

It asks with the tracker's own HTTP client, one for all feeds, twenty requests at a time; leaves unchanged bytes alone;
reads with lxml; and inserts a feed's entries in one transaction. It checks, cleans, tags, indexes and forgives nothing.
"""

import asyncio
import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TABLES = """
create table if not exists feeds (url text primary key, etag text, sha256 text);
create table if not exists entries (
  feed text, guid text, link text, title text, summary text, author text, published text, primary key (feed, guid));
"""
_AT_ONCE = 20


def _entries(body: bytes) -> Iterator[tuple[str | None, ...]]:
    root = etree.fromstring(body)
    if root.tag == "rss":
        for item in root.iterfind("channel/item"):
            names = ("guid", "link", "title", "description", f"{_DUBLIN_CORE}creator", "pubDate")
            yield tuple(map(item.findtext, names))
        return
    for entry in root.iterfind(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link")
        guid, title, summary, published = (entry.findtext(_ATOM + n) for n in ("id", "title", "summary", "published"))
        address = None if link is None else link.get("href")
        yield guid, address, title, summary, entry.findtext(f"{_ATOM}author/{_ATOM}name"), published


async def _poll(client: httpx.AsyncClient, db: sqlite3.Connection, url: str, free: asyncio.Semaphore) -> None:
    etag, known = db.execute("select etag, sha256 from feeds where url = ?", [url]).fetchone() or (None, None)
    async with free:
        answer = await client.get(url, headers={"If-None-Match": etag} if etag else {})
    if answer.status_code == 304:
        return
    body = answer.raise_for_status().content
    digest = hashlib.sha256(body).hexdigest()
    with db:
        if digest != known:
            rows = [(url, *entry) for entry in _entries(body)]
            db.executemany("insert or ignore into entries values (?, ?, ?, ?, ?, ?, ?)", rows)
        state = (url, answer.headers.get("etag"), digest)
        db.execute("insert or replace into feeds values (?, ?, ?)", state)


async def _round(database: str, urls: list[str]) -> None:
    db = sqlite3.connect(database)
    db.execute("pragma journal_mode = wal")
    db.executescript(_TABLES)
    free = asyncio.Semaphore(_AT_ONCE)
    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client, asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(_poll(client, db, url, free))
    db.close()


if __name__ == "__main__":
    asyncio.run(_round(sys.argv[1], Path(sys.argv[2]).read_text().split()))
