"""Debian's chromium for the tests of the site: pages that reach nothing but the site, and what they said meanwhile."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--num-raster-threads=1",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
"""The last one is why nothing that a page asks of another host gets there."""

PATIENCE = 120_000
"""Milliseconds for a page on a busy machine."""

needs_chromium = pytest.mark.browser
"""Marks tests that are skipped where chromium is missing."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; while it is open, no other event loop can run in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A window on the site at `address`, and what its pages said on the console and asked for elsewhere.

    `errors` has what was said on the console and by dialogs, `elsewhere` what was asked of others than the site.
    """

    def __init__(self, browser: Browser, address: str, **context: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(**context)
        self.context.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._opened)

    def goto(self, path: str) -> Response:
        """Open a page of the site."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer

    def heard(self) -> list[str]:
        """What was said and asked elsewhere since it was last called."""
        heard = self.errors + self.elsewhere
        self.errors, self.elsewhere = [], []
        return heard

    def heard_in_time(self) -> list[str]:
        """What was said and asked elsewhere, as soon as there is something; empty if nothing comes."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not (self.errors or self.elsewhere) and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        return self.heard()

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.address + "/"):
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        missing = "the server responded with a status of 40" in message.text
        if not (missing and message.location["url"] == self.page.url):  # what chromium says of every such page
            self.errors.append(f"{message.text} ({self.page.url})")

    def _opened(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()
