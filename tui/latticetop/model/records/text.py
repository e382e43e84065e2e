"""Text helpers: plurals, first letters, ids and ARNs cut short, and AWS text without what a terminal acts upon."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The rest of Unicode's Default_Ignorable_Code_Point: what draws nothing, or changes the width of what is beside it.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, format characters (soft hyphens, directions, joiners, tags), surrogates, unassigned ones, line ends."""
# Only the word before the digits is matched: an expression of any number of words takes quadratic time.
_LONG_ID = re.compile(r"\b([a-z]++-)([0-9a-f]{10,17})\b")


def counted(count: int, one: str, many: str = "") -> str:
    """Join a number and its noun: `1 address`, `2,000 addresses`. The plural is `many`, or `one` with an s."""
    return f"{count:,} {plural(count, one, many)}"


def amount(count: int, one: str = "", many: str = "") -> str:
    """Write a number for a sentence, 1 as a word, with its noun if there is one: `one /28 block`, `2 /28 blocks`."""
    number = "one" if count == 1 else f"{count:,}"
    return f"{number} {plural(count, one, many)}" if one else number


def plural(count: int, one: str, many: str = "") -> str:
    """Choose the form of a word for a number: `one` for 1, else `many`, or `one` with an s."""
    return one if count == 1 else many or f"{one}s"


def begin_upper(text: str) -> str:
    """Begin a sentence with a capital letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def begin_lower(text: str) -> str:
    """Begin a clause within a sentence with a small letter; the rest stays as it is."""
    return text[:1].lower() + text[1:]


def clean(text: str) -> str:
    """Remove what a terminal acts upon or does not draw: controls, format characters, invisible letters."""
    if text.isprintable():
        return text if text.isascii() else _IGNORABLE.sub("", text)
    return "".join(c for c in _IGNORABLE.sub("", text) if unicodedata.category(c) not in _INVISIBLE_CATEGORIES)


def clean_lines(text: str) -> str:
    """Remove the same from a text of several lines, but keep its line ends and tabs."""
    if text.isprintable():
        return clean(text)
    return "\n".join("\t".join(map(clean, line.split("\t"))) for line in text.split("\n"))


def escape_invisible(text: str) -> str:
    """Write what `clean` removes from a JSON text as escapes (`\\u009b`): the value stays the same. Line ends stay."""
    invisible = [character for character in set(text) if not ("\0" <= character <= "\x7e" or clean(character))]
    return text.translate({ord(character): _escape(character) for character in invisible}) if invisible else text


def shorten_ids(text: str) -> str:
    """Cut every AWS id of more than nine hexadecimal digits in the middle: `vpce-0e3b…2c4a`."""
    return _LONG_ID.sub(lambda match: f"{match[1]}{match[2][:4]}…{match[2][-4:]}", text)


def shorten_apart(texts: Sequence[str]) -> list[str]:
    """Cut the ids in each of these texts, but of different texts that would then be alike none."""
    short = [shorten_ids(text) for text in texts]
    counts = Counter(shorter for shorter, _ in set(zip(short, texts, strict=True)))
    return [text if counts[shorter] > 1 else shorter for shorter, text in zip(short, texts, strict=True)]


def resource_name(arn: str) -> str:
    """Cut an ARN to its last part: `rcfg-0f8b…` of `arn:aws:vpc-lattice:…:resourceconfiguration/rcfg-0f8b…`."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
