"""Write a release's ro-crate-metadata.json (RO-Crate 1.1): what catalogues of research data read of it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

from tracker.config.model import Author
from tracker.publish.release.documents import FILES, Account, abstract

CRATE: Final = "ro-crate-metadata.json"

FORMATS: Final = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".db": "application/vnd.sqlite3",
    ".cff": "text/yaml",
}
"""The media type of each kind of file."""
_NO_LICENCE: Final = "No licence is stated; ask whoever made this release before you republish it."


def crate(account: Account, digests: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """Return the metadata of a release of these files, by the SHA-256 and the bytes of each."""
    release = account.release
    authors = [_author(number, author) for number, author in enumerate(release.authors, 1)]
    whole = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{account.title}, {account.version}",
        "description": abstract(account),
        "version": account.version,
        "datePublished": f"{account.local:%Y-%m-%d}",
        "license": {"@id": licence_address(release.licence)} if release.licence else _NO_LICENCE,
        "keywords": list(account.debate.nouns),
        "hasPart": [{"@id": name} for name in digests],
    }
    if authors:
        whole["author"] = [{"@id": author["@id"]} for author in authors]
    if release.url:
        whole["url"] = release.url
    graph = [_descriptor(), whole, *authors, *_files(digests, sizes)]
    if release.licence:
        graph.append({"@id": licence_address(release.licence), "@type": "CreativeWork", "name": release.licence})
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _descriptor() -> dict[str, Any]:
    """Return what says that this is a crate, and of what."""
    conforms = {"@id": "https://w3id.org/ro/crate/1.1"}
    return {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": conforms}


def _author(number: int, author: Author) -> dict[str, Any]:
    named = f"{author.given} {author.name}" if author.given else author.name
    return {
        "@id": author.orcid or f"#author-{number}",
        "@type": "Person" if author.given else "Organization",
        "name": named,
    }


def _files(digests: Mapping[str, str], sizes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for name, digest in digests.items():
        yield {
            "@id": name,
            "@type": "File",
            "name": name,
            "description": FILES[name],
            "encodingFormat": FORMATS[PurePath(name).suffix],
            "contentSize": str(sizes[name]),
            "sha256": digest,
        }


def licence_address(identifier: str) -> str:
    """Return the address of a licence by its SPDX identifier."""
    return f"https://spdx.org/licenses/{identifier}"
