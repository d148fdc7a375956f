"""Read the rows of each export, filtered and in their order, as they are now or were at an earlier moment."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from json import dumps
from typing import Any
from zoneinfo import ZoneInfo

from tracker.analyse.days import days_between, midnight
from tracker.analyse.debate import Debate
from tracker.analyse.names import did_you_mean
from tracker.models import BOTH, NO_TOPIC, utc_text
from tracker.store.conditions import counted_at
from tracker.store.database import Database
from tracker.store.tags import debate
from tracker.store.views import VIEWS

_THEN = (
    "SELECT {words} FROM main.earlier_words AS w WHERE w.article = a.id AND w.from_at <= '{at}' AND w.to_at > '{at}'"
)

_HELD = "SELECT {what} FROM main.takeovers AS t WHERE t.article = a.id AND t.taken_at > '{at}' ORDER BY t.id LIMIT 1"
"""The state of an article before its publisher took it over from others."""

_TABLES = {
    "articles": f"""SELECT a.id, canonical_url, url,
        coalesce(({_HELD.format(what="t.from_source", at="{at}")}), source) AS source,
        coalesce(({_HELD.format(what="t.title", at="{at}")}), ({_THEN.format(words="w.title", at="{at}")}), title)
            AS title,
        coalesce(({_HELD.format(what="t.summary", at="{at}")}), ({_THEN.format(words="w.summary", at="{at}")}), summary)
            AS summary,
        author, language, published_at, published_raw, date_quality, first_seen_at,
        CASE WHEN last_seen_at <= '{{at}}' THEN last_seen_at END AS last_seen_at,
        relevance, rulebook, story, agency, appeared_at
        FROM main.articles AS a WHERE first_seen_at <= '{{at}}'""",  # noqa: S608  built from constants; a moment of ours is put in
    "sightings": "SELECT * FROM main.sightings WHERE first_seen_at <= '{at}'",
    "revisions": "SELECT * FROM main.revisions WHERE replaced_at <= '{at}'",
    "copies": "SELECT * FROM main.copies WHERE found_at <= '{at}'",
}
"""What a table held at a moment. When an article was last seen before it is unknown if it was seen since."""

_VIEWS = ("coverage", "headline_changes")

Row = Sequence[Any]


@contextmanager
def as_of(db: Database, moment: datetime | None) -> Iterator[None]:
    """Show `coverage` and `headline_changes` of this connection, within the context, as of a moment; None is now.

    They hold the articles first seen by then, as worded then. Tags, relevance and stories are today's, and so is what a
    feed stated later, such as a missing date. A moment while a round is under way counts the polls that had begun. The
    file is unchanged: temporary views, which take precedence in name lookup, are read instead.
    """
    if moment is None:
        yield
        return
    made = [*_TABLES, *_VIEWS]
    at = utc_text(moment)
    for name in made:
        db.execute(f"CREATE TEMP VIEW {name} AS {_TABLES[name].format(at=at) if name in _TABLES else VIEWS[name]}")
    try:
        yield
    finally:
        for name in reversed(made):
            db.execute(f"DROP VIEW temp.{name}")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to export; None means all. Days are those of `timezone`, `until` is inclusive.

    One of several tags suffices. `relevance` is one of the relevances, or `any` for all but `none`. Undated articles
    count on the day they were first seen.
    """

    tags: tuple[str, ...] = ()
    source: str | None = None
    relevance: str | None = None
    since: date | None = None
    until: date | None = None
    timezone: str = "UTC"

    @property
    def given(self) -> list[str]:
        """Return the names of the filters that narrow anything."""
        values: dict[str, object] = {"tag": self.tags, "source": self.source, "relevance": self.relevance}
        values |= {"since": self.since, "until": self.until}
        return [name for name, value in values.items() if value]

    @property
    def contradiction(self) -> str | None:
        """Say why nothing can pass, whatever is stored; None if something may."""
        if self.since and self.until and self.since > self.until:
            return f"{self.since} is after {self.until}"
        return None

    def excluded(self, debate: Debate) -> str | None:
        """Say why no article of the relevance can have one of the tags; None if one may."""
        topics = {topic.id for topic in debate.topics}
        possible = topics if self.relevance in {None, "any", BOTH} else {self.relevance}
        if self.tags and all(tag in topics and tag not in possible for tag in self.tags):
            return f"no article of relevance {self.relevance} can have the tag {self.tags[0]}"
        return None

    def unknown(self, db: Database) -> str | None:
        """Say what the filter names that is not stored, with near matches; None if all is stored."""
        relevances = (*debate(db).relevances, NO_TOPIC, "any")
        if self.relevance and self.relevance not in relevances:
            return f"relevance {self.relevance!r}{did_you_mean(self.relevance, relevances)}"
        named = [("tag", tag, "label") for tag in self.tags] + (
            [("source", self.source, "name")] if self.source is not None else []
        )
        for what, name, label in named:
            known = {row["id"]: row[label] for row in db.query(f"SELECT id, {label} FROM {what}s")}  # noqa: S608  constants
            if name in known:
                continue
            near = [id_ for id_, label in known.items() if name and name.casefold() in f"{id_} {label}".casefold()][:5]
            hint = f" (similar: {', '.join(near)})" if near else ""
            return f"{what} {name!r}{hint or did_you_mean(name, known)}"
        return None


