"""What a service-network endpoint needs before VPC Lattice starts to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.endpoints import build
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.resources import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import SecurityGroup


def create_endpoint(
    region: Region,
    vpc_id: str,
    network_arn: str,
    subnet_ids: Sequence[str],
    *,
    group_ids: Sequence[str] = (),
    ip_address_type: str = "ipv4",
    private_dns: bool = True,
    tags: Mapping[str, str] | None = None,
) -> Endpoint:
    """Add a Pending endpoint of a service network and start building it: one subnet to a zone."""
    vpc = region.vpc(vpc_id)
    if region.lattice.network_of(network_arn) is None:
        raise invalid(f"The service network '{network_arn}' does not exist")
    _check_subnets(region, vpc_id, subnet_ids)
    endpoint = region.put_endpoint(
        Endpoint(
            id=region.account.ids.new("vpce"),
            kind="ServiceNetwork",
            vpc_id=vpc.id,
            state="Pending",
            owner=region.account.id,
            created=region.account.clock.now(),
            subnet_ids=tuple(subnet_ids),
            groups=_groups(region, vpc_id, group_ids),
            ip_address_type=ip_address_type.upper(),
            private_dns=private_dns,
            service_network_arn=network_arn,
            tags=dict(tags or {}),
        )
    )
    build(region, endpoint)
    return endpoint


def _check_subnets(region: Region, vpc_id: str, subnet_ids: Sequence[str]) -> None:
    if not subnet_ids:
        raise ApiError("MissingParameter", "The request must contain the parameter SubnetIds")
    zones: set[str] = set()
    for subnet_id in subnet_ids:
        subnet = region.subnet(subnet_id)
        if subnet.vpc_id != vpc_id:
            raise invalid(f"The subnet {subnet_id} is not in VPC {vpc_id}")
        if subnet.cidr is None:
            raise invalid(f"The subnet {subnet_id} has no IPv4 addresses")
        if subnet.zone in zones:
            raise ApiError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}",
            )
        zones.add(subnet.zone)


def _groups(region: Region, vpc_id: str, group_ids: Sequence[str]) -> tuple[SecurityGroup, ...]:
    if group_ids:
        return tuple(region.group(group_id) for group_id in group_ids)
    default = region.default_group(vpc_id)
    return (default,) if default else ()
