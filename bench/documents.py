"""The feed documents of the bench: the same number and seed give the same bytes, half of them RSS, half Atom."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import count

from bench import prose

SEED = 20231206
"""What all that is thrown depends on; the day on which Messenger became encrypted by default."""

OLDEST = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""About when the oldest entry of a feed was published; there is one an hour."""

_ON_TOPIC = 0.03
"""Share of the articles that are about the debate: a general newspaper has few."""

_SENTENCES = 4000
"""So many sentences are written; articles draw theirs from them, which is a hundred times faster than writing on."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries a document has and how many bytes, both between the first number and the second."""

    entries: tuple[int, int] = (30, 50)
    kilobytes: tuple[int, int] = (40, 120)


USUAL = Size()
SMALL = Size(entries=(5, 10), kilobytes=(4, 8))


@dataclass(frozen=True, slots=True)
class _Article:
    number: int
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str
    published: datetime


class Press:
    """Writes the documents of all feeds."""

    def __init__(self, size: Size = USUAL) -> None:
        dice = random.Random(SEED)
        self._size = size
        self._sentences = [prose.sentence(dice) for _ in range(_SENTENCES)]
        self._headlines = [prose.headline(dice) for _ in range(_SENTENCES)]

    def entries(self, feed: int) -> int:
        """How many entries a feed shows, in every version."""
        return random.Random(SEED + feed).randint(*self._size.entries)

    def document(self, feed: int, new: int = 0) -> tuple[bytes, str]:
        """A feed's document and its content type; `new` entries have come on top of the first version."""
        shown = self.entries(feed)
        dice = random.Random(f"{SEED} {feed}")
        wanted = dice.randint(*self._size.kilobytes) * 1000 // shown
        first = [self._article(dice, number, wanted) for number in range(shown)]
        later = [self._article(random.Random(f"{SEED} {feed} {shown + n}"), shown + n, wanted) for n in range(new)]
        newest_first = [*first, *later][: -shown - 1 : -1]
        return (_rss if feed % 2 else _atom)(feed, newest_first)

    def _article(self, dice: random.Random, number: int, size: int) -> _Article:
        """An article whose markup is about `size` bytes."""
        on_topic = dice.random() < _ON_TOPIC
        title, lead = dice.choice(self._headlines), " ".join(dice.choices(self._sentences, k=2))
        if on_topic:
            title, lead = prose.debate(dice).rstrip("."), f"{prose.debate(dice)} {lead}"
        paragraphs: list[str] = []
        left = size - 1350  # what an entry has beside its paragraphs, measured
        while left > 0:
            paragraphs.append(" ".join(dice.choices(self._sentences, k=dice.randint(1, 4))))
            left -= len(paragraphs[-1]) + 30
        author = dice.choice(("A. Harlow", "News desk", "P. Lindqvist and M. Novak"))
        jitter = timedelta(minutes=dice.randrange(50), seconds=dice.randrange(60))
        return _Article(number, title, lead, tuple(paragraphs), author, OLDEST + timedelta(hours=number) + jitter)


def _link(feed: int, article: _Article) -> str:
    slug = "-".join(article.title.lower().split()[:6]).replace("\u2019", "").strip("(),:.\u201c\u201d")
    return f"https://press{feed}.example/{article.published:%Y/%m/%d}/{article.number}-{slug}"


def _summary(feed: int, article: _Article) -> str:
    """A teaser as content systems write it: a picture, a paragraph, a link to the rest."""
    picture = f"https://cdn.press{feed}.example/media/{article.number:05}"
    return (
        f'<p><img src="{picture}-300x200.jpg" srcset="{picture}-300x200.jpg 300w, {picture}-1024x683.jpg 1024w" '
        f'alt="{escape(article.title)}" width="300" height="200" /></p>\n<p>{escape(article.lead, quote=False)}</p>\n'
        f'<p><a class="more" href="{_link(feed, article)}?utm_source=rss">Continue reading&hellip;</a></p>'
    )


def _content(article: _Article) -> str:
    """The article in full, one paragraph in five a quotation, with a link and a stressed word here and there."""
    marked = []
    for number, text in zip(count(), article.paragraphs):
        words = escape(text, quote=False).split(" ")
        words[0] = f"<em>{words[0]}</em>" if number % 3 == 0 else words[0]
        words[-1] = f'<a href="/tag/{number}" rel="tag">{words[-1]}</a>' if number % 4 == 0 else words[-1]
        element = "blockquote" if number % 5 == 4 else "p"
        marked.append(f"<{element}>{' '.join(words)}</{element}>")
    return "\n".join(marked)


def _rss(feed: int, articles: list[_Article]) -> tuple[bytes, str]:
    items = "".join(
        f"<item><title>{escape(article.title, quote=False)}</title><link>{_link(feed, article)}</link>"
        f'<guid isPermaLink="false">https://press{feed}.example/?p={article.number}</guid>'
        f"<dc:creator><![CDATA[{article.author}]]></dc:creator><category>News</category>"
        f"<pubDate>{format_datetime(article.published)}</pubDate>"
        f"<description><![CDATA[{_summary(feed, article)}]]></description>"
        f"<content:encoded><![CDATA[{_content(article)}]]></content:encoded></item>\n"
        for article in articles
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Press {feed}</title><link>https://press{feed}.example/</link><description>News</description>"
        f"<language>en-GB</language><lastBuildDate>{format_datetime(articles[0].published)}</lastBuildDate>\n{items}</channel></rss>"
    )
    return text.encode(), "application/rss+xml; charset=utf-8"


def _atom(feed: int, articles: list[_Article]) -> tuple[bytes, str]:
    entries = "".join(
        f"<entry><title>{escape(article.title, quote=False)}</title>"
        f'<link rel="alternate" type="text/html" href="{_link(feed, article)}"/>'
        f"<id>tag:press{feed}.example,2026:{article.number}</id>"
        f"<published>{article.published.isoformat()}</published><updated>{article.published.isoformat()}</updated>"
        f"<author><name>{article.author}</name></author>"
        f'<summary type="html">{escape(_summary(feed, article), quote=False)}</summary>'
        f'<content type="html">{escape(_content(article), quote=False)}</content></entry>\n'
        for article in articles
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">'
        f"<title>Press {feed}</title><id>https://press{feed}.example/</id>"
        f'<link href="https://press{feed}.example/"/><updated>{articles[0].published.isoformat()}</updated>\n{entries}</feed>'
    )
    return text.encode(), "application/atom+xml; charset=utf-8"
