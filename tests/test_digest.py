"""What a digest says of a day or a week: nothing twice, nothing left out, nothing that was not seen."""

import csv
import html
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
import httpx
import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from tests import hostile_feeds
from tests import site_database as stored
from tests.browser import Visit, chromium, needs_chromium
from tests.hostile_texts import TEXTS
from tracker.analyse.changes import title_change
from tracker.analyse.days import Period, period_of, so_far
from tracker.analyse.search.scope import Scope
from tracker.config.sending import Digest as Wanted
from tracker.models import utc_text
from tracker.publish.alerts.queries import Criteria, volume
from tracker.publish.digest import content, render
from tracker.publish.digest.compose import Issue, Setting, compose
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Figure, Item, Link, Outline, Section
from tracker.publish.digest.queries import Belated
from tracker.publish.exports.queries import Filter, rows
from tracker.publish.panel import panel, tag_volumes
from tracker.store import counts, matching
from tracker.store.database import Database, open_database

ZONE = ZoneInfo(stored.ZONE)
TOLD = date(2026, 3, 17)
"""The day on which the stories of the small database were told."""


def of_day(day: str | date) -> Period:
    return period_of("daily", date.fromisoformat(str(day)), ZONE)


def of_week(day: str | date) -> Period:
    return period_of("weekly", date.fromisoformat(str(day)), ZONE)


def read(db: Database, period: Period, **wanted: object) -> content.Digest:
    return content.read(db, period, Wanted(**{"limit": 500, **wanted}), ZONE)


def issue(db: Database, period: Period, site: str | None = None, **wanted: object) -> Issue:
    return compose(db, period, Setting(Wanted(**wanted), ZONE, Places(site), "https://desk.example/about"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digest") / "tracker.db"
    stored.build(path)
    return path


@pytest.fixture
def db(small: Path) -> Iterator[Database]:
    made = open_database(small)
    yield made
    made.close()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Database]:
    """A database with sources, feeds and tags, and no article."""
    made = open_database(tmp_path / "bare.db")
    stored._declare(made)
    made.execute("DELETE FROM gaps")
    yield made
    made.close()


def add(db: Database, name: str, seen: datetime, published: datetime | None = None, source: str = "harbour") -> int:
    """A relevant article with a tag, first seen at a moment."""
    url = f"https://{source}.example/{name}"
    number = stored.article(db, url, name, "", "both", ["nspcc"], seen, source)
    db.execute("UPDATE articles SET published_at = ? WHERE id = ?", (utc_text(published or seen), number))
    return number


def watch(db: Database, since: datetime, until: datetime) -> None:
    """Let every source have been watched from one moment to another."""
    db.execute("DELETE FROM polls")
    for at in (since, until):
        db.execute("INSERT INTO polls (feed, started_at, outcome) SELECT id, ?, 'ok' FROM feeds", (utc_text(at),))
    db.execute("UPDATE feeds SET last_poll_at = ?, last_ok_at = ?", (utc_text(until), utc_text(until)))
    counts.refresh(db, ZONE, until)


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"], ids=["spring", "autumn"])
def test_each_article_is_in_the_digest_of_one_day_where_the_clocks_change(bare: Database, change: str) -> None:
    middle = date.fromisoformat(change)
    days = [middle + timedelta(days=number) for number in (-1, 0, 1)]
    for day in days:
        for hour in (0, 23):
            local = datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZONE)
            add(bare, f"{day} {hour}:30", local.astimezone(UTC))
    for day in days:
        found = read(bare, of_day(day))
        assert sorted(report.title for report in found.single) == [f"{day} 0:30", f"{day} 23:30"]
        assert found.figures.relevant == 2
    week = read(bare, of_week(middle))
    assert {report.title[:10] for report in week.single} == {str(days[0]), str(days[1])}


@pytest.mark.parametrize("back", [timedelta(hours=10), timedelta(days=5)], ids=["seen late", "backdated"])
def test_an_article_counts_on_its_day_and_is_listed_when_it_is_first_seen(bare: Database, back: timedelta) -> None:
    seen = datetime(2026, 3, 18, 9, tzinfo=UTC)
    published = seen - back
    add(bare, "earlier", seen, published)
    own, later = read(bare, of_day(published.date())), read(bare, of_day("2026-03-18"))
    assert (own.figures.relevant, own.single, own.is_empty) == (1, (), False)
    assert (later.figures.relevant, [report.title for report in later.single]) == (0, ["earlier"])
    text = " ".join(issue(bare, of_day("2026-03-18")).form("text").split())
    assert "1 article on the debate, dated before this day and first seen in it, is listed below" in text


