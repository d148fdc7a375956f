"""Extract text from HTML, decoding entities once: the only module that knows markup.

Two paths give the same text. lexbor parses any HTML as browsers do. Most HTML in feeds is simple: a few elements,
properly nested, whose tags only separate or join words. One regular expression handles that.
"""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Elements whose text is for machines, or only a fallback.
_MACHINE = "script style template iframe noembed noframes noscript object svg math select audio video canvas"

WITHIN_LINES = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr
"""
"""Inline elements; anything else (p, br, li, td, unknown ones) separates words."""

_DROPPED, _INLINE = frozenset(_MACHINE.split()), frozenset(WITHIN_LINES.split())

# Simple markup only from here on. Of the inline elements, those of ruby end each other, nobr ends itself,
# and wbr has no end tag.
_SIMPLE_INLINE = _INLINE - {"nobr", "rb", "rp", "rt", "ruby", "wbr"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NESTED = _HEADINGS | {"article", "blockquote", "div", "figcaption", "figure", "li", "ol", "pre", "section", "ul"}
_NESTED_TAGS = frozenset(f"{slash}{name}" for slash in ("", "/") for name in _NESTED)

_SEPARATORS = (
    {f"{slash}{name}": "" for slash in ("", "/") for name in _SIMPLE_INLINE}
    | dict.fromkeys([*_NESTED_TAGS, "p", "/p", "br", "/br", "hr", "img"], " ")
    | {"/img": "", "!--": ""}
)
"""What each simple tag, and a comment, puts between words; HTML parses a stray `</p>` or `</br>` as an empty
element."""

_TAG = re.compile(
    r"""<(!--|/?[a-z][a-z0-9]*)
        (?: (?<=--)[^<>]*+(?<=--)
          | (?<!-)(?:\s++[a-z][\w:.-]*+ (?:\s*+=\s*+ (?:"[^"<>]*+"|'[^'<>]*+'|[\w./:?&;%#+,~-]++))?+)*+ \s*+/?
        )>""",
    re.VERBOSE | re.ASCII,
)
"""A tag or comment in its usual form; values without "<" or ">" bound the backtracking."""

_DOUBTFUL_REFERENCE = re.compile(
    r"""&(?! [a-zA-Z0-9]*+ (?: [\t\n\r\f\0 !"$-~] | \Z )
           | \#0?(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3}|[1-5][0-9]{4}|12[0-9]{4});
           | \#[xX]0{0,2}(?:[2-9a-fA-F][0-9a-fA-F]|[1-9a-eA-E][0-9a-fA-F]{2,3}|1[fF][0-9aA][0-9a-fA-F]{2});)""",
    re.VERBOSE,
)
"""What `unescape` may decode differently from HTML: odd numbers, and references containing invisible characters."""

_MARK = "\0"  # stands for a tag
_STRIKE = "\u0338"  # this combining character turns a preceding ">" into another character


def simple_text(html: str) -> str | None:
    """Return `text_of(html)` but for white space if the markup is simple, else None.

    White space need not be collapsed yet. Elements that HTML lets end others leave no trace in the text, because the
    tags that do so separate words.
    """
    pieces = _TAG.split(html)  # texts and tag names alternate
    tags = pieces[1::2]
    text = _MARK.join(pieces[::2])
    if "<" in text or ">" in text or _STRIKE in text or text.count(_MARK) != len(tags):
        return None
    if _DOUBTFUL_REFERENCE.search(text) or not _SEPARATORS.keys() >= set(tags) or not _well_nested(tags):
        return None
    pieces[::2] = unescape(text).split(_MARK)
    pieces[1::2] = [_SEPARATORS[tag] for tag in tags]
    return "".join(pieces)


def _well_nested(tags: list[str]) -> bool:
    """Decide whether each end tag closes the element opened last, and no element implicitly ends another of its kind.

    An end tag without an open element would separate nothing; a heading ends a heading, an item an item.
    """
    around = [""]
    for tag in tags:
        if tag not in _NESTED_TAGS:
            continue
        if tag[0] == "/":
            if around.pop() != tag[1:]:
                return False
        elif (tag == "li" and around[-1] not in {"ul", "ol"}) or (tag in _HEADINGS and around[-1] in _HEADINGS):
            return False
        else:
            around.append(tag)
    return True


def text_of(html: str) -> str:
    """Return the text a reader of `html` would see, entities decoded once; only inline elements join words.

    White space in `html` must be collapsed, and control characters removed.
    """
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
    """Return what an element puts between words, and its first child if its content is for readers."""
    if not node.is_element_node or node.tag in _DROPPED:
        return ("" if node.is_comment_node else " "), None
    return ("" if node.tag in _INLINE else " "), node.first_child


def _after(node: LexborNode, pieces: list[str]) -> LexborNode | None:
    """Return the next node in document order, closing elements that end before it."""
    current: LexborNode | None = node
    while current is not None and current.next is None:
        current = current.parent
        if current is not None and current.tag not in _INLINE:
            pieces.append(" ")
    return None if current is None else current.next
