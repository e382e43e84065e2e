"""A theme as Textual's theme, and as Rich styles by meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from latticetop.dashboard.theme.themes import Colours


def variables(colours: Colours) -> dict[str, str]:
    """The CSS variables of the colours of text: `lt-dim` and so on."""
    return {f"lt-{name}": colour for name, colour in colours.text.items()}


def textual_theme(colours: Colours) -> Theme:
    """The theme with which Textual draws borders, scrollbars and keys."""
    text = colours.text
    scrollbars = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return Theme(
        name=colours.name,
        primary=text["focus"],
        secondary=text["advice"],
        accent=text["focus"],
        warning=text["warn"],
        error=text["bad"],
        success=text["good"],
        foreground=text["text"],
        background=colours.background,
        surface=colours.background,
        panel=colours.panel,
        dark=colours.dark,
        ansi=colours.ansi,
        variables={
            **variables(colours),
            "ansi-background": colours.background,
            "ansi-foreground": text["text"],
            "footer-background": colours.panel,
            "footer-key-foreground": text["focus"],
            "footer-description-foreground": text["dim"],
            "border": text["focus"],
            "border-blurred": colours.border,
            "block-cursor-background": colours.cursor,
            "block-cursor-foreground": text["strong"],
            "block-cursor-blurred-background": colours.cursor_unfocused,
            "scrollbar": colours.border,
            "scrollbar-corner-color": colours.background,
            **dict.fromkeys(scrollbars, colours.background),
        },
    )


class Palette:
    """Rich styles by meaning: `palette["dim"]`, `palette.block("L")`."""

    few_blocks = few_fits = 0
    """Up to so many free blocks, or further endpoints, are few."""

    def __init__(self, colours: Colours) -> None:
        added = {name: Style.parse(attributes) for name, attributes in colours.attributes.items()}
        self._text = {name: _style(colour) + added.get(name, Style()) for name, colour in colours.text.items()}
        self._text["strong"] += Style(bold=True)
        self._text["title"] = self._text["focus"] + Style(bold=True)
        self._text["bad strong"] = self._text["bad"] + Style(bold=True)
        self._blocks, self._inks = {}, {}
        for state, (colour, background, ink) in colours.blocks.items():
            self._blocks[state.value] = _style(colour, background) + added.get(state.value, Style())
            self._inks[state.value] = _style(ink)

    def __getitem__(self, name: str) -> Style:
        return self._text[name]

    def blocks_left(self, count: int) -> Style:
        """The style of a number of free blocks: red for 0, amber for few."""
        return self["bad strong" if not count else "warn" if count <= self.few_blocks else "advice"]

    def fits_left(self, certain: int, possible: int) -> Style:
        """The style of a capacity: red for none, amber for few or if it depends on the allocation order."""
        return self["bad" if not possible else "good" if certain > self.few_fits else "warn"]

    def block(self, letter: str) -> Style:
        """The style of a block's letter on its background."""
        return self._blocks[letter]

    def ink(self, letter: str) -> Style:
        """The style of text about blocks of a letter."""
        return self._inks[letter]


def _style(colour: str, background: str | None = None) -> Style:
    ground = Color.parse(background).rich_color if background else None
    return Style.from_color(Color.parse(colour).rich_color, ground)
