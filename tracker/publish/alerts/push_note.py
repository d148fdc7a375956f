"""A message as a short note for services such as ntfy and Slack: a title and some lines of plain text.

Such services call people at `@everyone` or `<!channel>`, and make links of `[words](address)`; words of others must do
neither, so the signs for it are put in their wide forms, which look the same and mean nothing.
"""

from collections.abc import Iterator
from typing import Final

from tracker.publish.alerts.message import Message
from tracker.publish.alerts.wording import Telling
from tracker.publish.labels import number as number_of

MOST: Final = 1000
"""Characters; what the strictest of the well-known services takes (Pushover, 1,024)."""

_SIGNS = str.maketrans({"@": "＠", "<": "‹", ">": "›", "[": "［", "]": "］", "`": "ˋ", "*": "∗", "_": "＿", "~": "∼"})


def note(message: Message, telling: Telling) -> tuple[str, str]:
    """Its title and its text, with as many stories as there is room for."""
    told = list(_told(message, telling))
    shown: list[str] = []
    for number, one in enumerate(told):
        rest = len(told) - number - 1
        if sum(map(len, shown)) + 2 * len(shown) + len(one) + (40 if rest else 0) > MOST and shown:
            shown.append(f"and {number_of(len(told) - number)} more")
            break
        shown.append(one)
    return telling.subject(message).translate(_SIGNS), "\n\n".join(shown)


def _told(message: Message, telling: Telling) -> Iterator[str]:
    """Each thing as a few lines; of two addresses the publisher's, if it is short enough for a note."""
    for block in telling.blocks(message):
        addresses = [address for address in (block.page, block.address) if address and len(address) <= MOST // 3]
        words = [block.title, *block.facts[:1]]
        yield "\n".join([*(word.translate(_SIGNS) for word in words), *addresses[-1:]])
