"""EKS nodes with prefix delegation take the last blocks of a subnet while an endpoint is built in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedCluster
from latticetop.simulator.network_interfaces import unassign_addresses
from latticetop.simulator.scenarios.eks_nodes import assign_prefix_as_node, node_caller
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion

CREATE_AFTER = 10.0
NODES = 3
CNI_COOL_DOWN = 120.0
"""Seconds before the VPC CNI retries after InsufficientCidrBlocks (aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go)."""


def build(account: SimulatedAccount) -> None:
    """Add three nodes in a /25 subnet and two in a /24; create the endpoint when the nodes begin to scale."""
    region, world = account.region(), account.world
    with world.in_the_past(days=3):
        vpc = add_vpc(region, "10.60.0.0/16", tags={"Name": "production"})
        subnet_a = add_subnet(
            region, vpc.id, "10.60.0.0/25", availability_zone="us-east-1a", tags={"Name": "production-eks-a"}
        )
        subnet_b = add_subnet(
            region, vpc.id, "10.60.1.0/24", availability_zone="us-east-1b", tags={"Name": "production-eks-b"}
        )
        factory = InterfaceFactory(region)
        nodes = [factory.eks_node(subnet_a, "production", 1, factory.new_instance_id()) for _ in range(NODES)]
        for _ in range(2):
            factory.eks_node(subnet_b, "production", 2, factory.new_instance_id())
        region.put_cluster(SimulatedCluster(name="production", vpc_id=vpc.id, subnet_ids=(subnet_a.id, subnet_b.id)))
        network = add_service_network(
            region, "shared-platform", resources=("orders-db", "cache"), services=("checkout",)
        )
    subnets = [subnet_a, subnet_b]
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, subnets, "platform"))
    world.clock.run_script(_scale(region, [node.id for node in nodes]))


def _scale(region: SimulatedRegion, node_ids: list[str]) -> Iterator[float]:
    """Two nodes take the last two blocks before the service ENI can; the third fails, later one releases a prefix."""
    yield CREATE_AFTER + 12.0
    for node_id in node_ids:
        assign_prefix_as_node(region, node_id)
        yield 4.0
    yield CNI_COOL_DOWN
    assign_prefix_as_node(region, node_ids[2])
    yield 60.0
    prefix = region.interfaces[node_ids[0]].prefixes[-1]
    unassign_addresses(region, node_ids[0], (), (prefix,))
    parameters = {"networkInterfaceId": node_ids[0], "ipv4PrefixSet": {"items": [{"ipv4Prefix": prefix}]}}
    region.event_history.record("UnassignPrivateIpAddresses", node_caller(region), parameters, {"_return": True})
