"""What other programs make of the exports of a hostile database: `python -m tests.quality.readers`.

LibreOffice opens each CSV as its dialogue proposes, writes it as xlsx and that as CSV again; pandas, in a virtual
environment of its own, reads every form without options. Prints what differs. Needs soffice and a package index.
"""

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.contenders import install
from tests import hostile_feeds
from tracker.models import FileFormat
from tracker.publish.exports.files import Target, write_folder
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.store import counts
from tracker.store.database import opened, transaction

_PANDAS = """
import json, sys, pandas
for path in sys.argv[1:]:
    read = pandas.read_parquet if path.endswith("parquet") else pandas.read_csv
    frame = pandas.read_json(path, lines=True) if ".jsonl" in path else read(path)
    print(json.dumps([path, list(frame.columns), len(frame), frame.iloc[:, 0].astype(str).tolist()]))
"""
_AS_PROPOSED = "CSV:44,34,76,1"  # comma, quotes, UTF-8, from the first line
_BACK = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"


def main() -> None:
    """Export, let each program read, and print what it changed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        hostile_feeds.poll(folder / "tracker.db")
        with opened(folder / "tracker.db") as db:
            db.execute(
                "INSERT INTO gaps (feed, from_at, reason, bridged) VALUES (1, '2025-01-01T00:00:00Z', 'error', 0)"
            )
            with transaction(db):
                while counts.step(db, ZoneInfo("Europe/London"), hostile_feeds.NOW):
                    pass
            forms = (
                FileFormat(),
                FileFormat(packed=True),
                FileFormat("jsonl"),
                FileFormat("jsonl", packed=True),
                FileFormat("parquet"),
            )
            files = [
                one.path
                for form in forms
                for one in write_folder(db, [*PRESETS.values()], Filter(), Target(folder, form))
            ]
        print(*pandas(files), sep="\n")
        print(*libreoffice(folder), sep="\n")


def pandas(files: list[Path]) -> Iterator[str]:
    """A line for each file of which pandas reads other columns, rows or keys, and one on all."""
    python = install("pandas", ("pandas", "pyarrow"))
    if python is None:
        yield "pandas cannot be installed (is there a network?)"
        return
    done = subprocess.run([str(python), "-c", _PANDAS, *map(str, files)], check=True, capture_output=True, text=True)
    differ = 0
    for line in done.stdout.splitlines():
        path, columns, rows, keys = json.loads(line)
        name, csv_file = Path(path).name, Path(path).with_name(Path(path).name.split(".")[0] + ".csv")
        expected = rows_of(csv_file)
        same = columns == expected[0] and rows == len(expected) - 1 and keys == [row[0] for row in expected[1:]]
        differ += not same and name != "attention.csv"
        if not same:
            yield f"pandas: {name} differs: {rows} rows in place of {len(expected) - 1}"
    yield f"pandas: {len(files) - differ} of {len(files)} files have the columns, rows and keys that were written"


def libreoffice(folder: Path) -> Iterator[str]:
    """A line for each file: its rows, the formulas in it, and what differs when it comes back."""
    office = shutil.which("soffice")
    if office is None:
        yield "LibreOffice is not installed: on Debian, apt-get install libreoffice-calc"
        return
    sheets = [str(folder / f"{name}.csv") for name in PRESETS]
    convert = [office, "--headless", f"-env:UserInstallation=file://{folder}/office"]
    once = [*convert, f"--infilter={_AS_PROPOSED}", "--convert-to", "xlsx", "--outdir", str(folder / "xlsx"), *sheets]
    subprocess.run(once, check=True, capture_output=True)
    made = [str(path) for path in (folder / "xlsx").iterdir()]
    subprocess.run(
        [*convert, "--convert-to", _BACK, "--outdir", str(folder / "back"), *made], check=True, capture_output=True
    )
    for name in PRESETS:
        with zipfile.ZipFile(folder / "xlsx" / f"{name}.xlsx") as book:
            formulas = len(re.findall(r"<f[ >/]", book.read("xl/worksheets/sheet1.xml").decode()))
        before, after = rows_of(folder / f"{name}.csv"), rows_of(folder / "back" / f"{name}.csv")
        changed = [
            (old, new) for row, other in zip(before, after, strict=False) for old, new in zip(row, other, strict=False)
            if old != new and not _is_number(old, new)
        ]  # fmt: skip
        yield (
            f"LibreOffice: {name}: {len(after) - 1} of {len(before) - 1} rows, {formulas} formulas, "
            f"{len(changed)} cells changed {changed[:3] if changed else ''}"
        )


def _is_number(old: str, new: str) -> bool:
    """Whether both are one number, to the fifteen digits that a spreadsheet keeps."""
    try:
        return abs(float(old) - float(new)) <= 1e-14 * abs(float(old))
    except ValueError:
        return False


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


if __name__ == "__main__":
    csv.field_size_limit(sys.maxsize)
    main()
