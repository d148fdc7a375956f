"""Digests on their way: to a real mail server and into files, never twice, and not lost but where nobody can know."""

import os
import random
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from click.testing import CliRunner

from tests import site_database as stored
from tests.forked_command import Started, start_command
from tests.mailbox import Mailbox, hang_up
from tracker.cli.main import main
from tracker.config.load import Config, load_text
from tracker.config.sending import Mail
from tracker.errors import TrackerError
from tracker.jobs.registry import JOBS
from tracker.publish.digest.delivery import fingerprint
from tracker.publish.digest.job import run
from tracker.store.deliveries import ATTEMPTS

NOW = datetime(2026, 3, 18, 7, 0, tzinfo=UTC)
"""The morning after the day on which the stories of the small database were told."""

ONE, TWO = "one@charity.example", "two@charity.example"

SOURCES = """
sources:
  - {id: harbour, name: The Harbour Post, kind: national, country: GB, language: en, feeds: [https://harbour.example/rss]}
"""


def written(port: int, digest: str = f"to: [{ONE}, {TWO}]") -> str:
    return f"{SOURCES}mail: {{server: 'smtp://127.0.0.1:{port}', from: tracker@press.example}}\ndigest: {{{digest}}}\n"


def config(port: int, digest: str = f"to: [{ONE}, {TWO}]") -> Config:
    return load_text(written(port, digest), "feeds.yaml")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "tracker.db"
    stored.build(made)
    return made


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as made:
        yield made


