"""Alerts: what they find, told once per story and never twice, held in quiet hours, and of what troubles ourselves."""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.alert_database import DAY, HEAD, HOME, HOUR, MINUTE, AlertDatabase, alert_database, configuration
from tests.forked_command import run_command
from tests.hostile_texts import LINKS, TEXTS
from tests.receivers import Receiver, closed_port, mailbox, receiver
from tests.site_database import serve
from tracker.analyse.search.synonyms import synonyms
from tracker.analyse.timetable import Quiet
from tracker.config.load import load_text
from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.models import utc_text
from tracker.pipeline.grouping import Grouper
from tracker.publish.alerts import job, operator_alerts
from tracker.store.database import opened, transaction
from tracker.store.deliveries import ATTEMPTS

pytestmark = pytest.mark.slow

HOOK = "recipients:\n  - {{name: hook, webhook: '{url}', secret: '${{HOOK_SECRET}}'}}\n"
ENCRYPTION = "alerts: [{name: enc, tags: [encryption], to: [hook]}]\n"
SECRET = "hook-secret-9d1f"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def at(hook: Receiver, rest: str = ENCRYPTION) -> str:
    return HOOK.format(url=hook.url()) + rest


def titles(hook: Receiver) -> list[str]:
    return [story["title"] for posted in hook.posted for story in posted.said["stories"]]


def notices(hook: Receiver) -> list[str]:
    return [notice["text"] for posted in hook.posted for notice in posted.said["notices"]]


# What is found.


def test_an_article_that_came_is_sent_once(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.article("A lock for all", "encryption")
    made.article("A match", "meta")
    assert made.run() == "hook: 1 story sent"
    assert made.run() == "nothing new"
    assert titles(hook) == ["A lock for all"]


def test_a_first_run_tells_nothing_old(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook), begun=False)
    made.article("Before the alert", "encryption", seen=HOME - MINUTE)
    assert made.run(HOME) == "nothing new"
    made.article("After it", "encryption")
    made.run()
    assert titles(hook) == ["After it"]


def test_what_others_showed_before_in_other_words_is_sent_when_its_publisher_shows_it(
    tmp_path: Path, hook: Receiver
) -> None:
    made = alert_database(tmp_path, at(hook))
    article = made.article("Nothing of note", "meta")
    made.run(HOME + HOUR)
    made.do("UPDATE articles SET title = 'A ban', stated_at = ? WHERE id = ?", utc_text(HOME + 2 * HOUR), article)
    made.do("UPDATE article_tags SET tag = 'encryption' WHERE article = ?", article)
    made.run(HOME + 3 * HOUR)
    assert titles(hook) == ["A ban"]


def test_a_new_recipient_gets_nothing_old(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.article("Before the second", "encryption")
    made.run()
    with receiver() as second:
        both = f"{at(hook, '')}  - {{name: second, webhook: '{second.url()}', secret: '${{HOOK_SECRET}}'}}\n"
        made.config = configuration(f"{both}alerts: [{{name: enc, tags: [encryption], to: [hook, second]}}]\n")
        made.run()
        made.article("After", "encryption")
        made.run()
        assert titles(second) == ["After"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lock", ["A lock for all"]),
        ("locks", ["A lock for all"]),
        ('"for all"', ["A lock for all"]),
        ("lock OR match", ["A lock for all", "A match in spring"]),
        ("spring -match", ["Keys in spring"]),
        ("tag:nspcc", ["Keys in spring"]),
        ("spring -tag:nspcc", ["A match in spring"]),
        ("source:wire", ["A match in spring"]),
        ("lang:de", ["Schlüssel"]),
        ("nothing of that", []),
    ],
)  # fmt: skip
def test_a_search_means_what_it_means_on_the_site(
    tmp_path: Path, hook: Receiver, search: str, found: list[str]
) -> None:
    made = alert_database(tmp_path, at(hook, f"alerts: [{{name: s, search: '{search}', to: [hook]}}]\n"))
    made.article("A lock for all", "encryption")
    made.article("A match in spring", source="wire")
    made.article("Keys in spring", "nspcc", source="keys")
    made.article("Schlüssel", source="netzblick", language="de")
    made.run()
    assert sorted(titles(hook)) == sorted(found)


