"""Which addresses there are and which make sense, decided from the address alone: knows neither pages nor data."""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

# Datasette's own pages under /-/ show file paths, settings, plugins and threads, or are for signing in. They do not
# exist here, so that a page which a new Datasette or a plugin adds is closed until it is opened.
_INSIDE: Final = re.compile(r"^/+(-(/|$)|\.json|_internal|_memory|:memory:)")

_LENGTH: Final = 6000
_PARAMETERS: Final = 80
_FACETS: Final = 6
"""Of an address: the characters of its query, its parameters, and those that ask for values to be counted."""

_IGNORED: Final = {"_timelimit", "_ttl", "_trace", "_fts_table", "_fts_pk"}
"""What Datasette would take from anybody: its own limits, and where it searches."""

_NUMBER: Final = re.compile(r"(max|[0-9]{1,9})?")
_KINDS: Final = (
    ("csv", re.compile(r"\.csv$")),
    ("atom", re.compile(r"\.atom$")),
    ("json", re.compile(r"\.jsono?$")),
    ("static", re.compile(r"^/(static/|favicon\.ico)")),
    ("front", re.compile(r"^/$")),
    ("row", re.compile(r"^/tracker/[^/]+/.")),
    ("table", re.compile(r"^/tracker/.")),
    ("data", re.compile(r"^/tracker/?$")),
)
_PAGES: Final = frozenset({
    "about", "article", "compare", "headlines", "health", "healthz", "jobs", "metrics", "search", "source", "sources",
    "sql", "stories", "story", "tag", "tags",
})  # fmt: skip

Scope = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes: `path` as Datasette will route it, not decoded, the base URL taken off."""

    path: str
    query: tuple[tuple[str, str], ...]
    raw_query: str

    @property
    def closed(self) -> bool:
        """True for what does not exist here, whatever Datasette has there."""
        return any(_INSIDE.match(form) for form in (self.path, unquote(self.path)))

    @property
    def kind(self) -> str:
        """One of few words for the kind of page, for counting."""
        for kind, pattern in _KINDS:
            if pattern.search(self.path):
                return kind
        first = self.path.split("/")[1]
        return first if first in _PAGES else "other"

    @property
    def lasting(self) -> bool:
        """True for what may take long, and has places of its own: whole tables, and questions in SQL."""
        return self.kind in {"csv", "sql"} or self.path.startswith("/sql.")

    @property
    def endless(self) -> bool:
        """True for the addresses of which there are more than anybody can visit, and for data in other forms."""
        return self.kind in {"csv", "json", "atom", "search", "compare", "sql"} or (
            bool(self.query) and self.path.startswith("/tracker")
        )

    @property
    def refusal(self) -> str | None:
        """Why the query is refused, as a sentence; None when it is not."""
        names = [name for name, _ in self.query]
        if len(self.raw_query) > _LENGTH or len(names) > _PARAMETERS:
            return "This address is too long."
        if sum(name.startswith("_facet") and name != "_facet_size" for name in names) > _FACETS:
            return f"An address can have {_FACETS} columns counted at the most."
        for name, value in self.query:
            if name in {"_size", "_facet_size"} and not _NUMBER.fullmatch(value):
                return f"{name} must be a number of rows, or max."
        return None


def address_of(scope: Scope, base_url: str) -> Address:
    """The address that a request asks for."""
    raw = scope.get("raw_path")
    path: str = raw.decode("ascii", "replace").partition("?")[0] if raw else scope["path"]
    if base_url != "/" and path.startswith(base_url):
        path = "/" + path.removeprefix(base_url)
    query = scope["query_string"].decode("latin-1")
    return Address(path, tuple(parse_qsl(query, keep_blank_values=True)), query)


def cleaned(scope: Scope, address: Address) -> Scope:
    """The request as Datasette gets it: without what it should not heed, and without anything that tells who asks.

    A search for nothing is no search; Datasette would call it a syntax error. Nobody can sign in here, so cookies and
    passwords change nothing, and an answer is the same for everybody.
    """
    kept = [
        (name, value)
        for name, value in address.query
        if name not in _IGNORED and (name != "_search" or value.strip(' "'))
    ]
    headers = [(name, value) for name, value in scope["headers"] if name not in {b"cookie", b"authorization"}]
    # Datasette puts the base URL before addresses that it makes of the one asked for, so it must not be there already.
    changed: dict[str, Any] = {"headers": headers, "raw_path": address.path.encode(), "path": unquote(address.path)}
    if kept != list(address.query):
        changed["query_string"] = urlencode(kept).encode("latin-1")
    return dict(scope, **changed)
