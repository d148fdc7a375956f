"""Show the progress of long work, and the time left once it can be estimated."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from tracker.clock import uptime
from tracker.publish.formatting import number, taken

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_FIRST_SECONDS: Final = 5.0
_FIRST_SHARE: Final = 0.05
"""Nothing is said of the time left before this much time has passed and this share is done."""

_MEMORY_SECONDS: Final = 20.0
"""How long a change of speed takes to make up two thirds of the estimate."""

_SAMPLE_SECONDS: Final = 0.5


class TimeLeft:
    """Estimates the time that work will still take from its recent speed, smoothed."""

    def __init__(self, now: float) -> None:
        """Begin at `now`, in seconds on any clock."""
        self._began = self._last = now
        self._done = 0
        self._steps = self._seconds = 0.0

    @property
    def rate(self) -> float | None:
        """Steps a second of late; None while too little is done to tell."""
        return self._steps / self._seconds if self._seconds else None

    def seconds(self, done: int, total: int, now: float) -> float | None:
        """Return the seconds left after `done` of `total` steps; None while too little is done to tell."""
        passed = now - self._last
        if passed >= _SAMPLE_SECONDS:
            kept = math.exp(-passed / _MEMORY_SECONDS)
            weight = _MEMORY_SECONDS * (1 - kept)
            self._steps = self._steps * kept + (done - self._done) / passed * weight
            self._seconds = self._seconds * kept + weight
            self._last, self._done = now, done
        if now - self._began < _FIRST_SECONDS or done < total * _FIRST_SHARE or not self._steps:
            return None
        return (total - done) * self._seconds / self._steps


def in_words(done: int, total: int, left: float | None) -> str:
    """Return `1,200 of 3,000, about 2 min left`; times are rounded, so that they do not flicker."""
    count = f"{number(done)} of {number(total)}"
    if left is None or done >= total:
        return count
    step = 5 if left < 60 else 60
    return f"{count}, about {taken(timedelta(seconds=max(step, round(left / step) * step)))} left"


def progress_bar(length: int, label: str, *, hidden: bool, rated: bool = False) -> "ProgressBar[int]":
    """Return a progress bar on standard error, shown only on a terminal and unless hidden; `rated`: with the speed.

    A length of 0 is not known yet.
    """
    estimate = TimeLeft(uptime())

    def state(_: object) -> str | None:
        total = bar.length
        if not total:
            return None
        left = estimate.seconds(bar.pos, total, uptime())
        speed = f", {estimate.rate:.1f} per second" if rated and estimate.rate else ""
        return in_words(bar.pos, total, left) + speed

    bar: ProgressBar[int] = click.progressbar(
        length=length,
        label=label,
        width=24,
        show_eta=False,
        show_percent=False,
        item_show_func=state,
        file=sys.stderr,
        hidden=hidden or not sys.stderr.isatty(),
    )
    return bar


@contextmanager
def progress_of(label: str, *, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar, and yield its callback: steps done, steps in all."""
    with progress_bar(0, label, hidden=hidden) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
