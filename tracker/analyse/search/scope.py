"""What the filters of a query mean: sources, tags, languages and days; pure, knows no database.

Several sources, or languages, are any of them; several tags are all of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.analyse.search.query import Filter, Query, Remark
from tracker.analyse.search.synonyms import Synonyms
from tracker.analyse.slugs import slug_of

_DATE = re.compile(r"(?P<year>(?:19|20|21)\d\d)(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Known:
    """What filters may name: sources and tags, each its name by its id."""

    sources: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words for people, and where it stands in the query's text."""

    text: str
    span: tuple[int, int]


@dataclass(slots=True)
class Scope:
    """Which articles a query is about. `since` is the first day, `until` the first day no longer included.

    `faults` say why a filter means nothing; then the query finds nothing, for what it would find is not what was asked.
    """

    sources: set[str] = field(default_factory=set)
    not_sources: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    not_tags: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    not_languages: set[str] = field(default_factory=set)
    since: date | None = None
    until: date | None = None
    chips: list[Chip] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)


def scope_of(query: Query, known: Known) -> Scope:
    """The scope that a query's filters give."""
    scope = Scope()
    for item in query.filters:
        _READERS[item.name](scope, item, query, known)
    if scope.since and scope.until and scope.since >= scope.until:
        scope.faults.append(
            Remark(f"No day is from {scope.since} on and before {scope.until}; before: does not include its day.")
        )
    return scope


def _source(scope: Scope, item: Filter, query: Query, known: Known) -> None:
    found = _named(item.value, known.sources)
    if found is None:
        scope.faults.append(_unknown("source", item, query, known.sources))
        return
    (scope.not_sources if item.excluded else scope.sources).add(found)
    scope.chips.append(Chip(f"{'not ' if item.excluded else ''}from {known.sources[found]}", item.span))


def _tag(scope: Scope, item: Filter, query: Query, known: Known) -> None:
    found = _named(item.value, known.tags)
    if found is None:
        scope.faults.append(_unknown("tag", item, query, known.tags))
        return
    (scope.not_tags if item.excluded else scope.tags).add(found)
    scope.chips.append(Chip(f"{'not tagged' if item.excluded else 'tagged'} {known.tags[found]}", item.span))


def _lang(scope: Scope, item: Filter, _query: Query, _known: Known) -> None:
    code = item.value.casefold()
    if not _LANGUAGE.fullmatch(code):
        wrong = f"lang:{item.value} is no language; write its code of two letters, such as lang:de."
        scope.faults.append(Remark(wrong))
        return
    (scope.not_languages if item.excluded else scope.languages).add(code)
    scope.chips.append(Chip(f"{'not ' if item.excluded else ''}in the language {code}", item.span))


def _after(scope: Scope, item: Filter, _query: Query, _known: Known) -> None:
    day = _day(scope, item)
    if day:
        scope.since = max(day, scope.since or day)
        scope.chips.append(Chip(f"from {day} on", item.span))


def _before(scope: Scope, item: Filter, _query: Query, _known: Known) -> None:
    day = _day(scope, item)
    if day:
        scope.until = min(day, scope.until or day)
        scope.chips.append(Chip(f"before {day} (not included)", item.span))


_READERS: Mapping[str, Callable[[Scope, Filter, Query, Known], None]] = {
    "source": _source,
    "tag": _tag,
    "lang": _lang,
    "after": _after,
    "before": _before,
}


def _day(scope: Scope, item: Filter) -> date | None:
    """The first day of what is given; None, and a fault, where that is no day, month or year."""
    found = _DATE.fullmatch(item.value)
    try:
        if found and not item.excluded:
            return date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
    except ValueError:
        pass
    if item.excluded:
        other = "before" if item.name == "after" else "after"
        scope.faults.append(Remark(f"-{item.name}: is not understood; write {other}: with the day."))
    else:
        wrong = f"{item.name}:{item.value} is no date; write a day as 2026-01-31, a month as 2026-01, or a year."
        scope.faults.append(Remark(wrong))
    return None


def _named(value: str, known: Mapping[str, str]) -> str | None:
    """The id of what is called so, by its id or its name, with or without an article before it."""
    wanted = _bare(value)
    if value in known:
        return value
    return next((each for each, name in known.items() if wanted and wanted in {_bare(each), _bare(name)}), None)


def _bare(name: str) -> str:
    return slug_of(name).removeprefix("the-")


def _unknown(what: str, item: Filter, query: Query, known: Mapping[str, str]) -> Remark:
    """That no source or tag is called so, and the queries with those that are like it."""
    wanted = _bare(item.value)
    holding = [each for each, name in known.items() if wanted in _bare(each) or wanted in _bare(name)]
    near = list(dict.fromkeys([*holding[:3], *Synonyms.near(wanted, known), *_by_name(wanted, known)]))[:3]
    minus = "-" if item.excluded else ""
    instead = tuple(query.replaced(item.span, f"{minus}{item.name}:{each}") for each in near)
    return Remark(f"No {what} is called “{item.value}”.", instead)


def _by_name(wanted: str, known: Mapping[str, str]) -> Iterable[str]:
    by_name = {_bare(name): each for each, name in known.items()}
    return (by_name[name] for name in Synonyms.near(wanted, by_name))