def outcomes(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT key, outcome FROM deliveries ORDER BY key"))


def subjects(mailbox: Mailbox) -> list[str]:
    return [message["Subject"].partition(":")[0] for message in mailbox.messages]


def test_each_recipient_gets_one_of_their_own_and_the_next_run_sends_none(path: Path, mailbox: Mailbox) -> None:
    assert run(config(mailbox.port), path, NOW) == "Tuesday 17 Mar 2026: mails sent: 2"
    assert mailbox.recipients == [[ONE], [TWO]]
    assert all(TWO not in str(message) for message in mailbox.messages[:1])
    assert run(config(mailbox.port), path, NOW + timedelta(hours=9)) == "Tuesday 17 Mar 2026: nothing left to send"
    assert len(mailbox.messages) == 2
    assert not any(ONE in key or TWO in key for key in outcomes(path))


def test_a_missing_digest_section_is_explained_by_the_job_of_this_name(path: Path) -> None:
    with pytest.raises(TrackerError, match="does not say where digests go"):
        JOBS["digest"](load_text(SOURCES, "feeds.yaml"), path, NOW)


def test_what_certainly_failed_is_sent_by_a_later_run(path: Path, mailbox: Mailbox) -> None:
    with Mailbox() as gone:
        port = gone.port
    with pytest.raises(TrackerError, match="cannot be reached") as caught:
        run(config(port), path, NOW)
    assert "not sent: 2" in str(caught.value)
    assert ONE not in str(caught.value)
    assert set(outcomes(path).values()) == {"failed"}
    run(config(mailbox.port), path, NOW + timedelta(days=1))
    assert subjects(mailbox) == ["Tuesday 17 Mar 2026", "Wednesday 18 Mar 2026"] * 2


def test_one_mailbox_that_is_refused_keeps_nobody_else_from_theirs(path: Path) -> None:
    def at_recipient(server: SMTP, envelope: Envelope) -> str | None:
        return "550 no such mailbox" if envelope.rcpt_tos[-1] == ONE else None

    with Mailbox(at_recipient=at_recipient) as mailbox:
        for hour in range(ATTEMPTS + 2):
            if hour < ATTEMPTS:
                with pytest.raises(TrackerError, match="no such mailbox"):
                    run(config(mailbox.port), path, NOW + timedelta(hours=hour))
            else:  # it is given up
                run(config(mailbox.port), path, NOW + timedelta(hours=hour))
        assert mailbox.recipients == [[TWO]]


def test_what_may_have_arrived_is_never_sent_again_and_said_so(path: Path) -> None:
    tries = []

    def at_text(server: SMTP, envelope: Envelope) -> None:
        tries.append(envelope.rcpt_tos)
        hang_up(server, envelope)

    with Mailbox(at_text=at_text) as mailbox:
        wanted = config(mailbox.port, f"to: [{ONE}]")
        with pytest.raises(TrackerError, match="may or may not have arrived"):
            run(wanted, path, NOW)
        said = run(wanted, path, NOW + timedelta(hours=1))
        assert "nothing left" in said
        assert "may not have arrived (see `tracker digest --status`): 1" in said
    assert tries == [[ONE]]
    assert list(outcomes(path).values()) == ["sending"]


def test_days_on_which_the_machine_was_off_are_sent_afterwards(path: Path, mailbox: Mailbox) -> None:
    wanted = config(mailbox.port, f"to: [{ONE}]")
    run(wanted, path, NOW)
    run(wanted, path, NOW + timedelta(days=3))
    assert subjects(mailbox) == ["Tuesday 17 Mar 2026", "Wednesday 18 Mar 2026", "Thursday 19 Mar 2026",
                                 "Friday 20 Mar 2026"]  # fmt: skip
    run(wanted, path, NOW + timedelta(days=30))
    assert subjects(mailbox)[4:] == ["Thursday 16 Apr 2026"]


def test_a_new_recipient_gets_no_old_ones(path: Path, mailbox: Mailbox) -> None:
    run(config(mailbox.port, f"to: [{ONE}]"), path, NOW)
    run(config(mailbox.port), path, NOW + timedelta(days=1))
    assert Counter(to for (to,) in mailbox.recipients) == {ONE: 2, TWO: 1}


def test_an_empty_day_is_sent_unless_it_is_not_wanted(path: Path, mailbox: Mailbox) -> None:
    later = NOW + timedelta(days=60)
    run(config(mailbox.port, f"to: [{ONE}], empty: skip"), path, later)
    assert mailbox.messages == []
    run(config(mailbox.port, f"to: [{ONE}]"), path, later)
    assert mailbox.messages[0]["Subject"] == "Saturday 16 May 2026: nothing seen on the debate"


def test_a_week_is_sent_once_too(path: Path, mailbox: Mailbox) -> None:
    wanted = config(mailbox.port, f"to: [{ONE}], period: weekly")
    for day in range(9):
        run(wanted, path, datetime(2026, 3, 23, 7, tzinfo=UTC) + timedelta(days=day))
    assert subjects(mailbox) == ["Week 12", "Week 13"]


def test_files_are_whole_and_the_feed_goes_on(path: Path, mailbox: Mailbox) -> None:
    wanted = config(mailbox.port, "to: [], file: digests")
    for day in (0, 1, 3):
        assert "written to the folder" in run(wanted, path, NOW + timedelta(days=day))
    folder = path.parent / "digests"
    names = {"2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20"}
    assert {file.name for file in folder.iterdir()} == {
        "digest.atom",
        *(f"digest-{name}.{ending}" for name in names for ending in ("txt", "html", "md")),
    }
    assert len(feedparser.parse(str(folder / "digest.atom")).entries) == 4
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    run(wanted, path, NOW + timedelta(days=3))
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert outcomes(path) == {}


def test_two_runs_at_once_send_one(path: Path) -> None:
    both = threading.Barrier(2, timeout=600)

    def at_recipient(server: SMTP, envelope: Envelope) -> None:
        meeting.acquire(timeout=5)

    meeting = threading.Semaphore(2)
    with Mailbox(at_recipient=at_recipient) as mailbox:
        wanted = config(mailbox.port, f"to: [{ONE}]")
        said = []

        def go() -> None:
            both.wait()
            said.append(run(wanted, path, NOW))

        threads = [threading.Thread(target=go) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(said) == 2
        assert len(mailbox.messages) == 1


def test_a_password_is_neither_stored_nor_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "swordfish-and-more")
    with Mailbox() as mailbox:
        wanted = config(mailbox.port)
        mail = wanted.mail
        assert isinstance(mail, Mail)
        login = {"user": "u", "password": "${MAIL_PASSWORD}", "starttls": "offered"}
        with pytest.raises(TrackerError) as caught:
            run(replace(wanted, mail=mail.model_copy(update=login)), path, NOW)
    assert "swordfish" not in str(caught.value)
    assert all(b"swordfish" not in file.read_bytes() for file in path.parent.iterdir() if file.is_file())


# Killed again and again at some moment of the sending, then run again.

DAYS = [date(2026, 3, 20) - timedelta(days=number) for number in range(8)]


class Killer:
    """Kills the sender at the given moment, or shortly after."""

    def __init__(self, moment: str, delay: float) -> None:
        self.moment, self.delay = moment, delay
        self.process: Started | subprocess.Popen[str] | None = None
        self.texts: list[str] = []
        self.ready = threading.Event()

    def step(self, moment: str) -> None:
        self.ready.wait(30)
        if self.process and moment == self.moment:
            self.moment = ""
            if self.delay:
                threading.Timer(self.delay, self.kill).start()
            else:
                self.kill()

    def kill(self) -> None:
        if self.process:
            self.process.kill()  # does nothing to one that has ended

    def at_recipient(self, server: SMTP, envelope: Envelope) -> None:
        self.step("recipient")

    def at_text(self, server: SMTP, envelope: Envelope) -> None:
        self.texts.append(envelope.rcpt_tos[0])
        self.step("text")


def send_day(path: Path, yaml: Path, day: date) -> Started | subprocess.Popen[str]:
    command = ["--config", yaml, "--db", path, "digest", "--send", "--day", day]
    return start_command(*command, cwd=yaml.parent, env=os.environ)


@pytest.mark.parametrize("number", range(8))  # twenty were run once; two processes each take their time
def test_killed_at_any_moment_of_the_sending_none_is_sent_twice(path: Path, tmp_path: Path, number: int) -> None:
    rng = random.Random(number)
    killer = Killer(("recipient", "text")[number % 2], rng.choice([0, 0, rng.uniform(0.0, 0.03)]))
    with Mailbox(at_recipient=killer.at_recipient, at_text=killer.at_text) as mailbox:
        yaml = tmp_path / "feeds.yaml"
        yaml.write_text(written(mailbox.port, f"to: [{ONE}]"))
        killer.process = send_day(path, yaml, DAYS[number])
        killer.ready.set()
        killer.process.communicate()
        ended = killer.process.returncode
        killed_before_the_text = not killer.texts
        state = outcomes(path)
        killer.process = None
        print(f"{len(killer.texts)} texts, {ended}, {list(state.values())}")
        again = send_day(path, yaml, DAYS[number])
        again.communicate()
        assert again.returncode == 0
    assert ended in {-signal.SIGKILL, 0}
    assert len(killer.texts) <= 1, "the text was handed over twice"
    if killed_before_the_text and not state:  # nothing was claimed, so that the second run sent it
        assert len(killer.texts) == 1
        assert list(outcomes(path).values()) == ["sent"]
    if not killer.texts:  # the documented window: claimed, and killed before the text had gone
        assert list(state.values()) == ["sending"]
    if list(outcomes(path).values()) == ["sending"]:
        status = CliRunner().invoke(main, ["--config", str(yaml), "--db", str(path), "digest", "--status"])
        assert "being sent since" in status.output


# The command.


@pytest.fixture
def tracker(path: Path, tmp_path: Path, mailbox: Mailbox) -> list[str]:
    yaml = tmp_path / "feeds.yaml"
    yaml.write_text(written(mailbox.port, f"to: [{ONE}]"))
    return ["--config", str(yaml), "--db", str(path), "digest"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--day", "2026-03-17"], "Tuesday 17 Mar 2026\n====="),
        (["--week", "2026-W12"], "Week 12: 16 to 22 Mar 2026"),
        (["--day", "2026-03-17", "--format", "html"], "<!doctype html>"),
        (["--day", "2026-03-17", "--format", "md"], "# Tuesday 17 Mar 2026"),
        (["--day", "2026-03-17", "--format", "atom"], "<feed xmlns"),
        ([], "Daily digest"),
        (["--so-far"], "so far"),
        (["--day", "yesterday"], "Daily digest"),
        (["--status"], "no digest was sent by mail yet"),
    ],
)
def test_the_command_prints_a_digest(tracker: list[str], options: list[str], words: str) -> None:
    done = CliRunner().invoke(main, [*tracker, *options])
    assert done.exit_code == 0, done.output
    assert words in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--day", "2099-03-17"], "is not over"),
        (["--day", "2026-03-17", "--week", "2026-W12"], "use one of --day, --week and --so-far"),
        (["--so-far", "--send"], "leave out --send or --so-far"),
        (["--so-far", "--status"], "leave out"),
        (["--day", "tomorrow"], "write one such as 2026-11-01, yesterday or 7d"),
        (["--week", "2026-12"], "use one such as 2026-W48"),
    ],
)
def test_a_period_that_cannot_be_meant_is_a_usage_error(tracker: list[str], options: list[str], words: str) -> None:
    done = CliRunner().invoke(main, [*tracker, *options])
    assert done.exit_code == 2
    assert words in done.stderr


