"""Extract the words that count when articles are compared; no I/O.

The only module that knows where publishers in general put what is no part of a text: names after a title, kickers
before it, datelines, "read more". tracker/analyse/boilerplate.py learns what a single source repeats.
Store `VERSION` with anything derived from this module's output.
"""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import Stemmer

from tracker.analyse.date_words import MONTHS
from tracker.analyse.folding import bare, compatible
from tracker.analyse.languages.vocabulary import FUNCTION_WORDS, LANGUAGES, all_words, any_phrase

_LOGIC = 4
"""Bump with every change to what this module makes of words, marks or stems, or to which tags are counted with them;
lists of words count by themselves."""

LEAD = 60
"""How many summary words describe what an article is about; of full texts the rest only blurs it (measured on the
neardup sets: 50 words .86, the full text .76 B-cubed F1)."""

_STRETCH = 10  # words

_TITLE_WEIGHT = 2

_YEAR = 4  # digits

_HALVES = ("am", "pm")  # of a day, after a time

_WORD = re.compile(r"\w+")

_WORD_BYTES = re.compile(rb"[\w\x80-\xff]+")

_TOKEN = re.compile(r"\w[\w’'.,:-]*\w|\w")

_SUFFIX = re.compile(r"\s+[-–—|•·:]{1,2}\s+(?P<name>(?!.*\d{4})[^-–—|•·]{1,40})$")

_KICKERS = any_phrase(language.kickers for language in LANGUAGES)
_LABELS = "|".join(sorted(all_words(language.labels for language in LANGUAGES)))

_KICKER = re.compile(rf"^(?:(?:{_KICKERS}|{_LABELS})\s*(?:[|:!]|[-–—]+\s)\s*)+", re.IGNORECASE)

_AGENCY_MARK = (
    r"(?:AP|Reuters|AFP|dpa|PA|ANSA|EFE|ANP|TT|PAP|Ritzau|Lusa|Belga|APA|sda|ats|AAP|CP|PTI|ANI|IANS|UPI|NTB)"
)

_DATELINE = re.compile(
    rf"""^(?:
      [^.!?]{{0,60}}?\({_AGENCY_MARK}(?:/[\w -]{{1,30}})?\)\s*[-–—:.]*   # LONDON, March 3 (Reuters) -
      |[A-ZÀ-Þ][A-ZÀ-Þ .,'’/-]{{2,40}}(?:,\s\w+\.?\s\d{{1,2}})?\s*[-–—]+   # LONDON —
      |{_AGENCY_MARK}\s?[-–—:]
    )\s+""",
    re.VERBOSE,
)

_TAIL = re.compile(
    rf"\b{any_phrase(language.read_more for language in LANGUAGES)}\s*(?:[.…»›>→]|\.\.\.)*\s*$", re.IGNORECASE
)

_TAIL_REACH = 240  # code points from the end to search

_CUTS = ("…", "...", "…]", "...]", "(more)")

_ENDS = frozenset('.!?:…"“„«')
_OPENS = frozenset('"“„«')

_STEM = Stemmer.Stemmer("porter")

_DEPENDS_ON = (str(_LOGIC), _KICKER.pattern, _TAIL.pattern, *sorted(FUNCTION_WORDS), *sorted(MONTHS))

VERSION = crc32("\n".join(_DEPENDS_ON).encode())
"""Names the logic and the words of all languages; the same in every process."""


@dataclass(frozen=True)
class Wording:
    """An article's words for comparison: case-folded, without boilerplate."""

    title: tuple[str, ...]
    summary: tuple[str, ...]
    raw_title: str
    raw_summary: str

    @cached_property
    def length(self) -> int:
        """The number of words of title and summary."""
        return len(self.title) + len(self.summary)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """The hashes of all word trigrams of title and summary, none spanning both."""
        return frozenset((*_trigrams(self.title), *_trigrams(self.summary)))

    @cached_property
    def summary_shingles(self) -> frozenset[int]:
        """The hashes of all word trigrams of the summary."""
        return frozenset(_trigrams(self.summary))

    @cached_property
    def stems(self) -> dict[str, tuple[str, int]]:
        """The stems of title and lead but for full dates, each with one of its words and its count; the title's count
        twice.

        Everything that is published on a day may bear its date.
        """
        found: dict[str, tuple[str, int]] = {}
        for weight, part in ((_TITLE_WEIGHT, self.title), (1, self.summary[:LEAD])):
            dated = _dated(part)
            for place, word in enumerate(part):
                if place not in dated and word not in FUNCTION_WORDS and len(word) > 1:
                    made = stem(word)
                    known = found.get(made)
                    found[made] = (known[0], known[1] + weight) if known else (word, weight)
        return found

    @cached_property
    def title_numbers(self) -> frozenset[str]:
        """The numbers in the title."""
        return frozenset(_numbers(self.raw_title))

    @cached_property
    def is_issue(self) -> bool:
        """Whether the title bears a day, month and year, as the issues of a series do; reports of events do not."""
        return bool(_dated(self.title))

    @cached_property
    def marked(self) -> tuple[bool, ...]:
        """For each summary word, whether it is a number or a name (capitalised within a sentence).

        These distinguish events whose reports are otherwise word for word the same.
        """
        return tuple(_marked(self.raw_summary))

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of names (words capitalised within a sentence) in title and lead, which many languages spell alike.

        A title in title case yields none; German capitalises every noun.
        """
        title = () if _is_all_capitals(self.raw_title) else zip(self.title, _marked(self.raw_title), strict=True)
        marked = (*title, *zip(self.summary[:LEAD], self.marked, strict=False))
        return frozenset(stem(word) for word, is_marked in marked if is_marked and _is_name(word))

    def phrases(self, rarity: Callable[[str], float]) -> list[str]:
        """Return three words around the rarest of every ten or so: whoever quotes a sentence has one of them."""
        return [
            " ".join(part[max(0, place - 1) : place + 2])
            for part in (self.title, self.summary[:LEAD])
            for start in range(0, len(part), _STRETCH)
            for place in (max(range(start, min(start + _STRETCH, len(part))), key=lambda n: rarity(stem(part[n]))),)
        ]


def wording(title: str, summary: str) -> Wording:
    """Return an article's words, ready for comparison."""
    headline, lead = bare_title(title), bare_summary(summary)
    return Wording(tuple(folded(headline)), tuple(folded(lead)), headline, lead)


