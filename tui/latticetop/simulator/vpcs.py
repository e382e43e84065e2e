"""Creation of VPCs and subnets, with EC2's validation of their CIDRs.

Sources: docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and .../subnet-sizing.html (a /16 to a /28).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import zone_names
from latticetop.simulator.ec2_resources import SimulatedSecurityGroup, SimulatedSubnet, SimulatedVpc
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.ipv4 import AddressRange, parse_cidr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import SimulatedRegion

MAX_CIDR_SIZE, MIN_CIDR_SIZE = 1 << 16, 1 << 4


def add_vpc(
    region: SimulatedRegion,
    *cidrs: str,
    vpc_id: str | None = None,
    security_group_id: str | None = None,
    ipv6_cidr: str | None = None,
    owner_id: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> SimulatedVpc:
    """Add a VPC and its default security group; ``owner_id`` is another account that shares it."""
    ids = region.world.ids
    for cidr in cidrs:
        _parse_sized_cidr(cidr, "InvalidVpc.Range")
    vpc = SimulatedVpc(
        id=vpc_id or ids.new("vpc"),
        cidrs=cidrs,
        owner_id=owner_id or region.world.account_id,
        ipv6_cidr=ipv6_cidr,
        tags=dict(tags or {}),
    )
    group = SimulatedSecurityGroup(id=security_group_id or ids.new("sg"), name="default", vpc_id=vpc.id)
    region.security_groups[group.id] = group
    return region.put_vpc(vpc)


def add_subnet(
    region: SimulatedRegion,
    vpc_id: str,
    cidr: str | None,
    *,
    availability_zone: str | None = None,
    subnet_id: str | None = None,
    ipv6_cidr: str | None = None,
    owner_id: str | None = None,
    map_public_ip_on_launch: bool = False,
    tags: Mapping[str, str] | None = None,
) -> SimulatedSubnet:
    """Add a subnet, by default in the first zone of the Region; without an IPv4 CIDR it is IPv6-only.

    It belongs to the owner of the VPC, unless ``owner_id`` is another account.
    """
    vpc = region.vpc(vpc_id)
    if cidr is not None:
        _check_subnet_cidr(region, vpc, cidr)
    elif ipv6_cidr is None:
        raise invalid("A subnet needs an IPv4 or an IPv6 CIDR")
    return region.put_subnet(
        SimulatedSubnet(
            id=subnet_id or region.world.ids.new("subnet"),
            vpc_id=vpc_id,
            cidr=cidr,
            availability_zone=availability_zone or zone_names(region.name)[0],
            owner_id=owner_id or vpc.owner_id,
            ipv6_cidr=ipv6_cidr,
            map_public_ip_on_launch=map_public_ip_on_launch,
            tags=dict(tags or {}),
        )
    )


def _check_subnet_cidr(region: SimulatedRegion, vpc: SimulatedVpc, cidr: str) -> None:
    addresses = _parse_sized_cidr(cidr, "InvalidSubnet.Range")
    if not any(parse_cidr(vpc_cidr).covers(addresses) for vpc_cidr in vpc.cidrs):
        raise ApiError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for subnet in region.subnets.values():
        if subnet.vpc_id == vpc.id and subnet.cidr and parse_cidr(subnet.cidr).overlaps(addresses):
            raise ApiError("InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet")


def _parse_sized_cidr(cidr: str, error_code: str) -> AddressRange:
    addresses = parse_cidr(cidr)
    if not MIN_CIDR_SIZE <= addresses.size <= MAX_CIDR_SIZE:
        raise ApiError(error_code, f"The CIDR '{cidr}' is invalid.")
    return addresses
