"""A dialog: a screen above another one, which is seen beside it."""

from __future__ import annotations

from textual.screen import ModalScreen, ScreenResultType

from latticetop.dashboard.widgets.closes_once import ClosesOnce


class Dialog(ClosesOnce[ScreenResultType], ModalScreen[ScreenResultType]):
    """Closes once."""
