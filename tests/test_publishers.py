"""Who publishes an address, and what a feed does with an article of others."""

import pytest

from tracker.analyse.identity import Known, role
from tracker.analyse.publishers import Attribution, Publishers, place_of_domain, places_of_feed

FEEDS = {
    "press": ["https://www.press.example/feed", "https://rss.press-cdn.example/all.xml"],
    "tech": ["https://tech.press.example/rss"],
    "ministry": ["https://www.gov.uk/government/organisations/ministry/rss.xml"],
    "agency": ["https://www.gov.uk/government/organisations/agency/rss.xml"],
    "writer": ["https://writer.substack.com/feed", "https://medium.com/feed/@writer"],
    "subreddit": ["https://www.reddit.com/r/privacy/.rss"],
    "podcast": [
        "https://feedproxy.google.com/podcast",
        "https://feeds.libsyn.com/1/rss",
        "https://mastodon.social/@p.rss",
    ],
    "bucket": ["https://s3.eu-west-1.amazonaws.com/bucket/rss.xml"],
    "one": ["http://127.0.0.1:8001/feed"],
    "two": ["http://127.0.0.1:8002/feed"],
}
DOMAINS = {"press": ["press.test", "shared.example/press"], "tech": ["shared.example"], "agency": ["gov.uk/agency"]}
PUBLISHERS = Publishers(
    [
        *(place for source, urls in FEEDS.items() for url in urls for place in places_of_feed(url, source)),
        *(place_of_domain(domain, source) for source, domains in DOMAINS.items() for domain in domains),
    ]
)


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        pytest.param("https://press.example/1", "press", id="the host of a feed"),
        pytest.param("http://M.PRESS.example:80/1?x=y", "press", id="its page for telephones, in capitals"),
        pytest.param("https://news.press.example/1", "press", id="a subdomain"),
        pytest.param("https://tech.press.example/1", "tech", id="a subdomain with a feed of another source"),
        pytest.param("https://www.press-cdn.example/1", "press", id="the host of a second feed"),
        pytest.param("https://www.press.test/1", "press", id="a declared domain"),
        pytest.param("https://xpress.example/1", "", id="another name that ends alike"),
        pytest.param("https://press.example.evil.example/1", "", id="another name that begins alike"),
        pytest.param("https://evil.example/press.example/1", "", id="the name in a path"),
        pytest.param("https://press.example@evil.example/1", "", id="the name as a user"),
        pytest.param("https://shared.example/press/1", "press", id="a path of a shared domain"),
        pytest.param("https://shared.example/pressing/1", "tech", id="a path that begins alike"),
        pytest.param("https://www.gov.uk/government/organisations/agency/1", "agency", id="the folder of a feed"),
        pytest.param("https://www.gov.uk/agency/1", "agency", id="a declared path of a shared host"),
        pytest.param("https://www.gov.uk/news/1", "agency ministry", id="a host that two sources have in common"),
        pytest.param("https://www.police.gov.uk/1", "", id="a name below a suffix"),
        pytest.param("https://writer.substack.com/p/1", "writer", id="a name of one's own on a platform"),
        pytest.param("https://other.substack.com/p/1", "", id="another's on the platform"),
        pytest.param("https://medium.com/@other/1", "", id="a platform itself"),
        pytest.param("https://www.reddit.com/r/privacy/comments/1", "subreddit", id="a feed's folder on a platform"),
        pytest.param("https://www.reddit.com/r/other/comments/1", "", id="another folder on it"),
        pytest.param("https://feedproxy.google.com/~r/press/1", "", id="a platform's host for everybody's links"),
        pytest.param("https://press.libsyn.com/1", "", id="another's name where podcasts are kept"),
        pytest.param("https://mastodon.social/@press/1", "", id="another's messages"),
        pytest.param("https://s3.eu-west-1.amazonaws.com/press/1", "", id="another's bucket"),
        pytest.param("https://s3.eu-west-1.amazonaws.com/bucket/1", "bucket", id="the bucket of a feed"),
        pytest.param("https://press.example./1", "press", id="a dot after the name"),
        pytest.param("http://127.0.0.1:8001/1", "one", id="a port"),
        pytest.param("http://127.0.0.1:8002/1", "two", id="another port"),
        pytest.param("http://127.0.0.1/1", "one two", id="a host without its port"),
        pytest.param("http://10.0.0.1/1", "", id="another number"),
        pytest.param("https://news.google.com/rss/articles/CBMi", "", id="what only an aggregator can resolve"),
        pytest.param("no address", "", id="no address"),
    ],
)
def test_an_address_is_published_by_whoever_has_its_longest_place(url: str, sources: str) -> None:
    assert PUBLISHERS.of(url) == frozenset(sources.split())


@pytest.mark.parametrize(
    "domain", ["co.uk", "www.gov.uk", "medium.com", "com", "", "a b.example", "//x", "u@x.example"]
)
def test_what_is_no_place_of_one_publisher_cannot_be_declared(domain: str) -> None:
    with pytest.raises(ValueError, match=r"domain|many publish"):
        place_of_domain(domain, "press")


PRESS, OTHER, SEARCH = "press", "other", "search"


@pytest.mark.parametrize(
    ("attribution", "held", "owners", "expected"),
    [
        pytest.param((PRESS, PRESS), (PRESS, PRESS), PRESS, "publishes", id="a publisher of its own"),
        pytest.param((OTHER, OTHER), (PRESS, PRESS), PRESS, "cites", id="another of the publisher's"),
        pytest.param((OTHER, OTHER), (PRESS, PRESS), "", "cites", id="another, where nobody is known to publish"),
        pytest.param((OTHER, OTHER), (OTHER, OTHER), PRESS, "publishes", id="another of what only it has shown"),
        pytest.param(
            (PRESS, PRESS), (OTHER, OTHER), PRESS, "takes-over", id="a publisher of what another showed first"
        ),
        pytest.param(
            (PRESS, PRESS), (PRESS, SEARCH), PRESS, "takes-over", id="a publisher of what was found under its name"
        ),
        pytest.param((PRESS, PRESS), (PRESS, SEARCH), "", "takes-over", id="the same where the address says nothing"),
        pytest.param((SEARCH, PRESS), (PRESS, PRESS), PRESS, "cites", id="an aggregator of what its publisher showed"),
        pytest.param((SEARCH, PRESS), (PRESS, SEARCH), PRESS, "publishes", id="an aggregator of what it found"),
        pytest.param(("found", PRESS), (PRESS, SEARCH), PRESS, "cites", id="a second aggregator"),
        pytest.param((SEARCH, PRESS), (OTHER, OTHER), PRESS, "takes-over", id="an aggregator that names the publisher"),
        pytest.param((SEARCH, OTHER), (PRESS, PRESS), PRESS, "cites", id="an aggregator that names another"),
        pytest.param((OTHER, OTHER), (PRESS, SEARCH), PRESS, "cites", id="another of what was found"),
        pytest.param((OTHER, OTHER), (PRESS, PRESS), f"{PRESS} {OTHER}", "cites", id="the second of two who share it"),
    ],
)
def test_only_the_publisher_states_an_articles_words(
    attribution: tuple[str, str], held: tuple[str, str], owners: str, expected: str
) -> None:
    known = Known(7, "A ban", "", None, source=held[0], speaker=held[1])
    those = frozenset(owners.split())
    assert role(Attribution(*attribution, those), known, those) == expected
