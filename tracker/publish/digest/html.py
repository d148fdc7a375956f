"""A paper as one HTML document for mail programs and browsers: styles in its elements, nothing fetched, no script."""

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


def document(paper: Outline) -> str:
    """The whole document."""
    return _ENVIRONMENT.get_template("document.html").render(paper=paper)


def fragment(paper: Outline) -> str:
    """What its body holds, for a feed."""
    return _ENVIRONMENT.get_template("paper.html").render(paper=paper)
