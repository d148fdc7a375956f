"""Check what single values cannot show: names that sections share, names that nothing defines, and earlier keys.

Reads the document as it was written, so that mistakes elsewhere hide none of these.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from tracker.analyse.debate import Debate
from tracker.analyse.names import did_you_mean
from tracker.analyse.search.query import parse
from tracker.analyse.search.scope import Known, scope_of
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.urls import canonical
from tracker.config.sending import Alert
from tracker.config.yaml_positions import Path, YamlDocument, mappings, texts
from tracker.errors import Mistake
from tracker.models import NO_TOPIC

_NAME_TAGS = ("events", "digest", "alerts", "exports")
"""The sections that may name tags; without them, the built-in rulebook need not be read."""

_NO_SERVER = "to send mail, name the server and the sender under `mail:`"

Found = Iterator[tuple[Path, str]]
"""Mistakes as paths and messages."""


def renamed_keys(document: YamlDocument) -> list[Mistake]:
    """Rename keys that are written with an earlier name, and return a hint for each such name."""
    tags = [(("tags", number), tag) for number, tag in enumerate(document.items("tags"))]
    rules = [((*path, "rules", number), rule) for path, tag in tags for number, rule in mappings(tag.get("rules"))]
    whole = [((), document.value)] if isinstance(document.value, dict) else []
    hints = []
    for old, new, places in (("ourselves", "operator_alerts", whole), ("with", "context", [*tags, *rules])):
        renamed = [path for path, mapping in places if document.rename(path, mapping, old, new)]
        if renamed:
            more = len(renamed) - 1
            others = f" (and at {more} more {'place' if more == 1 else 'places'})" if more else ""
            message = f"{old!r} is an old name; write {new!r} here{others}"
            hints.append(document.mistake((*renamed[0], new), message, at_key=True))
    return hints


def repeated(document: YamlDocument) -> list[Mistake]:
    """Return a mistake for each duplicate source id and feed URL."""
    mistakes: list[Mistake] = []
    ids: dict[str, int] = {}
    urls: dict[str, object] = {}
    for number, source in enumerate(document.items("sources")):
        name = source.get("id")
        if name is not None and str(name) in ids:
            message = f"the id {name!r} is taken by source {ids[str(name)] + 1}; use every id only once"
            mistakes.append(document.mistake(("sources", number, "id"), message))
        ids.setdefault(str(name), number)
        listed = source.get("feeds")
        for position, feed in enumerate(listed if isinstance(listed, list) else []):
            url = str(feed.get("url") if isinstance(feed, dict) else feed)
            key = canonical(url) or url
            if key in urls:
                message = f"this feed is already listed under {urls[key]!r}; list it once"
                mistakes.append(document.mistake(("sources", number, "feeds", position), message))
            urls.setdefault(key, name)
    return mistakes


def unknown_names(document: YamlDocument, rulebook: Callable[[], Rulebook]) -> list[Mistake]:
    """Return a mistake for each reference to a name that no section defines.

    Asks for the rulebook only if a section may refer to its tags.
    """
    if not isinstance(document.value, dict):
        return []
    needs_tags = any(document.value.get(section) for section in _NAME_TAGS)
    tags = {tag.id: tag.label for tag in rulebook().tags} if needs_tags else {}
    tags |= {name: name for item in document.items("tags") if isinstance(name := item.get("id"), str)}
    sources = {
        name: str(item.get("name") or name)
        for item in document.items("sources")
        if isinstance(name := item.get("id"), str)
    }
    countries, kinds = (
        frozenset(str(item[name]) for item in document.items("sources") if item.get(name))
        for name in ("country", "kind")
    )
    known = Known(sources, tags, countries, kinds)
    found = [*_in_events(document, tags), *_in_digest(document, tags), *_in_exports(document, tags)]
    if needs_tags:
        relevances = Debate.of(rulebook().tags).relevances
        found += _of_relevance(document, {"exports": (*relevances, NO_TOPIC, "any"), "alerts": (*relevances, "any")})
    found += [*_in_recipients(document), *_in_alerts(document, known)]
    return [document.mistake(path, message) for path, message in found]


def alert_doubts(document: YamlDocument, alerts: Sequence[Alert]) -> Iterator[Mistake]:
    """Yield a warning for each search that was probably not meant as parsed, e.g. with an unclosed quotation mark."""
    for number, alert in enumerate(alerts):
        for remark in parse(alert.search or "").remarks:
            yield document.mistake(("alerts", number, "search"), remark.text)


def _in_events(document: YamlDocument, tags: Collection[str]) -> Found:
    for number, event in enumerate(document.items("events")):
        tag = event.get("tag")
        if isinstance(tag, str) and tag not in tags:
            yield ("events", number, "tag"), f"no tag is called {tag!r}{did_you_mean(tag, tags)}"


def _in_digest(document: YamlDocument, tags: Collection[str]) -> Found:
    digest = document.section("digest")
    yield from _unknown(("digest", "tags"), "tag", digest.get("tags"), tags)
    if digest.get("to") and document.value.get("mail") is None:
        yield ("digest", "to"), _NO_SERVER


def _in_exports(document: YamlDocument, tags: Collection[str]) -> Found:
    for number, export in enumerate(document.items("exports")):
        yield from _unknown(("exports", number, "tags"), "tag", export.get("tags"), tags)


def _of_relevance(document: YamlDocument, known: Mapping[str, Collection[str]]) -> Found:
    """Yield the relevances that do not exist, by section."""
    for section, names in known.items():
        for number, item in enumerate(document.items(section)):
            given = item.get("relevance")
            if isinstance(given, str) and given not in names:
                hint = did_you_mean(given, names) or f"; write one of {', '.join(names)}"
                yield (section, number, "relevance"), f"there is no relevance {given!r}{hint}"


def _in_recipients(document: YamlDocument) -> Found:
    recipients = document.items("recipients")
    yield from _taken("recipients", recipients)
    if document.value.get("mail") is None:
        yield from ((("recipients", at, "mail"), _NO_SERVER) for at, one in enumerate(recipients) if one.get("mail"))


def _in_alerts(document: YamlDocument, known: Known) -> Found:
    names = [name for one in document.items("recipients") if isinstance(name := one.get("name"), str)]
    alerts = document.items("alerts")
    yield from _taken("alerts", alerts)
    for number, alert in enumerate(alerts):
        place = ("alerts", number)
        yield from _unknown((*place, "to"), "recipient", alert.get("to"), names)
        yield from _unknown((*place, "tags"), "tag", alert.get("tags"), known.tags)
        yield from _unknown((*place, "sources"), "source", alert.get("sources"), known.sources)
        yield from (((*place, "search"), fault) for fault in _faults(alert.get("search"), known))
    own = document.section("operator_alerts")
    yield from _unknown(("operator_alerts", "to"), "recipient", own.get("to"), names)


def _taken(section: str, items: Sequence[Mapping[str, Any]]) -> Found:
    names = [item.get("name") for item in items]
    for number, name in enumerate(names):
        if isinstance(name, str) and name in names[:number]:
            yield (section, number, "name"), f"the name {name!r} is taken by item {names.index(name) + 1}"
        elif name == "ourselves":
            yield (
                (section, number, "name"),
                "'ourselves' is the name that the database gives to the operator alerts; choose another",
            )


def _unknown(path: Path, what: str, given: object, known: Collection[str]) -> Found:
    for number, name in texts(given):
        if name not in known:
            yield (*path, number), f"there is no {what} {name!r}{did_you_mean(name, known)}"


def _faults(search: object, known: Known) -> Iterator[str]:
    """Yield the reasons why a search can match nothing."""
    if not isinstance(search, str) or not search.strip():
        return  # missing, or already reported by the schema
    query = parse(search)
    if query.empty:
        yield "this search is empty; write words, or a filter such as tag:encryption"
    for fault in (*query.faults, *scope_of(query, known).faults):
        instead = f" (try: {' or '.join(fault.instead)})" if fault.instead else ""
        yield f"{fault.text}{instead}"
