"""Suggest what a mistyped name may have meant; pure. Used by every message that rejects a name."""

from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` if a known name is close, ignoring case, else an empty string."""
    import difflib  # noqa: PLC0415  every command may say this, and few do

    names = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), names, n=1)
    return f"; did you mean {names[close[0]]!r}?" if close else ""
