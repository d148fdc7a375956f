"""Write the documents of a release for people: README.md, GAPS.md and CITATION.cff (Citation File Format 1.2.0)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from tracker.analyse.debate import Debate
from tracker.config.model import Author, Release
from tracker.models import utc_text
from tracker.publish.exports.datapackage import title_of
from tracker.publish.formatting import counted, percent
from tracker.publish.labels import GAP
from tracker.publish.release.queries import Facts, Month

FILES: Mapping[str, str] = {
    "README.md": "this text",
    "coverage.db": "the snapshot, an SQLite database with all tables and views; all other data derive from it",
    "coverage.csv": "one row for each article, with its tags",
    "stories.csv": "one row for each event covered by at least two articles",
    "revisions.csv": "one row for each title or summary that a publisher replaced with a different statement",
    "versions.csv": "one row for each earlier wording of an article, with its times; trivial changes included",
    "attention.csv": "one row for each day, with matching articles and their ratio for each tag",
    "days.csv": "one row for each day and source: all its articles, and the observed share of the day",
    "gaps.csv": "one row for each interval in which a feed was not observed",
    "continuity.csv": "one row for each feed and month: the share of the time in which nothing can have been missed",
    "health.csv": "one row for each feed: its state when last polled",
    "datapackage.json": "what a program needs to read the six files of `tracker export` (Frictionless Data Package)",
    "GAPS.md": "what is known to be missing, in words and by month",
    "codebook.md": "what each tag means, with examples, rules and measured quality",
    "codebook.json": "the same for programs",
    "rulebook.json": "the rules that give tags; its SHA-256 begins with the rulebook's hash",
    "CITATION.cff": "how to cite this release (Citation File Format 1.2.0)",
    "croissant.json": "what tools for data sets read: each file, and the columns of the exports (Croissant 1.0)",
    "ro-crate-metadata.json": "what catalogues of research data read: title, authors, licence, files (RO-Crate 1.1)",
    "SHA256SUMS": "the checksum of each file",
}
"""The description of each file of a release."""

_GAPS_BEGIN = """\
# What is known to be missing

A feed shows only its latest entries. What left a feed between two polls is not in these data and cannot be \
recovered. Each such interval is a row of `gaps.csv`; where `bridged` is 1, the next document still showed an entry \
from before, so nothing was missed. Of the time before its first poll, only what a feed held then is known.

## By month

The share of the time in which nothing can have been missed, over all feeds that were polled. A feed counts \
from its first poll to its last; months are UTC, hours those of all feeds together. `continuity.csv` has each feed by \
itself.

"""

_GAPS_OPEN = """

## Still open when the snapshot was made

"""

_GAPS_END = """

## What no feed shows

