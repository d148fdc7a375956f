"""axe-core, the checker of accessibility, fetched from npm once; the only test code that asks a host elsewhere."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"  # of axe.min.js of this version
_CACHE = Path(__file__).parent.parent / ".axe"

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
"""Every rule of WCAG 2.0, 2.1 and 2.2 at A and AA, and axe's best practices; none is disabled."""

OF_THE_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "svg-img-alt", "target-size"]
"""The rules whose verdict may change with colours, places and which drawing of a chart shows, so with the scheme and
the width; what others read is the same in every window."""

_RUN = """async rules => {
  const found = await axe.run(document, {resultTypes: ["violations"], runOnly: rules})
  return found.violations.map(rule => ({
    rule: rule.id, help: rule.help,
    nodes: rule.nodes.map(node => `${node.target.join(" ")}: ${node.failureSummary.replaceAll("\\n", " ")}`)}))
}"""


def source() -> str:
    """The text of axe.min.js; skips the test where it is neither in .axe/ nor to be had."""
    path = _CACHE / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        _install()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256, f"{path} is not axe-core {VERSION}"
    return path.read_text("utf-8")


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core is not in .axe/, and npm is not installed (apt-get install npm)")
    command = [npm, "install", "--prefix", str(_CACHE), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
               "--loglevel=error", "--fetch-retries=1", f"axe-core@{VERSION}"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("axe-core is not in .axe/, and npm did not fetch it within two minutes")
    if done.returncode:
        pytest.skip(f"axe-core is not in .axe/, and npm cannot fetch it: {done.stderr.strip()[:300]}")


def violations(page: Page, script: str, rules: list[str] = _RULES) -> list[dict[str, Any]]:
    """What is wrong with the page as it stands, by rules or groups of rules.

    Playwright's evaluate is above the page's policy, which stays whole.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(script)
    found: list[dict[str, Any]] = page.evaluate(_RUN, rules)
    return found
