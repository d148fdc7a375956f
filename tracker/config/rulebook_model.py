"""The model of tags, rules and events, in feeds.yaml as in a rulebook folder."""

from typing import Annotated

from pydantic import ConfigDict, Field

from tracker.analyse.tagging.decision import NEARBY
from tracker.analyse.timeline import Event
from tracker.config.values import Day, Language, Model, Several, Slug, Terms, Text, WebAddress, keyed
from tracker.models import Facet

_TERMS = "lists of terms by language"


class ExampleItem(Model):
    """An item of `yes:` or `no:`; a bare headline has no known language."""

    text: Text = Field(description="a headline")
    language: Language | None = Field(default=None, description="a language code such as de")


Examples = Several[Annotated[ExampleItem, keyed("text")]]


class ContextItem(Model):
    """`context:`; its other keys are languages, as in `terms`."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, list[str]]

    tags: Several[Slug] = Field(default=(), description="a list of tags")


class Conditions(Model):
    """What a rule demands besides its terms; a tag with a single rule states these keys itself."""

    context: ContextItem | None = Field(default=None, description=_TERMS)
    also: Terms = Field(default={}, alias="and", description=_TERMS)
    unless: Terms = Field(default={}, description=_TERMS)
    hint: bool = Field(default=False, description="true if the terms are too weak to give the tag alone, else false")
    within: int = Field(default=NEARBY, ge=1, description="how many words context may be away from a term")


class RuleItem(Conditions):
    """An item of `rules:`."""

    terms: Terms = Field(description=f"{_TERMS}, such as {{en: [chat control]}}")


class TagItem(Conditions):
    """A tag of a rulebook; the keys of a single rule may be the tag's own."""

    id: Slug = Field(description="small letters, digits and hyphens, such as chat-control")
    facet: Facet = Field(description="one of the facets")
    label: Text = Field(description="the name people read")
    about: str = Field(default="", description="a sentence saying what the tag means")
    names: Several[Text] = Field(default=(), description="a list of names that mean the same, for the site's search")
    noun: Text | None = Field(default=None, description="the name within a sentence, such as child safety")
    camp: Text | None = Field(default=None, description="the side for which a person or organisation speaks")
    implies: Several[Slug] = Field(default=(), description="a list of tags")
    terms: Terms | None = Field(default=None, description=_TERMS)
    rules: Several[RuleItem] = Field(default=(), description="a list of rules")
    yes: Examples = Field(default=(), description="a list of headlines")
    no: Examples = Field(default=(), description="a list of headlines")


class EventItem(Model):
    """An item of `events:`, in feeds.yaml or a timeline."""

    day: Day = Field(description="a day such as 2025-02-21")
    title: Text = Field(description="one line saying what happened")
    url: WebAddress = Field(description="the full address of a page that says so")
    tag: Slug | None = Field(default=None, description="the tag of the law it belongs to, such as eu-csa-regulation")

    @property
    def event(self) -> Event:
        """The event."""
        return Event(self.day, self.title, self.url, self.tag)


class TimelineFile(Model):
    """The timeline.yaml of a rulebook folder."""

    events: Several[EventItem]


class RulebookFile(Model):
    """A file of tags in a rulebook folder, its list put under a single key."""

    tags: Several[TagItem]
