"""The schema of the job sections of feeds.yaml: schedule, exports, backup and retention."""

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tracker.analyse.timetable import When
from tracker.config.values import Interval, Shape, Slug, Text, duration, wrong

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FORMS = "write daily 06:30, monday 07:00, monday and thursday 07:00, day 1 05:00 (of each month), or 6h"


def _when(value: Any) -> Any:
    if isinstance(value, When):
        return value
    text = " ".join(str(value).lower().split())
    if " " not in text:
        return When(text, every=duration(value))
    days, clock = text.rsplit(" ", 1)
    at = _time_of_day(clock, value)
    if days == "daily":
        return When(text, at=at)
    if found := re.fullmatch(r"day ([1-9]|1[0-9]|2[0-8])", days):
        return When(text, at=at, day=int(found[1]))
    names = re.split(r", ?| and ", days)
    if not set(names) <= set(_WEEKDAYS):
        raise wrong(f"{value!r} is no time to do a job; {_FORMS}; a day of the month is 28 at most")
    return When(text, at=at, weekdays=tuple(sorted({_WEEKDAYS.index(name) for name in names})))


def _time_of_day(clock: str, value: Any) -> time:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", clock)
    if not found:
        raise wrong(f"{value!r} has no time of day; {_FORMS}")
    return time(int(found[1]), int(found[2]))


def _age(value: timedelta) -> timedelta:
    if value < _LEAST_AGE:
        raise wrong("summaries are kept for at least 30d: new articles are compared with those of the last weeks")
    return value


_LEAST_AGE = timedelta(days=30)
Age = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_age)]
Time = Annotated[When, BeforeValidator(_when)]


class ScheduleShape(Shape):
    """`schedule:` of feeds.yaml: when `tracker run` runs each job; jobs left out never run."""

    poll: Interval = Field(default=timedelta(minutes=1), description="how often to ask which feeds are due")
    export: Time | None = Field(default=None, description="a time such as daily 06:15")
    digest: Time | None = Field(default=None, description="a time such as daily 07:00, or monday 07:00")
    alerts: Time | None = Field(default=None, description="a time such as 5m")
    release: Time | None = Field(default=None, description="a time such as day 1 05:00")
    backup: Time | None = Field(default=None, description="a time such as daily 03:30")
    maintenance: Time | None = Field(default=None, description="a time such as sunday 04:00")


class ExportShape(Shape):
    """An item of `exports:`."""

    folder: Text = Field(description="a folder; one without / at its start is beside the database")
    presets: list[Literal["coverage", "stories", "revisions", "attention", "gaps", "health"]] = Field(
        default=[], description="a list of exports such as [coverage, attention]"
    )
    format: Literal["csv", "jsonl", "parquet"] = Field(default="csv", description="csv, jsonl or parquet")
    gzip: bool = Field(default=False, description="true for packed files, else false")
    excel: bool = Field(default=False, description="true for CSV that Excel knows for UTF-8, else false")
    tags: list[Slug] = Field(default=[], description="a list of tags; articles with any of them are exported")
    source: Slug | None = Field(default=None, description="the id of a source")
    relevance: Literal["both", "encryption", "child-safety", "none", "any"] | None = Field(
        default=None, description="a relevance, or any for all but none"
    )
    published: bool = Field(default=False, description="true where everybody on this machine may read them, else false")
    days: Annotated[int, Field(ge=1, le=36_600)] | None = Field(default=None, description="the last so many days")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.gzip and self.format == "parquet":
            raise wrong("Parquet is packed by itself; leave gzip out")
        if self.excel and self.format != "csv":
            raise wrong("excel is about CSV; leave it out, or the format")
        return self


class BackupShape(Shape):
    """`backup:` of feeds.yaml."""

    folder: Text = Field(default="backups", description="a folder; one without / at its start is the database's")
    keep: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=7, description="how many of the newest backups are kept: a number from 1 to 1000"
    )


class RetentionShape(Shape):
    """`retention:` of feeds.yaml; anything left out is kept for ever."""

    summaries: Age | None = Field(
        default=None, description="how long the summaries of articles that match nothing are kept, such as 365d"
    )
