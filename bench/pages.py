"""The kinds of pages that the site has, and addresses of each: a page whose address has a parameter is a line here.

The only module of the bench that knows what an address looks like.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

from bench.documents import SEED
from tracker.web.routes import FIXED

_ANY = "both,encryption,child-safety"
_RELEVANT = "('both', 'encryption', 'child-safety')"


class Sample:
    """Drawn from a database: what addresses are made of. Each call of a method gives another."""

    def __init__(self, path: Path) -> None:
        self._dice = random.Random(SEED)
        with closing(sqlite3.connect(path)) as self._db:
            self.articles = self._column(f"SELECT id FROM articles WHERE relevance IN {_RELEVANT}")
            self.any_article = self._column("SELECT id FROM articles WHERE id % 997 = 1")
            self.stories = self._column("SELECT id FROM stories ORDER BY articles DESC LIMIT 3000")
            self.sources = self._column("SELECT id FROM sources")
            self.tags = self._tags("SELECT DISTINCT facet FROM tags")
            self.laws, self.people = self._tags("SELECT 'law'"), self._tags("SELECT 'person'")
            self.organisations = self._tags("SELECT 'organisation'")
            self.actors = self._column(
                "SELECT id FROM sources WHERE kind IN ('ngo', 'government', 'police', 'company')"
            )
            self.speakers = self._column("SELECT speaker FROM speakers WHERE speaker_tag IS NULL LIMIT 500")
            self.rare, self.middling, self.common = self._words(2, 20), self._words(500, 5000), self._words(20_000)

    def week(self) -> str:
        """A week of the last years, as 2026-W12."""
        day = datetime.now(UTC).date() - timedelta(days=self._dice.randrange(1200))
        return "{}-W{:02}".format(*day.isocalendar())

    def day(self) -> date:
        """A day of the last years."""
        return datetime.now(UTC).date() - timedelta(days=self._dice.randrange(1200))

    def of(self, values: Sequence[str]) -> str:
        """One of these that was not given before, as long as there is one."""
        return values[self._dice.randrange(len(values))]

    def two(self, values: Sequence[str]) -> tuple[str, str]:
        """Two of these."""
        first, second = self._dice.sample(values, 2)
        return first, second

    def _tags(self, facets: str) -> list[str]:
        """The tags of these facets that have articles, most used first as others are asked for more."""
        return self._column(
            f"SELECT t.id FROM tags AS t JOIN article_tags AS a ON a.tag = t.id WHERE facet IN ({facets}) "
            "GROUP BY t.id ORDER BY count(*) DESC LIMIT 120"
        )

    def _words(self, least: int, most: int = 10**9) -> list[str]:
        """Words that occur in about this many articles, as far as the smaller index of a small database goes."""
        share = self._db.execute("SELECT max(id) / 1e6 FROM articles").fetchone()[0]
        limits = least * share if least > 100 else least, most * share if most > 100 else most
        found = (
            "SELECT term FROM term_counts WHERE articles BETWEEN ? AND ? AND term GLOB '[a-z]*' AND length(term) > 4"
        )
        words = self._column(f"{found} ORDER BY articles DESC LIMIT 2000", *limits)
        matches = "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT 1"
        self._dice.shuffle(words)
        return [word for word in words[:400] if self._db.execute(matches, (f'"{word}"',)).fetchone()]

    def _column(self, sql: str, *values: object) -> list[str]:
        return [str(row[0]) for row in self._db.execute(sql, values)]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: an address of it, and what its CPU milliseconds may be at the 95th percentile.

    `again` says what is asked once more at the same address: "" nothing, "same" the page, "304" whether it has changed.
    """

    name: str
    address: Callable[[Sample], str]
    limit: float = 50.0
    again: str = ""


def _search(q: str, ending: str = "") -> str:
    return f"/search{ending}?{urlencode({'q': q})}"


def _table(**query: object) -> str:
    return f"/tracker/coverage?{urlencode(query)}"


def _filters(s: Sample) -> str:
    return f"{s.of(s.common)} source:{s.of(s.sources)} after:{s.day()}"


def _fixed(address: str, _: Sample) -> str:
    return address


