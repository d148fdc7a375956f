"""Every contender through the same phases, and the proof that each did the work: answers and entries are counted."""

import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.contenders import Contender
from bench.documents import USUAL, Size
from bench.meter import Usage, measure
from bench.publishers import Publishers
from bench.server import COLD, DELTA, SAME, UNMARKED, Work

PHASES = (COLD, SAME, DELTA, UNMARKED)
"""In this order, as each begins where the one before left the databases."""

TIMES = 3
"""The phase SAME, which is short and changes nothing, is run so often; its median counts."""

Say = Callable[[str], None]


class Unequal(Exception):
    """A contender did not do the same work as the others, so its figures mean nothing."""


@dataclass(slots=True)
class Figures:
    """What the contenders used, by phase and name; the most CPU seconds the server used in a phase; how many entries
    each contender had stored in the end."""

    feeds: int
    usage: dict[str, dict[str, Usage]] = field(default_factory=dict)
    server: dict[str, float] = field(default_factory=dict)
    entries: int = 0


def series(
    contenders: Sequence[Contender],
    feeds: int,
    say: Say,
    *,
    size: Size = USUAL,
    phases: Sequence[str] = PHASES,
    times: int = TIMES,
) -> Figures:
    """What each contender uses in each phase; raises Unequal, or meter.Failed, rather than give wrong figures.

    In each phase the contenders run one after the other, so that noise of the machine meets them alike.
    """
    figures = Figures(feeds)
    with tempfile.TemporaryDirectory() as made, Publishers(feeds, size) as publishers:
        folders = {one.name: Path(made) / str(number) for number, one in enumerate(contenders)}
        for one in contenders:
            folders[one.name].mkdir()
            one.subscribe(folders[one.name], publishers.urls)
        done = 0
        for phase in phases:
            used = figures.usage[phase] = {}
            for one in contenders:
                runs = [_run(one, folders[one.name], publishers, phase) for _ in range(times if phase == SAME else 1)]
                used[one.name] = usage = _median([usage for usage, _ in runs])
                figures.server[phase] = max(figures.server.get(phase, 0), *(work.cpu for _, work in runs), 0)
                cost = f"{usage.cpu:7.2f} s CPU  {usage.wall:7.2f} s  {usage.memory:4.0f} MiB"
                done += 1
                say(f"{feeds:6,} feeds  {phase:<9}  {one.name:<18} {cost}  {done} of {len(phases) * len(contenders)}")
        figures.entries = publishers.expected_entries(phases[-1])
    return figures


def _run(one: Contender, folder: Path, publishers: Publishers, phase: str) -> tuple[Usage, Work]:
    """What one contender, and the server, use for one round; raises Unequal."""
    publishers.begin(phase)
    usage = measure(one.command(folder), folder)
    work = publishers.begin(phase)
    _agree(f"{one.name}, {phase}: answers", work.answers, publishers.expected_answers(phase))
    _agree(f"{one.name}, {phase}: entries", one.stored(folder), publishers.expected_entries(phase))
    return usage, work


def _median(runs: Sequence[Usage]) -> Usage:
    """The median of CPU and wall time, the most of memory."""
    cpu, wall = (statistics.median(times) for times in ([run.cpu for run in runs], [run.wall for run in runs]))
    return Usage(cpu, wall, max(run.memory for run in runs))


def _agree(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Unequal(f"{what}: {found} instead of {expected}")
