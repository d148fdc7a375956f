"""Grouping on ordinary news: floors on pairs of articles of real feeds that were judged by reading."""

from collections import Counter
from pathlib import Path

import pytest

from tests.quality.neardup import grouped
from tests.quality.pairs import Kind, feeds, first_items, item_hash, judged

pytestmark = pytest.mark.slow

FLOORS: dict[Kind, tuple[float, float]] = {"copy": (0.83, 0.96), "join": (0.63, 0.87), "apart": (0.86, 0.15)}
"""Of the pairs judged to differ, the least share that is kept apart, and of the others the least share that is put
together, when only the judged articles are grouped."""


def test_pairs_judged_by_reading_are_grouped_as_they_were_judged(tmp_path: Path, shared_data: Path) -> None:
    assert (shared_data / "history").is_dir()
    pairs = judged()
    hashes = {key: text for pair in pairs for key, text in zip(pair.items, pair.texts, strict=True)}
    items = [item for feed in feeds("held") for item in first_items(feed) if hashes.get(item.key) == item_hash(item)]
    assert len(items) >= 0.99 * len(hashes)
    for db in grouped(items, [], tmp_path):
        rows = {row["canonical_url"]: row for row in db.query(
            "SELECT canonical_url, story, coalesce((SELECT root FROM copies WHERE article = a.id), id) AS root "
            "FROM articles AS a"
        )}  # fmt: skip
    right: Counter[tuple[Kind, bool]] = Counter()
    for pair in pairs:
        column = "root" if pair.kind == "copy" else "story"
        one, other = (rows[key][column] for key in pair.items)
        right[pair.kind, pair.same] += (one == other) == pair.same
    of = Counter((pair.kind, pair.same) for pair in pairs)
    shares = {kind: (right[kind, False] / of[kind, False], right[kind, True] / of[kind, True]) for kind in FLOORS}
    assert all(share >= floor for kind in FLOORS for share, floor in zip(shares[kind], FLOORS[kind], strict=True)), (
        shares
    )
