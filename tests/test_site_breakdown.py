"""A tag by country and kind of source: with its denominators, by month as files, and how to cite it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.store.database import opened


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("breakdown") / "tracker.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database)


def get(address: str, path: str) -> httpx.Response:
    answer = httpx.get(address + path)
    assert answer.status_code == 200, answer.text
    return answer


def rows(address: str, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(get(address, path).text)))


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_months_add_up_to_what_is_stored_of_each_country_and_kind(address: str, database: Path) -> None:
    found = rows(address, "/tag/nspcc/breakdown.csv?range=all")
    with opened(database) as db:
        wanted = Counter({
            (row["month"], row["country"], row["kind"]): row["n"] for row in db.query(
                "SELECT substr(day, 1, 7) AS month, country, kind, sum(articles) AS n FROM tag_days JOIN sources AS s "
                "ON s.id = source WHERE tag = 'nspcc' AND day >= '2025-09-22' GROUP BY 1, 2, 3")})  # fmt: skip
        total = next(db.query("SELECT sum(articles) AS n FROM source_days WHERE day >= '2025-09-22'"))["n"]
    counted = Counter({(row["month"], row["country"], row["kind"]): int(row["articles"]) for row in found})
    assert +counted == +wanted
    assert sum(int(row["all_articles"]) for row in found) == total


def test_a_share_is_given_only_where_enough_was_observed(address: str) -> None:
    for row in rows(address, "/tag/nspcc/breakdown.csv?range=all"):
        seen = float(row["observed"] or 0) >= 0.5 and int(row["all_articles"]) > 0
        assert bool(row["share"]) == seen
        if seen:
            assert float(row["share"]) == pytest.approx(int(row["articles"]) / int(row["all_articles"]), abs=1e-6)


def test_the_wide_file_has_a_row_per_month_and_its_name_says_tag_and_days(address: str) -> None:
    answer = get(address, "/tag/nspcc/breakdown-wide.csv?from=2025-12-01&to=2026-02-28")
    assert 'filename="nspcc-by-month-and-country-2025-12-01-to-2026-03-01.csv"' in answer.headers["content-disposition"]
    found = rows(address, "/tag/nspcc/breakdown-wide.csv?from=2025-12-01&to=2026-02-28")
    assert [row["month"] for row in found][:3] == ["2025-12", "2026-01", "2026-02"]
    long = rows(address, "/tag/nspcc/breakdown.csv?from=2025-12-01&to=2026-02-28")
    for country in ("GB", "DE", "US"):
        assert sum(int(row[f"{country}_articles"]) for row in found) == sum(
            int(row["articles"]) for row in long if row["country"] == country
        )


def test_every_number_leads_to_its_articles(address: str) -> None:
    page = get(address, "/tag/nspcc/breakdown?from=2025-10-01&to=2026-02-28").text
    links = re.findall(r'<a href="(/articles[^"]+)">(\d+)</a> of', page)
    assert links
    for href, number in links:
        assert f"<strong>{number} article" in get(address, href.replace("&amp;", "&")).text


def test_each_country_has_a_chart_of_its_articles_on_the_scale_of_all(address: str) -> None:
    page = get(address, "/tag/nspcc/breakdown?range=all").text
    charts = re.findall(r"<li>(<svg.*?</svg>) <span>(\w+)</span> <span class=\"note\">(\d+) article", page)
    found = rows(address, "/tag/nspcc/breakdown.csv?range=all")
    wanted = Counter()
    for row in found:
        wanted[row["country"]] += int(row["articles"])
    assert {country: int(number) for _, country, number in charts} == +wanted
    highest = [max(map(int, re.findall(r'"(?:was|now)"[^>]* height="(\d+)"', chart))) for chart, _, _ in charts]
    assert max(highest) == 20
    assert min(highest) < 20


def test_few_articles_are_marked_and_a_tag_that_there_is_not_is_not_found(address: str) -> None:
    page = get(address, "/tag/nspcc/breakdown?range=30d").text
    assert '<td class="n few"' in page
    assert httpx.get(f"{address}/tag/nothing/breakdown").status_code == 404
    assert httpx.get(f"{address}/tag/nothing/breakdown.csv").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/tag/nspcc?measure=share&range=30d", "/stories", "/digest", "/tracker/coverage"]
)
def test_every_page_says_how_to_cite_it(address: str, path: str) -> None:
    page = get(address, path).text
    [cited] = re.findall(r"<pre>(Encryption and child safety: [^<]+)</pre>", page)
    assert f"{address}{path} As of 20 Mar 2026, 11:40 (Europe/London).".replace("&", "&amp;") in cited
    assert "encryption-coverage-tracker " in cited
    [title] = re.findall(r"<title>([^<]+) · ", page)
    assert title in cited


def test_every_page_names_its_own_address_describes_itself_and_leads_feed_readers_on(address: str) -> None:
    page = get(address, "/tag/nspcc?range=30d").text
    assert f'<link rel="canonical" href="{address}/tag/nspcc">' in page
    assert (
        f'<link rel="canonical" href="{address}/stories?week=2026-W11">' in get(address, "/stories?week=2026-W11").text
    ), "another week is another page"
    assert re.search(r'<meta name="description" content="[^"]+">', page)
    assert '<meta property="og:title" content="NSPCC">' in page
    for path in ("/", "/stories", "/headlines"):
        feed = re.search(r'type="application/atom\+xml"[^>]* href="([^"]+)"', get(address, path).text)
        assert feed
        assert "<feed" in get(address, feed[1]).text


def test_what_a_feed_says_of_itself_stays_in_the_description_of_its_page(address: str, database: Path) -> None:
    page = get(address, f"/article/{stored.number_of(database, stored.HOSTILE_LINK)}").text
    head = page[: page.index("</head>")]
    assert "<b onmouseover" not in head
    assert "<script" not in head
    assert "&lt;b onmouseover=alert(2)&gt;" in text(head) or "&lt;b onmouseover" in head
