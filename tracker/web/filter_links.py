"""Build filters as links: each choice changes one part of the page's query; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from datasette.utils.asgi import BadRequest

from tracker.models import Relevance

TOPICS: Final = {
    "relevant": "On either topic",
    "both": "Both topics",
    "encryption": "Encryption only",
    "child-safety": "Child safety only",
    "all": "Everything",
}

RELEVANCES: Final[Mapping[str, tuple[Relevance, ...]]] = {
    "relevant": ("both", "encryption", "child-safety"),
    "both": ("both",),
    "encryption": ("encryption",),
    "child-safety": ("child-safety",),
    "all": ("both", "encryption", "child-safety", "none"),
}
"""Relevances by topic choice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, the URL that selects it, and whether it is selected."""

    label: str
    address: str
    chosen: bool


def choices(
    address: Callable[..., str], given: Mapping[str, str], name: str, options: Mapping[str, str]
) -> tuple[Choice, ...]:
    """Return the choices of filter `name`; its first option is the default.

    `given` is the current query; every choice keeps the rest of it.
    """
    usual = next(iter(options))
    chosen = given.get(name, usual)
    kept = {key: value for key, value in given.items() if key != name}
    return tuple(
        Choice(label, address(**kept) if value == usual else address(**kept, **{name: value}), value == chosen)
        for value, label in options.items()
    )


def chosen(given: Mapping[str, str], name: str, options: Mapping[str, str]) -> str:
    """Return the option that the query selects. Raises BadRequest for an unknown one."""
    value = given.get(name, next(iter(options)))
    if value not in options:
        raise BadRequest(f"“{name}” can be {', '.join(options)}.")
    return value
