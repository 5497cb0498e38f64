"""AWS's published service models, as botocore carries them, and the limits that stand in their texts only.

botocore is the caller's: whoever imports this runs in an environment with a pinned one.
"""

from __future__ import annotations

import functools
import html
import re
from dataclasses import dataclass
from typing import Any

Shape = dict[str, Any]


@functools.cache
def service_model(service: str) -> dict[str, Any]:
    """The newest model of a service."""
    return _loader().load_service_model(service, "service-2")


@functools.cache
def _loader() -> Any:
    # botocore is no part of the tools' own environment, so it is imported when somebody asks.
    from botocore.loaders import Loader

    return Loader()


@dataclass(frozen=True)
class TextLimit:
    """What a description says about a value: a least and greatest length or number, a pattern."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] | None = None


def plain_text(documentation: str | None) -> str:
    """A description without its markup."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", documentation or ""))).strip()


# "Valid characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*" and "Allowed characters are ...", to the end.
_CHARACTERS = re.compile(r"(?:Valid|Allowed) characters(?: are|:) a-z, A-Z, 0-9, spaces, and (\S+?)(?:\.? |\.?$)")
_MOST_CHARACTERS = re.compile(r"Up to (\d+) characters in length")
# "Must contain from 1 to 63 (for Aurora DB clusters) or 1 to 52 (for ...) letters, numbers, or hyphens."
_IDENTIFIER = re.compile(
    r"Must (?:contain(?: from)?|be) (\d+) (?:to|-) (\d+) (?:\([^)]*\) or \d+ to \d+ \([^)]*\) )?"
    r"(?:alphanumeric characters|letters, numbers,|letters or numbers|letters, digits,)(?: or| and)?(?: (hyphens))?"
)
_NO_MORE = re.compile(r"Must contain no more than (\d+) letters, numbers, periods, underscores, spaces, or hyphens")
_FIRST_LETTER = re.compile(r"(?:First|1st) character must be a letter|Must begin with a letter")
_HYPHENS = re.compile(r"[Cc]an't end with a hyphen or contain two consecutive hyphens")
_NUMBER_RANGE = re.compile(
    r"Must be a value from ([\d,]+) to ([\d,]+)\b|Valid Values: ([\d,]+) ?- ?([\d,]+)(?: Default|$)"
)
_NUMBER_LIST = re.compile(r"Valid Values: (\d+(?: \| \d+)+)(?: Default|$)")
_TAG = re.compile(r"The string value can be from 1 to (\d+) Unicode characters in length")
_EC2_TAG = re.compile(r"accept a maximum of (\d+) Unicode characters")
_JAVA = re.compile(r'\(Java regex: "(\^[^"]+)"\)')
_TOPIC = "made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256"
_QUEUE = "A queue name can have up to 80 characters. Valid values: alphanumeric characters, hyphens ( - ), and underscores ( _ )"


def text_limit(shape: Shape, documentation: str | None) -> TextLimit | None:
    """What the text says, where it says it in words that mean one thing only."""
    text = plain_text(documentation) or plain_text(shape.get("documentation"))
    if shape["type"] == "string":
        return _string_limit(text)
    if shape["type"] in ("integer", "long"):
        return _number_limit(text)
    return None


def _string_limit(text: str) -> TextLimit | None:
    found = _CHARACTERS.search(text)
    if found:
        most = _MOST_CHARACTERS.search(text)
        pattern = f"^[a-zA-Z0-9 {_escaped(found[1])}]*$"
        return TextLimit(maximum=int(most[1]) if most else None, pattern=pattern)
    if _TOPIC in text:
        # 256 with the suffix of a FIFO topic, which holds the only dot.
        return TextLimit(1, 256, r"^[a-zA-Z0-9_-]+(\.fifo)?$")
    if _QUEUE in text:
        return TextLimit(1, 80, r"^[a-zA-Z0-9_-]+(\.fifo)?$")
    found = _TAG.search(text) or _EC2_TAG.search(text)
    if found:
        java = _JAVA.search(text)
        return TextLimit(maximum=int(found[1]), pattern=java[1].replace("\\\\", "\\") if java else None)
    found = _NO_MORE.search(text)
    if found:
        first = "[a-zA-Z]" if _FIRST_LETTER.search(text) else ""
        return TextLimit(1, int(found[1]), f"^{first}[a-zA-Z0-9._ -]*$")
    found = _IDENTIFIER.search(text)
    if found:
        return TextLimit(int(found[1]), int(found[2]), _identifier(text, bool(found[3])))
    return None


def _identifier(text: str, hyphens: bool) -> str:
    first = "[a-zA-Z]" if _FIRST_LETTER.search(text) else "[a-zA-Z0-9]"
    if hyphens and _HYPHENS.search(text):
        return f"^{first}[a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$"
    return f"^{first}[a-zA-Z0-9{'-' if hyphens else ''}]*$"


def _number_limit(text: str) -> TextLimit | None:
    found = _NUMBER_RANGE.search(text)
    if found:
        least, most = (int(number.replace(",", "")) for number in found.groups() if number)
        return TextLimit(least, most)
    found = _NUMBER_LIST.search(text)
    return TextLimit(values=tuple(found[1].split(" | "))) if found else None


def _escaped(characters: str) -> str:
    return "".join(f"\\{character}" if character in "\\]^-[&~#" else character for character in characters)
