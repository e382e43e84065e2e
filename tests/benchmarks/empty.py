"""A Textual app with nothing in it but a line of text: what every Textual app takes to start and to answer a key."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT, ANSWER = "An empty app.", "A key was pressed."


class Empty(App[None]):
    """One Static."""

    _answered = False

    def compose(self) -> ComposeResult:
        yield Static(TEXT)

    def on_key(self) -> None:
        """Show another text, or the first one again."""
        self._answered = not self._answered
        self.query_one(Static).update(ANSWER if self._answered else TEXT)


if __name__ == "__main__":
    Empty().run()
