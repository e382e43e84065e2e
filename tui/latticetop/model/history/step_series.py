"""A count over time as steps: when it became what; kept within bounds for as long as anybody watches."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 512
"""How many steps are kept; twelve bytes each."""
_UNREAD = -1


class Level(NamedTuple):
    """A count; `at_most` when some of what takes from it cannot be seen."""

    value: int
    at_most: bool = False


class Step(NamedTuple):
    """From `at` on (POSIX seconds) the count was at that level; None while it was not known."""

    at: float
    level: Level | None


class Series:
    """The steps of one count, the oldest first. Times are POSIX seconds.

    Beyond `most` steps it is thinned: the first step stays, and the newest quarter; the others are taken two by two,
    and of the half of these pairs that are closest in time the lower step is kept. So what was the lowest stays the
    lowest, every step that is left did happen, and all of the time is told about equally finely. Where nearly every
    pair has a step that was unread, the oldest steps go.
    """

    __slots__ = ("_levels", "_most", "_times")

    def __init__(self, most: int = MOST) -> None:
        self._times = array("d")
        self._levels = array("i")
        self._most = most

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[Step]:
        return (Step(at, _decoded(code)) for at, code in zip(self._times, self._levels, strict=True))

    @property
    def last(self) -> Step | None:
        """The newest step."""
        return Step(self._times[-1], _decoded(self._levels[-1])) if self._times else None

    def put(self, at: float, level: Level | None) -> None:
        """Note the level at a time not before the last; the same level again is no step."""
        if self._times and self._times[-1] == at:
            self._drop_last()
        code = _encoded(level)
        if self._levels[-1:] != array("i", [code]):
            self._times.append(at)
            self._levels.append(code)
            if len(self._times) > self._most:
                self._thin()

    def forget_after(self, at: float) -> None:
        """Drop the steps after a time."""
        keep = bisect_right(self._times, at)
        del self._times[keep:], self._levels[keep:]

    def level_at(self, at: float) -> Level | None:
        """The level at a time; None before the first step too."""
        place = bisect_right(self._times, at) - 1
        return _decoded(self._levels[place]) if place >= 0 else None

    def lowest(self) -> Step | None:
        """The first step with the lowest count; None when none was ever known."""
        known = [index for index, code in enumerate(self._levels) if code != _UNREAD]
        if not known:
            return None
        least = min(known, key=lambda index: self._levels[index] >> 1)
        return Step(self._times[least], _decoded(self._levels[least]))

    def known_until(self, at: float) -> list[Step]:
        """The steps up to a time, after the last stretch in which nothing was known; empty when nothing is then."""
        end = bisect_right(self._times, at)
        begin = end
        while begin and self._levels[begin - 1] != _UNREAD:
            begin -= 1
        return [Step(self._times[i], _decoded(self._levels[i])) for i in range(begin, end)]

    def _drop_last(self) -> None:
        del self._times[-1:], self._levels[-1:]

    def _thin(self) -> None:
        dropped = self._dispensable()
        times, levels = self._times, self._levels
        self._times, self._levels = array("d"), array("i")
        for index, code in enumerate(levels):
            if index not in dropped and self._levels[-1:] != array("i", [code]):
                self._times.append(times[index])
                self._levels.append(code)
        surplus = len(self._times) - self._most
        if surplus > 0:
            del self._times[:surplus], self._levels[:surplus]

    def _dispensable(self) -> set[int]:
        """The higher of two neighbours, where they are closest in time and both known."""
        times, levels = self._times, self._levels
        first = range(1, len(times) - self._most // 4 - 1, 2)
        pairs = [index for index in first if _UNREAD not in (levels[index], levels[index + 1])]
        pairs.sort(key=lambda index: times[index + 2] - times[index])
        closest = pairs[: (len(pairs) + 1) // 2]
        return {index + 1 if levels[index] < levels[index + 1] else index for index in closest}


def _encoded(level: Level | None) -> int:
    return _UNREAD if level is None else level.value << 1 | level.at_most


def _decoded(code: int) -> Level | None:
    return None if code == _UNREAD else Level(code >> 1, bool(code & 1))
