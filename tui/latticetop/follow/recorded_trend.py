"""How the counts went over a whole recording."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from latticetop.model.snapshot import Snapshot
from latticetop.model.trend import Trend

from .recording import Recording, advance


def trend_of(recording: Recording, go_on: Callable[[int], bool]) -> Trend | None:
    """Follow every entry; may run in another thread, as it opens the file anew. RecordingError for a damaged one.

    `go_on` is told how many entries are done, and says whether to go on; None when it did not.
    """
    trend = Trend()
    snapshot: Snapshot | None = None
    with closing(recording.again()) as own:
        for index in range(len(own)):
            if not go_on(index):
                return None
            snapshot = advance(snapshot, own.entry(index))
            if snapshot is not None:
                trend.follow(snapshot)
    return trend
