"""A hook on the first read: what a simulated account plays starts when its viewer can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.follow.status import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.follow.status import Publish, Source, Update

BUSY = (Phase.CONNECTING, Phase.READING)
"""Phases in which a read is under way."""


class FirstReadHook:
    """A `status.Source` that calls back once, after it has published the end of its source's first read.

    A read that failed counts too: its problem is then on screen.
    """

    def __init__(self, source: Source, on_first_read: Callable[[], None]) -> None:
        self._source = source
        self._on_first_read = on_first_read
        self._pending = True
        self.refresh, self.pause, self.resume = source.refresh, source.pause, source.resume
        self.focus, self.select, self.renew = source.focus, source.select, source.renew
        self.describe_interface, self.investigate = source.describe_interface, source.investigate

    async def run(self, publish: Publish) -> None:
        """Publish what the source publishes until cancelled."""

        def publish_and_call(update: Update) -> None:
            publish(update)
            if self._pending and update.status.phase not in BUSY:
                self._pending = False
                self._on_first_read()

        await self._source.run(publish_and_call)
