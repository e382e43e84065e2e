"""A screen that closes once, however often it is told to."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class ClosesOnce(Screen[ScreenResultType]):
    """A key that was pressed twice has closed it when it is handled again; Textual would then close the one below."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the screen, if it is on top."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
