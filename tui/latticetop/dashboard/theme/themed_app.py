"""An app with the project's themes, without colours if none are wanted, in ASCII if nothing else can be drawn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import App
from textual.filter import ANSIToTruecolor, Monochrome, NoColor

from latticetop.dashboard.robust_app import RobustApp
from latticetop.dashboard.text.printable import PrintableFilter
from latticetop.dashboard.theme.ascii import AsciiFilter
from latticetop.dashboard.theme.palette import Palette, textual_theme, variables
from latticetop.dashboard.theme.themes import DARK, PLAIN, TERMINAL, THEMES
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel
    from textual.theme import Theme

_NO_COLOUR_FILTER, _ASCII_FILTER, _PRINTABLE_FILTER = NoColor(), AsciiFilter(), PrintableFilter()


class ThemedApp(RobustApp):
    """Offers the project's themes only: Textual's have no colours for blocks.

    `theme` is the name of a theme; the default is the terminal's own colours if it has sixteen, else the dark theme.
    With NO_COLOR, or in a terminal without colours, letters and their weight show everything.
    """

    plain = False
    """Whether there are no colours."""

    def __init__(self, theme: str = "", ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._palette: Palette | None = None
        color_system = self.console.color_system
        self.plain = bool(os.environ.get("NO_COLOR")) or color_system is None
        themes = {PLAIN.name: PLAIN} if self.plain else THEMES
        for colours in themes.values():
            self.register_theme(textual_theme(colours))
        default = PLAIN if self.plain else TERMINAL if color_system == "standard" else DARK
        self._set_first_theme(theme if theme in themes else default.name)
        for name in self.available_themes.keys() - themes.keys():
            self.unregister_theme(name)
        self.set_class(self.plain, "-plain")

    def _set_first_theme(self, theme: str) -> None:
        """Set the theme before anything is drawn; assigning to `theme` would parse the stylesheet twice."""
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_classes({f"-theme-{theme}", "-dark-mode" if self.current_theme.dark else "-light-mode"})

    @property
    def palette(self) -> Palette:
        """The styles of the theme."""
        if self._palette is None:
            self._palette = self.configured_palette(Palette(PLAIN if self.plain else THEMES[self.theme]))
        return self._palette

    def configured_palette(self, palette: Palette) -> Palette:
        """The palette with the settings of the app."""
        return palette

    def on_mount(self) -> None:
        """Follow changes of the theme. (Textual calls the `on_mount` of every base class.)"""
        self.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _: Theme) -> None:
        self._palette = None
        self.redraw()

    def redraw(self) -> None:
        """Draw everything with the new palette."""
        raise NotImplementedError

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of every line before it is drawn."""
        replaced = (Monochrome, NoColor, ANSIToTruecolor) if self.native_ansi_color else (Monochrome, NoColor)
        inherited = [line_filter for line_filter in super().get_line_filters() if not isinstance(line_filter, replaced)]
        filters = [_PRINTABLE_FILTER, *([_NO_COLOUR_FILTER] if self.plain else inherited)]
        return [*filters, _ASCII_FILTER] if self._ascii_only else filters

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notice of one line of text, by default without markup."""
        super().notify(clean(message), title=clean(title), severity=severity, timeout=timeout, markup=markup)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The project's CSS variables, which are missing from the theme that Textual starts with."""
        return variables(DARK)