@pytest.mark.parametrize(
    ("published", "counts_on"),
    [
        (datetime(2026, 3, 17, 22, tzinfo=UTC), "2026-03-17"),
        (datetime(2026, 3, 13, 9, tzinfo=UTC), "2026-03-13"),
        (datetime(2026, 3, 19, 9, tzinfo=UTC), "2026-03-19"),
        (None, "2026-03-18"),
    ],
    ids=["seen late", "backdated", "dated ahead", "undated"],
)
def test_digest_site_charts_and_exports_agree_on_the_day_of_an_article(
    bare: Database, published: datetime | None, counts_on: str
) -> None:
    number = add(bare, "one", datetime(2026, 3, 18, 9, tzinfo=UTC))
    bare.execute("UPDATE articles SET published_at = ? WHERE id = ?", (published and utc_text(published), number))
    counts.refresh(bare, ZONE, datetime(2026, 3, 25, tzinfo=UTC))
    days = [date(2026, 3, 12) + timedelta(days=number) for number in range(9)]
    assert [str(day) for day in days if read(bare, of_day(day)).figures.relevant] == [counts_on]
    assert [row[0] for row in bare.execute("SELECT day FROM source_days WHERE articles")] == [counts_on]
    path = Path(bare.execute("PRAGMA database_list").fetchone()[2])
    for day in days:
        exported = rows(bare, "coverage", Filter(since=day, until=day, timezone=stored.ZONE))
        assert len(list(exported)) == (str(day) == counts_on)
    for address in stored.serve(path):
        found = [day for day in days if _rows(Places(address).articles(of_day(day), relevant=True) or "")]
        assert [str(day) for day in found] == [counts_on]


def test_what_a_new_feed_shows_of_long_ago_is_counted_apart_and_not_listed(bare: Database) -> None:
    seen = datetime(2026, 3, 18, 9, tzinfo=UTC)
    add(bare, "new", seen)
    for number in range(30):
        add(bare, f"old {number}", seen, seen - timedelta(days=30 + number))
    found = read(bare, of_day("2026-03-18"))
    assert [report.title for report in found.single] == ["new"]
    assert (found.figures.relevant, found.belated) == (1, Belated(0, 30))
    assert "30 older articles" in issue(bare, of_day("2026-03-18")).form("text")


def test_a_story_is_new_once_and_goes_on_afterwards(db: Database) -> None:
    new, further = set(), set()
    for number in range(12):
        stories = read(db, of_day(date(2026, 3, 10) + timedelta(days=number))).stories
        assert not new & {story.id for story in stories.new}
        new |= {story.id for story in stories.new}
        further |= {story.id for story in stories.further}
        assert {story.id for story in stories.further} <= new
    assert further


def test_the_heaviest_story_comes_first_with_its_first_report(db: Database) -> None:
    found = read(db, of_day(TOLD)).stories
    story = found.new[0]
    assert story.title == "Charities ask ministers to hold back encrypted messages"
    assert (story.articles, story.outlets, story.owners, story.earlier) == (9, 8, 7, 0)
    assert story.first.source == "Safe Start Alliance"
    assert "NSPCC" in story.tags
    weights = [(each.owners, each.outlets, each.articles) for each in found.new]
    assert weights == sorted(weights, reverse=True)


def test_only_headlines_that_say_something_else_are_reported(db: Database) -> None:
    found = read(db, of_week(TOLD)).renamed
    kinds = dict(db.execute("SELECT title, kind FROM revisions"))
    assert found
    assert {kinds[change.earlier] for change in found} == {"substantive"}
    assert found[0].words == ("-ask", "+beg")
    assert "Bridge open after storm" not in {change.earlier for change in found}  # it is on neither topic


def test_a_week_that_was_not_observed_is_not_taken_for_a_quiet_one(db: Database) -> None:
    found = read(db, of_week(stored.BLIND.date()))
    assert not found.seen.enough
    text = issue(db, of_week(stored.BLIND.date())).form("text")
    assert "was observed" in text or "No feed was watched" in text
    assert "the feed failed" in text
    after = read(db, of_week(stored.BLIND.date() + timedelta(weeks=1)))
    assert after.usual.of == 3  # of the four weeks before, the blind one says nothing of what is usual


