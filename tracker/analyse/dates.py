"""Reads the dates that feeds write: the only module that knows their notations, zones and month names."""

import re
from datetime import UTC, datetime, timedelta, timezone

from tracker.models import DateQuality

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this no web page had a date: what is older is a default or a mistake."""

_AHEAD = timedelta(days=2)
"""How far a date may lie in the future: any zone mistaken for any other, and a day of embargo."""

_RAW_LIMIT = 100
"""Longest text that is read as a date, in characters; the longest of 5,915 plain ones had 36."""

# English first, then German, French, Spanish, Italian, Dutch, Portuguese; full and short.
_MONTH_NAMES = (
    "january jan|januar jän janvier janv enero ene gennaio gen januari janeiro",
    "february feb|februar févr fév février febrero febbraio februari fevereiro fev",
    "march mar|märz mär mrz mars marzo maart mrt março",
    "april apr|avril avr abril abr aprile",
    "may|mai mayo maggio mag mei maio",
    "june jun|juni juin junio giugno giu junho",
    "july jul|juli juillet juil julio luglio lug julho",
    "august aug|août agosto ago augustus",
    "september sept sep|septembre septiembre settembre set setembro",
    "october oct|oktober okt octobre octubre ottobre ott outubro out",
    "november nov|novembre noviembre novembro",
    "december dec|dezember dez décembre déc diciembre dic dicembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.replace("|", " ").split()}
_ENGLISH = {name for names in _MONTH_NAMES for name in names.partition("|")[0].split()}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Hours east of UTC: RFC 822 section 5.1, then the civil zones of the countries watched (IANA abbreviations).
_ZONE_TABLE = """
    0 ut utc gmt z wet  1 bst west cet met mez  2 cest mest mesz eet sast  3 eest msk
    -2.5 ndt  -3 brt adt  -3.5 nst  -4 ast edt  -5 est cdt  -6 cst mdt  -7 mst pdt  -8 pst akdt  -9 akst
    -10 hst  8 hkt sgt awst  9 jst kst  9.5 acst  10 aest  10.5 acdt  11 aedt  12 nzst  13 nzdt
