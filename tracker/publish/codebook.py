"""Render a rulebook as a codebook for human coders, in Markdown or as plain values: pure, no I/O.

Knows how to print a rule, and which characters Markdown treats as markup.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tracker.analyse.tagging.decision import NEARBY
from tracker.analyse.tagging.rules import AT_HOME, Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import term_as_written
from tracker.models import FACETS
from tracker.publish.formatting import counted
from tracker.publish.labels import FACET
from tracker.store.coding import Measurement

_LONG = 30
"""Fold the terms of a tag, context and exclusions included, above this number: about what a page shows at once."""

_MARKDOWN = re.compile(r"[\\`*_\[\]<>~|]|&(?=#|\w+;)")


def codebook_in_markdown(
    rulebook: Rulebook, measured: Mapping[str, Measurement] | None = None, only: Sequence[str] = ()
) -> str:
    """Return the codebook in Markdown: every tag under its facet after a table of contents, or `only` these tags.

    `measured` maps the ids of measured tags to their quality; with None, quality is not mentioned.
    """
    follows = {tag.id: rulebook.implied(tag.id) for tag in rulebook.tags}
    if only:
        chosen = [tag for tag in rulebook.tags if tag.id in only]
        return "\n\n".join(block for tag in chosen for block in _chapter(tag, rulebook, follows, measured)) + "\n"
    blocks = ["# Codebook", f"Rulebook `{rulebook.hash}`, {counted(len(rulebook.tags), 'tag')}.", *_contents(rulebook)]
    for facet in FACETS:
        tags = [tag for tag in rulebook.tags if tag.facet == facet]
        if tags:
            blocks += [f"## {FACET[facet]}", _links(tag.id for tag in tags)]
        for tag in tags:
            blocks += _chapter(tag, rulebook, follows, measured)
    blocks += _lists(rulebook)
    return "\n\n".join(blocks) + "\n"


def codebook_as_plain(
    rulebook: Rulebook, measured: Mapping[str, Measurement] | None = None, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the codebook for JSON: what the hash covers, with each tag's examples and quality (None: not known).

    `only` keeps these tags; by default all are kept.
    """
    whole: dict[str, Any] = json.loads(rulebook.text)
    for tag, row in zip(rulebook.tags, whole["tags"], strict=True):
        for key, expected in (("yes", True), ("no", False)):
            chosen = [example for example in tag.examples if example.expected == expected]
            row[key] = [{"text": example.text, "language": example.language} for example in chosen]
        measurement = (measured or {}).get(tag.id)
        row["quality"] = measurement and asdict(measurement)
    if only:
        whole["tags"] = [row for row in whole["tags"] if row["id"] in only]
    return {"rulebook": rulebook.hash, **whole}


def both_by_definition(rulebook: Rulebook) -> list[Tag]:
    """Return the tags that imply more than one topic, whatever else a text says."""
    topics = set(rulebook.topics)
    return [tag for tag in rulebook.tags if len(topics.intersection(rulebook.implied(tag.id))) > 1]


def quality_in_words(measurement: Measurement | None, rulebook: str) -> str:
    """Describe a tag's quality, when it was measured, and whether by rules other than `rulebook`, a hash."""
    if measurement is None:
        return "not measured yet"
    precision = _share("precision", measurement.precision, measurement.precision_low, measurement.precision_high)
    recall = _share("recall", measurement.recall, measurement.recall_low, measurement.recall_high)
    parts = [precision, f"{recall} on {counted(measurement.coded, 'article')}", counted(measurement.coders, "coder")]
    if measurement.coders > 1:
        parts.append("kappa not known" if measurement.kappa is None else f"kappa {measurement.kappa:.2f}")
    other = "" if measurement.rulebook == rulebook else " (not the present one)"
    return ", ".join([*parts, f"measured {measurement.measured_at[:10]} with rulebook {measurement.rulebook}{other}"])


