"""What the main screen is composed of besides its tables and the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Middle
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.main.arrangement import Arrangement, PaneSizes, arrangement_of, findings_lines, row_heights
from latticetop.dashboard.main.endpoint_table import EndpointTable
from latticetop.dashboard.widgets.backdrop import Area
from latticetop.dashboard.widgets.findings import Detail, render_assessment
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import RenderableType
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot

DEFAULT_TEXT_WIDTH, MIN_TEXT_WIDTH = 50, 20
"""Columns of the findings before their pane is laid out, and at least."""
OTHER_LINES = 2
"""Lines of the screen above and below the panes."""
MAX_RENDERED = 64
"""Endpoints whose findings stay rendered."""
MAX_PROBLEMS = 2
"""Problems that are shown in full above the panes."""


class MainPanes(Area):
    """The panes in the arrangement that suits the size, the rows and the focus; see `Arrangement`."""

    arrangement = Arrangement.BARE
    _heights = ""

    class PanesResized(Message):
        """There are other lines to share out."""

    def on_resize(self) -> None:
        """Post the message."""
        self.post_message(self.PanesResized())

    def arrange_panes(self, snapshot: Snapshot | None, message: str, focused: Widget | None) -> Arrangement:
        """Arrange the panes for a snapshot and for the focus, and share out the lines.

        `message` is what stands in place of endpoints.
        """
        size = self.size or self.app.size - Size(0, OTHER_LINES)
        narrow = self.screen.has_class("-narrow")
        sizes = PaneSizes(
            height=size.height,
            width=size.width,
            endpoints=len(snapshot.endpoints) if snapshot else 0,
            subnets=len(snapshot.subnets) if snapshot else 0,
            narrow=narrow,
            message=message,
            no_match=any(pane.has_class("-nothing") for pane in self.query(Pane)),
            endpoints_focused=isinstance(focused, EndpointTable),
            findings=self.query_one(FindingsPane).line_count(findings_lines(size.height)) if narrow else None,
        )
        # A prompt that is open above the grid leaves it as it is.
        is_inside = focused is not None and self in focused.ancestors
        has_grid = isinstance(focused, BlockGrid) if is_inside else self.arrangement is Arrangement.GRID
        self._set_arrangement(arrangement_of(sizes, has_grid))
        heights = row_heights(self.arrangement, sizes)
        if heights != self._heights:
            self._heights = heights
            self.styles.grid_rows = heights
        return self.arrangement

    def _set_arrangement(self, arrangement: Arrangement) -> None:
        before, self.arrangement = self.arrangement, arrangement
        if before is arrangement:
            return
        # Without `update=False` all that is in the panes would be styled again.
        self.remove_class(before.value, update=False)
        self.add_class(arrangement.value, update=False)
        for node in (self, *self.children, *self.query(".empty")):
            self.app.stylesheet.apply(node)
        if Arrangement.STACKED in (before, arrangement):
            # The order on screen is the one in which tab goes round.
            follower = "#subnets" if arrangement is Arrangement.STACKED else "#blocks"
            self.move_child(self.query_one("#why"), before=self.query_one(follower))


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

    def render_text(self, text: RenderableType, width: int) -> list[Strip]:
        """The lines of a text at a width."""
        console = self.app.console
        options = console.options.update(width=width, height=None, highlight=False)
        return [Strip(line) for line in console.render_lines(text, options, pad=False)]

    def show(self, lines: list[Strip], width: int) -> None:
        """Show lines that were rendered to a width."""
        self._lines = lines
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
    """The findings on one endpoint in as much detail as the pane has lines for.

    They are rendered only when they, the size or the palette are others.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.FINDINGS)

    class EndpointSelected(Message):
        """The endpoint is to be opened."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        self._text = TextView(classes="scroll")
        super().__init__(self._text, id=id)
        self._shown: tuple[Assessment, Size, Palette] | None = None
        self._given: tuple[Assessment, Palette] | None = None
        self._rendered: dict[str, tuple[Assessment, Size, Palette, list[Strip]]] = {}
        """The findings that were looked at last, by endpoint id: the cursor goes back and forth."""
        self._counted: tuple[object, ...] = ()
        self._count = 0

    def show(self, assessment: Assessment | None, palette: Palette, open_key: str) -> None:
        """Show the findings on an endpoint, which `open_key` opens; nothing for None."""
        if assessment is None:
            self.set_title("")
            self._shown = self._given = None
            self._text.show([], DEFAULT_TEXT_WIDTH)
            return
        self.set_title(assessment.vpc_endpoint_id, f"{open_key} opens")
        self._given = (assessment, palette)
        self._render_findings()

    def on_resize(self, event: events.Resize) -> None:
        """Show as much as fits into another size."""
        self._render_findings()

    def line_count(self, height: int) -> int | None:
        """How many lines there are in a pane of so many; None before there are findings."""
        if self._given is None:
            return None
        counted = (*self._given, self._text_width, height)
        if counted != self._counted:
            self._counted = counted
            self._count = len(self._fitting_lines(*self._given, self._text_width, height, Detail.DENSE))
        return min(height, self._count)

    @property
    def _text_width(self) -> int:
        return max(MIN_TEXT_WIDTH, self._text.text_width or DEFAULT_TEXT_WIDTH)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to open an endpoint where there is one."""
        return self._given is not None if action == "open" else super().check_action(action, parameters)

    def action_open(self) -> None:
        """Open the endpoint."""
        self.post_message(self.EndpointSelected())

    def _render_findings(self) -> None:
        if self._given is None:
            return
        assessment, palette = self._given
        width, height = self._text_width, self.size.height
        size = Size(width, height)
        if (assessment, size, palette) == self._shown:
            return
        self._shown = (assessment, size, palette)
        key = assessment.vpc_endpoint_id
        rendered = self._rendered.get(key)
        if rendered is None or rendered[0] is not assessment or rendered[1:3] != (size, palette):
            if len(self._rendered) >= MAX_RENDERED:
                self._rendered.clear()
            lines = self._fitting_lines(assessment, palette, width, height)
            rendered = self._rendered[key] = assessment, size, palette, lines
        self._text.show(rendered[-1], width)

    def _fitting_lines(
        self, assessment: Assessment, palette: Palette, width: int, height: int, most: Detail = Detail.FULL
    ) -> list[Strip]:
        """The findings in as much detail as fits; where only the least does, with as many whole steps as fit."""

        def render(detail: Detail, whole_steps: int = 0) -> list[Strip]:
            return self._text.render_text(render_assessment(assessment, palette, width, detail, whole_steps), width)

        lines: list[Strip] = []
        for detail in list(Detail)[most:]:
            lines = render(detail)
            if not height or len(lines) <= height:
                break
        if detail is Detail.LEAST:
            for whole_steps in range(1, max((len(finding.steps) for finding in assessment.findings), default=0)):
                more = render(detail, whole_steps)
                if len(more) > height:
                    break
                lines = more
        return lines


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


def keys_that_help(sign_in_key: str, offers_demo: bool, key_to: Callable[[str], str]) -> dict[str, str]:
    """The keys that may help where nothing can be read, by what `key_to` says of an action, each with what it does."""
    keys = {sign_in_key: "signs in"} if sign_in_key else {}
    if offers_demo:
        keys[key_to("demo")] = "plays the demo: an incident on a simulated account, without AWS"
    return keys | {key_to("refresh"): "reads again", key_to("quit"): "quits"}


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
