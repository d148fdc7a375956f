"""Insert passwords and keys into addresses and remove them from texts: the only module that knows their values."""

import base64
import html
import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import AnyStr
from urllib.parse import quote, quote_plus, unquote_to_bytes

from tracker.errors import CollectError

_NAME = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")

# An address as scheme, user info, host and rest; anything else cannot hold a secret.
_ADDRESS = re.compile(r"(https?://)(?:([^/?#]*)@)?([^/?#@]*)(.*)", re.IGNORECASE | re.DOTALL)

# Encodings of documents; UTF-16 has a zero byte between the characters of a secret.
_CODECS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")

# Characters that many leave unescaped in a query (outside WHATWG URL's query percent-encode set).
_UNESCAPED = "!$&'()*+,/:;=?@[]^`{|}~\\"

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
"""A shorter value is part of many words: hiding it everywhere would spoil a document, and hide nothing that could not
be guessed.
"""

# A short value that is a whole part of an address.
_WHOLE_PART = r"(?<=[/=:])(?:{})(?=[/?&#@;\"'<>\s\\]|$)"


class Secrets:
    """The values behind `${NAME}` in an address, from the environment's variables.

    Names may appear in the user info, path and query; values are plain text, not percent-encoded. Raises CollectError
    when the environment has no usable value for a name, or when one appears in the host.
    """

    def __init__(self, template: str, environment: Mapping[str, str]) -> None:
        parts = _ADDRESS.fullmatch(template)
        scheme, self._user, host, rest = parts.groups("") if parts else ("", "", template, "")
        if _NAME.search(host):
            raise CollectError("A secret cannot be used in the host of an address.")
        self._site = scheme + host
        self._rest = rest
        self._values = {name: environment.get(name, "") for name in self.names(template)}
        for name, value in self._values.items():
            if not value:
                raise CollectError(f"The environment has no {name}.")
            if not value.isprintable():
                raise CollectError(f"The value of {name} contains a line break or another unprintable character.")

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._values)

    @staticmethod
    def names(url: str) -> tuple[str, ...]:
        """Return the variables that an address needs, each once."""
        return tuple(dict.fromkeys(_NAME.findall(url)))

    def reveal(self) -> str:
        """Return the real address, without its user info, which `authorization` has."""
        return self._site + self._fill_in(self._rest)

    def authorization(self) -> bytes | None:
        """Return the Authorization header for the user info (RFC 7617); None without user info."""
        return b"Basic " + base64.b64encode(self._login()) if self._user else None

    def with_user(self, address: str) -> str:
        """Return an address of the same origin with the template's user info."""
        scheme, mark, rest = address.partition("://")
        return f"{scheme}{mark}{self._user}@{rest}" if self._user else address

    def hide(self, text: AnyStr) -> AnyStr:
        """Replace the values in a text by their names, in whatever encoding they appear.

        A value of fewer than four characters is hidden only where it is a whole part of an address. A value that is a
        common word is hidden wherever that word appears.
        """
        if isinstance(text, bytes):
            return self._hide_text(text.decode("latin-1")).encode("latin-1")
        return self._hide_text(text)

    def hide_in_address(self, address: str) -> str:
        """Replace the values in an address by their names, but leave the site's own name, which is not secret."""
        site = self._site if address.startswith(self._site) else ""
        return site + self.hide(address[len(site) :])

    def _hide_text(self, text: str) -> str:
        """Return the text without the values; a document's bytes are passed as one character each."""
        if not any(form in text for form in self._forms):
            return text
        long = sorted((form for form in self._forms if form not in self._short), key=len, reverse=True)
        patterns = [*map(re.escape, long), *(_WHOLE_PART.format(re.escape(form)) for form in self._short)]
        return re.sub("|".join(patterns), lambda found: self._forms[found[0]], text)

    def _fill_in(self, part: str) -> str:
        """Insert the percent-encoded values into a part of the address."""
        return _NAME.sub(lambda name: quote(self._values[name[1]], safe=""), part)

    def _login(self) -> bytes:
        """Return user name and password, joined by a colon."""
        name, _, password = self._fill_in(self._user).partition(":")
        return unquote_to_bytes(name) + b":" + unquote_to_bytes(password)

    @cached_property
    def _forms(self) -> dict[str, str]:
        """Every way to write a value, with its replacement."""
        forms = {form: f"${{{name}}}" for name, value in self._values.items() for form in _spellings(value)}
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
        """Every way to write the short values."""
        return {form for value in self._values.values() if len(value) < _SHORT for form in _spellings(value)}


def _spellings(value: str) -> set[str]:
    """Return a value as it appears in texts, addresses, HTML, XML and JSON, and one nested in the other."""
    forms = {value, quote_plus(value)} | {quote(value, safe=safe) for safe in ("", "/", _UNESCAPED)}
    forms |= {form.replace("%", "%25") for form in forms}
    forms |= {_HEX.sub(lambda found: found[0].lower(), form) for form in forms}
    for _ in range(2):  # HTML within XML, or within JSON
        forms |= {escape(form) for form in forms for escape in _ESCAPES}
    return forms
