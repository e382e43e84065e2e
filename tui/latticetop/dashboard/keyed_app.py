"""What an app has to do with keys: those in force, the command palette, the help, and how to quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.actions import ACTIONS, QUIT, keys_of
from latticetop.dashboard.bindings import in_force, key_lines, shown_key, textual_keys
from latticetop.dashboard.dress import DressedApp
from latticetop.dashboard.preferences import USUAL, Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import Binding
    from textual.command import Provider

    from latticetop.dashboard.theme import Palette


def _commands() -> type[Provider]:
    """The commands, loaded when the palette is opened."""
    from latticetop.dashboard.commands import Commands

    return Commands


class KeyedApp(DressedApp):
    """Heeds a key map and tells of it; `play` is told which of the `scenarios` was chosen, and the app ends for it."""

    COMMANDS = {_commands}  # noqa: RUF012

    def __init__(
        self,
        preferences: Preferences = USUAL,
        scenarios: Mapping[str, str] | None = None,
        play: Callable[[str], None] | None = None,
        theme: str = "",
        ascii_only: bool = False,
    ) -> None:
        super().__init__(theme, ascii_only)
        self.preferences = preferences
        self.set_keymap({name: textual_keys(keys) for name, keys in self.key_map.items()})
        self.scenarios = scenarios or {}
        """What else may be played, each with what it is."""
        self._play = play

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that actions have instead of the default ones, by id."""
        return self.preferences.key_map

    def dressed(self, palette: Palette) -> Palette:
        """The palette, which knows what is few."""
        palette.few_blocks, palette.few_fits = self.preferences.few_blocks, self.preferences.few_fits
        return palette

    def key_to(self, *ids: str) -> str:
        """The keys of actions as the screen shows them, of each the first."""
        found = {action.id: action for action in ACTIONS}
        return " ".join(shown_key(keys_of(found[name], self.key_map)[0]) for name in ids)

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is typed, in ASCII."""
        return shown_key(binding.key)

    def play(self, scenario: str) -> None:
        """End, so that another scenario may be played."""
        if self._play is not None:
            self._play(scenario)
        self.exit()

    def action_help(self) -> None:
        """Explain what can be done here, the letters, the colours and the verdicts."""
        from latticetop.dashboard.screens.help import HelpScreen

        found = in_force(self.screen)
        here = key_lines([action for node, action in found if node is not self], self.key_map)
        everywhere = key_lines([action for node, action in found if node is self], self.key_map)
        self.push_screen(HelpScreen(here, everywhere))

    def action_help_quit(self) -> None:
        """Say how to quit."""
        keys = " or ".join(shown_key(key) for key in keys_of(QUIT, self.key_map))
        self.notify(f"{keys} quits latticetop.", markup=False)