"""
_ZONES = {
    name: float(hours)
    for hours, names in re.findall(r"(-?[\d.]+)((?: [a-z]+)+)", _ZONE_TABLE)
    for name in names.split()
}

# IST is India's, Ireland's and Israel's: the first, with far the most feeds, is a guess.
_GUESSED_ZONES = {"ist": 5.5}

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[aApP])\.?[mM]\b\.?)?"
)
_ZONE = r"(?P<zone>(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{1,2})?|[A-Za-z]+(?:/\w+)?)"
_TIME = rf"{_CLOCK}(?:\s*{_ZONE})?"
_WEEKDAY = r"(?:(?P<weekday>[^\W\d]+)\.?(?:,\s*|\s+))"
_MONTH = r"(?P<month>[^\W\d]+)\.?"

_RFC_822 = rf"{_WEEKDAY}?(?P<day>\d{{1,2}})[\s-]{_MONTH}[\s-](?P<year>\d{{4}}|\d{{2}})(?:,?\s+{_TIME})?"
_ISO_8601 = (
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    rf"(?:(?:[Tt]|,?\s+){_TIME})?"
)
_DAY_FIRST = (
    rf"{_WEEKDAY}?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|\s+de)?\s+{_MONTH}(?:,|\s+de)?\s+(?P<year>\d{{4}})"
    rf"(?:,?\s+(?:[^\W\d]{{1,3}}\s+|-\s*)?{_TIME})?"
)
_MONTH_FIRST = (
    rf"{_WEEKDAY}?{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"(?:,?\s+(?:at\s+|-\s*)?{_TIME})?"
)
_YEAR_LAST = rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+(?P<year>\d{{4}})"  # C's asctime
_UNMARKED = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:[Tt]?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{_ZONE}?)?"
)
_STANDARD = tuple(re.compile(notation) for notation in (_RFC_822, _ISO_8601))
_OTHER = tuple(re.compile(notation) for notation in (_DAY_FIRST, _MONTH_FIRST, _YEAR_LAST, _UNMARKED))
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\d{3})?")  # since September 2001
_COMMENT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")


def read_date(raw: str | None, now: datetime) -> tuple[datetime | None, DateQuality]:
    """The moment that a feed's date means, in UTC and whole seconds, and how far to trust it.

    "stated": RFC 822 or RFC 3339 with a known zone. "repaired": something was guessed (no or unknown zone:
    UTC; no time: midnight; two-digit year; foreign or wrong day name; seconds since 1970; other notation).
    "implausible": before 1990 or more than two days after `now`; the value is None. "absent": no date, or
    one that cannot be read; the value is None. Dates like 08/07/2025, which mean two days, cannot be read.
    """
    text = " ".join((raw or "").split())
    if not text or len(text) > _RAW_LIMIT:
        return None, "absent"
    try:
        moment, guessed = _read(_COMMENT.sub("", text))
    except (ValueError, OverflowError):  # no such date, month or zone; a year beyond datetime's
        return None, "absent"
    if not _EARLIEST <= moment <= now + _AHEAD:
        return None, "implausible"
    return moment, "repaired" if guessed else "stated"


def _read(text: str) -> tuple[datetime, bool]:
    """The moment, and whether anything was guessed; raises ValueError when no notation fits."""
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC), True
    for patterns, unusual in ((_STANDARD, False), (_OTHER, True)):
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match:
                moment, guessed = _moment(match.groupdict())
                return moment, guessed or unusual
    raise ValueError(text)


def _moment(part: dict[str, str | None]) -> tuple[datetime, bool]:
    """The moment that the named parts of a date make; raises ValueError when there is no such one."""
    year, short = _year(part["year"] or "")
    month, foreign = _month(part["month"] or "")
    day = datetime(year, month, int(part["day"] or 0), tzinfo=UTC)
    clock, odd_clock = _clock(part)
    offset, guessed_zone = _zone(part.get("zone"))
    local = day + clock
    wrong_name = not _is_weekday(part.get("weekday"), day)
    moment = local.replace(tzinfo=timezone(offset)).astimezone(UTC)
    return moment, short or foreign or odd_clock or guessed_zone or wrong_name


def _year(digits: str) -> tuple[int, bool]:
    """The year, and whether its century was guessed (RFC 2822 section 4.3: 00 to 49 are of this one)."""
    year = int(digits)
    if len(digits) == 4:
        return year, False
    return year + (2000 if year < 50 else 1900), True


def _month(text: str) -> tuple[int, bool]:
    """The month's number, and whether its name was no English one; raises ValueError for no month."""
    if text.isdecimal():
        return int(text), False
    name = text.casefold()
    if name not in _MONTHS:
        raise ValueError(text)
    return _MONTHS[name], name not in _ENGLISH


def _clock(part: dict[str, str | None]) -> tuple[timedelta, bool]:
    """The time since midnight, and whether it was guessed; raises ValueError for no time of day."""
    if part.get("hour") is None:
        return timedelta(), True
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    half = part.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    clock = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 60 or clock > timedelta(days=1):  # 60 is a leap second, 24:00 ends the day
        raise ValueError(clock)
    return clock, hour == 24


def _zone(text: str | None) -> tuple[timedelta, bool]:
    """How far east of UTC a zone is, and whether that was guessed (UTC stands in for an unknown one)."""
    name = (text or "").lower().replace(" ", "")
    if name in _ZONES:
        return timedelta(hours=_ZONES[name]), False
    if name in _GUESSED_ZONES:
        return timedelta(hours=_GUESSED_ZONES[name]), True
    sign, digits = name.removeprefix("utc").removeprefix("gmt")[:1], re.sub(r"\D", "", name)
    if sign not in {"+", "-"}:
        return timedelta(), True
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > timedelta(hours=14):  # Kiribati's, the largest there is
        return timedelta(), True
    return (-offset if sign == "-" else offset), False


def _is_weekday(name: str | None, day: datetime) -> bool:
    """Whether a weekday, where one is given, is the English name of that day's."""
    return name is None or name[:3].lower() == _WEEKDAYS[day.weekday()]
