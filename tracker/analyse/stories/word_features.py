"""What of an article's words counts when articles are compared: pure, no I/O.

The only module that knows what publishers hang around a text: their names after a title, kickers before it, datelines,
"read more". `VERSION` goes with whatever is stored of what this module made of a text.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

import Stemmer

from tracker.analyse.date_words import MONTHS
from tracker.analyse.folding import bare, compatible
from tracker.analyse.function_words import FUNCTION_WORDS

VERSION = 2
"""Changes with everything that changes words, marks or stems."""

LEAD = 60
"""So many words of a summary say what an article is about; of whole texts the rest only blurs it (measured on the
neardup sets: 50 words .86, the whole text .76 B-cubed F1)."""

_TITLE_WEIGHT = 2

_WORD = re.compile(r"\w+")

_TOKEN = re.compile(r"\w[\w’'.,:-]*\w|\w")

_SUFFIX = re.compile(r"\s+[-–—|•·:]{1,2}\s+(?P<name>[^-–—|•·]{1,40})$")

_KICKER = re.compile(
    r"""^(?:(?:live|breaking(?:\snews)?|exclusive|updated?(?:\s\d+)?|watch|video|in\spictures|photos|opinion|analysis
    |explainer|explained|comment|column|editorial|interview|podcast|review|factbox|listen|just\sin|developing|revealed
    |corrected|eil(?:meldung)?|kommentar|analyse|liveticker|liveblog|live-blog|video|exklusiv|en\sdirect|direct|exclusif
    |vidéo|tribune|entretien|en\sdirecto|en\svivo|última\shora|exclusiva|opinión|análisis|vídeo|diretta|esclusiva|video
    |ultim'ora|ao\svivo|última\shora|exclusivo|opinião|senaste\snytt|just\snu|debatt|seneste\snyt|lige\snu|debat
    |pilne|na\sżywo|opinie|wideo)\s*(?:[|:!]|[-–—]+\s)\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)

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
    r"""\b(?:
      (?:click\shere\sto\s)?(?:read|see|find\sout|learn|view)\s(?:more|the\sfull\s(?:story|article))[^.]{0,60}
      |continue\sreading[^.]{0,80}|full\sstory|keep\sreading|the\spost\s.{1,200}\s(?:first\sappeared|appeared\sfirst)\son\s.{1,60}
      |(?:hier\s)?weiterlesen|mehr\slesen|zum\sartikel|lire\sla\ssuite|en\ssavoir\splus|lire\sl['’]article|leer\smás|seguir\sleyendo
      |lees\s(?:verder|meer)|läs\smer|læs\smere|czytaj\s(?:więcej|dalej)|continua\sa\sleggere|leggi\s(?:tutto|di\spiù)
      |leia\smais|ler\smais|continuar\sa\sler|saiba\smais
    )\s*(?:[.…»›>→]|\.\.\.)*\s*$""",
    re.IGNORECASE | re.VERBOSE,
)

_TAIL_REACH = 240  # code points from the end in which it is looked for

_CUTS = ("…", "...", "…]", "...]", "(more)")

_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’'»)]*\s+(?=[\w\"“„«'(])")

_ENDS = frozenset('.!?:…"“„«')
_OPENS = frozenset('"“„«')

_STEM = Stemmer.Stemmer("porter")


