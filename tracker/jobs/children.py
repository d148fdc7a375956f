"""Run due jobs one after another, each in its own process, which can be killed at any moment.

So a job neither blocks the site nor leaves memory in use. Killing one is safe: its output is complete or absent, its
lock ends with its process, and the next check records that it was killed.
"""

import asyncio
import logging
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tracker.errors import Locked, TrackerError
from tracker.models import utc_text

log = logging.getLogger(__name__)

_GRACE = 5.0
"""How long a job has to exit after SIGTERM."""

_RETRY_AFTER = 60.0
"""Seconds before retrying a job whose process exited with anything but 0: the database says when a failed job is due
again, but not every failure leaves a row."""


class Children:
    """Run the jobs that `find_due` returns, each as `command` followed by its name and due time."""

    def __init__(self, find_due: Callable[[], Mapping[str, datetime]], command: Sequence[str]) -> None:
        self._find_due = find_due
        self._command = tuple(command)
        self._not_before: dict[str, float] = {}

    async def tick(self) -> None:
        """Run the jobs that are due; on cancellation, stop the running job first."""
        try:
            due = await asyncio.to_thread(self._find_due)
        except TrackerError as error:
            log.error("which jobs are due cannot be seen: %s", error)
            return
        clock = asyncio.get_running_loop().time
        for name, due_at in due.items():
            if clock() >= self._not_before.get(name, 0.0):
                code = await self._run(name, due_at)
                if code:
                    self._not_before[name] = clock() + _RETRY_AFTER
                    self._log_failure(name, code)

    async def _run(self, name: str, due_at: datetime) -> int:
        """Run a job and return its exit code; its process never outlives this call."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            name,
            "--due-at",
            utc_text(due_at),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it also logs its result, to our stderr
            start_new_session=True,  # keeps Ctrl-C from reaching it; we stop it ourselves
        )
        try:
            return await child.wait()
        finally:
            if child.returncode is None:
                log.info("stopping the job %s", name, extra={"job": name})
                child.terminate()
                try:
                    await asyncio.wait_for(child.wait(), _GRACE)
                except TimeoutError:
                    child.kill()
                    await child.wait()

    def _log_failure(self, name: str, code: int) -> None:
        if code < 0:
            log.error("%s: its process was ended by signal %d", name, -code, extra={"job": name})
        elif code == Locked.exit_code:
            log.info("%s: already running in another process", name, extra={"job": name})
        else:
            log.error("%s: its process ended with %d", name, code, extra={"job": name, "exit": code})
