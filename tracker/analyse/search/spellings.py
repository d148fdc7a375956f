"""Spell a word of a search in the other ways that newsrooms spell it; pure.

The index reads what stands between letters as a space, so `U.K.` and `UK`, `e-mail` and `email` share no word there.
Only spellings that mean the same are given, and only those a rule can tell without a dictionary.
"""

import re

from tracker.analyse.search.synonyms import words

_HYPHENATED = re.compile(r"\w+(?:[-‐]\w+)+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_MANY_DIGITS = re.compile(r"\d{4,12}")
_OFTEN_HYPHENATED = re.compile(r"(e|co|anti|cyber|non)([^\W\d_]{4,})")
_NUMBERED = re.compile(r"([^\W\d_]{2,})(\d+[^\W_]*)")
_ABBREVIATION_LENGTHS = range(2, 4)
_ORDINARY = frozenset({"am", "as", "at", "in", "is", "it", "no", "us", "who"})
"""Words that a dotted abbreviation would become without its dots: U.S. finds no “us”, although US finds U.S."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# Two letters that stand for an umlaut, but not those of queue, poet, Michael or Samuel.
_WITHOUT_UMLAUT = re.compile(r"(?:(?<=[^\Waeiouq\d_])|^)([aou])e(?=\w)(?!l\b)", re.IGNORECASE)
_SHORTEST_WITH_UMLAUT = 6


def spellings(word: str) -> tuple[str, ...]:
    """Return the other spellings of a typed word, without it, in a fixed order; the most ordinary word has none.

    Joined and apart: `U.K.` and UK, `e-mail` and email, `under-16s` and under16s, `1,000` and 1000. Umlauts and their
    two letters: Überwachung and Ueberwachung.
    """
    typed = words(word)
    found = [spelling for spelling in (_joined(word, typed), _apart(typed), *_umlauts(word)) if spelling]
    return tuple(dict.fromkeys(spelling for spelling in found if words(spelling) != typed))


def _joined(word: str, typed: list[str]) -> str:
    """Return a word of several parts in one; empty if its parts say more than the whole would."""
    bare = word.strip(".,;:!?()'")
    is_abbreviation = len(typed) > 1 and "." in word and all(len(part) == 1 and part.isalpha() for part in typed)
    whole = "".join(typed)
    if is_abbreviation:
        return "" if whole in _ORDINARY else whole
    return whole if _HYPHENATED.fullmatch(bare) or _THOUSANDS.fullmatch(bare) else ""


def _apart(typed: list[str]) -> str:
    """Return a word in the parts as which it is also written; empty if there are none."""
    if len(typed) != 1:
        return ""
    word = typed[0]
    if len(word) in _ABBREVIATION_LENGTHS and word.isascii() and word.isalpha():
        return " ".join(word)
    if _MANY_DIGITS.fullmatch(word):
        return f"{int(word):,}".replace(",", " ")
    parts = _OFTEN_HYPHENATED.fullmatch(word) or _NUMBERED.fullmatch(word)
    return " ".join(parts.groups()) if parts else ""


def _umlauts(word: str) -> tuple[str, str]:
    """Return the word with two letters for each umlaut, and with the umlauts' plain letters for those."""
    plain = _WITHOUT_UMLAUT.sub(r"\1", word) if len(word) >= _SHORTEST_WITH_UMLAUT else ""
    return word.translate(_UMLAUTS), plain
