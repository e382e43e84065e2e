"""Creation of subnet CIDR reservations, with EC2's validation."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedReservation
from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import SimulatedRegion

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def add_reservation(
    region: SimulatedRegion,
    subnet_id: str,
    cidr: str,
    reservation_type: str,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> SimulatedReservation:
    """Reserve a range of a subnet. It may cover addresses in use, but may not overlap another reservation.

    Source: docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html.
    """
    subnet = region.subnet(subnet_id)
    if reservation_type not in ("prefix", "explicit"):
        raise invalid(f"Value ({reservation_type}) for parameter reservationType is invalid.")
    network = _parse_network(cidr)
    subnet_cidr = subnet.ipv6_cidr if network.version == 6 else subnet.cidr
    if subnet_cidr is None or not _is_inside(network, _parse_network(subnet_cidr)):
        raise invalid(f"The CIDR '{cidr}' is not within the range of subnet {subnet_id}.")
    for other in region.reservations.values():
        other_network = _parse_network(other.cidr)
        is_same_family = other_network.version == network.version
        if other.subnet_id == subnet_id and is_same_family and other_network.overlaps(network):
            raise ApiError(
                "InvalidSubnetCidrReservation.Conflict",
                f"The CIDR '{cidr}' conflicts with reservation {other.id}.",
            )
    return region.put_reservation(
        SimulatedReservation(
            id=region.world.ids.new("scr"),
            subnet_id=subnet_id,
            cidr=cidr,
            reservation_type=reservation_type,
            owner_id=subnet.owner_id,
            description=description,
            tags=dict(tags or {}),
        )
    )


def _parse_network(cidr: str) -> Network:
    try:
        return ipaddress.ip_network(cidr)
    except ValueError:
        raise invalid(f"Value ({cidr}) for parameter cidr is invalid.") from None


def _is_inside(inner: Network, outer: Network) -> bool:
    first, last = int(inner.network_address), int(inner.broadcast_address)
    return int(outer.network_address) <= first and last <= int(outer.broadcast_address)
