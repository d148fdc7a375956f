"""Stories, copies and changed headlines as a visitor's programs see them, over a real server on loopback."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tests import site_stories as told
from tests.test_site import text
from tracker.publish import formatting, labels
from tracker.store.database import open_database
from tracker.web.app import make_datasette
from tracker.web.queries import story as story_data


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "site.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database) -> Iterator[str]:
    yield from stored.serve(database)


@pytest.fixture
def site(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=600) as client:
        yield client


@pytest.fixture
def number(database):
    """The number of an article of site_stories by its slug."""

    def of(slug: str) -> int:
        source = next(row[1] for row in [*told.LETTER, *told.OTHERS, ("blind", "wire")] if row[0] == slug)
        return stored.number_of(database, f"https://{source}.example/story/{slug}")

    return of


def titles(html: str) -> list[str]:
    """The headlines of the list of stories, in its order."""
    return [text(found).strip() for found in re.findall(r"<h2>(.*?)</h2>", html, re.DOTALL)]


def articles(html: str) -> list[str]:
    """The texts of the story, as a visitor reads each."""
    return [text(found) for found in re.findall(r'<li class="[\w-]+">\s*<article>.*?</article>', html, re.DOTALL)]


# The stories of a week


def test_the_stories_of_the_latest_week_come_by_how_many_owners_told_each(site):
    html = site.get("/stories").text
    assert "Stories, 16 Mar to 22 Mar 2026" in text(html)
    assert titles(html) == [
        "Charities ask ministers to hold back encrypted messages",
        "Ministers answer the letter",
        "Cryptographers publish codes of practice",
        "Age checks begin",
    ], "two outlets of one owner weigh less than two of two"
    assert "4 stories covered by at least two articles" in text(html)
    assert "Alone with age checks" not in html, "one article is no story of several"


def test_a_story_says_who_told_it_first_what_stands_behind_it_and_how_much_of_it_fell_into_the_week(site):
    said = text(site.get("/stories").text)
    letter, _, rest = said.partition("Ministers answer the letter")
    assert "8 outlets, 7 owners, 9 articles, 6 distinct texts" in letter
    assert "First: Safe Start Alliance, 17 Mar 2026, 06:00" in letter
    assert "In English, German, Arabic, Japanese" in letter
    assert "Agency: Northern Wire" in letter
    assert "Reprints material from Safe Start Alliance" in letter
    assert "NSPCC" in letter
    assert "3 articles, 3 distinct texts (1 outlet, 1 owner and 1 article this week)" in rest


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("both", ["Charities ask ministers to hold back encrypted messages", "Ministers answer the letter"]),
        ("child-safety", ["Age checks begin"]),
        ("encryption", ["Charities ask ministers to hold back encrypted messages",
                        "Cryptographers publish codes of practice"]),
    ],
)  # fmt: skip
def test_stories_are_filtered_by_the_topics_of_their_articles(site, topic, found):
    html = site.get("/stories", params={"topic": topic}).text
    assert titles(html) == found
    assert f'href="/stories?topic={topic}" aria-current="true"' in html


def test_stories_on_neither_topic_are_a_click_away(site):
    assert "Bridge closed after storm" not in site.get("/stories").text
    assert 'href="/stories?topic=all"' in site.get("/stories").text
    assert titles(site.get("/stories?topic=all").text)[1] == "Bridge closed after storm"


def test_weeks_lead_to_the_weeks_beside_them_and_keep_the_topic(site):
    html = site.get("/stories?week=2026-W11&topic=child-safety").text
    assert titles(html) == ["Age checks begin"]
    assert 'rel="prev" href="/stories?week=2026-W10&amp;topic=child-safety"' in html
    assert 'rel="next" href="/stories?week=2026-W12&amp;topic=child-safety"' in html
    latest = site.get("/stories").text
    assert 'rel="next"' not in latest, "nothing can have happened yet"
    assert 'rel="prev" href="/stories?week=2026-W11"' in latest


def test_a_week_without_stories_says_so_and_leads_to_one_with_stories(site):
    html = site.get("/stories?week=2026-W09").text
    assert titles(html) == []
    assert "No stories this week." in text(html)
    assert re.search(r'The last week before it with any stories is that of <a href="/stories\?week=2026-W06">', html)


def test_a_week_that_was_not_observed_is_reported_even_where_stories_of_it_are_known(site):
    html = site.get("/stories?week=2026-W06").text
    assert "This week was not observed." in text(html)
    assert titles(html) == ["Keys are lost (blind)"]
    assert "not observed" not in text(site.get("/stories?week=2026-W11").text)


def test_a_week_that_has_not_begun_is_not_called_unobserved(site):
    said = text(site.get("/stories?week=2026-W20").text)
    assert "This week has not started yet." in said
    assert "not observed" not in said


def test_articles_without_a_date_count_in_the_week_in_which_they_were_first_seen(tmp_path):
    path = tmp_path / "undated.db"
    db = open_database(path)
    db.execute("INSERT INTO sources (id, name, family) VALUES ('s', 'S', 's')")
    db.execute("BEGIN")
    for count in range(2):
        stored.article(db, f"https://s.example/{count}", f"Undated {count}", "", "both", [], None, "s")
    db.execute("UPDATE articles SET story = 1")
    told.keep_headline(db, 1, 1)
    db.execute("COMMIT")
    db.close()
    for address in stored.serve(path):
        assert titles(httpx.get(f"{address}/stories").text) == ["Undated 0"]
        assert "first seen 20 Mar 2026, 11:00" in articles(httpx.get(f"{address}/story/1").text)[0]


@pytest.mark.parametrize("week", ["2026-W54", "2026-12", "0001-W01", "x", "2026-W12x", "9999-W52"])
def test_a_week_that_there_is_not_is_a_404_that_says_how_weeks_are_written(site, week):
    answer = site.get("/stories", params={"week": week})
    assert answer.status_code == 404
    assert "2026-W12" in answer.text


@pytest.mark.parametrize(
    "path", ["/stories?topic=x", "/headlines?kind=x", "/headlines?stance=x", "/headlines?topic=x",
             "/headlines?since=yesterday", "/headlines?since=2026-W10", "/headlines?before=-1",
             "/headlines?before=1.5"],
)  # fmt: skip
def test_a_filter_that_there_is_not_explains_itself(site, path):
    answer = site.get(path)
    assert answer.status_code == 400
    assert re.search(r"can be|written like|is the number", text(answer.text))


def test_an_empty_database_has_pages_of_stories_and_headlines_that_say_so(tmp_path):
    open_database(tmp_path / "empty.db").close()
    for address in stored.serve(tmp_path / "empty.db"):
        for path, said in (("/stories", "No stories this week"), ("/headlines", "No matching changes")):
            answer = httpx.get(address + path)
            assert answer.status_code == 200
            assert said in text(answer.text)
        assert httpx.get(f"{address}/story/1").status_code == 404


# One story


def test_a_story_shows_its_texts_in_the_order_of_time_with_what_each_has_to_do_with_it(site, number):
    found = articles(site.get(f"/story/{number('release')}").text)
    assert len(found) == 5
    assert "Open letter to ministers" in found[0]
    assert "The story started with this article." in found[0]
    assert "Northern Wire 17 Mar 2026, 07:15 1 h 15 min after the first" in found[1]
    assert "it shares rare words with Open letter to ministers on encrypted messages, Safe Start Alliance" in found[1]
    assert "similarity 0.41" in found[1]
    assert "it names the same people, places or figures as Charities ask ministers" in found[2]


def test_copies_are_folded_under_their_text_with_their_count_and_need_no_script(site, number):
    html = site.get(f"/story/{number('release')}").text
    folded = re.findall(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", html, re.DOTALL)
    assert [summary for summary, _ in folded] == [
        "1 copy; 2 owners in all",
        "2 copies; 2 owners in all",
    ]
    copies = text(folded[1][1])
    assert "The Harbour Post 17 Mar 2026, 08:00" in copies
    assert "most of the shorter text is the same (93%)" in copies
    assert "The Dock Gazette (harbour) 17 Mar 2026, 08:30" in copies
    assert "the headline is the same (100%)" in copies
    assert "Kinderschützer schreiben Ministern" in folded[0][1]


def test_owners_count_once_and_each_says_how_long_after_the_first_it_began(site, number):
    said = text(site.get(f"/story/{number('release')}").text)
    owners = said[said.index("Who covered it, and when") :]
    assert "Safe Start Alliance first 1" in owners
    assert "Northern Wire 1 h 15 min 1" in owners
    assert "The Harbour Post, The Dock Gazette 2 h 2" in owners
    assert "Keys for All 7 h 2" in owners
    assert "First to publish: Safe Start Alliance, 17 Mar 2026, 06:00" in said


def test_a_story_counts_its_tags_and_every_count_links_to_the_articles_behind_it(site, number):
    story = number("release")
    html = site.get(f"/story/{story}").text
    link, count = re.search(r'<a class="n" href="([^"]+nspcc)">(\d+)<', html).groups()
    rows = site.get(link.replace("&amp;", "&").replace("coverage?", "coverage.json?_shape=array&")).json()
    assert len(rows) == int(count) == 3
    assert {row["story"] for row in rows} == {story}


def test_the_csv_and_json_of_a_story_are_its_articles(site, number):
    html = site.get(f"/story/{number('release')}").text
    csv_link, json_link = re.findall(r'href="(/tracker/coverage\.(?:csv|json)\?[^"]+)"', html)[:2]
    rows = list(csv.DictReader(io.StringIO(site.get(csv_link.replace("&amp;", "&")).text, newline="")))
    assert {row["title"] for row in rows} == {row[4] for row in told.LETTER}
    assert len(site.get(json_link.replace("&amp;", "&")).json()["rows"]) == 9


def test_a_story_shows_the_versions_of_all_its_headlines(site, number):
    said = text(site.get(f"/story/{number('release')}").text)
    assert "[removed: ask] [added: beg] ministers[removed: to hold back] [added: : halt] encrypted messages" in said
    assert "added beg; removed ask" in said
    assert "[removed: الأطفال] [added: القاصرين]" in said
    assert "[removed: 安全、首相] [added: 保護、大臣]" in said


def test_a_story_that_was_merged_away_leads_to_the_one_that_took_it_in_which_says_so(site, number):
    answer = site.get(f"/story/{number('codes3')}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/story/{number('codes')}#by-hand"
    html = site.get(answer.headers["location"]).text
    assert 'id="by-hand"' in html
    assert f"story {number('codes3')} was merged into this one (1 article)." in text(html)


def test_a_story_that_was_split_says_where_its_articles_went_and_the_other_where_they_came_from(site, number):
    whole, part = number("release"), number("apart")
    assert f"2 articles were split off into story {part}." in text(site.get(f"/story/{whole}").text)
    assert f"this story was split from story {whole} (2 articles)." in text(site.get(f"/story/{part}").text)
    assert "Moved here by hand, together with other articles." in text(site.get(f"/story/{part}").text)


def test_the_number_of_an_article_leads_to_its_story_and_of_a_lone_one_to_its_page(site, number):
    assert site.get(f"/story/{number('arabic')}").headers["location"] == f"/story/{number('release')}"
    assert site.get(f"/story/{number('alone')}").headers["location"] == f"/article/{number('alone')}"
    assert site.get("/story/1").headers["location"] == "/article/1", "it is not grouped yet"


@pytest.mark.parametrize("path", ["999999", "999999999999999999", "x", "-1", "1%00"])
def test_a_story_that_does_not_exist_is_a_404(site, path):
    assert site.get(f"/story/{path}", follow_redirects=True).status_code == 404


def test_a_very_large_story_shows_its_first_articles_and_says_where_the_rest_is(tmp_path):
    path = tmp_path / "large.db"
    db = open_database(path)
    db.execute("INSERT INTO sources (id, name, family) VALUES ('s', 'S', 's')")
    db.execute("BEGIN")
    for count in range(450):
        at = stored.NOW - timedelta(minutes=500 - count)
        stored.article(db, f"https://s.example/{count}", f"Title {count}", "", "both", [], at, "s")
    db.execute("UPDATE articles SET story = 1")
    told.keep_headline(db, 1, 1)
    db.execute("COMMIT")
    db.close()
    for address in stored.serve(path):
        html = httpx.get(f"{address}/story/1").text
        assert "The first 400 of 450 articles" in text(html)
        assert len(articles(html)) == 400


def test_only_the_first_texts_of_a_long_story_are_open(tmp_path):
    path = tmp_path / "long.db"
    db = open_database(path)
    db.conn.executemany("INSERT INTO sources (id, name, family) VALUES (?, ?, ?)", [(s, s.upper(), s) for s in "abc"])
    db.execute("BEGIN")
    for count in range(30):
        at = stored.NOW - timedelta(hours=30 - count)
        stored.article(db, f"https://a.example/{count}", f"Title {count}", "", "both", [], at, "abc"[count % 3])
    db.execute("UPDATE articles SET story = 1")
    told.keep_headline(db, 1, 1)
    db.execute("COMMIT")
    db.close()
    for address in stored.serve(path):
        html = httpx.get(f"{address}/story/1").text
        shown, _, rest = html.partition('<details class="rest">')
        assert len(articles(shown)) == 12
        assert "18 later texts" in text(rest)
        assert len(articles(rest)) == 18
        assert "Articles per 2 h, from the first one on; at most 2." in text(html)
        one = httpx.get(f"{address}/story/1?outlet=b").text
        assert len(articles(one)) == 10
        assert '<option value="b" selected>B</option>' in one
        assert httpx.get(f"{address}/story/1?outlet=nobody").status_code == 404
        assert len(articles(httpx.get(f"{address}/story/1?outlet=").text)) == 30


def test_a_search_offers_the_stories_that_most_of_its_results_belong_to(site, number):
    html = site.get("/search?q=ministers").text
    section = re.search(r'<section class="found-stories".*?</section>', html, re.DOTALL)[0]
    assert f'href="/story/{number("release")}"' in section
    assert "of its 9 articles match" in text(section)
    assert "found-stories" not in site.get("/search?q=fares").text


async def test_the_articles_of_a_story_are_at_hand_newest_first_for_feeds(database, number):
    ds = make_datasette(database, config=stored.settings(), clock=lambda: stored.NOW)
    db = ds.get_database("tracker")
    newest = await story_data.entries(db, number("release"), 3)
    assert [one.id for one in newest] == [number(slug) for slug in ("long", "hostile", "japanese")]
    assert [tag.id for tag in newest[2].tags] == told.BOTH
    db.close()
    ds.executor.shutdown()


# One article


def test_an_article_names_its_story_and_why_it_is_in_it(site, number):
    said = text(site.get(f"/article/{number('wire')}").text)
    assert "One of 9 articles from 8 outlets (7 owners) in the story Charities ask ministers" in said
    assert "because it shares rare words with Open letter to ministers on encrypted messages" in said
    assert "No other coverage of this event found." in text(site.get(f"/article/{number('alone')}").text)


def test_an_article_names_its_copies_and_a_copy_its_text_and_what_says_so(site, number):
    said = text(site.get(f"/article/{number('wire')}").text)
    printed = said[said.index("Also published by") :]
    assert "The Harbour Post 17 Mar 2026, 08:00: Charities beg ministers" in printed
    assert "The Dock Gazette" in printed
    copy = text(site.get(f"/article/{number('dock')}").text)
    assert "Copy of Charities ask ministers to hold back" in copy
    assert "the headline is the same (100%)" in copy


def test_each_earlier_version_says_what_was_changed_when_and_how(site, number):
    html = site.get(f"/article/{number('harbour')}").text
    said = text(html)
    assert "Substantive changed 17 Mar 2026, 08:45 45 min after publication" in said
    assert "Charities [removed: ask] [added: beg] ministers" in said
    assert "The earlier wording was seen from 17 Mar 2026, 08:00 to 17 Mar 2026, 08:35." in said
    assert "added beg; removed ask" in said
    assert re.search(r'<p class="summary"[^>]*>(?=.*<del>).*<ins>', html), "the summary changed, too"


def test_a_headline_that_went_back_and_forth_shows_every_step(site, number):
    said = text(site.get(f"/article/{number('before')}").text)
    steps = said[said.index("Earlier versions") :]
    assert "Substantive changed 14 Mar 2026, 06:35" in steps
    assert "Age checks [removed: begin] [added: are here]" in steps
    assert "Flip-flop changed 14 Mar 2026, 06:50" in steps
    assert "Age checks [removed: are here] [added: begin]" in steps
    again = text(site.get(f"/article/{number('before2')}").text)
    assert "It returned and was replaced 1 more time, most recently 14 Mar 2026, 09:00." in again


def test_a_kind_of_change_that_pages_do_not_know_is_shown_by_its_plain_name():
    assert labels.change("flip-flop") == "Flip-flop"
    assert labels.change("side-by-side") == "Side by side"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "less than a minute"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=20), "3 h 20 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=1, hours=2, minutes=5), "1 day 2 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=40, hours=3), "40 days"),
    ],
)
def test_spans_are_said_in_their_two_largest_units(span, said):
    assert formatting.apart(span) == said


# Changed headlines


def changed(html: str) -> list[str]:
    """The changes on the page, as a visitor reads each."""
    return [text(found) for found in re.findall(r"<article aria-labelledby.*?</article>", html, re.DOTALL)]


def test_substantive_changes_of_relevant_articles_come_newest_first(site):
    found = changed(site.get("/headlines").text)
    assert "NSPCC [removed: unhappy with] [added: warns on end-to-end] encryption" in found[0]
    assert "30 min after publication" in found[0]
    assert "The Harbour Post 20 Mar 2026, 10:30" in found[0]
    assert len(found) == 7
    assert not any("Bridge" in one or "practise" in one or "Flip-flop" in one for one in found)


@pytest.mark.parametrize(
    ("query", "count", "said"),
    [
        ("kind=trivial", 1, "[removed: code of practise] [added: codes of practice]"),
        ("kind=flip-flop", 2, "[removed: are here] [added: begin]"),
        ("kind=all&topic=all", 11, "Bridge"),
        ("topic=all", 8, "Bridge"),
        ("topic=encryption", 1, "Letter"),
        ("stance=moved", 1, "added beg; removed ask"),
        ("source=harbour", 3, "NSPCC"),
        ("week=2026-W11", 2, "Age checks"),
        ("since=2026-03-18", 1, "NSPCC"),
        ("source=keys&kind=trivial", 0, ""),
    ],
)
def test_changes_are_filtered_and_the_csv_and_json_have_the_same(site, query, count, said):
    html = site.get(f"/headlines?{query}").text
    found = changed(html)
    assert len(found) == count
    assert not count or any(said in one for one in found)
    links = re.findall(r'href="(/tracker/headline_changes\.(?:csv|json)\?[^"]+)"', html)
    csv_link, json_link = (link.replace("&amp;", "&") for link in links)
    assert len(list(csv.DictReader(io.StringIO(site.get(csv_link).text, newline="")))) == count
    assert len(site.get(json_link).json()["rows"]) == count


def test_filters_are_links_that_keep_each_other(site):
    html = site.get("/headlines?kind=all&topic=all&source=harbour").text
    assert "Changed headlines: The Harbour Post" in text(html)
    assert 'href="/headlines?kind=all&amp;source=harbour&amp;topic=both"' in html
    assert 'href="/headlines?kind=all&amp;topic=all&amp;source=harbour" aria-current="true"' in html
    assert site.get("/headlines?source=nobody").status_code == 404


def test_pages_of_changes_give_each_once_and_leave_none_out(tmp_path):
    path = tmp_path / "many.db"
    db = open_database(path)
    db.execute("INSERT INTO sources (id, name, family) VALUES ('s', 'S', 's')")
    db.execute("INSERT INTO feeds (url, source) VALUES ('https://s.example/', 's')")
    db.execute("BEGIN")
    for count in range(95):
        one = stored.article(db, f"https://s.example/{count}", f"New {count}", "", "both", [], stored.NOW, "s")
        db.execute(
            "INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at) "
            "VALUES (?, 1, ?, '', 1, ?, ?)",
            (one, f"Old {count}", *[told.utc_text(stored.NOW - timedelta(hours=count // 50))] * 2),
        )
    db.execute("COMMIT")
    db.close()
    for address in stored.serve(path):
        for start in ("/headlines", "/headlines?source=s"):
            path, seen = start, []
            while path:
                html = httpx.get(address + path).text
                seen += changed(html)
                older = re.search(r'rel="next" href="([^"]+)"', html)
                path = older and older[1].replace("&amp;", "&")
            assert len(set(seen)) == len(seen) == 95


def test_where_changes_that_pass_the_filter_are_few_the_page_says_how_far_it_looked(database, monkeypatch):
    monkeypatch.setattr("tracker.web.queries.headlines.REACH", 2)
    for address in stored.serve(database):
        path, seen = "/headlines?kind=trivial", []
        while path:
            html = httpx.get(address + path).text
            seen.append(len(changed(html)))
            older = re.search(r'rel="next" href="([^"]+)"', html)
            path = older and older[1].replace("&amp;", "&")
        assert sum(seen) == 1
        assert "No matching changes back to" in text(httpx.get(f"{address}/headlines?kind=flip-flop").text)


def test_the_menu_leads_to_stories_and_changed_headlines(site):
    html = site.get("/").text
    assert '<a href="/stories">Stories</a>' in html
    assert '<a href="/headlines">Headline changes</a>' in html
    assert '<a href="/headlines" aria-current="page">' in site.get("/headlines").text


# What must not be


def test_hostile_titles_are_shown_and_not_obeyed_in_lists_stories_and_differences(site, number):
    pages = [f"/story/{number('release')}", f"/article/{number('hostile')}", f"/article/{number('long')}", "/headlines"]
    for page in pages:
        html = site.get(page).text
        assert "onerror=" in html, page
        assert not re.search(r"<(script|img|svg|b)[ >](?!dir=\"auto\"|class=\"spark\")", html), page
        assert "</del><script" not in html, page
        assert "42" not in text(html), "nothing of a feed is a template"
        assert not re.search(r"""(href|src|action)\s*=\s*["']?\s*javascript:""", html, re.IGNORECASE), page


def test_words_for_screen_readers_do_not_turn_a_text_that_runs_from_right_to_left(site, number):
    html = site.get(f"/article/{number('arabic')}").text
    diff = re.search(r'<p class="was" dir="auto" lang="ar">(.*?)</p>', html, re.DOTALL)[1]
    assert '<del><span class="unseen" dir="ltr" lang="en">[removed: </span>الأطفال' in diff


def test_behind_a_proxy_every_link_of_these_pages_keeps_the_base_url(database, number):
    for address in stored.serve(database, base_url="/news/"):
        for page in ("stories", "headlines", f"story/{number('release')}", f"article/{number('wire')}"):
            html = httpx.get(f"{address}/news/{page}").text
            own = [link for link in re.findall(r'(?:href|src|action)="([^"]*)"', html) if link.startswith("/")]
            assert all(link.startswith("/news/") for link in own), page
        moved = httpx.get(f"{address}/news/story/{number('alone')}")
        assert moved.headers["location"] == f"/news/article/{number('alone')}"
