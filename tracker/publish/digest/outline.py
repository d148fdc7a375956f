"""The outline of a digest: a title, figures, and sections of items, which every format renders its own way."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A linked label; unlinked if the address is None."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a section: its title, and the lines below it.

    `language` is that of the title and of `before`, the title it replaced. Titles and tags are quoted text.
    """

    title: str
    address: str | None = None
    language: str | None = None
    before: str | None = None
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    page: str | None = None
    """Where else it can be read, and the label of that link."""
    page_name: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading; `more` leads to those not listed."""

    heading: str
    items: tuple[Item, ...]
    note: str = ""
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and the usual value."""

    number: str
    label: str
    usual: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole digest. `warnings` say what was not seen; `footer` is small print, `links` are where to go from here."""

    name: str
    debate: str
    kicker: str
    title: str
    lead: str
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def subject(self) -> str:
        """The subject line of the mail."""
        return f"{self.title}: {self.lead}"
