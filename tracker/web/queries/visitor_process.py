"""Run a visitor's SQL query in a separate process, which is killed when its time is up."""

import asyncio
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tracker.web.queries import visitor_sql
from tracker.web.queries.visitor_sql import LONGEST, OUT_OF_TIME, QueryResult, Refused, decode_result, encode_query

AT_ONCE: Final = 2
"""Maximum queries at once."""

_START: Final = 30.0
"""Seconds for the process to start: 0.1 on an idle machine; on a busy one the delay is not the query's fault."""

_TIMED_OUT: Final = "The query took too long."


async def run_query(db: Path, sql: str) -> QueryResult:
    """Return the result of a query within its time limit. Raises Refused."""
    async with _process(db) as process:
        assert process.stdin is not None  # noqa: S101  asked for
        assert process.stdout is not None  # noqa: S101  asked for
        try:
            async with asyncio.timeout(_START):
                await process.stdout.readline()
            process.stdin.write(encode_query(sql))
            async with asyncio.timeout(LONGEST):
                output = await process.stdout.read()
                if await process.wait() in OUT_OF_TIME:
                    raise Refused(_TIMED_OUT)
        except TimeoutError:
            raise Refused(_TIMED_OUT) from None
        except ConnectionError:
            output = b""
    return await asyncio.to_thread(decode_result, output)


@asynccontextmanager
async def _process(db: Path) -> AsyncIterator[Process]:
    """Start a process that runs one query; it has ended when the body has, whatever happens."""
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
