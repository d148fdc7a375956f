"""Parse the dates in feeds: the only module that knows their formats."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tracker.analyse.date_words import (
    ENGLISH_MONTHS,
    GUESSED_ZONES,
    MONTHS,
    OF,
    ORDINALS,
    ZONES,
    folded,
    place_zone,
    with_western_clock,
)
from tracker.models import DateQuality

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No web page predates this; an older date is a default or a mistake."""

_AHEAD = timedelta(days=2)
"""How far a date may lie in the future: any zone mistaken for any other, and a day of embargo."""

_RAW_LIMIT = 100
"""Longest text parsed as a date, in characters; the longest of 5,915 plain ones had 36."""

_BUDDHIST = 2500
"""From here on a year is Thailand's, 543 ahead."""

_EASTERNMOST = timedelta(hours=14)  # Kiribati's, the largest UTC offset

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# The two formats nearly all dates use, exactly as standardised: nothing in them needs a guess.
_PLAIN_CLOCK = r"((?:[01]\d|2[0-3])):([0-5]\d):([0-5]\d)"
_PLAIN_RFC_822 = re.compile(
    rf"(?:([A-Z][a-z]{{2}}), )?(\d\d?) ([A-Z][a-z]{{2}}) ((?:1\d|2[0-4])\d\d) {_PLAIN_CLOCK} "
    r"(?:GMT|UTC|Z|([+-])(0\d|1[0-3])([0-5]\d))",
    re.ASCII,
)
_PLAIN_RFC_3339 = re.compile(
    rf"(?:1\d|2[0-4])\d\d-\d\d-\d\dT{_PLAIN_CLOCK}(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII
)

