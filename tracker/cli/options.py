"""The options that commands share, and how errors end a command."""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click
from click.core import ParameterSource

from tracker.analyse.spelling import did_you_mean
from tracker.cli import logs
from tracker.config.load import Config, load
from tracker.errors import ConfigError, StoreError, TrackerError, UsageError
from tracker.files import is_stream
from tracker.models import utc_text

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

F = TypeVar("F", bound=Callable[..., Any])


class Named(click.Choice[str]):
    """One of some names; a mistyped one is answered with what may have been meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """The sentence on a value that is none of them."""
        return super().get_invalid_choice_message(value, ctx).rstrip(".") + did_you_mean(value, self.choices) + "."


@dataclass(slots=True)
class Paths:
    """The two files that every command is about."""

    config: Path = Path("feeds.yaml")
    db: Path = Path("db/tracker.db")


pass_paths = click.make_pass_decorator(Paths, ensure=True)


def _keep(context: click.Context, option: click.Parameter, value: Path | None) -> None:
    """Note a path; what stands nearest the end of the command line wins, and all of it over the environment."""
    name = option.name or ""
    heard = context.parent is not None and context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    if value is not None and not heard:
        setattr(context.ensure_object(Paths), name, value)


def _path_option(name: str, variable: str, default: str, about: str) -> Callable[[F], F]:
    return click.option(
        f"--{name}",
        envvar=variable,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        expose_value=False,
        callback=_keep,
        is_eager=True,
        help=f"{about}  [default: {default}; or {variable}]",
    )


config_option = _path_option("config", "TRACKER_CONFIG", "feeds.yaml", "What to poll and to look for.")
db_option = _path_option("db", "TRACKER_DB", "db/tracker.db", "The database.")


def _set_up_log(_context: click.Context, _option: click.Parameter, value: logs.Form) -> None:
    logs.set_up(value)


log_option = click.option(
    "--log",
    envvar="TRACKER_LOG",
    type=Named(get_args(logs.Form)),
    default="text",
    expose_value=False,
    callback=_set_up_log,
    help="How the log is written: a line for people, or a JSON object, for each event.  [default: text; or "
    "TRACKER_LOG]",
)
force_option = click.option(
    "--force",
    is_flag=True,
    help="Write over a file that this command did not write; never over feeds.yaml or a database.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


def _set_quiet(_context: click.Context, _option: click.Parameter, value: bool) -> bool:
    if value:
        logging.getLogger("tracker").setLevel(logging.ERROR)
    return value


quiet_option = click.option("--quiet", "-q", is_flag=True, callback=_set_quiet, help="Say only what went wrong.")


def print_json(value: object) -> None:
    """A value of ours as JSON on standard output."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=_as_stored))


def _as_stored(value: object) -> str:
    """Moments as the database writes them, anything else as it calls itself."""
    return utc_text(value) if isinstance(value, datetime) else str(value)


def progress_bar(length: int, label: str, *, hidden: bool) -> "ProgressBar[int]":
    """A bar on standard error when that is a terminal and it is not to be hidden."""
    bar: ProgressBar[int] = click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=hidden or not sys.stderr.isatty()
    )
    return bar


def load_config(paths: Paths, *, quiet: bool) -> Config:
    """The configuration; what should not stay as it is in it is said on standard error."""
    config = load(paths.config)
    if not quiet:
        tell_warnings(paths, config)
    return config


def tell_warnings(paths: Paths, config: Config) -> None:
    """Says on standard error what should not stay as it is in feeds.yaml, with its place where it has one."""
    for line in (*(f"{paths.config}: {warning}" for warning in config.warnings), *map(str, config.doubts)):
        say(line, logging.WARNING)


def say(sentence: str, level: int) -> None:
    """Say something on standard error: as it is, or as an event where the log is JSON, so that every line is."""
    if logs.form() == "json":
        logging.getLogger("tracker").log(level, "%s", sentence)
    else:
        click.echo(sentence, err=True)


def existing_database(paths: Paths) -> Path:
    """The database's path; raises StoreError if there is none, because an empty one would answer every question."""
    if not paths.db.exists():
        raise StoreError(f"there is no database {paths.db}; `tracker poll` makes it, or name yours with --db")
    return paths.db


def is_file_name(path: Path) -> bool:
    """Whether a path names a file, and not standard output or a device or pipe, whose names say nothing of a form."""
    return str(path) != "-" and not is_stream(path)


def spare_own_files(paths: Paths, file: Path) -> None:
    """Raises UsageError where a file to be written is the configuration or the database, whatever it is called."""
    for own, what in ((paths.config, "the configuration"), (paths.db, "the database")):
        if str(file) != "-" and file.exists() and own.exists() and file.samefile(own):
            raise UsageError(f"{file} is {what}, and is not written over; name another file")


def configured(paths: Paths) -> Config | None:
    """The configuration; None where there is no such file, for commands that can do without."""
    try:
        return load(paths.config)
    except ConfigError:
        if paths.config.exists() or paths.config != Paths().config:
            raise  # what was named must be there
        return None


def timezone(paths: Paths) -> str:
    """The time zone of feeds.yaml; UTC where there is no such file."""
    config = configured(paths)
    return config.timezone if config else "UTC"


class TrackerGroup(click.Group):
    """A group whose commands end with the exit code of a TrackerError and its sentence on standard error."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except TrackerError as error:
            say(str(error), logging.ERROR)
            context.exit(error.exit_code)
