"""One step of a plan in full: all its ranges, what it frees, and its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.records.address import joined
from latticetop.model.records.text import begin_upper, clean
from latticetop.reports.copy_items import CopyItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.reports.copy_items import CopyItems
    from latticetop.reports.plan_steps import PlanStep


class StepScreen(DetailScreen):
    """A step as the plan had it when it was opened."""

    AUTO_FOCUS = ".scroll"

    def __init__(self, number: int, step: PlanStep) -> None:
        super().__init__()
        self._number, self._step = number, step

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The number of the step."""
        return (f"step {self._number}",)

    def compose(self) -> ComposeResult:
        """The step in a pane that scrolls."""
        yield StatusLine()
        text = ScrollArea(Static(id="step"), classes="scroll")
        yield Pane(text, id="step-pane", title=f"Step {self._number}")
        yield KeyLine()

    def refresh_from(self, view: SnapshotView) -> None:
        """Draw the step."""
        self.query_one("#step", Static).update(Text("\n").join(_lines(self._step, self.host.palette)))

    def copy_items(self) -> CopyItems:
        """The commands of the step, if there are any."""
        label = f"commands of step {self._number}"
        return (CopyItem(label, "\n".join(self._step.commands) + "\n"),) if self._step.commands else ()

    def exportable_view(self) -> ExportableView | None:
        """Nothing: the plan is exported as a whole."""
        return None


def _lines(step: PlanStep, palette: Palette) -> Iterator[Text]:
    yield Text(f"{clean(begin_upper(step.text))}.", palette["strong"])
    for change in step.changes:
        for cidr in change.reserved_ranges:
            yield Text(f"  reserve {cidr} in {clean(change.subnet_id)}", palette["text"])
    if step.freed_blocks:
        yield Text()
        yield Text("Free after it and the steps before it:", palette["dim"])
        for cidr in joined(step.freed_blocks):
            yield Text(f"  {cidr}", palette["text"])
    yield Text()
    if not step.commands:
        yield Text("No command does this: do it in the service that owns the addresses.", palette["dim"])
        return
    yield Text("Commands (nothing has been run):", palette["dim"])
    for command in step.commands:
        yield from (Text(f"  {clean(line)}", palette["text"]) for line in command.split("\n"))
