"""The theme in force, as Textual's theme and as styles by meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from latticetop.dashboard.theme.themes import Colours


def variables(colours: Colours) -> dict[str, str]:
    """The theme's own variables: `lt-dim` …; for each state `lt-lattice`, `lt-lattice-background`, `lt-lattice-ink`."""
    named = {f"lt-{name}": colour for name, colour in colours.words.items()}
    for state, (colour, background, ink) in colours.blocks.items():
        name = f"lt-{state.word.replace('_', '-')}"
        named |= {name: colour, f"{name}-background": background, f"{name}-ink": ink}
    return named


def textual_theme(colours: Colours) -> Theme:
    """The theme that Textual draws borders, bars and keys with."""
    words = colours.words
    bars = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return Theme(
        name=colours.name,
        primary=words["focus"],
        secondary=words["advice"],
        accent=words["focus"],
        warning=words["warn"],
        error=words["bad"],
        success=words["good"],
        foreground=words["text"],
        background=colours.background,
        surface=colours.background,
        panel=colours.panel,
        dark=colours.dark,
        ansi=colours.ansi,
        variables={
            **variables(colours),
            "ansi-background": colours.background,
            "ansi-foreground": words["text"],
            "footer-background": colours.panel,
            "footer-key-foreground": words["focus"],
            "footer-description-foreground": words["dim"],
            "border": words["focus"],
            "border-blurred": colours.frame,
            "block-cursor-background": colours.cursor,
            "block-cursor-foreground": words["strong"],
            "block-cursor-blurred-background": colours.away,
            "scrollbar": colours.frame,
            "scrollbar-corner-color": colours.background,
            **dict.fromkeys(bars, colours.background),
        },
    )


class Palette:
    """Rich styles by meaning; `palette["dim"]`, `palette.block("L")`."""

    def __init__(self, colours: Colours) -> None:
        added = {name: Style.parse(words) for name, words in colours.attributes.items()}
        self._words = {name: _style(colour) + added.get(name, Style()) for name, colour in colours.words.items()}
        self._words["strong"] += Style(bold=True)
        self._words["title"] = self._words["focus"] + Style(bold=True)
        self._words["bad strong"] = self._words["bad"] + Style(bold=True)
        self._blocks, self._inks = {}, {}
        for state, (colour, background, ink) in colours.blocks.items():
            self._blocks[state.value] = _style(colour, background) + added.get(state.value, Style())
            self._inks[state.value] = _style(ink)

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


def _style(colour: str, background: str | None = None) -> Style:
    ground = Color.parse(background).rich_color if background else None
    return Style.from_color(Color.parse(colour).rich_color, ground)
