"""What was measured, as tables in Markdown that read well in a terminal: the only module that words results."""

import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench.contenders import PEER
from bench.grouping import Grouping
from bench.hostile import Hostile
from bench.rounds import PHASES, Figures
from bench.server import COLD, DELTA, SAME, UNMARKED
from bench.speed import Parsing, Tagging

OURS, FLOOR = "tracker", "floor"

MARKS = "<!-- figures: begin -->", "<!-- figures: end -->"
"""Between these lines of a document stands what `make bench` wrote last."""

PEER_LIMITS = {COLD: 0.2, SAME: 0.6, DELTA: 0.3, UNMARKED: 0.05}
"""Targets: CPU time as a share of what the peer needs, the better of its ways, by phase."""

MEMORY_LIMIT = 250.0
"""Target: MiB at the worst moment of a round of many feeds."""

NEWS = "ordinary news"
"""What nearly all texts are."""

GROUPING_LIMIT = 3.0
"""Target: CPU milliseconds to find the copies and the story of a new article, at any size."""

GROWTH_LIMIT = 1.5
"""Target: how much dearer that may be with ten times as many articles stored."""

TAGGING_RATE = 20_000
"""Target: articles of ordinary news tagged in a second by one core."""


@dataclass(slots=True)
class Results:
    """All that a run measured; None is what it did not."""

    machine: list[str]
    rounds: Figures
    start: Figures
    tagging: dict[str, Tagging] = field(default_factory=dict)
    parsing: Parsing | None = None
    many: Figures | None = None
    hostile: Hostile | None = None
    grouping: list[Grouping] = field(default_factory=list)


def machine() -> list[str]:
    """What the figures depend on, a sentence each; nothing that tells one machine from another of its kind."""
    model = re.search(r"model name\s*: (.+)", _read("/proc/cpuinfo"))
    kilobytes = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    return [
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {int(kilobytes[1]) / 2**20:.0f} GiB"
        if kilobytes
        else platform.machine(),
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        ", ".join(f"{name} {version(name)}" for name in ("httpx", "feedparser", "lxml")) + f"; peer: {', '.join(PEER)}",
        f"{os.getloadavg()[0]:.1f} processes wanted a core in the minute before",
    ]


def report(results: Results) -> str:
    """The whole report."""
    return "\n\n".join(("\n".join(f"- {line}" for line in results.machine), *_tables(results))) + "\n"


def write(document: Path, text: str, marks: tuple[str, str] = MARKS) -> None:
    """Puts a report between its marks in a document; raises ValueError when they are not there."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not end:
        raise ValueError(f"{document} has no lines {marks[0]} and {marks[1]}")
    document.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def _tables(results: Results) -> Iterable[str]:
    rounds = results.rounds
    yield f"CPU milliseconds a feed, {rounds.feeds:,} feeds, {rounds.entries:,} entries stored in the end by each:"
    yield table(("", *PHASES), [*_costs(rounds), *_ratios(rounds)])
    yield "Seconds a round took, and the most memory it needed:"
    yield table(("", *PHASES, "MiB"), _walls(rounds))
    yield "A round of one feed that answers 304, so nearly all of it start-up:"
    yield table(
        ("", "CPU s", "s"), [(n, f"{u.cpu:.2f}", f"{u.wall:.2f}") for n, u in results.start.usage[SAME].items()]
    )
    yield "By themselves:"
    yield table(("", "", ""), list(_alone(results)))
    yield "Targets:"
    yield table(("", "measured", "target", "met"), list(_targets(results)))


def _costs(rounds: Figures) -> list[tuple[str, ...]]:
    return [
        (name, *(f"{1000 * rounds.usage[phase][name].cpu / rounds.feeds:.2f}" for phase in PHASES))
        for name in rounds.usage[COLD]
    ]


def _ratios(rounds: Figures) -> list[tuple[str, ...]]:
    rows = [(f"{OURS} / {FLOOR}", *(f"{_cpu(rounds, phase) / rounds.usage[phase][FLOOR].cpu:.1f}" for phase in PHASES))]
    shares = {phase: peer_share(rounds, phase) for phase in PHASES}
    if None not in shares.values():
        rows.append((f"{OURS} / reader's better", *(f"{share:.2f}" for share in shares.values())))
    return rows


def peer_share(rounds: Figures, phase: str) -> float | None:
    """Our CPU time as a share of the peer's, the better of its ways; None when it was not measured."""
    peers = [usage.cpu for name, usage in rounds.usage[phase].items() if name not in {OURS, FLOOR}]
    return _cpu(rounds, phase) / min(peers) if peers else None


