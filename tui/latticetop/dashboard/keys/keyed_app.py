"""An app with the keys of the configuration: help, command palette, ctrl+c, and a word on keys that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import ModalScreen
from textual.widgets import Input
from textual.widgets.input import Selection

from latticetop.config.actions import ACTIONS, QUIT, KeyContext, keys_of
from latticetop.dashboard.keys.bindings import (
    INTERRUPT,
    SUSPEND,
    available_actions,
    bindings_at,
    key_lines,
    shown_key,
    textual_keys,
)
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.keys.scrolling import scroll_text
from latticetop.dashboard.keys.unknown_key import unknown_key_text
from latticetop.dashboard.theme.themed_app import ThemedApp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual import events
    from textual.binding import Binding, BindingType

INTERRUPT_AGAIN = 2.0
"""Seconds within which a second ctrl+c quits."""


class KeyedApp(ThemedApp, inherit_bindings=False):
    """An app whose keys can be replaced, and which says what they do.

    `key_map` are the keys that replace the defaults, by action id; `monotonic` gives seconds.
    """

    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, SUSPEND, *bindings_at(KeyContext.APP)]
    REPLAYING = False
    """Whether the keys are those of a recording."""

    def __init__(
        self,
        key_map: Mapping[str, Sequence[str]],
        monotonic: Callable[[], float],
        theme: str = "",
        ascii_only: bool = False,
    ) -> None:
        super().__init__(theme, ascii_only)
        self._key_map, self.monotonic = key_map, monotonic
        self.set_keymap({name: textual_keys(keys) for name, keys in key_map.items()})
        self._interrupted_at: float | None = None

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that replace the defaults, by action id."""
        return self._key_map

    def key_to(self, *ids: str) -> str:
        """The first key of each action, as the screen shows it."""
        actions = {action.id: action for action in ACTIONS}
        return " ".join(shown_key(keys_of(actions[name], self.key_map)[0]) for name in ids)

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is typed, in ASCII."""
        return shown_key(binding.key)

    def action_help(self) -> None:
        """Explain the keys of this screen, the letters, the colours and the verdicts."""
        from latticetop.dashboard.keys.glossary import column_terms, mark_terms
        from latticetop.dashboard.keys.help_screen import HelpScreen

        actions = available_actions(self.screen)
        here = key_lines([action for node, action in actions if node is not self], self.key_map)
        everywhere = key_lines([action for node, action in actions if node is self], self.key_map)
        self.push_screen(HelpScreen(here, everywhere, column_terms(self.screen), mark_terms(self.screen)))

    def action_help_quit(self) -> None:
        """Copy what is selected and select nothing; without a selection say how to quit, and the second time quit."""
        if selection := self._take_selection():
            self.copy_to_clipboard(selection)
        elif self._interrupted_at is not None and self.monotonic() - self._interrupted_at <= INTERRUPT_AGAIN:
            self.exit()
        else:
            self._interrupted_at = self.monotonic()
            keys = " or ".join(shown_key(key) for key in keys_of(QUIT, self.key_map))
            self.notify(f"ctrl+c again quits latticetop, as {keys} does.", timeout=INTERRUPT_AGAIN, markup=False)

    def _take_selection(self) -> str:
        """Return the selected text, and select nothing any more: ctrl+c is pressed again by who wants to quit."""
        if isinstance(prompt := self.focused, Input):
            selection = prompt.selected_text
            prompt.selection = Selection.cursor(prompt.cursor_position)
        else:
            selection = self.screen.get_selected_text() or ""
            self.screen.clear_selection()
        return selection

    def action_scroll_text(self, motion: str) -> None:
        """Scroll the text of the screen."""
        scroll_text(self.screen, motion)

    async def action_command_palette(self) -> None:  # type: ignore[override]
        """Show the commands; keys that follow at once are typed into it."""
        from latticetop.dashboard.keys.command_palette import CommandPalette

        await self.push_screen(CommandPalette(self.screen))

    def on_key(self, event: events.Key) -> None:
        """Say that a key does nothing here, and what others do."""
        if event.key not in self.screen.active_bindings:
            self.say(unknown_key_text(event.key, self.key_map, self.REPLAYING))

    def on_paste(self, _: events.Paste) -> None:
        """Say that pasted text does nothing outside an input, and which keys open one."""
        find, go = self.key_to("filter", "go").split()
        self.say(f"Pasted text is ignored here; {find} finds it, {go} goes to it.")

    def say(self, text: str) -> None:
        """Show a text in the key line for a moment; empty for none."""
        for line in self.screen.query(KeyLine):
            line.say(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the command palette where no text is typed and no dialog is open."""
        if action == "command_palette":
            return not isinstance(self.focused, Input) and not isinstance(self.screen, ModalScreen)
        return True
