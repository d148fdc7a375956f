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
    """The figures of docs/quality.md as Markdown."""
    rulebook = built_in_rulebook()
    return "\n\n".join([f"Rulebook `{rulebook.hash}`.", _scores(rulebook), _by_language(rulebook)])


def details() -> str:
    """What the items are, what was taken for what, and every error on the unseen half, as Markdown."""
    unseen = compare(built_in_rulebook(), items("unseen"))
    parts = ["### The items", _composition(items()), "### Relevance: what was taken for what", _confusion(unseen)]
    return "\n\n".join([*parts, "### Every error on the unseen half", "\n".join(_errors(unseen.errors))])


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


def _scores(rulebook: Rulebook) -> str:
    """How well the rules do on the unseen half of each style, and beside it the F1 of the seen half."""
    styles: Sequence[Style] = ("plain", "oblique")
    unseen, seen = ([compare(rulebook, items(half, style)).scores for style in styles] for half in ("unseen", "seen"))
    rows = [
        [
            kind,
            *(
                f"{value:.2f}"
                for new, known in zip(unseen, seen, strict=True)
                for value in (new[kind].precision, new[kind].recall, known[kind].f1)
            ),
        ]
        for kind in KINDS
    ]
    columns = [f"{style}: {what}" for style in styles for what in ("precision", "recall", "F1 seen")]
    return _table(["unseen half", *columns], rows)


def _by_language(rulebook: Rulebook) -> str:
    """F1 of relevance on the unseen items of each language."""
    languages = list(dict.fromkeys(item.language for item in items()))
    scores = [
        compare(rulebook, [item for item in items("unseen") if item.language == language]).scores["relevant or not"].f1
        for language in languages
    ]
    return _table(["F1 by language", *languages], [["relevant or not", *(f"{score:.2f}" for score in scores)]])


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
    print(details())
