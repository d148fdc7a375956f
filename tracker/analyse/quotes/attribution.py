"""Find the words that say who speaks a passage: after it, before it, or in the sentence or paragraph before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from tracker.analyse.quotes.grammar import Grammar
from tracker.analyse.quotes.marks import Paragraph, Passage
from tracker.analyse.quotes.mentions import NAME, Mention, before_colon, first_of, object_of, subject_of

Place = Literal["beside", "sentence", "continued", "introduced", "subject"]
"""Where the speaker is named: in a clause of saying at the passage, further off in its sentence, at another passage
that goes on in this one, in the sentence before, or only as that sentence's subject."""

Found = Iterator[tuple[Passage, "Attribution | None"]]

_SENTENCE_END: Final = re.compile(
    r"(?<![A-Z])(?<!\b(?:Mr|Ms|Dr|St))(?<!\b(?:Mrs|Sen|Rep|Gov|Gen|Jan|Feb|Aug|Oct|Nov|Dec))"
    r"[.!?…][\"”’)]{0,4}\s{1,20}(?=\W{0,9}[A-ZÀ-Þ\d]|$)"
)
_WORD: Final = re.compile(r"[\w’'-]+")
_NAME_AFTER_DASH: Final = re.compile(rf"\s*[–—-]+\s*(?P<name>{NAME})")
_NAME_BEFORE_COLON: Final = re.compile(rf"(?:^|[.!?–—•]|\s-)\s*(?P<name>{NAME})(?:\s\([^)]*\))?\s*:\s*$")
_GOES_ON: Final = frozenset(",?!-–—…")
_CLOSING: Final = "\"'”’)] "
_REACH: Final = 300
"""How many code points of a sentence are searched for the clause of saying."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom the words around a passage name as its speaker, and the verb or phrase that does; None if nothing does."""

    mention: Mention
    cue: str | None
    place: Place


def attributions(text: str, parts: Sequence[Paragraph], grammar: Grammar) -> Found:
    """Yield each passage, in order, with its attribution; None if nobody is named."""
    every = [_in_paragraph(text, part, grammar) for part in parts]
    for number, (part, found) in enumerate(zip(parts, every, strict=True)):
        if not found:
            continue
        if found[0] is None and number and part.passages[0].opens <= part.start + 1:
            before = every[number - 1]
            found[0] = _continued(before[-1]) if before else _introduced(text, parts[number - 1], grammar)
        if found[-1] is None or found[-1].place in {"introduced", "subject"}:
            found[-1] = _signature(text, parts[number : number + 2]) or found[-1]
        for place in range(1, len(found)):
            found[place] = found[place] or _continued(found[place - 1])
    for number in range(len(parts) - 2, -1, -1):
        found, following = every[number], every[number + 1]
        if found and found[-1] is None and following and parts[number].passages[-1].goes_on:
            found[-1] = _continued(following[0])
    for part, found in zip(parts, every, strict=True):
        yield from zip(part.passages, found, strict=True)


def runs_on(text: str, passage: Passage, after: str) -> bool:
    """Return whether the sentence goes on in the words after the passage."""
    following = after.lstrip()
    if not following:
        return False
    last = text[passage.start : passage.end].rstrip(_CLOSING)[-1:]
    lower = following[0].islower() and after[0].isspace()
    return lower or last in _GOES_ON or last.isalnum() or following[0] in ",–—-"


def _in_paragraph(text: str, part: Paragraph, grammar: Grammar) -> list[Attribution | None]:
    """Return what the paragraph itself says of the speaker of each of its passages."""
    ends = [part.start, *(passage.closes for passage in part.passages)]
    starts = [*(passage.opens for passage in part.passages), part.end]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    found: list[Attribution | None] = []
    for number, passage in enumerate(part.passages):
        before, after = gaps[number], gaps[number + 1]
        sentence = _last_sentence(before)
        previous = found[-1] if found and sentence == before else None
        mine = _before(sentence, grammar, previous)
        if mine is None or mine.cue in {None, ":"} or not _leads_in(sentence, text[passage.start]):
            followed = _after(after, grammar) if runs_on(text, passage, after) else None
            mine = followed or mine or _in_sentence_before(before, grammar, first=not found)
            mine = mine or _inside(text[passage.start : passage.end], grammar)
        found.append(mine or (_continued(found[-1]) if found else None))
    for number in range(len(found) - 2, -1, -1):
        found[number] = found[number] or _continued(found[number + 1])
    return found


