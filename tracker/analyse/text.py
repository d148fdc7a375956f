"""Convert the HTML in feeds to plain text: the only module that knows what text is kept, and how much."""

import re
import unicodedata

from tracker.analyse.markup import WITHIN_LINES, simple_text, text_of

TITLE_LIMIT = 500
"""Longest title kept, in code points; the longest of 6,578 titles in real and test feeds had 282."""

SUMMARY_LIMIT = 2000
"""Longest summary kept, in code points: about 300 words, enough for 94% of 6,578 entries."""

AUTHOR_LIMIT = 200
"""Longest author kept, in code points; the longest of 6,578 had 194."""

BODY_LIMIT = 200_000
"""Longest full text kept, in code points: ten times a long report."""

_INPUT_LIMIT = 65_536
"""Most HTML parsed, in code points: lexbor is quadratic in nesting (0.4 s at this size, measured)."""

_MARKUP_LEFT = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|</?(?:p|br|a|b|i|em|strong|span|div|img|ul|ol|li|h[1-6]|blockquote|table|script|style|iframe)[\s/>]",
    re.IGNORECASE,
)
_TAG_LIKE = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_TAG_OPENING = re.compile(r"(?<!<)<+(?=[/!?a-zA-Z])")  # the lookbehind keeps a long run of "<" linear
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")  # seen where a feed escaped the marker along with its text

# What stands for < and > in a title, escaped once or twice.
_LESS = re.compile(r"&(?:amp;)?(?:lt|#0*60|#[xX]0*3[cC]);")
_GREATER = re.compile(r"&(?:amp;)?(?:gt|#0*62|#[xX]0*3[eE]);")

_BLOCKS = "p div br hr img h[1-6] ul ol li dl dt dd table tbody tr td th blockquote center pre o:p"
_FORMS = "|".join(f"{WITHIN_LINES} {_BLOCKS}".split())
_TAG_IN_TITLE = re.compile(
    rf"""</?(?:{_FORMS})(?: \s*+/?\s*+> | \s[^<>=]*+=[^<>]*+(?:>|\Z) )
       | <(script|style)\b[^<>]*+>.{{0,2000}}?</\1\s*+>
       | <!--\s*+(?:/?wp:|:|\[|-).{{0,2000}}?->
       | <(?P<words>(?:[/!?]?[a-z]|!--)[^<>]*+)(?P<end>>?)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A tag, a comment for machines (WordPress's blocks, qTranslate's languages, Office's conditions), or words that look
like either (`words`). Attributes have values; a tag cut off by the end has at least one."""

# Removed: C0 and C1 controls other than white space, soft hyphens and zero-width spaces (they split words),
# bidirectional marks, embeddings, overrides and isolates (they disguise text), lone surrogates and
# noncharacters (they cannot be stored or published). Joiners stay: Persian and emoji need them.
_REMOVED = dict.fromkeys(
    [
        *(c for c in range(0xA0) if (c < 0x20 or c >= 0x7F) and not chr(c).isspace()),
        *(0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xFFF9, 0xFFFC),
        *range(0xD800, 0xE000),
    ]
)


def plain(html: str, limit: int) -> str:
    """Return the text of `html` on one line: decoded at most twice, NFC, at most `limit` code points.

    Longer text is cut and ends in "…", at a word boundary if there is one in the second half. No tag or start of one
    remains; the result is still text, so escape it wherever it is shown.
    """
    html = html[:_INPUT_LIMIT]
    if "<" not in html and "&" not in html:
        return shortened(tidy(html), limit)
    return shortened(_decoded(html), limit)


def headline(html: str, limit: int) -> str:
    """Return a title's text as plain() does, keeping the markup it mentions: `<video>` becomes ‹video›.

    Whatever they declare, feeds do not distinguish markup in a title from markup it mentions. So formatting elements,
    complete scripts and styles, and comments that only machines write are markup; anything else that starts like a tag
    or a comment is words, and none are lost.
    """
    if "<" in html or "&" in html:
        html = _GREATER.sub(">", _LESS.sub("<", html[:_INPUT_LIMIT]))
        html = _TAG_IN_TITLE.sub(_named, html)
    return plain(html, limit)


def _named(match: re.Match[str]) -> str:
    """Return what looks like a tag, as words unless it is markup."""
    return match[0] if match["words"] is None else f"‹{match['words']}{'›' if match['end'] else ''}"


def shortened(text: str, limit: int) -> str:
    """Return plain text, or as many words as fit into `limit` code points with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ") if text[limit - 1] != " " else len(cut)
    if space >= limit // 2:
        cut = cut[:space]
    return cut.rstrip() + "…"


def _decoded(html: str) -> str:
    """Return the whole text of `html`, decoded once or twice."""
    text = simple_text(html)
    if text is None:
        tidied = tidy(html)
        text = text_of(_CDATA.sub("", tidied) if "CDATA" in tidied or "]]>" in tidied else tidied)
    text = tidy(text)
    if ("<" in text or "&" in text) and _MARKUP_LEFT.search(text):
        text = tidy(text_of(text))
    if "<" in text:
        text = tidy(_TAG_OPENING.sub("", _TAG_LIKE.sub(" ", text)))
    return text


def text_lines(text: str) -> str:
    """Return the paragraphs of a plain text, one a line and each tidy; at most BODY_LIMIT code points are read."""
    paragraphs = (tidy(line) for line in text[:BODY_LIMIT].split("\n"))
    return "\n".join(line for line in paragraphs if line)


def tidy(text: str) -> str:
    """Remove invisible characters, collapse white space, and compose (NFC)."""
    folded = " ".join(text.split())
    if not folded.isprintable():  # removed characters never are
        folded = " ".join(folded.translate(_REMOVED).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)
