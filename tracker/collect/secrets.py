"""Puts passwords and keys into addresses and takes them out of texts: the only module that knows their values."""

import base64
import html
import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import AnyStr
from urllib.parse import quote, quote_plus, unquote_to_bytes

from tracker.errors import CollectError

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

# An address as scheme, user info, host and the rest; what does not look like this has no place for a secret.
_ADDRESS = re.compile(r"(https?://)(?:([^/?#]*)@)?([^/?#@]*)(.*)", re.IGNORECASE | re.DOTALL)

# The encodings in which documents come; a UTF-16 text has a zero byte between the characters of a secret.
_CODECS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")

# What may stand in a query as it is (WHATWG URL, query percent-encode set), so that many leave it alone.
_LEFT_ALONE = "!$&'()*+,/:;=?@[]^`{|}~\\"

_HEX = re.compile("%[0-9A-F]{2}")

_ESCAPES: tuple[Callable[[str], str], ...] = (
    html.escape,
    lambda text: html.escape(text, quote=False),
    lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    lambda text: text.replace("&", "&#38;"),
    lambda text: text.replace("&", "&#038;"),  # WordPress
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),  # PHP
)

_SHORT = 4
"""A value of fewer characters is a part of many words: hiding it everywhere would spoil a document, and hide
nothing that could not be guessed."""

# Where a short value is one whole part of an address.
_PART = r"(?<=[/=:])(?:{})(?=[/?&#@;\"'<>\s\\]|$)"


class Secrets:
    """What an address with `${NAME}` in it stands for, given the variables of the environment.

    Names may stand in the user info, the path and the query; values are plain text, not percent-encoded.
    Raises CollectError when the environment has no usable value for a name, or when one stands in the host.
    """

    def __init__(self, template: str, environment: Mapping[str, str]) -> None:
        parts = _ADDRESS.fullmatch(template)
        scheme, self._user, host, rest = parts.groups("") if parts else ("", "", template, "")
        if _NAME.search(host):
            raise CollectError("A secret cannot stand in the host of an address.")
        self._site = scheme + host
        self._rest = rest
        self._values = {name: environment.get(name, "") for name in self.names(template)}
        for name, value in self._values.items():
            if not value:
                raise CollectError(f"The environment has no {name}.")
            if not value.isprintable():
                raise CollectError(f"The value of {name} holds a line break, or another character that is none.")

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._values)

    @staticmethod
    def names(url: str) -> tuple[str, ...]:
        """The variables that an address needs, each once."""
        return tuple(dict.fromkeys(_NAME.findall(url)))

    def reveal(self) -> str:
        """The real address, without its user info, which `authorization` has."""
        return self._site + self._revealed(self._rest)

    def authorization(self) -> bytes | None:
        """The header's value that user info stands for (RFC 7617); None without user info."""
        return b"Basic " + base64.b64encode(self._login()) if self._user else None

    def with_user(self, address: str) -> str:
        """An address of the same origin, with the user info as the template has it."""
        scheme, mark, rest = address.partition("://")
        return f"{scheme}{mark}{self._user}@{rest}" if self._user else address

    def hide(self, text: AnyStr) -> AnyStr:
        """The text with the names again in place of their values, however those are written.

        A value of fewer than four characters is hidden only where it is a whole part of an address. One that is
        a common word is hidden wherever that word stands.
        """
        if isinstance(text, bytes):
            return self._hidden(text.decode("latin-1")).encode("latin-1")
        return self._hidden(text)

    def hide_in_address(self, address: str) -> str:
        """The address with the names again in place of their values; the site's own name, no secret, stays."""
        site = self._site if address.startswith(self._site) else ""
        return site + self.hide(address[len(site) :])

    def _hidden(self, text: str) -> str:
        """The text without the values; a document's bytes come as one character each."""
        if not any(form in text for form in self._forms):
            return text
        long = sorted((form for form in self._forms if form not in self._short), key=len, reverse=True)
        patterns = [*map(re.escape, long), *(_PART.format(re.escape(form)) for form in self._short)]
        return re.sub("|".join(patterns), lambda found: self._forms[found[0]], text)

    def _revealed(self, part: str) -> str:
        """A part of the address with each value in its place, percent-encoded."""
        return _NAME.sub(lambda name: quote(self._values[name[1]], safe=""), part)

    def _login(self) -> bytes:
        """The user's name and password, joined by a colon."""
        name, _, password = self._revealed(self._user).partition(":")
        return unquote_to_bytes(name) + b":" + unquote_to_bytes(password)

    @cached_property
    def _forms(self) -> dict[str, str]:
        """Every way in which a value may be written, and what is to stand in its place."""
        forms = {form: f"${{{name}}}" for name, value in self._values.items() for form in _written(value)}
        if _NAME.search(self._user):
            login = base64.b64encode(self._login()).decode()
            forms |= dict.fromkeys((login, login.rstrip("=")), self._user)
        encoded = {
            form.encode(codec, "xmlcharrefreplace").decode("latin-1"): place.encode(codec).decode("latin-1")
            for codec in _CODECS
            for form, place in forms.items()
            if form not in self._short
        }
        return forms | encoded

    @cached_property
    def _short(self) -> set[str]:
        """The ways in which short values may be written."""
        return {form for value in self._values.values() if len(value) < _SHORT for form in _written(value)}


def _written(value: str) -> set[str]:
    """A value as it stands in texts, addresses, HTML, XML and JSON, and one in the other."""
    forms = {value, quote_plus(value)} | {quote(value, safe=safe) for safe in ("", "/", _LEFT_ALONE)}
    forms |= {form.replace("%", "%25") for form in forms}
    forms |= {_HEX.sub(lambda found: found[0].lower(), form) for form in forms}
    for _ in range(2):  # HTML within XML, or within JSON
        forms |= {escape(form) for form in forms for escape in _ESCAPES}
    return forms
