"""A subnet's grid, and beneath it the block under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import Static

from latticetop.dashboard.widgets.block_detail import describe
from latticetop.dashboard.widgets.block_grid import BlockGrid
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.scene import Scene
from latticetop.dashboard.words import plural
from latticetop.model.remedies import cheapest_block
from latticetop.model.text import shorten_ids

if TYPE_CHECKING:
    from textual import events

    from latticetop.dashboard.theme import Palette
    from latticetop.model.snapshot import SubnetReading

DETAIL_LINES = 4
"""Lines kept for the block under the cursor, the blank line above it included."""


class GridPane(Pane):
    """Shows one subnet; each keeps its own cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(BlockGrid(id="grid"), Static(id="detail"), id=id)
        self._reading: SubnetReading | None = None
        self._palette: Palette | None = None
        self._cursors: dict[str, int] = {}

    def show(
        self, reading: SubnetReading | None, palette: Palette, marked: frozenset[int], lit: frozenset[int]
    ) -> None:
        """Show a subnet's blocks, or why there are none to show."""
        self._reading, self._palette = reading, palette
        if reading is None or not reading.blocks.letters:
            self.say("" if reading is None else "This subnet has no IPv4 range, so it has no /28 blocks.")
            self.query_one(BlockGrid).display = False
            self.query_one("#detail", Static).update(Text())
            self.set_title(_title(reading) if reading else "")
            return
        self.say("")
        grid = self.query_one(BlockGrid)
        grid.display = True
        self.set_title(_title(reading), _summary(reading))
        subnet_id = reading.subnet.subnet_id
        cursor = self._cursors.setdefault(subnet_id, _telling_block(reading))
        grid.show(Scene(reading.blocks, palette, cursor, marked=marked, lit=lit))
        self._describe()

    def on_resize(self, event: events.Resize) -> None:
        """Give the grid what the block's own lines leave."""
        self.query_one(BlockGrid).fit(max(3, self.size.height - DETAIL_LINES))
        self.call_after_refresh(self._describe)

    @on(BlockGrid.Highlighted)
    def _moved(self, message: BlockGrid.Highlighted) -> None:
        if self._reading:
            self._cursors[self._reading.subnet.subnet_id] = message.index
        self._describe()

    def _describe(self) -> None:
        if self._reading is None or self._palette is None or not self._reading.blocks.letters:
            return
        detail = self.query_one("#detail", Static)
        index = min(self._cursors[self._reading.subnet.subnet_id], len(self._reading.blocks) - 1)
        detail.update(describe(self._reading.blocks, index, self._palette, max(1, detail.size.height)))


def _telling_block(reading: SubnetReading) -> int:
    """Where the cursor starts: the block that is easiest to free, else the first free one, else the first."""
    if broken := cheapest_block(reading.blocks):
        return reading.blocks.index_of(broken.cidr.first) or 0
    free = reading.blocks.free_cidr_blocks
    return (reading.blocks.index_of(free[0].first) or 0) if free else 0


def _title(reading: SubnetReading) -> str:
    subnet = reading.subnet
    name = subnet.name or shorten_ids(subnet.subnet_id)
    return "  ".join(part for part in (str(subnet.cidr_block or ""), name, subnet.availability_zone) if part)


def _summary(reading: SubnetReading) -> str:
    addresses = plural(reading.subnet.available_ip_address_count, "address", "addresses")
    bound = "at most " if reading.unaccounted else ""
    summary = f"{addresses} free · {bound}{plural(reading.blocks.free, 'block')} free"
    return f"incomplete, {reading.unaccounted:,} unaccounted · {summary}" if reading.unaccounted else summary
