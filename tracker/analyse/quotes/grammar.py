"""Compile what the languages say of reported speech into sets and patterns, and tell which language a text is in."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from tracker.analyse.languages.vocabulary import LANGUAGES, all_words, any_phrase

_GUESSED_FROM: Final = 2000
"""How many code points of a text its language is guessed from."""

_WORD: Final = re.compile(r"\w+")
_BY_CODE: Final = {language.code: language for language in LANGUAGES}
_FUNCTION_WORDS: Final = {language.code: all_words([language.function_words]) for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language's ways of reporting speech; all words are case-folded."""

    verbs: frozenset[str]
    participles: frozenset[str]
    fillers: frozenset[str]
    pronouns: frozenset[str]
    who: frozenset[str]
    articles: frozenset[str]
    linking: frozenset[str]
    breaks: frozenset[str]
    no_names: frozenset[str]
    """Words that are not names, although a sentence may begin with them, capitalised."""

    given_names: frozenset[str]
    determiners: frozenset[str]
    infinitive: frozenset[str]
    passive: frozenset[str]
    agent: re.Pattern[str]
    according: re.Pattern[str]
    titles: re.Pattern[str]
    naming: re.Pattern[str]
    attached: re.Pattern[str]
    """What joins a pronoun to the verb before it (dit-il)."""

    inverts: bool
    capitalises_nouns: bool


def grammar_of(text: str, language: str | None) -> Grammar:
    """Return the grammar of the stated language, or, if that is unknown, of the one whose words the text uses most."""
    code = (language or "").partition("-")[0].lower()
    return _grammar(code if code in _BY_CODE else _guess(text))


def _guess(text: str) -> str:
    words = set(_WORD.findall(text[:_GUESSED_FROM].casefold()))
    return max(_FUNCTION_WORDS, key=lambda code: (len(words & _FUNCTION_WORDS[code]), code == "en"))


@cache
def _grammar(code: str) -> Grammar:
    speech = _BY_CODE[code].speech
    pronouns = all_words([speech.pronouns])
    fillers, articles, linking, breaks = (
        all_words([words]) for words in (speech.fillers, speech.articles, speech.linking, speech.breaks)
    )
    who, denials = all_words([speech.who]), all_words([_BY_CODE[code].denials])
    return Grammar(
        verbs=all_words([speech.verbs]),
        participles=all_words([speech.participles]),
        fillers=fillers,
        pronouns=pronouns,
        who=who,
        articles=articles,
        linking=linking,
        breaks=breaks,
        no_names=fillers | articles | linking | breaks | who | pronouns | _FUNCTION_WORDS[code] | denials,
        given_names=all_words([speech.given_names]),
        determiners=all_words([speech.determiners]),
        infinitive=all_words([speech.infinitive]),
        passive=all_words([speech.passive]),
        agent=_words(speech.agent),
        according=_words(speech.according),
        titles=re.compile(rf"(?:{any_phrase([speech.titles])}\s+)+", re.IGNORECASE),
        naming=re.compile(rf"\b{any_phrase([speech.naming])}[\s,:]*$", re.IGNORECASE),
        attached=re.compile(rf"-(?:t-)?(?=(?:{'|'.join(sorted(pronouns))})\b)"),
        inverts=speech.inverts,
        capitalises_nouns=speech.capitalises_nouns,
    )


def _words(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_phrase([phrases])}\s+", re.IGNORECASE)
