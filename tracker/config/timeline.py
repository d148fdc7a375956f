"""Load the policy timeline: the built-in events and those of feeds.yaml."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files

from tracker.analyse.spelling import did_you_mean
from tracker.analyse.timeline import Event
from tracker.config.messages import check_shape
from tracker.config.schema import EventShape, TimelineFile
from tracker.config.yaml_positions import Document, read
from tracker.errors import ConfigError, Mistake


@cache
def built_in_events() -> tuple[Event, ...]:
    """Return the built-in events; raises ConfigError if their file is invalid."""
    text = (files("tracker.analyse") / "timeline.yaml").read_text(encoding="utf-8")
    shape, mistakes = check_shape(TimelineFile, read(text, "timeline.yaml"))
    if shape is None or mistakes:
        raise ConfigError(mistakes)
    return tuple(events_of(shape.events))


def events_of(shapes: Iterable[EventShape]) -> Iterator[Event]:
    """Convert validated YAML items to Events."""
    return (Event(shape.day, shape.title, shape.url, shape.tag) for shape in shapes)


def unknown_tags(document: Document, known: Collection[str]) -> Iterator[Mistake]:
    """Yield a mistake for each event of `document` with an unknown tag, whatever else is wrong with it."""
    for number, event in enumerate(document.items("events")):
        tag = event.get("tag")
        if isinstance(tag, str) and tag not in known:
            yield document.mistake(("events", number, "tag"), f"no tag is called {tag!r}{did_you_mean(tag, known)}")
