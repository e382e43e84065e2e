"""The change log of one scope: the events between successive snapshots, bounded in number."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.model.history.change_events import ChangeEvent
from latticetop.model.history.endpoint_changes import endpoint_changes
from latticetop.model.history.subnet_changes import subnet_changes
from latticetop.model.snapshot import with_times_moved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from latticetop.model.snapshot import Snapshot

MAX_EVENTS = 2_000
"""The number of events that are kept."""


def events_between(before: Snapshot, after: Snapshot, *, same_selection: bool = True) -> list[ChangeEvent]:
    """Compare two snapshots of one scope; causes come before effects.

    Parts that were not read in both snapshots are not compared, nor are snapshots of different scopes. Pass
    `same_selection=False` if the selection changed in between: subnets and endpoints that appear or disappear are then
    a result of the selection and no events. The cost depends on the number of subnets whose reading is a new object.
    """
    if before is after or before.scope != after.scope:
        return []
    return [
        *subnet_changes(before, after, same_selection=same_selection),
        *endpoint_changes(before, after, same_selection=same_selection),
    ]


class ChangeLog:
    """The last events of one scope, the oldest first."""

    def __init__(self, max_events: int = MAX_EVENTS) -> None:
        self._events: deque[ChangeEvent] = deque(maxlen=max_events)
        self._snapshot: Snapshot | None = None
        self._selection_changing = False
        self.total = 0
        """The number of events so far, those no longer kept included; it also grows when events become others."""

    @property
    def events(self) -> Sequence[ChangeEvent]:
        """The events that are kept, the oldest first."""
        return self._events

    def begin_selection_change(self) -> None:
        """Ignore subnets and endpoints that appear or disappear, until `end_selection_change`."""
        self._selection_changing = True

    def end_selection_change(self) -> None:
        """Report subnets and endpoints that appear or disappear again: the new selection has been read."""
        self._selection_changing = False

    def add_snapshot(self, snapshot: Snapshot) -> list[ChangeEvent]:
        """Compare a snapshot with the previous one, and keep and return the events; the first one has none.

        A snapshot older than the previous one (a replay that goes back) drops the events after its time.
        """
        previous, self._snapshot = self._snapshot, snapshot
        if previous is None:
            return []
        if snapshot.taken_at < previous.taken_at:
            self._drop_events_after(snapshot)
            return []
        events = events_between(previous, snapshot, same_selection=not self._selection_changing)
        self._events.extend(events)
        self.total += len(events)
        return events

    def restate_times(self, step: timedelta) -> None:
        """Move all times after the clock was set forward by a `step` (back if it is negative)."""
        if self._snapshot is not None:
            self._snapshot = with_times_moved(self._snapshot, step)
        events = (
            structs.replace(event, at=event.at + step, since=event.since + step if event.since else None)
            for event in self._events
        )
        self._events = deque(events, maxlen=self._events.maxlen)
        self.total += 1

    def _drop_events_after(self, snapshot: Snapshot) -> None:
        kept = [event for event in self._events if event.at <= snapshot.taken_at]
        if len(kept) != len(self._events):
            self._events = deque(kept, maxlen=self._events.maxlen)
            self.total += 1
