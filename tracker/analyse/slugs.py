"""Derive slugs from names: the ids of sources and tags in YAML, SQL and URLs."""

import hashlib
import re
import unicodedata


def slug_of(name: str) -> str:
    """Return a name's slug; if half or more of its letters are not Latin, a hash is appended."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    latin = letters.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60]
    if sum(map(str.isalpha, latin)) * 2 <= sum(map(str.isalpha, letters)):
        slug = f"{slug or 'source'}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
    return slug.strip("-") or "source"
