"""Reads the text out of HTML, entities decoded once: the only module that knows what markup is.

Two ways lead to the same text. lexbor reads all HTML as browsers do. Most HTML in feeds is simple: a few elements,
properly nested, whose tags do no more than separate words, or join them. That is taken apart by one regular
expression, about ten times as fast.
"""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Elements whose text is for machines, or shown only where something else failed.
_MACHINE = "script style template iframe noembed noframes noscript object svg math select audio video canvas"

# Elements within a line of text; whatever else is met (p, br, li, td, unknown ones) separates words.
_WITHIN_LINES = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr
"""
_DROPPED, _INLINE = frozenset(_MACHINE.split()), frozenset(_WITHIN_LINES.split())

# What follows is about simple markup. Of the elements within lines, those of ruby end each other and nobr itself;
# wbr has no end.
_SIMPLE_INLINE = _INLINE - {"nobr", "rb", "rp", "rt", "ruby", "wbr"}
_VOID = ("br", "hr", "img")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NESTED = _HEADINGS | {"article", "blockquote", "div", "figcaption", "figure", "li", "ol", "pre", "section", "ul"}
_JOINED_BY = (
    {f"{slash}{name}": "" for slash in ("", "/") for name in _SIMPLE_INLINE}
    | {f"{slash}{name}": " " for slash in ("", "/") for name in (*_NESTED, "p")}
    | dict.fromkeys(_VOID, " ")
)
"""What each simple tag puts between words. `</p>` needs no `<p>`: HTML puts an empty paragraph where it has none."""

_NESTED_TAGS = frozenset(f"{slash}{name}" for slash in ("", "/") for name in _NESTED)

_TAG = re.compile(
    r"""<(/?[a-zA-Z][a-zA-Z0-9]*)
        (?:\ [^\ "'<>/=]++ (?:\ ?=\ ?(?:"[^"<>]*"|'[^'<>]*'|[^\ "'<>=`]++))?+ )*+
        \ ?/?>""",
    re.VERBOSE,
)
"""A tag as everybody writes it, in text whose white space is folded; one scan from `<` to `>` tells."""

_DOUBTFUL = re.compile(
    r"""< | &(?!
        \ | [a-zA-Z][a-zA-Z0-9]{1,31};
        | \#0?(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3}|[1-5][0-9]{4}|12[0-9]{4});
        | \#[xX]0{0,2}(?:[2-9a-fA-F][0-9a-fA-F]|[1-9a-eA-E][0-9a-fA-F]{2,3}|1[fF][0-9aA][0-9a-fA-F]{2});
    )""",
    re.VERBOSE,
)
"""What may be read in more than one way: other tags, and references to characters that `unescape` leaves out."""

_MARK = "\0"  # stands for a tag; no text that was tidied holds it, and no reference gives it


def text_of(html: str) -> str:
    """What a reader would see of `html`, entities decoded once; only inline elements join words.

    White space is folded in `html`, which holds no control characters; the text has some to fold again.
    """
    simple = _simply_read(html)
    return _read(html) if simple is None else simple


def _simply_read(html: str) -> str | None:
    """The text of simple markup; None when `html` is anything else.

    That HTML lets some elements end others, or be moved, leaves no trace here: what ends early is separated by the
    tag that ends it, and only tables and the like, which are not simple, are moved past a text.
    """
    pieces = _TAG.split(html)  # texts and the names of tags by turns
    tags = pieces[1::2]
    try:
        pieces[1::2] = [_JOINED_BY[tag] for tag in tags]
    except KeyError:
        return None
    text = _MARK.join(pieces[::2])
    if _DOUBTFUL.search(text) or not _well_nested([tag for tag in tags if tag in _NESTED_TAGS]):
        return None
    pieces[::2] = unescape(text).split(_MARK)
    return "".join(pieces)


def _well_nested(tags: list[str]) -> bool:
    """Whether each end tag ends the element that was opened last, and no element ends another of its kind.

    An end tag of an element that is not open would separate nothing; a heading ends a heading, an item an item.
    """
    around = [""]
    for tag in tags:
        if tag[0] == "/":
            if around.pop() != tag[1:]:
                return False
        elif (tag == "li" and around[-1] not in {"ul", "ol"}) or (tag in _HEADINGS and around[-1] in _HEADINGS):
            return False
        else:
            around.append(tag)
    return True


def _read(html: str) -> str:
    """The text of any HTML, as lexbor understands it."""
    root = LexborHTMLParser(html).root
    pieces: list[str] = []
    node = root
    while node is not None:
        if node.is_text_node:
            pieces.append(node.text_content or "")
            inner = None
        else:
            separates, inner = _enter(node)
            pieces.append(separates)
        node = inner if inner is not None else _after(node, pieces)
    return "".join(pieces)


def _enter(node: LexborNode) -> tuple[str, LexborNode | None]:
    """What an element puts between words, and its first child if its content is for readers."""
    if not node.is_element_node or node.tag in _DROPPED:
        return ("" if node.is_comment_node else " "), None
    return ("" if node.tag in _INLINE else " "), node.first_child


def _after(node: LexborNode, pieces: list[str]) -> LexborNode | None:
    """The node that follows in document order, closing the elements that end before it."""
    current: LexborNode | None = node
    while current is not None and current.next is None:
        current = current.parent
        if current is not None and current.tag not in _INLINE:
            pieces.append(" ")
    return None if current is None else current.next
