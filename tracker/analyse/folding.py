"""Reduces the letters of all languages to what people type: the one rule for what two texts have in common; pure.

Whatever compares words goes through here on both sides: the search index and what is searched for in it, and the terms
of rules and the texts they are looked for in.
"""

import re
import unicodedata
from collections.abc import Callable

_LETTER = re.compile(
    r"LATIN (?:SMALL (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .+)?|LETTER SMALL CAPITAL ([A-Z]))", re.ASCII
)
_BY_HAND = {"ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ĸ": "k", "ς": "σ"}

_TATWEEL = "\u0640"
_GRAPHEME_JOINER = "\u034f"
_SELECTORS = range(0xFE00, 0xFE10)
_DOT_ABOVE = "\u0307"

_OVERLAY = 1  # Unicode's combining classes: strokes through a letter,
_POINTS = range(10, 37)  # Hebrew and Arabic vowels,
_BESIDE = 200  # and all that stands above or below it; those between make letters of their own in India and Japan


class _Table(dict[int, str]):
    """What `reduce` makes of characters, for str.translate; each is reduced once."""

    def __init__(self, reduce: Callable[[str], str]) -> None:
        self._reduce = reduce

    def __missing__(self, code: int) -> str:
        self[code] = made = self._reduce(chr(code)) if code > 0x7F else chr(code)
        return made


def compatible(text: str) -> str:
    """The text in ordinary letters, digits and signs, capitals and accents kept.

    Ligatures, full-width and mathematical letters, superscripts, fractions and presentation forms are taken apart
    (NFKC), a trade mark is a space, and what nobody sees (joiners, soft hyphens, variation selectors) is gone.
    """
    return text if text.isascii() else _composed(_composed(text).translate(_COMPATIBLE))


def fold(text: str) -> str:
    """The text as the search index holds it, and as whatever is searched for in it is put.

    Letters that the index does not reduce by itself are reduced: to ordinary ones, small, without accents, ß as ss, ø
    as o. ASCII, accents on its letters and punctuation stay: the index sees to those, and most texts stay as they are.
    """
    return text if text.isascii() else _composed(_composed(text).translate(_FOLDED))


def caseless(word: str) -> str:
    """The word as it is both in capitals and in small letters: compatible, and without accents where capitals have
    none, as in Greek; a Turkish ı is an i."""
    if word.isascii():
        return word.lower()
    return _composed(compatible(word).casefold().translate(_CASELESS)).replace(f"i{_DOT_ABOVE}", "i").strip()


def bare(word: str) -> str:
    """A folded word without any accents, as the search index stores it."""
    return word if word.isascii() else _unmarked(fold(word).casefold())


def places(text: str) -> list[int]:
    """For each character of fold(text) the place in the text of that from which it comes; empty where neighbours were
    joined, so that there is none."""
    made = [char if char.isascii() else _FOLDED[ord(char)] for char in text]
    found = [place for place, part in enumerate(made) for _ in part]
    return found if "".join(made) == fold(text) else []


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _unmarked(text: str) -> str:
    """The text, decomposed, without marks that people leave out."""
    apart = unicodedata.normalize("NFKD", text)
    return _composed("".join(char for char in apart if not _left_out(unicodedata.combining(char))))


def _left_out(combining: int) -> bool:
    return combining == _OVERLAY or combining in _POINTS or combining >= _BESIDE


def _ordinary(char: str) -> str:
    """The ordinary characters for one, set apart from its neighbours where it stands for words or numbers."""
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
    """A character as the index needs it: itself where the index does the same, or keeps no trace of it."""
    if _left_out(unicodedata.combining(char)):
        return ""
    if unicodedata.normalize("NFD", char)[0].isascii():
        return char
    made = _ordinary(char)
    if made.strip() and not any(map(str.isalnum, made)):
        return _unmarked(made) if char.isalnum() or unicodedata.combining(made[0]) else char
    return "".join(map(_base, _unmarked(made.casefold())))


def _base(char: str) -> str:
    """The letter, or two, of the alphabet that people type for a letter which Unicode does not take apart."""
    if char.isascii() or char in _BY_HAND:
        return _BY_HAND.get(char, char)
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
