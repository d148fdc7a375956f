"""Four years of invented news of many outlets, the debate among them: which events there were and what was written.

Words are drawn by Zipf's law: those of prose.py first, then a language made of syllables, because the words of
ordinary prose are too few to be rare. What is written on the debate is made of the rulebook's own examples.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench import prose
from tracker.analyse.tagging.rules import Example, Rulebook

YEARS = 4
SPAN = timedelta(days=365 * YEARS + 1)

_ON_TOPIC = 0.0195
"""Share of the events that are about the debate; its reports are two in a hundred of all."""

_ALONE = 0.6  # of the events have one report
_MOST = 80  # reports of one event
_NEARLY = 0.004  # of the ordinary articles look like the debate, and are not
_COPIED = 0.12  # of the further reports are copies of the first
_TEMPLATES = 3000
_HOURS = (2, 1, 1, 1, 2, 5, 9, 12, 13, 13, 12, 12, 11, 11, 11, 11, 11, 10, 8, 6, 5, 4, 3, 3)  # of a day's articles
_WEEKDAYS = (11, 12, 12, 12, 11, 6, 5)
_SYLLABLES = ["".join(pair) for pair in itertools.product("bdfgklmnprstv", "aeiou")]
_INVENTED = 60_000


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source with one feed; `weight` is its share of the articles."""

    id: str
    name: str
    family: str
    kind: str
    country: str
    language: str
    host: str
    weight: float


@dataclass(frozen=True, slots=True)
class Report:
    """An article: `event` is the number of its first report, `copy` says that its words are those of that one."""

    number: int
    outlet: int
    at: datetime
    title: str
    summary: str
    event: int
    copy: bool
    earlier: str | None
    """The headline before it was changed."""


@dataclass(slots=True)
class _Event:
    """What the reports of an event have in common; `tag` is what it is about, None for ordinary news."""

    first: int
    words: Sequence[str]
    tag: str | None
    text: tuple[str, str] = ("", "")
    left: int = 0


class Words:
    """Words by Zipf's law, and templates into which they go."""

    def __init__(self, dice: random.Random) -> None:
        common = list(prose.VOCABULARY)
        dice.shuffle(common)
        made = ["".join(word) for word in itertools.islice(itertools.product(_SYLLABLES, repeat=3), 0, None, 4)]
        dice.shuffle(made)
        self._dice = dice
        self._all = [*dict.fromkeys(common), *made[:_INVENTED]]
        self._weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(self._all))))
        self._drawn = self._draw()
        self._sentences = [self._template(prose.sentence(dice)) for _ in range(_TEMPLATES)]
        self._headlines = [self._template(prose.headline(dice)) for _ in range(_TEMPLATES)]

    def rare(self, count: int) -> list[str]:
        """Words of which most are rare."""
        return [self._all[int(self._dice.random() * len(self._all))] for _ in range(count)]

    def word(self) -> str:
        """The next word."""
        return next(self._drawn)

    def sentence(self, own: Sequence[str] = ()) -> str:
        """A sentence of about twenty words, `own` ones first."""
        return self._filled(self._sentences, own)

    def headline(self, own: Sequence[str] = ()) -> str:
        """A headline of about nine words, `own` ones first."""
        text = self._filled(self._headlines, own)
        return text[0].upper() + text[1:]

    def _draw(self) -> Iterator[str]:
        while True:
            yield from self._dice.choices(self._all, cum_weights=self._weights, k=50_000)

    def _filled(self, templates: Sequence[tuple[str, int]], own: Sequence[str]) -> str:
        text, places = templates[int(self._dice.random() * len(templates))]
        words = (*own[:places], *itertools.islice(self._drawn, max(places - len(own), 0)))
        return text % words

    @staticmethod
    def _template(text: str) -> tuple[str, int]:
        known = set(prose.VOCABULARY)
        words = ["%s" if word in known else word.replace("%", "%%") for word in text.split()]
        return " ".join(words), words.count("%s")


