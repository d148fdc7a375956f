"""Work done in a process that is forked from this one, which has all modules in memory, so that it can be killed."""

import os
from collections.abc import Callable


def forked(work: Callable[[], object]) -> int:
    """Start a process that does the work, and return its id."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Wait for a process; return how it ended: 0, 1 for an error, or the signal that killed it, negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
