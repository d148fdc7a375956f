"""A digest as a paper: a title, figures, and sections of items; what every form shows, each in its own way."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere, or nowhere for None."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a section: its title, and what is said of it below.

    `language` is that of the title, and of `before`, the title that it replaced. Titles and tags are words of others.
    """

    title: str
    address: str | None = None
    language: str | None = None
    before: str | None = None
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    page: str | None = None
    """Where else it can be read, and what that is."""
    page_name: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading; `more` leads to what is not listed."""

    heading: str
    items: tuple[Item, ...]
    note: str = ""
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and what is usual."""

    number: str
    label: str
    usual: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole digest. `warnings` say what was not seen; `footer` is small print, `links` where to go from here."""

    name: str
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
        """One line for a list of mails."""
        return f"{self.title}: {self.lead}"
