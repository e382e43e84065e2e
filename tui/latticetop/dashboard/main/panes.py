"""The four panes of the main screen, and how they share its height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Container, Middle
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from latticetop.dashboard.widgets.findings import explain
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual.app import ComposeResult

    from latticetop.dashboard.host import Host
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.problem import Problem


USUAL, LEAST = 50, 20
"""Columns of the text before its pane is laid out, and at the least."""


class WhyPane(Pane):
    """The findings on one endpoint, drawn anew only when they, the width or the colours are others."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        self._page = Page(classes="scroll")
        super().__init__(self._page, id=id)
        self._told: tuple[object, ...] = ()

    def show(self, assessment: Assessment | None, palette: Palette, opens: str) -> None:
        """Show the findings on an endpoint, which the key `opens` opens; nothing without one."""
        if assessment is None:
            self.set_title("")
            self._told = ()
            self._page.show(Text(), USUAL)
            return
        self.set_title(assessment.vpc_endpoint_id, f"{opens} opens")
        width = max(LEAST, self._page.text_width or USUAL)
        told = (assessment, width, palette)
        if told != self._told:
            self._told = told
            self._page.show(explain(assessment, palette, width), width)


MOST = 2


class ProblemBar(Static):
    """Up to two problems, a line each, how many more there are and where they stand; hidden when there is none."""

    _shown: tuple[tuple[Problem, ...], Palette | None] = ((), None)

    def show(self, problems: Sequence[Problem], palette: Palette) -> None:
        """Show these problems, alike ones once."""
        distinct = tuple(dict.fromkeys(problems))
        if (distinct, palette) == self._shown:
            return
        self._shown = (distinct, palette)
        self.set_class(bool(distinct), "-shown")
        self.set_class(len(distinct) > 1, "-several")
        lines = [
            Text.assemble(
                ("! ", palette["bad strong"]),
                (clean(problem.message), palette["text"]),
                (f" {clean(problem.next_step)}" if problem.next_step else "", palette["advice"]),
            )
            for problem in distinct[:MOST]
        ]
        if len(distinct) > 1:
            more = len(distinct) - MOST
            lines.append(Text(f"  and {more} more; ! all problems" if more > 0 else "  ! all problems", palette["dim"]))
        self.update(Text("\n").join(lines))


class Page(ScrollView, can_focus=True):
    """Shows lines that were drawn once: a Static draws its text to measure it, again to show it, and again to scroll.

    The screen is laid out anew only when there is another number of lines.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []

    @property
    def text_width(self) -> int:
        """Columns there are for the text, whether or not there is a scrollbar beside it; none before it is laid out."""
        return max(0, self.container_size.width - self.styles.scrollbar_size_vertical)

    def show(self, text: RenderableType, width: int) -> None:
        """Show a text drawn to a width."""
        console = self.app.console
        options = console.options.update(width=width, height=None, highlight=False)
        self._lines = [Strip(line) for line in console.render_lines(text, options, pad=False)]
        size = Size(width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        at, style = y + self.scroll_offset.y, self.rich_style
        line = self._lines[at] if at < len(self._lines) else Strip.blank(0)
        return line.apply_style(style).adjust_cell_length(self.size.width, style)


class NothingRead(Middle):
    """Hidden but on a screen of the class `-unread`."""

    _shown: object = None

    def compose(self) -> ComposeResult:
        """The text, in the middle."""
        yield Static(id="unread")

    def show(self, problem: Problem | None, app: Host) -> None:
        """Show a problem with the keys that may help; None for none."""
        keys = dict(_keys(app))
        if problem is None or (problem, keys, app.palette) == self._shown:
            return
        self._shown = (problem, keys, app.palette)
        self.query_one("#unread", Static).update(_text(problem, keys, app.palette))


def _keys(app: Host) -> list[tuple[str, str]]:
    found = [(app.sign_in_key, "signs in")] if app.sign_in_key else []
    if app.offers_demo:
        found.append((app.key_to("demo"), "plays the demo: an incident on a simulated account, without AWS"))
    return [*found, (app.key_to("refresh"), "looks again"), (app.key_to("quit"), "quits")]


def _text(problem: Problem, keys: dict[str, str], palette: Palette) -> Text:
    first, _, rest = clean(problem.message).partition(". ")
    text = Text.assemble(("Nothing can be read", palette["title"]))
    text.append(f"\n\n{first.rstrip('.')}.", palette["strong"])
    if rest:
        text.append(f"\n{rest}", palette["text"])
    if problem.next_step:
        text.append(f"\n\n{clean(problem.next_step)}", palette["advice"])
    text.append("\n")
    for key, told in keys.items():
        text.append_text(Text.assemble("\n", (f"{key}  ", palette["advice"]), (told, palette["text"])))
    return text


FRAME_LINES, LEAST_LINES = 4, 7
"""Lines of a table's pane beside its rows: border, head, one to spare; and how many it has at the least."""


SHARE, SHORT_SHARE = 0.33, 0.4
"""The part of the screen's height that tables get at the most, and on a short screen."""


class Panes(Container):
    """Tables above, what is under their cursors beneath; with nothing beneath while there is nothing in the tables."""

    _height: int | None = None

    def balance(self, view: View | None) -> None:
        """Give the tables the lines they need, within bounds, and the rest to what is beneath them."""
        bare = view is None or view.bare
        self.set_class(bare, "-bare")
        height = None
        if view is not None and not bare:
            rows = max(len(view.snapshot.endpoints), len(view.snapshot.subnets))
            share = SHORT_SHARE if self.screen.has_class("-short") else SHARE
            height = max(LEAST_LINES, min(rows + FRAME_LINES, int(self.screen.size.height * share)))
        if height != self._height:
            self._height = height
            self.styles.grid_rows = None if height is None else f"{height} 1fr"
