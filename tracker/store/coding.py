"""Samples to code by hand, coders' answers and what they measured, and articles suggested for coding, as rows."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from tracker.analyse.tagging.agreement import STRATA, Coded, Coder, Quality, Stratum, quality
from tracker.analyse.tagging.suggestions import Verdict
from tracker.errors import StoreError
from tracker.models import utc_text
from tracker.store.boilerplate import own_summaries
from tracker.store.connection import Database

Place = tuple[int, int]
"""A row to code: sample id and article id."""

_STRATA = """
SELECT a.id, CASE
    WHEN EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id AND t.tag = :tag) THEN 'tagged'
    WHEN a.relevance != 'none' THEN iif(:tag = '', 'tagged', 'near')
    WHEN EXISTS (SELECT 1 FROM near_misses AS n WHERE n.article = a.id AND :tag IN (n.tag, '')) THEN 'near'
    ELSE 'rest' END AS stratum
FROM articles AS a ORDER BY a.id
"""

RULEBOOK: Final = "coalesce((SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1), '')"
"""The hash of the rulebook applied last, in SQL; '' if none was."""

_MOST_KNOWN = 200_000
"""Most articles read: the newest ones."""

_KNOWN_ARTICLES = """
SELECT a.id, a.source, a.title, a.summary, a.language, CASE
    WHEN :tag = '' THEN a.relevance != 'none'
    ELSE EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id AND t.tag = :tag) END AS tagged
FROM articles AS a ORDER BY a.id DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample: its articles in random order, as rows for the coder, and how it was drawn.

    `sizes` counts the articles in each stratum, `drawn` those of them in the sample. `outdated` counts stored articles
    tagged by a rulebook older than the last one applied.
    """

    id: int
    tag: str
    definition: str
    seed: int
    sizes: Mapping[Stratum, int]
    drawn: Mapping[Stratum, int]
    outdated: int
    articles: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a sample says about its tag; `rulebook` was in force at the draw, `changed` if another was applied since."""

    sample: int
    tag: str
    rulebook: str
    changed: bool
    quality: Quality


def tag_ids(db: Database) -> list[str]:
    """Return the ids of all tags an article can have."""
    return [row["id"] for row in db.query("SELECT id FROM tags ORDER BY position")]


def draw(db: Database, tag: str, size: int, seed: int | None, now: datetime) -> Sample:
    """Draw and record a stratified sample of about `size` articles, at least 4; call inside a transaction.

    The seed defaults to the sample's number. The same seed and articles give the same draw. Raises StoreError when no
    article is stored.
    """
    strata = articles_by_stratum(db, tag)
    sizes = {stratum: len(articles) for stratum, articles in strata.items()}
    if not any(sizes.values()):
        raise StoreError("no article is stored yet, so there is nothing to draw from; `tracker poll` brings some")
    number, seed = _new_sample(db, tag, seed, now)
    random = Random(seed)  # noqa: S311  a draw that can be repeated, no secret
    drawn = places(size, sizes)
    chosen = {stratum: random.sample(strata[stratum], drawn[stratum]) for stratum in STRATA}
    db.conn.executemany(
        "INSERT INTO sample_articles (sample, article, stratum, stratum_size) VALUES (?, ?, ?, ?)",
        [(number, article, stratum, sizes[stratum]) for stratum in STRATA for article in chosen[stratum]],
    )
    articles = list(rows_to_code(db, number))
    random.shuffle(articles)
    return Sample(number, tag, definition(db, tag), seed, sizes, drawn, _outdated(db), tuple(articles))


