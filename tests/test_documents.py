"""That the documents speak of what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_test_that_the_collection_document_names_exists() -> None:
    text = (ROOT / "docs" / "collection.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+): (\w+)`", text)
    assert len(named) > 60
    missing = [
        f"{module}: {name}"
        for module, name in named
        if not (file := ROOT / "tests" / f"test_{module}.py").exists()
        or f"def test_{name}(" not in file.read_text(encoding="utf-8")
    ]
    assert missing == []
