"""What changed in a scope: entries with a time, told from two snapshots that follow each other, kept within bounds."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from latticetop.model.history.endpoint_changes import endpoint_changes
from latticetop.model.history.events import Entry
from latticetop.model.history.subnet_changes import subnet_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.snapshot import Snapshot

MOST = 2_000
"""How many entries are kept."""


def entries_between(before: Snapshot, after: Snapshot, *, same_selection: bool = True) -> list[Entry]:
    """What changed in the account from one snapshot to the next, causes before effects.

    What was not read in both is passed over. Where another selection was asked for in between, subnets and endpoints
    that come or go tell of the selection and not of the account. Only subnets whose reading is another object cost.
    """
    if before is after or before.scope != after.scope:
        return []
    return [
        *subnet_changes(before, after, same_selection=same_selection),
        *endpoint_changes(before, after, same_selection=same_selection),
    ]


class Journal:
    """The last entries of one scope, the oldest first."""

    def __init__(self, most: int = MOST) -> None:
        self._entries: deque[Entry] = deque(maxlen=most)
        self._last: Snapshot | None = None
        self._other_selection = False
        self.total = 0
        """How many entries there were ever; it grows with each one."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries kept, the oldest first."""
        return self._entries

    def expect_another_selection(self) -> None:
        """From now on, until `settled`, subnets and endpoints may come and go because something else is read."""
        self._other_selection = True

    def settled(self) -> None:
        """What was asked for last has been read."""
        self._other_selection = False

    def follow(self, snapshot: Snapshot) -> list[Entry]:
        """Take the next snapshot into account and give its entries; going back in time forgets what came after."""
        last, self._last = self._last, snapshot
        if last is None:
            return []
        if snapshot.taken_at < last.taken_at:
            self._forget_after(snapshot)
            return []
        found = entries_between(last, snapshot, same_selection=not self._other_selection)
        self._entries.extend(found)
        self.total += len(found)
        return found

    def _forget_after(self, snapshot: Snapshot) -> None:
        kept = [entry for entry in self._entries if entry.at <= snapshot.taken_at]
        if len(kept) != len(self._entries):
            self._entries = deque(kept, maxlen=self._entries.maxlen)
            self.total += 1
