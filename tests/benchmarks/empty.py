"""A Textual app with nothing in it but a line of text: what every Textual app takes at least to start."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT = "An empty app."


class Empty(App[None]):
    """One Static."""

    def compose(self) -> ComposeResult:
        yield Static(TEXT)


if __name__ == "__main__":
    Empty().run()
