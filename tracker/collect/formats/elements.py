"""Process a feed's elements as feedparser would: the only module that knows which elements matter, and how.

Elements not in the table have no effect themselves; their children may.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracker.collect.formats.element_names import Names, Uncertain
from tracker.collect.formats.element_values import (
    ElementText,
    Place,
    content_of,
    has_words_between,
    joined,
    leaf_of,
    name_of_person,
    place_of,
    repaired,
)
from tracker.collect.formats.items import Link
from tracker.collect.formats.xml_tree import Element

_ITEMS_LIMIT = 2000
"""Most items of a document read here: that many minimal ones take 0.1 s."""

_DEEPEST = 12
"""Maximum nesting of elements; 1,352 versions of news feeds and 92 blogs nest up to 6 deep."""

_CLOSED_PARAMETER = re.compile(r"(&[A-Za-z0-9_]+);")
"""A parameter followed by a semicolon that was added to make an entity of it."""

_HTML = {"text/html", "html", "application/xhtml+xml", "xhtml"}

_PEOPLE = frozenset({"name", "email", "uri", "url", "homepage", "itunes_name", "itunes_email"})
_SIZES = frozenset({"url", "href", "width", "height"})
_PICTURE = _SIZES | {"title", "link", "description"}
_FORM = frozenset({"title", "link", "description", "name"})
_ORIGIN = frozenset({"title", "link", "id", "updated", "subtitle", "rights", "icon", "logo"})
_ORIGIN |= {"generator", "author", "category", "contributor"}


@dataclass(slots=True)
class State:
    """What feedparser remembers between elements, and the items found."""

    names: Names
    items: list[ElementText] = field(default_factory=list)
    title_depth: int = -1
    """Depth of the last title: a title that is not above it is ignored."""
    has_content: bool = False
    """Whether the item has content; without it, a second description counts as content."""


_Action = Callable[[State, Element, ElementText, Place], None]


def read_children(state: State, parent: Element, found: ElementText, here: Place) -> None:
    """Process the children of an element; raises Uncertain for what feedparser might read differently."""
    if here.depth > _DEEPEST:
        raise Uncertain
    for element in parent:
        act = _ACTIONS.get(state.names.of(element))
        if act is not None:
            act(state, element, found, place_of(element, here))
        elif len(element):
            read_children(state, element, found, place_of(element, here))


def read_item(state: State, element: Element, found: ElementText, here: Place) -> None:
    """Add an item with everything in it."""
    if found.is_item or len(state.items) == _ITEMS_LIMIT:
        raise Uncertain
    refuse_attributes_of_cdf(here)
    item = ElementText(depth=here.depth + 1)
    about = here.attributes.get("rdf:about")
    if about:
        item.texts["id"] = about
    state.title_depth = -1
    read_children(state, element, item, here)
    state.has_content = False
    state.items.append(item)


def read_picture(state: State, element: Element, found: ElementText, here: Place) -> None:
    """Skip a picture; within an item, feedparser could mistake its title for the item's."""
    _skip(state, element, here, _SIZES if found.is_item else _PICTURE)


def read_form(state: State, element: Element, _found: ElementText, here: Place) -> None:
    """Skip a site-search form, an old part of RSS."""
    _skip(state, element, here, _FORM)


def refuse_attributes_of_cdf(here: Place) -> None:
    """Raise Uncertain for attributes of a format (CDF) unused since 1999 that feedparser still reads."""
    if "lastmod" in here.attributes or "href" in here.attributes:
        raise Uncertain


def _title(state: State, element: Element, found: ElementText, here: Place) -> None:
    title = content_of(element, here)
    if not -1 < state.title_depth <= here.depth:
        found.keep("title", title, here.depth)
        found.languages["title"] = here.language
    if title:
        state.title_depth = here.depth


def _media_title(state: State, element: Element, found: ElementText, here: Place) -> None:
    before = state.title_depth
    _title(state, element, found, here)
    state.title_depth = before


def _description(state: State, element: Element, found: ElementText, here: Place) -> None:
    if "summary" in found.texts and not state.has_content:
        _content(state, element, found, here)
        return
    text = content_of(element, here)
    if found.is_item:  # the feed's is a subtitle
        found.keep("summary", text, here.depth)
        found.languages["summary"] = here.language


def _summary(state: State, element: Element, found: ElementText, here: Place) -> None:
    if "summary" in found.texts and not state.has_content:
        _content(state, element, found, here)
        return
    found.keep("summary", content_of(element, here), here.depth)
    found.languages["summary"] = here.language


def _content(state: State, element: Element, found: ElementText, here: Place) -> None:
    state.has_content = True
    text = content_of(element, here)
    source = here.attributes.get("src")
    if source:
        found.elsewhere.append(joined(here.base, source))
    found.contents.append(text)
    found.texts.setdefault("summary", text)


def _link(_state: State, element: Element, found: ElementText, here: Place) -> None:
    relation = here.attributes.get("rel", "alternate")
    kind = here.attributes.get("type", "application/atom+xml" if relation == "self" else "text/html")
    text, address = leaf_of(element), here.address()
    if address is None:
        address = repaired(joined(here.base, text) if text else "").replace("&amp;", "&")
        address = found.texts["link"] = _CLOSED_PARAMETER.sub(r"\1", address)
    else:
        address = joined(here.base, address)
        if relation == "alternate" and kind in _HTML:
            found.texts["link"] = address
    found.links.append(Link(relation, address, kind, here.attributes.get("hreflang", "")))


