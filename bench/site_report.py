"""What the pages of the site were found to cost, as tables in Markdown with the targets beside them."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.csvs import TABLES, Csv
from bench.report import table
from bench.served import Answer

MARKS = "<!-- site: begin -->", "<!-- site: end -->"
"""Between these lines of a document stands what `make bench-site` wrote last."""

CSV_LIMIT = 3.0
"""Target: seconds of a whole table as CSV, as a multiple of what `sqlite3 -csv` takes."""

FLAT = 32.0
"""Target: MiB by which the server may grow while it sends one."""


@dataclass(slots=True)
class Costs:
    """What the requests of one kind of page took; `limit` is in CPU milliseconds at the 95th percentile.

    `missing` says that the site has no such page yet, `wrong` are answers that are neither a page nor unchanged.
    """

    name: str
    limit: float
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    missing: bool = False

    def note(self, answer: Answer) -> None:
        """Count an answer."""
        if answer.status not in {200, 304}:
            self.wrong.append(answer.status)
            return
        self.cpu.append(answer.cpu)
        self.wall.append(answer.wall)
        self.sizes.append(answer.size)


@dataclass(slots=True)
class Compared:
    """CPU milliseconds of the same page by who serves it; "on" and "off" are plain Datasette's suggest_facets."""

    name: str
    cpu: dict[str, list[float]] = field(default_factory=dict)


@dataclass(slots=True)
class Results:
    """All that a run measured."""

    machine: list[str]
    articles: int
    relevant: int
    size: int
    costs: list[Costs] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    csvs: list[Csv] = field(default_factory=list)


def report(results: Results) -> str:
    """The whole report."""
    state = "\n".join(f"- {line}" for line in (*_stored(results), *results.machine))
    return "\n\n".join((state, *_tables(results))) + "\n"


def _stored(results: Results) -> Iterable[str]:
    share = 100 * results.relevant / results.articles
    yield f"{results.articles:,} articles, {share:.1f} % of them relevant; {results.size / 2**30:.1f} GiB"


def _tables(results: Results) -> Iterable[str]:
    yield "CPU milliseconds of the server a request, while another process commits every second:"
    heads = ("page", "median", "p95", "most", "wall p95", "KB", "target", "met")
    yield table(heads, [_costs(one) for one in results.costs])
    if results.compared:
        yield "The same page by this project and by plain Datasette, CPU milliseconds at the median:"
        who = ("page", "tracker", "Datasette", "ratio", "without suggested facets", "ratio")
        yield table(who, [_compared(one) for one in results.compared])
    if results.csvs:
        yield "A whole table as CSV:"
        yield table(("", "s", "CPU s", "MiB more", "rows", "s / sqlite3 -csv", "whole"), list(_csvs(results.csvs)))
        yield table(("", "measured", "target", "met"), list(_csv_targets(results.csvs)))


def _costs(one: Costs) -> tuple[str, ...]:
    target = f"< {one.limit:.0f}"
    if not one.cpu or one.wrong:
        found = f"answered {', '.join(map(str, sorted(set(one.wrong))))}" if one.wrong else "not there"
        return one.name, found, "", "", "", "", target, "no" if one.wrong else ""
    cost = percentile(one.cpu)
    figures = (statistics.median(one.cpu), cost, max(one.cpu), percentile(one.wall))
    size = f"{statistics.median(one.sizes) / 1000:.1f}"
    return one.name, *(f"{figure:.1f}" for figure in figures), size, target, "yes" if cost < one.limit else "no"


def percentile(values: Sequence[float]) -> float:
    """The 95th percentile: no more than a twentieth of the values are larger."""
    return sorted(values)[-1 - len(values) // 20]


def _compared(one: Compared) -> tuple[str, ...]:
    medians = {who: statistics.median(cpu) for who, cpu in one.cpu.items() if cpu}
    cells = [one.name, f"{medians['tracker']:.1f}" if "tracker" in medians else "failed"]
    for who in ("on", "off"):
        cells.append(f"{medians[who]:.1f}" if who in medians else "failed")
        cells.append(f"{medians['tracker'] / medians[who]:.2f}" if {"tracker", who} <= medians.keys() else "")
    return tuple(cells)


def _csvs(found: Sequence[Csv]) -> Iterable[tuple[str, ...]]:
    for one in sorted(found, key=lambda one: TABLES.index(one.table)):
        ratio = _ratio(one, found)
        yield (
            f"{one.table}, {one.who}",
            f"{one.seconds:.1f}",
            f"{one.cpu:.1f}",
            f"{one.mebibytes:.0f}",
            f"{one.rows:,}",
            f"{ratio:.1f}" if ratio and one.whole else "",
            "yes" if one.whole else "no",
        )


def _csv_targets(found: Sequence[Csv]) -> Iterable[tuple[str, ...]]:
    for one in found:
        if one.who == "tracker":
            ratio = _ratio(one, found)
            said = "not whole" if not one.whole else f"{ratio:.1f}" if ratio else "no sqlite3 here"
            met = "" if ratio is None else "yes" if one.whole and ratio <= CSV_LIMIT else "no"
            yield f"CSV of {one.table}: s / sqlite3 -csv", said, f"<= {CSV_LIMIT:.0f}", met
            flat = "yes" if one.mebibytes <= FLAT else "no"
            yield f"CSV of {one.table}: MiB more", f"{one.mebibytes:.0f}", f"<= {FLAT:.0f}", flat


def _ratio(one: Csv, found: Sequence[Csv]) -> float | None:
    shell = next((other for other in found if other.who.startswith("sqlite3") and other.table == one.table), None)
    return one.seconds / shell.seconds if shell else None
