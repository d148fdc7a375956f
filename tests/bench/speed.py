"""What tagging and parsing cost by themselves, beside work that nobody can avoid, in this process."""

import io
import random
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import feedparser

from tests.bench import prose
from tests.bench.documents import OLDEST, SEED, Press
from tracker.collect.parse import parse
from tracker.config.rulebook import built_in_rulebook

_ARTICLES = 2000
_DOCUMENTS = 40


@dataclass(frozen=True, slots=True)
class Tagging:
    """Articles of 60 words tagged in a CPU second, and the time as a multiple of finding the words with `re`."""

    rate: float
    ratio: float


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
    return Tagging(_ARTICLES / ours, ours / least)


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
