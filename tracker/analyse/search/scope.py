"""Interpret a query's filters: sources, their countries and kinds, tags, languages and days; pure, without a database.

Several sources, or languages, mean any of them; several tags mean all of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.analyse.names import slug_of
from tracker.analyse.search.query import Filter, Query, Remark
from tracker.analyse.search.synonyms import Synonyms

_DATE = re.compile(r"(?P<year>(?:19|20|21)\d\d)(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Known:
    """What filters may name: sources and tags, each as names by id, and the countries and kinds of the sources."""

    sources: Mapping[str, str]
    tags: Mapping[str, str]
    countries: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words for people, and its position in the query text."""

    text: str
    span: tuple[int, int]


@dataclass(slots=True)
class Scope:
    """Which articles a query is about. `since` is the first day, `until` the first day after the last.

    `relevant` is whether they are on the debate; None if that does not matter.

    `faults` say why a filter is invalid; the query then finds nothing, as results would not be what was asked for.
    """

    sources: set[str] = field(default_factory=set)
    not_sources: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    not_tags: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    not_languages: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    not_countries: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    not_kinds: set[str] = field(default_factory=set)
    relevant: bool | None = None
    since: date | None = None
    until: date | None = None
    chips: list[Chip] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)


def scope_of(query: Query, known: Known) -> Scope:
    """Return the scope given by a query's filters."""
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
        wrong = f"lang:{item.value} is not a language; write its two-letter code, such as lang:de."
        scope.faults.append(Remark(wrong))
        return
    (scope.not_languages if item.excluded else scope.languages).add(code)
    scope.chips.append(Chip(f"{'not ' if item.excluded else ''}in the language {code}", item.span))


def _country(scope: Scope, item: Filter, _query: Query, known: Known) -> None:
    code = item.value.upper()
    if code not in known.countries:
        listed = ", ".join(sorted(known.countries)) or "none"
        scope.faults.append(Remark(f"No source is from {item.value}. The countries of the sources: {listed}."))
        return
    (scope.not_countries if item.excluded else scope.countries).add(code)
    scope.chips.append(Chip(f"{'not ' if item.excluded else ''}from sources in {code}", item.span))


def _kind(scope: Scope, item: Filter, _query: Query, known: Known) -> None:
    kind = item.value.casefold()
    if kind not in known.kinds:
        listed = ", ".join(sorted(known.kinds)) or "none"
        scope.faults.append(Remark(f"No source is of the kind {item.value}. The kinds of the sources: {listed}."))
        return
    (scope.not_kinds if item.excluded else scope.kinds).add(kind)
    scope.chips.append(Chip(f"{'not ' if item.excluded else ''}of the kind {kind}", item.span))


def _is(scope: Scope, item: Filter, _query: Query, _known: Known) -> None:
    if item.value.casefold() != "relevant":
        scope.faults.append(Remark(f"is:{item.value} is not understood; write is:relevant, or -is:relevant."))
        return
    scope.relevant = not item.excluded
    scope.chips.append(Chip("not on the debate" if item.excluded else "on the debate", item.span))


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
    "country": _country,
    "kind": _kind,
    "is": _is,
    "after": _after,
    "before": _before,
}


def _day(scope: Scope, item: Filter) -> date | None:
    """Return the first day of a date, month or year; None, adding a fault, if it is none of these."""
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
        wrong = f"{item.name}:{item.value} is not a date; write a day as 2026-01-31, a month as 2026-01, or a year."
        scope.faults.append(Remark(wrong))
    return None


def _named(value: str, known: Mapping[str, str]) -> str | None:
    """Return the id matching an id or a name, with or without a leading article."""
    wanted = _bare(value)
    if value in known:
        return value
    return next((each for each, name in known.items() if wanted and wanted in {_bare(each), _bare(name)}), None)


def _bare(name: str) -> str:
    return slug_of(name).removeprefix("the-")


def _unknown(what: str, item: Filter, query: Query, known: Mapping[str, str]) -> Remark:
    """Return a remark that no source or tag has this name, with queries for similar ones."""
    wanted = _bare(item.value)
    holding = [each for each, name in known.items() if wanted in _bare(each) or wanted in _bare(name)]
    near = list(dict.fromkeys([*holding[:3], *Synonyms.near(wanted, known), *_by_name(wanted, known)]))[:3]
    minus = "-" if item.excluded else ""
    instead = tuple(query.replaced(item.span, f"{minus}{item.name}:{each}") for each in near)
    return Remark(f"No {what} is called “{item.value}”.", instead)


def _by_name(wanted: str, known: Mapping[str, str]) -> Iterable[str]:
    by_name = {_bare(name): each for each, name in known.items()}
    return (by_name[name] for name in Synonyms.near(wanted, by_name))
