"""The blocks that changed recently: each is marked for a few reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.snapshot import changed_blocks

if TYPE_CHECKING:
    from latticetop.model.snapshot import Snapshot

RECENT_READS = 4
"""For how many reads a changed block stays marked."""


class RecentBlocks:
    """The blocks of a scope that changed within the last few reads."""

    def __init__(self) -> None:
        self._reads_left: dict[tuple[str, int], int] = {}
        """By subnet id and index of the block."""
        self._last: Snapshot | None = None

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Take the next snapshot into account; the same one again changes nothing."""
        last, self._last = self._last, snapshot
        if last is None or last is snapshot or last.scope != snapshot.scope:
            return
        self._reads_left = {block: reads - 1 for block, reads in self._reads_left.items() if reads > 1}
        for subnet_id, indexes in changed_blocks(last, snapshot).items():
            if subnet_id in last.read_at:
                self._reads_left |= {(subnet_id, index): RECENT_READS for index in indexes}

    def of(self, subnet_id: str) -> frozenset[int]:
        """The indexes of the marked blocks of a subnet."""
        return frozenset(index for (subnet, index) in self._reads_left if subnet == subnet_id)
