"""The period of a page: the same control everywhere, all of it in the address."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.store.database import opened

PAGES = ["/", "/tag/nspcc", "/source/harbour", "/sources", "/compare?item=nspcc&item=meta"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("period") / "tracker.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database)


def asked(address: str, path: str, period: str) -> str:
    answer = httpx.get(f"{address}{path}{'&' if '?' in path else '?'}{period}")
    assert answer.status_code == 200, answer.text
    return answer.text


def days(page: str) -> tuple[str, str]:
    """The days that the control shows."""
    [first] = re.findall(r'type="date" name="from" value="([^"]*)"', page)
    [last] = re.findall(r'type="date" name="to" value="([^"]*)"', page)
    return first, last


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("period", "shown", "chosen"),
    [
        ("", ("2025-09-15", "2026-03-22"), "26 weeks"),
        ("range=7d", ("2026-03-14", "2026-03-20"), "7 days"),
        ("range=30d", ("2026-02-19", "2026-03-20"), "30 days"),
        ("range=all", ("2025-09-22", "2026-03-22"), "All"),
        ("from=2026-01-01&to=2026-01-31", ("2026-01-01", "2026-01-31"), None),
        ("from=2026-03-01", ("2026-03-01", "2026-03-20"), None),
    ],
    ids=["usual", "a week", "30 days", "all", "from a day to a day", "from a day on"],
)
def test_every_page_that_looks_back_shows_the_period_of_its_address(
    address: str, path: str, period: str, shown: tuple[str, str], chosen: str | None
) -> None:
    page = asked(address, path, period)
    if chosen in {"26 weeks", "All"}:
        shown = ("2025-09-22", "2026-03-22")  # from the week of the first poll on
    assert days(page) == shown
    marked = re.search(r'<form class="pick".*?</form>', page, re.DOTALL)
    assert marked
    assert re.findall(r"<strong[^>]*>(.*?)</strong>", marked[0]) == ([chosen] if chosen else [])


@pytest.mark.parametrize("path", ["/stories", "/headlines", "/search?q=encryption"])
@pytest.mark.parametrize(
    ("period", "shown", "chosen"),
    [
        ("range=all", ("", ""), "All"),
        ("range=30d", ("2026-02-19", "2026-03-20"), "30 days"),
        ("range=year", ("2025-03-21", "2026-03-20"), "1 year"),
        ("from=2026-03-02&to=2026-03-18", ("2026-03-02", "2026-03-18"), None),
    ],
    ids=["all", "30 days", "a year, though watched for less", "from a day to a day"],
)
def test_lists_keep_to_the_days_of_their_address(
    address: str, path: str, period: str, shown: tuple[str, str], chosen: str | None
) -> None:
    page = asked(address, path, period)
    if path.startswith("/search") and chosen:
        shown = (shown[0], "")  # what is found later than today is in the period, too
    assert days(page) == shown
    marked = re.search(r'<form class="pick".*?</form>', page, re.DOTALL)
    assert marked
    assert re.findall(r"<strong[^>]*>(.*?)</strong>", marked[0]) == ([chosen] if chosen else [])


def test_stories_of_any_period_are_ranked_by_what_it_has_of_them(address: str) -> None:
    page = asked(address, "/stories", "from=2026-03-01&to=2026-03-15")
    assert re.findall(r"<h2><a[^>]*>([^<]*)", page) == ["Age checks begin"]
    assert "1 story covered by at least two articles" in page
    assert "(2 outlets, 2 owners and 2 articles in this period)" in page
    whole = asked(address, "/stories?topic=all", "range=all")
    assert "The most widely covered stories" in whole
    assert "Bridge closed after storm" in whole
    assert "1 of 26 weeks was not observed." in whole


def test_a_period_without_stories_leads_to_stories_on_any_topic(address: str) -> None:
    page = asked(address, "/stories", "from=2025-11-03&to=2025-11-04")
    assert "No stories in this period." in page
    assert 'href="/stories?topic=all&amp;from=2025-11-03&amp;to=2025-11-04"' in page


def test_the_topic_of_stories_survives_another_period_and_the_period_another_topic(address: str) -> None:
    page = asked(address, "/stories?topic=both", "range=30d")
    assert 'href="/stories?topic=both&amp;range=7d"' in page
    assert 'href="/stories?range=30d&amp;topic=encryption"' in page
    changes = asked(address, "/headlines?kind=all&source=harbour", "range=30d")
    assert 'href="/headlines?kind=all&amp;source=harbour&amp;range=7d"' in changes
    assert 'href="/headlines?kind=all&amp;source=harbour&amp;range=30d&amp;topic=both"' in changes


def test_a_period_of_a_search_becomes_part_of_its_query(address: str) -> None:
    page = asked(address, "/search?q=encryption+after:2020&order=newest", "from=2026-03-02&to=2026-03-18")
    assert 'value="encryption after:2026-03-02 before:2026-03-19"' in page
    assert 'href="/search.csv?q=encryption+after%3A2026-03-02+before%3A2026-03-19"' in page
    assert 'href="/search?q=encryption&amp;order=newest&amp;range=7d"' in page
    written = asked(address, "/search", "q=encryption+after:2026-03")
    assert days(written) == ("2026-03-01", "")


@pytest.mark.parametrize("period", ["range=2w", "from=yesterday", "from=2026-02-30", "from=2026-W10", "to=1066-10-14",
                                    "from=2026-03-02&to=2026-03-01"])  # fmt: skip
def test_a_period_that_there_is_not_explains_itself(address: str, period: str) -> None:
    for path in ("/tag/nspcc?", "/stories?", "/headlines?", "/search?q=encryption&"):
        answer = httpx.get(f"{address}{path}{period}")
        assert answer.status_code == 400
        assert re.search("can be|written like|is a day before", answer.text)


def test_the_measure_and_what_is_compared_survive_another_period_and_the_period_another_measure(address: str) -> None:
    page = asked(address, "/tag/nspcc?measure=share", "range=30d")
    assert 'href="/tag/nspcc?measure=share&amp;range=7d"' in page
    assert '<input type="hidden" name="measure" value="share">' in page
    assert 'href="/tag/nspcc?measure=articles&amp;range=30d"' in page
    compared = asked(address, "/compare?item=nspcc&item=meta", "range=30d")
    assert 'href="/compare?item=nspcc&amp;item=meta&amp;range=7d"' in compared
    assert compared.count('<input type="hidden" name="range" value="30d">') == 1


def test_a_bar_leads_to_as_many_articles_as_it_shows(address: str) -> None:
    page = asked(address, "/tag/nspcc", "to=2026-03-08")  # the later articles are not numbered as they came
    found = re.findall(r'<a href="([^"]+)" tabindex="-1"><title>[^<]*?: (\d+) articles? of', page)
    assert found
    for href, articles in found:
        shown = httpx.get(address + href.replace("&amp;", "&")).text
        assert re.search(r"<strong>(\d+) articles?</strong>", shown)[1] == articles


def test_a_chart_begins_with_the_first_poll_though_older_articles_are_known(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    stored.build(path)
    with opened(path) as db:
        db.execute("UPDATE days SET watched = 0, seen = 0 WHERE day < '2026-03-01'")
    for served in stored.serve(path):
        assert days(asked(served, "/tag/nspcc", "range=all"))[0] == "2026-03-01"
        assert days(asked(served, "/tag/nspcc", "from=2026-01-01"))[0] == "2025-12-29", "unless somebody asks"
