"""Build the addresses that pages link to: the site's own under its base URL, and publishers'; knows no page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from tracker.analyse.debate import Debate
from tracker.models import NO_TOPIC

DATABASE = "tracker"
"""The database's name in every address, whatever its file is called."""


class Links:
    """The site's own addresses, each prefixed with the base URL."""

    def __init__(self, urls: Any, debate: Debate | None = None) -> None:
        self._urls = urls
        listed = ",".join(debate.relevances) if debate else ""
        self.of_relevant = {"relevance__in": listed} if listed else {"relevance__not": NO_TOPIC}
        """The filter of a table for relevant articles; listed, so that the index on relevances is used."""

    def to(self, path: str, **query: object) -> str:
        """A page of the site, with an optional query."""
        return str(self._urls.path(path)) + (f"?{urlencode(query)}" if query else "")

    def table(self, name: str, extension: str = "", **query: object) -> str:
        """A table or view, or its `.csv` or `.json`, with Datasette's filters as the query."""
        return self.to(f"/{DATABASE}/{name}{extension}", **query)

    def coverage(self, extension: str = "", **query: object) -> str:
        """The table of articles, filtered."""
        return self.table("coverage", extension, **query)

    def relevant(self, extension: str = "", **query: object) -> str:
        """The table of relevant articles."""
        return self.coverage(extension, **self.of_relevant, **query)

    def search(self, query: str = "", extension: str = "", **more: object) -> str:
        """The search, or its `.csv`, `.json` or `.atom`; the empty form without a query."""
        return self.to(f"/search{extension}", **({"q": query} if query else {}), **more)

    def articles(self, **query: object) -> str:
        """Articles for reading, filtered: relevant ones unless `all` are asked for."""
        return self.to("/articles", **query)

    def article(self, number: int) -> str:
        """The page of an article."""
        return self.to(f"/article/{number}")

    def tag(self, tag: str, extension: str = "", **query: object) -> str:
        """The page of a tag, or its `.atom`."""
        return self.to(f"/tag/{tag}{extension}", **query)

    def breakdown(self, tag: str, extension: str = "", **query: object) -> str:
        """A tag by country and kind of source, or its `.csv` or `-wide.csv` by month."""
        return self.to(f"/tag/{tag}/breakdown{extension}", **query)

    def source(self, source: str, extension: str = "", **query: object) -> str:
        """The page of a source, or its `.atom`."""
        return self.to(f"/source/{quote(source, safe='')}{extension}", **query)

    def compare(self, items: Sequence[str], **query: object) -> str:
        """Compare tags or sources, by their ids."""
        return self.to("/compare") + "?" + urlencode([("item", item) for item in items] + list(query.items()))

    def tagged(self, tag: str) -> str:
        """The articles with a tag."""
        return self.coverage(tags__arraycontains=tag)

    def story(self, number: int, extension: str = "") -> str:
        """The page of a story, or its `.atom`."""
        return self.to(f"/story/{number}{extension}")

    def stories(self, **query: object) -> str:
        """The stories of a week."""
        return self.to("/stories", **query)

    def digest(self, name: str = "", extension: str = "") -> str:
        """The digest of a day or week by its ISO 8601 name, or its `.txt` or `.md`; without one, of the last week."""
        return self.to(f"/digest/{name}{extension}" if name else "/digest")

    def release(self, version: str, name: str) -> str:
        """A file of a release."""
        return self.to(f"/releases/{version}/{name}")

    def speaker(self, name: str, tag: str | None) -> str:
        """The page of someone who is quoted; `tag` tells them from a namesake."""
        return self.to("/speakers", name=name, **({"tag": tag} if tag else {}))

    def uptake(self, source: str, extension: str = "", **query: object) -> str:
        """What the press made of a source's publications, or its `.csv`."""
        return self.to(f"/source/{quote(source, safe='')}/uptake{extension}", **query)

    def balance(self, extension: str = "", **query: object) -> str:
        """Who gets to speak, or its `.csv`."""
        return self.to(f"/balance{extension}", **query)

    def headlines(self, **query: object) -> str:
        """Changed headlines, filtered."""
        return self.to("/headlines", **query)
