"""What somebody may have meant who mistyped a name: pure; every message that refuses a name asks here."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where one of the known names is close, whatever its capitals, else nothing."""
    names = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), names, n=1)
    return f"; did you mean {names[close[0]]!r}?" if close else ""
