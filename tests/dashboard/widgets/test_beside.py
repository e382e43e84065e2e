"""A label with a text beside it: what every line shows, and in which style."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from latticetop.dashboard.widgets.beside import Beside

BOLD = Style(bold=True)


def lines(renderable: RenderableType, width: int) -> list[str]:
    console = Console(width=width)
    return ["".join(segment.text for segment in line).rstrip() for line in console.render_lines(renderable, pad=False)]


def test_the_body_wraps_beside_the_label() -> None:
    assert lines(Beside(Text("Fix"), Text("reserve the two blocks"), 5), 16) == ["Fix  reserve the", "     two blocks"]


def test_one_stands_within_another() -> None:
    steps = Group(Beside(Text("1"), Text("one two"), 2), Beside(Text("2"), Text("three"), 2))
    assert lines(Beside(Text("Fix"), steps, 4), 9) == ["Fix 1 one", "      two", "    2 thr", "      ee"]


def test_a_label_is_cut_and_no_body_leaves_it_alone() -> None:
    assert lines(Beside(Text("Services"), Text("none"), 5), 20) == ["Servinone"]
    assert lines(Beside(Text("Services"), Group(), 9), 20) == ["Services"]


def test_the_label_has_its_style_and_the_blanks_below_it_have_none() -> None:
    first, second = Console(width=10).render_lines(Beside(Text("Fix", BOLD), Text("one two"), 6), pad=False)
    assert [(segment.text, segment.style or Style()) for segment in first[:2]] == [("Fix", BOLD), ("   ", Style())]
    assert (second[0].text, second[0].style or Style()) == (" " * 6, Style())
