"""Has a visitor's question in SQL answered by a process of its own, which is killed when its time is over."""

import asyncio
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tracker.web.queries import visitor_sql
from tracker.web.queries.visitor_sql import SECONDS, Answer, Refused, packed, unpacked

AT_ONCE: Final = 2
"""Questions that are answered at once."""

_START: Final = 30.0
"""Seconds in which the process must be ready: 0.1 on an idle machine, and not the question's fault on a busy one."""

_LATE: Final = "The database could not answer within the time that a question may take."


async def answer(db: Path, sql: str) -> Answer:
    """The answer to a question, within its time; raises Refused."""
    async with _process(db) as process:
        assert process.stdin is not None  # noqa: S101  asked for
        assert process.stdout is not None  # noqa: S101  asked for
        try:
            async with asyncio.timeout(_START):
                await process.stdout.readline()
            process.stdin.write(packed(sql))
            async with asyncio.timeout(SECONDS):
                said = await process.stdout.read()
        except TimeoutError:
            raise Refused(_LATE) from None
        except ConnectionError:
            said = b""
    return await asyncio.to_thread(unpacked, said)


@asynccontextmanager
async def _process(db: Path) -> AsyncIterator[Process]:
    """A process that answers a question; at its end when the body is, whatever happens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", visitor_sql.__name__, str(db),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for the server
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
