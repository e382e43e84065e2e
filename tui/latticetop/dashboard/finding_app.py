"""What an app has to do with finding: it goes where it is told to, and remembers filters and orders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import work

from latticetop.dashboard.keyed_app import KeyedApp

if TYPE_CHECKING:
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.memory import Memory


class FindingApp(KeyedApp):
    """Remembers in `memory` what is filtered and how it is sorted."""

    memory: Memory
    _forgetful: bool = False
    """Whether it was said that nothing can be kept."""

    def remember(self, *, filter: tuple[str, str] | None = None, order: tuple[str, str] | None = None) -> None:  # noqa: A002
        """Keep a table's filter or order, by the table's name, for the next start."""
        changed = [self.memory.set_filter(*filter)] if filter else []
        changed += [self.memory.set_order(*order)] if order else []
        if any(changed):
            self._save()

    @work(group="memory")
    async def _save(self) -> None:
        try:
            await asyncio.to_thread(self.memory.save)
        except OSError as error:
            if self._forgetful:
                return
            self._forgetful = True
            why = f"Filters and orders could not be kept for the next start: {error.strerror}."
            self.notify(why, severity="warning", markup=False)

    def action_back_to(self, depth: int) -> None:
        """Go back to the screen that lies so many high, the main one being the second."""
        while len(self.screen_stack) > max(2, depth):
            self.pop_screen()

    def action_go(self) -> None:
        """Ask where to go."""
        from latticetop.dashboard.widgets.go_prompt import GoPrompt

        if not self.screen.query(GoPrompt):
            self.screen.mount(GoPrompt(cast("LatticetopApp", self), self.screen.focused))
