"""Render a message as a short note for services such as ntfy and Slack: a title and some lines of plain text.

Such services page people at `@everyone` or `<!channel>` and make links of `[words](address)`. Quoted text must do
neither, so these signs are replaced by their full-width forms, which look the same and have no effect.
"""

from collections.abc import Iterator
from typing import Final

from tracker.publish.alerts.message import Message
from tracker.publish.alerts.wording import Telling
from tracker.publish.labels import number as number_of

MOST: Final = 1000
"""Characters; below the limit of the strictest well-known service (Pushover, 1,024)."""

_SIGNS = str.maketrans({"@": "＠", "<": "‹", ">": "›", "[": "［", "]": "］", "`": "ˋ", "*": "∗", "_": "＿", "~": "∼"})


def note(message: Message, telling: Telling) -> tuple[str, str]:
    """Return the title and the text, with as many stories as fit."""
    paragraphs = list(_paragraphs(message, telling))
    shown: list[str] = []
    for number, one in enumerate(paragraphs):
        rest = len(paragraphs) - number - 1
        if sum(map(len, shown)) + 2 * len(shown) + len(one) + (40 if rest else 0) > MOST and shown:
            shown.append(f"and {number_of(len(paragraphs) - number)} more")
            break
        shown.append(one)
    return telling.subject(message).translate(_SIGNS), "\n\n".join(shown)


def _paragraphs(message: Message, telling: Telling) -> Iterator[str]:
    """Yield each block as a few lines; of two addresses the publisher's, if short enough for a note."""
    for block in telling.blocks(message):
        addresses = [address for address in (block.page, block.address) if address and len(address) <= MOST // 3]
        words = [block.title, *block.facts[:1]]
        yield "\n".join([*(word.translate(_SIGNS) for word in words), *addresses[-1:]])
