"""The schema of `release:` in feeds.yaml: title, authors and licence."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tracker.config.values import Shape, Text, WebAddress, wrong

_Licence = Literal[
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "ODC-By-1.0",
    "ODbL-1.0",
    "PDDL-1.0",
]
"""Data licences by SPDX identifier."""


def _author(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _orcid(value: str) -> str:
    """Validate an ORCID iD; its last character is a check digit (ISO 7064 MOD 11-2)."""
    digits = value.removeprefix("https://orcid.org/").replace("-", "")
    total = 0
    for digit in digits[:15]:
        total = (total + (int(digit) if digit.isdecimal() else 0)) * 2
    check = (12 - total % 11) % 11
    if len(digits) != 16 or not digits[:15].isdecimal() or digits[15] != ("X" if check == 10 else str(check)):
        raise wrong(f"{value!r} is no ORCID iD; write one such as 0000-0002-1825-0097")
    return "https://orcid.org/" + "-".join(digits[start : start + 4] for start in range(0, 16, 4))


class AuthorShape(Shape):
    """An item of `authors:`; a bare name is an organisation."""

    name: Text = Field(description="a family name, or the name of an organisation")
    given: Text | None = Field(default=None, description="a given name, which makes it a person")
    orcid: Annotated[str, AfterValidator(_orcid)] | None = Field(
        default=None, description="an ORCID iD such as 0000-0002-1825-0097"
    )


class ReleaseShape(Shape):
    """`release:` of feeds.yaml."""

    folder: Text = Field(default="releases", description="a folder such as releases")
    title: Text = Field(default="Coverage of encryption and child safety", description="a title for citations")
    authors: list[Annotated[AuthorShape, BeforeValidator(_author)]] = Field(
        default=[], description="a list of names, such as [The Example Observatory]"
    )
    licence: _Licence | None = Field(default=None, description="a licence for data such as CC-BY-4.0")
    url: WebAddress | None = Field(default=None, description="a whole address of a page about the data")
