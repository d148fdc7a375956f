"""Rulebooks for tests, written as YAML."""

from textwrap import indent

from tracker.analyse.tagging.rules import Rulebook
from tracker.config.messages import check_shape
from tracker.config.rulebook import Written, compile_rulebook
from tracker.config.rulebook_model import RulebookFile
from tracker.config.yaml_positions import read


def rulebook(tags: str) -> Rulebook:
    """The rulebook of these tags alone."""
    document = read("tags:\n" + indent(tags, "  "), "test.yaml")
    shape, mistakes = check_shape(RulebookFile, document)
    assert shape is not None, mistakes
    made, mistakes = compile_rulebook([Written(tag, document, ("tags", i)) for i, tag in enumerate(shape.tags)], [])
    assert not mistakes, mistakes
    return made
