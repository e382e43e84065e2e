"""ENI coverage of an endpoint: in which of its subnets it has an ENI in a role, and in which it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.eni_owners import EniRole, role_of
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot


class Coverage(Struct, frozen=True):
    """The ENIs of an endpoint in one role, and the endpoint's subnets without one, all in the order of its subnets.

    `uncovered` subnets have no such ENI; `unread` ones have none that is visible, but their ENIs were not read.
    """

    interfaces: tuple[NetworkInterface, ...]
    uncovered: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every subnet has an ENI."""
        return not self.uncovered and not self.unread


def coverage_of(snapshot: Snapshot, endpoint: Endpoint, role: EniRole) -> Coverage:
    """Return the coverage of an endpoint by ENIs in a role."""
    order = {subnet_id: number for number, subnet_id in enumerate(endpoint.subnet_ids)}
    interfaces = sorted(
        (i for i in snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ()) if role_of(i) is role),
        key=lambda i: (order.get(i.subnet_id, len(order)), i.network_interface_id),
    )
    covered = {interface.subnet_id for interface in interfaces}
    rest = [subnet_id for subnet_id in endpoint.subnet_ids if subnet_id not in covered]
    return Coverage(
        tuple(interfaces),
        tuple(subnet_id for subnet_id in rest if subnet_id in snapshot.read_at),
        tuple(subnet_id for subnet_id in rest if subnet_id not in snapshot.read_at),
    )


def subnets_out_of_blocks(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: Iterable[str]) -> list[str]:
    """Return those of these subnets that have no free /28 block; none for an IPv6 endpoint, which needs no block."""
    if endpoint.ip_address_type.lower() == "ipv6":
        return []
    readings = {subnet_id: snapshot.subnets.get(subnet_id) for subnet_id in subnet_ids}
    return [subnet_id for subnet_id, reading in readings.items() if reading is not None and reading.out_of_blocks]


def zone_names(snapshot: Snapshot, subnet_ids: Iterable[str]) -> str:
    """Join the zones of subnets, `us-east-1a and us-east-1b`; the subnet id stands in for an unknown zone."""
    names = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets.get(subnet_id)
        names.append(reading.subnet.availability_zone if reading else subnet_id)
    names = list(dict.fromkeys(names))
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
