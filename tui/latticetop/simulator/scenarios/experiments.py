"""The six experiments made after the incident: one service network, and a new endpoint in each experiment.

In some experiments one ENI in each subnet was attempted, in others several; AWS did not explain why. Here a subnet
gets resource ENIs only in a zone of the resource gateway, us-east-1a or us-east-1b
(docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import (
    add_resource_gateway,
    add_service_network,
    create_endpoint_as_user,
)
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.ec2_resources import SimulatedSubnet
    from latticetop.simulator.lattice_resources import SimulatedServiceNetwork
    from latticetop.simulator.region import SimulatedRegion

GATEWAY_ZONE_A, GATEWAY_ZONE_B, OTHER_ZONE = "us-east-1a", "us-east-1b", "us-east-1c"
RESOURCES = ("test-resource-1", "test-resource-2", "test-resource-3")
CREATE_AFTER = 9.0


def build(account: SimulatedAccount, number: str) -> None:
    """Build the experiment with a number from 1 to 6, and create its endpoint."""
    region = account.region()
    network = _add_service_network(region)
    vpc = add_vpc(region, "10.10.10.0/24")
    subnets = EXPERIMENTS[number](region, vpc.id)
    account.world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, subnets))


def _add_service_network(region: SimulatedRegion) -> SimulatedServiceNetwork:
    provider = add_vpc(region, "10.10.20.0/24", tags={"Name": "provider"})
    subnets = [
        add_subnet(region, provider.id, f"10.10.20.{128 * index}/25", availability_zone=zone)
        for index, zone in enumerate((GATEWAY_ZONE_A, GATEWAY_ZONE_B))
    ]
    gateway = add_resource_gateway(region, "test-gateway", subnets, address_count=16)
    return add_service_network(region, "test-service-network-a", resources=RESOURCES, gateway_id=gateway.id)


def _add_used_26(region: SimulatedRegion, vpc_id: str) -> SimulatedSubnet:
    """A /26 subnet with two instances, one of which fragments a block."""
    subnet = add_subnet(region, vpc_id, "10.10.10.0/26", availability_zone=GATEWAY_ZONE_A)
    for address in ("10.10.10.13", "10.10.10.36"):
        InterfaceFactory(region).instance(subnet, address)
    return subnet


def _empty_and_used_26(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    used = _add_used_26(region, vpc_id)
    return [add_subnet(region, vpc_id, "10.10.10.64/26", availability_zone=GATEWAY_ZONE_B), used]


def _used_26(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    return [_add_used_26(region, vpc_id)]


def _empty_26(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    return [add_subnet(region, vpc_id, "10.10.10.128/26", availability_zone=OTHER_ZONE)]


def _empty_25(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    return [add_subnet(region, vpc_id, "10.10.10.128/25", availability_zone=OTHER_ZONE)]


def _empty_25_and_26(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    return [
        add_subnet(region, vpc_id, "10.10.10.128/25", availability_zone=GATEWAY_ZONE_A),
        add_subnet(region, vpc_id, "10.10.10.64/26", availability_zone=GATEWAY_ZONE_B),
    ]


def _used_25(region: SimulatedRegion, vpc_id: str) -> list[SimulatedSubnet]:
    subnet = add_subnet(region, vpc_id, "10.10.10.128/25", availability_zone=OTHER_ZONE)
    factory = InterfaceFactory(region)
    factory.eks_node(subnet, "test", 4, factory.new_instance_id())
    return [subnet]


EXPERIMENTS = {
    "1": _empty_and_used_26,
    "2": _used_26,
    "3": _empty_26,
    "4": _empty_25,
    "5": _empty_25_and_26,
    "6": _used_25,
}
