"""Word a digest in English: turn its content into an outline; knows no format."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tracker.analyse.days import Length, Period
from tracker.analyse.text import shortened, tidy
from tracker.publish.digest.blind_spots import Gap, Troubled
from tracker.publish.digest.content import Digest, Spiked
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Figure, Item, Link, Outline, Section
from tracker.publish.digest.queries import LATE, Renamed, Report, StoryNews
from tracker.publish.formatting import counted, day, mean, minute, number, share, short_day
from tracker.publish.labels import GAP

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KICKER: Final[dict[Length, str]] = {"daily": "Daily digest", "weekly": "Weekly digest"}
_NAMES = 6
_TITLE = 220
_LONG = timedelta(hours=6)
"""Feeds are polled hourly or less often; a longer time without polls at a period's end is worth mentioning."""


class DigestWording:
    """Words a digest in a time zone, with links to these places and whom to ask, if anybody."""

    def __init__(self, digest: Digest, zone: ZoneInfo, places: Places, contact: str | None) -> None:
        self._digest, self._period = digest, digest.period
        self._zone, self._places, self._contact = zone, places, contact

    def outline(self) -> Outline:
        """Return the whole outline."""
        return Outline(
            name=self._period.name,
            debate=self._digest.debate.subject,
            kicker=f"{self._digest.debate.subject} · {KICKER[self._period.length]}",
            title=period_in_words(self._period),
            lead=self._lead(),
            figures=tuple(self._figures()),
            warnings=tuple(self._warnings()),
            sections=tuple(section for section in self._sections() if section.items or section.more),
            footer=tuple(self._footer()),
            links=tuple(self._links()),
        )

    def _lead(self) -> str:
        """Return the period in one line."""
        if self._digest.is_empty:
            return "nothing on the debate" if self._digest.seen.enough else "nothing seen on the debate"
        figures, stories = self._digest.figures, self._digest.stories
        parts = [counted(figures.relevant, "article")]
        if stories.new_in_all:
            parts.append(counted(stories.new_in_all, "new story", "new stories"))
        if self._digest.renamed_in_all:
            parts.append(counted(self._digest.renamed_in_all, "changed headline"))
        if self._digest.spikes:
            parts.append(counted(len(self._digest.spikes), "spike"))
        return ", ".join(parts)

    @property
    def _whole(self) -> str:
        """Name the period."""
        return "day" if self._period.length == "daily" else "week"

    @property
    def _during(self) -> str:
        return "on this day" if self._period.length == "daily" else "in this week"

    def _figures(self) -> Iterator[Figure]:
        figures, usual = self._digest.figures, self._digest.usual
        yield Figure(number(figures.relevant), "on the debate", self._usual(usual.relevant))
        debate = self._digest.debate
        if len(debate.topics) > 1:
            yield Figure(number(figures.both), f"on {debate.several}", debate.named("and"))
        yield Figure(number(figures.outlets), "outlets" if figures.outlets != 1 else "outlet", "that reported on it")
        yield Figure(number(figures.articles), "articles in all", self._usual(usual.articles))

    def _usual(self, mean: float) -> str:
        """Give the usual value, if known."""
        of = self._digest.usual.of
        if not of:
            return "nothing to compare with yet"
        what = _WEEKDAYS[self._period.first.weekday()] if self._period.length == "daily" else "week"
        value = f"{mean:.0f}" if mean >= 10 or mean == int(mean) else f"{mean:.1f}"
        return f"usually {value} (last {counted(of, what)})" if of > 1 else f"{value} on the last {what}"

    def _warnings(self) -> Iterator[str]:
        seen, belated = self._digest.seen, self._digest.belated
        whole = self._whole
        if self._period.so_far:
            until = self._at(self._period.to_at, full=True)
            yield (
                f"This {whole} is not over: everything here is as of {until}, and the usual figures cover the same "
                "part of earlier ones."
            )
        if seen.share is None:
            yield f"No feed was watched {self._during}: an empty list does not mean that nothing was published."
        elif not seen.enough:
            yield f"Only {share(seen.share)} of this {whole} was observed, so its figures are only what is known."
        elif seen.share < 0.995:
            yield f"{share(seen.share)} of this {whole} was observed; see below for what was missed."
        if seen.until and seen.until < self._period.from_at:
            yield f"Nothing was polled {self._during}: anything published then is in a later digest."
        elif seen.until and self._period.to_at - seen.until > _LONG:
            yield f"The last poll was at {self._at(seen.until, full=True)}: anything later is in the next digest."
        if belated.listed:
            verb, their = ("is", "its own day") if belated.listed == 1 else ("are", "their own days")
            yield (
                f"{counted(belated.listed, 'article')} on the debate, dated before this {whole} and first seen in it, "
                f"{verb} listed below and counted on {their}."
            )
        if belated.late:
            was, verb = ("was", "is") if belated.late == 1 else ("were", "are")
            yield (
                f"{counted(belated.late, 'older article')} on the debate, published more than {LATE.days} days before, "
                f"{was} first seen now and {verb} not listed."
            )

    def _sections(self) -> Iterator[Section]:
        digest, places, period = self._digest, self._places, self._period
        stories = digest.stories
        yield Section("Spikes", tuple(map(self._spike, digest.spikes)), "Far more articles than usual on such a day.")
        yield self._stories("New stories", stories.new, stories.new_in_all)
        yield self._stories("Stories that went on", stories.further, stories.further_in_all)
        yield Section(
            "Changed headlines",
            tuple(map(self._renamed, digest.renamed)),
            "Headlines that now say something different.",
            _more(digest.renamed_in_all - len(digest.renamed), "changed headline", places.headlines(period)),
        )
        yield Section(
            "Single articles",
            tuple(map(self._single, digest.single)),
            "On the debate, but not part of a story yet.",
            _more(digest.single_in_all - len(digest.single), "article", places.first_seen(period)),
        )
        yield self._missed()
        yield Section("Feeds that need attention", tuple(map(_troubled, digest.now_troubled)), "As they are now.")

    def _stories(self, heading: str, listed: Sequence[StoryNews], found: int) -> Section:
        more = _more(found - len(listed), "story", self._places.stories(self._period), "stories")
        return Section(heading, tuple(map(self._story, listed)), more=more)

    def _story(self, story: StoryNews) -> Item:
        page, first = self._places.story(story.id), story.first
        before = f"{counted(story.earlier, 'earlier report')} · " if story.earlier else ""
        others = len(story.sources) - _NAMES
        names = ", ".join(map(_name, story.sources[:_NAMES])) + (f" and {others} more" if others > 0 else "")
        began = f"First: {_name(first.source)}, {self._at(first.at, full=True)}"
        return Item(
            title=_words(story.title),
            address=page or self._places.publisher(first.url),
            language=story.language,
            facts=(f"{before}{self._weight(story)} · {names}", began),
            tags=story.tags,
            page=self._places.publisher(first.url) if page else None,
            page_name="read it",
        )

    def _weight(self, story: StoryNews) -> str:
        """Describe how much was seen of a story in the period."""
        new = "new " if story.earlier else ""
        parts = [counted(story.articles, f"{new}report"), counted(story.outlets, "outlet")]
        if story.owners != story.outlets:
            parts.append(counted(story.owners, "owner"))
        return ", ".join(parts)

    def _single(self, report: Report) -> Item:
        return Item(
            title=_words(report.title),
            address=self._places.publisher(report.url) or self._places.article(report.id),
            language=report.language,
            facts=(f"{_name(report.source)}, {self._at(report.at)}",),
            tags=report.tags,
            page=self._places.article(report.id),
            page_name="evidence",
        )

    def _renamed(self, change: Renamed) -> Item:
        moved = [
            f"{how}: {', '.join(_name(word[1:]) for word in change.words if word[0] == sign)}"
            for sign, how in (("-", "left"), ("+", "came"))
            if any(word[0] == sign for word in change.words)
        ]
        changes = "; that ".join(moved)
        said = f"{_name(change.source)}, seen at {self._at(change.replaced_at)}"
        return Item(
            title=_words(change.later),
            address=self._places.publisher(change.url) or self._places.article(change.article),
            language=change.language,
            before=_words(change.earlier),
            facts=(said, f"Words of the argument that {changes}") if changes else (said,),
            page=self._places.article(change.article),
            page_name="all versions",
        )

    def _spike(self, spiked: Spiked) -> Item:
        found = spiked.spike
        on = "" if self._period.length == "daily" else f" on {_WEEKDAYS[spiked.day.weekday()]}"
        usual = mean(found.expected)
        return Item(
            title=_words(spiked.label),
            address=self._places.tag(spiked.tag),
            facts=(f"{counted(found.count, 'article')}{on} of {counted(spiked.owners, 'owner')}; usually {usual}",),
        )

    def _missed(self) -> Section:
        """Return the gaps that began or ended in the period, and how many feeds were not seen throughout."""
        within = [gap for gap in self._digest.gaps if gap.from_at >= self._period.from_at or gap.to_at]
        lasting = len(self._digest.gaps) - len(within)
        more = Link(f"{counted(lasting, 'feed')} not seen since before", self._places.health()) if lasting else None
        note = "Articles may have been missed here. Unknown is not zero."
        return Section("Not observed", tuple(map(self._gap, within)), note, more)

    def _gap(self, gap: Gap) -> Item:
        until = f"to {self._at(gap.to_at, full=True)}" if gap.to_at else "and still"
        why = GAP.get(gap.reason, gap.reason)
        return Item(title=_words(gap.source), facts=(f"from {self._at(gap.from_at, full=True)} {until}: {why}",))

    def _links(self) -> Iterator[Link]:
        places, period = self._places, self._period
        if places.site:
            yield Link(f"All articles on the debate of this {self._whole}", places.articles(period, relevant=True))
            yield Link("The stories of the week", places.stories(period))
            yield Link("The site", places.site)

    def _footer(self) -> Iterator[str]:
        chosen = [*self._digest.choice.tags, *self._digest.choice.kinds]
        if chosen:
            yield f"Only articles of: {', '.join(chosen)}."
        yield (
            f"From {self._at(self._period.from_at, full=True)} to {self._at(self._period.to_at, full=True)}, times of "
            f"{self._zone.key}. Figures count articles by date, as the site does; each is listed once, when first seen."
        )
        if self._contact:
            ask = f"For questions, or to stop these messages: {self._contact}"
            yield f"Generated automatically from public feeds. {ask}"

    def _at(self, moment: datetime, *, full: bool = False) -> str:
        """Format a local time; with its day if that is not the digest's, or if `full`."""
        local = moment.astimezone(self._zone)
        if self._period.length == "daily" and local.date() == self._period.first and not full:
            return f"{local:%H:%M}"
        if local.year == self._period.first.year:
            return f"{short_day(local)}, {local:%H:%M}"
        return minute(local)