def _inside(quote: str, grammar: Grammar) -> Attribution | None:
    """Return the attribution in a clause between commas inside the marks, as French sets it."""
    for verb in _verbs(quote[:_REACH], grammar):
        clause = quote[: verb.start()].rpartition(",")[2]
        if (
            quote[: verb.start()].endswith(clause)
            and clause != quote[: verb.start()]
            and _only_fillers(clause, grammar)
        ):
            mention = object_of(quote[verb.end() :], grammar)
            if mention and mention.kind == "name":
                return Attribution(mention, verb[0], "beside")
    return None


def _only_fillers(words: str, grammar: Grammar) -> bool:
    return all(word in grammar.fillers for word in words.split())


def _continued(other: Attribution | None) -> Attribution | None:
    """Return the attribution of a passage that goes on what another one says: no surer than that one's."""
    said = other is not None and other.place in {"beside", "sentence"}
    return replace(other, place="continued") if other and said else other


def _leads_in(sentence: str, first: str) -> bool:
    """Return whether the words before a passage leave no doubt that they introduce it."""
    sentence = sentence.rstrip()
    return sentence.endswith((",", ":")) or (bool(sentence) and first.islower())


def _last_sentence(gap: str) -> str:
    start = 0
    for found in _SENTENCE_END.finditer(gap):
        start = found.end()
    return gap[start:]


# ---- in another sentence or paragraph


def _in_sentence_before(gap: str, grammar: Grammar, *, first: bool) -> Attribution | None:
    """Return the attribution in a whole sentence that leads up to a passage.

    The sentence in which a passage before it ends is that one's, so unless the passage is the `first`, it takes two.
    """
    ends = [found.end() for found in _SENTENCE_END.finditer(gap)]
    if len(ends) < (1 if first else 2) or ends[-1] != len(gap):
        return None
    found = _before(gap[ends[-2] if len(ends) > 1 else 0 : ends[-1]].rstrip(), grammar, None)
    if found is None or not (found.cue or first):
        return None
    return replace(found, place="introduced" if found.cue else "subject")


def _introduced(text: str, before: Paragraph, grammar: Grammar) -> Attribution | None:
    """Return the attribution in the sentence before a paragraph that opens with a passage."""
    start = before.passages[-1].closes if before.passages else before.start
    sentence = _last_sentence(text[start : before.end].rstrip())
    found = _before(sentence, grammar, None)
    return replace(found, place="introduced" if sentence.endswith(":") else "subject") if found else None


def _signature(text: str, parts: Sequence[Paragraph]) -> Attribution | None:
    """Return the attribution in a paragraph after one that ends with a passage: a dash and a name."""
    if len(parts) < 2 or parts[0].passages[-1].closes < parts[0].end - 1:
        return None
    found = _NAME_AFTER_DASH.match(text, parts[1].start, parts[1].end)
    return Attribution(Mention(found["name"], "name"), None, "beside") if found else None


# ---- in the sentence


def _after(gap: str, grammar: Grammar) -> Attribution | None:
    """Return the attribution in the clause after a passage."""
    end = _SENTENCE_END.search(gap)
    clause = _detached(gap[: end.start() + 1 if end else _REACH].lstrip(" ,–—-\u00a0"), grammar)
    for verb in _verbs(clause, grammar):
        if mention := _speaker(clause, verb, grammar, inverts=True):
            return Attribution(mention, verb[0], "beside")
    if found := _according(clause, grammar):
        return found
    dash = _NAME_AFTER_DASH.match(gap)
    return Attribution(Mention(dash["name"], "name"), None, "beside") if dash else None


