"""What is drawn put into ASCII, and colours left out: for terminals that have no more, and eyes that want no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_SIGNS = {
    "…": "~", "·": "-", "•": "*", "●": "*", "○": "o", "■": "#", "□": "-", "–": "-", "—": "-", "×": "x",
    "≤": "<", "≥": ">", "→": ">", "←": "<", "↑": "^", "↓": "v", "↕": "|", "▲": "^", "▼": "v", "▶": ">", "◀": "<",
    "▸": ">", "▾": "v", "✓": "v", "✗": "x", "‘": "'", "’": "'", "“": '"', "”": '"', "⏎": "<", "⇥": ">", "\xa0": " ",
    "▁": "_", "▂": ".", "▃": "-", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#", "›": ">", "▴": "^",
    "▌": ">", "▐": "[", "▀": "#", "▔": "-", "▕": "|", "▏": "|", "▎": "|", "▍": "|", "▋": "#", "▊": "#", "▉": "#",
    "░": ".", "▒": ":", "▓": "#",
}  # fmt: skip
_FLAT, _UPRIGHT = "─━┄┅┈┉╌╍╴╶╸╺╼╾", "│┃┆┇┊┋║╎╏╵╷╹╻╽╿"
_TABLE = {
    **dict.fromkeys(range(0x2500, 0x25A0), "#"),
    **dict.fromkeys(range(0x2500, 0x2580), "+"),
    **dict.fromkeys(range(0x2801, 0x2900), "*"),
    0x2800: " ",
    **dict.fromkeys(map(ord, _FLAT), "-"),
    **dict.fromkeys(map(ord, _UPRIGHT), "|"),
    ord("═"): "=",
    **{ord(sign): plain for sign, plain in _SIGNS.items()},
}
_AT_MOST = re.compile(r"≤ (?=\d)")


def to_ascii(text: str) -> str:
    """The text in as many columns with every sign of the screen's own in ASCII; letters of other scripts stay."""
    if text.isascii():
        return text
    return _AT_MOST.sub("<=", text).translate(_TABLE)


class AsciiFilter(LineFilter):
    """Draws lines, dots, dashes and arrows in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in ASCII."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
