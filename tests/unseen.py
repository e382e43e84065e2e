"""What no output may hold: what a terminal acts upon, what nobody can see. Not taken from the program."""

from __future__ import annotations

import unicodedata

RANGES = (
    ("C0", 0x00, 0x1F),
    ("DEL and C1", 0x7F, 0x9F),
    ("soft hyphen", 0xAD, 0xAD),
    ("grapheme joiner", 0x34F, 0x34F),
    ("Arabic letter mark", 0x61C, 0x61C),
    ("Hangul fillers", 0x115F, 0x1160),
    ("Khmer inherent vowels", 0x17B4, 0x17B5),
    ("Mongolian selectors", 0x180B, 0x180F),
    ("zero width, directions", 0x200B, 0x200F),
    ("line ends, embeddings, overrides", 0x2028, 0x202E),
    ("invisible operators, isolates", 0x2060, 0x206F),
    ("Hangul filler", 0x3164, 0x3164),
    ("surrogates and private use", 0xD800, 0xF8FF),
    ("variation selectors", 0xFE00, 0xFE0F),
    ("byte order mark", 0xFEFF, 0xFEFF),
    ("halfwidth filler", 0xFFA0, 0xFFA0),
    ("interlinear", 0xFFF9, 0xFFFB),
    ("shorthand format", 0x1BCA0, 0x1BCA3),
    ("musical format", 0x1D173, 0x1D17A),
    ("tags, selectors, private planes", 0xE0000, 0x10FFFF),
)
"""Unicode's Default_Ignorable_Code_Point, the controls, and what has no meaning of its own."""


def unseen(text: str, allowed: str = "") -> list[str]:
    """The characters of a text that no output may hold, by number; `allowed` is what lays the text out."""
    return [f"U+{ord(c):04X}" for c in dict.fromkeys(text) if c not in allowed and _forbidden(c)]


def _forbidden(character: str) -> bool:
    point = ord(character)
    return unicodedata.category(character) == "Cf" or any(first <= point <= last for _, first, last in RANGES)
