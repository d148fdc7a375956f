"""Report how the rules do on the unseen half of the labelled items: figures for docs/quality.md, and every error.

python -m tests.quality.report   prints both; `make docs` writes the figures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.quality.items import Item, Style, items
from tests.quality.scores import KINDS, Comparison, Error, compare
from tracker.analyse.tagging.rules import Rulebook
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Relevance

_RELEVANCES: Sequence[Relevance] = ("both", "encryption", "child-safety", "none")


def report() -> str:
    """The figures as Markdown."""
    rulebook = built_in_rulebook()
    unseen = compare(rulebook, items("unseen"))
    parts = [
        f"Rulebook `{rulebook.hash}`.\n\n### The items\n",
        _composition(items()),
        "\n### Scores of the plain items\n",
        _scores(rulebook, "plain"),
        "\n### Scores of the oblique items\n",
        _scores(rulebook, "oblique"),
        "\n### By language\n",
        _by_language(),
        "\n### Relevance: what was taken for what\n",
        _confusion(unseen),
    ]
    return "\n".join(parts)


def error_report() -> str:
    """Every error on the unseen half as Markdown."""
    unseen = compare(built_in_rulebook(), items("unseen"))
    return "\n".join(["### Every error on the unseen half\n", *_errors(unseen.errors)])


def _composition(found: Sequence[Item]) -> str:
    """How many items there are of each relevance and language."""
    languages = Counter(item.language for item in found)
    rows = [
        [
            language,
            *(sum(item.language == language and item.relevance == one for item in found) for one in _RELEVANCES),
            n,
        ]
        for language, n in languages.most_common()
    ]
    totals = [sum(item.relevance == one for item in found) for one in _RELEVANCES]
    return _table(["language", *_RELEVANCES, "all"], [*rows, ["all", *totals, len(found)]])


def _scores(rulebook: Rulebook, style: Style) -> str:
    """What the rules find, give wrongly and miss on the unseen half, and how the seen half compares."""
    seen, unseen = (compare(rulebook, items(half, style)) for half in ("seen", "unseen"))
    rows = [
        [
            kind,
            *(f"{value:.3f}" for value in (score.precision, score.recall, score.f1)),
            score.found,
            score.wrong,
            score.missed,
            f"{seen.scores[kind].f1:.3f}",
        ]
        for kind in KINDS
        for score in (unseen.scores[kind],)
    ]
    return _table(["unseen half", "precision", "recall", "F1", "right", "wrong", "missed", "F1 of the seen half"], rows)


def _by_language() -> str:
    """F1 of the unseen items of each language."""
    rulebook = built_in_rulebook()
    rows = []
    for language in dict.fromkeys(item.language for item in items()):
        done = compare(rulebook, [item for item in items("unseen") if item.language == language])
        rows.append([language, *(f"{done.scores[kind].f1:.2f}" for kind in KINDS)])
    return _table(["F1", *KINDS], rows)


def _confusion(done: Comparison) -> str:
    rows = [[f"**{coded}**", *(done.confusion[coded, given] for given in _RELEVANCES)] for coded in _RELEVANCES]
    return _table(["coded, then given", *_RELEVANCES], rows)


def _errors(errors: Iterable[Error]) -> Iterator[str]:
    by_item: dict[str, list[Error]] = {}
    for error in errors:
        by_item.setdefault(error.item.id, []).append(error)
    for found in by_item.values():
        item = found[0].item
        yield f"- **{item.id}** {_text(item.title)}" + (f" — {_text(item.summary)}" if item.summary else "")
        for error in found:
            missed, wrong = (", ".join(f"`{code}`" for code in sorted(codes)) for codes in (error.missed, error.wrong))
            said = [f"missed {missed}"] * bool(missed) + [f"wrongly given {wrong}"] * bool(wrong)
            yield f"  - {error.kind}: {'; '.join(said)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _text(text: str) -> str:
    """The text with nothing that Markdown would take for its own."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in text)


if __name__ == "__main__":
    print(report())
    print()
    print(error_report())
