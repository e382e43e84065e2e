"""Text that comes from AWS, made fit to be shown: nothing but what can be seen, ids cut in the middle."""

from __future__ import annotations

import re
import unicodedata


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 block`, `2,000 addresses`; `many` is the plural where it is not `one` and an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# The rest of Unicode's Default_Ignorable_Code_Point: what draws nothing, or changes the width of what is beside it.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, format characters (soft hyphens, directions, joiners, tags), surrogates, what has no meaning, line ends."""


_NON_ASCII = re.compile("[^\0-\x7e]")


_ID = re.compile(r"\b([a-z]+(?:-[a-z]+)*-)([0-9a-f]{8,17})\b")


def clean(text: str) -> str:
    """The text without what a terminal acts upon or does not draw: controls, format characters, invisible letters."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(c for c in _IGNORABLE.sub("", text) if unicodedata.category(c) not in _INVISIBLE_CATEGORIES)


def escape_invisible(text: str) -> str:
    """JSON that says the same, with what `clean` drops written as escapes: `\\u009b`. Line ends stay."""
    return _NON_ASCII.sub(lambda found: found[0] if clean(found[0]) else _escape(found[0]), text)


def shorten_ids(text: str) -> str:
    """Cut every AWS id in a text in the middle: `vpce-0e3b…2c4a`."""
    return _ID.sub(lambda found: f"{found[1]}{found[2][:4]}…{found[2][-4:]}" if len(found[2]) > 9 else found[0], text)


def resource_name(arn: str) -> str:
    """The last part of an ARN: `rcfg-0f8b…` of `arn:aws:vpc-lattice:…:resourceconfiguration/rcfg-0f8b…`."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
