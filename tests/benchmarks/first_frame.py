"""From exec to the first frame in a terminal: the dashboard and an empty Textual app, turn by turn."""

from __future__ import annotations

from tests.benchmarks import empty
from tests.benchmarks.table import heading, ms, ratio, row, title
from tests.benchmarks.terminal import Child, dashboard

ROUNDS = 10


def first_frame(child: Child, text: str) -> float:
    """Seconds until a frame shows the text."""
    with child:
        return child.until(lambda screen: any(text in line for line in screen.lines)) - child.began


def table(url: str) -> None:
    """The best of several turns, and the middle one."""
    pairs = []
    for _ in range(ROUNDS + 1):
        bare = first_frame(Child("-m", empty.__name__), empty.TEXT)
        pairs.append((bare, first_frame(dashboard(url), "Endpoints")))
    empties, ours = (sorted(times) for times in zip(*pairs[1:], strict=True))
    title("Time to the first frame, in a terminal")
    heading("of the turns", "latticetop/empty app", "latticetop", "empty app")
    for name, place in (("best", 0), ("middle", ROUNDS // 2)):
        row(name, ratio(ours[place], empties[place]), ms(ours[place], 0), ms(empties[place], 0))
