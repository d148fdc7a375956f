"""Draw column charts as SVG without inline style, script or font.

Colours, line widths and type come from static/site.css, so a chart follows dark mode and passes a
Content-Security-Policy without inline style.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from tracker.publish.formatting import number

_BOTTOM: Final = 20
"""Room below the columns for the labels of the axis, in units of the drawing."""

_TOP: Final = 8
_GAP: Final = 0.22
"""The space between two columns, as a share of what a column has."""

_WIDEST: Final = 60.0
_DIGIT: Final = 7.5
_SPARK: Final = 20
"""Height of a sparkline, in its own units."""


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column: a value per series, bottom first.

    `label` is the axis label, usually empty; `link` where a click leads, None for nowhere. An unobserved column is grey
    and full height, its known values hatched. One whose period is not over, or whose share is of `few`, is faint.
    """

    key: str
    label: str
    tooltip: str
    values: tuple[float, ...]
    observed: bool = True
    is_over: bool = True
    few: bool = False
    link: str | None = None

    @property
    def height(self) -> float:
        """The sum of all values."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class ChartMark:
    """An event: where it stands, in columns from the left edge, and what happened."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns with a title and a sentence describing them; `share` if the values are shares of 1.

    `top` is the minimum top of the axis, for charts that are compared; the axis always reaches the highest column.
    """

    title: str
    summary: str
    columns: tuple[ChartColumn, ...]
    share: bool = False
    top: float = 0.0
    marks: tuple[ChartMark, ...] = ()

    @property
    def series(self) -> int:
        """Number of values per column."""
        return len(self.columns[0].values) if self.columns else 1


def svg(chart: Chart, *, width: int, height: int, name: str, plain: bool = False) -> Markup:
    """Return the chart as an <svg> element whose ids begin with `name`; a `plain` one has no links or tooltips.

    Series have the classes s0, s1 and so on; the element has the class series-N for N series.
    """
    return _svg(chart, width, height, name, plain)


def sparkline(counts: Sequence[int | None], top: int = 1, seen: Sequence[bool] = ()) -> Markup:
    """Return a small column chart without axes or words, the last column marked; grey is what was not observed.

    None is not observed and nothing known; `seen` says so of counts that are known in part. The height stands for `top`
    or, if that is more, for the largest count.
    """
    top = max([top, *(count for count in counts if count)])
    bars = []
    for place, count in enumerate(counts):
        unseen = count is None or (bool(seen) and not seen[place])
        kind = "now" if place == len(counts) - 1 else "was"
        heights = {"unobserved": _SPARK} if unseen else {}
        if count or not unseen:
            heights[kind] = max(round(_SPARK * (count or 0) / top), 1)
        for name, height in heights.items():
            bars.append(f'<rect class="{name}" x="{6 * place}" y="{_SPARK - height}" width="5" height="{height}"/>')
    box = f'viewBox="0 0 {6 * len(counts) - 1} {_SPARK}" preserveAspectRatio="none"'
    return Markup(f'<svg class="spark" {box} aria-hidden="true">{"".join(bars)}</svg>')  # noqa: S704  numbers


@lru_cache(maxsize=64)
def _svg(chart: Chart, width: int, height: int, name: str, plain: bool) -> Markup:
    """Render the chart; cached until its columns change."""
    role = "img" if plain else "group"  # what an image holds cannot be clicked
    drawn = "".join(_Drawing(chart, (width, height), name, plain=plain).parts())
    text = (
        f'<svg id="{name}" class="plot series-{chart.series}" viewBox="0 0 {width} {height}" role="{role}"'
        f' aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.summary)}</desc>{drawn}</svg>'
    )
    return Markup(text)  # noqa: S704  every text in it is escaped


class _Drawing:
    """One chart in a size: knows where each of its parts stands."""

    def __init__(self, chart: Chart, size: tuple[int, int], name: str, *, plain: bool) -> None:
        self._chart, self._plain, self._name = chart, plain, name
        self._top, self._step = _scale(max([chart.top, *(one.height for one in chart.columns)]), share=chart.share)
        self._left = 10 + _DIGIT * max(len(_written(value, chart)) for value in (self._top, self._step))
        self._base = size[1] - _BOTTOM
        self._right = size[0] - 2.0
        self._each = (self._right - self._left) / max(len(chart.columns), 1)

    def parts(self) -> Iterator[str]:
        """Yield the lines, the labels, the columns and the marks."""
        yield from self._lines()
        if any(not one.observed and one.height for one in self._chart.columns):
            yield (
                f'<pattern id="{self._name}-known" width="5" height="5" patternUnits="userSpaceOnUse" '
                'patternTransform="rotate(45)"><rect class="hatch" width="2.5" height="5"/></pattern>'
            )
        for place, column in enumerate(self._chart.columns):
            yield self._column(place, column)
        for mark in self._chart.marks:
            yield self._mark(mark)

    def _lines(self) -> Iterator[str]:
        for line in range(round(self._top / self._step) + 1):
            value = line * self._step
            y = self._y(value)
            yield f'<path class="line" d="M{self._left:.1f} {y:.1f}H{self._right:.1f}"/>'
            label = _written(value, self._chart)
            yield f'<text class="y" x="{self._left - 5:.1f}" y="{y + 4:.1f}">{label}</text>'

    def _column(self, place: int, column: ChartColumn) -> str:
        middle = self._left + self._each * (place + 0.5)
        shown = "".join(self._bars(middle, column))
        if column.label:
            shown += f'<text class="x" x="{middle:.1f}" y="{self._base + 15}">{escape(column.label)}</text>'
        if self._plain or "<rect" not in shown:
            return shown
        titled = f"<title>{escape(column.tooltip)}</title>{shown}"
        if column.link is None:
            return f"<g>{titled}</g>"
        return f'<a href="{escape(column.link)}" tabindex="-1">{titled}</a>'  # the table below has the same links

    def _bars(self, middle: float, column: ChartColumn) -> Iterator[str]:
        if not column.observed:
            yield self._rect("unseen-time", middle, self._each, (0.0, self._top))
        width = min(self._each * (1 - _GAP), _WIDEST)
        faint = " faint" if column.observed and (column.few or not column.is_over) else ""
        below = 0.0
        for series, value in enumerate(column.values):
            if value:
                yield self._rect(f"s{series}{faint}", middle, width, (below, value), hatched=not column.observed)
            below += value

    def _rect(self, kind: str, middle: float, width: float, of: tuple[float, float], *, hatched: bool = False) -> str:
        low, high = self._y(of[0]), self._y(of[0] + of[1])
        fill = f' fill="url(#{self._name}-known)"' if hatched else ""
        name = "known" if hatched else kind
        box = f'x="{middle - width / 2:.1f}" y="{high:.1f}" width="{width:.1f}" height="{low - high:.1f}"'
        return f'<rect class="{name}"{fill} {box}/>'

    def _mark(self, mark: ChartMark) -> str:
        x = self._left + self._each * mark.at
        title = "" if self._plain else f"<title>{escape(mark.words)}</title>"
        line, head = f"M{x:.1f} {self._base}V{_TOP}", f"M{x - 4:.1f} {_TOP}h8l-4 6z"
        return f'<g class="event">{title}<path d="{line}"/><path class="head" d="{head}"/></g>'

    def _y(self, value: float) -> float:
        return self._base - (self._base - _TOP) * value / self._top


def _written(value: float, chart: Chart) -> str:
    return f"{100 * value:.6g}%" if chart.share else number(round(value))


def _scale(most: float, *, share: bool) -> tuple[float, float]:
    """Return the top of the axis and the distance of its lines: at most five, at round numbers, whole for counts.

    Counts reach at least 4, so that a single article does not fill the chart.
    """
    most = most if share else max(most, 4)
    steps = (base * 10.0**power for power in range(-6 if share else 0, 7) for base in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= most)
    return max(-(-most // step), 1) * step, step
