"""Which links lead through a redirector, and where they lead."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse.redirectors import is_opaque, unwrapped

ANY_TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff%&?#/:@*_\x00\x7f\u202e"))


@given(ANY_TEXT)
def test_no_text_at_all_makes_any_of_them_fail(text: str) -> None:
    for before in (
        "",
        "https://www.google.com/url?url=",
        "https://web.archive.org/web/2026/http://",
        "https://urldefense.proofpoint.com/v2/url?u=",
        "https://urldefense.com/v3/__https://",
        "https://urldefense.com/v3/__https://a*b**Ac__;",
    ):
        unwrapped(before + text), is_opaque(before + text)


def carried(url: str) -> str:
    return quote(url, safe="")


ARTICLE = "https://news.example/2026/a?id=1&page=2#top"


@pytest.mark.parametrize(
    "before",
    [
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&c=2&mkt=en-gb&url=",
        "https://www.google.com/url?rct=j&sa=t&url=",
        "https://www.google.co.uk/url?sa=t&q=",
        "https://google.de/url?q=",
        "https://www.google.com.au/url?rct=j&amp;sa=t&amp;url=",
        "https://news.google.com/news/url?sa=t&fd=R&url=",
        "https://l.facebook.com/l.php?u=",
        "https://lm.facebook.com/l.php?h=1&u=",
        "https://l.instagram.com/?u=",
        "https://out.reddit.com/t3_abc?token=1&url=",
        "https://www.youtube.com/redirect?event=video_description&q=",
        "https://duckduckgo.com/l/?uddg=",
        "https://eur01.safelinks.protection.outlook.com/?url=",
        "https://nam12.safelinks.protection.outlook.com/ap/w-59584e83/?url=",
        "https://slack-redir.net/link?v=3&url=",
        "https://t.umblr.com/redirect?t=abc&z=",
        "https://vk.com/away.php?to=",
        "https://www.linkedin.com/safety/go?trk=feed&url=",
        "https://www.linkedin.com/redir/redirect?url=",
        "https://l.threads.com/?u=",
        "https://l.messenger.com/l.php?u=",
        "https://steamcommunity.com/linkfilter/?url=",
        "https://getpocket.com/redirect?url=",
        "https://go.skimresources.com/?id=1X2&xs=1&url=",
        "http://redirectingat.com/?id=32X105&xs=1&url=",
        "https://link.zhihu.com/?target=",
        "https://linkprotect.cudasvc.com/url?c=E,1&a=",
        "https://deref-gmx.net/mail/client/aB-c1/dereferrer/?redirectUrl=",
        "https://urldefense.proofpoint.com/v1/url?k=abc&u=",
        "HTTPS://WWW.Google.COM/url?url=",
    ],
)
def test_a_redirectors_link_is_unwrapped(before: str) -> None:
    assert unwrapped(before + carried(ARTICLE)) == ARTICLE
    assert unwrapped(f"{before}{carried(ARTICLE)}&ved=2#x") == ARTICLE


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://web.archive.org/web/20261130101500/https://news.example/a?id=1", "https://news.example/a?id=1"),
        ("http://web.archive.org/web/20261130101500id_/http://news.example/a", "http://news.example/a"),
        ("https://web.archive.org/web/2026/https:/news.example/a", "https://news.example/a"),
        ("https://web.archive.org/web/*/https://news.example/a", None),
        ("https://web.archive.org/web/20261130101500/about", None),
        ("https://href.li/?https://news.example/a?id=1", "https://news.example/a?id=1"),
        ("https://secure-web.cisco.com/1aB_c-2/https%3A%2F%2Fnews.example%2Fa%3Fid%3D1", "https://news.example/a?id=1"),
        (
            "https://r.search.yahoo.com/_ylt=A0/RV=2/RE=1/RO=10/RU=https%3a%2f%2fnews.example%2fa/RK=2/RS=x-",
            "https://news.example/a",
        ),
        (
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__news.example_a-5Fb-3Fx-3D1-26y-3D2&d=DwMF&c=e",
            "https://news.example/a_b?x=1&y=2",
        ),
        ("https://urldefense.com/v3/__https://news.example/a__;!!Ab1!x$", "https://news.example/a"),
        ("https://urldefense.com/v3/__https:/news.example/a__;!!Ab1!x$", "https://news.example/a"),
        ("https://urldefense.com/v3/__https://news.example/a*b?c**A__;KyMj!!Ab1!x$", "https://news.example/a+b?c##"),
        ("https://urldefense.com/v3/__https://news.example/a*__;_w!!Ab1!x$", None),
        ("https://urldefense.com/v3/nothing", None),
    ],
)
def test_a_target_in_the_path_is_unwrapped_as_its_service_writes_it(url: str, target: str | None) -> None:
    assert unwrapped(url) == (target or url)


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        "",
        "?url=https://news.example/",
        "https://www.google.com/url",
        "https://www.google.com/url?",
        "https://www.google.com/url?url=",
        "https://www.google.com/url?url=news.example/a",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=https%3A%2F%2Fu:p@news.example%2F",
        "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2F%E4",
        "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2Fa%0Ab",
        "https://www.google.com/URL?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com/search?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com/url/x?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com/url#?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com.evil.example/url?q=https%3A%2F%2Fnews.example%2F",
        "https://google.example/url?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com@evil.example/url?q=https%3A%2F%2Fnews.example%2F",
        "https://www.bing.com/search?url=https%3A%2F%2Fnews.example%2F",
        "https://news.example/share?url=https%3A%2F%2Fother.example%2F",
        "https://vk.com/share.php?url=https%3A%2F%2Fnews.example%2F",
        "https://www.linkedin.com/shareArticle?url=https%3A%2F%2Fnews.example%2F",
        "https://news.example/web/2026/https://other.example/a",
    ],
)
def test_what_is_no_redirector_with_a_usable_target_stays_as_it_is(url: str) -> None:
    assert unwrapped(url) == url


def test_redirectors_within_redirectors_are_unwrapped_three_deep() -> None:
    links = [ARTICLE]
    for _ in range(4):
        links.append(f"https://www.google.com/url?url={carried(links[-1])}")

    assert [unwrapped(link) for link in links] == [ARTICLE, ARTICLE, ARTICLE, ARTICLE, links[1]]


@pytest.mark.parametrize(
    ("url", "opaque"),
    [
        ("https://news.google.com/rss/articles/CBMiX?oc=5", True),
        ("https://news.google.com/articles/CBMiX", True),
        ("http://news.google.com/__i/rss/rd/articles/CBMiX", True),
        ("https://news.google.com/read/CBMiX?hl=en-GB", True),
        ("https://news.google.com/", False),
        ("https://news.google.com/articles/", False),
        ("https://news.google.com/rss/search?q=articles", False),
        ("https://news.google.com.evil.example/articles/CBMiX", False),
        ("https://www.bing.com/news/apiclick.aspx?url=https%3A%2F%2Fnews.example", False),
        ("https://www.msn.com/en-gb/news/x/ar-AA1", False),
        ("https://news.yahoo.com/articles/x", False),
        ("", False),
    ],
)
def test_only_an_aggregators_own_riddle_is_opaque(url: str, opaque: bool) -> None:
    assert is_opaque(url) is opaque
