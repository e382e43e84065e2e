"""What the app wears: the theme in force, no colours where none are wanted, ASCII where nothing else is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import App
from textual.filter import ANSIToTruecolor, Monochrome, NoColor

from latticetop.dashboard.theme.ascii import AsciiFilter
from latticetop.dashboard.theme.palette import Palette, textual_theme, variables
from latticetop.dashboard.theme.themes import DARK, PLAIN, TERMINAL, THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter
    from textual.theme import Theme

_NO_COLOUR, _ASCII = NoColor(), AsciiFilter()


class ThemedApp(App[int]):
    """Offers our themes and no others: those of Textual have no colours for blocks.

    `theme` is the name of one; without one the terminal's own colours are taken where it has sixteen, else dark ones.
    With NO_COLOR, and in a terminal without colours, letters and their weight tell everything.
    """

    plain = False
    """Whether there are no colours."""

    def __init__(self, theme: str = "", ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._palette: Palette | None = None
        system = self.console.color_system
        self.plain = bool(os.environ.get("NO_COLOR")) or system is None
        offered = {PLAIN.name: PLAIN} if self.plain else THEMES
        for colours in offered.values():
            self.register_theme(textual_theme(colours))
        usual = PLAIN if self.plain else TERMINAL if system == "standard" else DARK
        self._begin_with(theme if theme in offered else usual.name)
        for name in self.available_themes.keys() - offered.keys():
            self.unregister_theme(name)
        self.set_class(self.plain, "-plain")

    def _begin_with(self, theme: str) -> None:
        """Put a theme on before anything is drawn; assigned to `theme`, the stylesheet would be parsed twice."""
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_classes({f"-theme-{theme}", "-dark-mode" if self.current_theme.dark else "-light-mode"})

    @property
    def palette(self) -> Palette:
        """The styles of the theme in force."""
        if self._palette is None:
            self._palette = self.dressed(Palette(PLAIN if self.plain else THEMES[self.theme]))
        return self._palette

    def dressed(self, palette: Palette) -> Palette:
        """The palette as this app wants it."""
        return palette

    def on_mount(self) -> None:
        """Follow changes of the theme. (Textual calls every `on_mount` of a class's bases.)"""
        self.theme_changed_signal.subscribe(self, self._put_on)

    def _put_on(self, _: Theme) -> None:
        self._palette = None
        self.draw_anew()

    def draw_anew(self) -> None:
        """Draw everything with the new palette."""
        raise NotImplementedError

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is drawn."""
        others = (Monochrome, NoColor, ANSIToTruecolor) if self.native_ansi_color else (Monochrome, NoColor)
        usual = (each for each in super().get_line_filters() if not isinstance(each, others))
        filters = [_NO_COLOUR] if self.plain else [*usual]
        return [*filters, _ASCII] if self._ascii_only else filters

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of blocks and words, which Textual's own theme lacks that it begins with."""
        return variables(DARK)
