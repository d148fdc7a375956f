"""A rulebook of another debate gives a site, exports and releases of its own, with no word of the shipped debate."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from textwrap import dedent
from urllib.parse import parse_qsl, urljoin, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from tracker.analyse.days import period_of
from tracker.analyse.debate import Debate
from tracker.analyse.search.synonyms import synonyms
from tracker.clock import utc_now
from tracker.config.load import Config, load, load_text
from tracker.config.poll_config import ConfigCache
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.demo.content import demo_feeds
from tracker.demo.replay import replay, shipped_demo
from tracker.errors import ConfigError
from tracker.models import FileFormat
from tracker.publish.digest.compose import compose
from tracker.publish.digest.job import setting
from tracker.publish.exports.files import Target, write_folder
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.publish.release.bundle import make
from tracker.store import counts
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import retag
from tracker.web.app import SiteSettings, asgi, make_datasette

WATER = Path(__file__).parent / "drinking_water"
_NAMES = re.compile(r"(/(?:tag|source|story|article|tracker/\w+)/)[^.]+")
PROGRAM = "encryption-coverage-tracker"
ELSEWHERE = re.compile(r"encrypt|verschlüssel|child|kind(er|es)|csam|whatsapp|grooming", re.IGNORECASE)
"""Words of the shipped debate; `kind` is a column."""


@dataclass(frozen=True)
class Followed:
    """A debate, and a database that its demo has filled."""

    config: Config
    database: Path

    @property
    def debate(self) -> Debate:
        return self.config.debate


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    database = tmp_path_factory.mktemp("water") / "tracker.db"
    config = load(WATER / "feeds.yaml")
    asyncio.run(replay(database, config, demo_feeds(WATER / "demo"), lambda *_: None))
    return Followed(config, database)


@pytest.fixture(params=["shipped", "water"])
def followed(request: pytest.FixtureRequest) -> Followed:
    if request.param == "water":
        return request.getfixturevalue("water")
    return Followed(shipped_demo("Europe/London"), request.getfixturevalue("replayed").database)


@pytest.fixture
def db(followed: Followed) -> Iterator[Database]:
    with opened(followed.database) as made:
        yield made


def column(db: Database, sql: str) -> list[object]:
    return [row[0] for row in db.execute(sql)]


def test_articles_of_every_relevance_are_found_and_each_tag_shows_its_words(followed: Followed, db: Database) -> None:
    found = Counter(column(db, "SELECT relevance FROM articles"))
    assert found.keys() == {*followed.debate.relevances, "none"}
    unproven = "SELECT count(*) FROM article_tags AS t WHERE NOT EXISTS"
    assert column(db, f"{unproven} (SELECT 1 FROM evidence AS e WHERE (e.article, e.tag) = (t.article, t.tag))") == [0]


def test_every_day_counts_each_topic_alone_several_and_any(followed: Followed, db: Database) -> None:
    columns = [topic.id.replace("-", "_") for topic in followed.debate.topics]
    sums = ", ".join(f"sum({name})" for name in ("both_topics", *columns, "relevant"))
    for table in ("source_days", "days"):
        *apart, relevant = db.execute(f"SELECT {sums} FROM {table}").fetchone()
        assert apart == [
            column(db, f"SELECT count(*) FROM articles WHERE relevance = '{one}'")[0]
            for one in followed.debate.relevances
        ]
        assert relevant == sum(apart)


def test_the_same_event_in_two_outlets_is_a_story(db: Database) -> None:
    assert column(db, "SELECT max(outlets) FROM stories_view")[0] >= 2


def test_a_digest_names_the_debate(followed: Followed, db: Database) -> None:
    day = column(db, "SELECT max(substr(published_at, 1, 10)) FROM articles WHERE relevance = 'both'")[0]
    wanted = setting(followed.config, "Europe/London")
    issue = compose(db, period_of("weekly", date.fromisoformat(str(day)), wanted.zone), wanted)
    assert issue.outline.kicker == f"{followed.debate.subject} · Weekly digest"
    [both] = [figure for figure in issue.outline.figures if figure.label == "on both topics"]
    assert both.usual == followed.debate.named("and")


def test_exports_and_a_release_name_the_debate(followed: Followed, db: Database, tmp_path: Path) -> None:
    write_folder(
        db, [PRESETS["coverage"]], Filter(relevance=followed.debate.topics[0].id), Target(tmp_path, FileFormat())
    )
    package = (tmp_path / "datapackage.json").read_text()
    assert f'"title": "Coverage of {followed.debate.named("and")}"' in package
    made = make(followed.config, followed.database, folder=tmp_path / "releases").path
    head = (made / "days.csv").read_text().splitlines()[0].split(",")
    assert head[:3] + head[-2:] == ["day", "source", "articles", "observed", "source_id"]
    assert head[3:-2] == ["both_topics", *(topic.id.replace("-", "_") for topic in followed.debate.topics)]
    cited = (made / "CITATION.cff").read_text()
    assert all(f'"{topic.noun}"' in cited for topic in followed.debate.topics)


def test_the_site_and_a_release_of_another_debate_say_nothing_of_the_shipped_one(
    water: Followed, tmp_path: Path
) -> None:
    seen = asyncio.run(crawled(water))
    assert len(seen) > 150
    strange = {
        address.geturl(): found[0]
        for address, said in seen.items()
        if (found := ELSEWHERE.search(said.replace(PROGRAM, "")))
    }
    assert strange == {}
    made = make(water.config, water.database, folder=tmp_path).path
    texts = {path.name: path.read_text(encoding="utf-8") for path in made.iterdir() if path.suffix != ".db"}
    said = {name: found[0] for name, text in texts.items() if (found := ELSEWHERE.search(text.replace(PROGRAM, "")))}
    assert said == {}


async def crawled(followed: Followed) -> dict[object, str]:
    """Every kind of page that links lead to from the front, by its address.

    An address is followed if its path, without names and numbers, or what its query asks is new."""
    tags = followed.config.rulebook.tags
    settings = SiteSettings("Europe/London", followed.debate, sql=True, synonyms=synonyms(tags))
    app = asgi(make_datasette(followed.database, config=settings, clock=utc_now))
    seen: dict[object, str] = {}
    kinds: set[object] = set()
    waiting = ["http://site.example/", "http://site.example/metrics", "http://site.example/nothing"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        for address in waiting:  # grows
            parts = urlsplit(address)
            path = _NAMES.sub(r"\1", parts.path)
            new = {path, *((path, name) for name, _ in parse_qsl(parts.query))} - kinds
            if parts.netloc != "site.example" or not new or "/static/" in parts.path:
                continue
            kinds |= new
            answer = await client.get(address, follow_redirects=True)
            assert answer.status_code == (404 if parts.path == "/nothing" else 200), address
            seen[parts] = answer.text
            if "html" in answer.headers["content-type"]:
                links = re.findall(r'(?:href|action)="([^"]+)"', answer.text)
                waiting += [urljoin(address, unescape(link)).partition("#")[0] for link in links]
    return seen


@pytest.mark.parametrize(
    ("topics", "text", "relevance"),
    [
        pytest.param(["supply"], "A drought", "supply", id="one topic"),
        pytest.param(["supply", "quality"], "A drought", "supply", id="two topics, one found"),
        pytest.param(["supply", "quality"], "A drought and sewage", "both", id="two topics, both found"),
        pytest.param(["supply", "quality", "price"], "A drought and a bill", "both", id="three topics, two found"),
        pytest.param(["supply", "quality", "price"], "Nothing of the kind", "none", id="none found"),
    ],
)
def test_a_debate_may_have_one_topic_or_several(tmp_path: Path, topics: list[str], text: str, relevance: str) -> None:
    config = written(tmp_path, "".join(TOPICS[name] for name in topics))
    assert config.rulebook.tag(text).relevance == relevance
    assert config.debate.relevances == (("both",) if len(topics) > 1 else ()) + tuple(topics)


@pytest.mark.parametrize(
    ("count", "named", "labels"),
    [
        (1, "supply", {"supply": "Supply", "none": "No topic"}),
        (2, "supply and quality", {"both": "Supply and quality", "supply": "Supply only", "quality": "Quality only"}),
        (3, "supply, quality and price", {"both": "Several topics", "price": "Price only", "none": "No topic"}),
    ],
)
def test_relevances_have_words(tmp_path: Path, count: int, named: str, labels: dict[str, str]) -> None:
    debate = written(tmp_path, "".join(list(TOPICS.values())[:count])).debate
    assert debate.named("and") == named
    assert labels.items() <= debate.labels.items()


def test_topics_that_change_are_counted_anew(tmp_path: Path, water: Followed) -> None:
    database = tmp_path / "tracker.db"
    with closing(sqlite3.connect(water.database)) as source, closing(sqlite3.connect(database)) as copy:
        source.backup(copy)
    config = written(tmp_path, TOPICS["quality"])
    with opened(database) as db:
        with transaction(db):
            retag(db, config.rulebook, utc_now())
            counts.refresh(db, ZoneInfo(config.timezone), utc_now())
        relevant = column(db, "SELECT count(*) FROM articles WHERE relevance <> 'none'")
        assert column(db, "SELECT sum(quality) FROM days") == relevant != [0]
        assert "supply" not in [row["name"] for row in db.query("PRAGMA table_info(days)")]


TOPICS = {
    "supply": "- {id: supply, facet: topic, label: supply, terms: {en: [drought]}, yes: [A drought]}\n",
    "quality": "- {id: quality, facet: topic, label: quality, terms: {en: [sewage]}, yes: [Sewage]}\n",
    "price": "- {id: price, facet: topic, label: price, terms: {en: [bill]}, yes: [A bill]}\n",
}
FEEDS = (WATER / "feeds.yaml").read_text(encoding="utf-8")


def written(folder: Path, tags: str, feeds: str = FEEDS) -> Config:
    """The configuration with a rulebook of these tags."""
    (folder / "rulebook").mkdir(exist_ok=True)
    (folder / "rulebook" / "tags.yaml").write_text(tags, encoding="utf-8")
    return load_text(feeds, folder / "feeds.yaml")


@pytest.mark.parametrize(
    ("tags", "feeds", "said"),
    [
        pytest.param(
            "- {id: both, facet: topic, label: Both, terms: {en: [a b]}, yes: [A b]}",
            FEEDS,
            "rulebook/tags.yaml:1:8: a topic cannot be called 'both', which means something else here",
            id="a topic with a taken name",
        ),
        pytest.param(
            "- {id: a, facet: theme, label: A, terms: {en: [a b]}, yes: [A b]}",
            FEEDS,
            "feeds.yaml:2:11: 'rulebook' is not a rulebook: no tag in it has `facet: topic`",
            id="no topic",
        ),
        pytest.param(
            TOPICS["supply"],
            FEEDS.replace("rulebook: rulebook", "rulebook: rules"),
            "feeds.yaml:2:11: 'rules' is not a rulebook: there is no such folder",
            id="no folder",
        ),
        pytest.param(
            TOPICS["supply"].replace("A drought", "Rain"),
            FEEDS,
            "rulebook/tags.yaml:1:75: this example does not get the tag 'supply'",
            id="an example that fails",
        ),
        pytest.param(
            TOPICS["supply"].replace("en: [drought]", "words: [dry]"),
            FEEDS,
            "no word list is called 'dry'; put them into words/ of the rulebook",
            id="a list that does not exist",
        ),
        pytest.param(
            TOPICS["supply"],
            FEEDS + "exports: [{folder: out, relevance: suply}]\n",
            "there is no relevance 'suply'; did you mean 'supply'?",
            id="an unknown relevance",
        ),
        pytest.param(
            "".join(TOPICS["supply"].replace("supply", f"t{n}") for n in range(7)),
            FEEDS,
            "rulebook/tags.yaml:7:19: a debate has at most 6 topics; make this a theme",
            id="too many topics",
        ),
    ],
)
def test_a_mistake_in_a_rulebook_is_named_with_its_place(tmp_path: Path, tags: str, feeds: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        written(tmp_path, tags, feeds)
    assert said in str(raised.value)


def test_the_shipped_debate_is_the_default() -> None:
    debate = Debate.of(built_in_rulebook().tags)
    assert debate.relevances == ("both", "encryption", "child-safety")
    assert debate.subject == "Encryption and child safety"


def test_the_recipe_in_the_codebook_works_as_written(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "codebook.md").read_text(encoding="utf-8")
    section = text.partition("## Track another debate\n")[2].partition("\n## ")[0]
    topics, words, feeds = (dedent(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL))
    for name, content in (("water/topics.yaml", topics), ("water/words/en.yaml", words), ("feeds.yaml", feeds)):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    config = load(tmp_path / "feeds.yaml")
    assert config.debate.subject == "Water supply and water quality"
    assert config.rulebook.tag("Drought and sewage").relevance == "both"


def test_a_kept_configuration_follows_changes_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "tracker.db").touch()
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    cache = ConfigCache.beside(tmp_path / "tracker.db")
    for name in ("supply", "quality"):
        (tmp_path / "rulebook").mkdir(exist_ok=True)
        (tmp_path / "rulebook" / "tags.yaml").write_text(TOPICS[name], encoding="utf-8")
        for _ in range(2):  # compiled, then read back
            assert [topic.id for topic in cache.load(tmp_path / "feeds.yaml").debate.topics] == [name]
