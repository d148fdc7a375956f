"""That the documents speak of what is there."""

import re
import tomllib
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_path_and_test_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    paths = re.findall(r"`((?:tracker|tests|docs|bench)/[\w./-]*)`", text)
    assert paths
    assert [path for path in paths if not Path(path).stem.isupper() and not (ROOT / path).exists()] == []
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests] == []


def test_every_dependency_is_explained_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([a-z0-9_-]+) \| (?:`tracker|none)", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [item for name, items in project["optional-dependencies"].items() if name != "dev" for item in items]
    wanted = {re.split(r"[\[>=<]", item)[0] for item in (*project["dependencies"], *extras)}
    assert explained == wanted


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{path.name}: {target}"
        for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
