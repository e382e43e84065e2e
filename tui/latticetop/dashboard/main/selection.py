"""What can be taken from the main screen, and what is planned for there: it depends on the pane at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard.grid.block_grid import BlockGrid

if TYPE_CHECKING:
    from textual.widget import Widget

    from latticetop.dashboard.export.views import Sheet
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.table.keyed_table import KeyedTable
    from latticetop.reports.takeaway import Take


class ToPlan(NamedTuple):
    """A VPC, which of its subnets are chosen to begin with, and the ARN of a service network, empty for none."""

    vpc_id: str
    subnet_ids: frozenset[str]
    service_network_arn: str


class AtHand(NamedTuple):
    """What has the focus, the tables of endpoints and of subnets, and what is under their cursors."""

    view: View | None
    focused: Widget | None
    tables: tuple[KeyedTable, KeyedTable]
    endpoint_id: str
    subnet_id: str

    def take(self) -> Take:
        """The block, the subnet or the endpoint under the cursor; the subnet where there is no endpoint."""
        from latticetop.reports import takeaway

        if self.view is None:
            return ()
        snapshot = self.view.snapshot
        reading, endpoint = snapshot.subnets.get(self.subnet_id), snapshot.endpoints.get(self.endpoint_id)
        if reading and isinstance(self.focused, BlockGrid):
            return takeaway.of_block(snapshot, reading, self.focused.cursor)
        if reading and (endpoint is None or self.focused is self.tables[1]):
            return takeaway.of_subnet(snapshot, reading)
        return takeaway.of_endpoint(snapshot, endpoint) if endpoint else ()

    def sheet(self) -> Sheet | None:
        """The blocks of the subnet, or the rows of the table in their order."""
        from latticetop.dashboard.export import views as sheets

        if self.view is None:
            return None
        snapshot, (endpoints, subnets) = self.view.snapshot, self.tables
        reading = snapshot.subnets.get(self.subnet_id)
        if reading and isinstance(self.focused, BlockGrid):
            return sheets.blocks(reading)
        if self.focused is subnets:
            return sheets.subnets(snapshot, subnets.keys)
        return sheets.endpoints(snapshot, endpoints.keys)

    def to_plan(self) -> ToPlan | None:
        """The subnets of the endpoint where that is at hand, else the subnet's own; None where there is no subnet."""
        if self.view is None or (reading := self.view.snapshot.subnets.get(self.subnet_id)) is None:
            return None
        endpoint = self.view.snapshot.endpoints.get(self.endpoint_id)
        if endpoint and self.focused is self.tables[0]:
            chosen = frozenset(endpoint.subnet_ids) & self.view.snapshot.subnets.keys()
        else:
            chosen = frozenset({self.subnet_id})
        return ToPlan(reading.subnet.vpc_id, chosen, endpoint.service_network_arn if endpoint else "")
