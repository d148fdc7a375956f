"""Import the program before processes are forked, so that none of them spends time on it."""

from importlib import import_module

from tracker.cli.main import COMMANDS
from tracker.config.rulebook_cache import built_in_rulebook

_IMPORTED_WHEN_CALLED = (
    "pebble", "pydantic", "rapidfuzz.distance", "sqlite_utils", "tracker.collect.fetch",
    "tracker.collect.formats.feedparser_reader", "tracker.collect.parse", "tracker.config.load",
    "tracker.pipeline.grouping",
)  # fmt: skip
"""What functions of the program import as late as they can, except libraries that are optional."""


def import_whole_program() -> None:
    """Import what commands import, at once or when they need it, and compile the built-in rulebook."""
    for load in COMMANDS.values():
        load()
    for name in _IMPORTED_WHEN_CALLED:
        import_module(name)
    built_in_rulebook()
