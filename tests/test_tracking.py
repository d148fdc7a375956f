"""That each name in the tables of tracking is one that an address can have, and does no harm elsewhere."""

import pytest

from tracker.analyse import tracking_parameters
from tracker.analyse.tracking_parameters import untracked_path, untracked_query

LOCAL = [(place, name) for place, names in tracking_parameters._AT.items() for name in names.split()]


@pytest.mark.parametrize(
    "name", sorted(tracking_parameters._NAMES | {f"{prefix}x" for prefix in tracking_parameters._PREFIXES})
)
def test_a_name_of_tracking_is_dropped_in_either_case_on_every_site(name: str) -> None:
    for written in (name, name.upper(), f"amp;{name}"):
        assert untracked_query(f"a=1&{written}=2&b=3", "news.example") == "a=1&b=3"
        assert untracked_query(f"{written}", "news.example") == ""


@pytest.mark.parametrize(("place", "name"), LOCAL)
def test_a_publishers_own_name_is_dropped_on_its_sites_alone(place: str, name: str) -> None:
    written = f"{name}x" if name.endswith("_") else name
    for site in (place, f"www.{place}"):
        assert untracked_query(f"{written}=1&a=2", site) == "a=2"
    for site in (f"not{place}", "news.example", f"{place}.example"):
        assert untracked_query(f"{written}=1&a=2", site) == f"{written}=1&a=2"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("t=7&sid=0123456789abcdef0123456789abcdef", "t=7"),
        ("t=7&amp;sid=0123456789abcdef0123456789abcdef", "t=7"),
        ("t=7&sid=12345", "t=7&sid=12345"),
        ("id=1&CFID=12345&CFTOKEN=6f1a", "id=1"),
        ("id=1&ASPSESSIONIDCQBRTQCC=HKLMNOPA", "id=1"),
        ("id=1&gaa_at=eafs&gaa_n=AbC&gaa_ts=65&gaa_sig=x", "id=1"),
        ("id=1&_=1764500000123", "id=1"),
        ("_=1764&id=1", "_=1764&id=1"),
        ("sid=26/11/30/0123456789", "sid=26/11/30/0123456789"),
    ],
)
def test_the_session_of_a_forum_is_dropped_and_a_number_of_the_same_name_stays(query: str, kept: str) -> None:
    assert untracked_query(query, "forum.example") == kept


def test_a_session_number_in_a_path_is_dropped_and_other_parameters_of_a_path_stay() -> None:
    assert untracked_path("/a;jsessionid=1/b;page=2;JSessionID=3") == "/a/b;page=2"