def folded(text: str) -> list[str]:
    """Return a text's words in compatible characters and case-folded, apostrophes and hyphens dropped."""
    return _WORD.findall(compatible(text).casefold())


def fingerprints(title: str, summary: str) -> set[int]:
    """Return 32-bit numbers for the word trigrams of a title, and half of a summary's, the same in every process.

    Enough to find what an article may copy, at a fraction of the cost of wording().
    """
    return {*_runs(title), *[run for run in _runs(summary) if run % 2]}


def _runs(text: str) -> list[int]:
    """Return a number for each word trigram."""
    words = [*map(crc32, _WORD_BYTES.findall(compatible(text).casefold().encode(errors="replace")))]
    runs = zip(words, words[1:], words[2:], strict=False)
    return [(one * 9 + two * 3 + three) & 0xFFFFFFFF for one, two, three in runs]


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Stem a folded word, accents removed, by Porter's rules of 1980: nearly always as the search index does."""
    return str(_STEM.stemWord(bare(word)))


def bare_title(title: str) -> str:
    """Strip leading kickers and a trailing publisher name from a title, if four words remain."""
    bare = _KICKER.sub("", title)
    if (end := _SUFFIX.search(bare)) and len(end["name"].split()) <= 5 and len(_WORD.findall(bare[: end.start()])) >= 4:
        bare = bare[: end.start()]
    return bare or title


def bare_summary(summary: str) -> str:
    """Strip a summary's dateline and "read more"."""
    bare = _DATELINE.sub("", summary, count=1)
    if end := _TAIL.search(bare, max(0, len(bare) - _TAIL_REACH)):
        bare = bare[: end.start()]
    return bare.rstrip(" .…[](") if end or bare.endswith(_CUTS) else bare


def _trigrams(words: tuple[str, ...]) -> Iterator[int]:
    """Yield the hash of each word trigram: 64 bits, compared and kept at a third of the trigram's cost."""
    return map(hash, zip(words, words[1:], words[2:], strict=False))


def _dated(words: tuple[str, ...]) -> Set[int]:
    """Return the places of the words that are a date with its year, or follow as its time of day."""
    found: set[int] = set()
    for place, word in enumerate(words):
        if bare(word) not in MONTHS:
            continue
        before = place - 1 if place and words[place - 1].isdigit() else place
        after = place + 1
        while after < len(words) and (words[after].isdigit() or (after > place + 1 and words[after] in _HALVES)):
            after += 1
        if any(len(word) == _YEAR for word in words[place + 1 : after]) and after - before > 2:
            found.update(range(before, after))
    return found


def _numbers(text: str) -> Iterator[str]:
    """Yield a text's numbers; a date or an amount is one number."""
    return (token.casefold() for token in _TOKEN.findall(text) if any(char.isdigit() for char in token))


def _is_all_capitals(title: str) -> bool:
    """Decide whether no long word of a title starts in lower case."""
    return not any(len(word) >= 5 and word[0].islower() for word in _WORD.findall(title))


def _is_name(word: str) -> bool:
    """Decide whether a marked word may be a name: no number and no month."""
    return word.isalpha() and len(word) > 2 and word not in FUNCTION_WORDS and word not in MONTHS


def _marked(text: str) -> Iterator[bool]:
    """Yield for each word whether it holds a digit, or a capital not due to a sentence start."""
    begins = True
    for match in _TOKEN.finditer(text):
        token = match.group()
        is_marked = any(char.isdigit() for char in token) or (token[0].isupper() and not begins)
        yield from (is_marked for _ in folded(token))
        after = text[match.end() : match.end() + 2]
        begins = after[:1] in _ENDS or after[1:2] in _OPENS
