"""Build filters as links: each choice changes one part of the page's query; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datasette.utils.asgi import BadRequest

from tracker.analyse.debate import Debate
from tracker.models import NO_TOPIC, Relevance


def topic_choices(debate: Debate) -> dict[str, str]:
    """Return the choices of the filter `topic`, with their labels."""
    any_topic = {1: "Relevant", 2: "On either topic"}.get(len(debate.topics), "On any topic")
    single = debate.short_labels if len(debate.topics) > 1 else {}
    return {"relevant": any_topic, **single, "all": "Everything"}


def relevances_of(choice: str, debate: Debate) -> tuple[Relevance, ...]:
    """Return the relevances that a choice of `topic` means."""
    several = {"relevant": debate.relevances, "all": (*debate.relevances, NO_TOPIC)}
    return several.get(choice, (choice,))


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
