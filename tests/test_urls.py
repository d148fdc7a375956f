"""When two links are one, and which links may be followed."""

import pytest
from ada_url import normalize_url
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.analyse.urls import LINK_LIMIT, absolute, canonical, host, match_key

BASE = "https://example.org/news/feed.xml?format=rss"

SAME = [
    ("http://example.org/a", "https://example.org/a"),
    ("HTTPS://EXAMPLE.org/a", "https://example.org/a"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:443/a", "https://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://reader:secret@example.org/a", "https://example.org/a"),
    ("https://example.org/a#comments", "https://example.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org.:8443/a", "https://example.org:8443/a"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org/x/../a", "https://example.org/a"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
    ("https://example.org/a?UTM_Source=x&id=1", "https://example.org/a?id=1"),
    ("https://example.org/a?id=1&fbclid=x&page=2", "https://example.org/a?id=1&page=2"),
    ("https://example.org/a?mtm_campaign=x&gclid=y", "https://example.org/a"),
    ("https://example.org/a?id=1&amp;utm_source=rss", "https://example.org/a?id=1"),
    ("https://example.org/a?id=1&ampref=rss", "https://example.org/a?id=1"),
    ("https://example.org/a?id=1&ampref=home", "https://example.org/a?id=1&ampref=home"),
    ("https://www.bbc.co.uk/news/1?at_medium=RSS&at_campaign=rss", "https://www.bbc.co.uk/news/1"),
    ("https://www.bbc.com/news/1?at_medium=RSS", "https://www.bbc.com/news/1"),
    ("https://www.theguardian.com/x?CMP=share_btn", "https://www.theguardian.com/x"),
    ("https://www.bbc.co.uk/news/1?ocid=socialflow", "https://www.bbc.co.uk/news/1"),
    ("https://www.lemonde.fr/a.html?xtor=RSS-3208", "https://www.lemonde.fr/a.html"),
    ("https://www.dw.com/en/a-1?maca=en-rss-en-all-1573-rdf", "https://www.dw.com/en/a-1"),
    ("https://www.nytimes.com/a.html?partner=rss&emc=rss&smid=tw", "https://www.nytimes.com/a.html"),
    ("https://www.dailymail.co.uk/a.html?ns_mchannel=rss&ito=1490", "https://www.dailymail.co.uk/a.html"),
    ("https://arstechnica.com/a/?source=rss", "https://arstechnica.com/a/"),
    ("https://example.org/a?_ga=1.2.3&x", "https://example.org/a?x"),
    ("https://example.org/a?at_medium=RSS&at_campaign=feed", "https://example.org/a"),
    ("https://example.org/a?igshid=1&mibextid=2&guccounter=3&cmpid=4", "https://example.org/a"),
    ("https://www.dw.com/de/a?maca=de-rss", "https://www.dw.com/de/a"),
    ("https://blog.example/x-1?source=rss-0a1b2c------2", "https://blog.example/x-1"),
    ("https://www.washingtonpost.com/a/?wprss=rss_tech&itid=lk_1", "https://www.washingtonpost.com/a/"),
    ("https://example.org/a?&utm_source=rss&", "https://example.org/a"),
    ("https://example.org/a?id=1&utm_source=rss&", "https://example.org/a?id=1"),
    ("https://blog.example/x-1?source=rss----0a1b2c3d4e5f---4", "https://blog.example/x-1"),
    ("https://example.org/a?sfmc_id=1&sfmc_activityid=2&bsft_clkid=3", "https://example.org/a"),
    ("https://pen.substack.com/p/a?r=1x&isFreemail=true", "https://pen.substack.com/p/a"),
    ("https://youtu.be/abc?si=1", "https://youtu.be/abc"),
    ("https://example.org/a;jsessionid=0A1B?id=1", "https://example.org/a?id=1"),
    ("https://example.org/a;JSESSIONID=0A1B.node2/b", "https://example.org/a/b"),
    ("https://example.org/x/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "https://example.org/x/a.aspx"),
    ("https://example.org/(A(x-_1)S(lit3py55))/a.aspx?id=1", "https://example.org/a.aspx?id=1"),
]

DIFFERENT = [
    ("https://example.org/(ab)/a", "https://example.org/(cd)/a"),
    ("https://example.org/a(S(ab))/b", "https://example.org/a(S(cd))/b"),
    ("https://example.org/?p=1", "https://example.org/?p=2"),
    ("https://example.org/?12345", "https://example.org/?12346"),
    ("https://example.org/?id=", "https://example.org/"),
    ("https://example.org/a?gallery=5", "https://example.org/a"),
    ("https://example.org/a?game=7", "https://example.org/a"),
    ("https://example.org/a?reference=9", "https://example.org/a"),
    ("https://example.org/a?eid=55", "https://example.org/a"),
    ("https://example.org/a?ref=main", "https://example.org/a"),
    ("https://example.org/a?source=5", "https://example.org/a?source=6"),
    ("https://example.org/a?at_id=5", "https://example.org/a"),
    ("https://example.org/a?campaign_id=5", "https://example.org/a?campaign_id=6"),
    ("https://example.org/a?cmp=5", "https://example.org/a?cmp=6"),
    ("https://example.org/a?mod=5", "https://example.org/a"),
    ("https://notbbc.com/a?at_id=5", "https://notbbc.com/a"),
    ("https://example.org/a?smid=5", "https://example.org/a?smid=6"),
    ("https://example.org/a?feature=5", "https://example.org/a"),
    ("https://www.youtube.com/watch?v=a&si=1", "https://www.youtube.com/watch?v=b&si=1"),
    ("https://example.org/a?source=rss-2", "https://example.org/a"),
    ("https://example.org/?r=1", "https://example.org/?r=2"),
    ("https://substack.com/app-link/post?post_id=1", "https://substack.com/app-link/post?post_id=2"),
    ("https://example.org/a;page=1", "https://example.org/a;page=2"),
    ("https://example.org/a?utm=5", "https://example.org/a"),
    ("https://example.org/%2e%2e%2fa", "https://example.org/a"),
    ("https://example.org/#!/article/1", "https://example.org/#!/article/2"),
    ("https://example.org/#/article/1", "https://example.org/#/article/2"),
    ("https://example.org/A", "https://example.org/a"),
    ("https://example.org/a", "https://example.org/a/"),
    ("https://example.org/a", "https://www.example.org/a"),
    ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"),
    ("https://example.org/a?b=%2F", "https://example.org/a?b=/"),
    ("https://example.org:8080/a", "https://example.org/a"),
]


@pytest.mark.parametrize(("url", "expected"), SAME)
def test_what_does_not_choose_the_article_is_dropped(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles_never_become_one(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("query", ["b=%zz&c=%20", "a=1&&b=2", "q=a+b&q=ü".encode().decode("ascii", "ignore"), "=;~'"])
def test_what_is_not_known_stays_byte_for_byte_and_in_order(query: str) -> None:
    assert canonical(f"https://example.org/?{query}&utm_source=rss") == f"https://example.org/?{query}".replace(
        "'", "%27"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "/a",
        "//example.org/a",
        "ftp://example.org/",
        "javascript:alert(1)",
        "mailto:a@example.org",
        "http://",
        "https://exa mple.org/",
        "http://[::1",
        "https://example.org:99999/",
        "tag:a,2020:1",
        "�",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical(url) is None
    assert host(url) == ""


PARTS = st.sampled_from(
    [
        "utm_a=1",
        "id=1",
        "",
        "&",
        "=",
        "amp;utm_b=2",
        "CMP=3",
        "ref=rss",
        "%zz",
        "ü",
        "#",
        "#!/x",
        "?",
        "/",
        "..",
        ":80",
        "@",
    ]
)


@given(
    st.sampled_from(["http://", "https://", "HTTP:\\\\"]),
    st.sampled_from(["example.org", "EXAMPLE.org:443", "u:p@bbc.com", "[::1]:80", "bücher.example", "1.2"]),
    st.lists(PARTS | st.text(max_size=5), max_size=8),
)
def test_the_canonical_form_is_its_own(scheme: str, authority: str, parts: list[str]) -> None:
    form = canonical(f"{scheme}{authority}/{'?' if len(parts) % 2 else ''}{'&'.join(parts)}")

    if form is not None:
        assert canonical(form) == form
        assert form.startswith("https://")
        assert "@" not in form.split("/")[2]


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        form = canonical(url)
        assert form is None or canonical(form) == form
        link = absolute(url, BASE)
        assert link is None or (link.lower().startswith("http") and len(link) <= LINK_LIMIT)
        host(url)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://example.com/A?b=c#d", "https://example.com/A?b=c#d"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("HTTP://Example.com/ä", "HTTP://Example.com/ä"),
        ("/a", "https://example.org/a"),
        ("a.html", "https://example.org/news/a.html"),
        ("?id=1", "https://example.org/news/feed.xml?id=1"),
        ("//example.com/a", "https://example.com/a"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("http://https://example.com/a", "https://example.com/a"),
        ("https:/example.com/a", "https://example.com/a"),
        ("https:///example.com/a", "https://example.com/a"),
        ("https://example.com/http://b.example/", "https://example.com/http://b.example/"),
        ("https://https/a", "https://https/a"),
        ("https://example.com/\u202egpj", "https://example.com/%E2%80%AEgpj"),
        ("https://example.com/" + "a" * (LINK_LIMIT - 20), "https://example.com/" + "a" * (LINK_LIMIT - 20)),
    ],
)
def test_a_usable_link_is_made_absolute_and_else_left_as_given(link: str, expected: str) -> None:
    assert absolute(link, BASE) == expected


@pytest.mark.parametrize(
    "link",
    [
        "",
        " ",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "tag:example.org,2026:1",
        "https://user@example.org/",
        "https://user:pw@example.org/",
        "https://example.org/a\nb",
        "https://a\x00b/",
        "https://example.org/\x9b",
        "https://example.com/" + "a" * LINK_LIMIT,
        "https://",
        "https://a b/",
    ],
)
def test_an_unusable_link_is_none(link: str) -> None:
    assert absolute(link, BASE) is None


def test_a_base_that_is_no_address_is_no_help_and_no_harm() -> None:
    assert absolute("https://example.com/a", "nonsense") == "https://example.com/a"
    assert absolute("/a", "nonsense") is None


def test_the_host_is_lower_case_ascii_without_port() -> None:
    assert host("http://u:p@BÜCHER.example:8080/a") == "xn--bcher-kva.example"


WORD = st.text("abcXYZ019-_~", min_size=1, max_size=6)
NAME = WORD.map(lambda word: f"q{word}")  # no name of tracking begins so, but Quora's
HOST = st.lists(st.text("abcxyz019", min_size=1, max_size=5), min_size=1, max_size=3).map(
    lambda labels: ".".join([*labels, "example"])
)
PATH = st.lists(WORD, max_size=4).map(lambda parts: "/" + "/".join(parts))
QUERY = st.lists(st.tuples(NAME, WORD).map("=".join), max_size=4).map(tuple)
TRACKING = st.sampled_from(
    ["utm_source=x", "UTM_ID", "CMP=share", "fbclid=a%20b", "ocid=", "at_medium=RSS", "source=rss", "amp;gclid=1"]
)


def written(host: str, path: str, query: tuple[str, ...]) -> str:
    return f"https://{host}{path}{'?' if query else ''}{'&'.join(query)}"


@given(st.tuples(HOST, PATH, QUERY), st.tuples(HOST, PATH, QUERY))
def test_addresses_that_differ_in_host_path_or_parameters_stay_different(
    one: tuple[str, str, tuple[str, ...]], other: tuple[str, str, tuple[str, ...]]
) -> None:
    assume("qclid=" not in str((one, other)).lower())
    assert (canonical(written(*one)) == canonical(written(*other))) == (one == other)


@given(HOST, PATH, QUERY.filter(bool), st.data())
def test_a_change_of_any_one_part_is_seen(host: str, path: str, query: tuple[str, ...], data: st.DataObject) -> None:
    assume("qclid=" not in str(query).lower())
    changed = list(query)
    place = data.draw(st.integers(0, len(query) - 1))
    changed[place] += data.draw(st.sampled_from(["1", "=", "%20", "&q", "+"]))

    forms = [written(host, path, query), written(host, path, tuple(changed)), written(host, path, query[1:])]
    forms += [written(f"a.{host}", path, query), written(host, f"{path}a", query), written(host, f"{path}/", query)]
    assert len({canonical(form) for form in forms}) == len(forms)


@given(HOST, PATH, QUERY, st.lists(st.tuples(st.integers(0, 4), TRACKING), max_size=5))
def test_tracking_added_anywhere_changes_nothing(
    host: str, path: str, query: tuple[str, ...], added: list[tuple[int, str]]
) -> None:
    assume("qclid=" not in str(query).lower())
    more = list(query)
    for place, parameter in added:
        more.insert(place, parameter)

    assert canonical(written(host, path, tuple(more))) == written(host, path, query)


@given(st.text("aZ1-.:/~@%;,&=+!$()*_xn", max_size=30))
def test_the_short_way_for_plain_addresses_changes_nothing(rest: str) -> None:
    url = f"https://{rest}"
    try:
        standard = normalize_url(url)
    except ValueError:
        standard = None

    assert (canonical(url) is None) == (standard is None)
    if standard is not None and ";" not in rest and "@" not in standard and not host(standard).endswith("."):
        assert canonical(url) == standard
        shown = absolute(url, BASE)
        assert shown in {url, standard} or (rest.startswith("/") and shown and canonical(shown) == standard)


ANY_TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff%&?#/:@\x00\x7f\u202e"))


@given(ANY_TEXT)
def test_no_text_at_all_makes_any_of_them_fail(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}?{text}"):
        canonical(url), absolute(url, text), host(url), match_key(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.news.example/a/", "https://news.example/a"),
        ("https://m.news.example/a", "https://news.example/a"),
        ("https://mobile.news.example/a", "https://news.example/a"),
        ("https://amp.news.example/a", "https://news.example/a"),
        ("https://www.m.news.example:8443/a", "https://news.example:8443/a"),
        ("https://edition.news.example/a", "https://edition.news.example/a"),
        ("https://www.news.example", "https://news.example/"),
        ("https://www.gov.example/a", "https://gov.example/a"),
        ("https://www.gov.uk/a", "https://gov.uk/a"),
        ("https://m.example/a", "https://m.example/a"),
        ("https://m.co.uk/a", "https://m.co.uk/a"),
        ("https://mobile.com.au:81/a", "https://mobile.com.au:81/a"),
        ("https://www.m.co.uk/a", "https://m.co.uk/a"),
        ("https://news.example/amp/a/b", "https://news.example/a/b"),
        ("https://news.example/amphtml/a", "https://news.example/a"),
        ("https://news.example/a/amp/", "https://news.example/a"),
        ("https://news.example/a.amp", "https://news.example/a"),
        ("https://news.example/a.amp.html", "https://news.example/a.html"),
        ("https://news.example/a.html/amp", "https://news.example/a.html"),
        ("https://news.example/a/index.html", "https://news.example/a"),
        ("https://news.example/ampere/lamp/camp", "https://news.example/ampere/lamp/camp"),
        ("https://news.example/myindex.html", "https://news.example/myindex.html"),
        ("https://news.example/A/b/Amp", "https://news.example/A/b"),
        ("https://news.example/a?amp=1&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?outputType=amp", "https://news.example/a"),
        ("https://news.example/a?view=amp&utm_source=x", "https://news.example/a"),
        ("https://news.example/a?amp=2&view=list", "https://news.example/a?amp=2&view=list"),
        ("https://news.example/#!/a/amp", "https://news.example/#!/a/amp"),
        ("https://news-example.cdn.ampproject.org/c/s/www.news.example/a/amp", "https://news.example/a"),
        ("https://cdn.ampproject.org/c/news.example/a?id=7", "https://news.example/a?id=7"),
        ("https://x.cdn.ampproject.org/v/s/m.news.example/a", "https://news.example/a"),
        ("https://cdn.ampproject.org/i/s/news.example/a.png", "https://cdn.ampproject.org/i/s/news.example/a.png"),
        ("https://www.google.com/amp/s/amp.news.example/A.html", "https://news.example/A.html"),
        ("https://www.google.co.uk/amp/news.example/a", "https://news.example/a"),
        ("https://www.google.com/amp/about", "https://google.com/about"),
        ("https://bing-amp.com/c/s/news.example/a", "https://news.example/a"),
        ("https://cdn.ampproject.org/c/s/exa%20mple.org/", "https://cdn.ampproject.org/c/s/exa%20mple.org/"),
        ("mailto:a@news.example", None),
    ],
)
def test_the_forms_of_one_page_share_a_key(url: str, key: str | None) -> None:
    assert match_key(url) == key


FORM = st.sampled_from(
    "www. m. amp. co.uk a.example /amp / .amp .html /index.html ?amp=1 &view=amp cdn.ampproject.org/c/s/"
    " google.com/amp/s/ .. %2e #!/amp ;jsessionid=1 :80 ? b".split()
)


@given(st.lists(FORM | st.text(max_size=3), max_size=8).map("".join))
def test_a_key_is_its_own_and_there_is_one_for_every_address(rest: str) -> None:
    url = f"https://{rest}"
    key = match_key(url)

    assert (key is None) == (canonical(url) is None)
    assert key is None or match_key(key) == canonical(key) == key
    assert match_key(canonical(url) or "") == key