@dataclass(frozen=True, slots=True)
class Selection:
    """A query without its conditions, its order, and the meaning of each filter that applies to it."""

    query: str
    order: str
    conditions: Mapping[str, str] = field(default_factory=dict)


def _about_articles(which: str, relevance: str = "a.relevance") -> dict[str, str]:
    """Return filters on the article, or on one of the articles, that `which` gives."""
    tagged = "t.tag IN (SELECT value FROM json_each(:tag))"
    exists = f"EXISTS (SELECT 1 FROM articles AS a {{join}} WHERE {which} AND {{condition}})"  # noqa: S608  constants of ours
    return {
        "tag": exists.format(join="JOIN article_tags AS t ON t.article = a.id", condition=tagged),
        "source": exists.format(join="", condition="a.source = :source"),
        "relevance": exists.format(
            join="", condition=f"({relevance} = :relevance OR :relevance = 'any' AND {relevance} <> 'none')"
        ),
    }


_COUNTED_AT = counted_at("c")

SELECTIONS: Mapping[str, Selection] = {
    "coverage": Selection(
        "SELECT c.* FROM coverage AS c",
        f"{_COUNTED_AT}, c.id",
        {
            "tag": "EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = c.id "
            "AND t.tag IN (SELECT value FROM json_each(:tag)))",
            "source": "c.source_id = :source",
            "relevance": "(c.relevance = :relevance OR :relevance = 'any' AND c.relevance <> 'none')",
            "since": f"{_COUNTED_AT} >= :since",
            "until": f"{_COUNTED_AT} < :until",
        },
    ),
    "stories": Selection(
        "SELECT v.* FROM stories_view AS v",
        "v.first_at, v.id",
        {**_about_articles("a.story = v.id"), "since": "v.last_at >= :since", "until": "v.first_at < :until"},
    ),
    "revisions": Selection(
        """SELECT r.id, r.replaced_at, s.name AS source, r.kind, r.title_changed, r.title AS earlier_title, n.title,
            r.summary AS earlier_summary, n.summary, r.words, r.again, r.first_seen_at, r.seen_until,
            n.relevance, n.url, n.id AS article, n.source AS source_id
        FROM revisions AS r JOIN articles AS n ON n.id = r.article JOIN sources AS s ON s.id = n.source""",
        "r.replaced_at, r.id",
        {
            **_about_articles("a.id = r.article"),
            "since": "r.replaced_at >= :since",
            "until": "r.replaced_at < :until",
        },
    ),
    "gaps": Selection(
        """SELECT g.id, g.from_at, g.to_at, g.reason, g.bridged, s.name AS source, f.url, g.feed, f.source AS source_id
        FROM gaps AS g JOIN feeds AS f ON f.id = g.feed JOIN sources AS s ON s.id = f.source""",
        "g.from_at, g.id",
        {
            "source": "f.source = :source",
            "since": "coalesce(g.to_at, '9999') >= :since",
            "until": "g.from_at < :until",
        },
    ),
    "health": Selection(
        "SELECT h.* FROM feed_health AS h", "h.source_id, h.url, h.id", {"source": "h.source_id = :source"}
    ),
}
"""Each export of rows stored as such; attention() counts `attention`."""


