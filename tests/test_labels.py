"""Every code that a page, document or message may show has words."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from tracker import models
from tracker.publish import labels
from tracker.store import gaps


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        pytest.param(models.Facet, labels.FACET, id="facets"),
        pytest.param(models.Kind, labels.KIND, id="kinds of source"),
        pytest.param(models.Missing, labels.MISSING, id="what a near miss lacks"),
        pytest.param(gaps.Reason, labels.GAP, id="reasons of gaps"),
    ],
)
def test_every_code_has_words(codes: Any, words: Mapping[str, str]) -> None:
    assert set(get_args(codes)) <= words.keys()
