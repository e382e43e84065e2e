"""Where an endpoint's ENIs stand, where they lack, and whether there is room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.records.eni_owners import EniRole, role_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.records.resources import Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading


def interfaces_with(snapshot: Snapshot, endpoint: Endpoint, role: EniRole) -> list[NetworkInterface]:
    """The endpoint's ENIs in that role, in the order of its subnets."""
    order = {subnet_id: n for n, subnet_id in enumerate(endpoint.subnet_ids)}
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    found = [i for i in interfaces if role_of(i) is role]
    return sorted(found, key=lambda i: (order.get(i.subnet_id, len(order)), i.network_interface_id))


def lacking_subnets(snapshot: Snapshot, endpoint: Endpoint, interfaces: Iterable[NetworkInterface]) -> list[str]:
    """The endpoint's subnets that were looked into and in which none of these ENIs is."""
    served = {i.subnet_id for i in interfaces}
    return [s for s in endpoint.subnet_ids if s not in served and s in snapshot.read_at]


def unread_subnets(snapshot: Snapshot, endpoint: Endpoint, interfaces: Iterable[NetworkInterface]) -> list[str]:
    """The endpoint's subnets whose ENIs were not read, so that nothing can be said of them."""
    served = {i.subnet_id for i in interfaces}
    return [s for s in endpoint.subnet_ids if s not in served and s not in snapshot.read_at]


def is_out_of_blocks(reading: SubnetReading | None, endpoint: Endpoint) -> bool:
    """Whether a subnet has no /28 left that the endpoint would need (an IPv6 endpoint needs none)."""
    if reading is None or endpoint.ip_address_type.lower() == "ipv6":
        return False
    return reading.out_of_blocks


def zone_names(snapshot: Snapshot, subnet_ids: Iterable[str]) -> str:
    """Name the zones of subnets, `us-east-1a and us-east-1b`; the subnet itself where its zone is not known."""
    names = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets.get(subnet_id)
        names.append(reading.subnet.availability_zone if reading else subnet_id)
    names = list(dict.fromkeys(names))
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
