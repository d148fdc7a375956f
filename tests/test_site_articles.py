"""The page of articles for reading: its filters are a form, all in the address."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.web.pages.articles import as_query


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("articles") / "tracker.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database)


def asked(address: str, **given: str) -> str:
    answer = httpx.get(f"{address}/articles", params=given)
    assert answer.status_code == 200, answer.text
    return answer.text


def found(page: str) -> int:
    counted = re.search(r"<strong>(\d+) articles?</strong>", page)
    return int(counted[1]) if counted else 0


def count(address: str, **filters: str) -> int:
    rows = httpx.get(f"{address}/tracker/coverage.json", params={"_size": "0", **filters}).json()
    return int(rows["filtered_table_rows_count"])


RELEVANT = {"relevance__not": "none"}


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        pytest.param({}, RELEVANT, id="on the debate, unless asked otherwise"),
        pytest.param({"show": "all"}, {}, id="everything"),
        pytest.param({"tag": "NSPCC", "show": "all"}, {"tags__arraycontains": "nspcc"}, id="a tag by its name"),
        pytest.param({"source": "The Harbour Post"}, RELEVANT | {"source_id": "harbour"}, id="a source by its name"),
        pytest.param({"country": "DE"}, RELEVANT | {"country": "DE"}, id="a country"),
        pytest.param({"kind": "ngo", "show": "all"}, {"kind": "ngo"}, id="a kind of source"),
        pytest.param({"country": "GB", "kind": "wire"}, RELEVANT | {"country": "GB", "kind": "wire"}, id="both"),
        pytest.param(
            {"from": "2026-02-01", "to": "2026-02-28"},
            RELEVANT | {"_since": "2026-02-01T00:00:00Z", "_before": "2026-03-01T00:00:00Z"},
            id="days, the last included",
        ),
    ],
)
def test_the_form_finds_what_the_table_of_articles_counts(
    address: str, given: dict[str, str], filters: dict[str, str]
) -> None:
    assert found(asked(address, **given)) == count(address, **filters) > 0


def test_words_rank_and_every_filter_stays_in_the_form(address: str) -> None:
    page = asked(address, q="encryption", tag="NSPCC", country="GB", kind="national", **{"from": "2025-01-01"})
    assert "best matches first" in page
    for shown in ('name="q" value="encryption"', 'value="NSPCC"', 'value="GB" selected', 'value="national" selected',
                  'name="from" value="2025-01-01"'):  # fmt: skip
        assert shown in page
    assert ">National press</option>" in page, "names, not codes"


def test_titles_lead_to_our_page_and_a_marked_link_to_the_publisher(address: str) -> None:
    page = asked(address)
    assert re.search(r'<a class="title" href="/article/\d+"', page)
    assert re.search(r'<a class="outward" href="https://[^"]+" rel="noopener noreferrer nofollow">Publisher', page)


def test_what_is_shown_can_be_followed_and_downloaded(address: str) -> None:
    page = asked(address, tag="NSPCC")
    assert "search: &#39;tag:&#34;NSPCC&#34; is:relevant&#39;" in page.replace("search: '", "search: &#39;").replace(
        "relevant'", "relevant&#39;"
    )
    for name, ending in (("Atom feed", ".atom"), ("CSV", ".csv")):
        href = next(href for href, words in re.findall(r'<a href="([^"]+)">([^<]+)</a>', page) if words == name)
        assert href.startswith(f"/search{ending}")
        assert httpx.get(address + href.replace("&amp;", "&")).status_code == 200


def test_all_articles_are_reached_page_by_page_and_keep_the_filters(address: str) -> None:
    page, seen, pages = asked(address, show="all"), set[str](), 0
    while True:
        pages += 1
        seen |= set(re.findall(r'class="title" href="/article/(\d+)"', page))
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        if following is None:
            break
        assert "show=all" in following[1]
        page = httpx.get(address + following[1].replace("&amp;", "&")).text
    assert len(seen) == count(address)
    assert pages > 1


def test_a_name_that_there_is_not_says_so(address: str) -> None:
    assert "No source is called “Nobody”." in asked(address, source="Nobody")
    assert httpx.get(f"{address}/articles?from=yesterday").status_code == 400


def test_a_quotation_mark_in_a_name_ends_nothing() -> None:
    assert as_query({"tag": 'a" OR "b'}) == 'tag:"a  OR  b" is:relevant'


def test_a_search_offers_the_tags_and_sources_of_its_words_above_the_articles(address: str) -> None:
    page = httpx.get(f"{address}/search?q=meta").text
    assert '<a class="chip" href="/tag/meta">Meta</a>' in page[: page.index('class="found"')]
    assert "Did you mean" in httpx.get(f"{address}/search?q=encryptoin").text
