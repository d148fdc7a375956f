"""Takes the pictures in docs/ anew: `python -m tests.screenshots`, or `make screenshots`.

The site is that of `tracker demo`, on a database of its own in a temporary folder and a free port, so the pictures
show the same articles each time and nothing of the database in db/. Needs chromium.
"""

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parent.parent / "docs"

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

_LISTENING = re.compile(r"the site is at (http://\S+)/")

# The article that shows most: on both topics, with a headline that changed, and of those the one with most tags.
_TELLING = """
SELECT a.id FROM articles AS a WHERE a.relevance = 'both'
AND EXISTS (SELECT 1 FROM revisions AS r WHERE r.article = a.id AND r.title_changed)
ORDER BY (SELECT count(*) FROM article_tags AS t WHERE t.article = a.id) DESC, a.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of the site in a window of so many CSS pixels; what lies below the window is not in the picture."""

    name: str
    path: str
    width: int
    height: int


class CannotTake(Exception):
    """Something that the pictures need is not there; str() says what."""


def main() -> None:
    """Take all pictures; each is replaced."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise CannotTake("chromium is not installed; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = Path(folder) / "demo.db"
        with demo(database) as address:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for picture in pictures(database):
                take(browser, address, picture)
                print(f"docs/{picture.name}: {(DOCS / picture.name).stat().st_size / 1024:.0f} KB")
            browser.close()


def pictures(database: Path) -> list[Picture]:
    """What to take of the demo's site."""
    with sqlite3.connect(database) as connection:
        row = connection.execute(_TELLING).fetchone()
    connection.close()
    if row is None:
        raise CannotTake("the demo holds no article on both topics whose headline changed")
    return [
        Picture("front.png", "/", 1280, 1100),
        Picture("front-phone.png", "/", 390, 844),
        Picture("article.png", f"/article/{row[0]}", 1280, 1100),
        Picture("coverage.png", "/tracker/coverage", 1280, 1100),
    ]


@contextmanager
def demo(database: Path) -> Iterator[str]:
    """The demo's site in a process of its own; yields its address without the last slash."""
    command = [sys.executable, "-m", "tracker", "demo", "--db", str(database), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = ""
        for line in process.stderr:
            said += line
            if found := _LISTENING.search(line):
                yield found[1]
                break
        else:
            raise CannotTake(f"the demo ended before it served its site: {said}")
    finally:
        process.terminate()
        process.communicate(timeout=30)


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Write one picture to docs/."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme="light", locale="en-GB"
    )
    page = context.new_page()
    answer = page.goto(address + picture.path)
    if answer is None or not answer.ok:
        raise CannotTake(f"{picture.path} could not be loaded")
    page.screenshot(path=DOCS / picture.name, animations="disabled")
    context.close()


if __name__ == "__main__":
    try:
        main()
    except CannotTake as problem:
        sys.exit(str(problem))
