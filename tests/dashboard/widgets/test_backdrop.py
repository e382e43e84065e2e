"""A backdrop looks like the container that it is, and draws what is alike once."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.containers import Container, VerticalScroll
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from latticetop.dashboard.widgets.backdrop import Area, ScrollArea


class Alike(App[None]):
    """A container beside the backdrop that stands for it."""

    CSS = """
    Screen { layout: horizontal; }
    .shown { width: 20; height: 12; background: $surface; border: round red; padding: 1 2; }
    .close { padding: 0; }
    .bare { border: none; padding: 0; }
    """

    def __init__(self, kinds: tuple[type[Widget], type[Widget]], classes: str) -> None:
        super().__init__()
        self.kinds, self.shown_classes = kinds, classes

    def compose(self) -> ComposeResult:
        for kind in self.kinds:
            widget = kind(classes=self.shown_classes)
            widget.border_title, widget.border_subtitle = "a title", "below"
            yield widget


def cells(strips: list[Strip]) -> list[list[tuple[str, Style | None]]]:
    """The characters of each line with their styles, however they are cut into segments."""
    return [[(char, segment.style) for segment in strip for char in segment.text] for strip in strips]


@pytest.mark.parametrize("kinds", [(Container, Area), (VerticalScroll, ScrollArea)])
@pytest.mark.parametrize("classes", ["shown", "shown close", "shown bare"])
async def test_it_looks_like_its_container(kinds: tuple[type[Widget], type[Widget]], classes: str) -> None:
    app = Alike(kinds, classes)
    async with app.run_test() as pilot:
        plain, backdrop = app.query(".shown")
        for height in range(1, 8):
            plain.styles.height = backdrop.styles.height = height
            await pilot.pause()
            for y in range(height):
                for end in range(y + 1, height + 1):
                    for part in (Region(0, y, 20, end - y), Region(2, y, 9, end - y)):
                        assert cells(backdrop.render_lines(part)) == cells(plain.render_lines(part))


@pytest.mark.parametrize("classes", ["shown close", "shown bare"])
async def test_it_draws_one_of_the_lines_that_are_alike(monkeypatch: pytest.MonkeyPatch, classes: str) -> None:
    app = Alike((Container, Area), classes)
    drawn: list[int] = []
    render_line = Area.render_line

    def draw(area: Area, y: int) -> Strip:
        drawn.append(y)
        return render_line(area, y)

    async with app.run_test() as pilot:
        monkeypatch.setattr(Area, "render_line", draw)
        app.query_one(Area).refresh()
        await pilot.pause()
        assert drawn == [0]
