"""One endpoint: its findings, ENIs, associations and service network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.endpoint.attributes_screen import AttributesScreen
from latticetop.dashboard.endpoint.explain_screen import ExplainScreen
from latticetop.dashboard.endpoint.service_network import network_rows, network_summary
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import InterfaceSelected
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.unread import reason, unread_text
from latticetop.dashboard.widgets.backdrop import Area, ScrollArea
from latticetop.dashboard.widgets.findings import render_assessment
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.endpoints.coverage import zone_names
from latticetop.model.endpoints.endpoint_types import has_associations, is_service_network
from latticetop.model.endpoints.verdict import is_being_built
from latticetop.model.records.address import format_address
from latticetop.model.records.aws_actions import DESCRIBE_ASSOCIATIONS, LATTICE_ACTIONS
from latticetop.model.records.eni_owners import role_of
from latticetop.model.records.read_parts import ASSOCIATIONS
from latticetop.model.records.text import clean, counted, resource_name, shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.copy_items import CopyItems

DEFAULT_WIDTH = 80
"""Columns of the text before it is laid out."""
MAX_ADDRESSES = 2
"""How many secondary addresses of an ENI a row has."""


class InterfaceTable(KeyedTable):
    """A row for each ENI of an endpoint; the key is the id."""

    SETTINGS_NAME = "interfaces"
    COLUMNS = (
        Column("role", "role", gap=0),
        Column("id", "interface"),
        Column("zone", "az"),
        Column("address", "primary"),
        Column("held", "holds", 66),
        Column("status", "status", 76),
        Column("subnet", "subnet", 100),
        Column("listed", "listed by AWS", 126),
    )
    DEFAULT_SORT = "role"


class AssociationTable(KeyedTable):
    """A row for each association of an endpoint; the key is the id."""

    SETTINGS_NAME = "associations"
    COLUMNS = (
        Column("accessibility", "AWS says", gap=0),
        Column("resource", "resource"),
        Column("failure", "failure", 150),
        Column("dns", "DNS name", 40, flexible=True),
    )
    DEFAULT_SORT = "accessibility"


class NetworkTable(KeyedTable):
    """A row for each association of the endpoint's service network; the key is its id."""

    SETTINGS_NAME = "network"
    COLUMNS = (
        Column("kind", "kind", gap=0),
        Column("name", "name"),
        Column("status", "status", 36),
        Column("id", "id", 60),
    )
    DEFAULT_SORT = "kind"


