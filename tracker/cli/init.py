"""The command init: write a first feeds.yaml."""

import sys
from functools import partial
from pathlib import Path

import click
from tzlocal import get_localzone_name

from tracker.cli.options import Paths, config_option, pass_paths
from tracker.cli.parameters import Setting
from tracker.config.edit import Choices, shipped_feeds, sources_by_country, starter
from tracker.config.load import load_text
from tracker.config.poll_config import EXAMPLE_CONTACT
from tracker.config.values import Contact, Zone
from tracker.errors import UsageError
from tracker.files import SHARED, unfinished
from tracker.publish.formatting import counted

_CONTACT = Setting(Contact, "contact")
_ZONE = Setting(Zone, "zone")
_ALL = "all"
_ASK_CONTACT = "Your web page or email address, sent with every request so that publishers can reach you"
_NEXT = """\
Next:
  tracker run      poll the feeds and serve the site on http://127.0.0.1:8001
  tracker poll     poll once, as from cron
  tracker check    look for mistakes after you have edited {path}"""


@click.command(epilog="Example:  tracker init --contact desk@example.org --countries GB,IE,EU --yes")
@click.option("--contact", type=_CONTACT, metavar="PAGE|MAIL", help="Where publishers can reach you.")
@click.option("--timezone", type=_ZONE, metavar="ZONE", help="Your time zone.  [default: that of this computer]")
@click.option(
    "--countries",
    metavar="CODES",
    help="Only sources of these countries, e.g. GB,IE,EU; INT: bodies of no one country.  [default: all]",
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; use the defaults for what is not given.")
@config_option
@pass_paths
def init(paths: Paths, contact: str | None, timezone: str | None, countries: str | None, *, yes: bool) -> None:
    """Write a first feeds.yaml.

    It lists the sources that come with the program. Asks for what the options do not give. An existing file is never
    overwritten.
    """
    if paths.config.exists():
        raise UsageError(f"{paths.config} already exists; edit it, or name another file with --config")
    text = shipped_feeds()
    known = sources_by_country(text)
    given = Choices(contact, timezone, _countries(countries or _ALL, known))
    write_first(paths.config, given if yes else _ask(given, known, ask_countries=countries is None))


def offer(path: Path) -> None:
    """On a terminal, offer to write the missing configuration, and do so if the user agrees."""
    if path.exists() or not sys.stdin.isatty():
        return
    if click.confirm(f"There is no {path}. Write one with the sources that come with the program?", default=True):
        write_first(path, _ask(Choices(), sources_by_country(shipped_feeds()), ask_countries=True))


def write_first(path: Path, choices: Choices) -> None:
    """Write the first configuration, and print what it holds and what to do next."""
    text = starter(shipped_feeds(), choices)
    config = load_text(text, path)
    with unfinished(path, SHARED) as part:
        part.write_text(text, encoding="utf-8")
    click.echo(f"{path} lists {counted(len(config.sources), 'source')} with {counted(len(config.feeds), 'feed')}.")
    if config.contact == EXAMPLE_CONTACT:
        click.echo(f"Publishers cannot reach you yet: write your page or mail under settings.contact in {path}.")
    click.echo(_NEXT.format(path=path))


def _ask(given: Choices, known: dict[str, int], *, ask_countries: bool) -> Choices:
    """Return the choices with the open ones answered by the user."""
    contact = given.contact or click.prompt(_ASK_CONTACT, value_proc=_CONTACT)
    zone = given.timezone or click.prompt("Your time zone", default=_local_zone(), value_proc=_ZONE)
    countries = given.countries
    if ask_countries:
        click.echo("Sources by country: " + ", ".join(f"{code} {number}" for code, number in known.items()))
        countries = click.prompt(
            "Countries to follow, such as GB,IE,EU,INT", _ALL, value_proc=partial(_countries, known=known)
        )
    return Choices(contact, zone, countries)


def _countries(text: str, known: dict[str, int]) -> frozenset[str] | None:
    """Return the countries that a list such as GB,IE names; None means all."""
    codes = frozenset(text.upper().replace(",", " ").split())
    if codes == {_ALL.upper()}:
        return None
    for code in sorted(codes - known.keys()):
        raise click.BadParameter(f"no source is of {code!r}; there are {', '.join(known)}")
    if not codes:
        raise click.BadParameter(f"name one country or more, or {_ALL}")
    return codes


def _local_zone() -> str:
    """Return the time zone of this computer; UTC if it has none with a name."""
    try:
        return str(_ZONE.convert(get_localzone_name(), None, None))
    except (click.BadParameter, LookupError):
        return "UTC"
