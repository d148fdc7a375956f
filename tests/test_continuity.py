"""Whether a document proves that nothing was missed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse.observation import Before, is_continuous

START = datetime(2025, 2, 1, tzinfo=UTC)


def at(hour: float | None) -> datetime | None:
    return None if hour is None else START + timedelta(hours=hour)


def dated(*articles: int) -> list[Before]:
    """Articles whose numbers are the hours at which they were published."""
    return [Before(article, at(article)) for article in articles]


def undated(*articles: int) -> list[Before]:
    return [Before(article, None) for article in articles]


def down(newest: int, oldest: int) -> list[int]:
    """Articles from the newest to the oldest."""
    return list(range(newest, oldest - 1, -1))


def follows(before: Sequence[Before], now: Sequence[int]) -> bool:
    """Whether `now` follows on from `before`, where all that was not there is new."""
    return is_continuous(before, now, {*now} - {item.article for item in before})


PINNED = [900, 901, 902]
"""Entries kept on top by hand; when dated, they are old."""


@pytest.mark.parametrize(
    ("before", "now", "continuous"),
    [
        pytest.param(dated(*down(9, 0)), down(12, 3), True, id="the window slid by three"),
        pytest.param(dated(*down(9, 0)), down(18, 9), True, id="the window slid until one was left"),
        pytest.param(dated(*down(9, 0)), down(19, 10), False, id="the window jumped by its length"),
        pytest.param(dated(*down(9, 0)), down(99, 90), False, id="the window jumped far"),
        pytest.param(dated(*down(9, 0)), down(9, 0), True, id="nothing is new"),
        pytest.param(dated(*down(9, 0)), down(9, 5), True, id="nothing is new and the window shrank"),
        pytest.param(dated(*down(9, 0)), [], True, id="an empty document"),
        pytest.param([], down(9, 0), True, id="nothing was there before"),
        pytest.param(undated(*down(9, 0)), down(18, 9), True, id="undated, one was left"),
        pytest.param(undated(*down(9, 0)), down(19, 10), False, id="undated, the window jumped"),
        pytest.param(dated(9), [9], True, id="one entry, the same"),
        pytest.param(dated(9), [10], False, id="one entry, another"),
        pytest.param(undated(9), [10], False, id="one entry, another, undated"),
        pytest.param(dated(9, 8), [12, 9], True, id="two entries, one was left"),
    ],
)
def test_a_window_that_still_shows_what_was_newest_missed_nothing(
    before: Sequence[Before], now: Sequence[int], continuous: bool
) -> None:
    assert follows(before, now) == continuous


@pytest.mark.parametrize(
    ("before", "now", "continuous"),
    [
        pytest.param(
            [*[Before(one, at(-9000)) for one in PINNED], *dated(*down(9, 0))],
            [*PINNED, *down(12, 3)], True, id="dated, the window slid",
        ),
        pytest.param(
            [*[Before(one, at(-9000)) for one in PINNED], *dated(*down(9, 0))],
            [*PINNED, *down(29, 20)], False, id="dated, the window jumped under them",
        ),
        pytest.param(
            undated(*PINNED, *down(9, 0)), [*PINNED, *down(12, 3)], True, id="undated, the window slid",
        ),
        pytest.param(
            undated(*PINNED, *down(9, 0)), [*PINNED, *down(29, 20)], False, id="undated, the window jumped under them",
        ),
        pytest.param(
            [Before(900, None), *dated(*down(9, 0))], [900, *down(29, 20)], False, id="one undated, the rest dated",
        ),
        pytest.param(
            [*[Before(one, at(-9000)) for one in PINNED], *dated(*down(9, 0))],
            [901, 902, *down(18, 9)], True, id="dated, one let go, the window slid far",
        ),
    ],
)  # fmt: skip
def test_entries_kept_on_top_by_hand_prove_nothing(
    before: Sequence[Before], now: Sequence[int], continuous: bool
) -> None:
    assert follows(before, now) == continuous


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(dated(*down(9, 0)), [*down(14, 10), 8, 7, 6, 5, 4], id="the newest"),
        pytest.param(dated(*down(9, 0)), [*down(17, 10), 8, 7], id="the newest, and the window slid far"),
        pytest.param(dated(*down(9, 0)), [*down(16, 10), 9, 8, 6], id="one in the middle"),
        pytest.param(undated(*down(9, 0)), [*down(17, 10), 8, 7], id="the newest, undated"),
    ],
)
def test_single_entries_may_be_withdrawn(before: Sequence[Before], now: Sequence[int]) -> None:
    assert follows(before, now)


def test_a_list_in_the_order_of_the_alphabet_is_read_by_its_dates() -> None:
    before = dated(3, 9, 1, 7, 0, 5, 2, 8, 6, 4)
    assert follows(before, [10, 3, 9, 7, 11, 5, 8, 6, 4, 12])
    assert follows(before, [10, 14, 9, 13, 15, 16, 17, 11, 18, 12])
    assert not follows(before, [24, 21, 29, 23, 20, 28, 25, 22, 27, 26])


def test_a_list_in_the_order_of_the_alphabet_without_dates_stays_while_most_of_it_does() -> None:
    before = undated(3, 9, 1, 7, 0, 5, 2, 8, 6, 4)
    assert follows(before, [10, 3, 9, 7, 11, 5, 8, 6, 4, 12])


def test_articles_that_are_new_elsewhere_only_do_not_count_as_new_here() -> None:
    assert is_continuous(dated(5, 4), [9, 8], new=set())


lengths = st.integers(4, 40)
dates = st.integers(0, 10_000).map(lambda seed: sorted(Random(seed).choices(range(501), k=200), reverse=True))


@given(dates, lengths, st.data(), st.integers(0, 3))
def test_a_dated_window_that_slides_by_less_than_its_length_is_always_continuous(
    hours: list[int], length: int, data: st.DataObject, pinned: int
) -> None:
    slid = data.draw(st.integers(0, length - 1))
    before, now = _windows(hours, length, slid, pinned)
    assert follows(before, now)


@given(dates, lengths, st.data(), st.integers(0, 3))
def test_a_dated_window_that_slides_by_its_length_or_more_never_is(
    hours: list[int], length: int, data: st.DataObject, pinned: int
) -> None:
    slid = data.draw(st.integers(length, 100))
    before, now = _windows(hours, length, slid, pinned)
    assert not follows(before, now)


@given(lengths, st.data(), st.booleans())
def test_an_undated_window_is_as_continuous_as_it_slid(length: int, data: st.DataObject, pinned: bool) -> None:
    slid = data.draw(st.integers(1, 2 * length))
    top = PINNED[: 1 if pinned else 0]
    before = undated(*top, *down(length, 1))
    assert follows(before, [*top, *down(length + slid, slid + 1)]) == (slid < length)


def _windows(hours: list[int], length: int, slid: int, pinned: int) -> tuple[list[Before], list[int]]:
    """A window before and after it slid over dated entries, the later ones numbered higher, and old ones on top."""
    numbers = range(len(hours), 0, -1)
    entries = [Before(number, at(hour)) for number, hour in zip(numbers, hours, strict=True)]
    top = [Before(-number, at(-number)) for number in range(1, pinned + 1)]
    start = len(entries) - length
    before = top + entries[start:]
    return before, [item.article for item in top + entries[start - slid : start - slid + length]]