def test_an_alert_finds_what_the_site_finds(tmp_path: Path, hook: Receiver) -> None:
    searches = [
        "end-to-end encryption", "e2ee", '"online safety" -wales', "scann*", "chat control OR chatkontrolle", "nspcc",
        "national society for the prevention of cruelty to children", "tag:nspcc lang:en", "-source:wire children",
        "after:2026-03-18 children", "before:2026-03-18", "lang:de", "tag:nspcc -tag:meta", "Kinder AND nicht",
        "ofcom's",
    ]  # fmt: skip
    alerts = "".join(f"  - {{name: s{n}, search: {json.dumps(one)}, to: [hook]}}\n" for n, one in enumerate(searches))
    made = alert_database(tmp_path, at(hook, f"alerts:\n{alerts}"))
    made.article("End-to-end encrypted chats", "encryption", summary="E2EE for all children")
    made.article("E2EE by default, says Meta", "meta", source="wire", summary="What the NSPCC thinks of scanning")
    made.article(
        "Online Safety Act: scanners", "nspcc", source="keys", summary="Ofcom's children's codes, not in Wales"
    )
    made.article("Online safety, online rows", "nspcc", "meta", source="keys", summary="the online safety act in Ofcom")
    made.article("Chatkontrolle: Kinder und nicht nur", source="netzblick", language="de", summary="Chat control")
    made.article("Yesterday's children", at=HOME - 13 * HOUR, language="en-GB")
    made.run()
    sent: dict[str, set[str]] = {f"s{number}": set() for number in range(len(searches))}
    for story in hook.posted[0].said["stories"]:
        for alert in story["alerts"]:
            sent[alert].add(story["title"])
    names = synonyms(made.config.rulebook.tags)
    with contextmanager(serve)(made.path, lambda: made.now, synonyms=names) as address:
        for number, search in enumerate(searches):
            rows = httpx.get(f"{address}/search.json", params={"q": search, "order": "newest"}).json()
            assert sent[f"s{number}"] == {row["title"] for row in rows["results"]}, search
    assert sum(map(len, sent.values())) > len(searches)


@pytest.mark.parametrize(
    ("alert", "found"),
    [
        ("tags: [encryption, nspcc]", {"one", "two", "both"}),
        ("tags: [encryption, nspcc], match: all", {"both"}),
        ("relevance: any", {"one", "both"}),
        ("relevance: child-safety", set()),
        ("tags: [nspcc], kinds: [tech]", {"both"}),
        ("tags: [nspcc], sources: [harbour]", {"two"}),
        ("search: both, tags: [meta]", set()),
    ],
)
def test_all_that_an_alert_says_has_to_hold(tmp_path: Path, hook: Receiver, alert: str, found: set[str]) -> None:
    made = alert_database(tmp_path, at(hook, f"alerts: [{{name: a, {alert}, to: [hook]}}]\n"))
    made.article("one", "encryption")
    made.article("two", "nspcc")
    made.article("both", "encryption", "nspcc", source="netzblick")
    made.article("none")
    made.run()
    assert set(titles(hook)) == found


