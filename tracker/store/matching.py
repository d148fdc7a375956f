"""Translate a search into SQL: which articles match its words within its scope; shared by the site and alerts.

Statements are built here and run elsewhere; all call the article `a`.
"""

import json
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from tracker.analyse.days import midnight
from tracker.analyse.search.query import Query, fts
from tracker.analyse.search.scope import Known, Scope, scope_of
from tracker.models import utc_text
from tracker.store.conditions import COUNTED_AT

KNOWN: Final = """
SELECT 'source' AS what, id, name, country, kind FROM sources UNION ALL SELECT 'tag', id, label, NULL, NULL FROM tags"""
"""The names that filters may use, for `known_from`."""

LISTS: Final = (
    "sources", "not_sources", "languages", "not_languages", "countries", "not_countries", "kinds", "not_kinds",
)  # fmt: skip

_IN = "IN (SELECT value FROM json_each(:{name}))"
_OF_SOURCES = "a.source IN (SELECT id FROM sources WHERE {column} IN (SELECT value FROM json_each(:{name})))"
_LANGUAGE = "substr(a.language, 1, instr(a.language || '-', '-') - 1)"
_CARRIES = "EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id AND t.tag = :{name})"


@dataclass(frozen=True, slots=True)
class SearchCriteria:
    """What to search for: an FTS5 expression, None without words, and a scope whose days are those of `zone`."""

    match: str | None
    scope: Scope
    zone: ZoneInfo

    @property
    def narrow(self) -> bool:
        """True if the scope excludes anything."""
        return (
            any((*map(self.scope.__getattribute__, (*LISTS, "tags", "not_tags")), self.scope.since, self.scope.until))
            or self.scope.relevant is not None
        )


def wanted(query: Query, known: Known, zone: ZoneInfo) -> SearchCriteria:
    """Translate a query, given the known sources and tags; the scope's faults say if it can match nothing."""
    return SearchCriteria(fts(query.wanted, query.excluded) if query.wanted else None, scope_of(query, known), zone)


def known_from(rows: list[dict[str, str | None]]) -> Known:
    """Build the known sources and tags from the rows of KNOWN."""
    names = {
        what: {str(row["id"]): str(row["name"]) for row in rows if row["what"] == what} for what in ("source", "tag")
    }
    countries, kinds = (frozenset(row[name] for row in rows) - {None} for name in ("country", "kind"))
    return Known(names["source"], names["tag"], frozenset(map(str, countries)), frozenset(map(str, kinds)))


def conditions(scope: Scope) -> list[str]:
    """Return the SQL conditions of a scope; `parameters` has the values."""
    return [
        *([f"a.source {_IN.format(name='sources')}"] if scope.sources else []),
        *([f"a.source NOT {_IN.format(name='not_sources')}"] if scope.not_sources else []),
        *(_CARRIES.format(name=f"tag_{number}") for number in range(len(scope.tags))),
        *(f"NOT {_CARRIES.format(name=f'not_tag_{number}')}" for number in range(len(scope.not_tags))),
        *([f"{_LANGUAGE} {_IN.format(name='languages')}"] if scope.languages else []),
        *([f"coalesce({_LANGUAGE}, '') NOT {_IN.format(name='not_languages')}"] if scope.not_languages else []),
        *([_OF_SOURCES.format(column="country", name="countries")] if scope.countries else []),
        *([f"NOT {_OF_SOURCES.format(column='country', name='not_countries')}"] if scope.not_countries else []),
        *([_OF_SOURCES.format(column="kind", name="kinds")] if scope.kinds else []),
        *([f"NOT {_OF_SOURCES.format(column='kind', name='not_kinds')}"] if scope.not_kinds else []),
        *([f"a.relevance {'<>' if scope.relevant else '='} 'none'"] if scope.relevant is not None else []),
        *([f"{COUNTED_AT} >= :since"] if scope.since else []),
        *([f"{COUNTED_AT} < :until"] if scope.until else []),
    ]


def parameters(search: SearchCriteria) -> dict[str, str | None]:
    """Return the values of `conditions`, and `match`."""
    scope = search.scope
    lists = {name: json.dumps(sorted(getattr(scope, name))) for name in LISTS}
    tags = {f"tag_{number}": tag for number, tag in enumerate(sorted(scope.tags))}
    tags |= {f"not_tag_{number}": tag for number, tag in enumerate(sorted(scope.not_tags))}
    days = {
        name: utc_text(midnight(day, search.zone))
        for name, day in (("since", scope.since), ("until", scope.until))
        if day
    }
    return {"match": search.match, **lists, **tags, **days}
