"""The guide is true: its clicks are made on the demo, and what it quotes is read there."""

import csv
import io
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Download, Locator, Page

from tests.browser import chromium, needs_chromium
from tests.demo_site import demo
from tests.replays import Replay

GUIDE = (Path(__file__).parent.parent / "docs" / "guide.md").read_text(encoding="utf-8")

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(replayed: Replay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("guide") / "demo.db"
    with closing(sqlite3.connect(replayed.database)) as source, closing(sqlite3.connect(database)) as copy:
        source.backup(copy)
    with demo(database, replayed=True) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Reader:
    """Somebody who follows one part of the guide, without JavaScript, from the overview on.

    What is clicked must stand there in bold, what is read in quotation marks, what is typed as code.
    """

    def __init__(self, browser: Browser, address: str, part: str) -> None:
        self.context = browser.new_context(java_script_enabled=False, locale="en-GB")
        self.page: Page = self.context.new_page()
        self.page.goto(address)
        [self.text] = re.findall(rf"^## {re.escape(part)}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
        self.clicked: set[str] = set()
        self.read: set[str] = set()

    def click(self, name: str) -> None:
        self._named(name).click()

    def open(self, name: str) -> None:
        self.clicked.add(name)
        self.page.locator("summary", has_text=name).click()

    def search(self, words: str) -> None:
        assert f"`{words}`" in self.text
        self.page.get_by_label("Search articles").fill(words)
        self.page.get_by_role("search").get_by_role("button", name="Search").click()

    def sees(self, *words: str) -> None:
        shown = " ".join(self.page.locator("main").inner_text().split())
        for said in words:
            assert said in shown
            self.read.add(said)

    def downloads(self, name: str) -> list[dict[str, str]]:
        """The rows of the CSV that a link gives."""
        with self.page.expect_download() as found:
            self.click(name)
        done: Download = found.value
        return list(csv.DictReader(io.StringIO(Path(done.path()).read_text(encoding="utf-8-sig"))))

    def fetches(self, name: str) -> str:
        """The document that a link leads to."""
        href = self._named(name).get_attribute("href")
        assert href is not None
        return self.page.request.get(urljoin(self.page.url, href)).text()

    def done(self, *, not_here: tuple[str, ...] = ()) -> None:
        """Nothing that the part says was left out; `not_here` is what it quotes though the demo has it not."""
        assert set(re.findall(r"(?<!\*)\*\*([^*]+)\*\*", self.text)) == self.clicked
        assert set(re.findall(r"“([^”]+)”", self.text)) - {*not_here} == self.read
        self.context.close()

    def _named(self, name: str) -> Locator:
        self.clicked.add(name)
        exact = self.page.get_by_role("link", name=name, exact=True)
        return exact.first if exact.count() else self.page.get_by_role("link", name=name).first


def test_the_week_of_a_policy_officer_ends_in_a_story_with_its_csv_and_its_feed(browser, address):
    reader = Reader(browser, address, "1. What was written this week?")
    reader.sees("7 articles on encryption or child safety in the 7 days to 7 Apr 2026, all about both.")
    reader.sees("What we are missing")
    reader.click("The week")
    assert reader.page.locator(".tiles dd").first.inner_text() == "7"
    assert "7 articles, 2 new stories, 6 spikes." in reader.fetches("Text to copy")
    assert len(reader.downloads("CSV of the articles")) == 7
    reader.click("Stories")
    reader.sees("2 stories covered by at least two articles")
    week = reader.page.url
    reader.click("EU exception for voluntary abuse scanning expires")
    reader.sees("4 outlets, 4 owners")
    assert len(reader.downloads("CSV")) == 4
    assert reader.fetches("Atom feed").count("</entry>") == 4
    reader.page.goto(week)
    reader.click("Table of articles")
    assert "7 rows" in reader.page.locator(".found").inner_text()
    reader.done()


def test_who_said_it_first_is_shown_by_a_story_in_the_order_of_time(browser, address):
    reader = Reader(browser, address, "2. Who said it first?")
    reader.search("halt encryption plan")
    reader.sees("3 articles, best matches first.")
    reader.click("2 more in this story")
    reader.sees("14 outlets, 13 owners", "12 distinct texts", "First to publish: Northern Wire, 4 Oct 2019, 01:40.")
    reader.open("2 copies; 3 owners in all")
    assert reader.page.locator("details[open] .related li").count() == 2
    reader.sees("Who covered it, and when", "1 h 20 min", "5 h 5 min")
    when = {row.locator("th").inner_text(): row.locator("td").first.inner_text()
            for row in reader.page.locator(".lead-times tbody tr").all()}  # fmt: skip
    assert when["The Harbour Herald (harbour-media)"] == "1 h 20 min"
    assert when["Child Shield Alliance"] == "5 h 5 min"
    reader.done(not_here=("first seen", "Reprints material from …"))


def test_a_changed_headline_is_found_by_its_paper_with_all_its_versions(browser, address):
    reader = Reader(browser, address, "3. Did this paper change its headline?")
    reader.click("Sources")
    reader.click("Der Tagesbote")
    reader.sees("Changed headlines")
    reader.sees("Of its 28 newest articles, 2 (7.1%) had a headline that then said something else.")
    reader.click("All its headline changes")
    reader.sees("Substantive")
    assert reader.page.locator(".headline-list li").first.get_by_text("12 days 21 h after publication").is_visible()
    reader.sees("12 days 21 h after publication")
    reader.click("All versions")
    reader.sees("Deutschland sagt Nein zur anlasslosen Chatkontrolle", "Earlier versions")
    assert reader.page.locator("h1").inner_text() == "Deutschland sagt Nein zur anlasslosen Chatkontrolle"
    assert "Keine Zustimmung zu anlassloser" in reader.page.locator(".versions del").first.inner_text()
    reader.done()


def test_a_fall_is_told_from_days_that_were_not_seen(browser, address):
    reader = Reader(browser, address, "4. Is coverage up, or did we miss days?")
    reader.click("Tags")
    reader.click("EU CSA Regulation (chat control)")
    reader.sees(
        "78 articles in 88 observed months, 19% of the total; peak: 12 in May 2022. "
        "Current month is partial (pale bar)."
    )
    reader.click("Share of all articles")
    assert "peak: 100% in May 2022" in reader.page.locator(".summary-line").inner_text()
    reader.open("Chart data")
    reader.sees("2026-04, from 1 Apr 2026, to date")
    reader.click("Sources")
    reader.click("The Liffey Post")
    reader.sees("20 months not observed (grey, not zero).")
    reader.click("Feed health")
    reader.sees("1 of 17 feeds cannot be read.")
    reader.click("Compare")
    reader.click("Online Safety Act (UK) and EU CSA Regulation (chat control) and Kids Online Safety Act (US)")
    reader.sees("29 articles, 6.9% of the total", "78 articles, 19% of the total")
    reader.done()


def test_everything_on_a_law_in_the_german_press_is_a_csv_after_a_few_clicks(browser, address):
    reader = Reader(browser, address, "5. Everything on one law in the German press, as a file")
    reader.click("Tags")
    reader.click("EU CSA Regulation (chat control)")
    reader.click("All articles with this tag")
    reader.sees("78 rows")
    reader.open("Filter by value")
    reader.sees("country")
    reader.click("DE")
    reader.sees("17 rows")
    by_country = reader.downloads("CSV of all 17 rows")
    assert Counter(row["source"] for row in by_country) == {"Der Tagesbote": 10, "Netzkanal": 7}
    assert {*re.findall(r"`([a-z_]+)`", reader.text)} <= {*by_country[0]}
    reader.search("tag:eu-csa-regulation lang:de")
    reader.sees("17 articles, newest first.")
    by_language = reader.downloads("CSV")
    assert {row["id"] for row in by_language} == {row["id"] for row in by_country}
    reader.click("About")
    assert reader.page.get_by_role("heading", name="How to cite it").is_visible()
    reader.done()


def test_every_picture_of_the_guide_is_there():
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", GUIDE)
    assert len(pictures) == len({*pictures}) > 5
    assert [name for name in pictures if not (Path(__file__).parent.parent / "docs" / name).exists()] == []