def test_old_news_is_none_by_either_date(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.article("Published last week", "encryption", at=HOME - 7 * DAY)
    made.article("Seen in time", "encryption")
    made.now = HOME + 49 * HOUR
    made.article("New", "encryption")
    made.run()
    assert titles(hook) == ["New"]


def test_rules_applied_anew_send_nothing_of_before_two_days(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    old = made.article("An old one")
    made.run(HOME + 60 * HOUR)
    made.do("INSERT INTO article_tags (article, tag, score) VALUES (?, 'encryption', 1)", old)
    assert made.run() == "nothing new"


def test_archives_and_what_a_new_feed_shows_without_dates_are_no_news(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.do("INSERT INTO feeds (id, url, source) VALUES (90, 'import:archive', 'wire')")
    made.do("INSERT INTO feeds (id, url, source) VALUES (91, 'https://wire.example/new', 'wire')")
    made.do("INSERT INTO polls (feed, started_at, outcome) VALUES (91, ?, 'ok')", utc_text(made.now))
    made.article("From a file", "encryption", feed=90)
    made.article("Of any age", "encryption", feed=91, undated=True)
    made.article("Dated", "encryption", feed=91)
    made.article("Undated, in a feed that we know", "encryption", undated=True)
    made.run()
    assert sorted(titles(hook)) == ["Dated", "Undated, in a feed that we know"]


def test_an_article_waits_until_it_is_grouped_but_not_for_ever(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.article("Not grouped", "encryption", ungrouped=True)
    assert made.run(HOME + 10 * MINUTE) == "nothing new"
    made.run(HOME + 40 * MINUTE)
    assert titles(hook) == ["Not grouped"]


def test_an_alert_that_is_changed_tells_what_came_since_it_last_ran(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    made.article("Seen under the old meaning", "nspcc")
    made.run(HOME + HOUR)
    made.config = configuration(at(hook, "alerts: [{name: enc, tags: [nspcc], to: [hook]}]\n"))
    made.article("Seen since", "nspcc", seen=HOME + HOUR + MINUTE)
    made.run(HOME + 2 * HOUR)
    assert titles(hook) == ["Seen since"]


# Once per story.


def test_a_story_is_sent_once_with_all_that_is_in_it(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    first = made.article("First report", "encryption")
    made.article("Second report", "encryption", story=first, source="wire")
    made.article("Third report", story=first, source="keys")
    made.run()
    (story,) = hook.posted[0].said["stories"]
    assert (story["story"], story["reports"], story["owners"]) == (first, 3, 3)
    made.article("Fourth report", "encryption", story=first, source="netzblick")
    assert made.run() == "nothing new"


def test_an_article_told_alone_covers_the_story_that_forms_around_it(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    alone = made.article("Alone", "encryption")
    made.run()
    assert hook.posted[0].said["stories"][0]["story"] is None
    made.article("A copy", "encryption", story=alone, source="wire")
    assert made.run() == "nothing new"


def test_stories_merged_or_split_by_hand_are_not_sent_again(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    one, two = made.article("One", "encryption"), made.article("Two", "encryption", source="wire")
    made.run()
    later = made.article("Later", "encryption", story=one, source="keys")
    made.run()
    made.move(two, one)
    assert made.run() == "nothing new"
    made.move(two, two)
    made.move(later, later)
    assert made.run() == "nothing new"
    assert len(titles(hook)) == 2


def grouped(made: AlertDatabase) -> None:
    """What is not grouped yet, grouped as at the end of a round."""
    with opened(made.path) as db:
        grouper, left = Grouper(), 1
        while left:
            with transaction(db):
                left = grouper.step(db, made.now)


def test_copies_of_one_text_are_grouped_and_sent_once_whenever_they_come(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    title = "Ministers press Meta to halt encrypted Messenger until children are safe"
    text = (
        "The home secretary told the committee on Tuesday that the company must not switch on end-to-end encryption "
        "in Messenger before it can show that grooming and the spread of abuse pictures will still be found there."
    )
    for source in ("wire", "harbour"):
        made.article(title, "encryption", source=source, summary=text, ungrouped=True)
    grouped(made)
    assert made.run() == "hook: 1 story sent"
    made.article(title, "encryption", source="netzblick", summary=text, ungrouped=True)
    grouped(made)
    assert made.run() == "nothing new"
    assert made.do("SELECT count(DISTINCT story) AS n, count(*) AS all_ FROM articles") == [{"n": 1, "all_": 3}]
    assert made.do("SELECT count(*) AS n FROM copies") == [{"n": 2}]


def test_several_alerts_make_one_message_in_which_a_story_stands_once(tmp_path: Path, hook: Receiver) -> None:
    two = "alerts: [{name: enc, tags: [encryption], to: [hook]}, {name: nspcc, tags: [nspcc], to: [hook]}]\n"
    made = alert_database(tmp_path, at(hook, two))
    made.article("Both", "encryption", "nspcc")
    made.article("One", "nspcc")
    made.run()
    assert len(hook.posted) == 1
    stories = {story["title"]: story["alerts"] for story in hook.posted[0].said["stories"]}
    assert stories == {"Both": ["enc", "nspcc"], "One": ["nspcc"]}


def test_mail_tells_of_twenty_stories_and_counts_the_rest(tmp_path: Path) -> None:
    with mailbox() as box:
        made = alert_database(
            tmp_path,
            f"mail: {{server: 'smtp://127.0.0.1:{box.port}', from: t@example.org}}\n"
            "recipients: [{name: desk, mail: desk@example.org}]\n"
            "alerts: [{name: enc, tags: [encryption], to: [desk]}]\n",
        )
        for number in range(25):
            made.article(f"Story {number}", "encryption")
        assert made.run() == "desk: 25 stories sent"
        assert made.run() == "nothing new"
    (letter,) = box.letters
    text = letter.get_body(("plain",)).get_content()
    assert sum(line.startswith("Story ") for line in text.splitlines()) == 20
    assert "and 5 more stories" in text
    assert letter["to"] == "desk@example.org"
    assert letter["subject"].startswith("25 stories: Story")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_becomes_of_stories_each_is_sent_and_no_article_twice(
    tmp_path: Path, hook: Receiver, seed: int
) -> None:
    """Articles that come alone or into stories, stories merged and split, answers that refuse: at random."""
    chance = random.Random(seed)
    made = alert_database(tmp_path, at(hook))
    stories: dict[int, int] = {}
    for _ in range(40):
        what = chance.random()
        if what < 0.5 or len(stories) < 3:
            into = chance.choice(list(stories.values())) if stories and chance.random() < 0.5 else None
            source = chance.choice(("harbour", "wire", "keys"))
            number = made.article(f"Article {made.articles + 1}", "encryption", story=into, source=source)
            stories[number] = into or number
        elif what < 0.65:
            one, other = chance.sample(sorted(set(stories.values())) * 2, 2)
            for number in [number for number, story in stories.items() if story == other]:
                stories[number] = one
                made.move(number, one)
        elif what < 0.8:
            number = chance.choice([number for number, story in stories.items() if number != story] or list(stories))
            if number not in stories.values():
                stories[number] = number
                made.move(number, number)
        else:
            hook.answers = [chance.choice((200, 200, 503))]
            with contextlib.suppress(TrackerError):
                made.run(made.now + 10 * MINUTE)
    hook.answers = [200]
    made.run(made.now + 7 * HOUR)
    assert made.run() == "nothing new"
    told = [story["article"] for posted in hook.taken for story in posted.said["stories"]]
    assert len(told) == len(set(told)) > 0
    sent = [key for key, outcome, _ in made.deliveries() if outcome == "sent"]
    assert {int(key.rpartition("/")[2]) for key in sent} == set(stories)


# At most once.


def test_a_refusal_is_tried_again_later_and_later_and_five_times_in_all(tmp_path: Path) -> None:
    with receiver(500) as server:
        made = alert_database(tmp_path, at(server))
        made.article("Refused", "encryption")
        with pytest.raises(TrackerError, match="500"):
            made.run()
        begun = made.now
        for minute in range(5, 40 * 60, 20):
            try:
                made.run(begun + minute * MINUTE)
            except TrackerError:
                continue
    assert len(server.posted) == ATTEMPTS == 5
    assert made.deliveries() == [("alert/hook/enc/1", "failed", 5)]


def test_what_comes_while_nobody_can_be_reached_goes_out_with_the_next_try(tmp_path: Path) -> None:
    with receiver(503, 200) as server:
        made = alert_database(tmp_path, at(server))
        made.article("First", "encryption")
        with pytest.raises(TrackerError):
            made.run()
        made.article("Second", "encryption")
        assert "held" in made.run(made.now + 2 * MINUTE)
        made.run(made.now + 10 * MINUTE)
    assert [len(posted.said["stories"]) for posted in server.posted] == [1, 2]


def test_what_may_have_arrived_is_never_sent_again(tmp_path: Path) -> None:
    with receiver(504, 200) as server:
        made = alert_database(tmp_path, at(server))
        made.article("Perhaps", "encryption")
        with pytest.raises(TrackerError, match="possibly sent"):
            made.run()
        assert made.run(made.now + DAY) == "nothing new"
    assert len(server.posted) == 1


def test_a_run_that_is_killed_while_it_sends_never_doubles(tmp_path: Path) -> None:
    with receiver(0) as server:
        made = alert_database(tmp_path, at(server))
        made.article("Killed", "encryption")
        script = (
            "import sys; from datetime import datetime; from pathlib import Path\n"
            "from tracker.config.load import load; from tracker.publish.alerts import job\n"
            "job.run(load(Path(sys.argv[1])), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))"
        )
        file = tmp_path / "feeds.yaml"
        file.write_text(f"{HEAD}\n{at(server)}", encoding="utf-8")
        arguments = [str(file), str(made.path), (made.now + 5 * MINUTE).isoformat()]
        running = subprocess.Popen([sys.executable, "-c", script, *arguments], env=os.environ)
        assert server.came.wait(60)
        running.send_signal(signal.SIGKILL)
        running.wait()
        server.answers = [200]
        made.article("After it", "encryption", seen=made.now + 6 * MINUTE)
        made.run(made.now + 10 * MINUTE)
    assert titles(server) == ["Killed", "After it"]
    assert made.deliveries()[0] == ("alert/hook/enc/1", "sending", 1)


def test_a_run_that_is_killed_at_any_moment_never_doubles(tmp_path: Path) -> None:
    """Killed after each number of SQLite statements in turn: what was sent is never sent again."""
    script = (
        "import os, signal, sys; from datetime import datetime; from pathlib import Path\n"
        "from tests.whole_program import import_whole_program\n"
        "from tracker.config.load import load; from tracker.publish.alerts import job\n"
        "from tracker.store.database import Database\n"
        "plain, config = Database.execute, load(Path(sys.argv[1]))\n"
        "def execute(self, *given):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if left < 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return plain(self, *given)\n"
        "import_whole_program()\n"
        "for line in sys.stdin:\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        left, Database.execute = int(line.split()[1]), execute\n"
        "        job.run(config, Path(sys.argv[2]), datetime.fromisoformat(line.split()[0]))\n"
        "        os._exit(0)\n"
        "    print(os.waitpid(child, 0)[1], flush=True)"
    )
    file = tmp_path / "feeds.yaml"
    with receiver(200) as server:
        made = alert_database(tmp_path, at(server))
        file.write_text(f"{HEAD}\n{at(server)}", encoding="utf-8")
        command = [sys.executable, "-c", script, str(file), str(made.path)]
        root = Path(__file__).parent.parent
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
            for number in count(0, 4):
                made.article(f"Story {number}", "encryption")
                print((made.now + number * MINUTE).isoformat(), number, file=process.stdin, flush=True)
                if process.stdout.readline() == "0\n":
                    break
            process.stdin.close()
    told = titles(server)
    assert number > 20
    assert len(told) == len(set(told))
    states = {key: outcome for key, outcome, _ in made.deliveries()}
    assert all(outcome in {"sent", "sending"} for outcome in states.values())
    assert len(told) >= sum(outcome == "sent" for outcome in states.values()) > 0


# Quiet hours.

LONDON = ZoneInfo("Europe/London")
NIGHT = Quiet(time(22), time(7))


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-03-18T21:59", False),
        ("2026-03-18T22:00", True),
        ("2026-03-19T00:00", True),
        ("2026-03-19T06:59", True),
        ("2026-03-19T07:00", False),
        ("2026-03-29T06:59", True),   # the night in which the clocks go forward
        ("2026-03-29T07:00", False),
        ("2026-10-25T06:59", True),   # and back
        ("2026-10-25T07:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_clock_on_the_wall(moment: str, quiet: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=LONDON)
    assert NIGHT.holds(local.astimezone(UTC), LONDON) is quiet


def test_quiet_hours_within_a_day_do_not_reach_over_midnight() -> None:
    noon = Quiet(time(12), time(13))
    assert [hour for hour in range(24) if noon.holds(datetime(2026, 1, 5, hour, tzinfo=UTC), LONDON)] == [12]


def test_what_comes_in_quiet_hours_goes_out_together_when_they_end(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, "quiet: 22:00-07:00\n" + at(hook))
    evening = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the clocks go forward in this night
    for number in range(3):
        made.article(f"Night {number}", "encryption", seen=evening + number * HOUR)
        assert "quiet" in made.run(evening + number * HOUR + MINUTE)
    assert "quiet" in made.run(datetime(2026, 3, 29, 5, 59, tzinfo=UTC))
    assert hook.posted == []
    made.run(datetime(2026, 3, 29, 6, 0, tzinfo=UTC))  # seven in London
    assert [len(posted.said["stories"]) for posted in hook.posted] == [3]


def test_a_recipient_may_have_hours_of_its_own_or_none(tmp_path: Path, hook: Receiver) -> None:
    text = at(hook).replace("'${HOOK_SECRET}'}", "'${HOOK_SECRET}', quiet: none}")
    made = alert_database(tmp_path, "quiet: 00:00-23:59\n" + text)
    made.article("At any time", "encryption")
    made.run()
    assert titles(hook) == ["At any time"]


# Spikes.

SPIKE = "alerts: [{name: wave, tags: [encryption], spike: true, to: [hook]}]\n"


def watched(made: AlertDatabase, today: datetime, blind: tuple[int, ...] = ()) -> None:
    """Every source seen on every day of the last four weeks and today, but for some days before it."""
    for back in range(29):
        if back not in blind:
            day = str((today - back * DAY).date())
            for source in ("harbour", "netzblick", "wire", "keys"):
                made.do("INSERT INTO source_days (day, source, observed) VALUES (?, ?, 1.0)", day, source)


def wave(made: AlertDatabase, number: int) -> None:
    for each in range(number):
        source = ("harbour", "netzblick", "wire", "keys")[each % 4]
        made.article(f"Wave {each}", "encryption", source=source)


def test_a_spike_is_sent_once_a_day_and_its_articles_are_not(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, SPIKE))
    watched(made, HOME)
    wave(made, 12)
    assert made.run() == "hook: 1 spike sent"
    wave(made, 3)
    assert made.run() == "nothing new"
    (spike,) = hook.posted[0].said["spikes"]
    assert (spike["tag"], spike["day"], spike["articles"], spike["owners"]) == ("encryption", "2026-03-18", 12, 4)
    assert hook.posted[0].said["stories"] == []


def test_tiny_counts_are_no_spike(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, SPIKE))
    watched(made, HOME)
    wave(made, 4)
    assert made.run() == "nothing new"


@pytest.mark.parametrize("blind", [(1,), tuple(range(5, 25)), (0,)], ids=["eve", "most", "today"])
def test_after_a_gap_nothing_is_a_spike(tmp_path: Path, hook: Receiver, blind: tuple[int, ...]) -> None:
    made = alert_database(tmp_path, at(hook, SPIKE))
    watched(made, HOME, blind)
    wave(made, 30)
    assert made.run() == "nothing new"


def test_a_search_has_spikes_too_and_one_of_the_night_is_sent_in_the_morning(tmp_path: Path, hook: Receiver) -> None:
    search = "alerts: [{name: wave, search: wave, spike: true, to: [hook]}]\n"
    made = alert_database(tmp_path, "quiet: 22:00-07:00\n" + at(hook, search))
    night = datetime(2026, 3, 18, 22, 30, tzinfo=UTC)
    watched(made, HOME)
    made.now = night
    wave(made, 12)
    assert "quiet" in made.run(night + MINUTE)
    made.run(datetime(2026, 3, 19, 7, 0, tzinfo=UTC))
    assert [spike["day"] for spike in hook.posted[0].said["spikes"]] == ["2026-03-18"]


def test_a_source_that_is_loud_alone_makes_no_spike(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, SPIKE))
    watched(made, HOME)
    for number in range(60):
        made.article(f"Loud {number}", "encryption", source="wire")
    made.article("One of another", "encryption", source="harbour")
    assert made.run() == "nothing new"


def test_one_source_that_is_all_that_is_watched_has_spikes_of_its_own(tmp_path: Path, hook: Receiver) -> None:
    own = "alerts: [{name: wave, tags: [encryption], spike: true, sources: [wire], to: [hook]}]\n"
    made = alert_database(tmp_path, at(hook, own))
    watched(made, HOME)
    made.do("DELETE FROM source_days WHERE source <> 'wire'")
    for number in range(12):
        made.article(f"Loud {number}", "encryption", source="wire")
    assert made.run() == "hook: 1 spike sent"


# Floods.


def flood(made: AlertDatabase, number: int, source: str = "wire") -> list[int]:
    """Store this many articles at once from a source's feed, which counts as a flood; return their numbers."""
    found = [made.article(f"Flood {each}", "encryption", source=source) for each in range(number)]
    made.do(
        "INSERT INTO floods (feed, from_at, to_at, articles, left_out) "
        "SELECT id, ?1, ?1, ?2, 0 FROM feeds WHERE source = ?3",
        utc_text(made.now),
        number,
        source,
    )
    return found


def test_what_came_in_a_flood_is_held_and_said_to_be_once(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    before = made.now
    flood(made, 40)
    made.article("Of another source", "encryption")
    assert made.run() == "hook: 1 story, 1 notice sent"
    assert titles(hook) == ["Of another source"]
    (notice,) = hook.posted[0].said["notices"]
    assert "Held: 40 articles from Wire, which is flooding" in notice["text"]
    assert "tracker alerts release wire" in notice["text"]
    assert made.run() == "nothing new"
    (waiting,) = job.waiting(made.config, made.path, made.now)
    assert [(held.source, len(held.articles), held.since) for held in waiting.finding.held] == [("wire", 40, before)]


def test_what_another_source_reports_too_is_sent_whoever_floods(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    (first, second) = flood(made, 2)
    made.article("The same event", "encryption", story=first)
    made.do("INSERT INTO sightings VALUES (1, 'x', ?1, '', ?2, ?2, 0)", second, utc_text(made.now))
    assert made.run() == "hook: 2 stories, 1 notice sent"
    assert "Held: 1 article from Wire" in hook.posted[0].said["notices"][0]["text"]


def test_what_is_released_is_sent_by_the_next_run(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    flood(made, 3)
    made.run()
    with opened(made.path) as db, transaction(db):
        assert job.release(made.config, db, "wire", made.now) == 1
    assert made.run() == "hook: 3 stories sent"
    with opened(made.path) as db, transaction(db):
        assert job.release(made.config, db, "https://wire.example/feed", made.now) == 0
        with pytest.raises(UsageError, match="no feed or source is called 'wier'"):
            job.release(made.config, db, "wier", made.now)


def test_a_source_that_flooded_makes_no_spike_however_many_others_join(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, SPIKE))
    watched(made, HOME)
    flood(made, 30)
    for number in range(4):
        made.article(f"Of others {number}", "encryption", source=("harbour", "keys")[number % 2])
    assert made.run() == "nothing new"


# Operator alerts.

OWN = "operator_alerts: {to: [hook]}\n"


def test_a_dead_feed_is_said_once_when_it_begins_and_once_when_it_is_over(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, OWN))
    made.do("UPDATE feeds SET failures = 9, last_outcome = 'timeout', last_error = 'No answer.' WHERE id = 1")
    assert made.run(HOME + HOUR) == "nothing new"
    later = HOME + 49 * HOUR
    made.do("UPDATE polls SET started_at = ? WHERE started_at = ?", utc_text(later), utc_text(HOME))
    assert made.run(later) == "hook: 1 notice sent"
    assert made.run() == made.run() == "nothing new"
    made.do("UPDATE feeds SET failures = 0, last_outcome = 'ok' WHERE id = 1")
    assert made.run() == "hook: 1 notice sent"
    assert made.run() == "nothing new"
    begun, over = notices(hook)
    assert "Harbour is dead" in begun
    assert "No answer." in begun
    assert "is read again" in over
    made.do("UPDATE feeds SET failures = 9, last_outcome = 'timeout' WHERE id = 1")
    assert made.run() == "hook: 1 notice sent"


def test_a_silent_feed_a_failed_job_and_a_late_backup_are_said(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, OWN + "schedule: {backup: daily 03:30}\n"))
    made.do("INSERT INTO gaps (feed, from_at, reason) VALUES (2, ?, 'silent')", utc_text(HOME - DAY))
    run = "INSERT INTO job_runs (job, started_at, ended_at, outcome, said) VALUES (?, ?, ?, ?, ?)"
    made.do(run, "backup", utc_text(HOME - 3 * DAY), utc_text(HOME - 3 * DAY), "done", "")
    made.do(run, "export", utc_text(HOME), utc_text(HOME), "failed", "the folder is gone")
    made.run()
    said = " ".join(notices(hook))
    assert "Netzblick is silent" in said
    assert "The job export failed" in said
    assert "the folder is gone" in said
    assert "The last backup is of 15 Mar 2026" in said
    made.do(run, "export", utc_text(HOME), utc_text(HOME), "done", "")
    made.run()
    assert notices(hook)[-1] == "The job export succeeded again"


def test_that_nothing_was_polled_is_said_but_not_when_the_machine_was_off(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, OWN))
    made.do("UPDATE feeds SET next_poll_at = ?", utc_text(HOME))
    assert made.run(HOME + 9 * HOUR) == "nothing new"  # the first thing after a night
    assert made.run(HOME + 9 * HOUR + 5 * MINUTE) == "hook: 1 notice sent"
    made.do("INSERT INTO polls (feed, started_at, outcome) VALUES (1, ?, 'ok')", utc_text(made.now))
    made.run()
    assert [note[:26] for note in notices(hook)] == ["Nothing has been polled si", "Feeds are polled again"]


def test_feeds_that_are_not_due_for_long_are_no_reason_for_alarm(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook, OWN))
    made.do("UPDATE feeds SET next_poll_at = ?", utc_text(HOME + 30 * DAY))
    made.run(HOME + 9 * HOUR)
    assert made.run() == "nothing new"


@pytest.mark.parametrize(
    ("gib", "free_mib", "full"),
    [(40, 3000, False), (40, 1900, True), (4000, 6000, False), (4000, 5000, True), (2, 600, False), (2, 499, True)],
)
def test_a_disk_is_nearly_full_by_share_and_by_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Receiver, gib: int, free_mib: int, full: bool
) -> None:
    made = alert_database(tmp_path, at(hook, OWN))

    def has(free: float) -> None:
        monkeypatch.setattr(operator_alerts.shutil, "disk_usage", lambda _: _Usage(gib * 2**30, int(free * 2**20)))

    has(free_mib)
    assert made.run() == ("hook: 1 notice sent" if full else "nothing new")
    if full:
        has(free_mib * 1.1)
        assert made.run() == "nothing new"
        has(free_mib * 2)
        made.run()
        assert notices(hook)[-1] == "There is room on the disk again"


class _Usage:
    def __init__(self, total: int, free: int) -> None:
        self.total, self.free = total, free


# Hostile words, and secrets.


def test_hostile_words_are_plain_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = "topic-51c0ffee"
    monkeypatch.setenv("NTFY_TOPIC", topic)
    with receiver() as server, receiver(ntfy=True) as ntfy, mailbox() as box:
        made = alert_database(
            tmp_path,
            f"mail: {{server: 'smtp://127.0.0.1:{box.port}', from: t@example.org}}\n"
            f"recipients:\n  - {{name: hook, webhook: '{server.url()}', secret: '${{HOOK_SECRET}}'}}\n"
            "  - {name: desk, mail: desk@example.org}\n"
            f"  - {{name: phone, apprise: 'ntfy://127.0.0.1:{ntfy.port}/${{NTFY_TOPIC}}'}}\n"
            "alerts: [{name: enc, tags: [encryption], to: [hook, desk, phone]}]\n",
        )
        texts = (*TEXTS, "@everyone <!channel> <@U123> [free](http://evil.example)")
        links = iter(LINKS)
        for number, text in enumerate(texts):
            made.article(text, "encryption", url=next(links, f"https://harbour.example/{number}"))
            if number % 15 == 14 or number == len(texts) - 1:
                made.run()
    assert len(titles(server)) == len(texts)
    addresses = [story["url"] for posted in server.posted for story in posted.said["stories"]]
    assert all(url is None or re.match(r"https?://[^\s\"'<>]+$", url) for url in addresses)
    assert len(box.letters) == len(ntfy.topics[topic])
    for letter in box.letters:
        page = letter.get_body(("html",)).get_content()
        elements = {name.lower() for name in re.findall(r"<\s*([a-zA-Z!]+)", page)}
        assert elements <= {"!doctype", "html", "head", "meta", "title", "body", "p", "div", "a", "bdi"}
        assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', page))
        assert set(re.findall(r'href="(\w+):', page)) <= {"http", "https"}
        assert letter["subject"].isprintable()
    for note in ntfy.topics[topic]:
        assert len(note["message"]) <= 1100
        assert not re.search(r"[<>@`\[\]]", note["title"])
        assert not re.search(r"[<>@`\[\]]", re.sub(r"https?://\S+", "", note["message"]))


def test_no_secret_is_said_or_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = {
        "HOOK_SECRET": SECRET,
        "NTFY_TOPIC": "topic-aa11bb22",
        "HOOK_KEY": "key-cc33dd44",
        "MAIL_WORD": "pw-ee55",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    with receiver(500) as server:
        made = alert_database(
            tmp_path,
            f"mail: {{server: 'smtps://127.0.0.1:{closed_port()}', from: t@example.org, "
            "user: u, password: '${MAIL_WORD}'}\n"
            f"recipients:\n  - {{name: hook, webhook: '{server.url('/${HOOK_KEY}')}', secret: '${{HOOK_SECRET}}'}}\n"
            "  - {name: desk, mail: private@example.org}\n"
            f"  - {{name: phone, apprise: 'ntfy://127.0.0.1:{server.port}/${{NTFY_TOPIC}}'}}\n"
            "alerts: [{name: enc, tags: [encryption], to: [hook, desk, phone]}]\n",
        )
        made.article("Anything", "encryption")
        with pytest.raises(TrackerError) as caught:
            made.run()
    said = str(caught.value) + "".join(capfd.readouterr())
    stored = json.dumps(made.do("SELECT * FROM deliveries") + made.do("SELECT * FROM alert_watches"))
    assert len(made.deliveries()) == 3
    for secret in (*secrets.values(), "private@example.org", "127.0.0.1"):
        assert secret not in said
        assert secret not in stored


# The configuration, and the command.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "alerts: [{name: a, tags: [encription], to: [d]}]",
            "there is no tag 'encription'; did you mean 'encryption'?",
        ),
        ("alerts: [{name: a, tags: [encryption], to: [x]}]", "there is no recipient 'x'"),
        ("alerts: [{name: a, search: '-lock', to: [d]}]", "Only words to leave out were given"),
        ("alerts: [{name: a, search: 'tag:encription', to: [d]}]", "No tag is called"),
        ("alerts: [{name: a, search: '***', to: [d]}]", "this search is empty"),
        ("alerts: [{name: a, sources: [harbor], to: [d]}]", "there is no source 'harbor'; did you mean 'harbour'?"),
        ("alerts: [{name: a, to: [d]}]", "would match every article"),
        ("alerts: [{name: a, tags: [meta], to: [d]}, {name: a, tags: [meta], to: [d]}]", "is taken by item 1"),
        ("alerts: [{name: ourselves, tags: [meta], to: [d]}]", "choose another"),
        ("operator_alerts: {to: [x]}", "there is no recipient 'x'"),
        ("quiet: 22-7", "is not a valid range of quiet hours"),
        ("quiet: 07:00-07:00", "is not a valid range of quiet hours"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, said: str) -> None:
    recipients = "recipients: [{name: d, webhook: 'https://hooks.example/x', secret: '${HOOK_SECRET}'}]\n"
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        configuration(recipients + text)
    assert re.match(r"feeds\.yaml:\d+:\d+: ", str(caught.value))


def test_a_search_that_is_read_in_an_unlikely_way_is_a_doubt_with_its_place() -> None:
    recipients = "recipients: [{name: d, webhook: 'https://hooks.example/x', secret: '${HOOK_SECRET}'}]\n"
    config = configuration(f"{recipients}alerts: [{{name: a, search: '\"chat control', to: [d]}}]")
    (doubt,) = config.doubts
    assert "A quotation mark is not closed" in str(doubt)
    assert str(doubt).startswith("feeds.yaml:")


@pytest.mark.parametrize(
    ("recipient", "said"),
    [
        ("{name: d}", "one of mail, webhook, apprise"),
        ("{name: d, mail: a@example.org, apprise: 'ntfy://x'}", "one of mail, webhook, apprise"),
        ("{name: d, webhook: 'https://hooks.example/x'}", "are given together"),
        ("{name: d, webhook: 'https://hooks.example/x', secret: hunter2}", "secrets do not belong in this file"),
        ("{name: d, apprise: 'ntfy://user:hunter2@x/y'}", "passwords do not belong in this file"),
        ("{name: d, apprise: 'not an address'}", "not an apprise address"),
        ("{name: d, mail: a@example.org}", "name the server and the sender under `mail:`"),
    ],
)
def test_a_recipient_that_cannot_be_reached_so_is_a_mistake(recipient: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        configuration(f"recipients: [{recipient}]")
    assert "hunter2" not in str(caught.value)


def test_alerts_are_looked_after_every_five_minutes_unless_the_schedule_says_otherwise() -> None:
    recipients = "recipients: [{name: hook, webhook: 'https://hooks.example/x', secret: '${HOOK_SECRET}'}]\n"
    plain, given = (
        configuration(recipients + ENCRYPTION),
        configuration(recipients + ENCRYPTION + "schedule: {alerts: 1h}"),
    )
    assert plain.schedule.alerts is not None
    assert plain.schedule.alerts.every == 5 * MINUTE
    assert given.schedule.alerts is not None
    assert given.schedule.alerts.every == HOUR
    assert configuration("tags: []").schedule.alerts is None


def test_a_secret_that_is_missing_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK_SECRET")
    config = configuration("recipients: [{name: d, webhook: 'https://hooks.example/x', secret: '${HOOK_SECRET}'}]")
    assert any("recipient d needs HOOK_SECRET" in warning for warning in config.warnings)


def test_a_test_message_reaches_its_recipient_and_is_kept_nowhere(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    job.test(made.config, "hook", HOME)
    assert hook.posted[0].headers["x-tracker-event"] == "test"
    assert "This is a test" in notices(hook)[0]
    assert made.deliveries() == []
    with pytest.raises(UsageError, match="hook"):
        job.test(made.config, "nobody", HOME)


def tracker(folder: Path, *arguments: str) -> str:
    """What the command prints."""
    done = run_command("--config", "feeds.yaml", "--db", "tracker.db", *arguments, cwd=folder, env=os.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_the_command_shows_what_would_be_sent_and_sends_nothing(tmp_path: Path, hook: Receiver) -> None:
    made = alert_database(tmp_path, at(hook))
    (tmp_path / "feeds.yaml").write_text(f"{HEAD}\n{at(hook)}", encoding="utf-8")
    now = datetime.now(UTC).replace(microsecond=0)
    made.do("UPDATE alert_watches SET since = ?", utc_text(now - HOUR))
    made.article("Fresh <news>", "encryption", seen=now - timedelta(minutes=1))
    shown = tracker(tmp_path, "alerts")
    assert "enc: tagged encryption -> hook" in shown
    assert "hook (webhook): 1 story" in shown
    assert "Fresh <news>" in tracker(tmp_path, "alerts", "--dry-run")
    plain = json.loads(tracker(tmp_path, "alerts", "--json"))
    assert plain["recipients"][0]["stories"][0]["title"] == "Fresh <news>"
    assert hook.posted == []
    tracker(tmp_path, "alerts", "test", "hook")
    assert len(hook.posted) == 1


def test_the_file_of_the_project_has_an_example_that_is_right() -> None:
    text = (Path(__file__).parent.parent / "feeds.yaml").read_text(encoding="utf-8")
    example = text.split("# Alerts: docs/alerts.md\n")[1].split("\n\n")[0]
    shown = "\n".join(line.removeprefix("# ") for line in example.splitlines())
    config = load_text(text.replace("schedule: {}", "") + "\n" + shown, "feeds.yaml")
    assert config.alerts
    assert config.recipients
