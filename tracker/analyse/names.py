"""Derive ids from names, and suggest what a mistyped name may have meant; pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable


def slug_of(name: str) -> str:
    """Return a name's slug; if half or more of its letters are not Latin, a hash is appended."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    latin = letters.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60]
    if sum(map(str.isalpha, latin)) * 2 <= sum(map(str.isalpha, letters)):
        slug = f"{slug or 'source'}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
    return slug.strip("-") or "source"


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` if a known name is close, ignoring case, else an empty string."""
    import difflib  # noqa: PLC0415  every command may say this, and few do

    names = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), names, n=1)
    return f"; did you mean {names[close[0]]!r}?" if close else ""
