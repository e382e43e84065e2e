"""A filter that draws lines, dots, dashes and arrows in ASCII, for terminals without other characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_CHARACTERS = {
    "…": "~", "·": "-", "•": "*", "●": "*", "○": "o", "■": "#", "□": "-", "–": "-", "—": "-", "×": "x",
    "≤": "<", "≥": ">", "→": ">", "←": "<", "↑": "^", "↓": "v", "↕": "|", "▲": "^", "▼": "v", "▶": ">", "◀": "<",
    "▸": ">", "▾": "v", "✓": "v", "✗": "x", "‘": "'", "’": "'", "“": '"', "”": '"', "⏎": "<", "⇥": ">", "\xa0": " ",
    "▁": "_", "▂": ".", "▃": "-", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#", "›": ">", "‹": "<", "▴": "^",
    "▌": ">", "▐": "[", "▀": "#", "▔": "-", "▕": "|", "▏": "|", "▎": "|", "▍": "|", "▋": "#", "▊": "#", "▉": "#",
    "░": ".", "▒": ":", "▓": "#",
}  # fmt: skip
_HORIZONTAL, _VERTICAL = "─━┄┅┈┉╌╍╴╶╸╺╼╾", "│┃┆┇┊┋║╎╏╵╷╹╻╽╿"
_TABLE = {
    **dict.fromkeys(range(0x2500, 0x25A0), "#"),
    **dict.fromkeys(range(0x2500, 0x2580), "+"),
    **dict.fromkeys(range(0x2801, 0x2900), "*"),
    0x2800: " ",
    **dict.fromkeys(map(ord, _HORIZONTAL), "-"),
    **dict.fromkeys(map(ord, _VERTICAL), "|"),
    ord("═"): "=",
    **{ord(character): ascii_character for character, ascii_character in _CHARACTERS.items()},
}
_AT_MOST = re.compile(r"≤ (?=\d)")


def to_ascii(text: str) -> str:
    """Replace drawing characters by ASCII ones of the same width; letters of other scripts stay."""
    if text.isascii():
        return text
    return _AT_MOST.sub("<=", text).translate(_TABLE)


class AsciiFilter(LineFilter):
    """Replaces drawing characters in every line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace them in the segments of a line."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
