"""Measure which quotations are taken for one statement, on invented pairs in ten languages.

`python -m tests.quality.repeated` prints the figures and the pairs that are judged wrongly.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tracker.analyse.quotes.repeated import likeness, runs, words_of

PAIRS = Path(__file__).parent / "repeated.tsv"


class Judged(NamedTuple):
    """A pair, whether it is one statement, and whether it is taken for one."""

    one: str
    other: str
    same: bool
    found: bool


def judged() -> Iterator[Judged]:
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            one, other = words_of(row["one"]), words_of(row["other"])
            found = bool(runs(one) & runs(other)) and likeness(one, other, one_speaker=row["speaker"] == "same") > 0
            yield Judged(row["one"], row["other"], row["same"] == "yes", found)


def precision_and_recall() -> tuple[float, float]:
    pairs = list(judged())
    right = sum(pair.same and pair.found for pair in pairs)
    return right / sum(pair.found for pair in pairs), right / sum(pair.same for pair in pairs)


if __name__ == "__main__":
    sys.stdout.write("precision {:.3f}, recall {:.3f}\n".format(*precision_and_recall()))
    for pair in judged():
        if pair.same != pair.found:
            sys.stdout.write(f"{'missed' if pair.same else 'wrong'}: {pair.one} | {pair.other}\n")
