"""Whether a subnet has the types of address that an endpoint needs: IPv6 is a matter of having it, not of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.demand import IpAddressType

if TYPE_CHECKING:
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.records.resources import Subnet


NEEDS_NO_IPV4 = "Needs /80 prefixes of IPv6 and no IPv4 address"
"""What endpoints with IPv6 alone need."""


def lacks_address_type(subnet: Subnet, demand: Demand) -> bool:
    """Whether AWS refuses the endpoints of a demand in this subnet because of its address types.

    IPv6 needs a subnet with IPv6 alone, dual stack one with both
    (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html).
    """
    if not demand.endpoints or demand.ip_address_type is IpAddressType.IPV4:
        return False
    return not subnet.ipv6_cidr_blocks or (demand.without_ipv4 and subnet.cidr_block is not None)


def address_type_reason(subnet: Subnet, demand: Demand) -> str:
    """Say what the address types of a subnet decide, without a full stop; empty if IPv4 decides."""
    if not lacks_address_type(subnet, demand):
        ranges = ", ".join(subnet.ipv6_cidr_blocks)
        return f"{NEEDS_NO_IPV4}; {ranges} has them" if demand.without_ipv4 else ""
    if not subnet.ipv6_cidr_blocks:
        return f"{_NEEDS[demand.ip_address_type]}; the subnet has no IPv6 range"
    return f"Needs a subnet with IPv6 alone; this one has IPv4 too ({subnet.cidr_block}), so use dualstack"


_NEEDS = {
    IpAddressType.DUALSTACK: "Needs IPv4 and IPv6 in the subnet",
    IpAddressType.IPV6: "Needs /80 prefixes of IPv6",
}