- Articles that their publishers put into none of the watched feeds.
- Full texts: feeds hold titles and summaries, and tags are based on those alone.
- Changes between two polls, or after an entry had left its feed.
- Dates that feeds do not state: `published_at` is then empty, and the article counts on the day it was first seen.
"""

_KEYWORDS = ("news coverage", "media monitoring")


@dataclass(frozen=True, slots=True)
class Account:
    """The content of README.md and CITATION.cff: what is released, its name, and what made it."""

    release: Release
    contact: str
    version: str
    facts: Facts
    zone: str
    uncounted_days: int
    debate: Debate

    @property
    def title(self) -> str:
        """The title that feeds.yaml gives, or one that names the debate."""
        return self.release.title or title_of(self.debate)

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
        f"# {account.title}, {account.version}",
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
        f"The data of a media monitor on {account.debate.named('and')} as they were at {utc_text(facts.at)} "
        f"({account.local:%Y-%m-%d %H:%M} in {account.zone}): {articles}{days}. {facts.relevant:,} of them are "
        f"on the debate; the others are included because shares need a denominator. {counted(facts.feeds, 'feed')} "
        f"were watched; {counted(facts.observed_days, 'day')} of at least one source were observed."
    )
    yield f"Questions: {account.contact}." + (f" More: <{account.release.url}>." if account.release.url else "")


def _reading(account: Account) -> Iterator[str]:
    yield "## How to read them"
    yield (
        "Times are UTC, such as `2026-11-23T20:15:00Z`; days are local days of " + account.zone + ". An empty cell "
        "means unknown or not happened, never zero. CSVs are UTF-8 with CR LF line endings (RFC 4180). A text that a "
        "spreadsheet would take for a formula has an apostrophe in front, and so has one that already begins with "
        "apostrophes before such a character: remove one to get the original. Columns like `tags` are JSON lists."
    )
    yield (
        "Open the snapshot with SQLite 3.37 or later, or in a browser with `datasette serve -i coverage.db`. For the "
        "words of a moment, query the view `versions`: "
        "`SELECT * FROM versions WHERE valid_from <= :t AND (valid_to > :t OR valid_to IS NULL)` returns one row for "
        "each article known at `:t`, with its title and summary at that time. Tags, stories and counts are those "
        "of the snapshot."
    )
    yield (
        "Left out: what was sent to whom; samples and coders' answers (their results are in `tag_quality`); logs and "
        "bookkeeping of the machine; HTTP validators; and the search index, which "
        "`sqlite-utils enable-fts coverage.db articles title summary` creates on a copy."
    )


def _counting(account: Account) -> Iterator[str]:
    facts = account.facts
    yield "## How counts were made"
    yield (
        "An article counts once, for the source that publishes its address or, if none of the watched ones does, the "
        "source whose feed showed it first; on the day it was published, or first seen if the feed states no date. "
        "Copies of a text are grouped, not removed. Tags follow from the words of title and summary by the rules of "
        f"rulebook `{facts.rulebook}`; the table `evidence` has the words that gave each."
    )
    others = {name: n for name, n in facts.tagged_by.items() if name != facts.rulebook}
    if others:
        named = ", ".join(f"{counted(n, 'article')} by `{name or 'none'}`" for name, n in others.items())
        yield f"Tagged by other rules: {named}; the table `rulebooks` has every rulebook in full."
    yield (
        "A day counts as observed if at least half of it was (`observed`: for one source in `days.csv`, for all in "
        "`attention.csv`). On observed days 0 means none; an empty cell means unknown. `TAG_ratio` is `TAG_matching` "
        "divided by `total`, all articles of the day. The snapshot's view `attention` has the same by source and tag."
    )
    if account.uncounted_days:
        yield (
            f"{counted(account.uncounted_days, 'day')} had yet to be recounted when the snapshot was made; there, "
            "`days.csv` and `attention.csv` lag behind `coverage.csv`."
        )


def _rights(account: Account) -> Iterator[str]:
    licence = account.release.licence
    yield "## Rights"
    stated = (
        f"What this project added (dates of sighting, tags, groups, counts and arrangement) is under {licence}."
        if licence
        else "No licence is stated; ask whoever made this release before you republish it."
    )
    yield (
        f"{stated} Titles and summaries are quoted from the publishers' feeds for research and remain theirs; there "
        "are no full texts. Cite the release as `CITATION.cff` says."
    )


def _checking(account: Account) -> Iterator[str]:
    yield "## How to check it"
    yield (
        "`sha256sum -c SHA256SUMS` checks that no file has changed. `tracker release --verify .` also checks that the "
        "CSVs, the gaps and the rulebook are those of the snapshot."
    )
    yield (
        "The same database and feeds.yaml give the same files, byte for byte, whenever and wherever they are made. "
        f"{made_by(account.facts.sqlite)}; other versions may write other bytes."
    )


def gaps_in_words(months: Sequence[Month], still_open: Sequence[Mapping[str, Any]]) -> str:
    """Describe in Markdown what was not seen, month by month, and what no feed shows."""
    table = [
        "| Month | Feeds | Observed | Gaps | Hours missed |\n|---|---|---|---|---|",
        *(
            f"| {one.month} | {one.feeds:,} | {percent(100 * one.observed)} | {one.gaps:,} | {one.hours_missed:,.0f} |"
            for one in months
        ),
    ]
    opened = [f"- {one['source']}, <{one['url']}>, since {one['from_at']}: {GAP[one['reason']]}" for one in still_open]
    by_month = "\n".join(table) if months else "No feed was polled: all articles were imported."
    return _GAPS_BEGIN + by_month + _GAPS_OPEN + ("\n".join(opened) or "None.") + _GAPS_END


def abstract(account: Account) -> str:
    """Say in a sentence what a release holds."""
    facts = account.facts
    held = f"{counted(facts.articles, 'article')} from {counted(facts.sources, 'source')}"
    return f"{held}, tagged by rulebook {facts.rulebook}: a snapshot with CSVs, codebook, rules and known gaps."


def citation(account: Account, snapshot_digest: str) -> str:
    """Return CITATION.cff. Without authors in feeds.yaml, the author is whoever the contact leads to."""
    release = account.release
    lines = [
        "cff-version: 1.2.0",
        f"message: {_quoted('If you use these data, please cite them as follows.')}",
        "type: dataset",
        f"title: {_quoted(account.title)}",
        f"version: {_quoted(account.version)}",
        f"date-released: {_quoted(f'{account.local:%Y-%m-%d}')}",
        "authors:",
        *(line for author in release.authors for line in _author(author)),
    ]
    if not release.authors:
        lines.append(f"  - name: {_quoted(f'The tracker of {account.contact}')}")
    lines.append(f"abstract: {_quoted(abstract(account))}")
    lines += ["keywords:", *(f"  - {_quoted(word)}" for word in (*account.debate.nouns, *_KEYWORDS))]
    if release.licence:
        lines.append(f"license: {release.licence}")
    if release.url:
        lines.append(f"url: {_quoted(release.url)}")
    lines += [
        "identifiers:",
        "  - type: other",
        f"    value: {_quoted(f'sha256:{snapshot_digest}')}",
        f"    description: {_quoted('The SHA-256 of the snapshot, coverage.db')}",
    ]
    return "\n".join(lines) + "\n"


def _author(author: Author) -> Iterator[str]:
    """Yield a person with both names, an organisation with its one."""
    if author.given:
        yield f"  - family-names: {_quoted(author.name)}"
        yield f"    given-names: {_quoted(author.given)}"
    else:
        yield f"  - name: {_quoted(author.name)}"
    if author.orcid:
        yield f"    orcid: {_quoted(author.orcid)}"


def _quoted(value: str) -> str:
    """Quote a text for YAML, on one line; YAML reads JSON's escapes, but no lone surrogates."""
    plain = "".join(letter for letter in " ".join(value.split()) if letter.isprintable())
    return json.dumps(plain, ensure_ascii=False)
