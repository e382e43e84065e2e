"""The colours, each with one meaning, and the styles made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.theme import Theme

from latticetop.model.blocks import BlockState

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCKS = {
    BlockState.FREE: ("#ffffff", "#1f66d6", "#74b4ff"),
    BlockState.PREFIX_RESERVED: ("#ffffff", "#0d7a73", "#4cc9c0"),
    BlockState.LATTICE: ("#16100a", "#dd862c", "#f0a04e"),
    BlockState.ALLOCATED: ("#ffffff", "#7b4fd6", "#b99af5"),
    BlockState.FRAGMENTED: ("#ecc95f", "#4a3d18", "#ecc95f"),
    BlockState.FULL: ("#f3b3b3", "#5e2530", "#f3a0a0"),
    BlockState.RESERVED: ("#97a2ad", "#252d35", "#97a2ad"),
    BlockState.EXPLICIT: ("#14181c", "#aab4be", "#c3ccd4"),
}
"""Per state: the letter's colour, the colour it stands on, and the colour of text about such blocks."""

_WORDS = {
    "text": "#d9e1e8",
    "dim": "#83909c",
    "strong": "#ffffff",
    "good": "#5fcf72",
    "bad": "#ff7070",
    "warn": "#f2b04a",
    "advice": "#74b4ff",
    "focus": "#f2b04a",
}


def _css(state: BlockState, part: str = "") -> str:
    return f"lt-{state.word.replace('_', '-')}{part}"


def variables() -> dict[str, str]:
    """The theme's own variables: `lt-dim` …; for each state `lt-lattice`, `lt-lattice-background`, `lt-lattice-ink`."""
    named = {f"lt-{name}": colour for name, colour in _WORDS.items()}
    for state, (colour, background, ink) in BLOCKS.items():
        named |= {_css(state): colour, _css(state, "-background"): background, _css(state, "-ink"): ink}
    return named


DARK = Theme(
    name="latticetop",
    primary="#f2b04a",
    secondary="#74b4ff",
    accent="#f2b04a",
    warning="#f2b04a",
    error="#ff7070",
    success="#5fcf72",
    foreground="#d9e1e8",
    background="#11171d",
    surface="#11171d",
    panel="#1a222a",
    dark=True,
    variables={
        **variables(),
        "footer-background": "#1a222a",
        "footer-key-foreground": "#f2b04a",
        "footer-description-foreground": "#97a2ad",
        "border": "#f2b04a",
        "border-blurred": "#33404c",
        "block-cursor-background": "#22303c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#1c2731",
        "scrollbar": "#33404c",
        "scrollbar-background": "#11171d",
        "scrollbar-background-hover": "#11171d",
        "scrollbar-background-active": "#11171d",
        "scrollbar-corner-color": "#11171d",
    },
)


class Palette:
    """Rich styles by meaning, from the theme in force; `palette["dim"]`, `palette.block("L")`."""

    def __init__(self, theme_variables: Mapping[str, str]) -> None:
        self._words = {name: Style(color=theme_variables[f"lt-{name}"]) for name in _WORDS}
        self._words["strong"] += Style(bold=True)
        self._words["title"] = self._words["focus"] + Style(bold=True)
        self._words["bad strong"] = self._words["bad"] + Style(bold=True)
        self._blocks = {
            state.value: Style(color=theme_variables[_css(state)], bgcolor=theme_variables[_css(state, "-background")])
            for state in BlockState
        }
        self._inks = {state.value: Style(color=theme_variables[_css(state, "-ink")]) for state in BlockState}

    def __getitem__(self, name: str) -> Style:
        return self._words[name]

    few_blocks = few_fits = 0
    """At most so many free blocks, or further endpoints, are few."""

    def blocks_left(self, count: int) -> Style:
        """The style of a count of free blocks: red none, amber few."""
        return self["bad strong" if not count else "warn" if count <= self.few_blocks else "advice"]

    def fits_left(self, certain: int, possible: int) -> Style:
        """The style of how many more endpoints fit: red none, amber few or only with luck."""
        return self["bad" if not possible else "good" if certain > self.few_fits else "warn"]

    def block(self, letter: str) -> Style:
        """The style of a block's letter on its colour."""
        return self._blocks[letter]

    def ink(self, letter: str) -> Style:
        """The style of text about blocks in that state."""
        return self._inks[letter]
