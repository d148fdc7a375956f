"""The site as a visitor's eyes see it: Debian's chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import site_database as stored

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = ["/", "/health", "/tracker", "/tracker/coverage", "/tracker/coverage?_search=NSPCC%27s", "/article/1",
         "/stories", "/stories?topic=all", "/stories?week=2026-W06", "/stories?week=2026-W09", "/story/103",
         "/article/104", "/article/109", "/article/110", "/headlines", "/headlines?kind=all&topic=all",
         "/headlines?kind=trivial&topic=both",
         "/tracker/headline_changes", "/tracker/feed_health", "/tracker/continuity", "/tracker/politeness",
         "/tracker/gaps", "/tracker/articles", "/tracker/articles/1", "/search", "/search?q=encryption+OR+document",
         "/search?q=encryption+source:nobody"]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("browser") / "site.db"
    stored.build(path)
    yield from stored.serve(path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page, and what it said on the console and asked for elsewhere."""

    def __init__(self, browser: Browser, address: str, **context: object) -> None:
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: asked.url.startswith(address) or self.elsewhere.append(asked.url))
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_window_say_nothing_on_the_console_and_ask_no_other_host(browser, address, width, scheme):
    visit = Visit(browser, address, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in PAGES:
        visit.page.goto(address + path)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert "owned" not in visit.page.title()
    assert visit.errors == []
    assert visit.elsewhere == []
    visit.context.close()


def test_a_visitor_without_javascript_finds_an_article_by_search_and_by_tag(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(address)
    visit.page.get_by_label("Search articles").fill("end-to-end")
    visit.page.get_by_role("button", name="Search").click()
    assert visit.page.get_by_text("NSPCC's chief asks Meta to pause").first.is_visible()
    assert visit.page.locator("table.results tbody tr").count() > 3
    visit.page.goto(address)
    visit.page.get_by_role("link", name="NSPCC", exact=True).first.click()
    assert visit.page.url.endswith("/tag/nspcc")
    visit.page.get_by_role("link", name="All articles with this tag").click()
    assert "tags contains" in visit.page.locator(".found").inner_text()
    assert visit.errors == []
    visit.context.close()


def test_a_filter_is_applied_without_javascript(browser, address):
    visit = Visit(browser, address, java_script_enabled=False)
    visit.page.goto(f"{address}/tracker/coverage")
    visit.page.locator("select[name=_filter_column]").select_option("language")
    visit.page.locator("input[name=_filter_value]").fill("ar")
    visit.page.get_by_role("button", name="Apply").click()
    assert visit.page.locator("table.coverage tbody tr").count() == 2
    visit.context.close()


def test_the_grey_week_is_drawn_in_the_colour_of_its_key(browser, address):
    visit = Visit(browser, address)
    visit.page.goto(address)
    grey = visit.page.locator(".wide .serie-3 rect")
    assert grey.count() == 1
    fill = grey.evaluate("bar => getComputedStyle(bar).fill")
    assert fill == visit.page.evaluate(
        "getComputedStyle(document.querySelector('.key-unobserved'), '::before').backgroundColor"
    )
    assert visit.page.locator(".wide .serie-0 rect").count() > 20
    visit.context.close()


def test_the_keyboard_reaches_the_skip_link_first_and_focus_can_be_seen(browser, address):
    visit = Visit(browser, address)
    visit.page.goto(address)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("location.hash") == "#main"
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visit.context.close()