def places(size: int, sizes: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """Allocate the sample: half tagged, a quarter each near and rest, or all a stratum has if that is less.

    Places a stratum cannot fill go to the rest first, on which recall depends most. From a size of 4 on, every
    non-empty stratum gets at least one.
    """
    wanted: dict[Stratum, int] = {"tagged": size - size // 4 - size // 4, "near": size // 4, "rest": size // 4}
    given = {stratum: min(wanted[stratum], sizes[stratum]) for stratum in STRATA}
    for stratum in reversed(STRATA):
        given[stratum] += min(sizes[stratum] - given[stratum], size - sum(given.values()))
    return given


def sampled(db: Database) -> set[Place]:
    """Return every row ever drawn."""
    return {(row["sample"], row["article"]) for row in db.query("SELECT sample, article FROM sample_articles")}


def without_storing(db: Database) -> None:
    """Let `record` measure on this connection without changing the database: its tables are shadowed by copies that
    end with the connection."""
    for table in ("codings", "tag_quality"):
        sql = next(db.query("SELECT sql FROM main.sqlite_master WHERE name = ?", (table,)))["sql"]
        db.execute(sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        db.execute(f"INSERT INTO temp.{table} SELECT * FROM main.{table}")  # noqa: S608  our own names


def record(db: Database, answers: Mapping[Place, Mapping[Coder, bool]], now: datetime) -> list[Measured]:
    """Store answers, replacing earlier ones to the same samples, and what they measure; call inside a transaction.

    Suggested articles were not drawn at random, so answers to them measure nothing.
    """
    samples = sorted({sample for sample, _ in answers})
    for sample in samples:
        db.execute("DELETE FROM codings WHERE sample = ?", (sample,))
    db.conn.executemany(
        "INSERT INTO codings (sample, article, coder, answer, coded_at) VALUES (?, ?, ?, ?, ?)",
        [
            (*place, coder, int(answer), utc_text(now))
            for place, given in answers.items()
            for coder, answer in given.items()
        ],
    )
    drawn = {row[0] for row in db.execute("SELECT id FROM samples WHERE kind = 'random'")}
    return [_measure(db, sample, now) for sample in samples if sample in drawn]


def articles_by_stratum(db: Database, tag: str) -> dict[Stratum, list[int]]:
    """Return all articles by stratum of a tag; '' is no tag but relevance to either topic."""
    strata: dict[Stratum, list[int]] = {stratum: [] for stratum in STRATA}
    for article, stratum in db.execute(_STRATA, {"tag": tag}):
        strata[stratum].append(article)
    return strata


def _new_sample(db: Database, tag: str, seed: int | None, now: datetime) -> tuple[int, int]:
    """Insert a sample; return its number and seed."""
    number = int(next(db.execute("SELECT coalesce(max(id), 0) + 1 FROM samples"))[0])
    seed = number if seed is None else seed
    db.execute(
        f"INSERT INTO samples (id, tag, drawn_at, rulebook, seed) VALUES (?, ?, ?, {RULEBOOK}, ?)",  # noqa: S608  fixed words
        (number, tag, utc_text(now), seed),
    )
    return number, seed


def rows_to_code(db: Database, sample: int) -> Iterator[dict[str, Any]]:
    """Yield what a coder may see of a sample's articles, by number: neither stratum nor tags."""
    yield from db.query(
        """SELECT a.id AS article, s.name AS source, a.published_at, a.language, a.title, a.summary, a.url
        FROM sample_articles AS m JOIN articles AS a ON a.id = m.article JOIN sources AS s ON s.id = a.source
        WHERE m.sample = ? ORDER BY a.id""",
        (sample,),
    )


def definition(db: Database, tag: str) -> str:
    """Return the question put to a coder: what the tag means; '' is no tag but either topic."""
    if not tag:
        topics = [row["id"] for row in db.query("SELECT id FROM tags WHERE facet = 'topic' ORDER BY position")]
        return "Relevant: " + " or ".join(definition(db, topic) for topic in topics)
    row = next(db.query("SELECT label, about FROM tags WHERE id = ?", (tag,)))
    return f"{row['label']}: {row['about']}" if row["about"] else str(row["label"])


def _outdated(db: Database) -> int:
    return int(next(db.execute(f"SELECT count(*) FROM articles WHERE rulebook IS NOT {RULEBOOK}"))[0])  # noqa: S608  fixed words


def _measure(db: Database, sample: int, now: datetime) -> Measured:
    """Measure the tag from the stored answers to a sample, and store the result in place of earlier ones."""
    drawn = next(db.query(f"SELECT tag, rulebook, {RULEBOOK} AS latest FROM samples WHERE id = ?", (sample,)))  # noqa: S608  fixed words
    found = quality(_coded(db, sample))
    precision, recall = found.precision, found.recall
    row = {
        "sample": sample,
        "tag": drawn["tag"],
        "rulebook": drawn["rulebook"],
        "measured_at": utc_text(now),
        "coded": found.coded,
        "precision": precision and precision.value,
        "precision_low": precision and precision.low,
        "precision_high": precision and precision.high,
        "recall": recall and recall.value,
        "recall_low": recall and recall.low,
        "recall_high": recall and recall.high,
        "agreement": found.agreement,
        "kappa": found.kappa,
        "coders": found.coders,
    }
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO tag_quality ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608  a fixed list of columns
    return Measured(sample, drawn["tag"], drawn["rulebook"], drawn["latest"] != drawn["rulebook"], found)


def _coded(db: Database, sample: int) -> list[Coded]:
    """Return the articles of a sample with their answers."""
    answers: dict[int, dict[Coder, bool]] = {}
    for article, coder, answer in db.execute("SELECT article, coder, answer FROM codings WHERE sample = ?", (sample,)):
        answers.setdefault(article, {})[coder] = bool(answer)
    return [
        Coded(row["stratum"], row["stratum_size"], answers.get(row["article"], {}))
        for row in db.query("SELECT * FROM sample_articles WHERE sample = ?", (sample,))
    ]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one scored sample says about a tag under the version of the rules `rulebook`.

    Shares are 0 to 1, `_low` and `_high` the ends of their intervals; None when the codings do not suffice. `agreement`
    and `kappa` are None with one coder. `coded` counts articles; `measured_at` is UTC text.
    """

    rulebook: str
    measured_at: str
    coded: int
    coders: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    agreement: float | None
    kappa: float | None


def latest_measurements(db: Database) -> Mapping[str, Measurement]:
    """Return the newest measurement of each measured tag, by tag id; on equal times the later sample's."""
    columns = ", ".join(Measurement.__slots__)
    rows = db.query(f"SELECT tag, {columns} FROM tag_quality ORDER BY measured_at, sample")  # noqa: S608  our own names
    return {row.pop("tag"): Measurement(**row) for row in rows}


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
    rows = list(db.query(_KNOWN_ARTICLES, {"tag": tag, "most": _MOST_KNOWN}))
    truths = _truths(db, tag)
    summaries = own_summaries(db, [(row["source"], row["summary"]) for row in rows])
    return [
        KnownArticle(row["id"], row["title"], summary, row["language"], _verdict(truths.get(row["id"]), row["tagged"]))
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


def _truths(db: Database, tag: str) -> dict[int, bool]:
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