# All others are matched in folded text: lower case, no accents, single spaces. Word quantifiers are possessive (`++`),
# so no text takes long.
_WORD = r"[^\W\d_]++"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?:[:.]|\s?h\s?)(?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,:]\d*)?)?"
    r"|\s?h\b|(?=\s?[ap]\.?m\b))(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
)
_ZONE_NAME = (  # est, est5edt, america/new_york, etc/gmt+5, eastern time
    r"(?:(?:eastern|central|mountain|pacific)(?: standard| daylight)? time|[a-z][a-z0-9]*+(?:[/_+-][a-z0-9]++)*+)"
)
_ZONE = (
    r"(?P<zone>(?:utc|gmt)?\s?(?P<sign>[+-])(?P<east>\d{1,2}:\d{1,2}|\d{1,4})"
    rf"(?:\s?(?P<also>{_ZONE_NAME}))?|{_ZONE_NAME})"
)
_TIME = rf"{_CLOCK}(?:\s?{_ZONE})?"
_LEAD = rf"(?P<lead>(?:{_WORD}(?:-{_WORD})?(?:\s?[.,:]+\s?|\s)){{0,4}})"  # weekday, article, "published on"
# The digits are those of months that have a number for a name: 11月, 11월.
_MONTH = rf"(?P<month>(?:\d{{1,2}}(?=[月\u110b]))?{_WORD})\.?"
_YEAR = r"(?P<year>\d{4})"
_DAY = rf"(?P<day>\d{{1,2}})(?:{ORDINALS}|[.°])?"
_RFC_822 = (
    rf"(?P<lead>{_WORD}\.?(?:,\s?|\s))?(?P<day>\d{{1,2}}),?[\s-]{_MONTH},?[\s-](?P<year>\d{{4}}|\d{{2}})"
    rf"(?:,?\s{_TIME})?"
)
_RFC_3339 = rf"{_YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:(?:t|,?\s){_TIME})?"
_ASCTIME = tuple(  # the day first is how `date` prints it in many locales
    rf"{_LEAD}{day}\s{_TIME}\s{_YEAR}" for day in (rf"{_MONTH}\s{_DAY}", rf"{_DAY}\s{_MONTH}")
)
_UNMARKED = (
    r"(?P<lead>)(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:t?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{_ZONE}?)?"
)
_DAYS_IN_CHARACTERS = tuple(  # 2026年11月23日, 2026년 11월 23일
    rf"{_YEAR}\s?{year}\s?(?P<month>\d{{1,2}})\s?{month}\s?(?P<day>\d{{1,2}})\s?{day}"
    for year, month, day in ("年月日", map(folded, "년월일"))
)
_DAYS = (
    rf"{_DAY}(?:\s(?:{OF}\s)?|[/-]|(?<=\.)){_MONTH}(?:,?\s(?:del?\s)?|[/-]){_YEAR}(?:\.|\s?[rг]\.?|\sroku)?",
    rf"{_DAY}\sthang\s(?P<month>\d{{1,2}})(?:,?\snam)?,?\s{_YEAR}",  # Vietnamese: ngày 23 tháng 11 năm 2026
    rf"{_MONTH}\s{_DAY},?\s{_YEAR}",
    rf"{_YEAR}(?:\sm)?\.?[\s,-]{{1,2}}{_MONTH}[\s-]{_DAY}(?:\sd\.?)?",  # Lithuanian: 2026 m. lapkričio 23 d.
    rf"{_YEAR}\.\sgada\s{_DAY}\s{_MONTH}",  # Latvian
    rf"{_YEAR}(?P<mark>[-/.])\s?(?P<month>\d{{1,2}})(?P=mark)\s?(?P<day>\d{{1,2}})\.?",
    rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",  # dates with dots put the day first
    *_DAYS_IN_CHARACTERS,
    rf"(?P<one>\d{{1,2}})(?P<mark>[/-])(?P<other>\d{{1,2}})(?P=mark){_YEAR}",
)
_TO_TIME = rf"(?:t|[,;]?(?:\s[-|·])?\s(?:{_WORD}\.?,?\s){{0,2}})"
_STANDARD = tuple(map(re.compile, (_RFC_822, _RFC_3339)))
_OTHER = tuple(
    map(
        re.compile,
        [
            *(rf"{_LEAD}{day}(?:{_TO_TIME}{_TIME})?" for day in _DAYS),
            *(rf"{_TIME},?\s{_LEAD}{day}" for day in _DAYS),
            *_ASCTIME,
            _UNMARKED,
        ],
    )
)
_DOTNET = re.compile(r"\\?/date\((\d+)(?:[+-]\d{4})?\)\\?/")  # how Microsoft's serializers write JSON
_ZONE_OF_DAY = re.compile(r"(?<= \d{4}) (?:gmt|utc|z)\Z")
_LOST_PLUS = re.compile(r"(?<=:\d\d) (?=(?:0\d|1[0-4]):?[0-5]\d\Z)")  # it was taken for a space in an address
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\.\d+|\d{3}|\d{6})?")  # since September 2001
_TIME_OF_DAY = re.compile(r"(?<![+\-\d:])(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)  # a time of day, not a zone offset
_COMMENT = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")  # RFC 822 section 3.4.3, RFC 9557
_ZONE_IN_COMMENT = re.compile(  # behind a time: 10:00 (GMT+7), but not 10:00 +07:00 (GMT+7)
    r"((?<![+-]\d)(?<![+-]\d\d):\d\d|\d\s?[ap]\.?m\.?)\s?"
    rf"\(((?:utc|gmt)?\s?[+-]\d{{1,2}}(?::?\d\d)?|{_ZONE_NAME})\)"
)
_ZONE_IN_BRACKETS = re.compile(r"(?<=\d)\[!?([a-z]+/[a-z0-9/_+-]+)\]")  # RFC 9557: 2026-11-23T10:00:00[Europe/Paris]
_CROATIAN_OCTOBER = re.compile(r"(?<=\d\. )listopada\b")  # Polish, whose November it is, puts no dot behind the day
_SHORT_YEAR = re.compile(r"\A((?!.*\b(?:19|2[05])\d\d\b).*?(?<![\d:./-]))(\d\d?)([./-])(\d\d?)\3(\d\d)(?![\d:/-]|\.\d)")
"""The beginning of a text without a whole year, up to a date of three numbers."""
_NUMERIC = re.compile(r"(?<!\d)(\d\d?)([/-])(\d\d?)\2(\d{4}|\d\d)(?!\d)", re.ASCII)
"""A date of three numbers of which the first may be the day or the month."""
_DAY_BY_NUMBER = re.compile(r"(\d{4})-(?:w(\d\d)-(\d)|(\d{3}))(?=t|\s|\Z)")  # ISO 8601: of a week, of the year
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # marks of direction, joiners


def has_day_first(raws: Iterable[str]) -> bool | None:
    """Decide whether a document writes the day before the month, as those of its numeric dates show in which one number
    is no month; None if none shows it, or they disagree."""
    numbers = ((int(date[1]), int(date[3])) for date in map(_NUMERIC.search, raws) if date)
    shown = {one > 12 for one, other in numbers if (one > 12) != (other > 12)}
    return shown.pop() if len(shown) == 1 else None


def read_date(raw: str | None, now: datetime, *, day_first: bool | None = None) -> tuple[datetime | None, DateQuality]:
    """Return the moment a feed's date means, in UTC and whole seconds, and how far to trust it.

    `day_first` is the order of day and month in the other dates of its document, None if unknown.

    "stated": RFC 822 or RFC 3339 with a known zone, be it an offset, an abbreviation or an IANA name. "repaired":
    something was guessed or ignored (no or unknown zone: UTC; an hour that a clock change repeats or skips; no
    time: midnight; two-digit year, the last of three numbers; foreign or wrong day name; up to four words before the
    date), or the format is another one (seconds since 1970; 23.11.2026; 13/07/2025, which is unambiguous).
    "implausible": before 1990 or more than two days after `now`; the value is None. "absent": no date, or an unreadable
    one, such as 08/07/2025 in an unknown order or 24/07/12; the value is None.
    """
    try:
        moment, guessed = _parse_plain(raw or "") or _parse(raw or "", now.year, day_first)
    except OverflowError:  # near the first or last representable year
        return None, "implausible"
    except ValueError:  # no such format, month, day or time
        return None, "absent"
    if not _EARLIEST <= moment <= now + _AHEAD:
        return None, "implausible"
    return moment, "repaired" if guessed else "stated"


def names_day(raw: str, moment: datetime) -> bool:
    """Decide whether a raw date meaning this moment gives only a day, as midnight in its own zone."""
    clock = _TIME_OF_DAY.search(raw[:_RAW_LIMIT])
    if clock is None:
        return moment.time() == time()
    return not any(int(digits or 0) for digits in clock.groups())


def _parse_plain(text: str) -> tuple[datetime, bool] | None:
    """Return the moment, and whether its day name is wrong; None if the format is not plain; raises ValueError if there
    is no such day."""
    if _PLAIN_RFC_3339.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0), False
    match = _PLAIN_RFC_822.fullmatch(text)
    if match is None:
        return None
    name, day, month_name, year, hour, minute, second, sign, east, minutes = match.groups()
    month = ENGLISH_MONTHS.get(month_name.lower())
    if month is None:
        return None
    local = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    wrong_name = name is not None and name.lower() != _WEEKDAYS[local.weekday()]
    if sign is None:
        return local, wrong_name
    offset = timedelta(hours=int(east), minutes=int(minutes))
    return (local + offset if sign == "-" else local - offset), wrong_name


