"""One block: its sixteen addresses and who holds each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.endpoint.interface_screen import InterfaceScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.unread import of_blocks
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.blocks.reasons import reason_for
from latticetop.model.records.address import BLOCK_SIZE, format_address, parse_address
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.model.snapshot import SubnetReading
    from latticetop.reports.takeaway import Take


class AddressTable(KeyedTable):
    """Sixteen addresses; the key is the address."""

    NAME = "addresses"
    OWN = "address"
    COLUMNS = (
        Column("address", "address", gap=0),
        Column("state", "state"),
        Column("owner", "owner"),
        Column("interface", "interface", 74),
        Column("description", "description", 110),
    )


class BlockScreen(DetailScreen):
    """A block's addresses; Enter opens the ENI that holds the one under the cursor."""

    AUTO_FOCUS = "#address-table"

    def __init__(self, subnet_id: str, index: int) -> None:
        super().__init__()
        self.subnet_id, self.index = subnet_id, index
        self._holders: dict[str, NetworkInterface] = {}

    @property
    def crumbs(self) -> tuple[str, ...]:
        """The subnet and the block."""
        view = self.lattice.view
        reading = view.snapshot.subnets.get(self.subnet_id) if view else None
        known = reading is not None and self.index < len(reading.blocks)
        block = f"block {reading.blocks.cidr_of(self.index)}" if reading and known else "block"
        return shorten_ids(self.subnet_id), block

    def compose(self) -> ComposeResult:
        """The block's state above its addresses."""
        yield StatusLine()
        yield Pane(Static(id="block-state"), AddressTable(id="address-table"), id="block-pane")
        yield KeyLine()

    def refresh_from(self, view: View) -> None:
        """Show the block as it is now; say so when its subnet is gone."""
        pane, palette = self.query_one("#block-pane", Pane), self.lattice.palette
        reading = view.snapshot.subnets.get(self.subnet_id)
        if reading is None or self.index >= len(reading.blocks):
            pane.say("This subnet is no longer to be seen.")
            return
        pane.say("")
        block = reading.blocks.block(self.index)
        pane.set_title(f"{block.cidr}  {reading.subnet.name or self.subnet_id}", f"{len(block.uses)} of 16 in use")
        state = Text.assemble((block.state.value, palette.block(block.state.value)), "  ")
        state.append(shorten_ids(clean(reason_for(block))), palette.ink(block.state.value))
        if missing := of_blocks(view.snapshot, self.subnet_id):
            state.append(f"\n{missing}", palette["warn"])
        self.query_one("#block-state", Static).update(state)
        first, self._holders = not self._holders, holders(block)
        table = self.query_one(AddressTable)
        table.show(self._rows(block, palette))
        if first and self._holders:
            table.go_to(min(self._holders, key=parse_address))

    def _rows(self, block: Block, palette: Palette) -> list[Row]:
        rows = []
        for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE):
            key = format_address(address)
            holder = self._holders.get(key)
            cells = {"address": Text(key, palette["text"]), "state": _state(block, address, palette)}
            if holder:
                cells |= {
                    "owner": Text(clean(str(owner_of(holder))), palette["text"]),
                    "interface": Text(holder.network_interface_id, palette["dim"]),
                    "description": Text(clean(holder.description), palette["dim"]),
                }
            rows.append(Row(key, cells))
        return rows

    def take(self) -> Take:
        """The address under the cursor."""
        from latticetop.reports import takeaway

        reading, key = self._reading, self.query_one(AddressTable).current
        view = self.lattice.view
        return takeaway.of_address(view.snapshot, reading, parse_address(key)) if view and reading and key else ()

    def sheet(self) -> Sheet | None:
        """The addresses of the block."""
        from latticetop.dashboard.export import views as sheets

        return sheets.addresses(self._reading, self.index) if self._reading else None

    @property
    def _reading(self) -> SubnetReading | None:
        """The subnet, if the block is still there."""
        reading = self.lattice.view.snapshot.subnets.get(self.subnet_id) if self.lattice.view else None
        return reading if reading and self.index < len(reading.blocks) else None

    @on(DataTable.RowSelected, "#address-table")
    def _open(self) -> None:
        holder = self._holders.get(self.query_one(AddressTable).current or "")
        if holder:
            self.app.push_screen(InterfaceScreen(holder.network_interface_id))


def holders(block: Block) -> dict[str, NetworkInterface]:
    """The ENI that holds each address of a block, as an individual address or within a prefix."""
    held = {
        format_address(address): use.interface
        for use in block.prefixes
        for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE)
        if use.prefix.holds(address)
    }
    return held | {format_address(use.address): use.interface for use in block.uses}


def _state(block: Block, address: int, palette: Palette) -> Text:
    if any(use.address == address for use in block.uses):
        return Text("in use", palette.ink("f"))
    if any(use.prefix.holds(address) for use in block.prefixes):
        return Text("in a prefix", palette.ink(block.state.value))
    if address in block.kept:
        return Text("kept by AWS", palette["dim"])
    kinds = [r.reservation_type for r in block.reservations if r.cidr.holds(address)]
    return Text(
        f"in an {kinds[0]} reservation" if kinds[:1] == ["explicit"] else "held" if kinds else "free", palette["dim"]
    )
