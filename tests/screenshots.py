"""Takes the pictures in docs/pictures anew: `python -m tests.screenshots`, or `make screenshots`.

The site is that of `tracker demo`, on a database of its own in a temporary folder and a free port, so the pictures
show the same articles each time and nothing of the database in db/. Needs chromium.
"""

import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.browser import CHROMIUM, chromium
from tests.demo_site import DidNotServe, demo

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"

# The article that shows most: on both topics, with a headline that changed, and of those the one with most tags.
_TELLING = """
SELECT a.id FROM articles AS a WHERE a.relevance = 'both'
AND EXISTS (SELECT 1 FROM revisions AS r WHERE r.article = a.id AND r.title_changed)
ORDER BY (SELECT count(*) FROM article_tags AS t WHERE t.article = a.id) DESC, a.id LIMIT 1
"""
_TOLD_MOST = "SELECT id FROM stories_view ORDER BY owners DESC, id LIMIT 1"
_IN_MOST_LANGUAGES = "SELECT id FROM stories_view ORDER BY json_array_length(languages) DESC, id LIMIT 1"
_LAW = "eu-csa-regulation"


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of the site in a window of this many CSS pixels; what lies below the window is not in the picture."""

    name: str
    path: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    at: str = ""
    """The id of the heading to which the page is scrolled; empty for its top."""


class CannotTake(Exception):
    """Something that the pictures need is not there; str() says what."""


def main() -> None:
    """Take all pictures; each is replaced."""
    if CHROMIUM is None:
        raise CannotTake("chromium is not installed; on Debian: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        database = Path(folder) / "demo.db"
        with demo(database) as address:
            for picture in pictures(database):
                take(browser, address, picture)
    taken = list(PICTURES.glob("*.png"))
    print(f"{len(taken)} pictures, {sum(one.stat().st_size for one in taken) / 1_000_000:.1f} MB")


def pictures(database: Path) -> list[Picture]:
    """What to take of the demo's site."""
    article, story, abroad = (_one(database, query) for query in (_TELLING, _TOLD_MOST, _IN_MOST_LANGUAGES))
    tagged = f"/tracker/coverage?tags__arraycontains={_LAW}"
    return [
        Picture("front.png", "/", height=1000),
        Picture("front-dark.png", "/", scheme="dark"),
        Picture("stories.png", "/stories?week=2026-W14", height=680),
        Picture("story.png", f"/story/{story}"),
        Picture("story-languages.png", f"/story/{abroad}"),
        Picture("article.png", f"/article/{article}"),
        Picture("article-versions.png", f"/article/{article}", at="versions-heading", height=600),
        Picture("headlines.png", "/headlines?source=tagesbote&topic=all&kind=all"),
        Picture("tags.png", "/tags", height=680),
        Picture("tag.png", f"/tag/{_LAW}"),
        Picture("sources.png", "/sources", height=680),
        Picture("source.png", "/source/liffey-post", height=680),
        Picture("compare.png", "/compare?item=uk-online-safety-act&item=eu-csa-regulation"),
        Picture("search.png", f"/search?q=tag%3A{_LAW}+lang%3Ade"),
        Picture("coverage.png", f"{tagged}&country=DE"),
        Picture("health.png", "/health", height=680),
        Picture("data.png", "/tracker", height=680),
        Picture("about.png", "/about", height=680),
        Picture("front-phone.png", "/", 390, 844),
        Picture("story-phone.png", f"/story/{story}", 390, 844),
        Picture("article-phone.png", f"/article/{article}", 390, 844, "dark"),
        Picture("tag-phone.png", f"/tag/{_LAW}", 390, 844, "dark"),
        Picture("search-phone.png", f"/search?q=tag%3A{_LAW}+lang%3Ade", 390, 844),
        Picture("sources-phone.png", "/sources", 390, 844),
    ]


def _one(database: Path, query: str) -> int:
    with sqlite3.connect(database) as connection:
        row = connection.execute(query).fetchone()
    connection.close()
    if row is None:
        raise CannotTake(f"the demo holds nothing for {query}")
    return int(row[0])


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Write one picture to docs/pictures."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme, locale="en-GB"
    )
    page = context.new_page()
    answer = page.goto(address + picture.path)
    if answer is None or not answer.ok:
        raise CannotTake(f"{picture.path} could not be loaded")
    if picture.at:
        page.evaluate("id => document.getElementById(id).scrollIntoView()", picture.at)
    page.screenshot(path=PICTURES / picture.name, animations="disabled")
    context.close()


if __name__ == "__main__":
    try:
        main()
    except (CannotTake, DidNotServe) as problem:
        sys.exit(str(problem))
