"""Compile YAML tags into a Rulebook; knows where the built-in rulebook and timeline are and what a rule may refer to.

Rules refer to word lists by `words:`, so that a rule is written once and its words once per language. There is one file
of lists per language, and `any.yaml` for names that are the same in all.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tracker.analyse.names import did_you_mean
from tracker.analyse.tagging.rules import AT_HOME, Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Word, read_term
from tracker.analyse.timeline import Event
from tracker.config.messages import check_shape
from tracker.config.rulebook_model import ExampleItem, RulebookFile, RuleItem, TagItem, TimelineFile
from tracker.config.yaml_positions import Path, YamlDocument, read, read_ours
from tracker.errors import ConfigError, Mistake
from tracker.models import FACETS

WordLists = Mapping[str, Mapping[str, list[str]]]
"""List name to language to terms."""

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


@cache
def built_in() -> tuple[Written, ...]:
    """Return the tags of the built-in rulebook, read once; raises ConfigError if one of its files is invalid."""
    folder = files("tracker.analyse") / "rulebook"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    mistakes: list[Mistake] = []
    written: list[Written] = []
    for name in names:
        document = _as_mapping(read_ours((folder / name).read_text(encoding="utf-8"), f"rulebook/{name}"))
        shape, wrong = check_shape(RulebookFile, document)
        mistakes += wrong
        tags = shape.tags if shape else []
        written += [Written(tag, document, ("tags", number)) for number, tag in enumerate(tags)]
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(written)


def compile_built_in() -> Rulebook:
    """Return the built-in rulebook alone; raises ConfigError if it is invalid."""
    rulebook, mistakes = compile_rulebook(built_in(), [])
    if mistakes:
        raise ConfigError(mistakes)
    return rulebook


@cache
def built_in_events() -> tuple[Event, ...]:
    """Return the events of the built-in timeline; raises ConfigError if their file is invalid."""
    text = (files("tracker.analyse") / "timeline.yaml").read_text(encoding="utf-8")
    shape, mistakes = check_shape(TimelineFile, read(text, "timeline.yaml"))
    if shape is None or mistakes:
        raise ConfigError(mistakes)
    return tuple(item.event for item in shape.events)


def compile_rulebook(built_in_tags: Sequence[Written], own: Sequence[Written]) -> tuple[Rulebook, list[Mistake]]:
    """Combine built-in and custom tags into a rulebook, and return it with every mistake.

    A custom tag replaces the built-in one with its id. Tags are in facet order, topics first. If there are mistakes,
    the rulebook is empty.
    """
    mistakes = list(_duplicates(built_in_tags)) + list(_duplicates(own))
    by_id = {tag.shape.id: tag for tag in (*built_in_tags, *own)}
    written = dict(sorted(by_id.items(), key=lambda item: FACETS.index(item[1].shape.facet)))
    tags = []
    for tag in written.values():
        wrong = [*_unknown_names(tag, written), *_shape_mistakes(tag)]
        made = _tag(tag, wrong)
        mistakes += wrong
        if not wrong:
            tags.append(made)
    named = {name for tag in tags for rule in tag.rules for names in rule.lists.values() for name in names}
    return (Rulebook([]) if mistakes else Rulebook(tags, {name: listed(name) for name in sorted(named)})), mistakes


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


def _tag(tag: Written, mistakes: list[Mistake]) -> Tag:
    shape = tag.shape
    rules = []
    for number, (path, rule) in enumerate(_rule_paths(shape), 1):
        name = shape.id if number == 1 else f"{shape.id}/{number}"
        rules.append(_rule(name, rule, tag, path, mistakes))
    examples = [_example(item, expected=True) for item in shape.yes]
    examples += [_example(item, expected=False) for item in shape.no]
    about = " ".join(shape.about.split())
    implied, names = tuple(shape.implies), tuple(shape.names)
    return Tag(shape.id, shape.facet, shape.label, about, implied, tuple(rules), tuple(examples), names)


def _rule(name: str, rule: RuleItem, tag: Written, path: tuple[str | int, ...], mistakes: list[Mistake]) -> Rule:
    def terms(written: Mapping[str, list[str]], key: str) -> Terms:
        return _terms(written, tag, (*path, key), mistakes)

    context = rule.context
    if not any(rule.terms.values()):
        mistakes.append(tag.mistake("a rule without terms can never fire; write at least one", *path, "terms"))
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


def _terms(
    written: Mapping[str, list[str]], tag: Written, path: tuple[str | int, ...], mistakes: list[Mistake]
) -> Terms:
    for language in written:
        if language not in {"any", "words"} and not _LANGUAGE.fullmatch(language):
            wrong = f"{language!r} is not a language; write {LANGUAGE_KEYS}"
            mistakes.append(tag.document.mistake((*tag.path, *path, language), wrong, at_key=True))
    for number, name in enumerate(written.get("words", ())):
        if name not in word_lists():
            hint = did_you_mean(name, list(word_lists())) or f" (known: {', '.join(sorted(word_lists()))})"
            mistakes.append(tag.mistake(f"no word list is called {name!r}{hint}", *path, "words", number))
    result: dict[str, list[tuple[Word, ...]]] = defaultdict(list)
    for language, group in written.items():
        for number, term in enumerate(group if language != "words" else ()):
            try:
                result[language].append(read_term(term))
            except ValueError as error:
                mistakes.append(tag.mistake(str(error), *path, language, number))
    for name in written.get("words", ()):
        for language, terms in listed(name).items() if name in word_lists() else ():
            result[language] += terms
    return {language: tuple(group) for language, group in result.items()}


def _example(shape: ExampleItem, *, expected: bool) -> Example:
    return Example(shape.text, shape.language, expected)


# ---- word lists


@cache
def word_lists() -> WordLists:
    """Return all lists; raises ConfigError if one of the files is invalid."""
    lists: dict[str, dict[str, list[str]]] = defaultdict(dict)
    mistakes: list[Mistake] = []
    folder = files("tracker.analyse") / "rulebook" / "words"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            document = read_ours(file.read_text(encoding="utf-8"), f"rulebook/words/{file.name}")
            mistakes += document.mistakes
            for name, terms in (document.value or {}).items():
                wrong = list(_list_mistakes(document, name, terms))
                mistakes += wrong
                if not wrong:
                    lists[name][file.name.removesuffix(".yaml")] = terms
    if mistakes:
        raise ConfigError(mistakes)
    return dict(lists)


def _list_mistakes(document: YamlDocument, name: str, terms: object) -> Iterator[Mistake]:
    """Yield the mistakes in a list."""
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        yield document.mistake((name,), f"{name!r} is not a list of terms")
        return
    for number, term in enumerate(terms):
        try:
            read_term(term)
        except ValueError as error:
            yield document.mistake((name, number), str(error))


@cache
def listed(name: str) -> Terms:
    """Return the terms of a list in the form that rules use; raises KeyError for an unknown list.

    English terms in lists apply to English texts only: "pays" is French for country.
    """
    return {_at_home(language): tuple(map(read_term, group)) for language, group in word_lists()[name].items()}


def _at_home(language: str) -> str:
    return AT_HOME + language if language == "en" else language
