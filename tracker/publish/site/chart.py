"""Draws coverage per week as SVG that needs no style, script or font of its own; the only module that knows pygal.

Colours, line widths and type come from static/site.css by the classes that pygal gives, so the chart follows the
page into dark mode and passes a Content-Security-Policy without inline style.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

from tracker.publish.site import words
from tracker.publish.site.data.weekly import WeekCount

_SVG = "{http://www.w3.org/2000/svg}"
_SERIES = ("both", "encryption", "child safety", "not observed")
# Importing pygal hooks an import finder of an outdated kind into the process, for plugins that we do not use; every
# later import that fails, as of an optional module, would pass it and end in an ImportWarning.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")

_NUMBERS = ("x", "y", "width", "height")
_LONG = 60
"""From this many weeks on the labels are years."""


@lru_cache(maxsize=16)
def weeks_svg(counts: tuple[WeekCount, ...], *, width: int, height: int, name: str) -> Markup:
    """The chart as an <svg> element whose ids begin with `name`; kept until the counts change."""
    top, step = _scale(max((count.total for count in counts if count.observed), default=0))
    drawn = _draw(counts, top, step, (width, height))
    root = ElementTree.fromstring(drawn)  # noqa: S314  our own text, not a feed's
    _strip(root)
    _name(root, name, counts)
    _titles(root, counts)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  serialised, so escaped


def sentence(counts: Sequence[WeekCount]) -> str:
    """What the chart shows, in words."""
    seen = [count for count in counts if count.observed]
    total, blind = sum(count.total for count in seen), len(counts) - len(seen)
    text = f"{words.counted(total, 'article')} in {words.counted(len(seen), 'week')} that we watched"
    if total:
        peak = max(seen, key=lambda count: count.total)
        text += f"; most, {words.number(peak.total)}, in the week of {words.day(peak.week.monday)}"
    return text + (f". In {words.counted(blind, 'week')} most feeds were not seen: grey, not zero." if blind else ".")


def week_title(count: WeekCount) -> str:
    """One week in words: its days and its numbers, or that nobody looked."""
    days = f"{words.short_day(count.week.monday)} to {words.day(count.week.sunday)}"
    if not count.observed:
        return f"{days}: not observed"
    return f"{days}: {count.both} both, {count.encryption} encryption only, {count.child_safety} child safety only"


def _draw(counts: Sequence[WeekCount], top: int, step: int, size: tuple[int, int]) -> str:
    labels, major = _labels(counts, narrow=size[0] < 600)
    chart: Any = pygal.StackedBar(
        width=size[0], height=size[1], margin=4, spacing=6, range=(0, top), show_legend=False, js=[], css=[],
        no_prefix=True, disable_xml_declaration=True, print_values=False, show_minor_x_labels=False, truncate_label=-1,
    )  # fmt: skip
    chart.x_labels, chart.x_labels_major = labels, major
    chart.y_labels = list(range(0, top + 1, step))
    for series in _values(counts, top):
        chart.add("", series)
    return str(chart.render(is_unicode=True))


def _values(counts: Sequence[WeekCount], top: int) -> Iterator[list[int]]:
    """The four series; a week that was not observed is a bar of full height in the last and nothing else."""
    for name in ("both", "encryption", "child_safety"):
        yield [getattr(count, name) if count.observed else 0 for count in counts]
    yield [0 if count.observed else top for count in counts]


def _labels(counts: Sequence[WeekCount], *, narrow: bool) -> tuple[list[str], list[str]]:
    """A label for each week, all different, and those to be written: every fourth Monday, or each new year."""
    mondays = [count.week.monday for count in counts]
    if len(mondays) > _LONG:
        years = {monday.year: number for number, monday in reversed(list(enumerate(mondays))) if monday.month == 1}
        named = {number: str(year) for year, number in years.items()}
    else:
        every = 6 if narrow else 4
        named = {number: words.short_day(mondays[number]) for number in range(1, len(mondays) - 1, every)}
    return [named.get(number, str(monday)) for number, monday in enumerate(mondays)], list(named.values())


def _scale(most: int) -> tuple[int, int]:
    """The top of the axis and the distance of its lines: at most five lines, all at round whole numbers."""
    steps = (base * 10**power for power in range(7) for base in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= most)
    return max(-(-most // step), 1) * step, step


def _strip(root: ElementTree.Element) -> None:
    """Nothing is left that a policy without inline style and script would refuse, nor pygal's notes for its script."""
    for parent in list(root.iter()):
        parent.attrib.update({key: value for key in _NUMBERS if (value := _short(parent.get(key)))})
        for attribute in ("style", "rx", "ry"):
            parent.attrib.pop(attribute, None)
        for child in list(parent):
            empty_bar = child.get("class") == "bar" and _height(child) == 0
            overlay = "overlay" in (child.get("class") or "")
            if child.tag in {_SVG + "defs", _SVG + "title", _SVG + "desc"} or overlay or empty_bar:
                parent.remove(child)


def _short(number: str | None) -> str | None:
    """Tenths of a unit are finer than anybody sees; pygal writes thirteen digits more."""
    return f"{float(number):.1f}" if number else None


def _height(bar: ElementTree.Element) -> float:
    return float(bar[0].get("height", "0"))


def _titles(root: ElementTree.Element, counts: Sequence[WeekCount]) -> None:
    """Every bar says its week and numbers when it is pointed at; which week follows from where it stands."""
    plot = next(node for node in root.iter(_SVG + "g") if node.get("class") == "plot")
    wide = float(plot[0].get("width", "1"))
    for bar in [node for node in plot.iter(_SVG + "rect") if "rect" in (node.get("class") or "")]:
        middle = float(bar.get("x", "0")) + float(bar.get("width", "0")) / 2
        title = ElementTree.SubElement(bar, _SVG + "title")
        title.text = week_title(counts[min(int(middle / wide * len(counts)), len(counts) - 1)])


def _name(root: ElementTree.Element, name: str, counts: Sequence[WeekCount]) -> None:
    """The chart is one image to a screen reader, with a name and a description."""
    root.attrib.update({"id": name, "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    for place, (tag, text) in enumerate((("title", "Relevant articles per week"), ("desc", sentence(counts)))):
        node = ElementTree.Element(_SVG + tag, {"id": f"{name}-{tag}"})
        node.text = text
        root.insert(place, node)
