"""What docs/deploy.md and the files in deploy/ say is so: commands, addresses, paths, units, and the wheel."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import httpx
import pytest
import yaml

from tests import site_database as stored
from tracker.cli.main import COMMANDS, main
from tracker.errors import ConfigError, Locked, UsageError
from tracker.jobs import daemon

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DEPLOY.iterdir())}
SERVICES = [name for name in FILES if name.endswith(".service")]
COMPOSED = yaml.safe_load(FILES["compose.yaml"])["services"]["tracker"]

SPOKEN = re.compile(
    r"(?:^\s*|&& |; |: |`|\*\s+|@reboot\s+|exec tracker |/opt/tracker/bin/)tracker ([^`;&|>\n#\"]+)", re.MULTILINE
)


def spoken() -> list[str]:
    """Each command that a document or file tells to run, without the word `tracker`."""
    texts = [TEXT, *FILES.values()]
    found = {match.strip() for text in texts for match in SPOKEN.findall(text)}
    return sorted(found)


def test_commands_are_found_in_every_kind_of_file() -> None:
    assert {"poll --quiet", "poll", "serve --quiet", "status", "check", "run --base-url /coverage/"} <= set(spoken())


@pytest.mark.parametrize("words", spoken())
def test_a_command_in_the_document_exists_with_its_options(words: str) -> None:
    command: click.Command = main
    context = click.Context(command)
    rest = iter(words.split())
    for word in rest:
        options = {name: option for option in command.get_params(context) for name in option.opts}
        if word.startswith("-"):
            assert word in options, f"{word} is no option"
            option = options[word]
            if not getattr(option, "is_flag", False):
                next(rest)
        elif isinstance(command, click.Group):
            following = command.get_command(context, word)
            assert following is not None, f"{word} is no command"
            command = following
        else:
            assert any(isinstance(one, click.Argument) for one in command.params) or word == "...", (
                f"{word} is too much"
            )
    assert not isinstance(command, click.Group) or words.endswith("...")


def test_what_the_documents_name_in_the_project_is_there() -> None:
    named = re.findall(r"\bdeploy/[\w.-]+", "\n".join([TEXT, *FILES.values()]))
    assert named
    assert [name for name in named if not (ROOT / name.rstrip(".")).exists()] == []
    assert [name for name in FILES if name not in TEXT and f"*{Path(name).suffix}" not in TEXT] == []


def test_links_within_the_document_lead_to_its_headings() -> None:
    headings = re.findall(r"^##+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_addresses_and_figures_in_the_document_are_answered_by_the_site(tmp_path: Path) -> None:
    stored.build(tmp_path / "site.db")
    told = "\n".join([TEXT, FILES["Containerfile"], FILES["compose.yaml"]])
    paths = set(re.findall(r"127\.0\.0\.1:8001(/[\w/-]*)", told)) | set(re.findall(r"`(/[\w-]+)`", TEXT))
    paths -= {"/data"}  # of the container
    assert {"/metrics", "/health"} <= paths
    for address in stored.serve(tmp_path / "site.db"):
        assert {path: httpx.get(address + path).status_code for path in paths} == dict.fromkeys(paths, 200)
        figures = httpx.get(f"{address}/metrics").text
        assert [name for name in re.findall(r"\btracker_\w+", TEXT) if f"\n{name}" not in figures] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for name, text in FILES.items():
        if name.endswith((".service", ".timer")):
            (tmp_path / name).write_text(text.replace("/opt/tracker/bin/tracker", "/bin/true"), encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_as_closed_as_the_document_says(name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", str(DEPLOY / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    told = re.search(r"rates it ([0-9.]+)", TEXT)
    assert exposure
    assert told
    assert float(exposure[1]) <= float(told[1])


def settings(name: str) -> dict[str, list[str]]:
    """What a unit sets, each with all its values."""
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", FILES[name], re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_all_units_are_closed_in_the_same_way() -> None:
    closed = [FILES[name].partition("# Nothing but its own state")[2].partition("[Install]")[0] for name in SERVICES]
    assert len(closed) == 3
    assert closed[0].strip() == closed[1].strip() == closed[2].strip() != ""
    for name in SERVICES:
        found = settings(name)
        assert found["User"] == found["StateDirectory"] == ["tracker"]
        assert found["EnvironmentFile"] == ["/etc/tracker/environment"]


def test_units_know_how_the_tracker_ends() -> None:
    running = settings("tracker.service")
    assert running["RestartPreventExitStatus"] == [f"{UsageError.exit_code} {ConfigError.exit_code}"]
    for name in ("tracker-poll.service", "tracker-jobs.service"):
        assert settings(name)["SuccessExitStatus"] == [str(Locked.exit_code)]
    for name in SERVICES:
        assert float(settings(name)["TimeoutStopSec"][0].removesuffix("s")) > daemon._LAST_SECONDS + 30


def test_the_command_on_the_server_hands_on_paths_and_secrets_as_they_stand(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "tracker"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$TRACKER_DB" "$TRACKER_CONFIG" "$PRESS_PASSWORD" "$@"\n')
    program.chmod(0o755)
    environment = tmp_path / "environment"
    shown = FILES["environment"].replace("# PRESS_PASSWORD='...'", "PRESS_PASSWORD='a $b \"c\" `d` \\e'")
    environment.write_text(shown, encoding="utf-8")
    script = FILES["tracker"].replace("/etc/tracker/environment", str(environment))
    script = script.replace("/opt/tracker/bin/tracker", str(program)).replace("runuser -u tracker -- ", "")
    done = subprocess.run(["sh", "-c", script, "tracker", "export", "a b"], capture_output=True, text=True, check=True)
    expected = ["/var/lib/tracker/tracker.db", "/etc/tracker/feeds.yaml", 'a $b "c" `d` \\e', "export", "a b"]
    assert done.stdout.splitlines() == expected


def test_the_container_is_made_of_files_that_exist_and_are_sent() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", FILES["Containerfile"], re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert {name for name in names if not (ROOT / name).exists()} == set()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == names


def test_the_container_and_the_compose_file_say_the_same() -> None:
    health = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", FILES["Containerfile"], re.MULTILINE)
    assert health
    assert COMPOSED["healthcheck"]["test"] == ["CMD", *json.loads(health[1])]
    assert COMPOSED["ports"] == ["127.0.0.1:8001:8001"]
    assert COMPOSED["read_only"] is COMPOSED["init"] is True
    folder = (DEPLOY / COMPOSED["build"]["context"]).resolve()
    assert (folder / COMPOSED["build"]["dockerfile"]).is_file()
    command = json.loads(re.findall(r"^CMD (\[.*\])$", FILES["Containerfile"], re.MULTILINE)[-1])
    assert command[0] in COMMANDS
    assert command[1:] == ["--host", "0.0.0.0", "--port", "8001"]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without a network and unpacked."""
    made = tmp_path_factory.mktemp("wheel")
    options = ["--no-build-isolation", "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(made), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "unpacked")
    return made / "unpacked"


def test_the_wheel_holds_every_file_of_the_program(unpacked: Path) -> None:
    ours = (path for path in (ROOT / "tracker").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    missing = [str(path.relative_to(ROOT)) for path in ours if not (unpacked / path.relative_to(ROOT)).exists()]
    assert missing == []
    assert not (unpacked / "tests").exists()
    shipped = [ROOT / "feeds.yaml", *DEPLOY.iterdir(), *(ROOT / "docs").glob("*.md")]
    assert [str(path) for path in shipped if not (unpacked / "tracker/shipped" / path.relative_to(ROOT)).exists()] == []


def test_the_wheel_works_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-m", "tracker", "codebook", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["tags"]) > 200
    subprocess.run([sys.executable, "-m", "tracker", "init", "--yes"], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "feeds.yaml").stat().st_size > 10_000
    where = [sys.executable, "-c", "import tracker; print(tracker.__path__[0])"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(unpacked / "tracker")
