"""The themes as data. The tests compute contrasts, and how colour-blind people see the colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from latticetop.model.blocks.blocks import BlockState

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colours(Struct, frozen=True):
    """One theme. Colours are `#rrggbb`, or `ansi_…` for those of the terminal.

    `text` has the colours of text by meaning, `blocks` for each state the colour of the letter, its background, and the
    colour of text about the block. `border` is that of a pane without the focus. `cursor` and `cursor_unfocused` are
    backgrounds of the cursor's row. `attributes`, such as `bold`, are added to text by meaning and to letters.
    """

    name: str
    text: Mapping[str, str]
    blocks: Mapping[BlockState, tuple[str, str, str]]
    background: str
    panel: str
    border: str
    cursor: str
    cursor_unfocused: str
    dark: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def ansi(self) -> bool:
        """Whether the colours are the terminal's own."""
        return self.background.startswith("ansi")


DARK = Colours(
    name="dark",
    background="#11171d",
    panel="#1a222a",
    border="#62707d",
    cursor="#22303c",
    cursor_unfocused="#1c2731",
    text={
        "text": "#d9e1e8",
        "dim": "#8b98a4",
        "strong": "#ffffff",
        "good": "#5fcf72",
        "bad": "#ff7070",
        "warn": "#f2b04a",
        "advice": "#74b4ff",
        "focus": "#f2b04a",
    },
    blocks={
        BlockState.FREE: ("#ffffff", "#1f66d6", "#74b4ff"),
        BlockState.PREFIX_RESERVED: ("#ffffff", "#0d7a73", "#4cc9c0"),
        BlockState.LATTICE: ("#16100a", "#dd862c", "#f0a04e"),
        BlockState.ALLOCATED: ("#ffffff", "#7b4fd6", "#b99af5"),
        BlockState.FRAGMENTED: ("#ecc95f", "#4a3d18", "#ecc95f"),
        BlockState.FULL: ("#f3b3b3", "#5e2530", "#f3a0a0"),
        BlockState.RESERVED: ("#97a2ad", "#252d35", "#97a2ad"),
        BlockState.EXPLICIT: ("#14181c", "#aab4be", "#c3ccd4"),
    },
)

LIGHT = Colours(
    name="light",
    dark=False,
    background="#fbfcfd",
    panel="#e9eef2",
    border="#7a8691",
    cursor="#d8e4f0",
    cursor_unfocused="#e8eef4",
    text={
        "text": "#26313b",
        "dim": "#55616c",
        "strong": "#000000",
        "good": "#146c2e",
        "bad": "#bd0f2a",
        "warn": "#7d4f00",
        "advice": "#0a55b5",
        "focus": "#8a4b00",
    },
    blocks={
        BlockState.FREE: ("#ffffff", "#1b62d0", "#0a55b5"),
        BlockState.PREFIX_RESERVED: ("#ffffff", "#0c7670", "#0a625d"),
        BlockState.LATTICE: ("#1d1206", "#f09c48", "#864a00"),
        BlockState.ALLOCATED: ("#ffffff", "#7b4fd6", "#6237bd"),
        BlockState.FRAGMENTED: ("#4d3c00", "#f1dd97", "#685000"),
        BlockState.FULL: ("#7a1020", "#f4c3c9", "#9c182c"),
        BlockState.RESERVED: ("#55616c", "#e4e9ed", "#55616c"),
        BlockState.EXPLICIT: ("#ffffff", "#5a6671", "#48545f"),
    },
)

CONTRAST = Colours(
    name="contrast",
    background="#000000",
    panel="#000000",
    border="#b4b4b4",
    cursor="#20204e",
    cursor_unfocused="#1c1c30",
    text={
        "text": "#ffffff",
        "dim": "#d0d0d0",
        "strong": "#ffffff",
        "good": "#5dff86",
        "bad": "#ff9a9a",
        "warn": "#ffd24d",
        "advice": "#8fd0ff",
        "focus": "#ffe100",
    },
    blocks={
        BlockState.FREE: ("#000000", "#4dbbff", "#8fd0ff"),
        BlockState.PREFIX_RESERVED: ("#000000", "#35d9c4", "#5ceada"),
        BlockState.LATTICE: ("#000000", "#ff9d2e", "#ffb45e"),
        BlockState.ALLOCATED: ("#000000", "#cfa2ff", "#dcbcff"),
        BlockState.FRAGMENTED: ("#ffe98a", "#4a3a00", "#ffe98a"),
        BlockState.FULL: ("#ffd0d0", "#70101c", "#ffb8b8"),
        BlockState.RESERVED: ("#e0e0e0", "#2a2a2a", "#d0d0d0"),
        BlockState.EXPLICIT: ("#000000", "#f4f4f4", "#ffffff"),
    },
)

