"""One ENI: everything AWS says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.dashboard.endpoint.attributes_screen import FactsScreen
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import owner_of, role_of
from latticetop.model.records.problem import ReadError

if TYPE_CHECKING:
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.reports.takeaway import Take


class InterfaceScreen(FactsScreen):
    """Asks AWS for the whole of one ENI; until the answer is there, and when it does not come, shows what is known."""

    def __init__(self, network_interface_id: str) -> None:
        super().__init__(network_interface_id, {})
        self.network_interface_id = network_interface_id

    def opened(self) -> None:
        """Show what is known, then ask."""
        view = self.lattice.view
        interface = view.snapshot.interface(self.network_interface_id) if view else None
        if interface:
            self.show_facts(known_facts(interface), "asking AWS for the rest…")
        self.run_worker(self._ask(interface), exclusive=True)

    def take(self) -> Take:
        """The interface, as it was last read; what AWS says of it when it was not."""
        from latticetop.reports import takeaway

        view = self.lattice.view
        interface = view.snapshot.interface(self.network_interface_id) if view else None
        return takeaway.of_interface(view.snapshot, interface) if view and interface else super().take()

    async def _ask(self, interface: NetworkInterface | None) -> None:
        known = {"Owner": str(owner_of(interface))} if interface else {}
        if interface and (role := role_of(interface)):
            known["Role"] = role.value
        try:
            answer = await self.lattice.source.describe_interface(self.network_interface_id)
        except ReadError as error:
            self.show_facts(known_facts(interface) if interface else {}, f"from the last read: {error.problem.message}")
        else:
            self.show_facts(known | dict(answer), "as AWS says now")


def known_facts(interface: NetworkInterface) -> dict[str, Any]:
    """What the last read brought, under AWS's names."""
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
