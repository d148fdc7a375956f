"""Suggest articles that may show what the rules miss, and report what the coders' answers reveal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker import extras
from tracker.analyse.tagging.suggestions import Candidate, candidates, fires, lookalikes
from tracker.errors import StoreError, TrackerError
from tracker.publish.formatting import counted
from tracker.store.coding import KnownArticle, answered, definition, known_articles, record_suggestions, rows_to_code
from tracker.store.connection import Database

_FEWEST = 5
"""Fewest tagged or coded articles from which anything can be learned."""

_MOST_TERMS = 15
_MOST_NO = 10


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggested articles as rows for the coder, the likeliest first, and how many there were to learn from."""

    id: int
    tag: str
    definition: str
    positive: int
    others: int
    articles: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the answers to suggested articles teach.

    `yes` and `no` are headlines for a rule to keep as examples, each with its language or None; `terms` are the words
    that would have found those coded yes.
    """

    sample: int
    tag: str
    coded_yes: int
    coded_no: int
    yes: tuple[tuple[str, str | None], ...]
    no: tuple[tuple[str, str | None], ...]
    terms: tuple[Candidate, ...]


def suggest(db: Database, tag: str, most: int, now: datetime) -> Suggestions:
    """Choose and record articles without the tag that resemble those with it; call inside a transaction.

    Raises StoreError when too few articles have the tag, or all have been coded.
    """
    if lacking := extras.missing("sklearn"):
        raise TrackerError(f"suggest needs {lacking}")
    known = known_articles(db, tag)
    tagged = [article.positive for article in known]
    unknown = [place for place, article in enumerate(known) if article.verdict == "unknown"]
    if sum(tagged) < _FEWEST or not unknown:
        raise StoreError(_too_few(tag, sum(tagged)))
    chosen = lookalikes([article.text for article in known], tagged, unknown, most)
    why = {known[one.place].id: ", ".join(one.words) for one in chosen}
    number = record_suggestions(db, tag, list(why), now)
    rows = {row["article"]: row for row in rows_to_code(db, number)}
    articles = tuple(rows[article] | {"why": words} for article, words in why.items())
    return Suggestions(number, tag, definition(db, tag), sum(tagged), len(unknown), articles)


def lesson(db: Database, sample: int, tag: str) -> Lesson:
    """Return what the answers to a sample of suggested articles teach."""
    known = known_articles(db, tag)
    coded = answered(db, sample)
    yes, no = ([one for one in known if one.id in coded and one.verdict == verdict] for verdict in ("yes", "no"))
    terms = candidates(((one.text, one.verdict) for one in known), [one.text for one in yes], _MOST_TERMS)
    mistaken = [one for one in no if any(fires(term.term, one.text) for term in terms)]
    return Lesson(sample, tag, len(yes), len(no), _examples(yes), _examples(mistaken[:_MOST_NO]), tuple(terms))


def suggested_in_words(made: Suggestions, name: str) -> str:
    """Describe the suggestions, and what to do with the file `name` that now holds them."""
    has = f"the tag {made.tag}" if made.tag else "a topic"
    return (
        f"suggestion {made.id}: {counted(len(made.articles), 'article')} of {made.others:,} without {has}, "
        f"those most like the {made.positive:,} with it first\n"
        "answer 1 (yes) or 0 (no) in coder_1; column why has the words that weigh in an article's favour\n"
        f"then: tracker score {name}"
    )


def lesson_in_words(found: Lesson) -> str:
    """Describe what was learned: examples as YAML to copy, and candidate terms with what each would have found."""
    lines = [f"{found.tag or 'relevant'}: {found.coded_yes} yes and {found.coded_no} no of the suggested articles"]
    for key, examples in (("yes", found.yes), ("no", found.no)):
        if examples:
            lines += [f"{key}:", *(f"  - {_as_yaml(*example)}" for example in examples)]
    if found.terms:
        lines.append("terms that would have found them; see how often each would have been right:")
        width = max(len(one.term) for one in found.terms)
        lines += [f"  {one.term:{width}}  {_firings(one)}" for one in found.terms]
    return "\n".join(lines)


def _firings(one: Candidate) -> str:
    return f"right {one.yes} coded, {one.tagged} tagged already; wrong {one.no} coded; {one.unknown} not judged"


def _as_yaml(text: str, language: str | None) -> str:
    """Format an example for a rule's `yes:` and `no:`; JSON strings are YAML."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if language in {None, "en"} else f"{{text: {quoted}, language: {language}}}"


def _examples(articles: Sequence[KnownArticle]) -> tuple[tuple[str, str | None], ...]:
    return tuple((one.title, one.language and one.language.partition("-")[0]) for one in articles)


def _too_few(tag: str, positive: int) -> str:
    if positive < _FEWEST:
        has = f"the tag {tag}" if tag else "a topic"
        return (
            f"{counted(positive, 'stored article')} with {has}, but at least {_FEWEST} are needed to learn from; "
            "write a first rule, or code articles that `tracker sample` draws"
        )
    return "every stored article has the tag or was coded, so there is nothing to suggest"