COLOUR_BLIND = Colours(
    name="colour-blind",
    background="#11171d",
    panel="#1a222a",
    border="#62707d",
    cursor="#22303c",
    cursor_unfocused="#1c2731",
    text={
        "text": "#d9e1e8",
        "dim": "#8b98a4",
        "strong": "#ffffff",
        "good": "#6ab0ff",
        "bad": "#ff7f2e",
        "warn": "#f6df7a",
        "advice": "#a9d4ff",
        "focus": "#f6df7a",
    },
    blocks={
        BlockState.FREE: ("#ffffff", "#1f66d6", "#6ab0ff"),
        BlockState.PREFIX_RESERVED: ("#06202f", "#86c9f7", "#86c9f7"),
        BlockState.LATTICE: ("#1a0f00", "#f0982e", "#f2a24a"),
        BlockState.ALLOCATED: ("#e2dcff", "#3c2f86", "#b3a8f5"),
        BlockState.FRAGMENTED: ("#f6df7a", "#3f3200", "#f6df7a"),
        BlockState.FULL: ("#fff9dc", "#766511", "#c9b24a"),
        BlockState.RESERVED: ("#97a2ad", "#252d35", "#97a2ad"),
        BlockState.EXPLICIT: ("#14181c", "#c9c6bd", "#d6d3ca"),
    },
)

COLOUR_BLIND_BLUE = Colours(
    name="colour-blind-blue",
    background="#11171d",
    panel="#1a222a",
    border="#62707d",
    cursor="#22303c",
    cursor_unfocused="#1c2731",
    text={
        "text": "#d9e1e8",
        "dim": "#8b98a4",
        "strong": "#ffffff",
        "good": "#35d0c0",
        "bad": "#ff6f7d",
        "warn": "#ffb3a0",
        "advice": "#7fe3f2",
        "focus": "#ffb3a0",
    },
    blocks={
        BlockState.FREE: ("#00191c", "#22c3d6", "#7fe3f2"),
        BlockState.PREFIX_RESERVED: ("#e6fffb", "#0b6b70", "#4cc9c0"),
        BlockState.LATTICE: ("#1f0800", "#f2643c", "#ff9a80"),
        BlockState.ALLOCATED: ("#ffe3ea", "#8c1f4d", "#f58ab0"),
        BlockState.FRAGMENTED: ("#ffc9b8", "#55261c", "#ffc9b8"),
        BlockState.FULL: ("#2a0a10", "#f0a9b4", "#f0a9b4"),
        BlockState.RESERVED: ("#97a2ad", "#252d35", "#97a2ad"),
        BlockState.EXPLICIT: ("#14181c", "#aab4be", "#c3ccd4"),
    },
)

TERMINAL = Colours(
    name="terminal",
    background="ansi_default",
    panel="ansi_default",
    border="ansi_bright_black",
    cursor="ansi_default",
    cursor_unfocused="ansi_default",
    text={
        "text": "ansi_default",
        "dim": "ansi_default",
        "strong": "ansi_default",
        "good": "ansi_green",
        "bad": "ansi_red",
        "warn": "ansi_yellow",
        "advice": "ansi_blue",
        "focus": "ansi_magenta",
    },
    blocks={
        BlockState.FREE: ("ansi_bright_white", "ansi_blue", "ansi_blue"),
        BlockState.PREFIX_RESERVED: ("ansi_black", "ansi_cyan", "ansi_cyan"),
        BlockState.LATTICE: ("ansi_black", "ansi_yellow", "ansi_yellow"),
        BlockState.ALLOCATED: ("ansi_bright_white", "ansi_magenta", "ansi_magenta"),
        BlockState.FRAGMENTED: ("ansi_yellow", "ansi_default", "ansi_yellow"),
        BlockState.FULL: ("ansi_red", "ansi_default", "ansi_red"),
        BlockState.RESERVED: ("ansi_default", "ansi_default", "ansi_default"),
        BlockState.EXPLICIT: ("ansi_black", "ansi_white", "ansi_default"),
    },
    attributes={"dim": "dim", "bad": "bold", "f": "bold", "F": "bold", ".": "bold", "R": "dim"},
)

_NONE = "ansi_default"
PLAIN = Colours(
    name="plain",
    background=_NONE,
    panel=_NONE,
    border=_NONE,
    cursor=_NONE,
    cursor_unfocused=_NONE,
    text=dict.fromkeys(DARK.text, _NONE),
    blocks=dict.fromkeys(BlockState, (_NONE, _NONE, _NONE)),
    attributes={
        "dim": "dim",
        "bad": "bold underline",
        "warn": "underline",
        "focus": "bold",
        ".": "bold reverse",
        "P": "reverse",
        "L": "bold",
        "A": "bold",
        "R": "dim",
        "X": "dim",
    },
)
"""Without colours: bold, underlined and reversed text shows what matters."""

THEMES = {colours.name: colours for colours in (DARK, LIGHT, CONTRAST, COLOUR_BLIND, COLOUR_BLIND_BLUE, TERMINAL)}
"""The themes to choose from, by name."""
