"""The last line: the keys that are of use here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.text import Text
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events
    from textual.screen import Screen

STAY = frozenset({"help", "quit", "dismiss"})
"""The actions whose keys are always shown."""
WIDE, TIGHT = 4, 3
"""Blanks about a key and its word."""


class FooterKey(NamedTuple):
    """A key as it is shown, its word, the action, what to press for it, and whether it does anything now."""

    display: str
    word: str
    action: str
    press: str
    enabled: bool

    def width(self, blanks: int) -> int:
        """The columns it takes."""
        return len(self.display) + len(self.word) + blanks


class KeyLine(Widget):
    """As many keys as there is room for: help, the way back and quit stay, of the others the last give way first.

    One widget paints them all, for the keys change with the focus: Textual's Footer then mounts a widget for each anew
    and lays out the whole screen.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--word"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
    }
    KeyLine > .key-line--key {
        color: $footer-key-foreground;
        background: $footer-key-background;
        text-style: bold;
    }
    KeyLine > .key-line--word {
        color: $footer-description-foreground;
        background: $footer-description-background;
    }
    """

    _keys: tuple[FooterKey, ...] = ()

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def on_unmount(self) -> None:
        """Follow them no longer."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _follow(self, screen: Screen[object]) -> None:
        keys = tuple(self._active(screen))
        if self.app.app_focus and keys != self._keys:
            self._keys = keys
            self.refresh()

    def _active(self, screen: Screen[object]) -> list[FooterKey]:
        """The keys of use here, of several for one action the first."""
        keys: dict[str, FooterKey] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show:
                display = self.app.get_key_display(binding)
                key = FooterKey(display, binding.description, binding.action, binding.key, enabled)
                keys.setdefault(binding.action, key)
        return list(keys.values())

    def render(self) -> Text:
        """The keys that fit."""
        keys, blanks = fitting(self._keys, self.size.width)
        of_key, of_word = (
            self.get_component_rich_style("key-line--key"),
            self.get_component_rich_style("key-line--word"),
        )
        line = Text(no_wrap=True, overflow="crop", end="")
        for key in keys:
            part = Text.assemble((f" {key.display} ", of_key), (key.word + " " * (blanks - 2), of_word))
            if not key.enabled:
                part.stylize("dim")
            line.append_text(part)
        return line

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        keys, blanks = fitting(self._keys, self.size.width)
        right = 0
        for key in keys:
            right += key.width(blanks)
            if event.x < right:
                self.app.simulate_key(key.press) if key.enabled else self.app.bell()
                return


def fitting(keys: tuple[FooterKey, ...], room: int) -> tuple[list[FooterKey], int]:
    """The keys that fit, and the blanks about each: fewer where that lets more of them fit."""
    chosen = list(keys)
    if sum(key.width(WIDE) for key in chosen) <= room:
        return chosen, WIDE
    while sum(key.width(TIGHT) for key in chosen) > room:
        spare = next((key for key in reversed(chosen) if key.action.rsplit(".", 1)[-1] not in STAY), None)
        if spare is None:
            break
        chosen.remove(spare)
    return chosen, TIGHT
