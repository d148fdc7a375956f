"""Store sources (from feeds.yaml, imports and aggregators) and the places, host and path, where they publish."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tracker.analyse.names import slug_of
from tracker.analyse.publishers import Attribution, Place, Publishers, hosts, place_of_domain, places_of_feed
from tracker.models import Entry, FeedState, Outlet, Source
from tracker.store.conditions import POLLED
from tracker.store.connection import Database

_USUAL_HOST = 5
"""Articles at one host from which a source may be taken to publish there."""


def declare(db: Database, sources: Iterable[Source]) -> None:
    """Make the declared sources those of feeds.yaml; ones no longer listed stay, marked as undeclared."""
    db.execute("UPDATE sources SET declared = 0 WHERE declared")
    db.conn.executemany(
        """INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, family = excluded.family, kind = excluded.kind,
        country = excluded.country, language = excluded.language, declared = 1""",
        [(s.id, s.name, s.family, s.kind, s.country, s.language) for s in sources],
    )


def add_undeclared(db: Database, source: Source) -> None:
    """Add a source that feeds.yaml does not list; a known one stays as it is."""
    db.execute(
        "INSERT INTO sources (id, name, family, declared) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
        (source.id, source.name, source.family),
    )


def place(db: Database, declared: Iterable[Source]) -> None:
    """Rebuild the places where sources publish from the declared sources and their feeds.

    An aggregator lists articles hosted elsewhere, so its feeds give no place. When a source gains a place after the
    first build, its feeds are fetched afresh: what they show may now be its own.
    """
    places = [place_of_domain(domain, source.id) for source in declared for domain in source.domains]
    for row in db.query(
        f"""SELECT f.url, f.source FROM feeds AS f JOIN sources AS s ON s.id = f.source
        WHERE f.declared AND f.{POLLED} AND s.kind IS NOT 'aggregator'"""  # noqa: S608  our own text
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
    """Return who publishes at these addresses; it knows nothing about others."""
    rows = db.query(
        "SELECT host, path, source, declared FROM domains WHERE host IN (SELECT value FROM json_each(?))",
        (json.dumps([*{host for url in urls for host in hosts(url)}]),),
    )
    return Publishers(_places(rows))


def attributions(db: Database, state: FeedState, entries: Sequence[Entry]) -> list[Attribution]:
    """Return who speaks in each entry of a feed, and for whom: for itself, or an aggregator for the outlet it names.

    If the entry's address is known to belong to another source, an aggregator speaks for that one, whatever it says.
    """
    own = state.feed.source
    known = publishers(db, (entry.url for entry in entries))
    owners = [known.of(entry.url) for entry in entries]
    if state.kind != "aggregator":
        return [Attribution(own, own, those) for those in owners]
    outlets = _outlets(db, {entry.outlet for entry in entries if entry.outlet})
    return [_attribution(db, own, entry, those, outlets) for entry, those in zip(entries, owners, strict=True)]


def _places(rows: Iterable[dict[str, Any]]) -> Iterator[Place]:
    return (Place(row["host"], row["path"], row["source"], bool(row["declared"])) for row in rows)


def publishes_at_host(db: Database, source: str, url: str) -> bool:
    """Return whether most of a source's latest articles are at the host of `url`, where no publisher is known.

    True for a source whose feed is hosted elsewhere and whose `domains:` nobody wrote; one that links to others has no
    home.
    """
    rows = db.query("SELECT url FROM articles WHERE source = ? ORDER BY published_at DESC LIMIT 50", (source,))
    at_host = [hosts(row["url"])[0] == hosts(url)[0] for row in rows]
    return sum(at_host) >= _USUAL_HOST and 2 * sum(at_host) > len(at_host)


def _attribution(
    db: Database, own: str, entry: Entry, owners: frozenset[str], outlets: Mapping[Outlet, str | None]
) -> Attribution:
    """Return the attribution of an aggregator for an entry; an unknown outlet becomes an undeclared source."""
    if entry.outlet is None:
        return Attribution(own, own, owners)
    source = outlets[entry.outlet]
    if owners and source not in owners:
        return Attribution(own, next(iter(owners)) if len(owners) == 1 else own, owners)
    if source is None:
        source = slug_of(entry.outlet.name)
        add_undeclared(db, Source(source, entry.outlet.name, source))
    site = hosts(entry.outlet.url)[0] if entry.outlet.url else ""
    return Attribution(own, source, owners, named=site in hosts(entry.url))


def _outlets(db: Database, outlets: Collection[Outlet]) -> dict[Outlet, str | None]:
    """Match each outlet to a known source: the only one publishing at its site, else the one of its name, else None."""
    names = {row["name"].casefold(): row["id"] for row in db.query("SELECT id, name FROM sources ORDER BY declared")}
    known = publishers(db, (outlet.url for outlet in outlets if outlet.url))
    found = {}
    for outlet in outlets:
        owners = known.of(outlet.url) if outlet.url else frozenset()
        found[outlet] = next(iter(owners)) if len(owners) == 1 else names.get(outlet.name.casefold())
    return found
