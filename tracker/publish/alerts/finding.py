"""Find what to send each recipient now by running the alerts of feeds.yaml against the database; read-only."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of
from tracker.analyse.search.query import Query, parse
from tracker.analyse.search.scope import Known
from tracker.analyse.search.synonyms import Synonyms, synonyms
from tracker.config.load import Config
from tracker.config.sending import Alert, Recipient
from tracker.publish.alerts import operator_alerts
from tracker.publish.alerts import queries as store
from tracker.publish.alerts.message import Item, Message, Spiked, Trouble, news
from tracker.publish.alerts.operator_alerts import Context
from tracker.publish.alerts.queries import Criteria, Group, Unreported, Watch
from tracker.publish.formatting import counted
from tracker.publish.panel import Volume
from tracker.store import deliveries, floods, matching
from tracker.store.database import Database
from tracker.store.floods import HeldArticles

OURSELVES = "ourselves"
"""The name under which the database records operator alerts."""

_SHOWN = 500
"""Most stories read for a message; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What to send one recipient, the alerts that were run, and articles whose stories were already reported."""

    message: Message
    watches: Mapping[tuple[str, str], tuple[str, Watch]]
    covered: tuple[str, ...] = ()
    held: tuple[HeldArticles, ...] = ()
    """Articles withheld because they came in a flood."""


class Finder:
    """Runs alerts against one database at one moment."""

    def __init__(self, config: Config, db: Database, folder: Path, now: datetime) -> None:
        self._config, self._db, self._folder, self._now = config, db, folder, now
        self._zone = ZoneInfo(config.timezone)
        self._volumes: dict[tuple[str, date], Volume | None] = {}

    def finding(self, recipient: Recipient) -> Finding:
        """Return what to send a recipient now."""
        watches: dict[tuple[str, str], tuple[str, Watch]] = {}
        groups: dict[int, list[tuple[str, Group]]] = defaultdict(list)
        covered: list[str] = []
        spikes: list[Spiked] = []
        held: dict[str, tuple[HeldArticles, ...]] = {}
        for alert in self._config.alerts:
            if recipient.name not in alert.to:
                continue
            meaning = alert.meaning(self._config.debate)
            watch = store.watch(self._db, alert.name, recipient.name, meaning, self._now)
            watches[alert.name, recipient.name] = (meaning, watch)
            if alert.spike:
                spikes += self._spikes(alert, recipient, watch)
                continue
            unreported, held[alert.name] = self._unreported(alert, recipient, watch)
            covered += (f"{key_of(recipient, alert.name)}{article}" for article in unreported.covered)
            for group in unreported.groups:
                groups[group.story or -group.articles[0]].append((alert.name, group))
        troubles = (*self._troubles(recipient, watches), *self._flood_notices(recipient, held))
        items, further = self._items(recipient, list(groups.values()))
        more = len(groups) - len(items)
        message = Message(recipient.name, self._now, items, tuple(spikes), troubles, more, further)
        return Finding(message, watches, tuple(covered), _together(held))

    def criteria(self, alert: Alert) -> Criteria | None:
        """Return an alert's subject in the store's terms; None if its search names something not stored yet."""
        query = parse(alert.search, self._synonyms) if alert.search else Query("")
        wanted = matching.wanted(query, self._known, self._zone)
        if query.faults or wanted.scope.faults:
            return None
        relevances = self._config.debate.meant(alert.relevance)
        return Criteria(wanted, alert.tags, alert.every, relevances, alert.sources, alert.kinds)

    def _unreported(
        self, alert: Alert, recipient: Recipient, watch: Watch
    ) -> tuple[Unreported, tuple[HeldArticles, ...]]:
        """Return what to report of an alert's matches, and what is held back."""
        criteria = self.criteria(alert)
        if criteria is None:
            return Unreported(), ()
        found = store.found(self._db, criteria, watch.since, self._now)
        held = floods.held_articles(self._db, [article for article, _ in found])
        inside = frozenset[int]().union(*(one.articles for one in held))
        free = [one for one in found if one[0] not in inside]
        return store.unreported(self._db, key_of(recipient, alert.name), free), held

    def _flood_notices(self, recipient: Recipient, held: Mapping[str, tuple[HeldArticles, ...]]) -> Iterator[Trouble]:
        """Yield one line per flood with held articles, once."""
        first = {one.flood: alert for alert, several in reversed([*held.items()]) for one in several}
        for one in _together(held):
            key = f"{key_of(recipient, first[one.flood])}flood/{one.flood}"
            state = deliveries.known(self._db, [key]).get(key)
            if state is None or not state.is_final:
                yield Trouble(f"flood-{one.flood}", in_words(one), key=key, alert=first[one.flood])

    def _items(
        self, recipient: Recipient, groups: Sequence[Sequence[tuple[str, Group]]]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """Return the stories, newest article first, and the keys of those beyond the limit."""
        newest_first = sorted(groups, key=lambda several: -max(max(group.articles) for _, group in several))
        items: list[Item] = []
        further: list[str] = []
        for number, several in enumerate(newest_first):
            keys = tuple(
                f"{key_of(recipient, alert)}{article}" for alert, group in several for article in group.articles
            )
            read = news(self._db, several[0][1]) if number < _SHOWN else None
            if read:
                items.append(Item(read, tuple(alert for alert, _ in several), keys))
            else:
                further += keys
        return tuple(items), tuple(further)

    def _spikes(self, alert: Alert, recipient: Recipient, watch: Watch) -> Iterator[Spiked]:
        """Yield unreported spikes of today, and of yesterday if the alert existed then."""
        criteria = self.criteria(alert)
        if criteria is None:
            return
        today = day_of(self._now, self._zone)
        for day in (today - timedelta(days=1), today):
            if day < day_of(watch.since, self._zone):
                continue
            for tag in alert.tags if alert.tags and not alert.every else (None,):
                key = f"{key_of(recipient, alert.name)}spike/{tag or '-'}/{day}"
                state = deliveries.known(self._db, [key]).get(key)
                found = self._volume(replace(criteria, tags=(tag,)) if tag else criteria, day)
                if found and found.spike and not (state and state.is_final):
                    label = self._known.tags.get(tag, tag) if tag else alert.name
                    yield Spiked(alert.name, label, day, found.spike, found.owners, key, tag)

    def _volume(self, criteria: Criteria, day: date) -> Volume | None:
        """Return the volume of a day, counted once for all recipients."""
        asked = (repr(criteria), day)
        if asked not in self._volumes:
            self._volumes[asked] = store.volume(self._db, criteria, day)
        return self._volumes[asked]

    def _troubles(self, recipient: Recipient, watches: dict[tuple[str, str], tuple[str, Watch]]) -> tuple[Trouble, ...]:
        """Return the operating problems to report, if this recipient subscribes to them."""
        plan = self._config.operator_alerts
        if plan is None or recipient.name not in plan.to:
            return ()
        watch = store.watch(self._db, OURSELVES, recipient.name, OURSELVES, self._now)
        watches[OURSELVES, recipient.name] = (OURSELVES, watch)
        context = Context(self._db, self._folder, plan, self._config.schedule, self._zone, watch.ran_at)
        beginning = key_of(recipient, OURSELVES)
        wrong = operator_alerts.troubles(context, self._now)
        return tuple(
            operator_alerts.news(context, wrong, deliveries.known_under(self._db, beginning), beginning, self._now)
        )

    @cached_property
    def _known(self) -> Known:
        return store.known(self._db)

    @cached_property
    def _synonyms(self) -> Synonyms:
        """The site's synonyms, so that a search means the same here."""
        return synonyms(self._config.rulebook.tags)


def in_words(held: HeldArticles) -> str:
    """Describe what is held and how to release it."""
    articles = counted(len(held.articles), "article")
    release = f"`tracker alerts release {held.source}` releases them"
    return f"Held: {articles} from {held.name}, which is flooding ({held.url}); {release}"


def _together(held: Mapping[str, tuple[HeldArticles, ...]]) -> tuple[HeldArticles, ...]:
    """Merge what several alerts hold, each flood once."""
    floods: dict[int, HeldArticles] = {}
    for one in chain.from_iterable(held.values()):
        before = floods.get(one.flood)
        floods[one.flood] = replace(one, articles=one.articles | before.articles) if before else one
    return tuple(floods.values())


def key_of(recipient: Recipient, alert: str) -> str:
    """Return the key prefix for all that an alert sends a recipient; it identifies the recipient by name only."""
    return f"alert/{recipient.name}/{alert}/"
