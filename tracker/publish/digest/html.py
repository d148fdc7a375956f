"""Render a digest outline as HTML for mail programs and browsers: inline styles, no remote content, no script."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracker.publish.digest.outline import Outline

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("tracker.publish.digest", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def document(outline: Outline) -> str:
    """Return the whole document."""
    return _ENVIRONMENT.get_template("document.html").render(paper=outline)


def fragment(outline: Outline) -> str:
    """Return the content of its body, for a feed."""
    return _ENVIRONMENT.get_template("paper.html").render(paper=outline)