@dataclass(frozen=True)
class Wording:
    """An article's words as they are compared: folded to one case, without what publishers hang around them."""

    title: tuple[str, ...]
    summary: tuple[str, ...]
    raw_title: str
    raw_summary: str

    @cached_property
    def shingles(self) -> frozenset[tuple[str, str, str]]:
        """All runs of three words of title and summary, none across both."""
        return frozenset((*_threes(self.title), *_threes(self.summary)))

    @cached_property
    def summary_shingles(self) -> frozenset[tuple[str, str, str]]:
        """All runs of three words of the summary."""
        return frozenset(_threes(self.summary))

    @cached_property
    def stems(self) -> dict[str, tuple[str, int]]:
        """The stems of title and lead with a word that has each, and how often it stands there; the title counts
        twice."""
        found: dict[str, tuple[str, int]] = {}
        for weight, part in ((_TITLE_WEIGHT, self.title), (1, self.summary[:LEAD])):
            for word in part:
                if word not in FUNCTION_WORDS and len(word) > 1:
                    made = stem(word)
                    known = found.get(made)
                    found[made] = (known[0], known[1] + weight) if known else (word, weight)
        return found

    @cached_property
    def title_numbers(self) -> frozenset[str]:
        """The numbers of the title."""
        return frozenset(_numbers(self.raw_title))

    @cached_property
    def marked(self) -> tuple[bool, ...]:
        """Of each word of the summary, whether it is a number or a name: a word with a capital inside a sentence.
        They tell one event from the next where all other words are the same."""
        return tuple(_marked(self.raw_summary))

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of names in title and lead, which many languages write alike: capitals inside a sentence.
        A title that gives every word a capital tells none; German gives one to every noun."""
        title = () if _is_all_capitals(self.raw_title) else zip(self.title, _marked(self.raw_title), strict=True)
        marked = (*title, *zip(self.summary[:LEAD], self.marked, strict=False))
        return frozenset(stem(word) for word, is_marked in marked if is_marked and _is_name(word))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the summary, as they are written."""
        return tuple(_SENTENCE.split(self.raw_summary))

    def without(self, sentences: Set[str]) -> "Wording":
        """The same words but for those of some sentences of the summary."""
        left = " ".join(sentence for sentence in self.sentences if sentence not in sentences)
        return Wording(self.title, tuple(folded(left)), self.raw_title, left)


def wording(title: str, summary: str) -> Wording:
    """An article's words, ready to be compared with another's."""
    headline, lead = bare_title(title), bare_summary(summary)
    return Wording(tuple(folded(headline)), tuple(folded(lead)), headline, lead)


def folded(text: str) -> list[str]:
    """The words of a text in compatible characters and one case, apostrophes and hyphens left out."""
    return _WORD.findall(compatible(text).casefold())


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """A folded word without accents, by Porter's rules of 1980: what the search index makes of it, nearly always."""
    return str(_STEM.stemWord(bare(word)))


def bare_title(title: str) -> str:
    """A title without kickers before it and a publisher's name after it, if four words stay."""
    bare = _KICKER.sub("", title)
    if (end := _SUFFIX.search(bare)) and len(end["name"].split()) <= 5 and len(_WORD.findall(bare[: end.start()])) >= 4:
        bare = bare[: end.start()]
    return bare or title


def bare_summary(summary: str) -> str:
    """A summary without its dateline and the invitation to read on."""
    bare = _DATELINE.sub("", summary, count=1)
    if end := _TAIL.search(bare, max(0, len(bare) - _TAIL_REACH)):
        bare = bare[: end.start()]
    return bare.rstrip(" .…[](") if end or bare.endswith(_CUTS) else bare


def _threes(words: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    return zip(words, words[1:], words[2:], strict=False)


def _numbers(text: str) -> Iterator[str]:
    """The numbers of a text; those of a date or an amount are one."""
    return (token.casefold() for token in _TOKEN.findall(text) if any(char.isdigit() for char in token))


def _is_all_capitals(title: str) -> bool:
    """Whether no long word of a title begins with a small letter."""
    return not any(len(word) >= 5 and word[0].islower() for word in _WORD.findall(title))


def _is_name(word: str) -> bool:
    """Whether a marked word may be a name: no number and no month."""
    return word.isalpha() and len(word) > 2 and word not in FUNCTION_WORDS and word not in MONTHS


def _marked(text: str) -> Iterator[bool]:
    """Of each word, whether it holds a digit, or begins with a capital where no sentence begins."""
    begins = True
    for match in _TOKEN.finditer(text):
        token = match.group()
        telling = any(char.isdigit() for char in token) or (token[0].isupper() and not begins)
        yield from (telling for _ in folded(token))
        after = text[match.end() : match.end() + 2]
        begins = after[:1] in _ENDS or after[1:2] in _OPENS
