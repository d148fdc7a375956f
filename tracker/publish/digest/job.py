"""The job `digest`: send what is due to the recipients in feeds.yaml, and summarise the outcome in one line."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.days import Period, ended
from tracker.config.load import Config
from tracker.config.sending import Digest
from tracker.errors import TrackerError
from tracker.files import shipped
from tracker.publish.digest.compose import Issue, Setting, compose, count_what_is_left
from tracker.publish.digest.delivery import (
    DeliveryOutcome,
    Post,
    State,
    candidates,
    due_as_files,
    due_by_mail,
    in_doubt,
    post,
    write,
)
from tracker.publish.digest.links import Places
from tracker.publish.digest.wording import period_in_words
from tracker.store.database import Database, opened

_NOBODY = "Somebody whom this copy of the tracker does not know: it has no feeds.yaml."


def run(config: Config, db: Path, now: datetime) -> str:
    """Send and write the digests due. Raises TrackerError, after trying all, when one could not be sent."""
    wanted = _wanted(config)
    with opened(db) as database:
        periods = candidates(ended(wanted.period, now, ZoneInfo(config.timezone)), ZoneInfo(config.timezone))
        return _Round(config, database, db.parent, now).of(periods)


def send_again(config: Config, db: Path, period: Period, now: datetime) -> str:
    """Do the same for any one period; what was, or may have been, sent of it is not sent again."""
    _wanted(config)
    with opened(db) as database:
        return _Round(config, database, db.parent, now).of([period])


def setting(config: Config | None, timezone: str) -> Setting:
    """Return the settings of digests; the defaults without a configuration."""
    if config is None:
        return Setting(Digest(), ZoneInfo(timezone), Places(None), _NOBODY)
    return Setting(
        config.digest or Digest(), ZoneInfo(config.timezone), Places(config.site, config.debate), config.contact
    )


def _wanted(config: Config) -> Digest:
    """Return what feeds.yaml says of digests. Raises TrackerError when that is not enough to send any."""
    wanted = config.digest
    if wanted is None or not (wanted.to or wanted.file):
        raise TrackerError(
            "feeds.yaml does not say where digests go: write `digest:` with `to`, a list of email addresses, or "
            f"`file`, a folder; {shipped('docs/digest.md')} shows how"
        )
    return wanted


class _Round:
    """One run: compose every digest due once, and send it to all who still lack it."""

    def __init__(self, config: Config, db: Database, home: Path, now: datetime) -> None:
        self._db, self._now, self._mail = db, now, config.mail
        self._setting = setting(config, config.timezone)
        self._wanted = self._setting.wanted
        self._folder = home / self._wanted.file if self._wanted.file else None
        self._issues: dict[str, Issue] = {}

    def of(self, periods: Sequence[Period]) -> str:
        """Send what is due of these periods and describe it. Raises TrackerError when something was not sent."""
        count_what_is_left(self._db, self._setting.zone, self._now)
        written = list(self._write(periods))
        posted = list(self._post(periods))
        said = "; ".join(_said(periods, written, posted))
        if doubtful := in_doubt(self._db, periods, self._wanted.to, self._now):
            said += f"; may not have arrived (see `tracker digest --status`): {doubtful}"
        if troubles := list(dict.fromkeys(each.why for each in posted if each.why)):
            raise TrackerError(f"{said}. {' '.join(troubles)}")
        return said

    def _write(self, periods: Sequence[Period]) -> Iterator[Period]:
        if self._folder:
            for period in due_as_files(self._folder, periods):
                if issue := self._issue(period):
                    write(issue, self._folder)
                    yield period

    def _post(self, periods: Sequence[Period]) -> Iterator[DeliveryOutcome]:
        if not self._mail:
            return
        with_ = Post(self._mail, os.environ, self._now)
        for to in self._wanted.to:
            for period in due_by_mail(self._db, periods, to):
                if issue := self._issue(period):
                    yield post(self._db, issue, to, with_)

    def _issue(self, period: Period) -> Issue | None:
        """Return the digest of a period; None if it is empty and empty ones are not wanted."""
        if period.name not in self._issues:
            self._issues[period.name] = compose(self._db, period, self._setting)
        issue = self._issues[period.name]
        return None if issue.is_empty and self._wanted.empty == "skip" else issue


def _said(periods: Sequence[Period], written: Sequence[Period], posted: Sequence[DeliveryOutcome]) -> Iterator[str]:
    """Describe what was done."""
    for period in periods:
        states = Counter(outcome.state for outcome in posted if outcome.period is period)
        parts = ["written to the folder"] if period in written else []
        parts += [f"{words} {states[state]}" for state, words in _STATES if states[state]]
        if parts:
            yield f"{period_in_words(period)}: {', '.join(parts)}"
    if not written and not posted:
        yield f"{period_in_words(periods[-1])}: nothing left to send"


_STATES: tuple[tuple[State, str], ...] = (
    ("sent", "mails sent:"),
    ("already", "sent by another run:"),
    ("failed", "not sent:"),
    ("unsure", "possibly sent, so not retried:"),
)
