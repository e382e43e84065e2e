"""A subnet's grid, and the block under its cursor in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from latticetop.dashboard.grid.block_detail import MAX_INTERFACES, describe_block
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_state import NO_BLOCKS, GridState
from latticetop.dashboard.text.distinct_cuts import cut_id
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.blocks.reasons import describe_ipv6
from latticetop.model.capacity.defragment import easiest_block
from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.records.text import clean, counted, plural

if TYPE_CHECKING:
    from textual import events

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block
    from latticetop.model.capacity.supply import FreeBlocks
    from latticetop.model.snapshot import SubnetReading

DEFAULT_WIDTH, MIN_NAME_WIDTH = 120, 8
MIN_GRID_LINES, DETAIL_LINES = 3, 4
"""Lines of the grid at least, and lines kept for the detail and the blank line above it."""


class BlockDetail(Static):
    """The block under the cursor; posts a message when it is resized, because its text is made for its size."""

    class DetailResized(Message):
        """The text may have more lines, or fewer."""

    def on_resize(self) -> None:
        """Post the message."""
        self.post_message(self.DetailResized())


class GridPane(Pane):
    """Shows one subnet at a time; remembers the cursor of each."""

    def __init__(self, click_opens: bool, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(BlockGrid(click_opens, id="grid"), Static(id="blocks-note"), BlockDetail(id="detail"), id=id)
        self._reading: SubnetReading | None = None
        """The subnet whose blocks are shown; None if there are none to show."""
        self._titled: SubnetReading | None = None
        self._palette: Palette | None = None
        self._free: FreeBlocks | None = None
        self._cursors: dict[str, int] = {}
        self._failed_endpoints: frozenset[str] | None = None
        self._drawn_detail: object = None
        self._missing_data = self._reservations_age = ""
        self._drawn_note: tuple[str, Palette | None] = ("", None)

    def show(
        self,
        reading: SubnetReading | None,
        interfaces_read: bool,
        palette: Palette,
        changed: frozenset[int] = NO_BLOCKS,
        endpoint_blocks: frozenset[int] = NO_BLOCKS,
        planned: frozenset[int] = NO_BLOCKS,
        owner_blocks: frozenset[int] = NO_BLOCKS,
        missing_data: str = "",
        free: FreeBlocks | None = None,
        failed_endpoints: frozenset[str] = frozenset(),
    ) -> None:
        """Show a subnet's blocks, or why there are none; `missing_data` is a sentence on what could not be read.

        `free` is the number of its free blocks. `failed_endpoints` are those that may be deleted to free a block. The
        other sets of blocks are those of `GridState`.
        """
        self._failed_endpoints = None if missing_data else failed_endpoints
        self._free = free
        self._reading, self._palette = (reading if interfaces_read else None), palette
        self._missing_data = missing_data if interfaces_read else ""
        self._show_note()
        if reading is None or not interfaces_read or not reading.blocks.letters:
            self.show_message(_no_blocks_text(reading, interfaces_read, missing_data))
            self.query_one(BlockGrid).display = False
            self._draw_detail(None, Size(0, 0))
            self._set_subnet_title(reading)
            return
        self.show_message("")
        grid = self.query_one(BlockGrid)
        grid.display = True
        self._set_subnet_title(reading)
        subnet_id = reading.subnet.subnet_id
        if subnet_id not in self._cursors:
            self._cursors[subnet_id] = initial_block(reading)
        grid.show(
            GridState(
                reading.blocks,
                palette,
                self._cursors[subnet_id],
                changed=changed,
                endpoint_blocks=endpoint_blocks,
                planned=planned,
                owner_blocks=owner_blocks,
            )
        )
        self._show_detail()

    def set_cursor(self, subnet_id: str, index: int) -> None:
        """Put the cursor of a subnet on a block, now or when the subnet is shown."""
        self._cursors[subnet_id] = index
        if self._reading is not None and self._reading.subnet.subnet_id == subnet_id:
            self.query_one(BlockGrid).go_to(index)

    def on_resize(self, event: events.Resize) -> None:
        """Give the grid the lines that the detail leaves."""
        self.query_one(BlockGrid).set_available_lines(max(MIN_GRID_LINES, self.size.height - DETAIL_LINES))
        self._set_subnet_title(self._titled)
        self.call_after_refresh(self._show_detail)

    def show_reservations_age(self, text: str) -> None:
        """Show a sentence on the age of the CIDR reservations, empty for none, unless some data is missing."""
        self._reservations_age = text
        self._show_note()

    def _show_widgets(self, shown: bool) -> None:
        """Nothing: each is shown when it has something to show."""

    def _show_note(self) -> None:
        text = self._missing_data or (self._reservations_age if self._reading else "")
        palette = self._palette
        if palette is not None and (text, palette) != self._drawn_note:
            self._drawn_note = (text, palette)
            note = self.query_one("#blocks-note", Static)
            note.display = bool(text)
            note.update(Text(text, palette["warn"]))

    def _set_subnet_title(self, reading: SubnetReading | None) -> None:
        """Show CIDR, name and zone above, the name cut if there is no room for the zone; the counts below."""
        self._titled = reading
        if reading is None:
            self.set_title("")
            return
        subnet = reading.subnet
        cidr, zone = str(subnet.cidr_block or ""), clean(subnet.availability_zone)
        summary = self._summary_of(reading) if self._reading else ""
        available = (self.title_width(summary) or DEFAULT_WIDTH) - len(cidr) - cell_len(zone) - 4
        name = cut_id(clean(subnet.name or subnet.subnet_id), max(MIN_NAME_WIDTH, available))
        title = "  ".join(part for part in (cidr, name, zone) if part)
        self.set_title(title, summary)

    def _summary_of(self, reading: SubnetReading) -> str:
        summary = _summary(reading, self._free)
        capacity = node_capacity(reading) if summary and self._failed_endpoints is not None else None
        return f"{summary} · {capacity.nodes_text}" if capacity else summary

    @on(BlockGrid.BlockHighlighted)
    def _keep_cursor(self, message: BlockGrid.BlockHighlighted) -> None:
        if self._reading:
            self._cursors[self._reading.subnet.subnet_id] = message.index
        self._show_detail()

    @on(BlockDetail.DetailResized)
    def _show_detail(self) -> None:
        if self._reading is None or self._palette is None or not self._reading.blocks.letters:
            return
        index = min(self._cursors[self._reading.subnet.subnet_id], len(self._reading.blocks) - 1)
        self._draw_detail(self._reading.blocks.block(index), self.query_one(BlockDetail).size)

    def _draw_detail(self, block: Block | None, size: Size) -> None:
        reading, palette = self._reading, self._palette
        parts = (block, size, reading.blocks.counts if reading else None, palette, self._failed_endpoints)
        if parts == self._drawn_detail:
            return
        self._drawn_detail = parts
        detail = self.query_one(BlockDetail)
        if block is None or reading is None or palette is None:
            detail.update(Text())
        else:
            text = describe_block(
                reading.blocks, block, palette, max(1, size.height), size.width, self._failed_endpoints
            )
            detail.update(text, layout=False)


def initial_block(reading: SubnetReading) -> int:
    """The index where the cursor begins: the block that is easiest to free, else the first free one, else 0."""
    easiest = easiest_block(reading.blocks) if len(reading.interfaces) <= MAX_INTERFACES else None
    if easiest is not None:
        return easiest
    free = reading.blocks.free_cidr_blocks
    return (reading.blocks.index_of(free[0].first) or 0) if free else 0


def _no_blocks_text(reading: SubnetReading | None, interfaces_read: bool, missing_data: str) -> str:
    if reading is None:
        return ""
    if reading.subnet.cidr_block is None:
        if reading.subnet.ipv6_cidr_blocks:
            use = f"\n\n{describe_ipv6(reading.blocks)}." if interfaces_read else ""
            return f"This subnet has no IPv4 range, so it has no /28 blocks.{use}"
        return "AWS lists no IPv4 range of a valid size (/16 to /28), so there are no blocks to show."
    if interfaces_read:
        return "This range is smaller than a /28 block."
    return missing_data or "The interfaces of this subnet have not been read yet."


def _summary(reading: SubnetReading, free: FreeBlocks | None) -> str:
    if free is None:
        return ""
    blocks = f"{free} {plural(free.max if free.exact else 2, 'block')} free"
    if reading.unaccounted:
        return f"{counted(reading.unaccounted, 'address', 'addresses')} unaccounted for · {blocks}"
    count = reading.subnet.address_count
    addresses = "AWS's count is not usable" if count is None else f"{counted(count, 'address', 'addresses')} free"
    return f"{addresses} · {blocks}"
