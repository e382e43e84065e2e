"""A screen that is painted only when its layout is final: no frame shows tables at another width than their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from latticetop.dashboard.widgets.closes_once import ClosesOnce

if TYPE_CHECKING:
    from textual import events
    from textual._compositor import CompositorMap
    from textual.await_remove import AwaitRemove
    from textual.geometry import Size

QUIET_ROUNDS, MAX_ROUNDS = 3, 500
"""Rounds of the event loop without a message after which a layout is final, and after how many it is painted anyway."""


class SettledScreen(ClosesOnce[None]):
    """Until the frame is released, what is on the terminal stays: the screen from which this one was opened.

    Textual paints after each layout, before the widgets have handled their new sizes.
    """

    _is_held = True
    _is_settling = False
    _was_shown = False
    _laid_out: CompositorMap | None = None
    """Where the widgets were at the last layout, of which they have been told."""

    class Painted(Message):
        """A frame that was held is on the terminal."""

    def hold_frame(self) -> None:
        """Paint the next frame only when its layout is final."""
        self._is_held = True

    def _compositor_refresh(self) -> None:
        # Private to Textual: without it each screen flashes, and is otherwise the same.
        if not self._is_held:
            super()._compositor_refresh()
        elif not self._is_settling and self.is_current:
            self._is_settling = True
            self._settle()

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # What was just mounted has its styles. (Textual calls this method of every base class.)
        event.refresh_styles = event.refresh_styles and self._was_shown
        self._was_shown = True

    def _screen_resized(self, size: Size) -> None:
        # Textual tells a screen its first size twice; a terminal that tells the same size again wants a new picture.
        if size != self._compositor.size:
            super()._screen_resized(size)
        else:
            self.refresh()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Lay out the widgets, and tell each that has a new size.

        Textual compares with a map that whoever asks for a region may have renewed meanwhile, and then tells nobody.
        """
        compositor = self._compositor
        if self._laid_out is not None and self._laid_out is not compositor._full_map:
            compositor._full_map, compositor._full_map_invalidated = self._laid_out, True
        super()._refresh_layout(size, scroll)
        self._laid_out = compositor._full_map

    def remove(self) -> AwaitRemove:
        """Remove the screen; first end its work, which would find some of its widgets gone."""
        for node in self.walk_children(with_self=True):
            self.workers.cancel_node(node)
        return super().remove()

    @work(group="first frame")
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
        # Textual would paint up to a sixtieth of a second later.
        self._on_timer_update()
        self.post_message(self.Painted())
