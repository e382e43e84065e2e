"""One ENI with all its attributes, and links to its owner, its subnet and its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widgets import DataTable, Static

from latticetop.dashboard.endpoint.attributes_screen import AttributesScreen
from latticetop.dashboard.endpoint.interface_links import (
    InterfaceLink,
    LinkKind,
    LinkTable,
    interface_links,
    link_rows,
)
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import EndpointSelected, OwnersSelected, SubnetSelected
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import owner_of, role_of
from latticetop.model.records.problem import ReadError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.reports.copy_items import CopyItems


class InterfaceScreen(AttributesScreen):
    """Reads all attributes of one ENI; until AWS answers, or if it does not, shows those of the last read."""

    AUTO_FOCUS = "#links"

    def __init__(self, network_interface_id: str) -> None:
        super().__init__(network_interface_id, {})
        self.network_interface_id = network_interface_id
        self._links: list[InterfaceLink] = []

    def compose(self) -> ComposeResult:
        """The links above the attributes."""
        yield StatusLine()
        yield Pane(
            LinkTable(self.settings_of(LinkTable), id="links"),
            ScrollArea(Static(id="attributes"), classes="scroll"),
            id="attributes-pane",
        )
        yield KeyLine()

    def refresh_from(self, view: SnapshotView) -> None:
        """Show the links as of this read; a read does not change the attributes."""
        super().refresh_from(view)
        interface, table = view.snapshot.interface(self.network_interface_id), self.query_one(LinkTable)
        self._links = interface_links(view.snapshot, interface) if interface else []
        table.display = bool(self._links)
        table.show(link_rows(self._links, self.host.palette))

    @property
    def subnet_at_cursor(self) -> tuple[int, str] | None:
        """The account and Region by index, and the subnet of the ENI."""
        return (self.host.scope_index, self._interface.subnet_id) if self._interface else None

    @on(DataTable.RowSelected, "#links")
    def _follow_link(self) -> None:
        index = int(self.query_one(LinkTable).current or 0)
        interface, scope = self._interface, self.host.scope_index
        if interface is None or index >= len(self._links):
            return
        link = self._links[index]
        match link.kind:
            case LinkKind.ENDPOINT:
                self.post_message(EndpointSelected(scope, link.id))
            case LinkKind.OWNER:
                self.post_message(OwnersSelected(scope, interface.subnet_id, self.network_interface_id))
            case LinkKind.SUBNET | LinkKind.BLOCK:
                self.post_message(SubnetSelected(scope, interface.subnet_id, link.address))

    def opened(self) -> None:
        """Show the attributes of the last read, and read the others."""
        interface = self._interface
        if interface:
            self.show_attributes(known_attributes(interface), "reading the other attributes…")
        self._read(interface)

    @property
    def _interface(self) -> NetworkInterface | None:
        return self.host.view.snapshot.interface(self.network_interface_id) if self.host.view else None

    def copy_items(self) -> CopyItems:
        """The ENI of the last read; if it was not read, its attributes."""
        from latticetop.reports import copy_items

        view, interface = self.host.view, self._interface
        return copy_items.of_interface(view.snapshot, interface) if view and interface else super().copy_items()

    @work(exclusive=True, description="read the ENI")
    async def _read(self, interface: NetworkInterface | None) -> None:
        ownership = {"Owner": str(owner_of(interface))} if interface else {}
        if interface and (role := role_of(interface)):
            ownership["Role"] = role.value
        try:
            attributes = await self.host.source.describe_interface(self.network_interface_id)
        except ReadError as error:
            summary = f"from the last read: {error.problem.message}"
            self.show_attributes(known_attributes(interface) if interface else {}, summary)
        else:
            self.show_attributes(ownership | dict(attributes), "as AWS says now")


def known_attributes(interface: NetworkInterface) -> dict[str, Any]:
    """The attributes that every read brings, under AWS's names."""
    return {
        "Owner": str(owner_of(interface)),
        "NetworkInterfaceId": interface.network_interface_id,
        "Description": interface.description,
        "Status": interface.status,
        "InterfaceType": interface.interface_type,
        "SubnetId": interface.subnet_id,
        "VpcId": interface.vpc_id,
        "AvailabilityZone": interface.availability_zone,
        "PrivateIpAddresses": [format_address(address) for address in interface.addresses],
        "Ipv4Prefixes": [str(prefix) for prefix in interface.prefixes],
        "Ipv6Addresses": list(interface.ipv6_addresses),
        "Ipv6Prefixes": list(interface.ipv6_prefixes),
        "OwnerId": interface.owner_id,
        "RequesterId": interface.requester_id,
        "RequesterManaged": interface.requester_managed,
        "Operator": interface.operator,
        "InstanceId": interface.instance_id,
        "TagSet": {tag.key: tag.value for tag in interface.tags},
    }
