"""Write the CSV in which people code a sample and read their answers back, however a spreadsheet saved it.

Its rows show what a coder needs and nothing of what the rules decided. What comes back may have a byte order mark,
semicolons or tabs for commas, reordered columns, and extra columns.
"""

import csv
import io
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from tracker.analyse.tagging.agreement import CODERS, Coder, Estimate, Quality
from tracker.errors import TrackerError
from tracker.publish.csv_cells import harmless
from tracker.publish.formatting import counted
from tracker.publish.suggestion_sheet import Suggestions
from tracker.store.coding import Measured, Place, Sample

# fmt: off
COLUMNS = (
    "sample", "article", "tag", "definition", "source", "published_at", "language", "title", "summary", "url",
    *CODERS, "note",
)
# fmt: on

_NEEDED = ("sample", "article", "coder_1")
_ANSWERS = {"1": True, "y": True, "yes": True, "true": True, "0": False, "n": False, "no": False, "false": False}
_KINDS = {"tagged": "with the tag", "near": "near it", "rest": "of the rest"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def sheet(sample: Sample | Suggestions) -> bytes:
    """Return the sample as CSV in UTF-8, one row per article, with empty columns for the answers.

    Suggestions have one more column, `why`.
    """
    out = io.StringIO(newline="")
    columns = (*COLUMNS, "why") if isinstance(sample, Suggestions) else COLUMNS
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    shown = {"sample": sample.id, "tag": sample.tag, "definition": sample.definition}
    for article in sample.articles:
        writer.writerow({name: harmless(value) for name, value in (shown | article).items()})
    return out.getvalue().encode()


@dataclass(slots=True)
class Answers:
    """Coders' answers by row, and a sentence on every unusable cell.

    Files are read in turn, so each coder's answers may be in a file of their own.
    """

    given: dict[Place, dict[Coder, bool]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def read(self, name: str, content: bytes, sampled: Container[Place]) -> None:
        """Add the answers of a file; `sampled` are all rows ever drawn. Line numbers count rows of the sheet.

        Raises TrackerError when the file is not CSV or lacks a column.
        """
        table = _table(name, content)
        header = [cell.strip().casefold() for cell in next(table, [])]
        for column in (*_NEEDED, *CODERS):
            if header.count(column) > 1 or (column in _NEEDED and column not in header):
                fault = "more than one column" if column in header else "no column"
                raise TrackerError(
                    f"{name}: there is {fault} {column!r} in the first line, as `tracker sample` writes it"
                )
        for line, cells in enumerate(table, 2):
            row = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
            if any(row.values()):
                self._add(f"{name}:{line}", row, sampled)

    def _add(self, where: str, row: Mapping[str, str], sampled: Container[Place]) -> None:
        place = self._place(where, row, sampled)
        for coder in CODERS:
            written = row.get(coder, "")
            answer = _ANSWERS.get(written.casefold())
            if written and answer is None:
                self.problems.append(
                    f"{where}: {coder}: {written!r} is not an answer; write 1 or yes, 0 or no, or nothing"
                )
            elif answer is not None and place and self._answers(place).setdefault(coder, answer) != answer:
                self.problems.append(f"{where}: {coder}: {written!r} contradicts an earlier row on the same article")

    def _answers(self, place: Place) -> dict[Coder, bool]:
        return self.given.setdefault(place, {})

    def _place(self, where: str, row: Mapping[str, str], sampled: Container[Place]) -> Place | None:
        """Return the row's sample and article; note the problem and return None if it was never drawn."""
        for column in ("sample", "article"):
            written = row.get(column, "")
            if not (written.isascii() and written.isdigit() and len(written) < 19):
                self.problems.append(f"{where}: {column}: {written!r} is not a number that `tracker sample` wrote")
                return None
        place = (int(row["sample"]), int(row["article"]))
        if place not in sampled:
            self.problems.append(f"{where}: article: article {place[1]} was not drawn in sample {place[0]}")
            return None
        return place


def drawn_in_words(sample: Sample, name: str) -> str:
    """Describe what was drawn, and what to do with the file `name` that now holds it."""
    sizes = sample.sizes
    shares = [f"{n:,} of {counted(sizes[part], 'article')} {_KINDS[part]}" for part, n in sample.drawn.items()]
    lines = [f"sample {sample.id} (seed {sample.seed}): {', '.join(shares)}"]
    if sample.outdated:
        outdated = f"{counted(sample.outdated, 'article')} tagged with other rules"
        lines.append(f"{outdated}: run `tracker retag` to update them, then draw again")
    lines += [
        "answer 1 (yes) or 0 (no) in coder_1; a second person who does not see these answers, in coder_2",
        f"then: tracker score {name}",
    ]
    return "\n".join(lines)


def measured_in_words(measured: Measured) -> str:
    """Describe a tag's quality on one line; a second line says if the rules have changed since the draw."""
    found = measured.quality
    right = f", {found.right} of {found.tagged}"
    parts = [
        f"precision {_share(found.precision, right)}",
        f"recall {_share(found.recall, about='about ')}",
        _kappa(found),
    ]
    line = f"{measured.tag}: {', '.join(parts)}"
    if found.disputed:
        line += f"; {counted(found.disputed, 'disagreement')} without 'agreed' left out"
    if measured.changed:
        line += f"\n  The rules have changed since the draw: this is true of rulebook {measured.rulebook}."
    return line


def _share(found: Estimate | None, more: str = "", about: str = "") -> str:
    if found is None:
        return "not known"
    return f"{about}{found.value:.2f} ({found.low:.2f}-{found.high:.2f}{more})"


def _kappa(found: Quality) -> str:
    if found.agreement is None:
        return "no kappa, as no row has answers of 2 coders"
    kappa = "undefined" if found.kappa is None else f"{found.kappa:.2f}"
    return f"kappa {kappa} (agreement {found.agreement:.2f}, {counted(found.pairs, 'row')} by 2 coders)"


def _table(name: str, content: bytes) -> Iterator[list[str]]:
    """Yield the rows of a CSV from any spreadsheet; bytes that are not UTF-8 are replaced, since answers have none."""
    text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig", errors="replace")
    first = next(iter(text.splitlines()), "")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    except csv.Error as error:
        raise TrackerError(f"{name} cannot be read as CSV: {error}") from error
