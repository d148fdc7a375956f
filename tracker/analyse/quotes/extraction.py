"""Extract the direct quotations of a text, each with its speaker."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracker.analyse.quotes.attribution import Attribution, Place, attributions, runs_on
from tracker.analyse.quotes.grammar import Grammar, grammar_of
from tracker.analyse.quotes.marks import Passage, paragraphs
from tracker.analyse.quotes.speakers import Speakers

CONFIDENCE: Final[dict[Place, float]] = {
    "beside": 0.95, "sentence": 0.85, "continued": 0.85, "introduced": 0.7, "subject": 0.5,
}  # fmt: skip

_WORD: Final = re.compile(r"\w[\w’'-]*")
_FEW_WORDS: Final = 3
_MARKS: Final = "\"'’”“»«› "


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a text repeats as somebody's own.

    They are `text[start:end]`, in code points, without the quotation marks. `speaker` is the last full mention of who
    said them, None if the text does not say; `cue` is the verb or phrase that says so. `confidence`, from 0 to 1, says
    how sure it is that they are the speaker's.
    """

    start: int
    end: int
    quote: str
    speaker: str | None
    cue: str | None
    confidence: float


def quotations(text: str, language: str | None = None) -> Iterator[Quotation]:
    """Yield the quotations of a text in their order; `language` is an ISO 639-1 code, None if unknown."""
    parts = paragraphs(text)
    if not any(part.passages for part in parts):
        return
    grammar = grammar_of(text, language)
    speakers = Speakers(text, grammar)
    for passage, attribution in attributions(text, parts, grammar):
        if not is_quotation(text, passage, attribution, grammar):
            continue
        speaker = speakers.resolved(attribution.mention, passage.opens) if attribution else None
        yield Quotation(
            passage.start,
            passage.end,
            text[passage.start : passage.end],
            speaker,
            attribution.cue if attribution else None,
            CONFIDENCE[attribution.place] if attribution and speaker else 0.3,
        )


def is_quotation(text: str, passage: Passage, attribution: Attribution | None, grammar: Grammar) -> bool:
    """Return whether a passage is somebody's words, not a title, a name or words merely set off."""
    words = _WORD.findall(text, passage.start, passage.end)
    if not words or not (passage.closed or _said_at_length(passage, attribution)):
        return False
    before = text[max(0, passage.opens - 40) : passage.opens]
    if grammar.naming.search(before):
        return False
    if _is_title(words, grammar):
        return _touched(text, passage, attribution, grammar)
    if len(words) < _FEW_WORDS:
        return _touched(text, passage, attribution, grammar) or _is_part(text, passage, attribution, grammar)
    return bool(attribution and attribution.cue) or not _modifies(text, passage, grammar)


def _said_at_length(passage: Passage, attribution: Attribution | None) -> bool:
    """Return whether a passage that is not closed goes on in the next paragraph and somebody is said to speak."""
    return passage.goes_on and attribution is not None and attribution.place in {"beside", "sentence", "continued"}


def _is_part(text: str, passage: Passage, attribution: Attribution | None, grammar: Grammar) -> bool:
    """Return whether a word or two are part of what somebody is said to have said: she called it "unfair"."""
    said = attribution is not None and attribution.cue is not None and attribution.place == "beside"
    return said and text[passage.start].islower() and not _determined(text, passage, grammar)


def _determined(text: str, passage: Passage, grammar: Grammar) -> bool:
    """Return whether a passage follows an article or possessive."""
    before = text[max(0, passage.opens - 30) : passage.opens].rstrip()
    return before.rpartition(" ")[2].casefold() in grammar.articles or before.endswith(("’s", "'s"))


def _modifies(text: str, passage: Passage, grammar: Grammar) -> bool:
    """Return whether a passage is only set off before a noun, as in: the "law and order" candidate."""
    after = _WORD.match(text, passage.closes + 1)
    return (
        text[passage.end - 1].isalnum()
        and _determined(text, passage, grammar)
        and after is not None
        and after[0].islower()
        and after[0] not in grammar.no_names | grammar.verbs
    )


def _is_title(words: list[str], grammar: Grammar) -> bool:
    """Return whether words are capitalised as in titles."""
    small = grammar.articles | grammar.linking | grammar.breaks
    capital = [word for word in words if not word[0].islower()]
    return (
        len(capital) >= 2
        and not words[0][0].islower()
        and all(word in capital or word.casefold() in small for word in words)
    )


def _touched(text: str, passage: Passage, attribution: Attribution | None, grammar: Grammar) -> bool:
    """Return whether a clause of saying touches the passage itself."""
    if attribution is None or attribution.cue is None or attribution.place != "beside":
        return False
    before = text[max(0, passage.opens - 40) : passage.opens].rstrip()
    if before.endswith((",", ":")):
        return True
    if before.rpartition(" ")[2].casefold() in grammar.verbs | grammar.participles:
        return True
    after = text[passage.closes : passage.closes + 80]
    return _stands_apart(text, passage) and attribution.cue in after and runs_on(text, passage, after)


def _stands_apart(text: str, passage: Passage) -> bool:
    """Return whether a passage opens its sentence or ends with a mark, unlike a name or word set off within one."""
    before = text[: passage.opens].rstrip()
    if not before or not (before[-1].isalnum() or before.endswith(("’s", "'s"))):
        return True
    return not text[passage.end - 1].isalnum() or text[passage.closes : passage.closes + 2].strip(_MARKS).startswith(
        ","
    )
