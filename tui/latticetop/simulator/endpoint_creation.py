"""Validation of CreateVpcEndpoint for service-network endpoints, before VPC Lattice starts to build.

Source: docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedEndpoint
from latticetop.simulator.endpoint_lifecycle import start_build
from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latticetop.simulator.ec2_resources import SimulatedSecurityGroup
    from latticetop.simulator.region import SimulatedRegion


def create_endpoint(
    region: SimulatedRegion,
    vpc_id: str,
    service_network_arn: str,
    subnet_ids: Sequence[str],
    *,
    security_group_ids: Sequence[str] = (),
    ip_address_type: str = "ipv4",
    private_dns_enabled: bool = True,
    tags: Mapping[str, str] | None = None,
) -> SimulatedEndpoint:
    """Add a Pending service-network endpoint and start to build it."""
    vpc = region.vpc(vpc_id)
    if region.lattice.service_network_by_arn(service_network_arn) is None:
        raise invalid(f"The service network '{service_network_arn}' does not exist")
    _check_subnets(region, vpc_id, subnet_ids)
    endpoint = region.put_endpoint(
        SimulatedEndpoint(
            id=region.world.ids.new("vpce"),
            endpoint_type="ServiceNetwork",
            vpc_id=vpc.id,
            state="Pending",
            owner_id=region.world.account_id,
            created_at=region.world.clock.now(),
            subnet_ids=tuple(subnet_ids),
            security_groups=_security_groups(region, vpc_id, security_group_ids),
            ip_address_type=ip_address_type.upper(),
            private_dns_enabled=private_dns_enabled,
            service_network_arn=service_network_arn,
            tags=dict(tags or {}),
        )
    )
    start_build(region, endpoint)
    return endpoint


def _check_subnets(region: SimulatedRegion, vpc_id: str, subnet_ids: Sequence[str]) -> None:
    """Check that there is a subnet, and at most one in each Availability Zone."""
    if not subnet_ids:
        raise ApiError("MissingParameter", "The request must contain the parameter SubnetIds")
    zones: set[str] = set()
    for subnet_id in subnet_ids:
        subnet = region.subnet(subnet_id)
        if subnet.vpc_id != vpc_id:
            raise invalid(f"The subnet {subnet_id} is not in VPC {vpc_id}")
        if subnet.cidr is None:
            raise invalid(f"The subnet {subnet_id} has no IPv4 addresses")
        if subnet.availability_zone in zones:
            raise ApiError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}",
            )
        zones.add(subnet.availability_zone)


def _security_groups(
    region: SimulatedRegion, vpc_id: str, security_group_ids: Sequence[str]
) -> tuple[SimulatedSecurityGroup, ...]:
    if security_group_ids:
        return tuple(region.security_group(group_id) for group_id in security_group_ids)
    default = region.default_security_group(vpc_id)
    return (default,) if default else ()
