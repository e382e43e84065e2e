"""Who breaks the blocks of a subnet, and what goes free with them: EKS nodes, pods, functions, instances, services."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.widgets import DataTable, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import GridPane
from latticetop.dashboard.grid.grid_state import NO_BLOCKS
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import RemovalPlanned
from latticetop.dashboard.owners.table import MAX_OWNERS, OwnerTable, owner_fields, owner_rows
from latticetop.dashboard.owners.text import how_text, owner_text, subnet_text, ticked_text, unaccounted_text
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.capacity.owner_ranking import OwnerRanking, RankedOwner, is_ranked, owner_ranking
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.text import clean, counted, shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.blocks.blocks import BlockMap
    from latticetop.model.snapshot import SubnetReading
    from latticetop.reports.copy_items import CopyItems

MAX_RANKED_AT_ONCE = 1_000
"""The owners of more ENIs are ranked in a thread."""


class OwnersScreen(DetailScreen):
    """The owners of a subnet, those first that break most blocks; Enter goes to the blocks of one in the grid.

    With a `network_interface_id` the cursor is at first on the owner of that ENI.
    On a low screen the grid takes the place of the table until one goes back.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.OWNERS)
    AUTO_FOCUS = "#owner-table"

    def __init__(self, subnet_id: str, network_interface_id: str = "") -> None:
        super().__init__()
        self.subnet_id = subnet_id
        self._interface_id = network_interface_id
        self._ranking: OwnerRanking | None = None
        self._ticked: set[str] = set()
        self._ranked_blocks: BlockMap | None = None
        """The map whose owners are being ranked."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The subnet and its owners."""
        return shorten_ids(self.subnet_id), "owners"

    @property
    def subnet_at_cursor(self) -> tuple[int, str]:
        """The subnet."""
        return self.host.scope_index, self.subnet_id

    def compose(self) -> ComposeResult:
        """The owners, what is to be said of the one under the cursor, and the grid."""
        yield StatusLine()
        yield Pane(OwnerTable(self.settings_of(OwnerTable), id="owner-table"), id="owners-pane", title="Owners")
        yield Static(id="owner-details", classes="details")
        yield GridPane(self.host.preferences.click_opens, id="owner-blocks")
        yield KeyLine()

    def opened(self) -> None:
        """Set how the table is searched."""
        self.query_one(OwnerTable).search_fields_of = owner_fields

    def refresh_from(self, view: SnapshotView) -> None:
        """Show the owners, or why they are not known."""
        pane, reading = self.query_one("#owners-pane", Pane), view.snapshot.subnets.get(self.subnet_id)
        message = _no_owners_text(view, reading, self.subnet_id)
        if reading is None or message:
            self._ranking = None
            pane.set_title("Owners")
            pane.show_message(message)
            self.query_one("#owner-details", Static).update(Text())
            self._show_grid(view, None)
            return
        failed = failed_endpoints(view.snapshot)
        if len(reading.interfaces) <= MAX_RANKED_AT_ONCE or is_ranked(reading.blocks, failed):
            self._show_ranking(view, reading, owner_ranking(reading.blocks, failed))
        elif self._ranked_blocks is not reading.blocks:
            self._ranked_blocks = reading.blocks
            self._rank_in_thread(reading.blocks, failed)
            if self._ranking is None:
                pane.show_message(f"Ranking the owners of {counted(len(reading.interfaces), 'ENI')} …")
                self._show_grid(view, reading)

    @work(group="owner ranking", exclusive=True, description="rank the owners")
    async def _rank_in_thread(self, blocks: BlockMap, failed: frozenset[str]) -> None:
        await asyncio.to_thread(owner_ranking, blocks, failed)
        self._ranked_blocks = None
        if self.host.view is not None:
            self.refresh_from(self.host.view)

    def _show_ranking(self, view: SnapshotView, reading: SubnetReading, ranking: OwnerRanking) -> None:
        self._ranking = ranking
        self._ticked &= {owner.key for owner in ranking.owners}
        pane, table, snapshot = self.query_one("#owners-pane", Pane), self.query_one(OwnerTable), view.snapshot
        listed = f"{MAX_OWNERS} of {len(ranking.owners):,}" if len(ranking.owners) > MAX_OWNERS else ""
        name = clean(reading.subnet.name) or shorten_ids(self.subnet_id)
        summary = subnet_text(
            reading, ranking, free_blocks_of(snapshot, self.subnet_id), snapshot.missing_data(self.subnet_id)
        )
        pane.set_title("  ".join(filter(None, (f"Owners in {reading.subnet.cidr_block}", name, listed))), summary)
        nobody = unaccounted_text(reading.unaccounted) or "No address of this subnet is in use."
        pane.show_message("" if ranking.owners else nobody)
        table.show(
            owner_rows(ranking.owners, self._ticked, self._freeing_together, self.host.palette, table.shortens_ids)
        )
        interface_id, self._interface_id = self._interface_id, ""
        table.put_cursor_on_first(owner.key for owner in ranking.owners if owner.has(interface_id))
        self._show_current()

    @on(OwnerTable.MatchesChanged)
    @on(DataTable.RowHighlighted, "#owner-table")
    def _show_current(self) -> None:
        """Describe the owner under the cursor, and mark its blocks in the grid."""
        view = self.host.view
        reading = view.snapshot.subnets.get(self.subnet_id) if view else None
        if view is None or reading is None or self._ranking is None:
            return
        palette, owner = self.host.palette, self.query_one(OwnerTable).current_owner
        lines = []
        ticked = self._ticked_owners
        if ticked:
            freed = len(self._ranking.freed_without(ticked))
            lines.append(Text(ticked_text(len(ticked), freed, self.host.key_to("plan")), palette["strong"]))
        if owner is not None:
            freeing = self._ranking.frees_with(owner, ticked)
            lines += [
                Text(owner_text(owner), palette["text"]),
                Text(how_text(owner, freeing), palette["advice" if freeing else "dim"]),
            ]
        unknown = unaccounted_text(reading.unaccounted), missing_block_data(view.snapshot, self.subnet_id)
        lines += [Text(text, palette["warn"]) for text in unknown if text]
        self.query_one("#owner-details", Static).update(Text("\n").join(lines))
        self._show_grid(view, reading, owner)

    def _show_grid(self, view: SnapshotView, reading: SubnetReading | None, owner: RankedOwner | None = None) -> None:
        self.query_one("#owner-blocks", GridPane).show(
            reading,
            self.subnet_id in view.snapshot.read_at,
            self.host.palette,
            owner_blocks=owner.blocks if owner else NO_BLOCKS,
            missing_data=missing_block_data(view.snapshot, self.subnet_id) if reading else "",
            free=free_blocks_of(view.snapshot, self.subnet_id) if reading else None,
            failed_endpoints=failed_endpoints(view.snapshot),
        )

    @property
    def _ticked_owners(self) -> list[RankedOwner]:
        return [owner for owner in self._ranking.owners if owner.key in self._ticked] if self._ranking else []

    @property
    def _freeing_together(self) -> set[str]:
        """The keys of the ticked owners that free a block, alone or with the other ticked ones."""
        ticked = self._ticked_owners
        return {owner.key for owner in ticked if self._ranking and self._ranking.frees_with(owner, ticked)}

    @property
    def _selected_owners(self) -> list[RankedOwner]:
        """The ticked owners; if there are none, the one under the cursor."""
        current = self.query_one(OwnerTable).current_owner
        return self._ticked_owners or ([current] if current else [])

    def action_tick(self) -> None:
        """Tick the owner under the cursor, or no longer."""
        if (owner := self.query_one(OwnerTable).current_owner) and self.host.view is not None:
            self._ticked ^= {owner.key}
            self.refresh_from(self.host.view)

    def action_plan(self) -> None:
        """Plan as if the ticked owners, or the one under the cursor, were gone."""
        reading = self.host.view.snapshot.subnets.get(self.subnet_id) if self.host.view else None
        targets = tuple(target for owner in self._selected_owners for target in owner.targets)
        if reading is not None and targets:
            self.post_message(RemovalPlanned(reading.subnet.vpc_id, self.subnet_id, targets))

    @on(DataTable.RowSelected, "#owner-table")
    def _go_to_blocks(self) -> None:
        """Go to the first block that the owner under the cursor breaks in the grid; without any, to its first block."""
        if owner := self.query_one(OwnerTable).current_owner:
            self.add_class("-blocks")
            index = min(owner.alone or owner.broken or owner.blocks)
            self.query_one("#owner-blocks", GridPane).set_cursor(self.subnet_id, index)
            self.query_one(BlockGrid).focus()

    async def action_dismiss(self, result: None = None) -> None:
        """Go back from the grid to the owners, and from them to the screen before."""
        if self.query_one(BlockGrid).has_focus:
            self.query_one(OwnerTable).focus()
            self.remove_class("-blocks")
        else:
            await super().action_dismiss(result)

    @on(BlockGrid.BlockSelected)
    def _open_block(self, message: BlockGrid.BlockSelected) -> None:
        from latticetop.dashboard.grid.block_screen import BlockScreen

        self.app.push_screen(BlockScreen(self.subnet_id, message.index))

    def copy_items(self) -> CopyItems:
        """The block under the cursor of the focused grid; else the ticked owners, or the one under the cursor."""
        from latticetop.reports import copy_items

        view = self.host.view
        reading = view.snapshot.subnets.get(self.subnet_id) if view else None
        if view is None or reading is None:
            return ()
        grid = self.query_one(BlockGrid)
        if grid.has_focus:
            return copy_items.of_block(view.snapshot, reading, grid.cursor)
        owners = self._selected_owners
        return copy_items.of_owners(view.snapshot, reading, owners) if owners else ()

    def exportable_view(self) -> ExportableView | None:
        """The owners listed."""
        from latticetop.dashboard.export import views

        view = self.host.view
        reading = view.snapshot.subnets.get(self.subnet_id) if view else None
        if view is None or reading is None or self._ranking is None:
            return None
        return views.owners(view.snapshot, reading, self.query_one(OwnerTable).shown_owners)


def _no_owners_text(view: SnapshotView, reading: SubnetReading | None, subnet_id: str) -> str:
    """Why there are no owners to show; empty if there may be some."""
    if reading is None:
        return "AWS no longer lists this subnet."
    if not reading.subnet.cidr_block or not reading.blocks.letters:
        return "This subnet has no /28 blocks, so nobody breaks one."
    if subnet_id not in view.snapshot.read_at:
        missing = missing_block_data(view.snapshot, subnet_id)
        return missing or "The interfaces of this subnet have not been read yet."
    return ""
