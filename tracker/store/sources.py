"""Sources as rows: those of feeds.yaml, those that imports bring, and those that aggregators name."""

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from tracker.analyse.slugs import slug_of
from tracker.analyse.urls import host
from tracker.models import Entry, FeedState, Outlet, Source


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


def publishers(db: Database, state: FeedState, entries: Sequence[Entry]) -> list[str]:
    """The source of each entry of a feed: the feed's own, or for an aggregator the outlet that it names.

    An outlet is a known source if its name or its host is; otherwise it becomes one that is not declared.
    """
    own = state.feed.source
    if state.kind != "aggregator":
        return [own] * len(entries)
    outlets = {entry.outlet for entry in entries if entry.outlet}
    found = _found(db, outlets) if outlets else {}
    return [found[entry.outlet] if entry.outlet else own for entry in entries]


def _found(db: Database, outlets: Iterable[Outlet]) -> dict[Outlet, str]:
    names = {row["name"].casefold(): row["id"] for row in db.query("SELECT id, name FROM sources ORDER BY declared")}
    hosts = {_site(row["url"]): row["source"] for row in db.query("SELECT url, source FROM feeds WHERE declared")}
    found = {}
    for outlet in outlets:
        known = names.get(outlet.name.casefold()) or hosts.get(_site(outlet.url or ""))
        if known is None:
            known = slug_of(outlet.name)
            add_undeclared(db, Source(known, outlet.name, known))
        found[outlet] = known
    return found


def _site(url: str) -> str:
    """The host of an address without the labels that sites put before their own name."""
    name = host(url)
    for label in ("www.", "feeds.", "rss."):
        name = name.removeprefix(label)
    return name
