"""Draws columns over time as SVG that needs no style, script or font of its own; the only module that knows pygal.

Colours, line widths and type come from static/site.css by the classes that pygal gives, so a chart follows the page
into dark mode and passes a Content-Security-Policy without inline style.
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

from tracker.publish.labels import number

_SVG = "{http://www.w3.org/2000/svg}"
# Importing pygal hooks an import finder of an outdated kind into the process, for plugins that we do not use; every
# later import that fails, as of an optional module, would pass it and end in an ImportWarning.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")

_SIDE = pygal.view.Box.margin
"""What pygal leaves empty on either side of the columns, as a share of their width."""

_NUMBERS = ("x", "y", "width", "height")
_NOTHING = "0.0"
"""How a height of nothing is written."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a value for each series, from the bottom, and what it says when it is pointed at.

    `label` stands below it, empty for most. A column that was not observed is grey and of full height; one that is not
    over yet is faint.
    """

    key: str
    label: str
    says: str
    values: tuple[float, ...]
    observed: bool = True
    is_over: bool = True

    @property
    def height(self) -> float:
        """All values together, where anybody looked."""
        return sum(self.values) if self.observed else 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns with a title and a sentence that says what they show; `share` where values are shares of 1.

    `top` is what the axis must reach, for charts that are compared; it reaches the highest column in any case.
    """

    title: str
    says: str
    columns: tuple[Column, ...]
    share: bool = False
    top: float = 0.0

    @property
    def series(self) -> int:
        """How many values a column has."""
        return len(self.columns[0].values) if self.columns else 1


def svg(chart: Chart, *, width: int, height: int, name: str) -> Markup:
    """The chart as an <svg> element whose ids begin with `name`.

    The series have the classes serie-0, serie-1 and so on, what was not observed the one after them; the element has
    the class series-N for N series.
    """
    return _svg(chart, width, height, name)


@lru_cache(maxsize=64)
def _svg(chart: Chart, width: int, height: int, name: str) -> Markup:
    """Kept until the columns change."""
    top, step = _scale(max([chart.top, *(column.height for column in chart.columns)]), share=chart.share)
    root = ElementTree.fromstring(_draw(chart, top, step, (width, height)))  # noqa: S314  our own text, not a feed's
    _strip(root)
    root.set("class", f"{root.get('class', '')} series-{chart.series}")
    root.attrib.update({"id": name, "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    for place, (tag, text) in enumerate((("title", chart.title), ("desc", chart.says))):
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
    return f"{100 * value:.6g} %" if chart.share else number(round(value))


def _scale(most: float, *, share: bool) -> tuple[float, float]:
    """The top of the axis and the distance of its lines: at most five lines, at round numbers, whole for counts.

    Counts reach 4 at least, so that a single article is no bar of full height.
    """
    most = most if share else max(most, 4)
    steps = (base * 10.0**power for power in range(-6 if share else 0, 7) for base in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= most)
    return max(-(-most // step), 1) * step, step


def _strip(root: ElementTree.Element) -> None:
    """Nothing is left that a policy without inline style and script would refuse, nor pygal's notes for its script."""
    for parent in list(root.iter()):
        parent.attrib.update({key: value for key in _NUMBERS if (value := _short(parent.get(key)))})
        for attribute in ("style", "rx", "ry"):
            parent.attrib.pop(attribute, None)
        for child in list(parent):
            overlay = "overlay" in (child.get("class") or "")
            if child.tag in {_SVG + "defs", _SVG + "title", _SVG + "desc"} or overlay or _flat(child):
                parent.remove(child)


def _flat(node: ElementTree.Element) -> bool:
    """Whether it is a bar without height, which pygal draws where there is nothing to draw."""
    return node.get("class") == "bar" and all(float(rect.get("height", "0")) == 0 for rect in node.iter(_SVG + "rect"))


def _short(text: str | None) -> str | None:
    """Tenths of a unit are finer than anybody sees; pygal writes thirteen digits more."""
    return f"{float(text):.1f}" if text else None


def _titles(root: ElementTree.Element, columns: Sequence[Column]) -> None:
    """Every bar says its column in words when it is pointed at; which column follows from where it stands.

    One of a column that is not over has the class so-far too. Those of no height, which pygal draws for None, are
    taken out: nobody sees them, and they were most of a chart's bytes.
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
            ElementTree.SubElement(bar, _SVG + "title").text = column.says
            if column.observed and not column.is_over:
                bar.set("class", f"{bar.get('class')} so-far")
