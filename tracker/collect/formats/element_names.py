"""Name a document's elements as feedparser does: the only module that knows its namespace prefixes."""

from collections import Counter
from collections.abc import Iterator

from tracker.collect.formats.xml_tree import Element, declarations
from tracker.errors import CollectError


class Uncertain(CollectError):
    """The document contains something that feedparser may read differently; internal to the fast reader."""


# feedparser's prefixes for namespaces, whatever the document's; "-" is none, for RSS, RDF and Atom.
_TABLE = """
    - http://backend.userland.com/rss http://blogs.law.harvard.edu/tech/rss http://purl.org/rss/1.0/
        http://my.netscape.com/rdf/simple/0.9/ http://example.com/newformat# http://example.com/necho
        http://purl.org/echo/ uri/of/echo/namespace# http://purl.org/pie/ http://purl.org/atom/ns#
        http://www.w3.org/2005/atom http://purl.org/rss/1.0/modules/rss091#
    admin http://webns.net/mvcb/
    ag http://purl.org/rss/1.0/modules/aggregation/
    annotate http://purl.org/rss/1.0/modules/annotate/
    audio http://media.tangent.org/rss/1.0/
    blogchannel http://backend.userland.com/blogchannelmodule
    cc http://creativecommons.org/ns#license http://web.resource.org/cc/
    co http://purl.org/rss/1.0/modules/company
    content http://purl.org/rss/1.0/modules/content/
    cp http://my.theinfo.org/changed/1.0/rss/
    creativecommons http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html
        http://backend.userland.com/creativecommonsrssmodule
    dc http://purl.org/dc/elements/1.1/
    dcterms http://purl.org/dc/terms/
    email http://purl.org/rss/1.0/modules/email/
    ev http://purl.org/rss/1.0/modules/event/
    feedburner http://rssnamespace.org/feedburner/ext/1.0
    fm http://freshmeat.net/rss/fm/
    foaf http://xmlns.com/foaf/0.1/
    geo http://www.w3.org/2003/01/geo/wgs84_pos#
    georss http://www.georss.org/georss
    gml http://www.opengis.net/gml
    icbm http://postneo.com/icbm/
    image http://purl.org/rss/1.0/modules/image/
    itunes http://www.itunes.com/dtds/podcast-1.0.dtd http://example.com/dtds/podcast-1.0.dtd
    l http://purl.org/rss/1.0/modules/link/
    media http://search.yahoo.com/mrss http://search.yahoo.com/mrss/
    pingback http://madskills.com/public/xml/rss/module/pingback/
    prism http://prismstandard.org/namespaces/1.2/basic/
    psc http://podlove.org/simple-chapters
    rdf http://www.w3.org/1999/02/22-rdf-syntax-ns#
    rdfs http://www.w3.org/2000/01/rdf-schema#
    ref http://purl.org/rss/1.0/modules/reference/
    reqv http://purl.org/rss/1.0/modules/richequiv/
    search http://purl.org/rss/1.0/modules/search/
    slash http://purl.org/rss/1.0/modules/slash/
    soap http://schemas.xmlsoap.org/soap/envelope/
    ss http://purl.org/rss/1.0/modules/servicestatus/
    str http://hacks.benhammersley.com/rss/streaming/
    sub http://purl.org/rss/1.0/modules/subscription/
    sy http://purl.org/rss/1.0/modules/syndication/
    szf http://schemas.pocketsoap.com/rss/mydescmodule/
    taxo http://purl.org/rss/1.0/modules/taxonomy/
    thr http://purl.org/rss/1.0/modules/threading/
    ti http://purl.org/rss/1.0/modules/textinput/
    trackback http://madskills.com/public/xml/rss/module/trackback/
    wfw http://wellformedweb.org/commentapi/
    wiki http://purl.org/rss/1.0/modules/wiki/
    xhtml http://www.w3.org/1999/xhtml
    xlink http://www.w3.org/1999/xlink
    xml http://www.w3.org/xml/1998/namespace
"""


def _prefixes() -> Iterator[tuple[str, str]]:
    """Yield each namespace of the table with its prefix."""
    prefix = ""
    for word in _TABLE.split():
        if "/" not in word:
            prefix = word.removeprefix("-")
        else:
            yield word, prefix


_PREFIXES = dict(_prefixes())
_USERLAND = "backend.userland.com/rss"  # part of many namespaces used for RSS, which has none

_STANDARD = frozenset(_PREFIXES.values())

_WITH_INFLUENCE = frozenset({"", "content", "dc", "dcterms", "feedburner", "gml", "itunes", "media", "news", "psc"})
_WITH_INFLUENCE |= {"rdf", "sy", "xhtml", "xml"}
"""Prefixes of elements that affect the result, or on which feedparser can fail."""

_XLINK = "http://www.w3.org/1999/xlink"

_REFUSED = ("gml_", "psc_")
"""Prefixes of elements on which feedparser can fail."""


class Names:
    """Element names of one document; raises Uncertain when its namespaces could confuse feedparser."""

    def __init__(self, root: Element) -> None:
        declared = list(declarations(root))
        if not all(map(_is_unambiguous, set(declared))):
            raise Uncertain
        bound = Counter(prefix for prefix, _ in set(declared) if prefix)
        elsewhere = [uri for _, uri in declared].count(_XLINK) - list(root.nsmap.values()).count(_XLINK)
        if elsewhere or any(count > 1 for count in bound.values()):
            raise Uncertain
        self._names: dict[str, str] = {}

    def of(self, element: Element) -> str:
        """Return the element's name in lower case, as `prefix_name` if its prefix counts."""
        tag: str = element.tag
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = _name(tag, element.prefix)
        return name


def _is_unambiguous(declaration: tuple[str, str]) -> bool:
    """Whether a prefix is bound to its usual namespace, or neither of the two matters."""
    prefix, uri = declaration[0].lower(), declaration[1].lower()
    known = _standard_prefix(uri)
    misleads = known is not None and prefix in _STANDARD and prefix not in {"", known}
    return not (misleads and {prefix, known} & _WITH_INFLUENCE) and not any(map(str.isspace, uri))


def _standard_prefix(uri: str) -> str | None:
    """Return feedparser's prefix for a lower-case namespace; None if it knows none."""
    return "" if _USERLAND in uri else _PREFIXES.get(uri)


def _name(tag: str, prefix: str | None) -> str:
    """Return the name of an element `{namespace}name` that has this prefix in the document."""
    namespace, _, local = tag.rpartition("}")
    short = _standard_prefix(namespace[1:].lower()) if namespace else ""
    if short is None:
        short = prefix or ""  # feedparser takes unprefixed elements for the feed's own
    name = (f"{short}_{local}" if short else local).lower()
    if name.startswith(_REFUSED):
        raise Uncertain
    return name
