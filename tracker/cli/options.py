"""The options that commands share, and the exit codes of errors."""

import errno
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from tracker.analyse.names import did_you_mean
from tracker.cli import logs
from tracker.cli.parameters import FilePath
from tracker.errors import ConfigError, StoreError, TrackerError, UsageError
from tracker.files import is_stream

if TYPE_CHECKING:
    from tracker.config.load import Config
    from tracker.config.poll_config import ConfigCache, PollConfig

F = TypeVar("F", bound=Callable[..., Any])
Configured = TypeVar("Configured", bound="PollConfig")


class Named(click.Choice[str]):
    """A choice that suggests the nearest name for a mistyped one."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the error for an invalid value, with a suggestion."""
        return super().get_invalid_choice_message(value, ctx).rstrip(".") + did_you_mean(value, self.choices) + "."


@dataclass(slots=True)
class Paths:
    """The paths of the configuration and the database."""

    config: Path = Path("feeds.yaml")
    db: Path = Path("db/tracker.db")

    @property
    def cache(self) -> "ConfigCache":
        """Where the configuration and the compiled rulebook are kept: beside the database."""
        from tracker.config.poll_config import ConfigCache  # noqa: PLC0415  --help needs no configuration

        return ConfigCache.beside(self.db)


pass_paths = click.make_pass_decorator(Paths, ensure=True)


def _keep(context: click.Context, option: click.Parameter, value: Path | None) -> None:
    """Store a path: the last option on the command line wins, and any option beats the environment."""
    name = option.name or ""
    inherited = context.parent is not None and context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    if value is not None and not inherited:
        setattr(context.ensure_object(Paths), name, value)


def _path_option(name: str, variable: str, default: str, about: str) -> Callable[[F], F]:
    return click.option(
        f"--{name}",
        envvar=variable,
        type=FilePath(dir_okay=False),
        metavar="FILE",
        expose_value=False,
        callback=_keep,
        is_eager=True,
        help=f"{about}  [default: {default}; or {variable}]",
    )


config_option = _path_option("config", "TRACKER_CONFIG", "feeds.yaml", "The configuration file.")
db_option = _path_option("db", "TRACKER_DB", "db/tracker.db", "The database.")


def _set_up_log(_context: click.Context, _option: click.Parameter, value: logs.LogFormat) -> None:
    logs.set_up(value)


log_option = click.option(
    "--log",
    envvar="TRACKER_LOG",
    type=Named(get_args(logs.LogFormat)),
    default="text",
    expose_value=False,
    callback=_set_up_log,
    help="Log each event as a line of text or as a JSON object.  [default: text; or TRACKER_LOG]",
)
force_option = click.option(
    "--force",
    is_flag=True,
    help="Overwrite files that this command did not write, but never feeds.yaml or a database.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _set_level(context: click.Context, option: click.Parameter, value: bool) -> bool:
    """Log less with --quiet, more with --verbose."""
    if value:
        if context.meta.setdefault("tracker.level", option.name) != option.name:
            raise click.UsageError("use --quiet or --verbose, not both")
        logging.getLogger("tracker").setLevel(logging.ERROR if option.name == "quiet" else logging.DEBUG)
    return value


quiet_option = click.option("--quiet", "-q", is_flag=True, callback=_set_level, help="Print errors only.")
verbose_option = click.option(
    "--verbose",
    "-v",
    is_flag=True,
    callback=_set_level,
    help="Also log each feed polled: the outcome, what is new, and the time taken.",
)


def print_json(value: object) -> None:
    """Print a value as JSON on standard output; dataclasses become objects."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=_as_stored))


def _as_stored(value: object) -> str:
    """Format moments as the database does, anything else with str()."""
    from tracker.models import utc_text  # noqa: PLC0415  its many classes take longer than all of --help

    return utc_text(value) if isinstance(value, datetime) else str(value)


def read_config(paths: Paths, *, to_add: bool = False) -> "Config":
    """Load the configuration; `to_add`: it may lack sources, as they are about to be added."""
    from tracker.config.load import load  # noqa: PLC0415  with all that validates

    return _with_its_time(load(paths.config, paths.cache.rulebook, to_add=to_add))


def read_poll_config(paths: Paths) -> "PollConfig":
    """Load the part of the configuration that polling needs, in a fraction of the time."""
    return _with_its_time(paths.cache.load(paths.config))


def _with_its_time(config: Configured) -> Configured:
    """Log in the configuration's time zone from here on."""
    logs.tell_time_in(ZoneInfo(config.timezone))
    return config


def load_config(paths: Paths, *, quiet: bool) -> "Config":
    """Load the configuration, printing its warnings on standard error unless `quiet`."""
    config = read_config(paths)
    if not quiet:
        print_warnings(paths, config)
    return config


def print_warnings(paths: Paths, config: "PollConfig") -> None:
    """Print the warnings about feeds.yaml on standard error, with their positions where known."""
    for line in (*(f"{paths.config}: {warning}" for warning in config.warnings), *map(str, config.doubts)):
        say(line, logging.WARNING)


def say(sentence: str, level: int) -> None:
    """Print a sentence on standard error, or log it if the log is JSON, so that every line there is JSON."""
    if logs.form() == "json":
        logging.getLogger("tracker").log(level, "%s", sentence)
    else:
        click.echo(sentence, err=True)


def existing_database(paths: Paths) -> Path:
    """Return the database's path; raises StoreError if there is none, rather than create an empty one."""
    if not paths.db.exists():
        raise StoreError(f"there is no database {paths.db}; create it with `tracker poll`, or name yours with --db")
    return paths.db


def is_file_name(path: Path) -> bool:
    """Whether a path names a file, not standard output, a device or a pipe, whose names imply no format."""
    return str(path) != "-" and not is_stream(path)


def refuse_own_files(paths: Paths, file: Path) -> None:
    """Raise UsageError if the file to write is the configuration or the database, under whatever name."""
    for own, what in ((paths.config, "the configuration"), (paths.db, "the database")):
        if str(file) != "-" and file.exists() and own.exists() and file.samefile(own):
            raise UsageError(f"{file} is {what} and is never overwritten; name another file")


def configured(paths: Paths) -> "Config | None":
    """Load the configuration; None if the default file does not exist, for commands that can do without."""
    try:
        return read_config(paths)
    except ConfigError:
        if paths.config.exists() or paths.config != Paths().config:
            raise  # a file named explicitly must exist
        return None


def timezone(paths: Paths) -> str:
    """Return the time zone of feeds.yaml; UTC if there is no such file."""
    config = configured(paths)
    return config.timezone if config else "UTC"


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What writing to standard output can end with, besides a reader that went away, which click knows."""


class TrackerGroup(click.Group):
    """A group that ends with a sentence on standard error and an exit code for a TrackerError, or a full output."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except TrackerError as error:
            say(str(error), logging.ERROR)
            context.exit(error.exit_code)
        except OSError as error:
            if error.errno not in _NO_ROOM or error.filename is not None:
                raise
            say(f"the output cannot be written: {error.strerror}", logging.ERROR)
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  Python would fail again when it flushes at the end
            context.exit(1)
