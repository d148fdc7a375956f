"""What the layout promises, read from the code itself."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import tracker
from bench import pages as bench_pages
from tests import site_pages
from tracker.cli.main import COMMANDS
from tracker.errors import TrackerError
from tracker.web.routes import FIRST_WORDS

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "tracker").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}

OWNERS = {
    "ada_url": ["analyse.urls"],
    "apprise": ["publish.push"],
    "apscheduler": ["jobs.scheduler"],
    "click": ["cli.*"],
    "dask": ["archive.cluster"],
    "datasette": ["web.*"],
    "distributed": ["archive.cluster"],
    "fastwarc": ["archive.web_archives"],
    "feedparser": ["collect.formats.feedparser_reader"],
    "fsspec": ["archive.captures", "archive.parts", "archive.web_archives"],
    "httpcore": ["collect.fetch", "collect.connection"],
    "httpx": ["collect.fetch", "collect.connection", "collect.response", "publish.webhook"],
    "jinja2": ["web.*", "publish.digest.render"],
    "lxml": ["collect.formats.xml_tree", "collect.opml", "publish.atom"],
    "markupsafe": ["web.*", "publish.digest.render"],
    "pebble": ["collect.worker"],
    "pluggy": ["web.hooks"],
    "protego": ["collect.robots"],
    "prometheus_client": ["web.metrics"],
    "pyarrow": ["publish.exports.parquet", "collect.import_rows", "archive.parts", "archive.pages"],
    "pydantic": [
        *("config.values", "config.model", "config.sending", "config.rulebook_model", "config.messages"),
        "cli.parameters",
    ],
    "pydantic_core": ["config.values", "config.messages"],
    "rapidfuzz": ["analyse.compared_words", "analyse.quotes.repeated", "analyse.stories.copies", "analyse.word_diff"],
    "resiliparse": ["archive.pages"],
    "sklearn": ["analyse.tagging.suggestions"],
    "selectolax": ["analyse.markup", "collect.discover"],
    "Stemmer": ["analyse.stories.word_features"],
    "sqlite_utils": ["store.*"],
    "trafilatura": ["collect.article_page"],
    "tzlocal": ["cli.init"],
    "uvicorn": ["jobs.site_server", "jobs.connection_limits", "demo.server"],
    "xlsxwriter": ["publish.exports.excel"],
    "yaml": ["config.yaml_positions"],
}
"""Each library that the tracker imports, and the modules that may."""

CLOCKS = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns"}
CLOCKS |= {"time.localtime", "time.gmtime", "time.ctime", "time.strftime"}


def name_of(path: Path) -> str:
    """A module's name below `tracker`, such as store.feeds."""
    return ".".join(path.relative_to(ROOT / "tracker").with_suffix("").parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that a piece of code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield node.module or ""


def top(module: str) -> str:
    return module.partition(".")[0]


def requirement(text: str) -> tuple[str, str]:
    """The normalised name of a distribution (PEP 503) and what is asked of its version."""
    found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z]+\])?((?:[=<>!~]=?[^,]+,?)*)", text.replace(" ", ""))
    assert found, text
    return re.sub(r"[-_.]+", "-", found[1]).lower(), found[2]


