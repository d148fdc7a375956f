"""Tells from a page's HTML, as a browser would read it, whether a text got out of its place, and what the page says."""

import re
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NEVER: Final = {
    "script", "noscript", "iframe", "frame", "object", "embed", "applet", "base", "style", "img", "image", "picture",
    "source", "video", "audio", "track", "template", "plaintext", "xmp", "marquee", "math", "foreignobject", "use",
    "animate", "set", "x", "body-onload",
}  # fmt: skip
"""Elements that no page of the site has."""

_LEADING: Final = (
    "href",
    "src",
    "action",
    "xlink:href",
    "formaction",
    "ping",
    "data",
    "poster",
    "srcset",
    "background",
)
_OWN: Final = {"link": ("/",), "form": ("/",)}
"""Where elements lead that a browser follows by itself, or with what a visitor typed."""


def faults(html: str, site: str) -> list[str]:
    """Elements, attributes and links that are in the page of a site though none of its templates has them."""
    tree = LexborHTMLParser(html.replace(f'"{site}/', '"/'))
    root = tree.root
    assert root is not None
    found = [fault for node in root.traverse() for fault in _faults(node)]
    if len(tree.css("title")) - len(tree.css("svg title")) != 1 or len(tree.css("main")) != 1:
        found.append("not one title and one main part")
    if len(tree.css("svg")) != len(tree.css("svg.plot, svg.spark")):
        found.append("a picture that is no chart")
    return found


def _faults(node: LexborNode) -> list[str]:
    tag, attributes = (node.tag or "").lower(), {name.lower(): value or "" for name, value in node.attributes.items()}
    found = [f"<{tag}>"] if tag in _NEVER or (tag == "meta" and "http-equiv" in attributes) else []
    found += [f"<{tag} {name}>" for name in attributes if name.startswith("on") or name in {"style", "srcdoc"}]
    found += [f"<{tag} {name}={attributes[name]}>" for name in _LEADING if not _may_lead(tag, attributes.get(name))]
    outside = attributes.get("href", "").startswith("http")
    if tag == "a" and outside and "noopener" not in attributes.get("rel", ""):
        found.append(f"<a href={attributes['href']}> without rel")
    return found


def _may_lead(tag: str, address: str | None) -> bool:
    """Whether an address is one of ours, or one on the web where that is only a link to click."""
    if address is None or address.startswith("#"):
        return True
    if re.search(r"[\x00-\x20]", address):
        return False
    if tag in _OWN:
        return address.startswith(_OWN[tag]) and not address.startswith("//")
    return (address.startswith("/") and not address.startswith("//")) or urlsplit(address).scheme in {"http", "https"}


def words(html: str) -> str:
    """All that the page says, as `folded` has it."""
    body = LexborHTMLParser(html).body
    assert body is not None
    return folded(body.text())


def folded(text: str) -> str:
    """The text as HTML can hold it: without NUL, white space folded."""
    return " ".join(text.replace("\0", "").replace("\ufffd", "").split())
