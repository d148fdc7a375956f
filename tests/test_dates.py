"""Which moment a feed's date means, and how far it is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse.dates import read_date

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type] # year, month, day, ...


STATED = [
    ("Mon, 23 Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +0000", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 -0500", at(2026, 11, 23, 15)),
    ("Mon, 23 Nov 2026 10:00 GMT", at(2026, 11, 23, 10)),
    ("Mon,23 Nov 2026 10:00:00 Z", at(2026, 11, 23, 10)),
    ("23 Nov 2026 10:00:00 UT", at(2026, 11, 23, 10)),
    ("Monday, 23 November 2026 10:00:00 UTC", at(2026, 11, 23, 10)),
    ("Wed, 01 Jul 2026 10:00:00 BST", at(2026, 7, 1, 9)),
    ("Wed, 01 Jul 2026 10:00:00 CEST", at(2026, 7, 1, 8)),
    ("Wed, 01 Jul 2026 10:00:00 EDT", at(2026, 7, 1, 14)),
    ("Thu, 15 Jan 2026 10:00:00 EST", at(2026, 1, 15, 15)),
    ("Thu, 15 Jan 2026 10:00:00 PST", at(2026, 1, 15, 18)),
    ("Thu, 15 Jan 2026 10:00:00 AEDT", at(2026, 1, 14, 23)),
    ("Thu, 15 Jan 2026 10:00:00 ACST", at(2026, 1, 15, 0, 30)),
    ("Thu, 28 Jul 2022 4:35:5 GMT+9", at(2022, 7, 27, 19, 35, 5)),
    ("Mon, 21 Jan 2008 8:56 pm PST", at(2008, 1, 22, 4, 56)),
    ("Mon, 23 Nov 2026 10:00:00 +0000 (Coordinated Universal Time)", at(2026, 11, 23, 10)),
    ("  Mon,  23 Nov\n2026 10:00:00   GMT ", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00Z", at(2026, 11, 23, 10)),
    ("2026-11-23t10:00:00z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00.123456789+01:00", at(2026, 11, 23, 9)),
    ("2026-11-23T10:00:00+0530", at(2026, 11, 23, 4, 30)),
    ("2026-11-23T10:00+01", at(2026, 11, 23, 9)),
    ("2026-11-23 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("2016-12-31T23:59:60Z", at(2017, 1, 1)),
]

REPAIRED = [
    ("Mon, 23 Nov 2026 10:00:00", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026", at(2026, 11, 23)),
    ("Tue, 23 Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 26 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Sun, 06 Nov 94 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
    ("Sunday, 06-Nov-94 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
    ("Mon, 23 Nov 2026 10:00:00 XYZ", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +9999", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 IST", at(2026, 11, 23, 4, 30)),
    ("Mo, 23 Nov 2026 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("Mi, 01 Mär 2026 10:00:00 +0100", at(2026, 3, 1, 9)),
    ("lundi 23 novembre 2026 10:00", at(2026, 11, 23, 10)),
    ("23 août 2026", at(2026, 8, 23)),
    ("5 de enero de 2024", at(2024, 1, 5)),
    ("1st May 2024", at(2024, 5, 1)),
    ("January 5, 2024 3:04 pm EST", at(2024, 1, 5, 20, 4)),
    ("January 5, 2024 12:04 AM UTC", at(2024, 1, 5, 0, 4)),
    ("Friday, January 5, 2024 - 15:04", at(2024, 1, 5, 15, 4)),
    ("Mon Jan  5 15:04:05 2026", at(2026, 1, 5, 15, 4, 5)),
    ("Mon Jan 5 15:04:05 EST 2026", at(2026, 1, 5, 20, 4, 5)),
    ("2026-11-23T10:00:00", at(2026, 11, 23, 10)),
    ("2026-11-23", at(2026, 11, 23)),
    ("2026-11-22T24:00:00Z", at(2026, 11, 23)),
    ("2016/6/29 15:07:41", at(2016, 6, 29, 15, 7, 41)),
    ("20240115", at(2024, 1, 15)),
    ("20240115T103000Z", at(2024, 1, 15, 10, 30)),
    ("202401151030", at(2024, 1, 15, 10, 30)),
    ("1751995800", at(2025, 7, 8, 17, 30)),
    ("1751995800123", at(2025, 7, 8, 17, 30)),
    ("2026-11-25T11:00:00", at(2026, 11, 25, 11)),
]

ABSENT = [
    *(None, "", "  ", "yesterday", "08/07/2025", "8/25/2025 10:00:00 AM", "2026-13-45", "2026-02-30T00:00:00Z"),
    *("Fri, 31 Jun 2025 10:00:00 GMT", "Mon, 23 Foo 2026 10:00:00 GMT", "2026-11-23T25:00:00Z", "10:00:00"),
    *("2026-11-23T10:60:00Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00", "13:00 pm", "1" * 101, "12345"),
    "2026-11",
]

IMPLAUSIBLE = [
    "1970-01-01T00:00:00Z",
    "Mon, 01 Jan 0001 00:00:00 +0000",
    "1989-12-31T23:59:59Z",
    "2026-11-25T12:00:01Z",
    "2099-01-01T00:00:00Z",
    "4102444800",
]


@pytest.mark.parametrize(("raw", "moment"), STATED)
def test_a_plain_date_is_read_as_stated(raw: str, moment: datetime) -> None:
    assert read_date(raw, NOW) == (moment, "stated")


@pytest.mark.parametrize(("raw", "moment"), REPAIRED)
def test_a_date_that_needs_a_guess_says_so(raw: str, moment: datetime) -> None:
    assert read_date(raw, NOW) == (moment, "repaired")


@pytest.mark.parametrize("raw", ABSENT)
def test_what_cannot_be_read_is_absent(raw: str | None) -> None:
    assert read_date(raw, NOW) == (None, "absent")


@pytest.mark.parametrize("raw", IMPLAUSIBLE)
def test_a_date_out_of_range_has_no_value(raw: str) -> None:
    assert read_date(raw, NOW) == (None, "implausible")


@given(st.integers(0, 36 * 365 * 86_400), st.integers(-14 * 60, 14 * 60))
def test_every_date_is_read_back_from_both_standards(seconds: int, minutes: int) -> None:
    moment = at(1990, 1, 2) + timedelta(seconds=seconds)
    local = moment + timedelta(minutes=minutes)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)

    assert read_date(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}", NOW) == (moment, "stated")
    assert read_date(f"{local:%a, %d %b %Y %H:%M:%S} {sign}{hours:02}{rest:02}", NOW) == (moment, "stated")


@given(st.text(alphabet="0123456789-/.:,+ TZGMTaJnpmé()", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    moment, quality = read_date(text, NOW)

    assert (moment is None) == (quality in {"absent", "implausible"})
    assert moment is None or moment.utcoffset() == timedelta()
