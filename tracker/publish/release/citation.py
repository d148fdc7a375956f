"""Write a release's CITATION.cff (Citation File Format 1.2.0); knows its keys, and how YAML quotes a text."""

import json
from collections.abc import Iterator

from tracker.config.model import Author
from tracker.publish.formatting import counted
from tracker.publish.release.readme import Account

_KEYWORDS = ("encryption", "child safety", "news coverage", "media monitoring")


def citation(account: Account, snapshot_digest: str) -> str:
    """Return CITATION.cff. Without authors in feeds.yaml, the author is whoever the contact leads to."""
    release, facts = account.release, account.facts
    lines = [
        "cff-version: 1.2.0",
        f"message: {_text('If you use these data, please cite them as follows.')}",
        "type: dataset",
        f"title: {_text(release.title)}",
        f"version: {_text(account.version)}",
        f"date-released: {_text(f'{account.local:%Y-%m-%d}')}",
        "authors:",
        *(line for author in release.authors for line in _author(author)),
    ]
    if not release.authors:
        lines.append(f"  - name: {_text(f'The tracker of {account.contact}')}")
    held = f"{counted(facts.articles, 'article')} from {counted(facts.sources, 'source')}"
    rules = f"tagged by rulebook {facts.rulebook}"
    lines.append(f"abstract: {_text(f'{held}, {rules}: a snapshot with CSVs, codebook, rules and known gaps.')}")
    lines += ["keywords:", *(f"  - {_text(word)}" for word in _KEYWORDS)]
    if release.licence:
        lines.append(f"license: {release.licence}")
    if release.url:
        lines.append(f"url: {_text(release.url)}")
    lines += [
        "identifiers:",
        "  - type: other",
        f"    value: {_text(f'sha256:{snapshot_digest}')}",
        f"    description: {_text('The SHA-256 of the snapshot, coverage.db')}",
    ]
    return "\n".join(lines) + "\n"


def _author(author: Author) -> Iterator[str]:
    """Yield a person with both names, an organisation with its one."""
    if author.given:
        yield f"  - family-names: {_text(author.name)}"
        yield f"    given-names: {_text(author.given)}"
    else:
        yield f"  - name: {_text(author.name)}"
    if author.orcid:
        yield f"    orcid: {_text(author.orcid)}"


def _text(value: str) -> str:
    """Quote a text for YAML, on one line; YAML reads JSON's escapes, but no lone surrogates."""
    plain = "".join(letter for letter in " ".join(value.split()) if letter.isprintable())
    return json.dumps(plain, ensure_ascii=False)