PAGES = (
    Kind("front", lambda _: "/"),
    Kind("front, nothing changed", lambda _: "/", 50.0, again="same"),
    Kind("front, reloaded (304)", lambda _: "/", 50.0, again="304"),
    *(Kind(address.strip("/"), partial(_fixed, address)) for address in FIXED),
    Kind("digest of a week", lambda s: f"/digest/{s.week()}"),
    Kind("articles", lambda _: "/articles"),
    Kind("articles of a tag and a country", lambda s: f"/articles?tag={s.of(s.tags)}&country=GB"),
    Kind("stories of a week", lambda s: f"/stories?week={s.week()}"),
    Kind("story", lambda s: f"/story/{s.of(s.stories)}"),
    Kind("article", lambda s: f"/article/{s.of(s.articles)}"),
    Kind("article, not relevant", lambda s: f"/article/{s.of(s.any_article)}"),
    Kind("headlines of a source", lambda s: f"/headlines?source={s.of(s.sources)}"),
    Kind("tag", lambda s: f"/tag/{s.of(s.tags)}"),
    Kind("tag by country and kind", lambda s: f"/tag/{s.of(s.tags)}/breakdown"),
    Kind("person", lambda s: f"/tag/{s.of(s.people)}"),
    Kind("organisation", lambda s: f"/tag/{s.of(s.organisations)}"),
    Kind("law", lambda s: f"/tag/{s.of(s.laws)}"),
    Kind("source", lambda s: f"/source/{s.of(s.sources)}"),
    Kind("balance of all time by outlet", lambda _: "/balance?range=all"),
    Kind("balance by month", lambda s: f"/balance?by=month&from={s.day()}"),
    Kind("speaker", lambda s: f"/speakers?{urlencode({'name': s.of(s.speakers)})}"),
    Kind("uptake of an actor", lambda s: f"/source/{s.of(s.actors)}/uptake?range=all"),
    Kind("compare tags", lambda s: "/compare?tag={}&tag={}".format(*s.two(s.tags))),
    Kind("compare sources", lambda s: "/compare?source={}&source={}".format(*s.two(s.sources))),
    Kind("search: a rare word", lambda s: _search(s.of(s.rare))),
    Kind("search: a middling word", lambda s: _search(s.of(s.middling))),
    Kind("search: a common word", lambda s: _search(s.of(s.common))),
    Kind("search: two common words", lambda s: _search(" ".join(s.two(s.common)))),
    Kind("search: words and filters", lambda s: _search(_filters(s))),
    Kind("search: E2EE and its synonyms", lambda s: _search(f"E2EE after:{s.day()}")),
    Kind("search as JSON", lambda s: _search(s.of(s.middling), ".json")),
    Kind("search as CSV", lambda s: _search(s.of(s.rare), ".csv")),
    Kind("search as Atom", lambda s: _search(s.of(s.middling), ".atom")),
    Kind("tag as Atom", lambda s: f"/tag/{s.of(s.tags)}.atom"),
    Kind("source as Atom", lambda s: f"/source/{s.of(s.sources)}.atom"),
    Kind("story as Atom", lambda s: f"/story/{s.of(s.stories)}.atom"),
    Kind("table of articles", lambda s: _table(_size=s.of(tuple(map(str, range(20, 100)))))),
    Kind("table, of a source", lambda s: _table(source_id=s.of(s.sources))),
    Kind("table, of a tag", lambda s: _table(tags__arraycontains=s.of(s.tags))),
    Kind("table, relevant since a day", lambda s: _table(relevance__in=_ANY, published_at__gte=s.day())),
    Kind("table, sorted by title", lambda s: _table(_sort="title", source_id=s.of(s.sources))),
    Kind("table, a facet of a source", lambda s: _table(_facet="relevance", source_id=s.of(s.sources))),
    Kind("table, searched", lambda s: _table(_search=s.of(s.middling))),
    Kind("table as JSON", lambda s: f"/tracker/coverage.json?_size=50&source_id={s.of(s.sources)}"),
    Kind("a row", lambda s: f"/tracker/articles/{s.of(s.articles)}"),
    Kind("stories as a table", lambda s: f"/tracker/stories_view?last_at__lte={s.day()}"),
    Kind("headline changes as a table", lambda s: f"/tracker/headline_changes?replaced_at__lte={s.day()}"),
    Kind("the list of tables", lambda _: "/tracker"),
    Kind("metrics", lambda _: "/metrics"),
    Kind("healthz", lambda _: "/healthz"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An address that plain Datasette has as well, below the database's name."""

    name: str
    address: Callable[[Sample], str]


_VIEW_SEARCH = "_fts_table=articles_fts&_fts_pk=id&_search="
"""How plain Datasette, which is told nothing of the view, is asked to search it."""

PAIRS = (
    Pair("table of articles", lambda _: "/coverage?_sort_desc=published_at&_size=50"),
    Pair("of a source", lambda s: f"/coverage?_sort_desc=published_at&_size=50&source_id={s.of(s.sources)}"),
    Pair("a facet of a source", lambda s: f"/coverage?_facet=relevance&_size=50&source_id={s.of(s.sources)}"),
    Pair("searched", lambda s: f"/coverage?_sort_desc=published_at&_size=50&{_VIEW_SEARCH}{quote(s.of(s.middling))}"),
    Pair("as JSON", lambda s: f"/coverage.json?_sort_desc=published_at&_size=50&source_id={s.of(s.sources)}"),
    Pair("a row", lambda s: f"/articles/{s.of(s.articles)}"),
)
