"""Subnet CIDR reservations."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.resources import Reservation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import Region

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def reserve(
    region: Region,
    subnet_id: str,
    cidr: str,
    kind: str,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> Reservation:
    """Reserve a range of a subnet, in use or not (subnet-cidr-reservation); two ranges may not overlap."""
    subnet = region.subnet(subnet_id)
    if kind not in ("prefix", "explicit"):
        raise invalid(f"Value ({kind}) for parameter reservationType is invalid.")
    network = _network(cidr)
    whole = subnet.ipv6_cidr if network.version == 6 else subnet.cidr
    if whole is None or not _within(network, _network(whole)):
        raise invalid(f"The CIDR '{cidr}' is not within the range of subnet {subnet_id}.")
    for other in region.reservations.values():
        taken = _network(other.cidr)
        if other.subnet_id == subnet_id and taken.version == network.version and taken.overlaps(network):
            raise ApiError(
                "InvalidSubnetCidrReservation.Conflict",
                f"The CIDR '{cidr}' conflicts with reservation {other.id}.",
            )
    return region.put_reservation(
        Reservation(
            id=region.account.ids.new("scr"),
            subnet_id=subnet_id,
            cidr=cidr,
            kind=kind,
            owner=region.account.id,
            description=description,
            tags=dict(tags or {}),
        )
    )


def _network(cidr: str) -> Network:
    try:
        return ipaddress.ip_network(cidr)
    except ValueError:
        raise invalid(f"Value ({cidr}) for parameter cidr is invalid.") from None


def _within(inner: Network, outer: Network) -> bool:
    first, last = int(inner.network_address), int(inner.broadcast_address)
    return int(outer.network_address) <= first and last <= int(outer.broadcast_address)
