"""Normalise the letters of all languages to what people type; pure. The one rule for when words match.

Every word comparison folds both sides here: the search index and its queries, rule terms and the texts they match.
"""

import re
import unicodedata
from collections.abc import Callable

_LETTER = re.compile(
    r"LATIN (?:SMALL (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .+)?|LETTER SMALL CAPITAL ([A-Z]))", re.ASCII
)
_EXCEPTIONS = {"ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ĸ": "k", "ς": "σ"}

UNSPACED = (
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\uac00-\ud7a3"  # Korean, whose words carry their particles
    "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
"""A character of a script written without spaces between words; a pattern for `re` and for GLOB."""

_GAP = re.compile(rf"(?<={UNSPACED})(?=\S)|(?<=\S)(?={UNSPACED})")
"""Where a space stands in the search index next to such a character."""

_TATWEEL = "\u0640"
_GRAPHEME_JOINER = "\u034f"
_SELECTORS = range(0xFE00, 0xFE10)
_DOT_ABOVE = "\u0307"

_OVERLAY = 1  # Unicode's combining classes: strokes through a letter,
_VOWELS = range(10, 37)  # Hebrew and Arabic vowels,
_ABOVE_OR_BELOW = 200  # and all marks above or below; those in between form distinct letters in India and Japan


class _Table(dict[int, str]):
    """A cache for str.translate of what `reduce` makes of each character."""

    def __init__(self, reduce: Callable[[str], str]) -> None:
        self._reduce = reduce

    def __missing__(self, code: int) -> str:
        self[code] = made = self._reduce(chr(code)) if code > 0x7F else chr(code)
        return made


def compatible(text: str) -> str:
    """Return the text in ordinary letters, digits and symbols, keeping case and accents.

    Ligatures, full-width and mathematical letters, superscripts, fractions and presentation forms are decomposed
    (NFKC), a trade mark becomes a space, and invisible characters (joiners, soft hyphens, variation selectors) are
    removed.
    """
    return text if text.isascii() else _composed(_composed(text).translate(_COMPATIBLE))


def fold(text: str) -> str:
    """Return the text in the form used by the search index and by queries to it.

    Letters the index does not reduce itself become ordinary lower-case ones without accents: ß as ss, ø as o. Each
    character of a script without spaces becomes a word, so that its words are found as phrases. ASCII, accents on ASCII
    letters, and punctuation stay: the index handles those, and most texts stay unchanged.
    """
    return text if text.isascii() else _spaced(_composed(_composed(text).translate(_FOLDED)))


def caseless(word: str) -> str:
    """Return a word in a form equal for upper and lower case: compatible, without accents that capitals drop, as in
    Greek; a Turkish ı is an i."""
    if word.isascii():
        return word.lower()
    return _composed(compatible(word).casefold().translate(_CASELESS)).replace(f"i{_DOT_ABOVE}", "i").strip()


def bare(word: str) -> str:
    """Return a folded word without any accents, as stored in the search index."""
    return word if word.isascii() else _unmarked(fold(word).casefold())


def places(text: str) -> list[int]:
    """Map each character of fold(text) to the index in `text` it comes from; empty where adjacent characters were
    composed, so that there is no mapping."""
    made = [char if char.isascii() else _FOLDED[ord(char)] for char in text]
    found = [place for place, part in enumerate(made) for _ in part]
    joined = "".join(made)
    for gap in reversed(list(_GAP.finditer(joined))):
        found.insert(gap.start(), found[gap.start()])
    return found if _spaced(joined) == fold(text) else []


def _spaced(text: str) -> str:
    return _GAP.sub(" ", text)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _unmarked(text: str) -> str:
    """Return the text without the marks people omit."""
    apart = unicodedata.normalize("NFKD", text)
    return _composed("".join(char for char in apart if not _is_dropped(unicodedata.combining(char))))


def _is_dropped(combining: int) -> bool:
    return combining == _OVERLAY or combining in _VOWELS or combining >= _ABOVE_OR_BELOW


def _ordinary(char: str) -> str:
    """Return a character's ordinary equivalent, set off by spaces if it stands for words or numbers."""
    category = unicodedata.category(char)
    if category == "Cf" or char in {_TATWEEL, _GRAPHEME_JOINER} or ord(char) in _SELECTORS:
        return ""
    made = unicodedata.normalize("NFKC", char).replace(_TATWEEL, "")
    kind = unicodedata.decomposition(char).partition(" ")[0]
    if category == "So" and len(made) > 1:
        return " " if kind == "<super>" else f" {made} "
    if category == "No" and kind not in {"", "<super>", "<sub>", "<font>"}:
        return f" {made} "
    return made


def _reduced(char: str) -> str:
    """Return a character as the index needs it: unchanged where the index does the same, or drops it."""
    if _is_dropped(unicodedata.combining(char)):
        return ""
    if unicodedata.normalize("NFD", char)[0].isascii():
        return char
    made = _ordinary(char)
    if made.strip() and not any(map(str.isalnum, made)):
        return _unmarked(made) if char.isalnum() or unicodedata.combining(made[0]) else char
    return "".join(map(_base, _unmarked(made.casefold())))


def _base(char: str) -> str:
    """Return the one or two base letters people type for a letter that Unicode does not decompose."""
    if char.isascii() or char in _EXCEPTIONS:
        return _EXCEPTIONS.get(char, char)
    if char.isalpha() and (found := _LETTER.fullmatch(unicodedata.name(char, ""))):
        return (found[1] or found[2]).lower()
    return char


def _without_case(char: str) -> str:
    if char == "ı":
        return "i"
    is_greek = "\u0370" <= unicodedata.normalize("NFD", char)[0] <= "\u03ff"
    return _unmarked(char) if is_greek else char


_COMPATIBLE = _Table(_ordinary)
_FOLDED = _Table(_reduced)
_CASELESS = _Table(_without_case)
