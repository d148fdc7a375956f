"""The digest of a day or week as a page of the site, over the small database and a real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.store.database import open_database

_LINK = re.compile(r'<a href="([^"]+)"[^>]*>(.*?)</a>')


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("digest page") / "tracker.db"
    stored.build(path)
    yield from stored.serve(path)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def page(address: str, path: str) -> str:
    answer = httpx.get(address + path)
    assert answer.status_code == 200, answer.text
    return answer.text


def linked(html: str, name: str) -> str:
    """The address behind the first link of a name."""
    return next(href.replace("&amp;", "&") for href, words in _LINK.findall(html) if text(words).strip() == name)


def test_the_week_is_one_click_from_every_page_and_says_what_is_usual(address: str) -> None:
    week = page(address, linked(page(address, "/about"), "The week"))
    assert "Week 11: 9 to 15 Mar 2026" in week, "the last whole week"
    assert re.search(r"<dt>on the debate</dt><dd>\d+</dd><dd class=.note.>usually \S+ \(last 4 weeks\)</dd>", week)


def test_its_text_its_markdown_and_the_csv_of_its_articles_are_one_click_further(address: str) -> None:
    week = page(address, "/digest/2026-W12")
    said = page(address, linked(week, "Text to copy"))
    assert "· Weekly digest\nWeek 12 so far: 16 to 20 Mar 2026\n" in said
    assert f"\n  {address}/story/" in said, "addresses are whole, so that they can be sent"
    assert page(address, linked(week, "Markdown")).startswith("# Week 12 so far")
    rows = page(address, linked(week, "CSV of the articles")).splitlines()
    [relevant] = re.findall(r"<dt>on the debate</dt><dd>(\d+)</dd>", week)
    assert len(rows) - 1 == int(relevant)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("/digest/2026-03-17", "Tuesday 17 Mar 2026", id="a day"),
        pytest.param("/digest/2026-03-20", "Friday 20 Mar 2026 so far", id="today"),
        pytest.param("/digest/2026-W12", "This week is not over", id="the week under way"),
        pytest.param("/digest/2026-W06", "Only 7.1% of this week was observed", id="a week that nobody observed"),
        pytest.param("/digest/2019-W06", "No feed was watched in this week", id="long before"),
    ],
)
def test_every_day_and_week_has_a_page_that_says_what_is_known(address: str, path: str, words: str) -> None:
    assert words in text(page(address, path))


@pytest.mark.parametrize("name", ["2026-W54", "2026-02-30", "2026-W13", "2026-03-21", "2026-W1", "W12", "2026"])
def test_what_has_not_begun_or_is_no_period_is_not_found(address: str, name: str) -> None:
    for ending in ("", ".txt", ".md"):
        assert httpx.get(f"{address}/digest/{name}{ending}").status_code == 404


def test_weeks_and_days_lead_to_their_neighbours_but_not_into_what_is_unknown(address: str) -> None:
    week = page(address, "/digest/2026-W11")
    assert linked(week, "9 Mar") == "/digest/2026-03-09"
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', week) == [
        ("prev", "/digest/2026-W10"),
        ("next", "/digest/2026-W12"),
    ]
    assert 'rel="next"' not in page(address, "/digest/2026-W12")
    assert 'rel="prev"' not in page(address, "/digest/2019-W06")


def test_hostile_words_are_shown_and_not_obeyed(address: str) -> None:
    shown = page(address, "/digest/2026-W12")
    assert stored.HOSTILE_TITLE not in shown
    assert "&lt;script&gt;document.title" in shown
    assert f'href="{stored.HOSTILE_LINK}' not in shown


def test_a_database_without_articles_has_an_empty_week(tmp_path: Path) -> None:
    open_database(tmp_path / "empty.db").close()
    for served in stored.serve(tmp_path / "empty.db"):
        assert "Nothing seen on the debate." in text(page(served, "/digest"))
        assert 'rel="prev"' not in page(served, "/digest")
