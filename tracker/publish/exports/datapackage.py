"""Write the datapackage.json of a folder: what a program needs to read its files (Frictionless Data Package 1.0)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from tracker.analyse.debate import Debate
from tracker.models import FileFormat
from tracker.publish.exports.formats import FORMATS
from tracker.publish.exports.presets import Column, Preset

_NAME = "-coverage"
"""The end of a package's name, after the topics."""

_DESCRIPTION = (
    "News coverage of {debate}, as stated by the feeds of publishers: titles, summaries and addresses, with the tags "
    "that rules gave them. Times are UTC. An empty cell means not known, or not happened; never zero."
)
_HARMLESS = (
    "A cell that a spreadsheet would take for a formula starts with an added apostrophe, and so does one that already "
    "has apostrophes before such a character. Remove one to get the original."
)
_TEXT = "Lists are texts, as `a; b`."


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written, and what it holds."""

    preset: Preset
    columns: Sequence[Column]
    form: FileFormat
    path: Path
    rows: int = 0


def title_of(debate: Debate) -> str:
    """Return the title of data on a debate."""
    return f"Coverage of {debate.named('and')}"


def is_ours(package: Mapping[str, Any]) -> bool:
    """Whether a package has a name as an export gives it."""
    return str(package.get("name")).endswith(_NAME)


def descriptor(files: Sequence[WrittenFile], debate: Debate) -> bytes:
    """Return the datapackage.json of these files; the same files always give the same bytes."""
    package = {
        "profile": "data-package",
        "name": "-".join(topic.id for topic in debate.topics) + _NAME,
        "title": title_of(debate),
        "description": _DESCRIPTION.format(debate=debate.named("and")),
        "resources": [_resource(file) for file in files],
    }
    return json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n"


def _resource(file: WrittenFile) -> dict[str, Any]:
    with file.path.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    notes = [
        file.preset.about,
        *([_HARMLESS] if file.form.name == "csv" else []),
        *([_TEXT] if _has_text(file) else []),
    ]
    found: dict[str, Any] = {
        "name": file.preset.name,
        "path": file.path.name,
        "title": file.preset.name.capitalize(),
        "description": " ".join(notes),
        "format": file.form.name,
        "mediatype": FORMATS[file.form.name].media_type,
        "bytes": file.path.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": _schema(file),
    }
    if file.form.packed:
        found["compression"] = "gz"
    if file.form.name == "csv":
        found |= {"profile": "tabular-data-resource", "encoding": "utf-8", "dialect": {"lineTerminator": "\r\n"}}
    return found


def _has_text(file: WrittenFile) -> bool:
    """Whether the lists of a file are texts."""
    is_text = file.form.name == "xlsx" or file.form.lists == "text"
    return is_text and any(column.type == "array" for column in file.columns)


def _schema(file: WrittenFile) -> Mapping[str, Any]:
    text = _has_text(file)
    fields = [
        {"name": column.name, "description": column.about, **_type(column, lists_are_text=text)}
        for column in file.columns
    ]
    return {"fields": fields, "primaryKey": file.preset.key, "missingValues": [""]}


def _type(column: Column, *, lists_are_text: bool) -> dict[str, Any]:
    if column.type == "array" and lists_are_text:
        return {"type": "string"}
    if column.type == "boolean":
        return {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}
    return {"type": column.type}
