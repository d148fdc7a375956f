"""Draw column charts as SVG without inline style, script or font; the only module that imports pygal.

Colours, line widths and type come from static/site.css through pygal's classes, so a chart follows dark mode and passes
a Content-Security-Policy without inline style.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import pygal
import pygal.view
from markupsafe import Markup

from tracker.publish.formatting import number

_SVG = "{http://www.w3.org/2000/svg}"
# Importing pygal installs an outdated import finder for plugins that we do not use; every later failing import, such as
# that of an optional module, would pass through it and raise an ImportWarning.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")

_SIDE = pygal.view.Box.margin
"""Empty margin that pygal leaves on either side of the columns, as a share of their width."""

_SPARK = 20
"""Height of a sparkline, in its own units."""

_NUMBERS = ("x", "y", "width", "height")
_NOTHING = "0.0"
"""A zero height as `_short` writes it."""


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column: a value per series, bottom first.

    `label` is the axis label, usually empty. An unobserved column is grey and full height; one whose period is not over
    is faint.
    """

    key: str
    label: str
    tooltip: str
    values: tuple[float, ...]
    observed: bool = True
    is_over: bool = True

    @property
    def height(self) -> float:
        """The sum of all values; 0 if not observed."""
        return sum(self.values) if self.observed else 0.0


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

    @property
    def series(self) -> int:
        """Number of values per column."""
        return len(self.columns[0].values) if self.columns else 1


def svg(chart: Chart, *, width: int, height: int, name: str) -> Markup:
    """Return the chart as an <svg> element whose ids begin with `name`.

    Series have the classes serie-0, serie-1 and so on, unobserved columns the next one; the element has the class
    series-N for N series.
    """
    return _svg(chart, width, height, name)


def sparkline(counts: Sequence[int | None]) -> Markup:
    """Return a small column chart without axes or words, the last column marked; None is not observed, and grey."""
    top = max([1, *(count for count in counts if count)])
    bars = []
    for place, count in enumerate(counts):
        height = _SPARK if count is None else max(round(_SPARK * count / top), 1)
        kind = "unobserved" if count is None else "now" if place == len(counts) - 1 else "was"
        bars.append(f'<rect class="{kind}" x="{6 * place}" y="{_SPARK - height}" width="5" height="{height}"/>')
    box = f"0 0 {6 * len(counts) - 1} {_SPARK}"
    return Markup(f'<svg class="spark" viewBox="{box}" aria-hidden="true">{"".join(bars)}</svg>')  # noqa: S704  numbers


@lru_cache(maxsize=64)
def _svg(chart: Chart, width: int, height: int, name: str) -> Markup:
    """Render the chart; cached until its columns change."""
    top, step = _scale(max([chart.top, *(column.height for column in chart.columns)]), share=chart.share)
    root = ElementTree.fromstring(_draw(chart, top, step, (width, height)))  # noqa: S314  our own text, not a feed's
    _strip(root)
    root.set("class", f"{root.get('class', '')} series-{chart.series}")
    root.attrib.update({"id": name, "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    for place, (tag, text) in enumerate((("title", chart.title), ("desc", chart.summary))):
        node = ElementTree.Element(_SVG + tag, {"id": f"{name}-{tag}"})
        node.text = text
        root.insert(place, node)
    _titles(root, chart.columns)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  serialised, so escaped


def _draw(chart: Chart, top: float, step: float, size: tuple[int, int]) -> str:
    labels = [column.label or column.key for column in chart.columns]
    drawn: Any = pygal.StackedBar(
        width=size[0], height=size[1], margin=4, spacing=6, range=(0, top), show_legend=False, js=[], css=[],
        no_prefix=True, disable_xml_declaration=True, print_values=False, show_minor_x_labels=False, truncate_label=-1,
    )  # fmt: skip
    drawn.x_labels, drawn.x_labels_major = labels, [column.label for column in chart.columns if column.label]
    drawn.y_labels = [
        {"value": step * line, "label": _written(step * line, chart)} for line in range(round(top / step) + 1)
    ]
    for series in range(chart.series):
        drawn.add("", [(column.values[series] or None) if column.observed else None for column in chart.columns])
    drawn.add("", [None if column.observed else top for column in chart.columns])
    return str(drawn.render(is_unicode=True))


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


def _strip(root: ElementTree.Element) -> None:
    """Remove what a policy without inline style and script would refuse, and pygal's notes for its script."""
    for parent in list(root.iter()):
        parent.attrib.update({key: value for key in _NUMBERS if (value := _short(parent.get(key)))})
        for attribute in ("style", "rx", "ry"):
            parent.attrib.pop(attribute, None)
        for child in list(parent):
            overlay = "overlay" in (child.get("class") or "")
            if child.tag in {_SVG + "defs", _SVG + "title", _SVG + "desc"} or overlay or _flat(child):
                parent.remove(child)


def _flat(node: ElementTree.Element) -> bool:
    """Return whether the node is a zero-height bar, which pygal draws for missing values."""
    return node.get("class") == "bar" and all(float(rect.get("height", "0")) == 0 for rect in node.iter(_SVG + "rect"))


def _short(text: str | None) -> str | None:
    """Round to a tenth of a unit, finer than the eye can see; pygal writes thirteen more digits."""
    return f"{float(text):.1f}" if text else None


def _titles(root: ElementTree.Element, columns: Sequence[ChartColumn]) -> None:
    """Give every bar its column's tooltip, finding the column by position.

    Bars of a period that is not over also get the class so-far. Zero-height bars, which pygal draws for None, are
    removed: they are invisible and made up most of a chart's bytes.
    """
    plot = next(node for node in root.iter(_SVG + "g") if node.get("class") == "plot")
    wide = float(plot[0].get("width", "1"))
    for group in list(plot.iter(_SVG + "g")):
        for bar in [node for node in group if "rect" in (node.get("class") or "")]:
            if bar.get("height") == _NOTHING:
                group.remove(bar)
                continue
            middle = float(bar.get("x", "0")) + float(bar.get("width", "0")) / 2
            place = middle / wide * (1 + 2 * _SIDE) - _SIDE
            column = columns[min(int(place * len(columns)), len(columns) - 1)]
            ElementTree.SubElement(bar, _SVG + "title").text = column.tooltip
            if column.observed and not column.is_over:
                bar.set("class", f"{bar.get('class')} so-far")
