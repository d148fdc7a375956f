"""Classify and validate URLs from the URL alone; knows neither pages nor data."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

# Datasette's own pages under /-/ show file paths, settings, plugins and threads, or are for signing in. All are
# blocked, so that a page added by a new Datasette or a plugin stays closed until it is opened.
_INTERNAL: Final = re.compile(r"^/+(-(/|$)|\.json|_internal|_memory|:memory:)")

_LENGTH: Final = 6000
_PARAMETERS: Final = 80
_MOST_COUNTED: Final = 6
"""Limits of a URL: query characters, parameters, and facet parameters."""

_IGNORED: Final = {"_timelimit", "_ttl", "_trace", "_fts_table", "_fts_pk"}
"""Datasette parameters that visitors may not set: its limits, and where it searches."""

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
_PROBES: Final = {"healthz", "metrics"}
"""What programs ask for, answered before Datasette."""

Scope = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """The target of a request: `path` as Datasette will route it, not decoded, without the base URL.

    `pages` are the first words of the addresses of the site's own pages, and whether those are unbounded.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    raw_query: str
    pages: Mapping[str, bool]

    @property
    def closed(self) -> bool:
        """Whether the page is blocked, whatever Datasette has there."""
        return any(_INTERNAL.match(form) for form in (self.path, unquote(self.path)))

    @property
    def kind(self) -> str:
        """The kind of page, one of a few words, for metrics."""
        for kind, pattern in _KINDS:
            if pattern.search(self.path):
                return kind
        first = self.path.split("/")[1]
        return first if first in self.pages or first in _PROBES else "other"

    @property
    def slow(self) -> bool:
        """Whether the request may be slow and has its own concurrency limit: whole tables and SQL queries."""
        return self.kind in {"csv", "sql"} or self.path.startswith("/sql.")

    @property
    def unbounded(self) -> bool:
        """Whether the URL belongs to an unbounded set or is data in another format."""
        return (
            self.kind in {"csv", "json", "atom"}
            or self.pages.get(self.kind, False)
            or (bool(self.query) and self.path.startswith("/tracker"))
        )

    @property
    def refusal(self) -> str | None:
        """Why the query is refused, as a sentence; None if it is accepted."""
        names = [name for name, _ in self.query]
        if len(self.raw_query) > _LENGTH or len(names) > _PARAMETERS:
            return "This address is too long."
        if sum(name.startswith("_facet") and name != "_facet_size" for name in names) > _MOST_COUNTED:
            return f"An address can ask for at most {_MOST_COUNTED} columns to be counted."
        for name, value in self.query:
            if name in {"_size", "_facet_size"} and not _NUMBER.fullmatch(value):
                return f"{name} must be a number of rows, or max."
        return None


def address_of(scope: Scope, base_url: str, pages: Mapping[str, bool]) -> Address:
    """Return the address that a request asks for on a site with these pages."""
    raw = scope.get("raw_path")
    path: str = raw.decode("ascii", "replace").partition("?")[0] if raw else scope["path"]
    if base_url != "/" and f"{path}/".startswith(base_url):
        path = "/" + path[len(base_url) :]
    query = scope["query_string"].decode("latin-1")
    return Address(path, tuple(parse_qsl(query, keep_blank_values=True)), query, pages)


def sanitised(scope: Scope, address: Address) -> Scope:
    """Return the request for Datasette without parameters it should ignore and without credentials.

    An empty search is dropped; Datasette would call it a syntax error. Nobody can sign in here, so cookies and
    passwords change nothing, and a response is the same for everybody.
    """
    kept = [
        (name, value)
        for name, value in address.query
        if name not in _IGNORED and (name != "_search" or value.strip(' "'))
    ]
    headers = [(name, value) for name, value in scope["headers"] if name not in {b"cookie", b"authorization"}]
    # Datasette prefixes the base URL to URLs it derives from the request's, so it must not be there already.
    changed: dict[str, Any] = {"headers": headers, "raw_path": address.path.encode(), "path": unquote(address.path)}
    if kept != list(address.query):
        changed["query_string"] = urlencode(kept).encode("latin-1")
    return dict(scope, **changed)