class EndpointScreen(DetailScreen):
    """One endpoint; Enter opens the ENI or the association under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.ENDPOINT)
    AUTO_FOCUS = "#interface-table"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__()
        self.endpoint_id = endpoint_id

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The endpoint."""
        return (shorten_ids(self.endpoint_id),)

    def compose(self) -> ComposeResult:
        """The findings above the tables."""
        yield StatusLine()
        with Area(id="endpoint-panes"):
            yield Pane(ScrollArea(Static(id="endpoint-why"), classes="scroll"), id="endpoint-about")
            yield Pane(
                InterfaceTable(self.settings_of(InterfaceTable), id="interface-table"),
                id="interfaces",
                title="Interfaces",
            )
            with Area(id="below"):
                yield Pane(
                    AssociationTable(self.settings_of(AssociationTable), id="association-table"),
                    id="associations",
                    title="Associations",
                )
                yield Pane(
                    NetworkTable(self.settings_of(NetworkTable), id="network-table"),
                    id="network",
                    title="Service network",
                )
        yield KeyLine()

    def refresh_from(self, view: SnapshotView) -> None:
        """Show the endpoint, or that it was deleted."""
        pane, palette = self.query_one("#endpoint-about", Pane), self.host.palette
        endpoint = view.snapshot.endpoints.get(self.endpoint_id)
        pane.set_title(self.endpoint_id, _summary(view, endpoint) if endpoint else "")
        if endpoint is None:
            pane.show_message("AWS no longer lists this endpoint.")
            return
        pane.show_message("")
        text = self.query_one("#endpoint-why", Static)
        assessment = view.assessments[self.endpoint_id]
        text.update(render_assessment(assessment, palette, text.size.width or DEFAULT_WIDTH))
        self._show_interfaces(view, endpoint, palette)
        self._show_associations(view, endpoint, palette)
        self._show_network(view, endpoint, palette)
        below = ("#associations", "#network")
        self.query_one("#below").display = any(self.query_one(selector).display for selector in below)

    def _show_interfaces(self, view: SnapshotView, endpoint: Endpoint, palette: Palette) -> None:
        snapshot = view.snapshot
        interfaces = sorted(
            snapshot.interfaces_by_endpoint.get(self.endpoint_id, ()),
            key=lambda i: (role_of(i) or "", zone_names(snapshot, [i.subnet_id])),
        )
        pane = self.query_one("#interfaces", Pane)
        pane.set_title("Interfaces", counted(len(interfaces), "interface"))
        pane.show_message("" if interfaces else "No interface of this endpoint was read.")
        rows = [_interface_row(snapshot, endpoint, interface, palette) for interface in interfaces]
        self.query_one(InterfaceTable).show(rows)

    def _show_associations(self, view: SnapshotView, endpoint: Endpoint, palette: Palette) -> None:
        associations = view.snapshot.associations_by_endpoint.get(self.endpoint_id, ())
        pane = self.query_one("#associations", Pane)
        pane.display = has_associations(endpoint, bool(associations))
        pane.set_title("Associations", "what AWS says of the resource; it was not probed" if associations else "")
        if ASSOCIATIONS in view.snapshot.read_at:
            none = f"AWS lists no association of this endpoint{' yet' if is_being_built(endpoint.state) else ''}."
            pane.show_message("" if associations else none)
        else:
            pane.show_message(unread_text("The associations", view.snapshot, DESCRIBE_ASSOCIATIONS))
        rows = [_association_row(a, palette) for a in sorted(associations, key=lambda a: a.accessible)]
        self.query_one(AssociationTable).show(rows)

    def _show_network(self, view: SnapshotView, endpoint: Endpoint, palette: Palette) -> None:
        network = view.snapshot.service_network_of(endpoint)
        pane = self.query_one("#network", Pane)
        pane.display = is_service_network(endpoint)
        pane.set_title("Service network", network_summary(network) if network else "")
        rows = network_rows(network, endpoint.vpc_endpoint_id, palette) if network else []
        if network is None:
            cause = reason(view.snapshot, LATTICE_ACTIONS) or "not read yet, or denied"
            pane.show_message(f"VPC Lattice has not returned it: {cause}.")
        else:
            pane.show_message("" if rows else "It has no associations that can be read.")
        self.query_one(NetworkTable).show(rows)

    def action_explain(self) -> None:
        """Investigate this endpoint."""
        self.app.push_screen(ExplainScreen(self.endpoint_id))

    def copy_items(self) -> CopyItems:
        """The row under the cursor of the focused table, else the endpoint."""
        from latticetop.reports import copy_items

        snapshot = self.host.view.snapshot if self.host.view else None
        endpoint = snapshot.endpoints.get(self.endpoint_id) if snapshot else None
        if snapshot is None or endpoint is None:
            return ()
        table, network = self.focused, snapshot.service_network_of(endpoint)
        key = table.current or "" if isinstance(table, KeyedTable) else ""
        if isinstance(table, InterfaceTable) and (interface := snapshot.interface(key)):
            return copy_items.of_interface(snapshot, interface)
        if isinstance(table, AssociationTable) and key in snapshot.associations:
            return copy_items.of_association(snapshot, snapshot.associations[key])
        if isinstance(table, NetworkTable) and network and key:
            return copy_items.of_network_part(snapshot.scope, network, key)
        return copy_items.of_endpoint(snapshot, endpoint, self.host.criteria)

    def exportable_view(self) -> ExportableView | None:
        """The focused table, else the endpoint."""
        from latticetop.dashboard.export import views

        snapshot = self.host.view.snapshot if self.host.view else None
        endpoint = snapshot.endpoints.get(self.endpoint_id) if snapshot else None
        if snapshot is None or endpoint is None:
            return None
        table, network = self.focused, snapshot.service_network_of(endpoint)
        if isinstance(table, InterfaceTable):
            return views.interfaces(snapshot, self.endpoint_id, table.keys)
        if isinstance(table, AssociationTable):
            return views.associations(snapshot, self.endpoint_id, table.keys)
        if isinstance(table, NetworkTable) and network:
            return views.network(network)
        return views.endpoint(snapshot, self.endpoint_id, self.host.criteria)

    @on(DataTable.RowSelected, "#interface-table")
    def _open_interface(self) -> None:
        if key := self.query_one(InterfaceTable).current:
            self.post_message(InterfaceSelected(self.host.scope_index, key))

    @on(DataTable.RowSelected, "#association-table")
    def _open_association(self) -> None:
        view, key = self.host.view, self.query_one(AssociationTable).current
        association = view.snapshot.associations.get(key or "") if view else None
        if association:
            self.app.push_screen(AttributesScreen(association.association_id, _attributes(association)))


