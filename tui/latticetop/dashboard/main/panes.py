"""What the main screen is composed of besides its tables and the grid, and how the panes share its height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Container, Middle
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from latticetop.dashboard.widgets.findings import render_assessment
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType
    from textual.app import ComposeResult

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.problem import Problem

FRAME_LINES, MIN_LINES = 4, 7
"""Lines of a table's pane besides its rows (border, header, one to spare), and how many the pane has at least."""
MAX_SHARE, MAX_SHORT_SHARE = 0.33, 0.4
"""The part of the screen's height that the tables get at most, and on a short screen."""
DEFAULT_TEXT_WIDTH, MIN_TEXT_WIDTH = 50, 20
"""Columns of the findings before their pane is laid out, and at least."""
MAX_PROBLEMS = 2
"""Problems that are shown in full above the panes."""


class MainPanes(Container):
    """The tables above, the findings and the grid below; the lower two are hidden while both tables are empty."""

    _table_lines: int | None = None

    def balance(self, view: SnapshotView | None) -> None:
        """Give the tables the lines they need, within bounds, and the rest to the panes below."""
        is_empty = view is None or view.is_empty
        self.set_class(is_empty, "-bare")
        lines = None
        if view is not None and not is_empty:
            rows = max(len(view.snapshot.endpoints), len(view.snapshot.subnets))
            share = MAX_SHORT_SHARE if self.screen.has_class("-short") else MAX_SHARE
            lines = max(MIN_LINES, min(rows + FRAME_LINES, int(self.screen.size.height * share)))
        if lines != self._table_lines:
            self._table_lines = lines
            self.styles.grid_rows = None if lines is None else f"{lines} 1fr"


class TextView(ScrollView, can_focus=True):
    """Scrolls text that is rendered once: a Static renders its text to measure it, to show it, and to scroll it.

    The screen is laid out again only when there is another number of lines.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []

    @property
    def text_width(self) -> int:
        """Columns for the text, whether or not there is a scrollbar beside it; 0 before the widget is laid out."""
        return max(0, self.container_size.width - self.styles.scrollbar_size_vertical)

    def show(self, text: RenderableType, width: int) -> None:
        """Show a text, rendered to a width."""
        console = self.app.console
        options = console.options.update(width=width, height=None, highlight=False)
        self._lines = [Strip(line) for line in console.render_lines(text, options, pad=False)]
        size = Size(width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        index, style = y + self.scroll_offset.y, self.rich_style
        line = self._lines[index] if index < len(self._lines) else Strip.blank(0)
        return line.apply_style(style).adjust_cell_length(self.size.width, style)


class FindingsPane(Pane):
    """The findings on one endpoint, rendered only when they, the width or the palette are others."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        self._text = TextView(classes="scroll")
        super().__init__(self._text, id=id)
        self._shown: tuple[Assessment, int, Palette] | None = None

    def show(self, assessment: Assessment | None, palette: Palette, open_key: str) -> None:
        """Show the findings on an endpoint, which `open_key` opens; nothing for None."""
        if assessment is None:
            self.set_title("")
            self._shown = None
            self._text.show(Text(), DEFAULT_TEXT_WIDTH)
            return
        self.set_title(assessment.vpc_endpoint_id, f"{open_key} opens")
        width = max(MIN_TEXT_WIDTH, self._text.text_width or DEFAULT_TEXT_WIDTH)
        if (assessment, width, palette) != self._shown:
            self._shown = (assessment, width, palette)
            self._text.show(render_assessment(assessment, palette, width), width)


class ProblemBar(Static):
    """Up to two problems, a line each, with how many more there are and the key that lists them; hidden without any."""

    _shown: tuple[tuple[Problem, ...], Palette | None] = ((), None)

    def show(self, problems: Sequence[Problem], palette: Palette) -> None:
        """Show these problems, equal ones once."""
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
                (f" {clean(problem.next_step_while_followed)}".rstrip(), palette["advice"]),
            )
            for problem in distinct[:MAX_PROBLEMS]
        ]
        if len(distinct) > 1:
            more = len(distinct) - MAX_PROBLEMS
            lines.append(Text(f"  and {more} more; ! all problems" if more > 0 else "  ! all problems", palette["dim"]))
        self.update(Text("\n").join(lines))


class NothingReadable(Middle):
    """Why nothing can be read, in place of the panes; hidden except on a screen of the class `-unread`."""

    _shown: tuple[Problem, Mapping[str, str], Palette] | None = None

    def compose(self) -> ComposeResult:
        """The text, in the middle."""
        yield Static(id="unread")

    def show(self, problem: Problem, keys: Mapping[str, str], palette: Palette) -> None:
        """Show a problem and the keys that may help, each with what it does."""
        if (problem, keys, palette) != self._shown:
            self._shown = (problem, keys, palette)
            self.query_one("#unread", Static).update(_nothing_readable_text(problem, keys, palette))


def _nothing_readable_text(problem: Problem, keys: Mapping[str, str], palette: Palette) -> Text:
    first, _, rest = clean(problem.message).partition(". ")
    text = Text.assemble(("Nothing can be read", palette["title"]))
    text.append(f"\n\n{first.rstrip('.')}.", palette["strong"])
    if rest:
        text.append(f"\n{rest}", palette["text"])
    if next_step := problem.next_step_while_followed:
        text.append(f"\n\n{clean(next_step)}", palette["advice"])
    text.append("\n")
    for key, does in keys.items():
        text.append_text(Text.assemble("\n", (f"{key}  ", palette["advice"]), (does, palette["text"])))
    return text
