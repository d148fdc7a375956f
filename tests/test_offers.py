"""What a search offers besides articles: tags and sources of its name, and other spellings."""

import pytest

from tracker.analyse.search.offers import offers, respelled
from tracker.analyse.search.query import parse
from tracker.analyse.search.scope import Known

KNOWN = Known(
    sources={"the-harbour-post": "The Harbour Post", "apple-news": "Apple News"},
    tags={
        "apple": "Apple",
        "photo-scanning": "Apple's photo scanning plan",
        "encryption": "Encryption",
        "backups": "Encrypted backups",
        "meta": "Meta",
    },
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("apple photo scan", ["photo-scanning", "apple"], id="words of a name, in any ending"),
        pytest.param("apple", ["apple", "photo-scanning", "apple-news"], id="the nearest name first, sources last"),
        pytest.param("what does Meta say", ["meta"], id="a name among other words"),
        pytest.param("harbour post", ["the-harbour-post"], id="a source without its article"),
        pytest.param("encryption tag:meta", ["encryption", "backups"], id="filters are no words"),
        pytest.param("zeppelin", [], id="nothing of the name"),
        pytest.param("tag:meta", [], id="no words at all"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_tags_and_sources_are_offered_that_a_search_names(text: str, ids: list[str]) -> None:
    assert [offer.id for offer in offers(parse(text), KNOWN)] == ids


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("encryptoin", ("encryption",)),
        ("harbuor children", ("harbour children",)),
        ("encryption", ()),
        ("encrypts", ()),
        ("mata", ()),
        ("zeppelin", ()),
    ],
)
def test_a_word_spelled_nearly_like_one_of_a_name_is_respelled(text: str, instead: tuple[str, ...]) -> None:
    assert respelled(parse(text), KNOWN) == instead
