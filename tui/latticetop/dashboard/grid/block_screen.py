"""One block: its sixteen addresses and their ENIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.grid.block_detail import freeing_hint
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import InterfaceSelected
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.blocks.blocks import AddressState, BlockState
from latticetop.model.blocks.reasons import reason_for
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.address import BLOCK_SIZE, format_address, parse_address
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import Block
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.model.snapshot import SubnetReading
    from latticetop.reports.copy_items import CopyItems


class AddressTable(KeyedTable):
    """Sixteen addresses; the key is the address."""

    SETTINGS_NAME = "addresses"
    DEFAULT_SORT = "address"
    COLUMNS = (
        Column("address", "address", gap=0),
        Column("state", "state"),
        Column("owner", "owner"),
        Column("interface", "interface", 74),
        Column("description", "description", 110),
    )


class BlockScreen(DetailScreen):
    """The addresses of a block; Enter opens the ENI of the one under the cursor."""

    AUTO_FOCUS = "#address-table"

    def __init__(self, subnet_id: str, index: int) -> None:
        super().__init__()
        self.subnet_id, self.index = subnet_id, index
        self._interfaces: dict[str, NetworkInterface] = {}
        """The ENI of each address in use."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The subnet and the block."""
        block = f"block {self._reading.blocks.cidr_of(self.index)}" if self._reading else "block"
        return shorten_ids(self.subnet_id), block

    def compose(self) -> ComposeResult:
        """The block's state above its addresses."""
        yield StatusLine()
        yield Pane(
            Static(id="block-state"), AddressTable(self.settings_of(AddressTable), id="address-table"), id="block-pane"
        )
        yield KeyLine()

    def refresh_from(self, view: SnapshotView) -> None:
        """Show the block, or that its subnet was deleted."""
        pane, palette = self.query_one("#block-pane", Pane), self.host.palette
        reading = view.snapshot.subnets.get(self.subnet_id)
        if reading is None or self.index >= len(reading.blocks):
            pane.show_message("AWS no longer lists this subnet.")
            return
        pane.show_message("")
        block = reading.blocks.block(self.index)
        is_first, self._interfaces = not self._interfaces, interfaces_by_address(block)
        in_use = f"{len(self._interfaces)} of {BLOCK_SIZE} in use"
        pane.set_title(f"{block.cidr}  {reading.subnet.name or self.subnet_id}", in_use)
        state = Text.assemble((block.state.value, palette.block(block.state.value)), "  ")
        state.append(shorten_ids(clean(reason_for(block))), palette.ink(block.state.value))
        if missing_data := missing_block_data(view.snapshot, self.subnet_id):
            state.append(f"\n{missing_data}", palette["warn"])
        elif hint := freeing_hint(reading.blocks, block, failed_endpoints(view.snapshot)):
            state.append(f"\n{hint}", palette["advice"])
        self.query_one("#block-state", Static).update(state)
        table = self.query_one(AddressTable)
        table.show(
            [
                _row(block, address, self._interfaces, palette)
                for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE)
            ]
        )
        if is_first and self._interfaces:
            table.go_to(min(self._interfaces, key=parse_address))

    def copy_items(self) -> CopyItems:
        """The address under the cursor."""
        from latticetop.reports import copy_items

        view, reading, key = self.host.view, self._reading, self.query_one(AddressTable).current
        return copy_items.of_address(view.snapshot, reading, parse_address(key)) if view and reading and key else ()

    def exportable_view(self) -> ExportableView | None:
        """The addresses of the block."""
        from latticetop.dashboard.export import views

        return views.addresses(self._reading, self.index) if self._reading else None

    @property
    def _reading(self) -> SubnetReading | None:
        """The subnet, if it still has the block."""
        reading = self.host.view.snapshot.subnets.get(self.subnet_id) if self.host.view else None
        return reading if reading and self.index < len(reading.blocks) else None

    @on(DataTable.RowSelected, "#address-table")
    def _open_interface(self) -> None:
        if interface := self._interfaces.get(self.query_one(AddressTable).current or ""):
            self.post_message(InterfaceSelected(self.host.scope_index, interface.network_interface_id))


def interfaces_by_address(block: Block) -> dict[str, NetworkInterface]:
    """The ENI of each address of a block, as an individual address or as part of a prefix."""
    in_prefixes = {
        format_address(address): use.interface
        for use in block.prefixes
        for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE)
        if use.prefix.contains(address)
    }
    return in_prefixes | {format_address(use.address): use.interface for use in block.uses}


def _row(block: Block, address: int, interfaces: Mapping[str, NetworkInterface], palette: Palette) -> Row:
    key = format_address(address)
    cells = {"address": Text(key, palette["text"]), "state": _state_text(block, address, palette)}
    if interface := interfaces.get(key):
        cells |= {
            "owner": Text(clean(str(owner_of(interface))), palette["text"]),
            "interface": Text(interface.network_interface_id, palette["dim"]),
            "description": Text(clean(interface.description), palette["dim"]),
        }
    return Row(key, cells)


def _state_text(block: Block, address: int, palette: Palette) -> Text:
    match block.address_state(address):
        case AddressState.IN_USE:
            return Text("in use", palette.ink(BlockState.FRAGMENTED.value))
        case AddressState.IN_PREFIX:
            return Text("in a prefix", palette.ink(block.state.value))
        case AddressState.RESERVED:
            return Text(BlockState.RESERVED.label, palette["dim"])
        case AddressState.EXPLICIT:
            return Text(BlockState.EXPLICIT.label, palette["dim"])
        case AddressState.PREFIX_RESERVED:
            return Text(BlockState.PREFIX_RESERVED.label, palette["dim"])
        case AddressState.FREE:
            return Text(BlockState.FREE.label, palette["dim"])
