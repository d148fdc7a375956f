"""What is said of rounds, of the state of the feeds and of our own politeness."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import site_database as stored
from tracker.models import Round
from tracker.outcomes import Outcome
from tracker.publish.formatting import percent, size
from tracker.publish.summaries import (
    politeness_in_words,
    round_in_words,
    status_in_words,
)
from tracker.store.database import Database, opened
from tracker.store.status import read_politeness, read_status

NOW = stored.NOW
MONTH_AGO = date(2026, 2, 19)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("words") / "site.db"
    stored.build(path)
    with opened(path) as database:
        yield database


@pytest.mark.parametrize(
    ("done", "said"),
    [
        pytest.param(Round({}), "no feed is due", id="nothing due"),
        pytest.param(Round({Outcome.OK: 1}, 2, 0), "1 feed polled, 2 new articles, 0 changed", id="one feed"),
        pytest.param(
            Round({Outcome.OK: 2, Outcome.NOT_MODIFIED: 3, Outcome.SAME_BODY: 1, Outcome.GONE: 1}, 1, 4),
            "7 feeds polled, 1 new article, 4 changed, 4 unchanged, 1 failed (1 gone)",
            id="of every kind",
        ),
        pytest.param(
            Round({Outcome.OK: 3}, 0, 0, left=37),
            "3 feeds polled, 0 new articles, 0 changed; 37 feeds left for the next round: not their turn yet",
            id="some left",
        ),
        pytest.param(
            Round({}, left=1),
            "0 feeds polled, 0 new articles, 0 changed; 1 feed left for the next round: not their turn yet",
            id="all left",
        ),
        pytest.param(
            Round({Outcome.TIMEOUT: 20}, left=212, outage=True, retry_at=datetime(2026, 7, 20, 12, 5, tzinfo=UTC)),
            "nothing could be reached (20 timeout): this looks like our own connection, so no feed is blamed; "
            "212 other feeds not asked; trying again after 13:05 BST",
            id="an outage that was noticed early",
        ),
        pytest.param(
            Round({Outcome.OK: 1, Outcome.DNS_ERROR: 5}, outage=True),
            "most hosts could not be reached (5 dns-error): this looks like our own connection, so no feed is blamed",
            id="an outage of most",
        ),
    ],
)
def test_a_round_is_one_line(done: Round, said: str) -> None:
    assert round_in_words(done, "Europe/London") == said


def test_the_status_says_what_was_missed_and_which_feeds_need_attention(db: Database) -> None:
    status = read_status(db, "none", NOW)
    lines = status_in_words(status, "Europe/London").splitlines()
    assert "6 feeds: 1 never polled, 1 silent, 1 failing, 1 gone, 2 ok" in lines
    seen = next(number for number, line in enumerate(lines) if line.startswith("seen in 2026-03: "))
    assert lines[seen].endswith(" of the time of the feeds that answered; 2 feeds below 100%")
    assert lines[seen + 1 : seen + 4] == [
        "  0%: Northern Wire  https://wire.example/rss  215.7 h missed in 1 gap",
        "  94.86%: The Harbour Post  https://harbour.example/rss  24.0 h missed in 1 gap",
        "open gaps: 1 error, 1 silent",
    ]
    since = "(1 poll failed, last seen 2026-03-11 12:00 GMT, last new entry 2026-03-11 12:00 GMT)"
    assert lines[-3:] == [
        f"  failing: Northern Wire  https://wire.example/rss  No answer from wire.example within 30 seconds. {since}",
        f"  gone: Safe Start Alliance  https://safe.example/atom  {status.failing[1].why} {since}",
        f"  silent: Netzblick  https://netzblick.example/feed.xml  {status.silent[0].why}",
    ]


def test_all_feeds_together_count_by_the_time_that_each_was_watched(db: Database) -> None:
    continuity = read_status(db, "none", NOW).continuity
    watched, missed = timedelta(days=19, hours=11, minutes=40), timedelta(days=1)
    failing = timedelta(days=8, hours=23, minutes=40)
    total = watched + 2 * failing  # the feed that is gone counts too, as seen: it had no gap
    assert continuity.observed_percent == pytest.approx(100 * (1 - (missed + failing) / total))
    assert continuity.open_gaps == {"error": 1, "silent": 1}


def test_a_month_that_nobody_watched_is_not_one_of_which_all_was_seen(db: Database) -> None:
    status = read_status(db, "none", NOW + timedelta(days=60))
    assert status.continuity.observed_percent is None
    said = status_in_words(status, "Europe/London")
    assert "seen in 2026-05: not known, as no feed was read" in said
    assert "open gaps: 1 error, 1 silent" in said


def test_only_gaps_in_which_entries_may_have_been_missed_are_counted(db: Database) -> None:
    status = read_status(db, "none", NOW)
    assert status.gaps == 4
    assert " 4 gaps in which entries may have been missed" in status_in_words(status, "UTC")


def test_a_status_with_many_failing_feeds_stays_a_page(db: Database) -> None:
    status = read_status(db, "none", NOW)
    many = [status.failing[0]] * 25
    object.__setattr__(status, "failing", many)
    lines = status_in_words(status, "UTC").splitlines()
    assert sum(line.startswith("  failing: ") for line in lines) == 20
    assert "  and 5 more: `tracker status --json` has them all" in lines


def test_politeness_is_a_table_with_its_totals_at_the_end(db: Database) -> None:
    by_host = politeness_in_words(read_politeness(db, MONTH_AGO, "host")).splitlines()
    assert by_host[0].split("  ")[0] == "host"
    assert by_host[1].split()[:4] == ["harbour.example", "5", "1", "5"]
    assert by_host[1].split()[4:] == ["20%", "102.4", "kB", "0", "0"]
    assert by_host[-1].startswith("5 hosts, 6 days since 2026-02-19 (UTC) ")
    assert len({len(line) for line in by_host}) == 1, "columns stand below each other"

    by_day = read_politeness(db, MONTH_AGO, "day")
    assert [row.name for row in by_day.rows] == sorted((row.name for row in by_day.rows), reverse=True)
    assert sum(row.requests for row in by_day.rows) == by_day.total.requests == 11

    assert politeness_in_words(read_politeness(db, (NOW + timedelta(days=9)).date(), "host")) == (
        "no requests have been sent since 2026-03-29 (UTC)"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(100.0, "100%"), (99.9999, "99.99%"), (99.71, "99.71%"), (50.0, "50%"), (0.0, "0%"), (0.004, "0%")],
)
def test_a_percentage_is_never_rounded_up_to_all(value: float, said: str) -> None:
    assert percent(value) == said


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_340_000, "2.3 MB"), (5 * 10**9, "5.0 GB")]
)
def test_bytes_are_reported_in_the_unit_that_fits(amount: int, said: str) -> None:
    assert size(amount) == said