def _guid(_state: State, element: Element, found: ElementText, here: Place) -> None:
    is_link = here.attributes.get("ispermalink", "true") == "true"
    guid = leaf_of(element)
    guid = repaired(joined(here.base, guid) if is_link and guid else guid)
    found.keep("id", guid, here.depth)
    if found.guid_is_link is None:
        found.guid_is_link = is_link and "link" not in found.texts
    if is_link:
        found.texts.setdefault("link", guid)


def _enclosure(_state: State, element: Element, found: ElementText, here: Place) -> None:
    leaf_of(element)
    found.links.append(Link("enclosure", here.address() or ""))


def _author(state: State, element: Element, found: ElementText, here: Place) -> None:
    if found.is_item and here.depth != found.depth:
        raise Uncertain
    if len(element):
        if "author" in found.texts:  # feedparser would give the first author the name of this one
            raise Uncertain
        found.authors.append(_person(state, element))
    elif found.is_item:
        found.texts["author"] = repaired(leaf_of(element))
        found.authors.append(name_of_person(found.texts["author"]))


def _person(state: State, element: Element) -> str:
    """Return a person element's name; feedparser would use a lone address as the name."""
    _allow_only(state, element, _PEOPLE)
    said = {state.names.of(child).removeprefix("itunes_"): leaf_of(child) for child in element}
    if has_words_between(element) or (said.get("email") and not said.get("name")):
        raise Uncertain
    return said.get("name", "")


def _people(state: State, element: Element, _found: ElementText, _here: Place) -> None:
    _allow_only(state, element, _PEOPLE)
    for child in element:
        leaf_of(child)


def _owner(state: State, element: Element, found: ElementText, here: Place) -> None:
    if found.is_item:  # feedparser would give its name to the author
        raise Uncertain
    _people(state, element, found, here)


def _skip(state: State, element: Element, here: Place, names: frozenset[str]) -> None:
    """Skip what is not about the feed or the item; its only effect is that a title after it counts again."""
    if not all(state.names.of(child) in names and not len(child) for child in element):
        raise Uncertain
    state.title_depth = -1
    for child in element:
        if state.names.of(child) == "title":
            _title(state, child, ElementText(is_item=False), place_of(child, here))


def _source(state: State, element: Element, found: ElementText, here: Place) -> None:
    """Record where an aggregator found the item: RSS states it in an attribute and the text, Atom in elements."""
    if not found.is_item or has_words_between(element):
        raise Uncertain
    state.title_depth = -1
    origin = ElementText(is_item=False)
    if len(element):
        _allow_only(state, element, _ORIGIN)
        read_children(state, element, origin, here)
    else:
        origin.texts["title"] = repaired(leaf_of(element))
    found.texts["source"] = origin.texts.get("title", "")
    links = [link.address for link in origin.links]
    found.outlet_links = [here.attributes.get("url", ""), origin.texts.get("link", ""), *links]


def _allow_only(state: State, element: Element, names: frozenset[str]) -> None:
    """Raise Uncertain when an element has children other than these and leaves of other vocabularies."""
    for child in element:
        name = state.names.of(child)
        if name not in names and (name in _ACTIONS or "_" not in name or len(child)):
            raise Uncertain


def _check_only(_state: State, element: Element, _found: ElementText, here: Place) -> None:
    content_of(element, here)


def _raw_text(state: State, element: Element, found: ElementText, here: Place) -> None:
    """Keep a text for which feedparser has no rule; it ignores the text of an element with attributes."""
    text, name = repaired(leaf_of(element)), state.names.of(element)
    if here.attributes:
        found.texts[name] = ""
    else:
        found.keep(name, text, here.depth)


def _kept_as(name: str) -> _Action:
    """Return an action that keeps the element's text under a name."""

    def keep(_state: State, element: Element, found: ElementText, here: Place) -> None:
        found.keep(name, repaired(leaf_of(element)), here.depth)

    return keep


def _refuse(_state: State, _element: Element, _found: ElementText, _here: Place) -> None:
    raise Uncertain


def _actions() -> Iterator[tuple[str, _Action]]:
    """Yield the action for each element that matters, by feedparser's names."""
    for names, action in (
        ("item entry", read_item),
        ("title dc_title", _title),
        ("media_title", _media_title),
        ("description dc_description media_description", _description),
        ("summary itunes_summary", _summary),
        ("content content_encoded", _content),
        ("link", _link),
        ("guid id", _guid),
        ("enclosure", _enclosure),
        ("author managingeditor dc_author dc_creator itunes_author", _author),
        ("itunes_owner", _owner),
        ("contributor dc_contributor dc_publisher webmaster", _people),
        ("published issued pubdate dcterms_issued", _kept_as("published")),
        ("updated modified lastbuilddate dc_date dcterms_modified", _kept_as("updated")),
        ("created dcterms_created", _kept_as("created")),
        ("language dc_language", _kept_as("language")),
        ("source", _source),
        ("feedburner_origlink news_source ttl sy_updateperiod sy_updatefrequency", _raw_text),
        ("image", read_picture),
        ("textinput", read_form),
        ("rights copyright dc_rights subtitle tagline itunes_subtitle info feedburner_browserfriendly", _check_only),
        # misplaced or rare elements, and names that feedparser uses internally
        ("rss rdf_rdf feed channel body xhtml_body fullitem abstract svg math", _refuse),
        ("date links authors contributors guidislink title_detail summary_detail author_detail", _refuse),
        ("date_parsed published_parsed updated_parsed created_parsed description_detail", _refuse),
    ):
        yield from ((name, action) for name in names.split())


_ACTIONS = dict(_actions())
