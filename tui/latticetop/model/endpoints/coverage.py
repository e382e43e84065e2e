"""ENI coverage of an endpoint: in which of its subnets it has an ENI in a role, and in which it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.endpoint_types import needs_blocks
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


def coverage_of(snapshot: Snapshot, endpoint: Endpoint, role: EniRole | None = None) -> Coverage:
    """Return the coverage of an endpoint by ENIs in a role, or by all its ENIs. Each subnet counts once."""
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    order = {subnet_id: number for number, subnet_id in enumerate(dict.fromkeys(endpoint.subnet_ids))}
    in_role = sorted(
        (i for i in interfaces if role is None or role_of(i) is role),
        key=lambda i: (order.get(i.subnet_id, len(order)), i.network_interface_id),
    )
    covered = {interface.subnet_id for interface in in_role}
    rest = [subnet_id for subnet_id in order if subnet_id not in covered]
    return Coverage(
        tuple(in_role),
        tuple(subnet_id for subnet_id in rest if subnet_id in snapshot.read_at),
        tuple(subnet_id for subnet_id in rest if subnet_id not in snapshot.read_at),
    )


def subnets_out_of_blocks(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: Iterable[str]) -> list[str]:
    """Return those of these subnets that certainly have no free block; none for an endpoint that needs no block."""
    if not needs_blocks(endpoint):
        return []
    subnets = {key: free_blocks_of(snapshot, key) for key in subnet_ids if key in snapshot.subnets}
    return [key for key, free in subnets.items() if free is not None and free.none]


def zone_names(snapshot: Snapshot, subnet_ids: Iterable[str]) -> str:
    """Join the zones of subnets, `us-east-1a and us-east-1b`; the subnet id stands in for an unknown zone."""
    names = _zones(snapshot, subnet_ids)
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def all_zones(snapshot: Snapshot, endpoint: Endpoint) -> str:
    """Name all zones of an endpoint: one by its name, more as `both zones` or `all 3 zones`."""
    names = _zones(snapshot, endpoint.subnet_ids)
    return names[0] if len(names) == 1 else "both zones" if len(names) == 2 else f"all {len(names)} zones"


def _zones(snapshot: Snapshot, subnet_ids: Iterable[str]) -> list[str]:
    readings = {subnet_id: snapshot.subnets.get(subnet_id) for subnet_id in subnet_ids}
    return list(dict.fromkeys(r.subnet.availability_zone or key if r else key for key, r in readings.items()))
