"""What can be taken from the main screen: it depends on the pane at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard import sheets
from latticetop.dashboard.widgets.block_grid import BlockGrid
from latticetop.dashboard.widgets.subnet_table import SubnetTable
from latticetop.reports import takeaway

if TYPE_CHECKING:
    from latticetop.dashboard.sheets import Sheet
    from latticetop.dashboard.view import View
    from latticetop.dashboard.widgets.keyed_table import KeyedTable
    from latticetop.reports.takeaway import Take


class AtHand(NamedTuple):
    """The pane at hand, and where its cursor and those of the others are."""

    view: View | None
    pane: KeyedTable | BlockGrid
    endpoint_id: str
    subnet_id: str
    block: int

    def take(self) -> Take:
        """The block, the subnet or the endpoint under the cursor; the subnet where there is no endpoint."""
        if self.view is None:
            return ()
        snapshot = self.view.snapshot
        reading, endpoint = snapshot.subnets.get(self.subnet_id), snapshot.endpoints.get(self.endpoint_id)
        if reading and isinstance(self.pane, BlockGrid):
            return takeaway.of_block(snapshot, reading, self.block)
        if reading and (endpoint is None or isinstance(self.pane, SubnetTable)):
            return takeaway.of_subnet(snapshot, reading)
        return takeaway.of_endpoint(snapshot, endpoint) if endpoint else ()

    def sheet(self) -> Sheet | None:
        """The blocks of the subnet, or the rows of the table in their order."""
        if self.view is None:
            return None
        snapshot = self.view.snapshot
        if isinstance(self.pane, BlockGrid):
            reading = snapshot.subnets.get(self.subnet_id)
            return sheets.blocks(reading) if reading else None
        of_its_kind = sheets.subnets if isinstance(self.pane, SubnetTable) else sheets.endpoints
        return of_its_kind(snapshot, self.pane.keys)
