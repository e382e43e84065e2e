"""Key press to painted frame in a real terminal: input thread, event loop, layout and the driver's write.

A frame counts once it shows what the key does: the cursor of the pane at hand in another place, or another pane's
border lit. So what a read in progress paints on its own is not taken for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil
from random import Random
from typing import NamedTuple

from tests.benchmarks.table import heading, ms, ratio, row, say, title
from tests.benchmarks.terminal import HEIGHT, WIDTH, Child, Screen, dashboard

UP, DOWN, RIGHT, LEFT, TAB = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\t"
IDLE_KEYS, LEAST_READING, MOST_READS = 300, 200, 5
STATES = ("idle", "reading")
GAPS = (0.02, 0.08)
"""Seconds from a frame to the next key, at random between."""
LOST, LOST_AFTER = "lost", 5.0
"""The kind of keys whose effect is not seen in so many seconds, as when the frame before was late and had it undone."""
_HALF = WIDTH // 2
_FIRST_ROW = 3
"""The line of the first row of a table."""
_SECOND = 20
"""A column of the pane of blocks: a cursor from there on has a block to its left, one before it to its right."""

Sight = Callable[[Screen], object]


class Press(NamedTuple):
    """What kind of key it was, and the seconds until its frame was whole."""

    kind: str
    seconds: float


def idle(url: str) -> list[Press]:
    """Keys once the first read has ended."""
    with dashboard(url) as child:
        child.until(_ready)
        child.until(_live)
        hand = _Hand(child, Random(1))
        return [hand.next() for _ in range(IDLE_KEYS)]


def while_reading(url: str) -> list[Press]:
    """Keys while a first read is under way; read anew until there are enough of them."""
    presses: list[Press] = []
    for seed in range(MOST_READS):
        with dashboard(url) as child:
            child.until(_ready)
            hand = _Hand(child, Random(seed))
            while not _live(child.screen):
                presses.append(hand.next())
        if len(presses) >= LEAST_READING:
            break
    return presses


def table(url: str, repeat: int) -> None:
    """Idle and while reading, the best of several runs of each by their 99th percentile."""
    calm = min((idle(url) for _ in range(repeat)), key=lambda run: percentile(run, 0.99))
    busy = min((while_reading(url) for _ in range(repeat)), key=lambda run: percentile(run, 0.99))
    title("Key press to painted frame, idle and during a first read, in a terminal")
    heading("keys", "p99 reading/idle", "p50 reading/idle", *(f"{p} {s}" for s in STATES for p in ("p50", "p99", "n")))
    lost = [sum(press.kind == LOST for press in run) for run in (calm, busy)]
    calm, busy = ([press for press in run if press.kind != LOST] for run in (calm, busy))
    for kind in ("all", *dict.fromkeys(press.kind for press in calm)):
        runs = [[press for press in run if kind in ("all", press.kind)] for run in (calm, busy)]
        if not all(runs):
            continue
        (calm50, calm99), (busy50, busy99) = ([percentile(run, share) for share in (0.5, 0.99)] for run in runs)
        counts = [f"{len(run)}" for run in runs]
        row(
            kind, ratio(busy99, calm99), ratio(busy50, calm50),
            ms(calm50), ms(calm99), counts[0], ms(busy50), ms(busy99), counts[1],
        )  # fmt: skip
    say(
        f"\nNot seen, so not in the table: {lost[0]} of {lost[0] + len(calm)} keys idle, {lost[1]} of "
        f"{lost[1] + len(busy)} while reading."
    )


def percentile(presses: list[Press], share: float) -> float:
    """Seconds within which that share of the keys was answered."""
    return share_of([press.seconds for press in presses], share)


def share_of(seconds: list[float], share: float) -> float:
    """The time within which that share of some times lies."""
    return sorted(seconds)[max(0, ceil(len(seconds) * share) - 1)]


class _Hand:
    """Presses keys in each pane in turn, back and forth, so that every key has something to move."""

    def __init__(self, child: Child, random: Random) -> None:
        self._child, self._random = child, random
        self._keys = self._round()

    def next(self) -> Press:
        """One key more, and a pause."""
        kind, key, sight = next(self._keys)
        before = sight(self._child.screen)
        pressed = self._child.press(key)
        try:
            painted = self._child.until(lambda screen: sight(screen) != before, LOST_AFTER)
        except TimeoutError:
            return Press(LOST, LOST_AFTER)
        self._child.watch(self._random.uniform(*GAPS))
        return Press(kind, painted - pressed)

    def _round(self) -> Iterator[tuple[str, str, Sight]]:
        while True:
            match _lit_pane(self._child.screen):
                case 0:
                    yield from self._rows("endpoints", 0)
                case 1:
                    yield from self._rows("subnets", _HALF)
                case 3:
                    yield from self._blocks()
            yield "pane", TAB, _lit_pane

    def _blocks(self) -> Iterator[tuple[str, str, Sight]]:
        for _ in range(6):
            # A subnet whose interfaces were not read yet has no blocks, so no cursor.
            if place := _block_cursor(self._child.screen):
                yield "blocks", LEFT if place[0][0] >= _SECOND else RIGHT, _block_cursor

    def _rows(self, kind: str, left: int) -> Iterator[tuple[str, str, Sight]]:
        sight = row_cursor(left)
        for _ in range(6):
            row = sight(self._child.screen)
            yield kind, UP if isinstance(row, int) and row > _FIRST_ROW else DOWN, sight


def row_cursor(left: int) -> Sight:
    """The line of the cursor of the table that begins at a column; None when it is out of sight."""

    def line(screen: Screen) -> int | None:
        return next((y for y in range(HEIGHT) if screen.cells[y][left + 1].text == "▌"), None)

    return line


def _lit_pane(screen: Screen) -> int:
    """The place of the pane whose border differs from the others': endpoints, subnets, why, blocks."""
    styles = [cell.style for line in screen.cells for cell in line if cell.text == "╭"]
    return next((place for place, style in enumerate(styles) if styles.count(style) == 1), -1)


def _block_cursor(screen: Screen) -> list[tuple[int, int]]:
    """The places painted in reverse, as the cursor of the blocks is while they have the focus."""
    lines = enumerate(line[_HALF:] for line in screen.cells[13:])
    return [(x, y) for y, line in lines for x, cell in enumerate(line) if "7" in cell.style.split(";38;")[0].split(";")]


def _ready(screen: Screen) -> bool:
    """Whether both tables have their rows."""
    return row_cursor(0)(screen) is not None and row_cursor(_HALF)(screen) is not None


def _live(screen: Screen) -> bool:
    """Whether the first read has ended."""
    return "live" in screen.lines[0]