@contextmanager
def one_state(db: Database) -> Iterator[None]:
    """Read everything within the context from one state of the database, despite concurrent writes."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")


def columns(db: Database, name: str) -> list[str]:
    """Return the columns of an export of rows, in order."""
    return [column[0] for column in db.execute(f"{SELECTIONS[name].query} LIMIT 0").description]


def rows(db: Database, name: str, wanted: Filter, *, after: int | None = None) -> Iterator[Row]:
    """Yield the rows of an export that pass the filter, in its order, read lazily.

    `after` narrows to rows whose id, the first column, is greater, in order of id.
    """
    selection = SELECTIONS[name]
    parameters = _parameters(wanted)
    conditions = [selection.conditions[filter_] for filter_ in parameters]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{selection.query} {where} ORDER BY {selection.order}"
    if after is not None:
        query = f"SELECT * FROM ({selection.query} {where}) WHERE id > :after ORDER BY id"  # noqa: S608  as below
        parameters = {**parameters, "after": after}
    return iter(db.conn.execute(query, parameters))  # the SQL is constant, values are bound


def tags_used(db: Database) -> list[tuple[str, str]]:
    """Return the tags ever counted on a day, with their labels, in order of id."""
    query = "SELECT id, label FROM tags WHERE EXISTS (SELECT 1 FROM tag_days WHERE tag = id) ORDER BY id"
    return [tuple(row) for row in db.execute(query)]


def attention(db: Database, tags: Sequence[str], wanted: Filter) -> Iterator[Row]:
    """Yield a row for every day from the first to the last on which anything was watched.

    Each holds the day, its observed share, all articles, and per tag the number of articles with it and the ratio of
    the two. If less than half of a day was observed, the rest is unknown.
    """
    span = _days(wanted)
    known = {row[0]: row[1:] for row in db.execute(_DAYS if wanted.source is None else _SOURCE_DAYS, span)}
    watched = [date.fromisoformat(day) for day, (observed, _) in known.items() if observed is not None]
    counts: dict[str, dict[str, int]] = {}
    for day, tag, matching in db.execute(_MATCHING, {**span, "tags": dumps(list(tags)), "source": wanted.source}):
        counts.setdefault(day, {})[tag] = matching
    for day in map(str, days_between(min(watched), max(watched)) if watched else ()):
        observed, total = known.get(day, (None, None))
        if observed is None or observed < 0.5:
            yield (day, observed, None, *(None for _ in tags for _ in range(2)))
        else:
            matching = [counts.get(day, {}).get(tag, 0) for tag in tags]
            yield (day, observed, total, *(cell for n in matching for cell in (n, n / total if total else None)))


_SPAN = "day >= coalesce(:first, '') AND day <= coalesce(:last, '9999')"
_DAYS = f"SELECT day, CASE WHEN watched > 0 THEN seen / watched END, articles FROM days WHERE {_SPAN}"  # noqa: S608
_SOURCE_DAYS = f"SELECT day, observed, articles FROM source_days WHERE source = :source AND {_SPAN}"  # noqa: S608
_MATCHING = f"""SELECT day, tag, sum(articles) FROM tag_days WHERE {_SPAN}
AND tag IN (SELECT value FROM json_each(:tags)) AND source = coalesce(:source, source) GROUP BY day, tag"""  # noqa: S608


def _days(wanted: Filter) -> dict[str, str | None]:
    """Return the first and last day as stored, and the source."""
    return {
        "first": str(wanted.since) if wanted.since else None,
        "last": str(wanted.until) if wanted.until else None,
        "source": wanted.source,
    }


def _parameters(wanted: Filter) -> dict[str, Any]:
    """Return the values of the given filters."""
    zone = ZoneInfo(wanted.timezone)
    given = {
        "tag": dumps(wanted.tags) if wanted.tags else None,
        "source": wanted.source,
        "relevance": wanted.relevance,
        "since": wanted.since and utc_text(midnight(wanted.since, zone)),
        "until": wanted.until and utc_text(midnight(wanted.until + timedelta(days=1), zone)),
    }
    return {name: value for name, value in given.items() if value is not None}