def test_every_module_is_short_and_begins_by_saying_what_it_is() -> None:
    assert [name_of(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []
    assert [name_of(path) for path in MODULES if not ast.get_docstring(TREES[path])] == []


def test_an_import_in_a_function_gives_its_reason_and_packages_import_nothing() -> None:
    """Ruff asks for the comment (PLC0415), this test for a reason in it."""
    lines = [(name_of(path), line) for path in MODULES for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(name, line) for name, line in lines if re.search(r"noqa: PLC0415\s*$", line)] == []
    packages = [path for path in MODULES if path.name == "__init__.py"]
    assert [name_of(path) for path in packages if [*imports(TREES[path])]] == ["__init__"], "which has tracker.open"


def test_a_library_is_imported_only_by_its_owners() -> None:
    used = {
        (library, name_of(path))
        for path, tree in TREES.items()
        for library in {top(module) for module in imports(tree)} - set(sys.stdlib_module_names) - {"tracker"}
    }
    assert {library for library, _ in used} <= set(OWNERS), "give the library an owner in this test"
    strangers = [(library, name) for library, name in used if not any(fnmatch(name, own) for own in OWNERS[library])]
    assert strangers == []


def test_only_the_owner_of_the_database_knows_sqlite() -> None:
    """The store writes; the site opens the file for itself, to read, and to let SQLite refuse what is closed.

    A backup and what puts one back have to do with files that must not be brought up to date by being opened.
    """
    owners = {"web.queries.connection", "web.queries.visitor_sql", "store.connection", "store.database"}
    owners |= {"store.maintenance.backup", "store.maintenance.restore", "store.sqlite_errors"}
    assert {name_of(path) for path, tree in TREES.items() if "sqlite3" in imports(tree)} == owners


def test_every_owner_is_there() -> None:
    names = [name_of(path) for path in MODULES]
    owners = set(chain.from_iterable(OWNERS.values()))
    assert [owner for owner in owners if not any(fnmatch(name, owner) for name in names)] == []


def test_only_the_clock_reads_the_clock() -> None:
    reading = {(name_of(path), clock) for path, tree in TREES.items() for clock in clocks_read(tree)}
    assert reading == {("clock", "datetime.now")}
    assert [name_of(path) for path, tree in TREES.items() if "time" in set(imports(tree))] == ["clock"]


def clocks_read(tree: ast.AST) -> Iterator[str]:
    """The clocks that a piece of code reads."""
    called = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    yield from (clock for clock in CLOCKS if any(name == clock or name.endswith(f".{clock}") for name in called))


def test_what_is_told_the_time_does_not_ask_for_it() -> None:
    """A round asks for the pulse of its process, which is no time of day."""
    asking = {name_of(path) for path, tree in TREES.items() if "tracker.clock" in imports(tree)} - {"pipeline.round"}
    allowed = ("cli.*", "jobs.*", "web.*")
    assert [name for name in asking if not any(fnmatch(name, pattern) for pattern in allowed)] == []


def test_every_exception_of_ours_is_of_the_one_tree() -> None:
    strays = []
    for info in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if info.name == "tracker.__main__":
            continue
        module = importlib.import_module(info.name)
        for _, made in inspect.getmembers(module, inspect.isclass):
            if made.__module__ == info.name and issubclass(made, BaseException) and not issubclass(made, TrackerError):
                strays.append(made)
    assert strays == []


def test_every_class_of_the_tree_has_an_exit_code_of_the_documented_ones() -> None:
    waiting, codes = [TrackerError], set()
    while waiting:
        error = waiting.pop()
        codes.add(error.exit_code)
        waiting += error.__subclasses__()
    assert codes == {1, 2, 3, 4, 75}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "commands.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"tracker {command}" in [heading.replace("`", "") for heading in headings]


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]


@pytest.mark.parametrize("text", dependencies(), ids=lambda text: requirement(text)[0])
def test_a_dependency_has_a_range_and_an_exact_version(text: str) -> None:
    name, asked = requirement(text)
    assert ">=" in asked
    dated = name == "tzdata" or name.startswith("types-")  # versions are dates, so no next one breaks anything
    assert "<" in asked or dated
    pinned = dict(map(requirement, constraints()))
    assert re.fullmatch(r"==[0-9][0-9a-z.]*", pinned[name])


def test_constraints_are_exact_and_name_no_address() -> None:
    for line in constraints():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_library_that_is_imported_is_asked_for() -> None:
    # what comes with another one that is asked for, and cannot be had without it
    within = {"httpcore": "httpx", "jinja2": "datasette", "markupsafe": "datasette", "pydantic_core": "pydantic"}
    within |= {"distributed": "dask"}
    asked = {requirement(text)[0] for text in dependencies()}
    used = {top(module) for tree in TREES.values() for module in imports(tree)} & set(OWNERS)
    distribution = {"yaml": "pyyaml", "Stemmer": "pystemmer", "sklearn": "scikit-learn"}
    assert {within.get(name, distribution.get(name, name)).replace("_", "-") for name in used} <= asked


class AnySample:
    """Stands for what is drawn from a database, when only the addresses matter."""

    def of(self, _values: object) -> str:
        return "x"

    def two(self, _values: object) -> tuple[str, str]:
        return "x", "y"

    week = day = lambda self: "x"

    def __getattr__(self, name: str) -> tuple[()]:
        return ()


def test_every_page_of_the_site_is_visited_by_tests_and_measured() -> None:
    """The one list of pages is tracker/web/routes.py."""
    visited = {address.strip("/").split("/")[0].partition("?")[0] for address in site_pages.PAGES.values()}
    assert visited >= FIRST_WORDS.keys()
    sample: Any = AnySample()
    measured = {kind.address(sample).strip("/").split("/")[0].partition("?")[0] for kind in bench_pages.PAGES}
    assert measured >= FIRST_WORDS.keys() - {"sql"}  # a visitor's statement takes what it takes
