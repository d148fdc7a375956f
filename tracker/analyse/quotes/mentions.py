"""Find who is mentioned beside a verb of saying: a name, an unnamed role such as "a spokesman for Meta", a pronoun."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from tracker.analyse.quotes.grammar import Grammar

Kind = Literal["name", "role", "pronoun"]

_UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻŁŃŅŇŌŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽ"
_PARTICLES: Final = "de|da|di|du|del|della|des|der|den|van|von|vom|zu|la|le|bin|al|el|ten|ter|dos|das|af|av|i|y"
_SHORT: Final = (
    r"(?:Sens?|Reps?|Gov|Lt|Gen|Col|Sgt|Capt|Mr|Mrs|Ms|Dr|Prof|Rev|Hon|St|Jr|Sr|Mme|Sra?|Dott|Ing"
    rf"|(?:[{_UPPER}]\.)*[{_UPPER}])\."
)
_TOKEN: Final = rf"(?:{_SHORT}|(?:\d+|[a-z])?[{_UPPER}][\w-]*(?:[’'][{_UPPER}][\w-]*)?|&)"
NAME: Final = rf"{_TOKEN}(?:(?:[ \u00a0](?:{_PARTICLES})\b){{0,3}}[ \u00a0]{_TOKEN})*"
FULL_NAME: Final = rf"(?<![\w’']){_TOKEN}(?:(?:[ \u00a0](?:{_PARTICLES})\b){{0,3}}[ \u00a0]{_TOKEN})+"
_NAME_AT_START: Final = re.compile(NAME)
_NAME_AT_END: Final = re.compile(rf"(?<![\w-])(?<![^lLdDn][’']){NAME}$")  # l'ONU, dell'Unione
_FIRST_AND_LAST: Final = re.compile(rf"{_TOKEN}[ \u00a0]{_TOKEN}")
_IN_BRACKETS: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_CLAUSE_START: Final = re.compile(r"[,:;–—…]\s|\s-+\s|[!?]\s|(?<=[a-z\d)])\.\s|^.*[“”„«»\"]")
_DATELINE: Final = re.compile(rf"^\W*[{_UPPER}]{{3,}}.{{0,60}}?\s[–—-]+\s")
_WORD: Final = re.compile(r"\S+")
_ABBREVIATION: Final = re.compile(rf"{_SHORT}$")

_NEAR: Final = 200
"""How many code points on either side of a verb are searched for its subject."""

_MOST_WORDS: Final = 14
"""Words of the longest mention, and of the longest one without an article or name (Senate Democrats)."""

_BARE_WORDS: Final = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """Who is named, as written; without the titles before a name."""

    text: str
    kind: Kind


def subject_of(clause: str, grammar: Grammar) -> Mention | None:
    """Return who the verb after this clause is about; None if nobody is."""
    clause = _without_fillers(clause[-_NEAR:], grammar)
    before, _, last = clause.rpartition(" ")
    if last.casefold() in grammar.who:
        return subject_of(before.rstrip(", "), grammar)
    clause = _IN_BRACKETS.sub("", clause)
    if clause.endswith((",", "–", "—", " -")):
        return _before_apposition(clause.rstrip(" ,–—-"), grammar)
    words = _last_words(_last_clause(clause), grammar)
    return _mention(words, grammar) or _mention(_without_place(words, grammar), grammar)


def object_of(rest: str, grammar: Grammar) -> Mention | None:
    """Return who stands right after a verb, as its subject, in "said the minister"; None if nobody does."""
    words = _words_behind(rest, grammar)
    phrase = " ".join(words).strip(" ,.;:!?–—-")
    mention = _mention(phrase, grammar)
    if mention and mention.kind == "role" and words[-1].endswith(","):
        found = _NAME_AT_START.match(rest[:_NEAR].lstrip()[len(" ".join(words)) :].lstrip())
        if found and " " in found[0]:
            return Mention(bare_name(found[0], grammar), "name")  # said the agency's head, Ann Lee
    if mention is None and (found := _NAME_AT_START.match(phrase)) and " " in found[0]:
        return Mention(bare_name(found[0], grammar), "name")
    return mention


def _words_behind(rest: str, grammar: Grammar) -> list[str]:
    """Return the words behind a verb up to the first that cannot belong to the mention of its subject."""
    words: list[str] = []
    for found in _WORD.finditer(rest[:_NEAR]):
        word = found[0]
        bare = word.strip("(),.;:…")
        if bare.casefold() in grammar.breaks and bare.casefold() not in grammar.articles:
            break
        if words and bare in grammar.fillers:
            break
        words.append(word)
        ended = word[-1] in ',;:)!?–—”"' or (word[-1] == "." and not _ABBREVIATION.match(word))
        if ended or len(words) >= _MOST_WORDS or bare.casefold() in grammar.pronouns:
            break
    return words


def first_of(sentence: str, grammar: Grammar) -> Mention | None:
    """Return whom a sentence opens with, behind "In Brussels, ..." and the like; None if nobody."""
    skipped = grammar.breaks | grammar.linking | grammar.fillers
    for part in _DATELINE.sub("", sentence)[:_NEAR].split(", "):
        words = part.split()
        if len(words) > 1 and words[0].casefold() in grammar.breaks and words[1][:1].isupper():
            words = words[1:]  # But Ann Lee
        if words and words[0].casefold() not in skipped and (mention := _opening(words, grammar)):
            return mention
    return None


def before_colon(sentence: str, grammar: Grammar) -> Mention | None:
    """Return who speaks in "Police chief: ..."; None if more than a few words stand there."""
    words = sentence.rstrip(": ").split()
    return _mention(" ".join(words), grammar) if len(words) <= _BARE_WORDS else None


def last_name(speaker: str) -> str:
    """Return the last word of a name, case-folded."""
    return speaker.rpartition(" ")[2].rpartition("\u00a0")[2].casefold()


def bare_name(name: str, grammar: Grammar) -> str:
    """Return a name without titles before it and words that only open a sentence; empty if nothing else is left."""
    while name:
        first, _, rest = name.partition(" ")
        named = rest and first.casefold() in grammar.given_names
        if named or first.casefold() not in grammar.no_names or first.isupper():
            break
        name = rest
    bare = grammar.titles.sub("", name, count=1) if grammar.titles.match(name) else name
    return bare or name


def _opening(words: list[str], grammar: Grammar) -> Mention | None:
    """Return the mention with which words open: a pronoun, a name, or an article with what follows."""
    first = words[0].casefold()
    if first in grammar.pronouns:
        return Mention(words[0], "pronoun")
    if first not in grammar.articles:
        found = _NAME_AT_START.match(" ".join(words))
        name = bare_name(found[0], grammar) if found else ""
        return Mention(name, "name") if name else None
    named = next((at for at in range(1, min(len(words) - 1, 5)) if words[at][0].isupper()), 0)
    if named and words[named + 1][0].isupper() and not grammar.capitalises_nouns:
        found = _NAME_AT_START.match(" ".join(words[named:]))
        return Mention(bare_name(found[0], grammar), "name") if found else None  # the lawyer Ann Lee
    ending = grammar.fillers | grammar.verbs | grammar.breaks | grammar.who
    end = next((at for at in range(2, len(words)) if words[at].casefold() in ending), None)
    return _mention(" ".join(words[:end]), grammar) if end and end < _MOST_WORDS else None


def _without_fillers(clause: str, grammar: Grammar) -> str:
    """Return the clause without the auxiliaries, adverbs and days at its end."""
    clause = clause.rstrip()
    while clause:
        before, _, last = clause.rpartition(" ")
        word = last.strip(",")
        if word not in grammar.fillers and not (word.islower() and word.endswith(("ly", "n't", "n’t"))):
            days = word.casefold() in grammar.fillers and word.casefold() in grammar.breaks
            if not days:
                return clause
        clause = before.rstrip() + "," * last.endswith(",")
        if clause.rpartition(" ")[2].casefold() in grammar.linking:
            clause = clause.rpartition(" ")[0].rstrip()  # "on" of "on Monday"
    return clause


def _without_place(clause: str, grammar: Grammar) -> str:
    """Return the words before the last preposition: "Ann Lee" of "Ann Lee in a statement"."""
    words = clause.split()
    for number in range(len(words) - 1, 0, -1):
        if words[number].casefold() in grammar.linking:
            return " ".join(words[:number])
    return ""


def _last_clause(clause: str) -> str:
    """Return what follows the last mark that sets a clause off."""
    start = 0
    for found in _CLAUSE_START.finditer(clause):
        start = found.end()
    return clause[start:]


def _last_words(clause: str, grammar: Grammar) -> str:
    """Return the words after the last conjunction."""
    words = clause.split()
    ending = grammar.breaks - grammar.linking - grammar.articles
    start = max(len(words) - _MOST_WORDS, 0)
    for number in range(len(words) - 1, start - 1, -1):
        if words[number].casefold() in ending:
            start = number + 1
            break
    return " ".join(words[start:])


def _before_apposition(clause: str, grammar: Grammar) -> Mention | None:
    """Return the name or role that the end of the clause explains: "Ann Lee, a lawyer"."""
    parts = clause.split(", ")
    found = []
    for part in parts:
        if part.partition(" ")[0].casefold() in grammar.breaks | grammar.linking | grammar.who - grammar.articles:
            continue
        if mention := _mention(_last_words(_last_clause(_IN_BRACKETS.sub("", part)), grammar), grammar):
            found.append(mention)
    names = [mention for mention in found if mention.kind != "role"]
    full = [mention for mention in names if " " in mention.text]
    return next(iter(full or names or found), None)


def _mention(phrase: str, grammar: Grammar) -> Mention | None:
    """Return who a phrase names at its end."""
    phrase = _IN_BRACKETS.sub("", phrase).strip()
    last = phrase.rpartition(" ")[2]
    if last.casefold() in grammar.pronouns and last != "I":
        return Mention(last, "pronoun")
    found = _NAME_AT_END.search(phrase)
    if not found:
        return _role(phrase, grammar)
    name = bare_name(found[0], grammar)
    before = phrase[: found.start()].rstrip()
    if not _linked(before, grammar):
        article = before.rpartition(" ")[2]
        if article.casefold() in grammar.articles and _is_noun(found[0], name, grammar):
            return Mention(f"{article} {found[0]}", "role")
        return Mention(name, "name") if name else None
    opening = _NAME_AT_START.match(before)
    if opening and (whole := bare_name(opening[0], grammar)):
        return Mention(whole if " " in whole else phrase, "name")
    return _role(phrase, grammar)


def _is_noun(written: str, name: str, grammar: Grammar) -> bool:
    """Return whether capitals after an article are those of nouns: "der Minister", not "der Minister Schmidt"."""
    titled = name != written and name[0].isupper()
    return grammar.capitalises_nouns and not titled and not _FIRST_AND_LAST.match(name)


def _linked(before: str, grammar: Grammar) -> bool:
    """Return whether a name only says for whom the one before it speaks."""
    words = before.casefold().split()
    while words and words[-1] in grammar.articles:
        words.pop()
    return bool(words) and words[-1] in grammar.linking and len(words) > 1


def _role(phrase: str, grammar: Grammar) -> Mention | None:
    """Return an unnamed role: the words from the first article on, or a few words without one."""
    words = phrase.split()
    start = next((number for number, word in enumerate(words) if word.casefold() in grammar.articles), None)
    if start is None and len(words) > _BARE_WORDS:
        return None
    role = words[start or 0 :]
    if not role or role[-1].casefold() in grammar.no_names or not role[-1][-1].isalnum():
        return None
    return Mention(" ".join(role), "role")
