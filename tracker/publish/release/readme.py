"""Write the README.md of a release."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from tracker.config.model import Release
from tracker.models import utc_text
from tracker.publish.formatting import counted
from tracker.publish.release.queries import Facts

FILES: Mapping[str, str] = {
    "README.md": "this text",
    "coverage.db": "the snapshot, an SQLite database with all tables and views; all other data are made from it",
    "coverage.csv": "one row for each article, with its tags",
    "stories.csv": "one row for each event that at least two articles report",
    "revisions.csv": "one row for each title or summary that a publisher replaced by words that say something else",
    "versions.csv": "one row for each wording that an article no longer bears, with its time; trivial changes too",
    "attention.csv": "one row for each day, with matching articles and their ratio for each tag",
    "days.csv": "one row for each day and source: all its articles, and which share of the day was observed",
    "gaps.csv": "one row for each interval in which a feed was not seen",
    "continuity.csv": "one row for each feed and month: which share of the time nothing can have been missed",
    "health.csv": "one row for each feed: how it was when it was last polled",
    "datapackage.json": "what a program needs to read the six files of `tracker export` (Frictionless Data Package)",
    "GAPS.md": "what is known to be missing, in words and by month",
    "codebook.md": "what each tag means, with examples, rules, and how good it was found to be",
    "codebook.json": "the same for programs",
    "rulebook.json": "the rules that give tags; its SHA-256 begins with the rulebook's hash",
    "CITATION.cff": "how to cite this release (Citation File Format 1.2.0)",
    "SHA256SUMS": "the checksum of each file",
}
"""The description of each file of a release."""


@dataclass(frozen=True, slots=True)
class Account:
    """The content of README.md and CITATION.cff: what is released, its name, and what made it."""

    release: Release
    contact: str
    version: str
    facts: Facts
    zone: str
    uncounted_days: int

    @property
    def local(self) -> datetime:
        """The moment of the data in the time zone of its days."""
        return self.facts.at.astimezone(ZoneInfo(self.zone))


def made_by(sqlite: str) -> str:
    """State the versions that made a release."""
    return f"Made by encryption-coverage-tracker {version('encryption-coverage-tracker')} with SQLite {sqlite}"


def readme(account: Account, names: Sequence[str]) -> str:
    """Return README.md of a release of these files."""
    paragraphs = [
        f"# {account.release.title}, {account.version}",
        *_what(account),
        "## Files",
        "\n".join(f"- `{name}`: {FILES[name]}" for name in sorted(names, key=list(FILES).index)),
        *_reading(account),
        *_counting(account),
        *_rights(account),
        *_checking(account),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _what(account: Account) -> Iterator[str]:
    facts = account.facts
    articles = f"{counted(facts.articles, 'article')} from {counted(facts.sources, 'source')}"
    days = f", which count on days from {facts.days[0]} to {facts.days[1]}" if facts.days else ""
    yield (
        f"The data of a media monitor on encryption and child safety as they stood at {utc_text(facts.at)} "
        f"({account.local:%Y-%m-%d %H:%M} in {account.zone}): {articles}{days}. {facts.relevant:,} of them are "
        f"on the debate; the others are here because counts need a denominator. {counted(facts.feeds, 'feed')} were "
        f"watched, and {counted(facts.observed_days, 'day')} of at least one source observed."
    )
    yield f"Questions: {account.contact}." + (f" More: <{account.release.url}>." if account.release.url else "")


def _reading(account: Account) -> Iterator[str]:
    yield "## How to read them"
    yield (
        "Times are UTC, as in `2026-11-23T20:15:00Z`; days are those of " + account.zone + ". An empty cell means "
        "not known, or has not happened; it is never zero. CSVs are UTF-8 with lines ended by CR LF (RFC 4180); a "
        "text that a spreadsheet would take for a formula has an apostrophe before it, and so has one that begins "
        "with apostrophes and such a character: take one away. Columns such as `tags` are lists in JSON."
    )
    yield (
        "The snapshot opens in any SQLite (3.37 or later), and in a browser with `datasette serve -i coverage.db`. For "
        "the words of a moment, ask the view `versions`: "
        "`SELECT * FROM versions WHERE valid_from <= :t AND (valid_to > :t OR valid_to IS NULL)` has one row for each "
        "article known at `:t`, with the title and summary of then. Tags, stories and counts are those of the "
        "snapshot's own time at any `:t`."
    )
    yield (
        "Not in it: what was sent to whom, samples and answers of coders (their results are: `tag_quality`), logs and "
        "bookkeeping of this machine, what it and servers say to each other, and the search index, which "
        "`sqlite-utils enable-fts coverage.db articles title summary` makes on a copy."
    )


def _counting(account: Account) -> Iterator[str]:
    facts = account.facts
    yield "## How counts were made"
    yield (
        "An article counts once, for the source whose feed showed it first, on the day on which it was published, or "
        "first seen where the feed states no date. Copies of a text are grouped and not removed. Tags are given by the "
        f"rules of rulebook `{facts.rulebook}` to the words of title and summary; each is shown with the words that "
        "gave it in the table `evidence`."
    )
    others = {name: n for name, n in facts.tagged_by.items() if name != facts.rulebook}
    if others:
        named = ", ".join(f"{counted(n, 'article')} by `{name or 'none'}`" for name, n in others.items())
        yield f"Tagged by other rules: {named}; the texts of rulebooks are in the table `rulebooks`."
    yield (
        "A day counts as observed when at least half of it was seen (`observed`: of one source in `days.csv`, of all "
        "in `attention.csv`). There 0 is none, and an empty cell not known. `TAG_ratio` is `TAG_matching` divided by "
        "`total`, all articles of the day. By source and tag, the snapshot's view `attention` has the same."
    )
    if account.uncounted_days:
        yield (
            f"When the snapshot was made, there were days still to be counted anew: {account.uncounted_days:,}. "
            "Of these, `days.csv` and `attention.csv` lag behind `coverage.csv`."
        )


def _rights(account: Account) -> Iterator[str]:
    licence = account.release.licence
    yield "## Rights"
    stated = (
        f"What was added here (dates of sight, tags, groups, counts, and how all is arranged) is under {licence}."
        if licence
        else "No licence is stated; ask whoever made this release before you publish it again."
    )
    yield (
        f"{stated} Titles and summaries are quoted from the publishers' feeds for research and remain theirs; no full "
        "texts are here. Cite the release as `CITATION.cff` says."
    )


def _checking(account: Account) -> Iterator[str]:
    yield "## How to check it"
    yield (
        "`sha256sum -c SHA256SUMS` says whether the files are as they were made. `tracker release --verify .` says "
        "also whether the CSVs, the gaps and the rulebook are those of the snapshot."
    )
    yield (
        "The same database and feeds.yaml give the same files, byte for byte, whenever and wherever they are made. "
        f"{made_by(account.facts.sqlite)}; other versions may write other bytes."
    )
