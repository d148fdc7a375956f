"""The addresses that pages link to, the site's own under its base URL and those of publishers; knows no page."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from tracker.publish.site.settings import DATABASE


class Links:
    """The site's own addresses, each with the base URL in front."""

    def __init__(self, urls: Any) -> None:
        self._urls = urls

    def to(self, path: str, **query: object) -> str:
        """A page of the site, with a query if one is given."""
        return str(self._urls.path(path)) + (f"?{urlencode(query)}" if query else "")

    def table(self, name: str, extension: str = "", **query: object) -> str:
        """A table or view, or its `.csv` or `.json`, with Datasette's filters as the query."""
        return self.to(f"/{DATABASE}/{name}{extension}", **query)

    def coverage(self, extension: str = "", **query: object) -> str:
        """The table of articles, filtered."""
        return self.table("coverage", extension, **query)

    def relevant(self, extension: str = "", **query: object) -> str:
        """The table of the articles that carry a topic; named one by one, so that the index on relevance is used."""
        return self.coverage(extension, relevance__in="both,encryption,child-safety", **query)

    def search(self, query: str = "", extension: str = "", **more: object) -> str:
        """The search, or its `.csv`, `.json` or `.atom`; without a query, the empty form."""
        return self.to(f"/search{extension}", **({"q": query} if query else {}), **more)

    def article(self, number: int) -> str:
        """The page of an article."""
        return self.to(f"/article/{number}")

    def story(self, number: int) -> str:
        """The page of a story."""
        return self.to(f"/story/{number}")

    def tagged(self, tag: str) -> str:
        """The articles that carry a tag."""
        return self.coverage(tags__arraycontains=tag)


def on_the_web(address: object) -> bool:
    """True for an http or https address with a host: the only ones that become links."""
    if not isinstance(address, str) or any(character <= " " for character in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
