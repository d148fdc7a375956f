"""Write two texts alike, so that only differences a reader would see remain; no I/O.

Unified are forms of quotes, broken encodings, running counters, formats of numbers, contractions and acronyms.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tracker.analyse.equivalents import SAYING, initialled, is_same_thing, spelt_out, unified
from tracker.analyse.languages.vocabulary import FUNCTION_WORDS, LANGUAGES, any_phrase
from tracker.analyse.stance_words import STANCE
from tracker.analyse.stories.word_features import stem

WORD = re.compile(r"\w+")

_UPDATED = any_phrase(language.updated for language in LANGUAGES)
_AT = any_phrase(language.at for language in LANGUAGES)

_COUNTERS = re.compile(
    rf"""\(?\b{_UPDATED}\b[:\s]*(?:{_AT}\s)?[\d:.,h\s/-]*
        (?:uhr|[ap]\.?m\.?|gmt|bst|[ce]e?st|minutes?\sago|hours?\sago)?\)?
    |\b{any_phrase(language.counters for language in LANGUAGES)}\b
    |^\s*\d{{1,2}}[:.h]\d{{2}}\b""",
    re.IGNORECASE | re.VERBOSE,
)

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛‹›′`´", "'") | {"ß": "ss"})

_BROKEN = {"â€™": "'", "â€˜": "'", "â€œ": '"', "â€": '"', "â€“": "-", "â€”": "-", "Ã©": "é", "Ã¨": "è", "Ã¼": "ü"}
_BROKEN |= {"Ã¶": "ö", "Ã¤": "ä", "ÃŸ": "ß", "Ã³": "ó", "Ã¡": "á", "Ã­": "í", "Ã±": "ñ", "Ã§": "ç", "Â ": " "}


@dataclass(frozen=True, slots=True)
class Version:
    """An article's wording at one time."""

    title: str
    summary: str


def written_alike(before: str, after: str) -> tuple[str, str]:
    """Return two texts with numbers, contractions, short forms and acronyms written in one way."""
    before, after = unified(repaired(before)), unified(repaired(after))
    before, after = spelt_out(before, after), spelt_out(after, before)
    return initialled(before, after), initialled(after, before)


def repaired(text: str) -> str:
    """Unify a text's quotes and repair common encoding damage."""
    text = html.unescape(_decoded(text))
    for broken, whole in _BROKEN.items():
        if broken in text:
            text = text.replace(broken, whole)
    return unicodedata.normalize("NFKC", text).translate(_QUOTES)


def _decoded(text: str) -> str:
    """Return a text whose UTF-8 was read as Windows-1252 as it was meant; any other as it is."""
    if not any(mark in text for mark in ("Ã", "â€")):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def folded(text: str) -> str:
    """Return a text's words case-folded, without counters and punctuation."""
    return " ".join(WORD.findall(_COUNTERS.sub(" ", repaired(text)).casefold()))


def is_content_word(word: str) -> bool:
    """Decide whether a folded word is more than a function word or a verb of saying."""
    return word not in FUNCTION_WORDS and word not in SAYING and len(word) > 1


def argument_words(text: str) -> Iterator[str]:
    """Yield the folded words of a text that carry the debate's argument."""
    for word in folded(text).split():
        if any(word.startswith(start) for start in STANCE.get(word[:3], ())):
            yield word


def occurs(word: str, others: Collection[str]) -> bool:
    """Decide whether a folded word is among others in any spelling or inflection, or by a newsroom synonym."""
    return word in others or any(respelt(word, other) or is_same_thing(word, other) for other in others)


def respelt(one: str, other: str) -> bool:
    """Decide whether two folded words are one, spelt or inflected differently."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  fifty modules, which most commands do not need

    if stem(one) == stem(other):
        return True
    if one[0] != other[0]:
        return False  # fire and hire, gains and pains; slips seldom hit the first letter
    return min(len(one), len(other)) >= 4 and OSA.distance(one, other, score_cutoff=2) <= (1 if len(one) < 7 else 2)


def in_order(words: Sequence[str], later: Sequence[str]) -> int:
    """Return how many words two texts have in the same order."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415  as above

    return LCSseq.similarity(words, later)
