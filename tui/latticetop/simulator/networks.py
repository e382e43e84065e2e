"""VPCs and subnets: what makes them lawful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.addresses import parse_cidr
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.resources import SecurityGroup, Subnet, Vpc
from latticetop.simulator.zones import zone_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import Region

LARGEST, SMALLEST = 1 << 16, 1 << 4


def add_vpc(
    region: Region,
    *cidrs: str,
    vpc_id: str | None = None,
    group_id: str | None = None,
    ipv6_cidr: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> Vpc:
    """Add a VPC and its default security group."""
    ids = region.account.ids
    for cidr in cidrs:
        _sized(cidr, "InvalidVpc.Range")
    vpc = Vpc(
        id=vpc_id or ids.new("vpc"),
        cidrs=cidrs,
        owner=region.account.id,
        ipv6_cidr=ipv6_cidr,
        tags=dict(tags or {}),
    )
    group = SecurityGroup(id=group_id or ids.new("sg"), name="default", vpc_id=vpc.id)
    region.groups[group.id] = group
    return region.put_vpc(vpc)


def add_subnet(
    region: Region,
    vpc_id: str,
    cidr: str | None,
    *,
    zone: str | None = None,
    subnet_id: str | None = None,
    ipv6_cidr: str | None = None,
    owner: str | None = None,
    public: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Subnet:
    """Add a subnet, by default in the Region's first zone; without a CIDR it is IPv6-only."""
    vpc = region.vpc(vpc_id)
    if cidr is not None:
        span = _sized(cidr, "InvalidSubnet.Range")
        if not any(_within(span, parse_cidr(block)) for block in vpc.cidrs):
            raise ApiError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
        for pool in (region.pools[s.id] for s in region.subnets.values() if s.vpc_id == vpc_id and s.cidr):
            if span[0] <= pool.last and pool.first <= span[1]:
                message = f"The CIDR '{cidr}' conflicts with another subnet"
                raise ApiError("InvalidSubnet.Conflict", message)
    elif ipv6_cidr is None:
        raise invalid("A subnet needs an IPv4 or an IPv6 CIDR")
    return region.put_subnet(
        Subnet(
            id=subnet_id or region.account.ids.new("subnet"),
            vpc_id=vpc_id,
            cidr=cidr,
            zone=zone or zone_names(region.name)[0],
            owner=owner or region.account.id,
            ipv6_cidr=ipv6_cidr,
            public=public,
            tags=dict(tags or {}),
        )
    )


def _sized(cidr: str, code: str) -> tuple[int, int]:
    first, last = parse_cidr(cidr)
    if not SMALLEST <= last - first + 1 <= LARGEST:
        raise ApiError(code, f"The CIDR '{cidr}' is invalid.")
    return first, last


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