def period_in_words(period: Period) -> str:
    """Format a period as `Friday 27 Nov 2026`, `Week 48: 23 to 29 Nov 2026`."""
    so_far = " so far" if period.so_far else ""
    if period.length == "daily":
        return f"{_WEEKDAYS[period.first.weekday()]} {day(period.first)}{so_far}"
    return f"Week {period.first.isocalendar().week}{so_far}: {_span(period.first, period.last)}"


def _span(first: date, last: date) -> str:
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    return f"{first.day if first.month == last.month else short_day(first)} to {day(last)}"


def _more(left: int, one: str, address: str | None, many: str | None = None) -> Link | None:
    """Say how many are not listed, and link to them."""
    return Link(f"and {counted(left, 'more ' + one, many and 'more ' + many)}", address) if left > 0 else None


def _words(text: str) -> str:
    """Put quoted text on one line, without invisible characters or those that reverse text direction."""
    return shortened(tidy(text), _TITLE) or "(no title)"


def _name(text: str) -> str:
    """Quote text within a sentence of ours; right-to-left text is isolated (FSI and PDI of Unicode's bidirectional
    algorithm), or what follows would be shown before it."""
    words = _words(text)
    backwards = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in words)
    return f"\u2068{words}\u2069" if backwards else words


def _troubled(feed: Troubled) -> Item:
    return Item(title=_words(feed.source), facts=(f"{feed.health}: {_words(feed.why)}" if feed.why else feed.health,))
