"""Filters that are links: each choice leads to the page with one part of its query changed; pure."""

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
"""The relevances that each choice of a topic means."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, the address that chooses it, and whether it is chosen."""

    label: str
    address: str
    chosen: bool


def choices(
    address: Callable[..., str], given: Mapping[str, str], name: str, options: Mapping[str, str]
) -> tuple[Choice, ...]:
    """The choices of the filter `name`, whose first option is the one meant when the query says nothing.

    `given` is the rest of the query, which every choice keeps.
    """
    usual = next(iter(options))
    chosen = given.get(name, usual)
    kept = {key: value for key, value in given.items() if key != name}
    return tuple(
        Choice(label, address(**kept) if value == usual else address(**kept, **{name: value}), value == chosen)
        for value, label in options.items()
    )


def chosen(given: Mapping[str, str], name: str, options: Mapping[str, str]) -> str:
    """The option of a filter that the query asks for; raises BadRequest for one that there is not."""
    value = given.get(name, next(iter(options)))
    if value not in options:
        raise BadRequest(f"“{name}” can be {', '.join(options)}.")
    return value
