"""Sources as rows, those of feeds.yaml, of imports and of aggregators, and the places at which they publish."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from tracker.analyse.publishers import Place, Publishers, Voice, hosts, place_of_domain, places_of_feed
from tracker.analyse.slugs import slug_of
from tracker.models import Entry, FeedState, Outlet, Source

_AT_HOME = 5
"""Articles at one host from which on a source may be taken to be at home there."""


def declare(db: Database, sources: Iterable[Source]) -> None:
    """Make the declared sources those of feeds.yaml; what is no longer there stays, marked as not declared."""
    db.execute("UPDATE sources SET declared = 0 WHERE declared")
    db.conn.executemany(
        """INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, family = excluded.family, kind = excluded.kind,
        country = excluded.country, language = excluded.language, declared = 1""",
        [(s.id, s.name, s.family, s.kind, s.country, s.language) for s in sources],
    )


def add_undeclared(db: Database, source: Source) -> None:
    """Make a source known that feeds.yaml does not have; one that is known already stays as it is."""
    db.execute(
        "INSERT INTO sources (id, name, family, declared) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
        (source.id, source.name, source.family),
    )


def place(db: Database, declared: Iterable[Source]) -> None:
    """Make the places at which sources publish those that declared sources and the feeds of declared ones have.

    What an aggregator lists stands elsewhere, so its feeds make no place. Where a source gains one among others, its
    feeds are to be read anew: what they show may be theirs now.
    """
    places = [place_of_domain(domain, source.id) for source in declared for domain in source.domains]
    for row in db.query(
        """SELECT f.url, f.source FROM feeds AS f JOIN sources AS s ON s.id = f.source
        WHERE f.declared AND f.url NOT LIKE 'import:%' AND s.kind IS NOT 'aggregator'"""
    ):
        places += places_of_feed(row["url"], row["source"])
    before = set(_places(db.query("SELECT * FROM domains")))
    if before == set(places):
        return
    db.execute("DELETE FROM domains")
    db.conn.executemany(
        "INSERT INTO domains (host, path, source, declared) VALUES (?, ?, ?, ?)",
        [(one.host, one.path, one.source, one.declared) for one in dict.fromkeys(places)],
    )
    db.execute(
        """UPDATE feeds SET etag = NULL, last_modified = NULL, body_sha256 = NULL
        WHERE source IN (SELECT value FROM json_each(?))""",
        (json.dumps(sorted({one.source for one in {*places} - before} if before else [])),),
    )


def publishers(db: Database, urls: Iterable[str]) -> Publishers:
    """Who publishes these addresses; of others it knows nothing."""
    rows = db.query(
        "SELECT host, path, source, declared FROM domains WHERE host IN (SELECT value FROM json_each(?))",
        (json.dumps([*{host for url in urls for host in hosts(url)}]),),
    )
    return Publishers(_places(rows))


def voices(db: Database, state: FeedState, entries: Sequence[Entry]) -> list[Voice]:
    """Who speaks of each entry of a feed, and for whom: itself, or for an aggregator the outlet that it names.

    Where the entry's address is known to be another's, an aggregator speaks for that one, whatever it says.
    """
    own = state.feed.source
    known = publishers(db, (entry.url for entry in entries))
    owners = [known.of(entry.url) for entry in entries]
    if state.kind != "aggregator":
        return [Voice(own, own, those) for those in owners]
    outlets = _outlets(db, {entry.outlet for entry in entries if entry.outlet})
    return [_voice(db, own, entry, those, outlets) for entry, those in zip(entries, owners, strict=True)]


def _places(rows: Iterable[dict[str, Any]]) -> Iterator[Place]:
    return (Place(row["host"], row["path"], row["source"], bool(row["declared"])) for row in rows)


def is_at_home(db: Database, source: str, url: str) -> bool:
    """Whether most of a source's latest articles stand at the host of an address, at which nobody is known to publish.

    So it is with one whose feed is kept elsewhere and whose `domains:` nobody wrote; one that links others is at home
    nowhere.
    """
    rows = db.query("SELECT url FROM articles WHERE source = ? ORDER BY published_at DESC LIMIT 50", (source,))
    there = [hosts(row["url"])[0] == hosts(url)[0] for row in rows]
    return sum(there) >= _AT_HOME and 2 * sum(there) > len(there)


def _voice(db: Database, own: str, entry: Entry, owners: frozenset[str], outlets: Mapping[Outlet, str | None]) -> Voice:
    """The voice of an aggregator that lists an entry; an outlet that nobody knew becomes a source that is not
    declared."""
    if entry.outlet is None:
        return Voice(own, own, owners)
    source = outlets[entry.outlet]
    if owners and source not in owners:
        return Voice(own, next(iter(owners)) if len(owners) == 1 else own, owners)
    if source is None:
        source = slug_of(entry.outlet.name)
        add_undeclared(db, Source(source, entry.outlet.name, source))
    site = hosts(entry.outlet.url)[0] if entry.outlet.url else ""
    return Voice(own, source, owners, named=site in hosts(entry.url))


def _outlets(db: Database, outlets: Collection[Outlet]) -> dict[Outlet, str | None]:
    """The known source that each outlet is: the only one that publishes at its site, else the one of its name."""
    names = {row["name"].casefold(): row["id"] for row in db.query("SELECT id, name FROM sources ORDER BY declared")}
    known = publishers(db, (outlet.url for outlet in outlets if outlet.url))
    found = {}
    for outlet in outlets:
        owners = known.of(outlet.url) if outlet.url else frozenset()
        found[outlet] = next(iter(owners)) if len(owners) == 1 else names.get(outlet.name.casefold())
    return found