def test_what_is_usual_is_the_mean_of_the_same_weekdays_that_were_observed(bare: Database) -> None:
    friday = datetime(2026, 3, 20, 9, tzinfo=UTC)
    for week, articles in enumerate([8, 2, 4, 6, 100]):
        for number in range(articles):
            add(bare, f"{week} {number}", friday - timedelta(weeks=week, minutes=number))
    watch(bare, friday - timedelta(weeks=4, days=1), friday + timedelta(days=1))
    found = read(bare, of_day("2026-03-20"))
    assert (found.figures.relevant, found.usual.of, found.usual.relevant) == (8, 4, 28.0)
    bare.execute("UPDATE source_days SET observed = NULL WHERE day = '2026-02-20'")
    found = read(bare, of_day("2026-03-20"))
    assert (found.usual.of, found.usual.relevant) == (3, 4.0)


def test_a_day_with_far_more_than_usual_is_a_spike_and_none_after_a_gap(bare: Database) -> None:
    friday = datetime(2026, 3, 20, 9, tzinfo=UTC)
    for day in range(28, 0, -1):
        add(bare, f"usual {day}", friday - timedelta(days=day))
    for number in range(20):
        add(bare, f"new {number}", friday + timedelta(minutes=number), source=("harbour", "wire", "keys")[number % 3])
    watch(bare, friday - timedelta(days=40), friday + timedelta(days=1))
    (spiked,) = read(bare, of_day("2026-03-20")).spikes
    assert (spiked.tag, spiked.spike.count, spiked.owners) == ("nspcc", 20, 3)
    assert 0.5 < spiked.spike.expected < 2
    assert [each.day for each in read(bare, of_week("2026-03-20")).spikes] == [date(2026, 3, 20)]
    assert "20 articles of 3 owners; usually 1" in issue(bare, of_day("2026-03-20")).form("text")
    alert = Criteria(matching.SearchCriteria(None, Scope(), ZONE), tags=("nspcc",))
    (tagged,) = tag_volumes(bare, panel(bare, date(2026, 3, 20)))
    assert volume(bare, alert, date(2026, 3, 20)) == tagged.volume, "an alert on the tag judges the day alike"
    bare.execute("UPDATE source_days SET observed = 0 WHERE day = '2026-03-19'")
    assert read(bare, of_day("2026-03-20")).spikes == ()


def test_tags_and_kinds_narrow_all_that_is_reported(db: Database) -> None:
    found = read(db, of_week(TOLD), tags=("online-safety-act",), kinds=("wire", "national"))
    whole = read(db, of_week(TOLD))
    assert 0 < found.figures.relevant < whole.figures.relevant
    wanted = {row[0] for row in db.execute("SELECT article FROM article_tags WHERE tag = 'online-safety-act'")}
    assert {report.id for report in found.single} <= wanted
    assert {change.article for change in found.renamed} <= wanted
    assert "Only articles of: online-safety-act, wire, national." in issue(
        db, of_week(TOLD), tags=("online-safety-act",), kinds=("wire", "national")
    ).form("text")


def test_what_is_not_listed_is_counted_and_linked(db: Database) -> None:
    whole = read(db, of_week(TOLD))
    page = issue(db, of_week(TOLD), "https://site.example/", limit=1).form("text")
    assert f"and {whole.single_in_all - 1} more articles" in page
    assert f"and {whole.stories.new_in_all - 1} more stories" in page
    assert "https://site.example/tracker/coverage?" in page


def test_an_empty_day_says_so(bare: Database) -> None:
    watch(bare, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 25, tzinfo=UTC))
    made = issue(bare, of_day("2026-03-18"))
    assert made.is_empty
    assert made.outline.subject == "Wednesday 18 Mar 2026: nothing on the debate"
    assert issue(bare, of_day("2026-02-18")).outline.lead == "nothing seen on the debate"


def test_the_figures_are_those_of_the_site(small: Path, db: Database) -> None:
    for address in stored.serve(small):
        for period in (of_day(TOLD), of_week(TOLD), of_week("2026-03-05")):
            found, places = read(db, period), Places(address)
            shown = {
                relevant: len(_rows(places.articles(period, relevant=relevant) or "")) for relevant in (True, False)
            }
            assert shown == {True: found.figures.relevant, False: found.figures.articles}
            assert found.belated == Belated(0, 0)
            listed = [row for row in _rows(places.headlines(period) or "") if title_change(*row[3:5]) == "substantive"]
            assert len(listed) == found.renamed_in_all
        week = httpx.get(f"{address}/stories", params={"week": "2026-W12", "topic": "all"}).text
        for story in (*read(db, of_week(TOLD)).stories.new, *read(db, of_week(TOLD)).stories.further):
            assert f'"/story/{story.id}"' in week


