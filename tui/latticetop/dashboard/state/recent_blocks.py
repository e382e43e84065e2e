"""Which blocks changed lately: each is marked for a few reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.snapshot import changed_blocks

if TYPE_CHECKING:
    from latticetop.model.snapshot import Snapshot

READS = 4
"""For how many reads a changed block stays marked."""


class Marks:
    """The blocks that changed within the last few reads of a scope."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, int], int] = {}
        self._last: Snapshot | None = None

    def follow(self, snapshot: Snapshot) -> None:
        """Take the next snapshot into account; the same one again changes nothing."""
        last, self._last = self._last, snapshot
        if last is None or last is snapshot or last.scope != snapshot.scope:
            return
        self._left = {key: left - 1 for key, left in self._left.items() if left > 1}
        for subnet_id, indexes in changed_blocks(last, snapshot).items():
            if subnet_id in last.read_at:
                self._left |= {(subnet_id, index): READS for index in indexes}

    def of(self, subnet_id: str) -> frozenset[int]:
        """The marked blocks of a subnet."""
        return frozenset(index for (subnet, index) in self._left if subnet == subnet_id)