def _cpu(rounds: Figures, phase: str) -> float:
    return rounds.usage[phase][OURS].cpu


def _walls(rounds: Figures) -> list[tuple[str, ...]]:
    return [
        (
            name,
            *(f"{rounds.usage[phase][name].wall:.2f}" for phase in PHASES),
            f"{max(rounds.usage[phase][name].memory for phase in PHASES):.0f}",
        )
        for name in rounds.usage[COLD]
    ]


def _alone(results: Results) -> Iterable[tuple[str, ...]]:
    rate = "{:,.0f} articles of 60 words a CPU second"
    for what, tagging in results.tagging.items():
        yield f"tagging {what}", rate.format(tagging.rate), f"{tagging.ratio:.1f} times finding the words"
        for other, found in ("one regular expression", tagging.regex), ("ahocorasick-rs", tagging.automaton):
            times = f"only finds terms, at {found / tagging.rate:.2g} times our rate"
            yield f"{what}: {other}", rate.format(found), times
    if parsing := results.parsing:
        share = f"{parsing.ours / parsing.feedparser:.2f} of feedparser's {parsing.feedparser:.1f} ms"
        yield "parsing a document", f"{parsing.ours:.1f} ms", share
    if many := results.many:
        for phase, used in many.usage.items():
            one = used[OURS]
            cost = f"{one.wall:.0f} s, {1000 * one.cpu / many.feeds:.2f} ms CPU a feed"
            yield f"{many.feeds:,} small feeds, {phase}", cost, f"{one.memory:.0f} MiB"
    for grouping in results.grouping:
        sizes = ", ".join(f"{table} {size:.1f}" for table, size in grouping.mebibytes.items())
        cost = f"{grouping.cold:.2f} ms CPU a new article, {grouping.warm:.2f} in one pass"
        yield f"copies and stories, {grouping.stored:,} stored", cost, f"MiB: {sizes}"
    if among := results.hostile:
        alone = f"alone {among.alone_wall:.1f} s, {among.alone_cpu:.1f} s CPU"
        yield "200 good servers", alone, f"with 200 hostile ones {among.among_wall:.1f} s, {among.among_cpu:.1f} s CPU"


def _targets(results: Results) -> Iterable[tuple[str, ...]]:
    for phase, limit in PEER_LIMITS.items():
        share = peer_share(results.rounds, phase)
        yield _target(f"{phase}: CPU / reader's better", share, limit, "{:.2f}")
    many = results.many
    worst = max(used[OURS].memory for used in many.usage.values()) if many else None
    yield _target(f"{many.feeds:,} small feeds: MiB" if many else "many feeds: MiB", worst, MEMORY_LIMIT, "{:.0f}")
    for one in results.grouping:
        yield _target(f"copies and stories, {one.stored:,} stored: ms", one.cold, GROUPING_LIMIT, "{:.2f}")
    if len(results.grouping) > 1:
        growth = results.grouping[-1].cold / results.grouping[0].cold
        yield _target("copies and stories: the largest / the smallest", growth, GROWTH_LIMIT, "{:.2f}")
    rate = results.tagging[NEWS].rate if NEWS in results.tagging else None
    yield _target(f"tagging {NEWS}: articles a second a core", rate, TAGGING_RATE, "{:,.0f}", at_least=True)


def _target(what: str, measured: float | None, limit: float, form: str, *, at_least: bool = False) -> tuple[str, ...]:
    target = f"{'>=' if at_least else '<='} {form.format(limit)}"
    if measured is None:
        return what, "not measured", target, ""
    met = measured >= limit if at_least else measured <= limit
    return what, form.format(measured), target, "yes" if met else "no"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns are aligned; figures stand to the right."""
    widths = [max(3, *(len(row[column]) for row in (head, *rows))) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        return f"| {first[0]:<{first[1]}} | " + " | ".join(f"{cell:>{width}}" for cell, width in others) + " |"

    rule = f"|{'-' * (widths[0] + 2)}|" + "|".join("-" * (width + 1) + ":" for width in widths[1:]) + "|"
    return "\n".join((line(head), rule, *map(line, rows)))


def _read(path: str) -> str:
    """A file of the kernel's, empty where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