def _rows(address: str) -> list[list[str]]:
    """The rows of a table of the site, as its CSV."""
    answer = httpx.get(address.replace("?", ".csv?") + "&_stream=on")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text)))[1:]


def test_every_link_to_the_site_is_answered(small: Path, db: Database) -> None:
    for address in stored.serve(small):
        made = issue(db, of_week(TOLD), address, limit=3).form("html")
        links = set(re.findall(rf'href="({re.escape(address)}[^"]*)"', made))
        assert len(links) > 8
        for link in links:
            assert httpx.get(link.replace("&amp;", "&")).status_code == 200, link


# Words of others, in every form.


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "tracker.db"
    hostile_feeds.poll(path)
    hostile_feeds.overwrite(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE articles SET first_seen_at = ? WHERE source = 'plain'", (utc_text(stored.NOW),))
        connection.execute("UPDATE sources SET name = ? WHERE id = 'plain'", (hostile_feeds.NAME,))
        connection.execute("UPDATE tags SET label = label || ? WHERE facet <> 'topic'", (TEXTS[3],))
        connection.execute("UPDATE revisions SET replaced_at = ?", (utc_text(stored.NOW),))
        articles = [row[0] for row in connection.execute("SELECT id FROM articles WHERE source = 'plain' LIMIT 60")]
        for first, second in zip(articles[::2], articles[1::2], strict=True):
            connection.execute("UPDATE articles SET story = ? WHERE id IN (?, ?)", (first, first, second))
            connection.execute(
                "INSERT OR REPLACE INTO stories (id, headline, articles, sources, families, first_at, last_at) "
                "VALUES (?, ?, 2, 1, 1, ?, ?)",
                (first, first, utc_text(stored.NOW), utc_text(stored.NOW)),
            )
    return path


@pytest.fixture(params=[None, "https://site.example/"], ids=["no site", "site"])
def made(hostile: Path, request: pytest.FixtureRequest) -> Iterator[Issue]:
    db = open_database(hostile)
    made = issue(db, of_day(stored.NOW.date()), request.param, limit=500)
    assert len(made.outline.sections) >= 3
    assert sum(len(section.items) for section in made.outline.sections) > 50
    yield made
    db.close()


def test_every_relevant_article_is_in_a_listed_story_or_listed_by_itself(hostile: Path) -> None:
    db = open_database(hostile)
    found = read(db, of_day(stored.NOW.date()))
    listed = {story.id for story in (*found.stories.new, *found.stories.further)}
    relevant = [row["story"] for row in db.query("SELECT story FROM articles WHERE relevance <> 'none'")]
    db.close()
    assert len(relevant) > 400
    assert sum(story not in listed for story in relevant) == found.single_in_all == len(found.single) > 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@needs_chromium
def test_hostile_words_run_nothing_and_fetch_nothing_in_the_html(made: Issue, tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "digest.html").write_text(made.form("html"), encoding="utf-8")
    visit = Visit(browser, f"file://{tmp_path}", viewport={"width": 390, "height": 800})
    visit.page.add_init_script("window.owned = () => { throw new Error('owned') }")
    visit.page.goto(f"file://{tmp_path}/digest.html")
    assert visit.heard() == []
    elements = visit.page.evaluate("[...new Set([...document.querySelectorAll('*')].map(one => one.localName))]")
    assert set(elements) <= {
        "html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "a", "span", "bdi", "del",
    }  # fmt: skip
    attributes = visit.page.evaluate(
        "[...new Set([...document.body.querySelectorAll('*')].flatMap(one => one.getAttributeNames()))]"
    )
    assert set(attributes) <= {"class", "style", "href", "dir", "lang"}
    links = visit.page.evaluate("[...document.links].map(link => link.protocol)")
    assert set(links) <= {"https:", "http:"}
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.page.evaluate("document.querySelectorAll('style').length") == 1
    visit.close()


def test_hostile_words_stay_on_their_lines_in_the_text(made: Issue) -> None:
    text = made.form("text")
    assert all(line.isprintable() for line in text.split("\n"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_hostile_words_are_only_words_in_markdown(made: Issue) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(made.form("md"))
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in [*tokens, *inline] if "html" in token.type or token.type == "image"} == set()
    allowed = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td"}
    allowed |= {"blockquote", "hr", "inline"}
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= allowed
    spoken = {re.sub("_(open|close)$", "", token.type) for token in inline}
    assert spoken <= {"text", "text_special", "strong", "em", "link", "hardbreak", "softbreak"}
    assert {str(token.attrs["href"]).partition(":")[0] for token in inline if token.type == "link_open"} <= {
        "https",
        "http",
    }
    shown = {"".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"}
    titles = [item.title for section in made.outline.sections for item in section.items]
    assert all(any(title in text for text in shown) for title in titles)


def full(text: str) -> Outline:
    """An outline of which every word is this text."""
    link = Link(text, "https://a.example/")
    item = Item(text, "https://a.example/", "en", text, (text, text), (text, text), "https://a.example/", text)
    figure = Figure(text, text, text)
    section = Section(text, (item, Item(text)), text, link)
    return Outline(
        text, text, text, text, text, (figure,), (text,), (section, section), (text,), (link, Link(text, None))
    )


HOSTILE = "<b onclick=x>*a* _b_ [c](javascript:d) `e` | ![f](g) &amp; 1. # h</b>"


def test_every_word_of_the_html_is_escaped() -> None:
    for form in (render.html(full(HOSTILE)), render.feed(full(HOSTILE), stored.NOW, Places(None))):
        assert "<b " not in form
        assert "</b>" not in form
    shown = html.unescape(re.sub("<[^<>]*>", "", render.html(full(HOSTILE)).partition("<body")[2]))
    assert shown.count(HOSTILE) == 33


def test_every_word_of_the_markdown_is_escaped() -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(render.markdown(full(HOSTILE)))
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline if "html" in child.type or child.type in {"image", "code_inline"}} == set()
    assert {child.attrs["href"] for child in inline if child.type == "link_open"} == {"https://a.example/"}
    shown = "\n".join("".join(child.content for child in token.children or []) for token in tokens)
    assert shown.count(HOSTILE) == 30


def test_a_name_that_runs_from_right_to_left_turns_nothing_around(db: Database) -> None:
    text = issue(db, of_week(TOLD), limit=500).form("text")
    assert "\u2068صحيفة الصباح\u2069, 20 Mar, 10:00" in text


def test_hostile_words_break_no_feed(made: Issue) -> None:
    parsed = feedparser.parse(io.BytesIO(made.form("atom").encode()), sanitize_html=False)
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert entry.title == made.outline.subject
    assert "<script" not in entry.content[0].value.lower()


def test_the_forms_say_the_same(db: Database) -> None:
    made = issue(db, of_week(TOLD))
    assert made.outline.sections
    text, html, md = (re.sub(r"\s+", " ", made.form(form)) for form in ("text", "html", "md"))
    for section in made.outline.sections:
        assert section.heading.upper() in text
        assert section.heading in html
        assert section.heading in md
    assert text.count("* ") >= sum(len(section.items) for section in made.outline.sections)


def test_a_feed_keeps_thirty_digests_and_each_once(db: Database) -> None:
    document: bytes | None = b"this is no feed"
    for number in [*range(35), 34]:
        document = issue(db, of_day(date(2026, 2, 1) + timedelta(days=number))).form("atom", document).encode()
    parsed = feedparser.parse(io.BytesIO(document or b""))
    names = [entry.title.partition(":")[0] for entry in parsed.entries]
    assert len(names) == len(set(names)) == 30
    assert names[0] == "Saturday 7 Mar 2026"
    assert parsed.feed.updated == "2026-03-08T00:00:00Z"


def test_a_digest_says_the_same_whenever_it_is_made(db: Database) -> None:
    for form in ("text", "html", "md", "atom"):
        assert issue(db, of_week(TOLD)).form(form) == issue(db, of_week(TOLD)).form(form)


def test_a_digest_so_far_holds_what_was_seen_until_now_and_says_so(db: Database) -> None:
    whole = of_week(TOLD)
    noon = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
    now = so_far("weekly", noon, ZONE)
    assert read(db, now).figures == content.news.figures(db, whole.from_at, noon, read(db, now).choice)
    text = issue(db, now).form("text")
    assert "Week 12 so far: 16 to 17 Mar 2026" in text
    assert "This week is not over: everything here is as of 17 Mar, " in text
    assert "is not over" not in issue(db, whole).form("text")


def test_a_link_has_no_character_that_ends_it_or_cannot_be_seen() -> None:
    places = Places(None)
    assert places.publisher("javascript:owned()") is None
    assert places.publisher("https://a.example/(x)>[y]\"'<b>") == "https://a.example/%28x%29%3E%5By%5D%22%27%3Cb%3E"
    assert places.publisher("https://a.example/\u202egpj.exe") == "https://a.example/%E2%80%AEgpj.exe"
    assert places.publisher("https://a.example/é?x=1&y=2") == "https://a.example/é?x=1&y=2"
