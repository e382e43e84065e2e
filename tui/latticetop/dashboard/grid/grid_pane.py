"""A subnet's grid, and beneath it the block under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from latticetop.dashboard.grid.block_detail import describe
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_state import Scene
from latticetop.dashboard.text.format import cut, plural
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.endpoints.remedies import cheapest_block
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from textual import events

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block
    from latticetop.model.snapshot import SubnetReading

LABEL_EDGES = 6
"""Columns that a border takes from its title: corners, dashes, blanks."""
NONE: frozenset[int] = frozenset()
DETAIL_LINES = 4
"""Lines kept for the block under the cursor, the blank line above it included."""


class _Detail(Static):
    """Tells when it has another size, for the text is made to measure."""

    class Resized(Message):
        """The text may have more lines, or fewer."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class GridPane(Pane):
    """Shows one subnet; each keeps its own cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(BlockGrid(id="grid"), Static(id="blocks-note"), _Detail(id="detail"), id=id)
        self._reading: SubnetReading | None = None
        self._palette: Palette | None = None
        self._cursors: dict[str, int] = {}
        self._told: object = None
        self._noted: tuple[str, Palette | None] = ("", None)
        self._titled: SubnetReading | None = None

    def show(
        self,
        reading: SubnetReading | None,
        known: bool,
        palette: Palette,
        marked: frozenset[int] = NONE,
        lit: frozenset[int] = NONE,
        planned: frozenset[int] = NONE,
        missing: str = "",
    ) -> None:
        """Show a subnet's blocks, or why there are none to show; `known` is whether its interfaces were read.

        `missing` is a sentence on what could not be read of it.
        """
        self._reading, self._palette = (reading if known else None), palette
        self._note(missing if known else "", palette)
        if reading is None or not known or not reading.blocks.letters:
            self.say(_missing(reading, known, missing))
            self.query_one(BlockGrid).display = False
            self._tell(None, Size(0, 0))
            self._entitle(reading)
            return
        self.say("")
        grid = self.query_one(BlockGrid)
        grid.display = True
        self._entitle(reading)
        subnet_id = reading.subnet.subnet_id
        if subnet_id not in self._cursors:
            self._cursors[subnet_id] = telling_block(reading)
        cursor = self._cursors[subnet_id]
        grid.show(Scene(reading.blocks, palette, cursor, marked=marked, lit=lit, planned=planned))
        self._describe()

    def point_at(self, subnet_id: str, index: int) -> None:
        """Put the cursor of a subnet on a block, now or when it is shown."""
        self._cursors[subnet_id] = index
        if self._reading is not None and self._reading.subnet.subnet_id == subnet_id:
            self.query_one(BlockGrid).go_to(index)

    def _note(self, missing: str, palette: Palette) -> None:
        if (missing, palette) != self._noted:
            self._noted = (missing, palette)
            note = self.query_one("#blocks-note", Static)
            note.display = bool(missing)
            note.update(Text(missing, palette["warn"]))

    def on_resize(self, event: events.Resize) -> None:
        """Give the grid what the block's own lines leave."""
        self.query_one(BlockGrid).fit(max(3, self.size.height - DETAIL_LINES))
        self._entitle(self._titled)
        self.call_after_refresh(self._describe)

    def _entitle(self, reading: SubnetReading | None) -> None:
        """Put the subnet's range, name and zone above, the name cut so that the zone has room; the counts below."""
        self._titled = reading
        if reading is None:
            self.set_title("")
            return
        subnet = reading.subnet
        cidr, zone = str(subnet.cidr_block or ""), clean(subnet.availability_zone)
        room = (self.outer_size.width or 120) - LABEL_EDGES - len(cidr) - cell_len(zone) - 4
        name = cut(clean(subnet.name) or shorten_ids(clean(subnet.subnet_id)), max(8, room))
        title = "  ".join(part for part in (cidr, name, zone) if part)
        self.set_title(title, _summary(reading) if self._reading else "")

    def _tell(self, block: Block | None, size: Size) -> None:
        """Spell a block out in as much room, unless it is spelt out already."""
        reading, palette = self._reading, self._palette
        told = (block, size, reading.blocks.counts if reading else None, palette)
        if told == self._told:
            return
        self._told = told
        detail = self.query_one("#detail", Static)
        if block is None or reading is None or palette is None:
            detail.update(Text())
        else:
            detail.update(describe(reading.blocks, block, palette, max(1, size.height), size.width), layout=False)

    @on(_Detail.Resized)
    def _has_other_room(self) -> None:
        self._describe()

    @on(BlockGrid.Highlighted)
    def _moved(self, message: BlockGrid.Highlighted) -> None:
        if self._reading:
            self._cursors[self._reading.subnet.subnet_id] = message.index
        self._describe()

    def _describe(self) -> None:
        if self._reading is None or self._palette is None or not self._reading.blocks.letters:
            return
        index = min(self._cursors[self._reading.subnet.subnet_id], len(self._reading.blocks) - 1)
        self._tell(self._reading.blocks.block(index), self.query_one("#detail", Static).size)


def _missing(reading: SubnetReading | None, known: bool, missing: str) -> str:
    if reading is None:
        return ""
    if reading.subnet.cidr_block is None:
        if reading.subnet.ipv6_cidr_blocks:
            return "This subnet has no IPv4 range, so it has no /28 blocks."
        return "AWS names no IPv4 range that a subnet can have (/16 to /28), so there is nothing to map."
    if known:
        return "This range is smaller than a /28 block."
    return missing or "The interfaces of this subnet have not been read yet."


def telling_block(reading: SubnetReading) -> int:
    """Where the cursor starts: the block that is easiest to free, else the first free one, else the first."""
    if broken := cheapest_block(reading.blocks):
        return reading.blocks.index_of(broken.cidr.first) or 0
    free = reading.blocks.free_cidr_blocks
    return (reading.blocks.index_of(free[0].first) or 0) if free else 0


def _summary(reading: SubnetReading) -> str:
    if not reading.blocks.letters:
        return ""
    blocks = f"{plural(reading.blocks.free, 'block')} free"
    if reading.unaccounted:
        bound = "at most " if reading.blocks.free else ""
        return f"incomplete, {reading.unaccounted:,} unaccounted · {bound}{blocks}"
    return f"{plural(reading.subnet.available_ip_address_count, 'address', 'addresses')} free · {blocks}"
