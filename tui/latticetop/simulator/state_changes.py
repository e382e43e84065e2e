"""Changes of an account that no API call of its owner makes: sharing, hiding, and what services leave behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedOperator

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface, SimulatedVpc
    from latticetop.simulator.region import SimulatedRegion


def share_vpc(region: SimulatedRegion, vpc_id: str, owner_id: str) -> SimulatedVpc:
    """Make a VPC and its subnets those of another account, which shares them; the ENIs keep their owners.

    AWS RAM shares subnets; all subnets of a VPC belong to the owner of the VPC
    (docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
    """
    vpc = region.put_vpc(replace(region.vpc(vpc_id), owner_id=owner_id))
    for subnet in [subnet for subnet in region.subnets.values() if subnet.vpc_id == vpc_id]:
        region.put_subnet(replace(subnet, owner_id=owner_id))
    return vpc


def leave_behind(region: SimulatedRegion, interface_id: str) -> SimulatedNetworkInterface:
    """Detach an ENI without deleting it: it is `available` and keeps its addresses."""
    return region.put_interface(replace(region.interface(interface_id), attachment=None, status="available"))


def hide_interface(
    region: SimulatedRegion, interface_id: str, principal: str = "eks.amazonaws.com"
) -> SimulatedNetworkInterface:
    """Make an ENI one of a managed resource, which Describe calls show only with IncludeManagedResources."""
    operator = SimulatedOperator(principal=principal, hidden_by_default=True)
    return region.put_interface(replace(region.interface(interface_id), operator=operator))
