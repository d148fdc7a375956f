"""Real feed documents by others, served from loopback, one feed each."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.histories import configuration
from tests.servers import Reply, Server
from tracker.config.load import Config
from tracker.models import Feed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_TYPES = {".json": "application/feed+json", ".html": "text/html"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document, its name in the corpus, and how many entries feedparser finds in it."""

    name: str
    path: Path
    entries: int

    @property
    def content_type(self) -> str:
        return _TYPES.get(self.path.suffix, "application/xml")


def documents(feeds: Path) -> Iterator[Document]:
    """What the manifest lists, as far as it is there."""
    with (feeds / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE):
            path = feeds / row["path"]
            if path.is_file():
                yield Document(row["path"], path, int(row["feedparser_entries"]))


def serve(server: Server, all_documents: list[Document]) -> Config:
    """Let the server have them all, and return a configuration that polls each as a feed."""
    config = configuration("https://example.org/none")
    urls = []
    for number, document in enumerate(all_documents):
        headers = (("Content-Type", document.content_type),)
        urls.append(server.say(f"/{number}", Reply(body=document.path.read_bytes(), headers=headers)))
    return replace(config, feeds=tuple(Feed(url, "press") for url in urls))
