"""A count over time, stored as the steps at which it changed; bounded in number however long it is followed."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_STEPS = 512
"""The number of steps that are kept, 12 bytes each."""
_UNKNOWN = -1


class Level(NamedTuple):
    """A count; `at_most` if it is only an upper bound, since not everything that is in use is visible."""

    value: int
    at_most: bool = False


class LevelStep(NamedTuple):
    """The level from the time `at` (POSIX seconds) on; None where it is unknown."""

    at: float
    level: Level | None


class Series:
    """The steps of one count, the oldest first. Times are POSIX seconds.

    Beyond `max_steps` the series is thinned. The first step and the newest quarter stay. The others are paired with
    their neighbours, and of the half of the pairs that are closest in time only the lower step stays. So the lowest
    count is never lost, every step that is left did happen, and the whole time is covered at about the same resolution.
    If nearly every pair has an unknown step, the oldest steps are dropped instead.
    """

    __slots__ = ("_levels", "_max_steps", "_times")

    def __init__(self, max_steps: int = MAX_STEPS) -> None:
        self._times = array("d")
        self._levels = array("i")
        self._max_steps = max_steps

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[LevelStep]:
        return (LevelStep(at, _decoded(code)) for at, code in zip(self._times, self._levels, strict=True))

    @property
    def last(self) -> LevelStep | None:
        """The newest step; None in an empty series."""
        return LevelStep(self._times[-1], _decoded(self._levels[-1])) if self._times else None

    def put(self, at: float, level: Level | None) -> None:
        """Add the level at a time, not before the last step; a level equal to the last one adds no step."""
        if self._times and self._times[-1] == at:
            self._drop_last()
        code = _encoded(level)
        if self._levels[-1:] != array("i", [code]):
            self._times.append(at)
            self._levels.append(code)
            if len(self._times) > self._max_steps:
                self._thin()

    def drop_after(self, at: float) -> None:
        """Drop the steps after a time."""
        keep = bisect_right(self._times, at)
        del self._times[keep:], self._levels[keep:]

    def restate_times(self, seconds: float) -> None:
        """Move all steps by so many seconds."""
        self._times = array("d", (at + seconds for at in self._times))

    def level_at(self, at: float) -> Level | None:
        """Return the level at a time; None if it is unknown, or before the first step."""
        index = bisect_right(self._times, at) - 1
        return _decoded(self._levels[index]) if index >= 0 else None

    def lowest(self) -> LevelStep | None:
        """Return the first step with the lowest count; None if no count is known."""
        known = [index for index, code in enumerate(self._levels) if code != _UNKNOWN]
        if not known:
            return None
        lowest = min(known, key=lambda index: self._levels[index] >> 1)
        return LevelStep(self._times[lowest], _decoded(self._levels[lowest]))

    def known_until(self, at: float) -> list[LevelStep]:
        """Return the steps up to a time that follow the last unknown one; empty if the level is unknown then."""
        end = bisect_right(self._times, at)
        begin = end
        while begin and self._levels[begin - 1] != _UNKNOWN:
            begin -= 1
        return [LevelStep(self._times[i], _decoded(self._levels[i])) for i in range(begin, end)]

    def _drop_last(self) -> None:
        del self._times[-1:], self._levels[-1:]

    def _thin(self) -> None:
        dropped = self._dispensable_indexes()
        times, levels = self._times, self._levels
        self._times, self._levels = array("d"), array("i")
        for index, code in enumerate(levels):
            if index not in dropped and self._levels[-1:] != array("i", [code]):
                self._times.append(times[index])
                self._levels.append(code)
        surplus = len(self._times) - self._max_steps
        if surplus > 0:
            del self._times[:surplus], self._levels[:surplus]

    def _dispensable_indexes(self) -> set[int]:
        """The higher step of each pair of neighbours that are closest in time and both known."""
        times, levels = self._times, self._levels
        first = range(1, len(times) - self._max_steps // 4 - 1, 2)
        pairs = [index for index in first if _UNKNOWN not in (levels[index], levels[index + 1])]
        pairs.sort(key=lambda index: times[index + 2] - times[index])
        closest = pairs[: (len(pairs) + 1) // 2]
        return {index + 1 if levels[index] < levels[index + 1] else index for index in closest}


def _encoded(level: Level | None) -> int:
    return _UNKNOWN if level is None else level.value << 1 | level.at_most


def _decoded(code: int) -> Level | None:
    return None if code == _UNKNOWN else Level(code >> 1, bool(code & 1))
