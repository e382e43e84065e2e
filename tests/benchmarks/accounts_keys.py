"""Key press to painted frame in the dashboard over many accounts, while all are read for the first time and after it.

Beside it, key by key, an empty Textual app in another terminal: what the machine does besides, it does to both.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from tests.benchmarks import alike, empty
from tests.benchmarks.keys import DOWN, GAPS, UP, Sight, row_cursor, share_of
from tests.benchmarks.table import heading, mib, ms, ratio, row, say, title
from tests.benchmarks.terminal import Child, Screen, dashboard

LEAST_KEYS = 300
"""Keys after the first read; during it there are as many as it takes."""
FIRST_READ_SECONDS = 600.0
ACCOUNTS = "c"
_FIRST_ROW = 4
_cursor = row_cursor(0)


class Keys(NamedTuple):
    """Keys in the dashboard and, pressed in between, in the empty app."""

    ours: list[float]
    empty: list[float]


def table(counts: Iterable[int], milliseconds: int) -> None:
    """A row for each number of accounts; one run of each."""
    title(f"Key press to painted frame, accounts of {alike.SUBNETS} subnets, {milliseconds} ms a call, in a terminal")
    heading(
        "accounts", "p99 reading/empty app", "p99 after/empty app", "p50 reading", "p99 reading", "n", "p50 after",
        "p99 after", "n", "empty p50", "empty p99", "memory after the first read",
    )  # fmt: skip
    with alike.serving(milliseconds) as url:
        for count in counts:
            reading, after, memory = measure(url, count)
            beside = reading.empty + after.empty
            row(
                f"{count:,}",
                ratio(share_of(reading.ours, 0.99), share_of(reading.empty, 0.99)),
                ratio(share_of(after.ours, 0.99), share_of(after.empty, 0.99)),
                *_cells(reading.ours),
                *_cells(after.ours),
                *(ms(share_of(beside, share)) for share in (0.5, 0.99)),
                mib(memory),
            )
    say(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}, with {os.cpu_count()} processors.")


def measure(url: str, count: int) -> tuple[Keys, Keys, int]:
    """The keys during the first read of so many accounts and after it, and the most memory resident until then."""
    with ExitStack() as stack:
        config = Path(stack.enter_context(TemporaryDirectory()), "latticetop.toml")
        config.write_text(alike.roles(count))
        stack.enter_context(patch.dict(os.environ, LATTICETOP_CONFIG=str(config)))
        beside = stack.enter_context(Child("-m", empty.__name__))
        beside.until(lambda screen: empty.TEXT in screen.lines[0])
        child = stack.enter_context(dashboard(url))
        child.until(lambda screen: any("Trouble" in line for line in screen.lines))
        child.press(ACCOUNTS)
        child.until(lambda screen: _cursor(screen) is not None and "accounts" in screen.lines[0])
        hand = _Hand(child, beside)
        while not _is_read(child.screen, count):
            hand.next()
            if child.seconds > FIRST_READ_SECONDS:
                raise TimeoutError(f"{count} accounts were not read; on screen:\n" + "\n".join(child.screen.lines))
        reading, memory = hand.take(), child.peak_memory()
        while hand.count < LEAST_KEYS:
            hand.next()
        return reading, hand.take(), memory


def _cells(presses: list[float]) -> tuple[str, str, str]:
    return ms(share_of(presses, 0.5)), ms(share_of(presses, 0.99)), f"{len(presses)}"


def _is_read(screen: Screen, count: int) -> bool:
    """Whether the border of the list of accounts counts the subnets of all."""
    return any(f"{count * alike.SUBNETS:,} subnets in" in line and "not read" not in line for line in screen.lines)


class _Hand:
    """Moves the cursor of the list of accounts, with a key in the empty app after each."""

    def __init__(self, child: Child, beside: Child) -> None:
        self._child, self._beside = child, beside
        self._ours: list[float] = []
        self._empty: list[float] = []

    @property
    def count(self) -> int:
        """The keys pressed in the dashboard since they were last taken."""
        return len(self._ours)

    def take(self) -> Keys:
        """The keys so far; counting begins anew."""
        keys, self._ours, self._empty = Keys(self._ours, self._empty), [], []
        return keys

    def next(self) -> None:
        """A key in the list, and one in the empty app."""
        at = _cursor(self._child.screen)
        key = UP if isinstance(at, int) and at > _FIRST_ROW else DOWN
        self._ours.append(_seconds_to_frame(self._child, key, _cursor))
        self._empty.append(_seconds_to_frame(self._beside, "x", _first_line))


def _seconds_to_frame(child: Child, key: str, sight: Sight) -> float:
    before = sight(child.screen)
    pressed = child.press(key)
    painted = child.until(lambda screen: sight(screen) != before)
    child.watch(random.uniform(*GAPS))
    return painted - pressed


def _first_line(screen: Screen) -> str:
    return screen.lines[0]
