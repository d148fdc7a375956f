"""Five jobs by clicking only, counted: as many clicks as docs/guide.md says."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored

GUIDE = (Path(__file__).parent.parent / "docs" / "guide.md").read_text(encoding="utf-8")
JOBS = {job: int(clicks) for job, clicks in re.findall(r"^\| ([^|]+) \| (\d) \| ", GUIDE, re.MULTILINE)}

_LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("clicks") / "tracker.db"
    stored.build(path)
    yield from stored.serve(path)


class Visitor:
    """Somebody who begins at the overview and only clicks links by their words."""

    def __init__(self, address: str) -> None:
        self._address, self.clicks = address, 0
        self.page = self._get("/")

    def click(self, name: str) -> "Visitor":
        """Follow the first link of this name, or else that begins with it."""
        links = [(words, href.replace("&amp;", "&")) for href, words in _LINK.findall(self.page)]
        named = [(" ".join(re.sub(r"<[^>]+>", " ", words).split()), href) for words, href in links]
        found = [href for words, href in named if words == name] or [
            href for words, href in named if words.startswith(name)
        ]
        assert found, f"no link is called {name}"
        self.page = self._get(found[0])
        self.clicks += 1
        return self

    def _get(self, path: str) -> str:
        answer = httpx.get(self._address + path)
        assert answer.status_code == 200, path
        return answer.text


def test_the_week_of_an_analyst_as_text_and_as_csv(address: str) -> None:
    text, table = Visitor(address).click("The week"), Visitor(address).click("The week")
    assert "· Weekly digest\nWeek 11: 9 to 15 Mar 2026\n" in text.click("Text to copy").page
    rows = list(csv.DictReader(io.StringIO(table.click("CSV of the articles").page)))
    assert len(rows) == 6
    assert text.clicks == table.clicks == JOBS["The week as text and as CSV"]


def test_who_was_first_and_whether_the_headline_was_changed(address: str) -> None:
    visitor = Visitor(address).click("Stories").click("Charities ask ministers to hold back encrypted messages")
    assert "First to publish: <strong><bdi>Safe Start Alliance</bdi></strong>" in visitor.page
    assert "<del>" in visitor.click("All versions").page
    assert visitor.clicks == JOBS["Who was first, and was the headline changed?"]


def test_the_share_of_a_theme_by_country_and_month_with_denominators_and_citation(address: str) -> None:
    visitor = Visitor(address).click("Tags").click("Client-side scanning").click("By country and kind")
    assert "As of 20 Mar 2026, 11:40 (Europe/London)." in visitor.page
    rows = list(csv.DictReader(io.StringIO(visitor.click("CSV by month, country and kind").page)))
    assert {"month", "country", "articles", "all_articles", "share"} <= {*rows[0]}
    assert any(row["share"] for row in rows)
    [clicks] = [clicks for job, clicks in JOBS.items() if job.startswith("The share of client-side scanning")]
    assert visitor.clicks == clicks


def test_what_rises_stands_on_the_overview_and_what_is_broken_a_click_away(address: str) -> None:
    visitor = Visitor(address)
    assert 'id="rising">Rising now</h2>' in visitor.page
    assert visitor.clicks == JOBS["What is rising?"]
    assert "2 of 6 feeds cannot be read." in visitor.click("Feed health").page
    assert visitor.clicks == JOBS["Is anything broken?"]
