"""Make somebody's first feeds.yaml from the shipped one: their contact, their time zone, the countries they follow."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from tracker.config.yaml_positions import YamlDocument, read, scalar
from tracker.files import shipped

_NAME = "feeds.yaml"
_HEADING = "  # "


@dataclass(frozen=True, slots=True)
class Choices:
    """What to change in the shipped feeds.yaml; None leaves it as it is."""

    contact: str | None = None
    timezone: str | None = None
    countries: Collection[str] | None = None
    """ISO 3166-1 alpha-2 codes, or EU and INT; the sources of other countries are left out."""


def shipped_feeds() -> str:
    """Return the text of the shipped feeds.yaml."""
    return shipped(_NAME).read_text(encoding="utf-8")


def sources_by_country(text: str) -> dict[str, int]:
    """Return how many sources of each country a feeds.yaml lists, most first."""
    counts = Counter(source["country"] for source in read(text, _NAME).items("sources"))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def starter(text: str, choices: Choices) -> str:
    """Return a feeds.yaml with these choices made, and otherwise, comments included, as it was."""
    document = read(text, _NAME)
    lines = text.splitlines(keepends=True)
    for key, value in (("contact", choices.contact), ("timezone", choices.timezone)):
        if value is not None:
            _set(lines, document, key, value)
    gone = _lines_left_out(document, lines, choices.countries) if choices.countries is not None else set()
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _set(lines: list[str], document: YamlDocument, key: str, value: str) -> None:
    """Replace the value of a setting in its line; the comment behind it stays, in its column if there is room."""
    line, column = document.values["settings", key]
    old = lines[line - 1]
    changed = old[: column - 1] + scalar(value)
    place = old.find("  #", column) + 2
    lines[line - 1] = changed + "\n" if place == 1 else f"{changed:<{place - 2}}  {old[place:]}"


def _lines_left_out(document: YamlDocument, lines: list[str], countries: Collection[str]) -> set[int]:
    """Return the numbers of the lines of sources of other countries, and of headings under which none is left."""
    gone: set[int] = set()
    kept: set[int] = set()
    for number, source in enumerate(document.items("sources")):
        first, last = document.spans["sources", number]
        (kept if source["country"] in countries else gone).update(range(first, last + 1))
    kept_below = False
    first, last = document.keys["sources",][0], document.spans["sources",][1]
    for number in range(last, first, -1):
        if number in kept:
            kept_below = True
        elif lines[number - 1].startswith(_HEADING):
            blank = number - 1
            gone.update([] if kept_below else [number] if lines[blank - 1].strip() else [blank, number])
            kept_below = False
    return gone
