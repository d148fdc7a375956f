"""What tagging and parsing cost by themselves, beside other ways and work that nobody can avoid, in this process."""

import io
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ahocorasick_rs
import feedparser

from bench import prose
from bench.documents import OLDEST, SEED, Press
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.tagging.terms import Word
from tracker.collect.parse import parse
from tracker.config.rulebook_cache import built_in_rulebook

_ARTICLES = 2000
_FEW = 200  # articles for the regular expression, which would take minutes for all
_DOCUMENTS = 40

Finder = Callable[[str], Sequence[object]]
"""What finds terms in a text."""


@dataclass(frozen=True, slots=True)
class Tagging:
    """Articles of 60 words tagged in a CPU second, and the time as a multiple of finding the words with `re`.

    `regex` and `automaton` are the rates of others that only find the terms and decide nothing.
    """

    rate: float
    ratio: float
    regex: float
    automaton: float


@dataclass(frozen=True, slots=True)
class Parsing:
    """CPU milliseconds a document: feedparser with its default settings, and our whole way to safe entries."""

    feedparser: float
    ours: float


def tagging(*, on_topic: bool) -> Tagging:
    """How fast the built-in rulebook tags text of the debate, or ordinary news."""
    dice = random.Random(SEED)
    texts = [prose.article(dice, on_topic=on_topic) for _ in range(_ARTICLES)]
    rulebook = built_in_rulebook()
    word = re.compile(r"\w+")
    least = _seconds(lambda: [word.findall(text) for article in texts for text in article])
    ours = _seconds(lambda: [rulebook.tag(title, summary, "en") for title, summary in texts])
    regex, automaton = finders(rulebook)
    few = _seconds(lambda: [regex(text) for article in texts[:_FEW] for text in article])
    other = _seconds(lambda: [automaton(text) for article in texts for text in article])
    return Tagging(_ARTICLES / ours, ours / least, _FEW / few, _ARTICLES / other)


def finders(rulebook: Rulebook) -> tuple[Finder, Finder]:
    """Two other ways to find the terms of a rulebook: one big regular expression, and ahocorasick-rs.

    They do not do quite the same. Neither composes accents (NFC), the first finds only one of the terms that overlap,
    the second folds every capital and takes a space for a space only. In ordinary news both and our Matcher find terms
    in every article, as a word of context may be ordinary, and nearly as many (4.2, 4.8 and 4.8 an article; in the
    debate, where they overlap, 13, 29 and 31).
    """
    rules = [rule for tag in rulebook.tags for rule in tag.rules]
    parts = [part for rule in rules for part in rule.parts.values()]
    terms = list(dict.fromkeys(term for part in parts for group in part.values() for term in group))
    pattern = re.compile(rf"\b(?:{'|'.join(map(_as_pattern, terms))})\b")
    literals = ahocorasick_rs.AhoCorasick([" ".join(word.text for word in term).casefold() for term in terms])
    stems = [term[-1].stem for term in terms]

    def by_automaton(text: str) -> list[int]:
        folded = f" {text.casefold()} "
        found = literals.find_matches_as_indexes(folded, overlapping=True)
        # whole words only: "act" stands in "fact" as well
        return [
            term
            for term, start, end in found
            if not folded[start - 1].isalnum() and (stems[term] or not folded[end].isalnum())
        ]

    return pattern.findall, by_automaton


def _as_pattern(term: Sequence[Word]) -> str:
    return r"[\W_]+".join(map(_word_pattern, term))


def _word_pattern(word: Word) -> str:
    pattern = re.escape(word.text) + (r"\w*" if word.stem else "")
    return pattern if word.exact else f"(?i:{pattern})"


def parsing() -> Parsing:
    """How long documents of the rounds take to read."""
    press = Press()
    documents = [press.document(feed) for feed in range(_DOCUMENTS)]
    url = "https://press.example/feed"
    theirs = _seconds(lambda: [feedparser.parse(io.BytesIO(body)) for body, _ in documents])
    ours = _seconds(lambda: [parse(body, url, content_type, OLDEST) for body, content_type in documents])
    return Parsing(1000 * theirs / _DOCUMENTS, 1000 * ours / _DOCUMENTS)


def _seconds(work: Callable[[], object]) -> float:
    """The median of the CPU seconds that three runs take."""
    runs = []
    for _ in range(3):
        before = time.process_time()
        work()
        runs.append(time.process_time() - before)
    return statistics.median(runs)
