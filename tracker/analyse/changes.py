"""Classify an article's change of words as noise, trivial or substantive, and detect a change of stance; no I/O.

*Noise* is what no reader would call a change: other quotes, spaces or letter forms, an added kicker, a running counter,
a text cut elsewhere. *Trivial* changes correct or polish. All else is *substantive*, and *stance-relevant* if a word of
the debate's argument was added or removed.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Literal

from tracker.analyse.date_words import MONTHS
from tracker.analyse.equivalents import (
    LABELS,
    SAYING,
    dispensable_names,
    initialled,
    is_same_thing,
    number_of,
    spelt_out,
    unified,
)
from tracker.analyse.languages.vocabulary import FUNCTION_WORDS
from tracker.analyse.stance_words import STANCE, TELLING
from tracker.analyse.stories.word_features import bare_summary, bare_title, stem

ChangeKind = Literal["noise", "trivial", "substantive"]
"""How significant a change is."""

_COUNTERS = re.compile(
    r"""\(?\b(?:last\s)?(?:updated|published|posted|aktualisiert|stand|mis\sà\sjour|actualizado|aggiornato|bijgewerkt
    |uppdaterad|opdateret|aktualizacja|atualizado)\b[:\s]*(?:(?:on|at|um|à|a\slas|alle|om|kl\.?)\s)?[\d:.,hap\s/-]*
        (?:uhr|[ap]\.?m\.?|gmt|bst|[ce]e?st|minutes?\sago|hours?\sago)?\)?
    |\b\d+\s(?:comments?|kommentare?|commentaires?|comentarios?|replies|shares?|likes?|views?|watching(?:\snow)?|viewers)\b
    |\b(?:\d+|an?|one)\s(?:seconds?|minutes?|mins?|hours?|hrs?)\sago\b
    |\b(?:vor|il\sy\sa|hace)\s\d+\s(?:minuten?|stunden?|minutes?|heures?|minutos?|horas?)\b
    |^\s*\d{1,2}[:.h]\d{2}\b""",
    re.IGNORECASE | re.VERBOSE,
)

_SCARE = re.compile(r"""(?:^|(?<=[\s(]))["'](?=\w)([^"']{2,80}?)["'](?=$|[\s).,;:?!])""")

_OPENING = re.compile(r"""(?:^|(?<=[\s(]))["'](?=(\w+))""")

_LABEL = re.compile(r"^((?:[^\s:|]+\s){0,4}[^\s:|]+)\s?[:|]\s+(?=\S)")
"""Up to five words and a colon before a title: the subject or column it belongs to."""

_NUMBER = re.compile(r"(?:^|\s)[^\w\s]*\d")  # not the one in "Covid-19"

_WORD = re.compile(r"\w+")

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛‹›′`´", "'") | {"ß": "ss"})

_BROKEN = {"â€™": "'", "â€˜": "'", "â€œ": '"', "â€": '"', "â€“": "-", "â€”": "-", "Ã©": "é", "Ã¨": "è", "Ã¼": "ü"}
_BROKEN |= {"Ã¶": "ö", "Ã¤": "ä", "ÃŸ": "ß", "Ã³": "ó", "Ã¡": "á", "Ã­": "í", "Ã±": "ñ", "Ã§": "ç", "Â ": " "}

_DAYS = """
monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow yesterday montag dienstag mittwoch
donnerstag freitag samstag sonntag heute morgen lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes
miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag
woensdag donderdag vrijdag zaterdag zondag
"""

_DATES = frozenset(MONTHS) | frozenset(_DAYS.split())
"""Words for a day or month: one in place of another moves an event."""

_POSSIBLY = frozenset(["may", "might", "could"])
"""Words of one degree of certainty, which are interchangeable."""

_ELLIPSES = ("…", "...")

_SLIGHT = 0.75  # the share of words that stay in place in a summary merely rephrased


@dataclass(frozen=True, slots=True)
class Change:
    """The kind of a change; `words` are the debate's argument words added ("+") or removed ("-")."""

    kind: ChangeKind
    words: tuple[str, ...] = ()

    @property
    def stance(self) -> bool:
        """Whether the stance of headline or summary may have changed."""
        return bool(self.words)


@dataclass(frozen=True, slots=True)
class Version:
    """An article's wording at one time."""

    title: str
    summary: str


def change(before: Version, after: Version) -> Change:
    """Classify the change between two versions of one article."""
    kinds = {title_change(before.title, after.title), _summary_change(before.summary, after.summary)}
    kind: ChangeKind = "substantive" if "substantive" in kinds else "trivial" if "trivial" in kinds else "noise"
    return Change(kind, _argument_change(before, after) if kind == "substantive" else ())


def title_change(before: str, after: str) -> ChangeKind:
    """Classify the change between two headlines.

    Quotation marks around a claim, and a question mark, are more than punctuation: they say who claims it, and whether
    it is certain.
    """
    before, after = bare_title(before), bare_title(after)
    if not _same_claims(before, after) or before.rstrip().endswith("?") != after.rstrip().endswith("?"):
        return "substantive"
    old, new = _folded(before), _folded(after)
    cut = before.endswith(_ELLIPSES) or after.endswith(_ELLIPSES)
    if _is_same(old, new) or (cut and _is_cut(old, new)):
        return "noise"
    before, after = _written_alike(before, after)
    if _is_relabelled(before, after):
        return "trivial"
    spared = _spared_names(before, after) | LABELS
    words, later = ([word for word in _folded(text).split() if word not in spared] for text in (before, after))
    return _words_kind(words, later)


def _summary_change(before: str, after: str) -> ChangeKind:
    """Classify the change between two summaries; omitting one, or cutting it elsewhere, is none."""
    before, after = bare_summary(before), bare_summary(after)
    old, new = _folded(before), _folded(after)
    if not old or not new or _is_same(old, new) or _is_cut(old, new):
        return "noise"
    words, later = (_folded(text).split() for text in _written_alike(before, after))
    kind = _words_kind(words, later)
    if kind == "substantive" and _in_common(words, later) >= _SLIGHT * max(len(words), len(later)):
        removed, added = Counter(words) - Counter(later), Counter(later) - Counter(words)
        return "substantive" if _moves_sense(removed, added) else "trivial"
    return kind


def _written_alike(before: str, after: str) -> tuple[str, str]:
    """Return two texts with numbers, contractions, short forms and acronyms written in one way."""
    before, after = unified(_repaired(before)), unified(_repaired(after))
    before, after = spelt_out(before, after), spelt_out(after, before)
    return initialled(before, after), initialled(after, before)


def _is_same(old: str, new: str) -> bool:
    """Decide whether two folded texts differ only in spaces."""
    return old == new or old.replace(" ", "") == new.replace(" ", "")


def _words_kind(old: list[str], new: list[str]) -> ChangeKind:
    """Return trivial if only word order, spelling, a short form, a function word or a verb of saying differs, else
    substantive."""
    removed, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    for one, other in ((removed, added), (added, removed)):
        for word in [word for word in one if number_of(word) != word and number_of(word) in other]:
            del one[word], other[number_of(word)]
    if _moves_sense(removed, added):
        return "substantive"
    left = [word for word in removed.elements() if _is_content_word(word) and word not in new]
    entered = [word for word in added.elements() if _is_content_word(word) and word not in old]
    for word in list(left):
        twin = next((other for other in entered if _respelt(word, other) or is_same_thing(word, other)), None)
        if twin is not None:
            left.remove(word)
            entered.remove(twin)
    return "trivial" if not (left or entered) or _is_tightened(left, entered, new) else "substantive"


def _is_tightened(left: list[str], entered: list[str], new: list[str]) -> bool:
    """Decide whether a long text only lost a word or two that carry no argument: what is new would have to be added."""
    if entered or len(left) > 2 or any(_argument_words(" ".join(left))):
        return False
    return sum(map(_is_content_word, new)) >= 2 * len(left) + 3


def _is_content_word(word: str) -> bool:
    return word not in FUNCTION_WORDS and word not in SAYING and len(word) > 1


def _moves_sense(removed: Counter[str], added: Counter[str]) -> bool:
    """Decide whether words that left or entered a text change its sense whatever the others, or put one day for
    another."""
    words = {*removed, *added} - (_POSSIBLY if _POSSIBLY & {*removed} and _POSSIBLY & {*added} else frozenset())
    return any(map(_changes_sense, words)) or bool(_DATES & {*removed} and _DATES & {*added})


def _changes_sense(word: str) -> bool:
    """Decide whether adding or removing a word always changes the sense: a number, a negation, a degree of
    certainty."""
    return any(char.isdigit() for char in word) or word in TELLING


def _respelt(one: str, other: str) -> bool:
    """Decide whether two words are one, spelt or inflected differently."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  fifty modules, which most commands do not need

    if stem(one) == stem(other):
        return True
    if one[0] != other[0]:
        return False  # fire and hire, gains and pains; slips seldom hit the first letter
    return min(len(one), len(other)) >= 4 and OSA.distance(one, other, score_cutoff=2) <= (1 if len(one) < 7 else 2)


def _is_cut(old: str, new: str) -> bool:
    """Decide whether one text is the other cut off, possibly within a word."""
    shorter, longer = sorted((old, new), key=len)
    return len(shorter.split()) >= 8 and longer.startswith(shorter)


def _same_claims(before: str, after: str) -> bool:
    """Decide whether two titles quote the same, or open quotes before the same words and leave one unclosed: a slip
    made or corrected."""
    before, after = _repaired(before), _repaired(after)
    old, new = _SCARE.findall(before), _SCARE.findall(after)
    if {_folded(claim) for claim in old} == {_folded(claim) for claim in new}:
        return True
    opened = _OPENING.findall(before)
    return opened == _OPENING.findall(after) and not len(old) == len(new) == len(opened)


def _is_relabelled(before: str, after: str) -> bool:
    """Decide whether two titles differ only in a label before them that says where they belong, or in polish besides.

    Words of one title's label may stand anywhere in the other.
    """
    old_label, old = _without_label(before)
    new_label, new = _without_label(after)
    if not old_label and not new_label:
        return False
    old, new = (
        [word for word in words if word not in LABELS and word not in label - {*rest}]
        for words, label, rest in ((old, new_label, new), (new, old_label, old))
    )
    return old == new or _words_kind(old, new) == "trivial"


def _without_label(title: str) -> tuple[Set[str], list[str]]:
    """Return the folded words of a title's label, if it has one and that says nothing, and of the rest."""
    label = _LABEL.match(title)
    words = set(_folded(label[1]).split()) if label else set[str]()
    if (
        not label
        or LABELS.issuperset(_folded(title[label.end() :]).split())
        or _NUMBER.search(label[1])
        or TELLING & words
        or any(_argument_words(label[1]))
    ):
        return set(), _folded(title).split()
    return words, _folded(title[label.end() :]).split()


def _spared_names(before: str, after: str) -> set[str]:
    """Return the folded first names and titles of office that only one of two titles gives with a name."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    kept = frozenset(word.casefold() for word in old) & frozenset(word.casefold() for word in new)
    gone, come = set(dispensable_names(old, kept)), set(dispensable_names(new, kept))
    return set() if gone and come else gone | come  # one name for another is a change


def _argument_change(before: Version, after: Version) -> tuple[str, ...]:
    """Return the debate's argument words that were added or removed."""
    old, new = (
        frozenset(_argument_words(f"{bare_title(version.title)} {bare_summary(version.summary)}"))
        for version in (before, after)
    )
    return (
        *(f"-{word}" for word in sorted(_missing_from(old, new))),
        *(f"+{word}" for word in sorted(_missing_from(new, old))),
    )


def _missing_from(words: Set[str], others: Set[str]) -> set[str]:
    """Return the words that do not occur in the others in any form."""
    stems = {stem(word) for word in others}
    return {word for word in words if stem(word) not in stems}


def _argument_words(text: str) -> Iterator[str]:
    folded = _folded(text)
    yield from (word for word in folded.split() if any(word.startswith(start) for start in STANCE.get(word[:3], ())))


def _repaired(text: str) -> str:
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


def _folded(text: str) -> str:
    """Return a text's words case-folded, without counters and punctuation."""
    return " ".join(_WORD.findall(_COUNTERS.sub(" ", _repaired(text)).casefold()))


def _in_common(words: list[str], later: list[str]) -> int:
    """Return how many words two texts have in the same order."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415  as above

    return LCSseq.similarity(words, later)
