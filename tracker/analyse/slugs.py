"""Makes a name into a slug, the form in which sources and tags are called in YAML, SQL and addresses."""

import hashlib
import re
import unicodedata


def slug_of(name: str) -> str:
    """The slug that a name gives; where most of its letters are not Latin, digits that stand for it are added."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    latin = letters.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60]
    if sum(map(str.isalpha, latin)) * 2 <= sum(map(str.isalpha, letters)):
        slug = f"{slug or 'source'}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
    return slug.strip("-") or "source"
