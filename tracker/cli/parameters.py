"""Types of options: values as in feeds.yaml, files, and days such as 2026-11-01, yesterday or 7d."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from tracker.analyse.days import day_of


class Setting(click.ParamType[Any]):
    """A value of feeds.yaml, valid or refused there and here alike."""

    def __init__(self, kind: Any, name: str) -> None:
        """Take the annotated type of the setting, and what help calls it."""
        self.kind = kind
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the valid value; fails with the sentence that feeds.yaml would get."""
        from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  too slow to import for --help

        try:
            return TypeAdapter(self.kind).validate_python(value)
        except ValidationError as error:
            self.fail(error.errors()[0]["msg"], param, ctx)


class WholeNumber(click.IntRange):
    """A whole number within limits, named as people call it."""

    name = "whole number"


class FilePath(click.Path):
    """A file or folder. An empty name, as of `"$FILE"` where FILE is not set, is refused: it means the folder `.`."""

    def __init__(self, path_type: type[str | Path] = Path, **limits: bool) -> None:
        """Take the limits of click.Path."""
        super().__init__(path_type=path_type, **limits)

    def convert(
        self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | PathLike[str]:
        """Return the path as `path_type`; fails when it is empty or outside the limits."""
        if value == "":
            self.fail("the name is empty; is a variable of the shell not set?", param, ctx)
        return super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True)
class Ago:
    """The day so many days before today."""

    days: int


class Day(click.ParamType["date | Ago"]):
    """A day such as 2026-11-01, today, yesterday or 7d, which is seven days ago; `day_meant` needs a zone for these."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | Ago:
        """Parse the day; fails for the first and last years that datetime supports, where a zone offset overflows."""
        if isinstance(value, date | Ago):
            return value
        text = str(value).strip().lower()
        if ago := re.fullmatch(r"([0-9]{1,5})d", text):
            return Ago(int(ago[1]))
        if text in {"today", "yesterday"}:
            return Ago(int(text == "yesterday"))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fail(f"{value!r} is not a day; write one such as 2026-11-01, yesterday or 7d", param, ctx)
        if not MINYEAR < day.year < MAXYEAR:
            self.fail(f"{value!r} is not a valid day", param, ctx)
        return day


def day_meant(day: date | Ago, zone: ZoneInfo, now: datetime) -> date:
    """Return the day that is meant at `now` in a zone."""
    return day_of(now, zone) - timedelta(days=day.days) if isinstance(day, Ago) else day
