"""Every kind of page over the demo's database in chromium: at phone and desk width, in light and dark, with the
keyboard, without JavaScript, on paper, and under axe."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import axe, site_pages
from tests import site_database as stored
from tests.browser import Visit, chromium, needs_chromium
from tests.replays import Replay

pytestmark = [needs_chromium, pytest.mark.slow]

PHONE, DESK = 390, 1280
PAPER = 718
"""A4 between margins of 1 cm, in CSS pixels."""

_TOO_WIDE = """() => {
  const shut = [...document.querySelectorAll("details:not([open])")], tooWide = []
  const measure = state => document.documentElement.scrollWidth > innerWidth && tooWide.push(state)
  measure("as it comes")
  shut.forEach(details => details.open = true)
  measure("unfolded")
  shut.forEach(details => details.open = false)
  return tooWide
}"""
"""In which of its two states the page is wider than the window."""

_OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"

_THIN_OUT = """document.querySelectorAll("tbody tr:nth-child(n+6), main li:nth-child(n+9)")
  .forEach(element => element.remove())"""
"""Leaves the first rows of tables and lists; the others look and behave like them, and take most of the time."""

_CLICKABLE = """[...document.querySelectorAll("nav, form, .skip")].filter(element => element.checkVisibility())
  .map(element => element.outerHTML.slice(0, 100))"""

_CUT = """[...document.querySelectorAll("main *")].filter(element => {
  const style = getComputedStyle(element)
  return element.checkVisibility() && !element.closest(".unseen, svg")
    && (style.overflowX != "visible" && element.scrollWidth > element.clientWidth + 1
        || style.overflowY != "visible" && element.scrollHeight > element.clientHeight + 1)
}).map(element => element.outerHTML.slice(0, 100))"""
"""Elements that show less than they hold."""

_PALE = """[...document.querySelectorAll("header *, main *, footer *")].filter(element =>
  [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim())
  && element.checkVisibility() && !element.closest(".unseen, svg")
).filter(element => {
  const [red, green, blue] = getComputedStyle(element).color.match(/[\\d.]+/g).map(Number)
  return red + green + blue > 400
}).map(element => element.outerHTML.slice(0, 100))"""
"""Words in a colour too light for paper."""

_SCRIPTS = """[...document.querySelectorAll("*")].filter(element =>
  ["script", "noscript", "iframe", "object", "embed", "base"].includes(element.localName)
  || [...element.attributes].some(attribute => attribute.name.startsWith("on"))
).map(element => element.outerHTML.slice(0, 100))"""

_SAYS_WHAT_IT_IS = """() => document.querySelector("main h1").checkVisibility({visibilityProperty: true})
  && document.querySelector("main").innerText.length > 40"""

_LISTEN = """() => {
  const stops = [...document.querySelectorAll(
    "a[href]:not([tabindex='-1']), button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter(element => element.checkVisibility({visibilityProperty: true}))
  window.reached = []
  window.wrong = []
  document.addEventListener("focusin", event => {
    const element = event.target, style = getComputedStyle(element), box = element.getBoundingClientRect()
    const name = element.outerHTML.slice(0, 120)
    window.reached.push(stops.indexOf(element))
    if (style.outlineStyle != "solid" || parseFloat(style.outlineWidth) < 2) window.wrong.push("no outline: " + name)
    if (box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0
        || box.left >= innerWidth) window.wrong.push("out of sight: " + name)
  })
  stops[0].focus()
  return stops.length
}"""
"""Goes to the first stop; notes from then on where the focus goes, by the place of each stop in the document, and
what is wrong with how it is shown."""


@pytest.fixture(scope="module")
def paths(replayed: Replay) -> dict[str, str]:
    return site_pages.addresses(replayed.database)


@pytest.fixture(scope="module")
def address(replayed: Replay) -> Iterator[str]:
    yield from stored.serve(replayed.database, demo=True, sql=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Visit:
    return Visit(browser, address)


@pytest.fixture(scope="module")
def script() -> str:
    return axe.source()


def look(page: Page, width: int, scheme: str, media: str = "screen") -> None:
    """From now on the page is shown so."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media, color_scheme=scheme)


@dataclass
class Findings:
    """What one visit of a page found, by check."""

    status: int
    too_wide: list[tuple[int, str]] = field(default_factory=list)
    says_what_it_is: bool = False
    scripts: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    axe: list[dict[str, Any]] = field(default_factory=list)
    paper: list[object] = field(default_factory=list)


@pytest.fixture(scope="module")
def findings(window: Visit, paths: dict[str, str], script: str) -> dict[str, Findings]:
    """Each kind of page, loaded once and looked at in every way."""
    return {kind: visited(window, kind, path, script) for kind, path in paths.items()}


def visited(window: Visit, kind: str, path: str, script: str) -> Findings:
    """Two looks have every colour and every layout: colours follow the scheme, places the width."""
    page = window.page
    window.heard()  # what axe made the page before say
    found = Findings(window.goto(path).status)
    for width, scheme in ((DESK, "light"), (PHONE, "dark")):
        look(page, width, scheme)
        found.too_wide += [(width, state) for state in page.evaluate(_TOO_WIDE)]
    found.says_what_it_is, found.scripts = page.evaluate(_SAYS_WHAT_IT_IS), page.evaluate(_SCRIPTS)
    found.heard = window.heard()
    page.evaluate(_OPEN_ALL)
    look(page, PAPER, "dark", "print")
    found.paper = [wrong for check in (_CLICKABLE, _CUT, _PALE) for wrong in page.evaluate(check)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.paper.append("wider than the paper")
    if page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)":
        found.paper.append("not on white")
    page.evaluate(_THIN_OUT)
    if kind not in site_pages.ALIKE:
        look(page, PHONE, "dark")
        found.axe += axe.violations(page, script, axe.OF_THE_LOOK)
    look(page, DESK, "light")
    found.axe += axe.violations(page, script)
    return found


def test_every_page_answers_as_it_should(findings: dict[str, Findings]) -> None:
    odd = {"not found": 404, "refused": 403, "mistake in SQL": 400}
    assert {kind: found.status for kind, found in findings.items()} == {kind: odd.get(kind, 200) for kind in findings}


def test_every_page_fits_the_window_on_a_phone_and_a_desk(findings: dict[str, Findings]) -> None:
    assert {kind: found.too_wide for kind, found in findings.items() if found.too_wide} == {}


def test_no_page_says_anything_on_the_console_or_asks_another_host(findings: dict[str, Findings]) -> None:
    assert {kind: found.heard for kind, found in findings.items() if found.heard} == {}


def test_axe_finds_nothing_wrong_on_any_page(findings: dict[str, Findings]) -> None:
    assert {kind: found.axe for kind, found in findings.items() if found.axe} == {}


def test_on_paper_nothing_is_cut_and_what_can_only_be_clicked_is_left_out(findings: dict[str, Findings]) -> None:
    assert {kind: found.paper for kind, found in findings.items() if found.paper} == {}


def test_every_page_needs_no_javascript_because_it_has_none(findings: dict[str, Findings]) -> None:
    assert {kind: found.scripts for kind, found in findings.items() if found.scripts} == {}
    assert [kind for kind, found in findings.items() if not found.says_what_it_is] == []


@pytest.mark.parametrize("kind", [kind for kind in site_pages.PAGES if kind not in site_pages.ALIKE])
def test_the_keyboard_reaches_everything_in_its_order_and_its_place_can_be_seen(window, paths, kind):
    page = window.page
    look(page, DESK, "light")
    window.goto(paths[kind])
    page.evaluate(_THIN_OUT)
    _skip(page)
    for summary in page.locator("summary").all():
        was = summary.evaluate("summary => summary.parentElement.open")
        summary.press("Enter")
        assert summary.evaluate("summary => summary.parentElement.open") is not was
        if was:
            summary.press("Enter")
    stops = page.evaluate(_LISTEN)
    for _ in range(1, stops):  # as if it were held
        page.keyboard.down("Tab")
    for _ in range(3 * page.locator("input[type=date], input[type=week]").count()):  # day, month and year are stops
        if page.evaluate("reached.at(-1)") == stops - 1:
            break
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    assert page.evaluate("reached") == list(range(stops))
    assert page.evaluate("wrong") == []


def _skip(page: Page) -> None:
    """The first stop skips what is on every page."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash + document.activeElement.id") == "#mainmain"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') != null")
