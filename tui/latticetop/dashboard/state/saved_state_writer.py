"""Keeps the filters and sort orders of tables: for as long as the app runs, or for the next start."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from latticetop.dashboard import navigation

if TYPE_CHECKING:
    from textual.worker import Worker

    from latticetop.dashboard.keys.keyed_app import KeyedApp
    from latticetop.dashboard.state.saved_state import SavedState


class SavedStateWriter:
    """Acts on what tables ask for, and tells the user what was saved. That saving fails is told once."""

    def __init__(self, app: KeyedApp, saved_state: SavedState) -> None:
        self._app, self._saved_state = app, saved_state
        self._has_failed = False

    def keep(self, message: navigation.SavedStateMessage) -> None:
        """Set a filter or sort order, and save it where that is asked for; an empty one forgets the saved one."""
        match message:
            case navigation.FilterAccepted():
                self._saved_state.set_filter(message.table, message.text)
            case navigation.FilterKept():
                if self._saved_state.keep_filter(message.table, message.text):
                    self._start_saving("The filter is saved for the next start." if message.text else "")
            case navigation.SortOrderSelected():
                self._saved_state.set_order(message.table, message.order)
                reset, keep = self._app.key_to("reset-order", "keep-order").split()
                self._app.say(f"Sorted; {reset} resets the order, {keep} keeps it." if message.order else "")
            case navigation.SortOrderKept():
                if self._saved_state.keep_order(message.table, message.order):
                    self._start_saving("The sort order is saved for the next start." if message.order else "")

    def _start_saving(self, success: str) -> Worker[None]:
        return self._app.run_worker(partial(self._save, success), name="save state", group="save state")

    async def _save(self, success: str) -> None:
        try:
            await asyncio.to_thread(self._saved_state.save)
            if success:
                self._app.notify(success, markup=False)
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                reason = f"Filters and sort orders cannot be saved: {error.strerror}."
                self._app.notify(reason, severity="warning", markup=False)
