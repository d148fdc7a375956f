"""Render a digest's outline as plain text, HTML, Markdown, or an entry of an Atom feed; knows Jinja and all escaping.

The HTML is for mail programs and browsers: inline styles, no remote content, no script. The text has lines of at most
76 characters, and addresses on lines of their own.
"""

import re
import textwrap
from collections.abc import Callable
from datetime import datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tracker.publish import atom
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Outline

KEPT: Final = 30
"""Digests kept in the Atom feed."""

_WIDTH: Final = 76

# Markup of CommonMark and GitHub's Markdown within a line, at its beginning, and what makes a link or a mention.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>&#|~$^!@=+-])|(?<=[A-Za-z])(:)(?=//)|(?<=www)(\.)|(?<=^\d)([.)])", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def text(outline: Outline) -> str:
    """Return the digest as plain text."""
    return _TEXT.get_template("digest.txt").render(outline=outline)


def html(outline: Outline) -> str:
    """Return the digest as an HTML document."""
    return _HTML.get_template("digest.html").render(outline=outline)


def markdown(outline: Outline) -> str:
    """Return the digest in Markdown."""
    return _MARKDOWN.get_template("digest.md").render(outline=outline)


def feed(outline: Outline, until: datetime, places: Places, earlier: bytes | None = None) -> str:
    """Return the Atom feed with this digest, on a period that ended `until`, and those an earlier document holds."""
    described = atom.Feed(
        title=f"{outline.debate}: digests",
        address=None,
        page=places.site,
        tags="",
        updated=until,
        id=atom.identity(f"{places.site or ''} digests"),
    )
    entry = atom.Entry(
        id=atom.identity(f"{places.site or ''} digest {outline.name}"),
        title=outline.subject,
        updated=until,
        page=places.site,
        author=described.title,
        html=_HTML.get_template("body.html").render(outline=outline),
    )
    return atom.continued(described, entry, earlier, KEPT).decode()


def _wrapped(words: str, mark: str = "") -> str:
    """Wrap words behind a mark, under which further lines are indented."""
    return textwrap.fill(
        words,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_markdown(value: object) -> Markup:
    """Put text on one line, escaped so that Markdown shows it as it is; what a template wrote itself stays."""
    if isinstance(value, Markup):
        return value
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(str(value).split()))
    return Markup(_NUMBERED.sub(r"\1\\\2", escaped))  # noqa: S704  escaped for Markdown, and never shown as HTML


def _environment(*, escape: bool, finalize: Callable[[object], object] | None = None) -> Environment:
    return Environment(
        loader=PackageLoader("tracker.publish.digest", "templates"),
        autoescape=escape,  # noqa: S701  plain text has no markup
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEXT: Final = _environment(escape=False)
_TEXT.filters["wrapped"] = _wrapped
_HTML: Final = _environment(escape=True)
_MARKDOWN: Final = _environment(escape=True, finalize=_as_markdown)  # what is Markup already is not escaped again
