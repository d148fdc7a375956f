"""Compile YAML tags into a Rulebook; knows what a rulebook folder holds, and what a rule may refer to.

Rules refer to word lists by `words:`, so that a rule is written once and its words once per language. There is one file
of lists per language, and `any.yaml` for names that are the same in all.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Final, TypeVar

from tracker.analyse.debate import RESERVED
from tracker.analyse.names import did_you_mean
from tracker.analyse.tagging.rules import AT_HOME, Example, Group, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Word, read_term
from tracker.analyse.timeline import Event
from tracker.config.messages import check_shape
from tracker.config.rulebook_model import ExampleItem, RulebookFile, RuleItem, TagItem, TimelineFile
from tracker.config.yaml_positions import Path, YamlDocument, read, read_ours
from tracker.errors import ConfigError, Mistake
from tracker.models import FACETS

Parse = Callable[[str, str], YamlDocument]
"""How the text of a file becomes a document of this name."""

_Part = TypeVar("_Part")

TIMELINE = "timeline.yaml"
MOST_TOPICS = 6
"""As many as a chart can tell apart."""

_LANGUAGE = re.compile("[a-z]{2,3}")
LANGUAGE_KEYS = "two or three small letters such as en, or any, or words for lists"


@dataclass(frozen=True, slots=True)
class Written:
    """A tag as written, and its position."""

    shape: TagItem
    document: YamlDocument
    path: Path

    def mistake(self, message: str, *below: str | int) -> Mistake:
        """Return a mistake in this tag; `below` is the path to the part concerned."""
        return self.document.mistake((*self.path, *below), message)


WordLists = Mapping[str, Terms]
"""Word lists by name, each in the form that rules use."""


@dataclass(frozen=True, slots=True)
class RulebookFolder:
    """A rulebook as its folder has it: tags, word lists, and what happened in the debate."""

    tags: tuple[Written, ...]
    lists: WordLists
    events: tuple[Event, ...] = ()


def read_folder(folder: FilePath) -> RulebookFolder:
    """Read a rulebook folder; raises ConfigError with every mistake in the form of its files.

    Each YAML file of the folder is a list of tags, except `timeline.yaml`. `words/` holds a file of lists per language.
    """
    mistakes: list[Mistake] = []
    tags, lists, events = (
        _read_tags(folder, read, mistakes),
        _read_lists(folder, read, mistakes),
        _read_events(folder, read, mistakes),
    )
    if mistakes:
        raise ConfigError(mistakes)
    return RulebookFolder(tags, lists, events)


_SHIPPED: Final = files("tracker.analyse") / "rulebook"


@cache
def built_in() -> tuple[Written, ...]:
    """Return the tags of the shipped rulebook, read once; raises ConfigError if one of its files is invalid."""
    return _shipped(_read_tags)


@cache
def built_in_lists() -> WordLists:
    """Return the word lists of the shipped rulebook; raises ConfigError if one of its files is invalid."""
    return _shipped(_read_lists)


@cache
def built_in_events() -> tuple[Event, ...]:
    """Return the events of the shipped timeline; raises ConfigError if its file is invalid."""
    return _shipped(_read_events)


def _shipped(read_part: Callable[[Traversable, Parse, list[Mistake]], _Part]) -> _Part:
    mistakes: list[Mistake] = []
    part = read_part(_SHIPPED, read_ours, mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    return part


def compile_built_in() -> Rulebook:
    """Return the built-in rulebook alone; raises ConfigError if it is invalid."""
    rulebook, mistakes = compile_rulebook(built_in(), [])
    if mistakes:
        raise ConfigError(mistakes)
    return rulebook


def compile_rulebook(
    base: Sequence[Written], own: Sequence[Written], lists: WordLists | None = None
) -> tuple[Rulebook, list[Mistake]]:
    """Combine the tags of a folder and custom ones into a rulebook, and return it with every mistake.

    A custom tag replaces the folder's with its id. Tags are in facet order, topics first. Rules may name `lists`, by
    default the shipped ones. If there are mistakes, the rulebook is empty.
    """
    lists = built_in_lists() if lists is None else lists
    mistakes = [*_duplicates(base), *_duplicates(own)]
    by_id = {tag.shape.id: tag for tag in (*base, *own)}
    written = dict(sorted(by_id.items(), key=lambda item: FACETS.index(item[1].shape.facet)))
    mistakes += _topic_mistakes([tag for tag in written.values() if tag.shape.facet == "topic"])
    tags = []
    for tag in written.values():
        wrong = [*_unknown_names(tag, written), *_shape_mistakes(tag)]
        made = _tag(_Making(tag, lists, wrong))
        mistakes += wrong
        if not wrong:
            tags.append(made)
    named = {name for tag in tags for rule in tag.rules for names in rule.lists.values() for name in names}
    return (Rulebook([]) if mistakes else Rulebook(tags, {name: lists[name] for name in sorted(named)})), mistakes


def rules_of(written: Iterable[Written], rulebook: Rulebook) -> Iterator[tuple[Written, Path, Rule]]:
    """Yield each rule of these tags, with its tag and its path in it; skips tags that the rulebook lacks."""
    made = {tag.id: tag.rules for tag in rulebook.tags}
    for tag in written:
        if tag.shape.id in made:
            for (path, _), rule in zip(_rule_paths(tag.shape), made[tag.shape.id], strict=True):
                yield tag, path, rule


def _as_mapping(document: YamlDocument) -> YamlDocument:
    """Put the bare list of a rulebook file under the key used in feeds.yaml, so that one schema serves both."""
    document.value = {"tags": document.value or []}
    for places in (document.values, document.keys, document.spans):
        moved = {("tags", *path): place for path, place in places.items()}
        places.clear()
        places.update(moved)
    return document


def _duplicates(written: Sequence[Written]) -> Iterable[Mistake]:
    seen: set[str] = set()
    for tag in written:
        if tag.shape.id in seen:
            yield tag.mistake(f"the tag {tag.shape.id!r} is defined twice; give this one another id", "id")
        seen.add(tag.shape.id)


def _topic_mistakes(topics: Sequence[Written]) -> Iterator[Mistake]:
    """Yield the mistakes in the ids and number of topics."""
    for tag in topics:
        if tag.shape.id in RESERVED:
            yield tag.mistake(f"a topic cannot be called {tag.shape.id!r}, which means something else here", "id")
    if len(topics) > MOST_TOPICS:
        yield topics[MOST_TOPICS].mistake(f"a debate has at most {MOST_TOPICS} topics; make this a theme", "facet")


def _unknown_names(tag: Written, known: Mapping[str, Written]) -> Iterable[Mistake]:
    named: list[tuple[Path, str]] = [(("implies", i), name) for i, name in enumerate(tag.shape.implies)]
    for path, rule in _rule_paths(tag.shape):
        names = rule.context.tags if rule.context else []
        named += [((*path, "context", "tags", i), name) for i, name in enumerate(names)]
    for below, name in named:
        if name not in known:
            hint = did_you_mean(name, list(known))
            yield tag.mistake(f"no tag is called {name!r}{hint or '; define it, or leave it out'}", *below)


def _shape_mistakes(tag: Written) -> Iterable[Mistake]:
    shape = tag.shape
    if shape.rules and shape.model_fields_set & (RuleItem.model_fields.keys()):
        yield tag.mistake("write either `rules:` or terms, context and the rest directly, not both", "rules")
    if not shape.rules and shape.terms is None:
        yield tag.mistake(f"the tag {shape.id!r} has no rule; give it `terms:` or `rules:`", "id")
    if shape.camp and shape.facet not in {"person", "organisation"}:
        yield tag.mistake("only a person or an organisation can be in a camp", "camp")


def _rule_paths(shape: TagItem) -> list[tuple[tuple[str | int, ...], RuleItem]]:
    """Return the rules of a tag with their paths; a single rule's keys are the tag's own."""
    if shape.rules:
        return [(("rules", number), rule) for number, rule in enumerate(shape.rules)]
    single = RuleItem.model_construct(
        terms=shape.terms or {},
        context=shape.context,
        also=shape.also,
        unless=shape.unless,
        hint=shape.hint,
        within=shape.within,
    )
    return [((), single)]


@dataclass(frozen=True, slots=True)
class _Making:
    """A tag being compiled, the word lists it may name, and where its mistakes go."""

    tag: Written
    lists: WordLists
    mistakes: list[Mistake]

    def wrong(self, message: str, *path: str | int) -> None:
        """Note a mistake at a path in the tag."""
        self.mistakes.append(self.tag.mistake(message, *path))


def _tag(making: _Making) -> Tag:
    shape = making.tag.shape
    rules = []
    for number, (path, rule) in enumerate(_rule_paths(shape), 1):
        name = shape.id if number == 1 else f"{shape.id}/{number}"
        rules.append(_rule(name, rule, making, path))
    examples = [_example(item, expected=True) for item in shape.yes]
    examples += [_example(item, expected=False) for item in shape.no]
    return Tag(
        shape.id,
        shape.facet,
        shape.label,
        about=" ".join(shape.about.split()),
        implies=tuple(shape.implies),
        rules=tuple(rules),
        examples=tuple(examples),
        names=tuple(shape.names),
        noun=shape.noun or "",
        camp=shape.camp or "",
    )


def _rule(name: str, rule: RuleItem, making: _Making, path: tuple[str | int, ...]) -> Rule:
    def terms(written: Mapping[str, list[str]], key: str) -> Terms:
        return _terms(written, making, (*path, key))

    context = rule.context
    if not any(rule.terms.values()):
        making.wrong("a rule without terms can never fire; write at least one", *path, "terms")
    written = {
        "terms": rule.terms,
        "context": (context and context.model_extra) or {},
        "and": rule.also,
        "unless": rule.unless,
    }
    return Rule(
        name,
        terms=terms(written["terms"], "terms"),
        context=terms(written["context"], "context"),
        context_tags=tuple(context.tags) if context else (),
        unless=terms(written["unless"], "unless"),
        also=terms(written["and"], "and"),
        hint=rule.hint,
        within=rule.within,
        lists={key: tuple(part["words"]) for key, part in written.items() if "words" in part},
    )


def _terms(written: Mapping[str, list[str]], making: _Making, path: tuple[str | int, ...]) -> Terms:
    tag, lists = making.tag, making.lists
    for language in written:
        if language not in {"any", "words"} and not _LANGUAGE.fullmatch(language):
            wrong = f"{language!r} is not a language; write {LANGUAGE_KEYS}"
            making.mistakes.append(tag.document.mistake((*tag.path, *path, language), wrong, at_key=True))
    for number, name in enumerate(written.get("words", ())):
        if name not in lists:
            known = f" (known: {', '.join(sorted(lists))})" if lists else "; put them into words/ of the rulebook"
            making.wrong(
                f"no word list is called {name!r}{did_you_mean(name, list(lists)) or known}", *path, "words", number
            )
    result: dict[str, list[tuple[Word, ...]]] = defaultdict(list)
    for language, group in written.items():
        for number, term in enumerate(group if language != "words" else ()):
            try:
                result[language].append(read_term(term))
            except ValueError as error:
                making.wrong(str(error), *path, language, number)
    for name in written.get("words", ()):
        for language, terms in lists.get(name, {}).items():
            result[language] += terms
    return {language: tuple(group) for language, group in result.items()}


def _example(shape: ExampleItem, *, expected: bool) -> Example:
    return Example(shape.text, shape.language, expected)


# ---- the files of a folder


def _yaml_files(folder: Traversable) -> list[Traversable]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((file for file in found if file.name.endswith(".yaml")), key=lambda file: file.name)


def _text(file: Traversable) -> str:
    """Return the text of a file; raises ConfigError if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Mistake(file.name, 1, 1, f"this file cannot be read as UTF-8: {error}")]) from error


