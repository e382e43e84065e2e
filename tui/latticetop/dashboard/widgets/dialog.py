"""A dialog: a screen above another one, which is seen beside it."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """Closes once: a key that was pressed twice has closed it when it is handled again."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the dialog, if it is on top; Textual would close whichever screen is."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
