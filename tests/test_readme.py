"""That the README's examples do what it says they do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.replays import Replay

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def examples() -> list[tuple[str, str]]:
    """Each command of the README that is shown with a prompt, and the lines that follow it."""
    indented = re.findall(r"^    (.*)$", re.sub(r"```.*?```", "", README, flags=re.DOTALL), re.MULTILINE)
    found: list[tuple[str, list[str]]] = []
    for line in indented:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and not line.startswith(("make ", "tracker ")):
            found[-1][1].append(line)
    return [(command, "\n".join(output)) for command, output in found]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, replayed: Replay) -> Path:
    """A fresh folder with the shipped feeds.yaml and the demo's database."""
    made = tmp_path_factory.mktemp("readme")
    shutil.copy(ROOT / "feeds.yaml", made)
    (made / "db").mkdir()
    shutil.copy(replayed.database, made / "db" / "demo.db")
    return made


@pytest.mark.parametrize(("command", "output"), examples(), ids=[command for command, _ in examples()])
def test_an_example_prints_what_the_readme_says(folder: Path, command: str, output: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pattern = ".*".join(map(re.escape, output.strip().split("...")))  # three dots stand for anything
    said = done.stderr + done.stdout
    assert re.fullmatch(pattern, said.strip(), re.DOTALL), said