def test_the_command_sends_and_tells_what_became_of_it(tracker: list[str], path: Path, mailbox: Mailbox) -> None:
    sent = CliRunner().invoke(main, [*tracker, "--send", "--day", "2026-03-17"])
    assert "mails sent: 1" in sent.stdout
    assert f"2026-03-17  {ONE}: sent at" in CliRunner().invoke(main, [*tracker, "--status"]).stdout
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE deliveries SET outcome = 'sending', said = NULL, begun_at = '2026-03-18T07:00:00Z'")
        key = f"digest/daily/2026-03-18/mail/{fingerprint(TWO)}"
        connection.execute(
            "INSERT INTO deliveries (kind, key, begun_at, outcome, attempts, said) "
            "VALUES ('digest', ?, '2026-03-19T07:00:00Z', 'failed', 2, 'The mail server refused: 451 later')",
            (key,),
        )
    said = CliRunner().invoke(main, [*tracker, "--status"]).stdout
    assert "may not have arrived" in said
    assert "never comes twice" in said
    assert "a former recipient: not sent at 19 Mar 2026, 07:00 GMT, attempt 2 of 5, tried again at the next run" in said


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(hours=16, minutes=59)])
def test_a_digest_of_today_is_never_sent(path: Path, mailbox: Mailbox, now: datetime) -> None:
    run(config(mailbox.port, f"to: [{ONE}]"), path, now)
    assert subjects(mailbox) == ["Tuesday 17 Mar 2026"]