def _before(sentence: str, grammar: Grammar, previous: Attribution | None) -> Attribution | None:
    """Return the attribution in the beginning of a sentence that a passage ends or goes on with.

    `previous` is that of the passage with which the sentence begins.
    """
    sentence = _detached(sentence[-_REACH:], grammar)
    if not sentence.strip():
        return None
    verbs = _verbs(sentence, grammar)
    found = _colon(sentence, verbs, grammar) or _said(sentence, verbs, grammar) or _according(sentence, grammar)
    if found:
        return found
    if verbs and (mention := object_of(sentence[verbs[-1].end() :], grammar)):
        return Attribution(mention, verbs[-1][0], "sentence")
    cues = verbs or [word for word in _WORD.finditer(sentence) if word[0] in grammar.participles]
    cue = cues[-1][0] if cues else None
    if previous:
        return replace(previous, cue=cue or previous.cue, place="sentence")
    opening = first_of(sentence, grammar)
    return Attribution(opening, cue, "sentence" if cue else "subject") if opening else None


def _colon(sentence: str, verbs: Sequence[re.Match[str]], grammar: Grammar) -> Attribution | None:
    """Return the attribution to whoever stands before a colon, as in headlines."""
    if found := _NAME_BEFORE_COLON.search(sentence):
        return Attribution(Mention(found["name"], "name"), ":", "beside")
    mention = before_colon(sentence, grammar) if not verbs and sentence.rstrip().endswith(":") else None
    return Attribution(mention, ":", "beside") if mention else None


def _said(sentence: str, verbs: Sequence[re.Match[str]], grammar: Grammar) -> Attribution | None:
    """Return the attribution by the last verb that has a subject; a pronoun there stands for an earlier subject."""
    found: Attribution | None = None
    for verb in reversed(verbs):
        mention = _speaker(sentence, verb, grammar, inverts=grammar.inverts)
        if mention and mention.kind != "pronoun":
            return replace(found, mention=mention) if found else _said_by(mention, verb, verbs)
        if mention and found is None:
            found = _said_by(mention, verb, verbs)
    return found


def _said_by(mention: Mention, verb: re.Match[str], verbs: Sequence[re.Match[str]]) -> Attribution:
    return Attribution(mention, verb[0], "beside" if verb is verbs[-1] else "sentence")


def _according(clause: str, grammar: Grammar) -> Attribution | None:
    """Return the attribution by a phrase such as "according to"."""
    found = grammar.according.search(clause)
    mention = object_of(clause[found.end() :], grammar) if found else None
    return Attribution(mention, found[0].strip(), "beside") if found and mention else None


def _speaker(clause: str, verb: re.Match[str], grammar: Grammar, *, inverts: bool) -> Mention | None:
    """Return whom a clause names as the subject of its verb; `inverts` is whether that may follow the verb."""
    ahead, behind = clause[: verb.start()], clause[verb.end() :]
    words = ahead.split()
    if words and words[-1].casefold() in grammar.passive:
        agent = grammar.agent.search(behind)
        return object_of(behind[agent.end() :], grammar) if agent else None
    if not inverts:
        return subject_of(ahead, grammar)
    aside = ahead[:1].islower() and words[-1].endswith(",") and words[0] not in grammar.articles
    if aside or (grammar.inverts and words and words[0].casefold() in grammar.linking):
        return object_of(behind, grammar) or subject_of(ahead, grammar)
    return subject_of(ahead, grammar) or object_of(behind, grammar)


def _verbs(clause: str, grammar: Grammar) -> list[re.Match[str]]:
    """Return the verbs of saying in a clause that have a subject of their own."""
    words = list(_WORD.finditer(clause))
    return [
        word
        for number, word in enumerate(words)
        if word[0] in grammar.verbs and not (number and _not_finite(words[number - 1][0], grammar))
    ]


def _not_finite(before: str, grammar: Grammar) -> bool:
    """Return whether the word before a verb makes it an infinitive or a noun: to claim, Smith's claim, the claim."""
    return before in grammar.infinitive or before.endswith(("’s", "'s")) or before in grammar.determiners


def _detached(clause: str, grammar: Grammar) -> str:
    """Return the clause with spaces for what joins a pronoun to a verb."""
    return grammar.attached.sub(lambda found: " " * len(found[0]), clause) if "-" in clause else clause