def _read_tags(folder: Traversable, parse: Parse, mistakes: list[Mistake]) -> tuple[Written, ...]:
    """Return the tags of a rulebook folder, in order of its files; adds what is wrong with them to `mistakes`."""
    written: list[Written] = []
    for file in _yaml_files(folder):
        if file.name != TIMELINE:
            document = _as_mapping(parse(_text(file), f"{folder.name}/{file.name}"))
            shape, wrong = check_shape(RulebookFile, document)
            mistakes += wrong
            tags = shape.tags if shape else []
            written += [Written(tag, document, ("tags", number)) for number, tag in enumerate(tags)]
    return tuple(written)


def _read_events(folder: Traversable, parse: Parse, mistakes: list[Mistake]) -> tuple[Event, ...]:
    """Return the events of a rulebook folder, none without a timeline; adds what is wrong with them to `mistakes`."""
    file = folder / TIMELINE
    if not file.is_file():
        return ()
    shape, wrong = check_shape(TimelineFile, parse(_text(file), f"{folder.name}/{TIMELINE}"))
    mistakes += wrong
    return tuple(item.event for item in shape.events) if shape else ()


def _read_lists(folder: Traversable, parse: Parse, mistakes: list[Mistake]) -> WordLists:
    """Return the word lists of a rulebook folder by name; adds what is wrong with them to `mistakes`.

    English terms in lists apply to English texts only: "pays" is French for country.
    """
    lists: dict[str, dict[str, Group]] = defaultdict(dict)
    for file in _yaml_files(folder / "words"):
        document = parse(_text(file), f"{folder.name}/words/{file.name}")
        mistakes += document.mistakes
        if not isinstance(document.value, dict | None):
            mistakes.append(document.mistake((), "this is not a mapping of names to lists of terms"))
            continue
        for name, terms in (document.value or {}).items():
            group, wrong = _read_list(document, name, terms)
            mistakes += wrong
            if not wrong:
                lists[name][_at_home(file.name.removesuffix(".yaml"))] = group
    return dict(lists)


def _read_list(document: YamlDocument, name: str, terms: object) -> tuple[Group, list[Mistake]]:
    """Return the terms of a list that are valid, and what is wrong with the list."""
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        return (), [document.mistake((name,), f"{name!r} is not a list of terms")]
    group, mistakes = [], []
    for number, term in enumerate(terms):
        try:
            group.append(read_term(term))
        except ValueError as error:
            mistakes.append(document.mistake((name, number), str(error)))
    return tuple(group), mistakes


def _at_home(language: str) -> str:
    return AT_HOME + language if language == "en" else language
