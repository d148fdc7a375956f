"""Write a release's croissant.json (MLCommons Croissant 1.0): for tools that load data sets, its files and columns."""

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from tracker.config.model import Author
from tracker.publish.release.crate import FORMATS, licence_address
from tracker.publish.release.documents import FILES, Account, abstract

CROISSANT: Final = "croissant.json"

_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        term: f"cr:{term}"
        for term in (
            *("citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet"),
            *("format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
            *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField"),
            "transform",
        )
    },
}
"""The context that Croissant 1.0 prescribes."""

_TYPES: Final = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
"""The types of a data package, as Croissant names them; all else is text."""


def croissant(account: Account, package: str, digests: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """Return the metadata of a release of these files, by the SHA-256 and the bytes of each.

    The text of datapackage.json, `package`, says what columns they have.
    """
    release = account.release
    whole: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": account.title,
        "description": abstract(account),
        "version": account.version,
        "datePublished": f"{account.local:%Y-%m-%d}",
        "keywords": list(account.debate.nouns),
        "distribution": [_file(name, digest, sizes[name]) for name, digest in digests.items()],
        "recordSet": [_records(resource) for resource in json.loads(package)["resources"]],
    }
    if release.authors:
        whole["creator"] = [_creator(author) for author in release.authors]
    if release.licence:
        whole["license"] = licence_address(release.licence)
    if release.url:
        whole["url"] = release.url
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _creator(author: Author) -> dict[str, str]:
    named = f"{author.given} {author.name}" if author.given else author.name
    identified = {"@id": author.orcid} if author.orcid else {}
    return {**identified, "@type": "sc:Person" if author.given else "sc:Organization", "name": named}


def _file(name: str, digest: str, size: int) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": FILES[name],
        "contentUrl": name,
        "contentSize": f"{size} B",
        "encodingFormat": FORMATS[PurePath(name).suffix],
        "sha256": digest,
    }


def _records(resource: Mapping[str, Any]) -> dict[str, Any]:
    name, path = resource["name"], resource["path"]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": resource["description"],
        "field": [_field(name, path, column) for column in resource["schema"]["fields"]],
    }


def _field(table: str, path: str, column: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column['name']}",
        "name": column["name"],
        "description": column["description"],
        "dataType": _TYPES.get(column["type"], "sc:Text"),
        "source": {"fileObject": {"@id": path}, "extract": {"column": column["name"]}},
    }