def _by_month(numbered: re.Match[str]) -> str:
    """Return a day numbered within its week or year as year, month and day; raises ValueError if there is none."""
    year, week, weekday, day = (int(digits or 0) for digits in numbered.groups())
    if not day:
        return date.fromisocalendar(year, week, weekday).isoformat()
    found = date(year, 1, 1) + timedelta(days=day - 1)
    if found.year != year:
        raise ValueError(numbered[0])
    return found.isoformat()


def _with_whole_year(short: re.Match[str], this_year: int) -> str:
    """Return a date of three short numbers with its year, which is the last, in four digits; raises ValueError if the
    first may be the year as well, and a later one."""
    lead, first, mark, month, last = short.groups()
    year = _year(last)[0]
    if year < _year(first)[0] <= this_year:
        raise ValueError(short[0])
    return f"{lead}{first}{mark}{month}{mark}{year}"


def _in_order(numeric: re.Match[str], day_first: bool) -> str:
    """Return a numeric date whose month is ambiguous as year/month/day, and any other unchanged."""
    one, _, other, year = numeric.groups()
    month, day = (other, one) if day_first else (one, other)
    return f"{year}/{month}/{day}" if int(month) <= 12 >= int(day) and len(year) == 4 else numeric[0]


def _parse(raw: str, this_year: int, day_first: bool | None) -> tuple[datetime, bool]:
    """Return the moment, and whether anything was guessed; raises ValueError when no format fits."""
    text = " ".join(_INVISIBLE.sub("", raw).split())
    if len(text) > _RAW_LIMIT:
        raise ValueError(text)
    text = _ZONE_IN_BRACKETS.sub(r" \1", with_western_clock(folded(text).strip("\"';, ")))
    text = _DAY_BY_NUMBER.sub(_by_month, _ZONE_OF_DAY.sub("", _DOTNET.sub(r"\1", text)), count=1)
    text = _SHORT_YEAR.sub(lambda short: _with_whole_year(short, this_year), _CROATIAN_OCTOBER.sub("october", text))
    if day_first is not None:
        text = _NUMERIC.sub(lambda numeric: _in_order(numeric, day_first), text)
    text = _ZONE_IN_COMMENT.sub(_with_zone, text)
    while (bare := _COMMENT.sub("", text)) != text:
        text = bare
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC), True
    signed = _LOST_PLUS.sub("+", text)
    for patterns, unusual in ((_STANDARD, False), (_OTHER, True)):
        for pattern in patterns:
            match = pattern.fullmatch(signed)
            if match:
                moment, guessed = _moment(match.groupdict())
                return moment, guessed or unusual or signed != text
    raise ValueError(text)


def _moment(part: dict[str, str | None]) -> tuple[datetime, bool]:
    """Build the moment from a date's named parts; raises ValueError when there is none."""
    year, short = _year(part["year"] or "")
    month, number, foreign = _month_and_day(part)
    day = datetime(year, month, number, tzinfo=UTC)
    clock, odd_clock = _clock(part)
    offset, guessed_zone = _zone(part, day + clock)
    return day + clock - offset, short or foreign or odd_clock or guessed_zone or _ignored_lead(part, day)


