"""The debate that is tracked: its topics, and what an article's relevance to them is called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.models import BOTH, NO_TOPIC, Relevance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.analyse.tagging.rules import Tag

RESERVED: Final = frozenset(
    {
        BOTH,
        NO_TOPIC,
        "all",
        "any",
        "articles",
        "both-topics",
        "day",
        "observed",
        "relevant",
        "seen",
        "source",
        "watched",
    }
)
"""What no topic can be called: relevances, choices of filters, and columns of the tables of counts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A tag of the facet `topic`, and its name within a sentence."""

    id: str
    noun: str


@dataclass(frozen=True, slots=True)
class Debate:
    """All topics, in the rulebook's order; an article is relevant if it has any of them."""

    topics: tuple[Topic, ...]

    @classmethod
    def of(cls, tags: "Iterable[Tag]") -> "Debate":
        """Return the debate of a rulebook."""
        return cls(tuple(Topic(tag.id, tag.noun or tag.label) for tag in tags if tag.facet == "topic"))

    @property
    def relevances(self) -> tuple[Relevance, ...]:
        """The relevances of relevant articles: `both`, unless there is one topic only, then each topic alone."""
        alone = tuple(topic.id for topic in self.topics)
        return (BOTH, *alone) if len(alone) > 1 else alone

    def meant(self, relevance: str | None) -> tuple[Relevance, ...]:
        """Return the relevances that a choice means: `any` is all of relevant articles, None makes no difference."""
        if relevance == "any":
            return self.relevances
        return (relevance,) if relevance else ()

    @property
    def subject(self) -> str:
        """The name of the debate, such as `Encryption and child safety`."""
        return _capitalised(self.named("and"))

    @property
    def several(self) -> str:
        """More than one topic, in words: `both topics`, or `several topics` of three or more."""
        return "both topics" if len(self.topics) == 2 else "several topics"

    @property
    def short_labels(self) -> dict[Relevance, str]:
        """The relevances of relevant articles in a few words, such as `Encryption only`."""
        only = " only" if len(self.topics) > 1 else ""
        alone = {topic.id: f"{_capitalised(topic.noun)}{only}" for topic in self.topics}
        return {one: alone.get(one) or _capitalised(self.several) for one in self.relevances}

    @property
    def labels(self) -> dict[Relevance, str]:
        """All relevances in words that need no other beside them."""
        is_pair = len(self.topics) == 2
        both = {BOTH: self.subject} if is_pair else {}
        return self.short_labels | both | {NO_TOPIC: "Neither topic" if is_pair else "No topic"}

    @property
    def nouns(self) -> tuple[str, ...]:
        """The names of the topics within a sentence."""
        return tuple(topic.noun for topic in self.topics)

    def named(self, conjunction: str) -> str:
        """Return the topics within a sentence, such as `encryption or child safety`."""
        *others, last = self.nouns or ("the debate",)
        return f"{', '.join(others)} {conjunction} {last}" if others else last


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
