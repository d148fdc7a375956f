"""Does jobs that are due, one after another, each in a process of its own that can be stopped at any moment.

So a job neither holds up the site nor leaves its memory behind. A job may be killed: what it leaves is whole or not
there, its lock ends with it, and the next look notes that it was killed.
"""

import asyncio
import logging
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tracker.errors import Locked, TrackerError
from tracker.models import utc_text

log = logging.getLogger(__name__)

_LAST_SECONDS = 5.0
"""How long a job may take to end when it is asked to."""

_PAUSE = 60.0
"""Seconds until a job is tried again whose process ended with anything but 0: the database says when one that failed
is due again, but not every failure leaves a row."""


class Children:
    """Does the jobs that `look` finds due, each by `command` with its name and time behind."""

    def __init__(self, look: Callable[[], Mapping[str, datetime]], command: Sequence[str]) -> None:
        self._look = look
        self._command = tuple(command)
        self._not_before: dict[str, float] = {}

    async def tick(self) -> None:
        """Do what is due now; when cancelled, the job at work is stopped first."""
        try:
            due = await asyncio.to_thread(self._look)
        except TrackerError as error:
            log.error("which jobs are due cannot be seen: %s", error)
            return
        clock = asyncio.get_running_loop().time
        for name, due_at in due.items():
            if clock() >= self._not_before.get(name, 0.0):
                code = await self._run(name, due_at)
                if code:
                    self._not_before[name] = clock() + _PAUSE
                    self._tell(name, code)

    async def _run(self, name: str, due_at: datetime) -> int:
        """Do a job; the exit code of its process, which is at its end whatever happens here."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            name,
            "--due-at",
            utc_text(due_at),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what it says it logs, where we do
            start_new_session=True,  # Ctrl-C in a terminal is for us; we pass it on in our own time
        )
        try:
            return await child.wait()
        finally:
            if child.returncode is None:
                log.info("stopping the job %s", name, extra={"job": name})
                child.terminate()
                try:
                    await asyncio.wait_for(child.wait(), _LAST_SECONDS)
                except TimeoutError:
                    child.kill()
                    await child.wait()

    def _tell(self, name: str, code: int) -> None:
        if code < 0:
            log.error("%s: its process was ended by signal %d", name, -code, extra={"job": name})
        elif code == Locked.exit_code:
            log.info("%s: another process is at it", name, extra={"job": name})
        else:
            log.error("%s: its process ended with %d", name, code, extra={"job": name, "exit": code})
