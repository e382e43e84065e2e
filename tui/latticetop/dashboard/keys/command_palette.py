"""The command palette: a line to type a command, an id or an address into, and what matches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList

from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.commands import Command, commands_on, destination_commands, find_commands
from latticetop.dashboard.keys.unknown_key import ONE_ACCOUNT
from latticetop.dashboard.text.format import cut
from latticetop.dashboard.widgets.dialog import Dialog
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.screen import Screen

COLUMN_GAP = 2
MAX_TYPED_WIDTH = 40
"""Columns of what was typed, where it is repeated."""
ACCOUNT_WORDS = frozenset({"account", "accounts", "ctx", "context", "contexts", "region", "regions"})
PLACEHOLDER = "command, id, address, account or Region; ? searches descriptions"


class CommandPalette(Dialog[None]):
    """Runs the highlighted command on Enter: at first the best match of what was typed.

    `below` is the screen whose commands they are.
    """

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("down,ctrl+n,tab", "move(1)", show=False),
        Binding("up,ctrl+p,shift+tab", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]
    DEFAULT_CSS = """
    CommandPalette {
        align-horizontal: center;
        & > Vertical {
            width: 94%;
            max-width: 120;
            height: auto;
            max-height: 90%;
            margin-top: 1;
            border: round $primary;
            background: $surface;
        }
        Horizontal { height: 1; }
        Label { color: $primary; text-style: bold; padding: 0 1; }
        Input { width: 1fr; border: none; padding: 0; height: 1; background: $surface; }
        OptionList { height: auto; max-height: 100%; border: none; background: $surface; }
        .hint { color: $warning; display: none; padding: 0 1; width: 1fr; height: auto; }
        .hint.-shown { display: block; }
    }
    """

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below
        self._commands: list[Command] = []
        self._matching: list[Command] = []

    def compose(self) -> ComposeResult:
        """The line, the commands, and what is said if none matches."""
        with Vertical():
            with Horizontal():
                yield Label(":")
                yield Input(placeholder=PLACEHOLDER, compact=True)
            yield OptionList(compact=True)
            yield Label(classes="hint")

    def on_mount(self) -> None:
        """Show all commands of the screen below."""
        self.set_focus(self.query_one(Input))
        self._commands = list(commands_on(self.app, self._below))
        self._show("")

    def _show(self, text: str) -> None:
        matching = find_commands(text, self._commands)
        self._matching = [*destination_commands(text, self.app), *matching] if text.strip() else matching
        options = self.query_one(OptionList)
        options.can_focus = False
        options.clear_options()
        options.add_options(_lines(self._matching))
        options.highlighted = 0 if self._matching else None
        hint = self.query_one(".hint", Label)
        hint.set_class(not self._matching, "-shown")
        typed = cut(clean(text.strip()), MAX_TYPED_WIDTH)
        names_account = typed.lower().partition(" ")[0] in ACCOUNT_WORDS and len(host_of(self).scopes) == 1
        no_match = f'Nothing is called "{typed}". ?{typed} searches descriptions.'
        hint.update(Content(ONE_ACCOUNT if names_account else no_match))

    @on(Input.Changed)
    def _text_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._run(highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._run(event.option_index)

    def _run(self, index: int) -> None:
        command = self._matching[index]
        self.dismiss()
        self.app.call_later(command.run)

    def action_close(self) -> None:
        """Close without a command."""
        self.dismiss()

    def action_move(self, lines: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = max(0, min(len(self._matching) - 1, options.highlighted + lines))


def _lines(commands: Sequence[Command]) -> list[Content]:
    """The commands in columns: keys, title, description."""
    keys_width = max((cell_len(command.keys) for command in commands), default=0) + COLUMN_GAP
    title_width = max((cell_len(command.title) for command in commands), default=0) + COLUMN_GAP
    return [
        Content.styled(_padded(command.keys, keys_width), "$primary")
        + Content(_padded(command.title, title_width))
        + Content.styled(command.description, "$lt-dim")
        for command in commands
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