def _summary(view: SnapshotView, endpoint: Endpoint) -> str:
    created = f"created {endpoint.creation_timestamp:%Y-%m-%d %H:%M:%S}Z" if endpoint.creation_timestamp else ""
    parts = (view.network_name(endpoint), endpoint.vpc_endpoint_type, endpoint.vpc_id, created)
    return " · ".join(part for part in parts if part)


def _interface_row(snapshot: Snapshot, endpoint: Endpoint, interface: NetworkInterface, palette: Palette) -> Row:
    reading = snapshot.subnets.get(interface.subnet_id)
    role = role_of(interface)
    addresses = [*map(format_address, interface.addresses), *interface.ipv6_addresses]
    prefixes = [*map(str, interface.prefixes), *interface.ipv6_prefixes]
    held = prefixes or addresses[1 : 1 + MAX_ADDRESSES]
    rest = 0 if prefixes else len(addresses) - 1 - MAX_ADDRESSES
    listed = interface.network_interface_id in endpoint.network_interface_ids
    address = addresses[0] if addresses else "-"
    cells = {
        "role": Text(role.value if role else "-", palette["text"]),
        "id": Text(interface.network_interface_id, palette["text"]),
        "zone": Text(clean(reading.subnet.zone_letter if reading else "?"), palette["dim"]),
        "address": Text(address, palette["text"]),
        "held": Text(", ".join(held) + (f" +{rest}" if rest > 0 else ""), palette.ink("L")),
        "status": Text(clean(interface.status), palette["dim"]),
        "subnet": Text(interface.subnet_id, palette["dim"]),
        "listed": Text("yes" if listed else "no", palette["dim"]),
    }
    sort_values = {"id": interface.network_interface_id, "subnet": interface.subnet_id}
    return Row(interface.network_interface_id, cells, sort_values)


def _association_row(association: Association, palette: Palette) -> Row:
    failure = ": ".join(part for part in (association.failure_code, association.failure_reason) if part)
    cells = {
        "accessibility": Text(
            clean(association.accessibility) or "-", palette["good" if association.accessible else "bad"]
        ),
        "resource": Text(clean(resource_name(association.resource_arn)), palette["text"]),
        "failure": Text(clean(failure), palette["bad"]),
        "dns": Text(clean(association.dns_name or association.private_dns_name), palette["dim"]),
    }
    return Row(association.association_id, cells, {"accessibility": association.accessible})


def _attributes(association: Association) -> dict[str, str]:
    return {
        "Id": association.association_id,
        "AssociatedResourceAccessibility": association.accessibility,
        "AssociatedResourceArn": association.resource_arn,
        "DnsName": association.dns_name,
        "PrivateDnsName": association.private_dns_name,
        "FailureCode": association.failure_code,
        "FailureReason": association.failure_reason,
        "ServiceNetworkName": association.service_network_name,
        "ServiceNetworkArn": association.service_network_arn,
        "ResourceConfigurationGroupArn": association.resource_configuration_group_arn,
        "VpcEndpointId": association.vpc_endpoint_id,
    }