def _year(digits: str) -> tuple[int, bool]:
    """Return the year, and whether its era or century was guessed (RFC 2822 section 4.3: 00 to 49 are in this one)."""
    year = int(digits)
    if year >= _BUDDHIST:
        return year - 543, True
    if len(digits) == 4:
        return year, False
    return year + (2000 if year < 50 else 1900), True


def _month_and_day(part: dict[str, str | None]) -> tuple[int, int, bool]:
    """Return month and day, and whether the month name is not English.

    Raises ValueError for an unknown month name, and for two numbers in ambiguous order.
    """
    name, day = part.get("month"), part.get("day")
    if name is None or day is None:
        one, other = sorted((int(part["one"] or 0), int(part["other"] or 0)))
        if one != other <= 12:
            raise ValueError(other)
        return one, other, False
    if name.isdecimal():
        return int(name), int(day), False
    if name not in MONTHS:
        raise ValueError(name)
    return MONTHS[name], int(day), name not in ENGLISH_MONTHS


def _clock(part: dict[str, str | None]) -> tuple[timedelta, bool]:
    """Return the time since midnight, and whether it was guessed; raises ValueError for an impossible time."""
    if part.get("hour") is None:
        return timedelta(), True
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    hour, odd = _hour(hour, part.get("half"))
    clock = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 60 or clock > timedelta(days=1):  # 60 is a leap second, 24:00 ends the day
        raise ValueError(clock)
    return clock, odd


def _hour(hour: int, half: str | None) -> tuple[int, bool]:
    """Return the hour of the day, and whether it was guessed; raises ValueError if it contradicts am or pm.

    Some append am or pm to a 24-hour time: 13 pm is 13, and 0 am is 0.
    """
    if half is None:
        return hour, hour == 24
    if 1 <= hour <= 12:
        return hour % 12 + (12 if half == "p" else 0), False
    if hour not in ((0,) if half == "a" else range(13, 24)):
        raise ValueError(hour)
    return hour, True


def _with_zone(comment: re.Match[str]) -> str:
    """Return a time with the zone in the comment behind it, or as it is if that is no zone."""
    time_of_day, zone = comment.groups()
    is_zone = zone[-1].isdecimal() or zone in {*ZONES, *GUESSED_ZONES} or place_zone(zone) is not None
    return f"{time_of_day} {zone}" if is_zone else comment[0]


def _zone(part: dict[str, str | None], local: datetime) -> tuple[timedelta, bool]:
    """Return the zone's offset east of UTC at a local time, and whether it was guessed; UTC stands in for an unknown
    zone."""
    name, digits, also = part.get("zone") or "", part.get("east"), part.get("also")
    if digits is None:
        return _named_zone(name, local)
    hours, minutes = _hours_and_minutes(digits)
    distance = timedelta(hours=hours, minutes=minutes)
    if distance > _EASTERNMOST or minutes > 59:
        return timedelta(), True
    offset = -distance if part.get("sign") == "-" else distance
    cut_short = digits[-2:-1] == ":"
    contradicts = also is not None and also not in GUESSED_ZONES and offset not in _offsets(also, local)
    return offset, cut_short or contradicts


def _named_zone(name: str, local: datetime) -> tuple[timedelta, bool]:
    """Return a named zone's offset at a local time, and whether it was guessed: where clocks changed, the earlier
    moment is taken."""
    offsets = _offsets(name, local)
    if not offsets:
        return GUESSED_ZONES.get(name, timedelta()), True
    return max(offsets), len(offsets) > 1


def _offsets(name: str, local: datetime) -> set[timedelta]:
    """Return the offsets that a named zone may have at a local time: two where its clock changes, none if unknown."""
    if name in ZONES:
        return {ZONES[name]}
    zone = place_zone(name)
    moments = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)) if zone else ()
    return {moment.utcoffset() or timedelta() for moment in moments}


def _hours_and_minutes(digits: str) -> tuple[int, int]:
    """Return the two numbers in an offset of 1, 01, 0130 or 1:30."""
    if ":" in digits:
        hours, _, minutes = digits.partition(":")
        return int(hours), int(minutes)
    return divmod(int(digits), 100) if len(digits) > 2 else (int(digits), 0)


def _ignored_lead(part: dict[str, str | None], day: datetime) -> bool:
    """Decide whether anything precedes the date other than the English name of its day."""
    words = re.findall(_WORD, part.get("lead") or "")
    return words != [] and (len(words) > 1 or words[0][:3] != _WEEKDAYS[day.weekday()])
