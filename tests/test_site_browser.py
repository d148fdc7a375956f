"""The site as a visitor's eyes see it: Debian's chromium, driven by Playwright."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import axe
from tests import site_database as stored
from tests.browser import Visit, chromium, needs_chromium

PAGES = ["/", "/health", "/tracker/coverage", "/tracker/coverage?_search=NSPCC%27s", "/stories?week=2026-W06",
         "/stories?topic=all", "/story/103", "/article/104", "/article/109", "/article/110",
         "/headlines?kind=all&topic=all", "/tracker/headline_changes", "/tracker/feed_health", "/tracker/articles",
         "/tracker/articles/104", "/search?q=encryption+OR+document", "/tag/encryption", "/source/harbour",
         "/source/sabah", "/compare?item=encryption&item=harbour"]  # fmt: skip
"""Pages that show the odd texts, or a week that was not observed."""

ODD = ["/", "/health", "/story/103", "/article/104", "/article/110", "/stories?week=2026-W06",
       "/headlines?kind=all&topic=all", "/tag/encryption", "/tracker/gaps"]  # fmt: skip

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("browser") / "site.db"
    stored.build(path)
    yield from stored.serve(path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_pages_fit_the_window_say_nothing_on_the_console_and_ask_no_other_host(browser, address):
    visit = Visit(browser, address)
    for path in PAGES:
        visit.goto(path)
        for width, scheme in ((390, "dark"), (1280, "light")):  # a scheme changes no place, only colours
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.emulate_media(color_scheme=scheme)
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width, scheme)
            assert visit.page.evaluate("document.body.clientWidth == document.documentElement.clientWidth"), path
        assert "owned" not in visit.page.title()
    assert visit.heard() == []
    visit.close()


def test_on_a_phone_the_address_of_a_feed_has_the_width_of_the_page(browser, address):
    visit = Visit(browser, address, viewport={"width": 390, "height": 900})
    visit.goto("/article/1")
    cell = visit.page.get_by_role("region", name="Sightings").locator("td").first
    assert cell.bounding_box()["width"] > 300
    visit.close()


def test_axe_finds_nothing_wrong_where_weeks_were_not_seen_and_texts_are_odd(browser, address):
    script = axe.source()
    visit = Visit(browser, address, viewport={"width": 1280, "height": 900})
    for path in ODD:
        visit.goto(path)
        visit.page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert axe.violations(visit.page, script) == [], path
    visit.close()


def test_a_visitor_without_javascript_finds_an_article_by_search_and_by_tag(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(address)
    visit.page.get_by_label("Search articles").fill("end-to-end")
    visit.page.get_by_role("button", name="Search").click()
    assert visit.page.get_by_text("NSPCC's chief asks Meta to pause").first.is_visible()
    assert visit.page.locator("table.results tbody tr").count() > 3
    visit.page.goto(address)
    visit.page.get_by_role("link", name="NSPCC", exact=True).first.click()
    assert visit.page.url == f"{address}/tag/nspcc"
    visit.page.get_by_role("link", name="All articles with this tag").click()
    assert "tags contains" in visit.page.locator(".found").inner_text()
    assert visit.heard() == []
    visit.close()


def test_a_filter_is_applied_without_javascript(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(f"{address}/tracker/coverage")
    visit.page.locator("select[name=_filter_column]").select_option("language")
    visit.page.locator("input[name=_filter_value]").fill("ar")
    visit.page.get_by_role("button", name="Apply").click()
    assert visit.page.locator("table.coverage tbody tr").count() == 2
    visit.close()


def test_the_grey_week_is_drawn_in_the_colour_of_its_key(browser, address):
    visit = Visit(browser, address)
    visit.page.goto(address)
    grey = visit.page.locator(".wide rect.unseen-time")
    assert grey.count() == 1
    fill = grey.evaluate("bar => getComputedStyle(bar).fill")
    assert fill == visit.page.evaluate(
        "getComputedStyle(document.querySelector('.key-unobserved'), '::before').backgroundColor"
    )
    assert visit.page.locator(".wide rect.s0").count() > 20
    visit.close()


def test_the_keyboard_reaches_the_skip_link_first_and_focus_can_be_seen(browser, address):
    visit = Visit(browser, address)
    visit.page.goto(address)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("location.hash") == "#main"
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visit.close()
