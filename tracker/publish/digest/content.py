"""Read what a digest holds from the database as frozen values; knows neither words nor formats."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.analyse.days import Period, like
from tracker.analyse.debate import Debate
from tracker.analyse.spikes import Spike
from tracker.config.sending import Digest as Wanted
from tracker.publish.digest import blind_spots
from tracker.publish.digest import queries as news
from tracker.publish.panel import panels, tag_volumes
from tracker.store.database import Database
from tracker.store.tags import debate

_SPIKES = 6
_CHANGES = 12
_OFTEN = 20
"""Most entries in lists of the unusual; readers want the first few, and the site has the rest."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Means of the comparable earlier periods that were observed; `of` is how many, 0 when none was."""

    of: int
    articles: float = 0.0
    relevant: float = 0.0


@dataclass(frozen=True, slots=True)
class Spiked:
    """A tag found far more often on a day than usual, in articles of that many owners."""

    tag: str
    label: str
    day: date
    owners: int
    spike: Spike


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything said about a period; each limited list is followed by its full count.

    `now_troubled` is as of the time of reading, all else as of the period.
    """

    period: Period
    figures: news.Figures
    belated: news.Belated
    usual: Usual
    stories: news.Some
    single: tuple[news.Report, ...]
    single_in_all: int
    renamed: tuple[news.Renamed, ...]
    renamed_in_all: int
    spikes: tuple[Spiked, ...]
    seen: blind_spots.Seen
    gaps: tuple[blind_spots.Gap, ...]
    now_troubled: tuple[blind_spots.Troubled, ...]
    choice: news.Choice
    debate: Debate

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing on the debate."""
        seen = self.figures.relevant or self.belated.listed or self.belated.late
        return not (seen or self.renamed or self.spikes)


def read(db: Database, period: Period, wanted: Wanted, zone: ZoneInfo) -> Digest:
    """Read the digest of a period that is over."""
    choice = news.Choice(wanted.tags, wanted.kinds)
    between = period.from_at, period.to_at
    single, single_in_all = news.single(db, between, choice, wanted.limit)
    renamed, renamed_in_all = news.renamed(db, between, choice, _CHANGES)
    return Digest(
        period=period,
        figures=news.figures(db, *between, choice),
        belated=news.belated(db, *between, choice),
        usual=_usual(db, period, choice, zone),
        stories=news.stories(db, between, choice, wanted.limit),
        single=single,
        single_in_all=single_in_all,
        renamed=renamed,
        renamed_in_all=renamed_in_all,
        spikes=_spikes(db, period, choice),
        seen=_seen(db, period),
        gaps=blind_spots.gaps(db, *between),
        now_troubled=tuple(blind_spots.troubled(db)[:_OFTEN]),
        choice=choice,
        debate=debate(db),
    )


def _seen(db: Database, period: Period) -> blind_spots.Seen:
    return blind_spots.seen(db, (period.first, period.last), period.to_at)


def _usual(db: Database, period: Period, choice: news.Choice, zone: ZoneInfo) -> Usual:
    """Return the means over observed periods only: an unobserved period is not zero."""
    found = [news.amount(db, each, choice) for each in like(period, zone) if _seen(db, each).enough]
    if not found:
        return Usual(0)
    return Usual(
        len(found),
        sum(each.articles for each in found) / len(found),
        sum(each.relevant for each in found) / len(found),
    )


def _spikes(db: Database, period: Period, choice: news.Choice) -> tuple[Spiked, ...]:
    """Return the tags that spiked in the period, each by its most improbable day, most improbable first."""
    best: dict[str, Spiked] = {}
    for among in panels(db, period.first, period.last, choice.kinds):
        for one in tag_volumes(db, among):
            found = one.volume.spike
            if found and (not choice.tags or one.tag in choice.tags):
                before = best.get(one.tag)
                if before is None or found.chance < before.spike.chance:
                    best[one.tag] = Spiked(one.tag, one.label, among.day, one.volume.owners, found)
    return tuple(sorted(best.values(), key=lambda each: (each.spike.chance, -each.spike.times)))[:_SPIKES]


def is_over(period: Period, now: datetime) -> bool:
    """Decide whether all of a period has passed."""
    return period.to_at <= now