class Debate:
    """What can be written on the debate: the rulebook's examples, by tag and language."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._by_tag: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.near: list[str] = []
        for tag in rulebook.tags:
            for example in tag.examples:
                self._sort(rulebook, tag.id, example)
        self.tags = sorted(tag for tag, texts in self._by_tag.items() if texts["en"])
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(self.tags))))

    def text(self, dice: random.Random, tag: str, language: str) -> str:
        """A headline on what the tag names, in the language if there is one."""
        texts = self._by_tag[tag]
        return dice.choice(texts.get(language) or texts["en"])

    def _sort(self, rulebook: Rulebook, tag: str, example: Example) -> None:
        if rulebook.tag(example.text, "", example.language or "en").relevance != "none":
            self._by_tag[tag][example.language or "en"].append(example.text.rstrip("."))
        elif not example.expected:
            self.near.append(example.text.rstrip("."))


class Chronicle:
    """The news of these outlets until a moment; the same dice write the same."""

    def __init__(self, outlets: Sequence[Outlet], rulebook: Rulebook, dice: random.Random) -> None:
        self._outlets = outlets
        self._dice = dice
        self._words = Words(dice)
        self._debate = Debate(rulebook)
        dice.shuffle(self._debate.tags)
        self._shares = list(itertools.accumulate(outlet.weight for outlet in outlets))

    def reports(self, count: int, until: datetime) -> Iterator[Report]:
        """So many reports in the order of their times, numbered from 1."""
        plan = self._plan(count)
        begin = until - SPAN
        sizes: dict[int, int] = defaultdict(int)
        for _, key in plan:
            sizes[key] += 1
        events: dict[int, _Event] = {}
        numbers = range(len(self._outlets))
        outlets = iter(self._dice.choices(numbers, cum_weights=self._shares, k=count))
        for number, (seconds, key) in enumerate(plan, 1):
            event = events.get(key) or self._event(number, sizes[key], on_topic=key < 0)
            yield self._report(event, number, next(outlets), begin + timedelta(seconds=seconds))
            event.left -= 1
            if event.left:
                events[key] = event
            else:
                events.pop(key, None)

    def _plan(self, count: int) -> list[tuple[int, int]]:
        """When each report is published, in seconds from the beginning, and its event; of the debate's less than 0."""
        dice, event = self._dice, 0
        plan: list[tuple[int, int]] = []
        most = int(SPAN.total_seconds())
        while len(plan) < count:
            event += 1
            at, key = self._second(), -event if dice.random() < _ON_TOPIC else event
            size = 1 if dice.random() < _ALONE else min(int(1 + dice.paretovariate(1.3)), _MOST)
            for _ in range(size):
                plan.append((min(at, most), key))
                at += int(dice.expovariate(1 / 20_000))
        return sorted(plan[:count])

    def _second(self) -> int:
        """A second of all years, by what is usual on the days of the week and the hours of the day."""
        dice = self._dice
        week, weekday = dice.randrange(SPAN.days // 7), dice.choices(range(7), _WEEKDAYS)[0]
        hour = dice.choices(range(24), _HOURS)[0]
        from_end = (week * 7 + 6 - weekday) * 86400 + (23 - hour) * 3600 + dice.randrange(3600)
        return int(SPAN.total_seconds()) - from_end

    def _event(self, number: int, size: int, *, on_topic: bool) -> _Event:
        debate = self._debate
        tag = self._dice.choices(debate.tags, cum_weights=debate.weights)[0] if on_topic else None
        return _Event(number, self._words.rare(4) if size > 1 else (), tag, left=size)

    def _report(self, event: _Event, number: int, outlet: int, at: datetime) -> Report:
        is_copy = event.first != number and self._dice.random() < _COPIED
        title, summary = event.text if is_copy else self._text(event, self._outlets[outlet].language)
        if event.first == number:
            event.text = title, summary
        earlier = self._changed(title) if self._dice.random() < 0.07 else None
        return Report(number, outlet, at, title, summary, event.first, is_copy, earlier)

    def _text(self, event: _Event, language: str) -> tuple[str, str]:
        dice, words = self._dice, self._words
        summary = f"{words.sentence(event.words)} {words.sentence()}"
        if event.tag:
            own = (event.words or words.rare(1))[0].capitalize()
            title = self._debate.text(dice, event.tag, language)
            return f"{own}: {title}", f"{self._debate.text(dice, event.tag, language)}. {summary}"
        if dice.random() < _NEARLY:
            return dice.choice(self._debate.near), summary
        return words.headline(event.words[1:3]), summary

    def _changed(self, title: str) -> str:
        """Another headline of which one word differs."""
        parts = title.split()
        parts[self._dice.randrange(len(parts))] = self._words.word()
        return " ".join(parts)
