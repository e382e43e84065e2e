"""The last line of a screen: the keys that are available."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events
    from textual.screen import Screen
    from textual.timer import Timer

ALWAYS_SHOWN = frozenset({"help", "quit", "dismiss"})
"""The actions whose keys are shown however narrow the screen."""
MESSAGE_SECONDS = 2.0
MESSAGE_GAP = "   "
"""The blanks around a message."""
WIDE, TIGHT = 4, 3
"""Blanks around a key and its label."""


class FooterKey(NamedTuple):
    """A key of the footer."""

    display: str
    """The key as it is shown."""
    label: str
    action: str
    key: str
    """The key as Textual names it."""
    enabled: bool

    def width(self, blanks: int) -> int:
        """The columns it takes."""
        return len(self.display) + len(self.label) + blanks


class KeyLine(Widget):
    """As many keys as fit: help, back and quit are always shown, of the others the last are left out first.

    One widget paints them all, because the keys change with the focus: Textual's Footer then mounts a widget for each
    key and lays out the whole screen.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--label"}
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
    KeyLine > .key-line--label {
        color: $footer-description-foreground;
        background: $footer-description-background;
    }
    """

    _keys: tuple[FooterKey, ...] = ()
    _message = ""
    _message_timer: Timer | None = None

    def on_mount(self) -> None:
        """Show the screen's keys from now on."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def on_unmount(self) -> None:
        """Show them no longer."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        keys = tuple(self._available(screen))
        if self.app.app_focus and keys != self._keys:
            self._keys, self._message = keys, ""
            self.refresh()

    def _available(self, screen: Screen[object]) -> list[FooterKey]:
        """The keys that are available on a screen, of several for one action the first."""
        keys: dict[str, FooterKey] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show:
                display = self.app.get_key_display(binding)
                key = FooterKey(display, binding.description, binding.action, binding.key, enabled)
                keys.setdefault(binding.action, key)
        return list(keys.values())

    def say(self, text: str) -> None:
        """Show a text before the keys for two seconds, or until the keys change."""
        self._message = text
        if self._message_timer is not None:
            self._message_timer.stop()
        self._message_timer = self.set_timer(MESSAGE_SECONDS, self._end_message)
        self.refresh()

    def _end_message(self) -> None:
        self._message = ""
        self.refresh()

    @property
    def _message_width(self) -> int:
        return cell_len(self._message) + len(MESSAGE_GAP) if self._message else 0

    def render(self) -> Text:
        """The message if there is one, and the keys that fit."""
        keys, blanks = fitting_keys(self._keys, self.size.width - self._message_width)
        key_style = self.get_component_rich_style("key-line--key")
        label_style = self.get_component_rich_style("key-line--label")
        line = Text(no_wrap=True, overflow="crop", end="")
        if self._message:
            line.append(f" {self._message}  ", key_style)
        for key in keys:
            part = Text.assemble((f" {key.display} ", key_style), (key.label + " " * (blanks - 2), label_style))
            if not key.enabled:
                part.stylize("dim")
            line.append_text(part)
        return line

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        keys, blanks = fitting_keys(self._keys, self.size.width - self._message_width)
        right = self._message_width
        if event.x < right:
            return
        for key in keys:
            right += key.width(blanks)
            if event.x < right:
                self.app.simulate_key(key.key) if key.enabled else self.app.bell()
                return


def fitting_keys(keys: tuple[FooterKey, ...], width: int) -> tuple[list[FooterKey], int]:
    """The keys that fit into a width, and the blanks around each: fewer where more keys fit then."""
    chosen = list(keys)
    if sum(key.width(WIDE) for key in chosen) <= width:
        return chosen, WIDE
    while sum(key.width(TIGHT) for key in chosen) > width:
        spare = next((key for key in reversed(chosen) if key.action.rsplit(".", 1)[-1] not in ALWAYS_SHOWN), None)
        if spare is None:
            break
        chosen.remove(spare)
    return chosen, TIGHT
