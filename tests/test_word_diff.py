"""What a reader sees of two versions of a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tracker.analyse.word_diff import tokens, word_diff

TEXTS = some.text(some.sampled_from("aab  \n'’-,.9Éß“”\u0301\u200d👩👧密码のคำअनाتا\ufe0f"), max_size=40)


def told(old: str, new: str) -> str:
    """The difference as one line: what is gone in [-...-], what is new in {+...+}."""
    shown = {"kept": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(shown[run.fate].format(run.text) for run in word_diff(old, new))


@given(TEXTS | some.text(max_size=60), TEXTS | some.text(max_size=60))
def test_what_is_kept_or_gone_joins_to_the_old_text_and_what_is_kept_or_new_to_the_new_one(old, new):
    runs = word_diff(old, new)
    assert "".join(run.text for run in runs if run.fate != "new") == old
    assert "".join(run.text for run in runs if run.fate != "gone") == new
    assert all(run.text for run in runs)


@given(TEXTS)
def test_a_text_differs_in_nothing_from_itself(text):
    assert [run.fate for run in word_diff(text, text)] == ["kept"] * bool(text)
    assert "".join(tokens(text)) == text


@given(TEXTS, TEXTS)
def test_of_a_change_what_is_gone_comes_before_what_is_new(old, new):
    fates = [run.fate for run in word_diff(old, new)]
    assert ("new", "gone") not in set(pairwise(fates))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Ministers delay the bill", "Lords delay the bill", "[-Ministers-]{+Lords+} delay the bill"),
        ("Police won't scan 1,200 phones", "Police will scan 1,300 phones",
         "Police [-won't-]{+will+} scan [-1,200-]{+1,300+} phones"),
        ("The end of privacy", "The end of privacy?", "The end of privacy{+?+}"),
        ("“Safe” phones", "Safe phones", "[-“-]Safe[-”-] phones"),
        ("Apple to check photos", "Google is to scan it", "[-Apple to check photos-]{+Google is to scan it+}"),
        ("政府拟扫描加密信息以保护儿童", "政府放弃扫描加密信息计划",
         "政府[-拟-]{+放弃+}扫描加密信息[-以保护儿童-]{+计划+}"),
        ("التشفير وحماية الأطفال: ماذا بعد؟", "التشفير وحماية القاصرين: ماذا بعد؟",
         "التشفير وحماية [-الأطفال-]{+القاصرين+}: ماذا بعد؟"),
        ("बच्चों की सुरक्षा", "बच्चों की निजता", "बच्चों की [-सुरक्षा-]{+निजता+}"),
        ("👨‍👩‍👧 first", "👨‍👩‍👦 first", "[-👨‍👩‍👧-]{+👨‍👩‍👦+} first"),
        ("A  plan", "A plan", "A[-  -]{+ +}plan"),
        ("", "A plan", "{+A plan+}"),
    ],
    ids=["a word", "apostrophes and numbers", "a mark", "quotation marks", "crumbs are no comfort", "chinese", "arabic",
         "devanagari", "joined emoji", "spaces", "nothing before"],
)  # fmt: skip
def test_a_reader_sees_whole_words_of_any_script(old, new, shown):
    assert told(old, new) == shown
