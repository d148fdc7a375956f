"""Unify what an editor polishes without changing what a text says: numbers, contractions, short forms, labels, verbs of
saying; no I/O."""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Final

from tracker.analyse.languages.vocabulary import LANGUAGES, all_words, any_phrase, numbered

SAYING: Final = all_words(language.saying for language in LANGUAGES)
"""Verbs of saying, which a headline swaps freely; those that judge what is said (admits, denies, warns) are none."""

LABELS: Final = all_words(language.labels for language in LANGUAGES)
"""Words that say what kind of item a headline stands over, not what happened."""

NAME_PREFIXES: Final = all_words(language.name_prefixes for language in LANGUAGES)
"""Capitalised words that make another name of the one they stand before."""

_DIGITS: Final = {
    word: str(number) for language in LANGUAGES for word, number in numbered(language.numbers, start=0).items()
}

_GROUP: Final = {
    word: (language.code, group)
    for language in LANGUAGES
    for word, group in numbered(language.synonyms, start=0).items()
}

_OPPOSITES: Final = [
    [side.casefold().split() for side in pair.split("/")]
    for language in LANGUAGES
    for pair in language.opposites.split(",")
    if pair.strip()
]

_MILLION: Final = any_phrase(language.million for language in LANGUAGES)
_BILLION: Final = any_phrase(language.billion for language in LANGUAGES)
_PERCENT: Final = any_phrase(language.percent for language in LANGUAGES)

_UNITS: Final = (
    (re.compile(r"(?<=\d)[,.\u00a0\u202f' ](?=\d{3}(?!\d))"), ""),  # 1,200
    (re.compile(r"(?<=\d)[Kk]\b"), "000"),
    (re.compile(rf"(?<=\d)\s?-?{_MILLION}\b", re.IGNORECASE), " million"),
    (re.compile(rf"(?<=\d)\s?-?{_BILLION}\b", re.IGNORECASE), " billion"),
    (re.compile(rf"(?<=\d)\s?(?:%|{_PERCENT}(?!\w))", re.IGNORECASE), " percent"),
    (re.compile(r"(?<=\d)[.:]00(?=\s?[ap]\.?m\b)", re.IGNORECASE), ""),  # 9.00am
    (re.compile(r"(?<=\d)[.:](?=\d{2}\s?[ap]\.?m\b)", re.IGNORECASE), ":"),
    (re.compile(r"(?<=\d)[.,]0+(?!\d)|(?<=\d)([.,]\d*[1-9])0+(?!\d)"), r"\1"),  # 3.60
    (re.compile(r"(?<=\d)\s?([ap])\.?m\b\.?", re.IGNORECASE), r" \1m"),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE), ""),
    (re.compile(r"\b([A-Z])\.(?=[A-Z]\.)"), r"\1"),  # U.S.
    (re.compile(r"(?<=[A-Z]{1}[A-Z])\.(?=\s|$)|(?<=\b[A-Z][A-Z])\."), ""),
    (re.compile(r"\bcan't\b|\bcannot\b", re.IGNORECASE), "can not"),
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"n't\b", re.IGNORECASE), " not"),
    (re.compile(r"'ve\b", re.IGNORECASE), " have"),
    (re.compile(r"'re\b", re.IGNORECASE), " are"),
    (re.compile(r"'ll\b", re.IGNORECASE), " will"),
    (re.compile(r"\s&\s"), " and "),
    (re.compile(r"(?<=\d)[.,](?=\d)"), "_"),  # 1.5 is one word
)

_SHORTENED: Final = re.compile(r"\b([^\W\d_]{1,4})'([^\W\d_]{1,})\b")
_CONTRACTED: Final = frozenset(["s", "t", "d", "m", "ll", "re", "ve", "all"])

_NO_COMPOUND: Final = ("anti", "counter", "under", "over", "super", "inter", "trans", "cyber", "semi", "multi", "post")
"""Beginnings of four letters or more that make another word of the one they stand before."""
_NEGATING_ENDS: Final = tuple(sorted(all_words(language.negating_ends for language in LANGUAGES)))


def unified(text: str) -> str:
    """Return a text with its number formats, initials and negations written in one way."""
    for pattern, replacement in _UNITS:
        text = pattern.sub(replacement, text)
    return text


def spelt_out(text: str, other: str) -> str:
    """Return a text with its apostrophe short forms (S'pore, gov't) as the other text spells them, where it does."""

    def full(match: re.Match[str]) -> str:
        start, end = match[1].casefold(), match[2].casefold()
        if end in _CONTRACTED and (end == "s" or len(start) < 3 or start.endswith("n")):
            return match[0]
        for word in re.findall(r"[^\W\d_]+", other):
            if (
                len(word) > len(start) + len(end)
                and word.casefold().startswith(start)
                and word.casefold().endswith(end)
            ):
                return str(word)
        return match[0]

    return _SHORTENED.sub(full, text)


def number_of(word: str) -> str:
    """Return a folded word's number in digits, the word itself if it is none."""
    return _DIGITS.get(word, word)


def opposites_of(word: str) -> set[str]:
    """Return the words that say the opposite of a folded word."""
    sides = [(one, other) for pair in _OPPOSITES for one, other in (pair, pair[::-1])]
    return {opposite for one, other in sides if word in one for opposite in other}


def is_short_form(one: str, other: str) -> bool:
    """Decide whether one folded word is a short form of the other: virus and coronavirus, photo and photograph."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or short == long:
        return False
    if long.startswith(short):
        return not long.endswith(_NEGATING_ENDS)
    front = long[: -len(short)]
    return long.endswith(short) and len(front) >= 4 and not front.startswith(tuple(_NO_COMPOUND))


def is_same_thing(one: str, other: str) -> bool:
    """Decide whether two folded words are newsroom synonyms, or one is a short form of the other."""
    group = _GROUP.get(one)
    return (group is not None and group == _GROUP.get(other)) or is_short_form(one, other)


def initialled(text: str, other: str) -> str:
    """Return a text with its acronyms (WNY, BA) written out as in the other text, where words have the initials."""
    words = re.findall(r"\w+", other)
    for acronym in set(re.findall(r"\b[A-Z0-9]{2,6}\b", text)) - {*words}:
        if not acronym.isdigit() and (full := _with_initials(words, acronym.casefold())):
            text = re.sub(rf"\b{acronym}\b", " ".join(full), text)
    return text


def _with_initials(words: Sequence[str], initials: str) -> Sequence[str]:
    """Return the first run of words with these initials, none if there is no such run."""
    size = len(initials)
    runs = (words[start : start + size] for start in range(len(words) - size + 1))
    return next((run for run in runs if "".join(word[0] for word in run).casefold() == initials), ())


def dispensable_names(words: list[str], kept: Set[str]) -> Iterator[str]:
    """Yield the words, case-folded, that stand directly before a capitalised word of `kept` and belong to its name.

    `words` are a text's words as written. First names and titles of office: Donald Trump, Prince Charles. None in a
    headline that capitalises all its words.
    """
    if not any(len(word) >= 5 and word[0].islower() for word in words):
        return
    for place in range(len(words) - 2, -1, -1):
        word, following = words[place], words[place + 1]
        named = following[0].isupper() and following.casefold() in kept
        if named and word[0].isupper() and word.isalpha() and word.casefold() not in NAME_PREFIXES | kept:
            yield word.casefold()
            kept = kept | {word.casefold()}