def _share(name: str, value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return f"{name} not known"
    interval = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
    return f"{name} {value:.2f}{interval}"


def _chapter(
    tag: Tag,
    rulebook: Rulebook,
    follows: Mapping[str, Sequence[str]],
    measured: Mapping[str, Measurement] | None,
) -> Iterator[str]:
    """Yield a tag's definition, quality, examples and rules."""
    yield from _definition(tag, follows)
    if measured is not None:
        yield f"Quality: {quality_in_words(measured.get(tag.id), rulebook.hash)}."
    yield from _examples(tag)
    yield from _rules(tag, rulebook)


def _contents(rulebook: Rulebook) -> Iterator[str]:
    counts = {facet: sum(tag.facet == facet for tag in rulebook.tags) for facet in FACETS}
    lines = [
        f"- [{FACET[facet]}](#{FACET[facet].lower().replace(' ', '-')}): {count}"
        for facet, count in counts.items()
        if count
    ]
    if lines:
        yield "\n".join(lines)


def _definition(tag: Tag, follows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a tag's label and definition, and how it relates to others."""
    about = _plain(tag.about) if tag.about else "no definition is written yet."
    yield f"### {tag.id}"
    yield f"**{_plain(tag.label)}**: {about}"
    if follows[tag.id]:
        yield f"Implies {_links(follows[tag.id])}."
    if sources := [name for name, implied in follows.items() if tag.id in implied]:
        yield f"Implied by {_links(sources)}."


def _examples(tag: Tag) -> Iterator[str]:
    for title, expected in (("Gets it:", True), ("Does not get it:", False)):
        if chosen := [_example(example) for example in tag.examples if example.expected == expected]:
            yield title
            yield "\n".join(chosen)


def _example(example: Example) -> str:
    return f"- \u201c{_plain(example.text)}\u201d" + (f" ({example.language})" if example.language else "")


def _rules(tag: Tag, rulebook: Rulebook) -> Iterator[str]:
    """Yield the rules of a tag, folded if long."""
    written = [[rulebook.written_out(rule, part) for part in rule.parts] for rule in tag.rules]
    terms = sum(len(group) for parts in written for part in parts for group in part.values())
    blocks = [block for rule in tag.rules for block in _rule(rule, rulebook)]
    if terms <= _LONG:
        yield from blocks
        return
    yield f"<details><summary>{counted(len(tag.rules), 'rule')}, {counted(terms, 'term')}</summary>"
    yield from blocks
    yield "</details>"


def _rule(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    yield f"Rule `{rule.id}`{', a hint' if rule.hint else ''}{_reach(rule)}:"
    lines = []
    for part in rule.parts:
        if names := rule.lists.get(part):
            lines.append(f"- {part}, words for: {', '.join(f'[{name}](#words-{name})' for name in names)}")
        lines += _terms(rulebook.written_out(rule, part), f"{part}, ")
    if rule.context_tags:
        lines.append(f"- context, a tag: {_links(rule.context_tags)}")
    yield "\n".join(lines)


def _reach(rule: Rule) -> str:
    return "" if rule.within == NEARBY else f", within {counted(rule.within, 'word')}"


def _lists(rulebook: Rulebook) -> Iterator[str]:
    """Yield the word lists that rules name, each folded."""
    if rulebook.lists:
        yield "## Words"
        yield "The ideas that rules refer to, each with the terms that express it."
    for name, terms in rulebook.lists.items():
        count = sum(map(len, terms.values()))
        yield f"### words-{name}"
        yield f"<details><summary>{counted(count, 'term')} in {counted(len(terms), 'language')}</summary>"
        yield "\n".join(_terms(terms))
        yield "</details>"


def _terms(terms: Terms, begin: str = "") -> list[str]:
    return [
        f"- {begin}{_language(language)}: `{', '.join(map(term_as_written, group))}`"
        for language, group in terms.items()
        if group
    ]


def _language(code: str) -> str:
    """Describe where terms are matched, in words."""
    return f"{code.removeprefix(AT_HOME)} only" if code.startswith(AT_HOME) else code


def _links(names: Iterable[str]) -> str:
    return ", ".join(f"[{name}](#{name})" for name in names)


def _plain(text: str) -> str:
    """Put a text on one line, escaped for Markdown."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))
