"""The pages of tags, laws, sources and comparisons, and about the tracker: a real server, asked with httpx."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import feedparser
import httpx
import pytest

from tests import site_database as stored
from tracker.analyse.timeline import Event
from tracker.store.database import opened, transaction
from tracker.store.feeds import declare_events


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("site") / "tags.db"
    stored.build(path)
    with opened(path) as db, transaction(db):
        declare_events(
            db,
            [
                Event(
                    date(2026, 3, 10), "Council agrees its position", "https://law.example/council", "csa-regulation"
                ),
                Event(date(2026, 2, 2), "A vote nobody watched", "https://law.example/vote", "csa-regulation"),
                Event(date(2026, 3, 19), "A vote of this week", "https://law.example/now", "csa-regulation"),
                Event(date(2026, 3, 1), "Of another law", "https://law.example/other", "online-safety-act"),
            ],
        )
    return path


@pytest.fixture(scope="module")
def address(database) -> Iterator[str]:
    yield from stored.serve(database)


@pytest.fixture
def site(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=600) as client:
        yield client


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def number(database: Path, sql: str, *values: object) -> int:
    with opened(database) as db:
        return int(db.execute(sql, values).fetchone()[0])


def test_long_sections_of_the_list_of_tags_fold_and_topics_themes_and_laws_are_open(site):
    page = site.get("/tags").text
    sections = re.findall(r'<details class="folding"( open)?>\s*<summary><h2 id="(\w+)">', page)
    assert [facet for _, facet in sections] == ["topic", "theme", "law", "organisation", "person"]
    assert all(opened for opened, _ in sections), "none is long here"


def test_all_tags_stand_under_their_facets_with_what_carries_them(site, database):
    page = site.get("/tags").text
    carried = number(database, "SELECT count(*) FROM article_tags WHERE tag = 'nspcc'")
    assert re.search(rf'<a href="/tag/nspcc">NSPCC</a> <span class="n">{carried}</span>', page)
    assert re.findall(r'<h2 id="(\w+)"', page) == [
        "topic", "theme", "law", "organisation", "person",
    ]  # fmt: skip


def test_a_tag_says_how_much_is_written_on_it_by_how_many_outlets_of_how_many_owners(site, database):
    said = text(site.get("/tag/nspcc").text)
    weeks = "FROM tag_days JOIN sources ON sources.id = source WHERE tag = 'nspcc' AND day >= '2025-09-22'"
    articles, outlets, owners = (
        number(database, f"SELECT {what} {weeks}")
        for what in ("sum(articles)", "count(DISTINCT source)", "count(DISTINCT family)")
    )
    assert f"{articles} articles from {outlets} outlets ({owners} owner" in said
    assert "Not yet measured on this site's articles" in said


def test_what_was_measured_by_hand_stands_with_its_date_rules_and_number_and_says_when_the_rules_changed(tmp_path):
    path = tmp_path / "measured.db"
    stored.build(path)
    with opened(path) as db, transaction(db):
        db.execute("INSERT INTO rulebooks VALUES ('new0000000000000', '2026-03-15T00:00:00Z', '[]')")
        for sample, (tag, rulebook) in enumerate([("nspcc", "old0000000000000"), ("encryption", "new0000000000000")]):
            db.execute(
                "INSERT INTO samples (id, tag, drawn_at, rulebook, seed) VALUES (?, ?, '2026-03-01', ?, 1)",
                (sample, tag, rulebook),
            )
            db.execute(
                """INSERT INTO tag_quality (sample, tag, rulebook, measured_at, coded, precision, precision_low,
                precision_high, coders) VALUES (?, ?, ?, '2026-03-12T09:00:00Z', 60, 0.9, 0.8, 0.95, 1)""",
                (sample, tag, rulebook),
            )
    for address in stored.serve(path):
        with httpx.Client(base_url=address, timeout=600) as client:
            old, new, about = (text(client.get(page).text) for page in ("/tag/nspcc", "/tag/encryption", "/about"))
    assert "Precision90% (80% to 95%) Recallnot known" in old
    assert "Based on 60 hand-coded articles, 12 Mar 2026, rulebook old0000000000000. The rules have changed" in old
    assert "rulebook new0000000000000. The ranges" in new
    assert "NSPCC 90% (80% to 95%)not known6012 Mar 2026old0000000000000 (rules changed since)" in about
    assert "Encryption 90% (80% to 95%)not known6012 Mar 2026new0000000000000 " in about
    assert "Child safety not measured" in about


def test_the_weeks_of_a_tag_have_counts_and_shares_and_what_was_not_seen_is_no_zero(site, database):
    page = site.get("/tag/nspcc").text
    row = re.search(r"2026-W12, from 16 Mar 2026, to date</th>(.*?)</tr>", page, re.DOTALL)[1]
    matching, total = (int(value) for value in re.findall(r'<td class="n">(\d+)</td>', row)[:2])
    week = "day BETWEEN '2026-03-16' AND '2026-03-22'"
    assert matching == number(database, f"SELECT sum(articles) FROM tag_days WHERE tag = 'nspcc' AND {week}") > 0
    assert total == number(database, f"SELECT sum(articles) FROM source_days WHERE {week}")
    assert re.search(r'class="unobserved">\s*<th scope="row">2026-W06', page)
    assert "2 Feb to 8 Feb 2026: not observed" in page


def test_a_chart_can_show_the_share_instead_and_its_rows_are_one_click_away(site):
    page = site.get("/tag/nspcc?measure=share").text
    assert "NSPCC: share of all articles by week" in page
    assert '<a href="/tag/nspcc?measure=articles">Number of articles</a>' in page
    csv = re.search(r'href="(/tracker/attention\.csv[^"]+)"', page)[1].replace("&amp;", "&")
    head, *rows = site.get(csv).text.splitlines()
    assert head.startswith("day,tag,label,source,matching,total,ratio,observed")
    assert rows
    assert all(",nspcc," in row for row in rows)


def test_a_law_has_its_timeline_with_what_was_written_before_and_after(site, database):
    page = site.get("/tag/csa-regulation").text
    assert "Of another law" not in page
    row = re.search(r"Council agrees its position</a></td>(.*?)</tr>", page, re.DOTALL)[1]
    before, after = re.findall(r'class="n">(\d*)</td>', row)
    counted = "SELECT coalesce(sum(articles), 0) FROM tag_days WHERE tag = 'csa-regulation' AND day BETWEEN ? AND ?"
    assert int(before) == number(database, counted, "2026-03-03", "2026-03-09")
    assert int(after) == number(database, counted, "2026-03-10", "2026-03-16")
    unseen = re.search(r"A vote nobody watched</a></td>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r'class="n">(\d*)</td>', unseen)[1] == "", "the week after it was not observed"
    begun = re.search(r"A vote of this week</a></td>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r'class="n">(\d*)</td>', begun)[1] == "", "its seven days are not over"


def test_the_sources_of_a_tag_lead_to_its_articles_there(site, database):
    page = site.get("/tag/nspcc").text
    link, count = re.search(
        r'href="(/tracker/coverage\?tags__arraycontains=nspcc&amp;source_id=\w+)">(\d+)<', page
    ).groups()
    found = site.get(link.replace("&amp;", "&").replace("coverage?", "coverage.json?_size=0&")).json()
    assert found["filtered_table_rows_count"] >= int(count) > 0


def test_a_source_says_what_it_repeats_and_that_this_is_ignored(site: httpx.Client) -> None:
    page = site.get("/source/harbour").text
    assert "Follow us &amp; never miss a &lt;tide&gt;." in page
    assert "What it repeats" not in site.get("/source/sabah").text


def test_a_source_says_how_much_of_it_is_relevant_how_much_was_seen_and_what_it_changed(site, database):
    page = site.get("/source/harbour").text
    said = text(page)
    total = number(database, "SELECT sum(articles) FROM source_days WHERE source = 'harbour' AND day >= '2025-09-22'")
    assert re.search(rf"\d+ relevant articles out of {total} since 22 Sep 2025", said)
    assert "The share of each month in which nothing can have been missed" in said
    assert "https://harbour.example/rss" in page
    assert re.search(r"Of its \d+ newest articles, \d+ \(.+?\) had a headline that then said", said)


def test_sources_of_one_owner_name_each_other(tmp_path):
    path = tmp_path / "owners.db"
    stored.build(path)
    with opened(path) as db:
        db.execute("UPDATE sources SET family = 'one-owner' WHERE id IN ('harbour', 'wire')")
    for address in stored.serve(path):
        page = httpx.get(f"{address}/source/harbour").text
        assert re.search(r"Same owner .*Northern Wire", text(page))
        assert "8 sources with 7 owners" in text(httpx.get(f"{address}/sources").text)


def test_what_is_compared_stands_on_one_scale_and_unknown_names_are_explained(site):
    page = site.get("/compare", params=[("item", "nspcc"), ("item", "Meta"), ("item", "The Harbour Pots")]).text
    assert re.findall(r"<bdi>([^<]+)</bdi></a></h2>", page) == ["NSPCC", "Meta"]
    assert "No tag or source is called “The Harbour Pots”. Did you mean “The Harbour Post”?" in page
    scales = [re.findall(r'<text class="y"[^>]*>([\d,]+)</text>', part) for part in page.split("<svg")[1:]]
    assert len({tuple(scale) for scale in scales}) == 1
    assert ">26 weeks</strong>" in page


def test_at_most_five_are_compared(site):
    items = [("item", tag) for tag in ("nspcc", "meta", "encryption", "child-safety", "online-safety-act", "harbour")]
    page = site.get("/compare", params=items).text
    assert page.count('class="chart small"') == 5
    assert "Only 5 can be compared at once." in page


@pytest.mark.parametrize("path", ["/source/harbour", "/source/harbour.atom"])
def test_an_article_without_a_date_is_among_the_newest_of_its_source(site, path):
    assert "An undated appeal" in site.get(path).text


@pytest.mark.parametrize("path", ["/tag/nspcc", "/source/harbour", "/tag/csa-regulation"])
def test_each_has_an_atom_feed_of_its_newest_articles(site, path):
    page = site.get(path).text
    feed = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page)[1]
    assert feed == f"{path}.atom"
    answer = site.get(feed)
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.feed.links[0].href.endswith(feed)
    assert 0 < len(read.entries) <= 50
    assert all(entry.id.startswith("urn:uuid:") for entry in read.entries)


@pytest.mark.parametrize(
    "path",
    [
        "/tag/nothing",
        "/tag/nothing.atom",
        "/tag/Nspcc",
        "/source/nothing",
        "/source/nothing.atom",
        "/story/987654.atom",
    ],
)
def test_what_there_is_not_is_a_404(site, path):
    assert site.get(path).status_code == 404


def test_the_about_page_says_how_things_are_counted_and_how_to_cite(site, database):
    said = text(site.get("/about").text)
    assert "6 feeds from 8 sources" in said
    assert "Time that was not observed is unknown, not zero" in said
    assert "Page visited on 20 Mar 2026." in said


def test_all_of_it_stands_on_an_empty_database(tmp_path):
    with opened(tmp_path / "empty.db"):
        pass
    for address in stored.serve(tmp_path / "empty.db"):
        for path in ("/tags", "/sources", "/compare", "/about", "/compare?item=x&measure=x"):
            assert httpx.get(address + path).status_code == 200, path
