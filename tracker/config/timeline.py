"""The policy timeline becomes Events: the built-in one and what feeds.yaml adds to it."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files

from tracker.analyse.timeline import Event
from tracker.config.check import check_shape, did_you_mean
from tracker.config.places import Document, read
from tracker.config.shape import EventShape, TimelineFile
from tracker.errors import ConfigError, Mistake


@cache
def built_in_events() -> tuple[Event, ...]:
    """The events that come with the tracker; raises ConfigError if their file is wrong."""
    text = (files("tracker.analyse") / "timeline.yaml").read_text(encoding="utf-8")
    shape, mistakes = check_shape(TimelineFile, read(text, "timeline.yaml"))
    if shape is None or mistakes:
        raise ConfigError(mistakes)
    return tuple(events_of(shape.events))


def events_of(shapes: Iterable[EventShape]) -> Iterator[Event]:
    """Events as YAML writes them."""
    return (Event(shape.day, shape.title, shape.url, shape.tag) for shape in shapes)


def unknown_tags(document: Document, events: Iterable[EventShape], known: Collection[str]) -> Iterator[Mistake]:
    """A mistake for each event of `document` whose tag is none of the known ones."""
    for number, event in enumerate(events):
        if event.tag is not None and event.tag not in known:
            message = f"no tag is called {event.tag!r}{did_you_mean(event.tag, sorted(known))}"
            yield document.mistake(("events", number, "tag"), message)
