"""What is copied, exported and planned from the main screen, which depends on the focused pane."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.node_capacity import prefix_demand
from latticetop.model.endpoints.endpoint_evidence import demands_of
from latticetop.model.endpoints.endpoint_types import is_service_network

if TYPE_CHECKING:
    from textual.widget import Widget

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.table.keyed_table import KeyedTable
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.reports.copy_items import CopyItems


class PlanTarget(NamedTuple):
    """What a plan starts with."""

    vpc_id: str
    subnet_ids: frozenset[str]
    """The subnets that are chosen at first."""
    service_network_arn: str
    """Empty where no endpoint of a service network is under the cursor."""
    demand: Demand
    """The endpoint that is planned again; where a subnet is planned, what it needs blocks for."""


class MainSelection(NamedTuple):
    """The focused widget of the main screen, and what is under the cursors of its tables; ids are empty for none."""

    view: SnapshotView | None
    focused: Widget | None
    endpoint_table: KeyedTable
    subnet_table: KeyedTable
    endpoint_id: str
    subnet_id: str
    criteria: Criteria

    def copy_items(self) -> CopyItems:
        """What can be copied of the block, the subnet or the endpoint; of the subnet where there is no endpoint."""
        from latticetop.reports import copy_items

        if self.view is None:
            return ()
        snapshot = self.view.snapshot
        reading, endpoint = snapshot.subnets.get(self.subnet_id), snapshot.endpoints.get(self.endpoint_id)
        if reading and isinstance(self.focused, BlockGrid):
            return copy_items.of_block(snapshot, reading, self.focused.cursor)
        if reading and (endpoint is None or self.focused is self.subnet_table):
            return copy_items.of_subnet(snapshot, reading, self.criteria)
        return copy_items.of_endpoint(snapshot, endpoint, self.criteria) if endpoint else ()

    def exportable_view(self) -> ExportableView | None:
        """The blocks of the subnet, or the rows of the focused table in their order."""
        from latticetop.dashboard.export import views

        if self.view is None:
            return None
        snapshot = self.view.snapshot
        reading = snapshot.subnets.get(self.subnet_id)
        if reading and isinstance(self.focused, BlockGrid):
            return views.blocks(reading)
        if self.focused is self.subnet_table:
            return views.subnets(snapshot, self.subnet_table.keys, self.criteria)
        return views.endpoints(snapshot, self.endpoint_table.keys, self.criteria)

    def plan_target(self) -> PlanTarget | None:
        """The subnets of the endpoint if its table is focused, else the subnet under the cursor; None without one."""
        if self.view is None or (reading := self.view.snapshot.subnets.get(self.subnet_id)) is None:
            return None
        endpoint = self.view.snapshot.endpoints.get(self.endpoint_id)
        if endpoint and self.focused is self.endpoint_table:
            subnet_ids = frozenset(endpoint.subnet_ids) & self.view.snapshot.subnets.keys()
            resources = demands_of(self.view.snapshot, endpoint)[0].resources if is_service_network(endpoint) else 1
            demand = Demand(resources=resources)
        else:
            subnet_ids, demand = frozenset({self.subnet_id}), prefix_demand(reading)
        network_arn = endpoint.service_network_arn if endpoint else ""
        return PlanTarget(reading.subnet.vpc_id, subnet_ids, network_arn, demand)
