"""A screen that is painted only when its layout is final: no frame shows tables at another width than their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.await_remove import AwaitRemove

QUIET_ROUNDS, MAX_ROUNDS = 3, 500
"""Rounds of the event loop without a message after which a layout is final, and after how many it is painted anyway."""


class SettledScreen(Screen[None]):
    """Until the frame is released, what is on the terminal stays: the screen from which this one was opened.

    Textual paints after each layout, before the widgets have handled their new sizes.
    """

    _is_held = True
    _is_settling = False

    def hold_frame(self) -> None:
        """Paint the next frame only when its layout is final."""
        self._is_held = True

    def _compositor_refresh(self) -> None:
        # Private to Textual: without it each screen flashes, and is otherwise the same.
        if not self._is_held:
            super()._compositor_refresh()
        elif not self._is_settling and self.is_current:
            self._is_settling = True
            self.run_worker(self._settle(), group="first frame")

    def remove(self) -> AwaitRemove:
        """Remove the screen; first end its work, which would find some of its widgets gone."""
        for node in self.walk_children(with_self=True):
            self.workers.cancel_node(node)
        return super().remove()

    async def _settle(self) -> None:
        quiet_rounds = 0
        for _ in range(MAX_ROUNDS):
            await asyncio.sleep(0)
            if self._layout_required or self._scroll_required or self._callbacks:
                self._on_timer_update()
                quiet_rounds = 0
            elif any(node.message_queue_size for node in self.walk_children(with_self=True)):
                quiet_rounds = 0
            else:
                quiet_rounds += 1
            if quiet_rounds == QUIET_ROUNDS:
                break
        self._is_held = self._is_settling = False
        self.refresh()
