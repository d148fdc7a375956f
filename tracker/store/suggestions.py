"""Articles to learn from, articles suggested for coding, and what the answers teach; call inside a transaction."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from tracker.analyse.tagging.agreement import Coded, Coder
from tracker.analyse.tagging.suggestions import Verdict
from tracker.models import utc_text
from tracker.store.boilerplate import own_summaries
from tracker.store.coding import RULEBOOK, articles_by_stratum
from tracker.store.connection import Database

_MOST = 200_000
"""Most articles read: the newest ones."""

_ARTICLES = """
SELECT a.id, a.source, a.title, a.summary, a.language, CASE
    WHEN :tag = '' THEN a.relevance != 'none'
    ELSE EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id AND t.tag = :tag) END AS tagged
FROM articles AS a ORDER BY a.id DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A stored article without its source's boilerplate, and what is known of the tag."""

    id: int
    title: str
    summary: str
    language: str | None
    verdict: Verdict

    @property
    def text(self) -> str:
        """The title on the first line, and the summary."""
        return f"{self.title}\n{self.summary}"

    @property
    def positive(self) -> bool:
        """Whether the tag belongs to it, as far as is known."""
        return self.verdict in {"yes", "tagged"}


def known_articles(db: Database, tag: str) -> list[KnownArticle]:
    """Return the newest articles, at most 200,000; '' is no tag but relevance to either topic."""
    rows = list(db.query(_ARTICLES, {"tag": tag, "most": _MOST}))
    coded = _coded(db, tag)
    summaries = own_summaries(db, [(row["source"], row["summary"]) for row in rows])
    return [
        KnownArticle(row["id"], row["title"], summary, row["language"], _verdict(coded.get(row["id"]), row["tagged"]))
        for row, summary in zip(rows, summaries, strict=True)
    ]


def record_suggestions(db: Database, tag: str, articles: Sequence[int], now: datetime) -> int:
    """Record suggested articles as a sample that measures nothing; return its number."""
    number = int(next(db.execute("SELECT coalesce(max(id), 0) + 1 FROM samples"))[0])
    db.execute(
        f"INSERT INTO samples (id, tag, drawn_at, rulebook, seed, kind) VALUES (?, ?, ?, {RULEBOOK}, 0, 'suggested')",  # noqa: S608  fixed words
        (number, tag, utc_text(now)),
    )
    for stratum, members in articles_by_stratum(db, tag).items():
        chosen = set(articles).intersection(members)
        db.conn.executemany(
            "INSERT INTO sample_articles (sample, article, stratum, stratum_size) VALUES (?, ?, ?, ?)",
            [(number, article, stratum, len(members)) for article in sorted(chosen)],
        )
    return number


def suggested(db: Database, samples: Set[int]) -> Mapping[int, str]:
    """Return those of the samples whose articles were suggested, each with its tag."""
    rows = db.execute("SELECT id, tag FROM samples WHERE kind = 'suggested' ORDER BY id")
    return {number: tag for number, tag in rows if number in samples}


def answered(db: Database, sample: int) -> set[int]:
    """Return the articles of a sample that anybody answered."""
    return {row[0] for row in db.execute("SELECT DISTINCT article FROM codings WHERE sample = ?", (sample,))}


def _verdict(coded: bool | None, tagged: int) -> Verdict:
    if coded is None:
        return "tagged" if tagged else "unknown"
    return "yes" if coded else "no"


def _coded(db: Database, tag: str) -> dict[int, bool]:
    """Return what people said of articles and this tag, in all samples; the last sample counts."""
    answers: dict[tuple[int, int], dict[Coder, bool]] = {}
    rows = db.execute(
        """SELECT c.sample, c.article, c.coder, c.answer FROM codings AS c JOIN samples AS s ON s.id = c.sample
        WHERE s.tag = ? ORDER BY c.sample""",
        (tag,),
    )
    for sample, article, coder, answer in rows:
        answers.setdefault((sample, article), {})[coder] = bool(answer)
    found = {article: Coded("rest", 0, given).truth for (_, article), given in answers.items()}
    return {article: truth for article, truth in found.items() if truth is not None}
