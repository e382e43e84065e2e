"""Interfaces that the VPC CNI and AWS services left behind break the last blocks of an EKS subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.scenarios.eks_nodes import add_leaked_interface, add_node, assign_prefix_as_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

CLUSTER = "production"
CREATE_AFTER = 10.0
SCALE_AFTER = 20.0


def build(account: SimulatedAccount) -> None:
    """Add two nodes and three leftovers in a /25 subnet, and a node and a leftover with a prefix in another.

    Then an endpoint is created, whose service ENI finds no block in the first subnet, and a node asks for a prefix
    there in vain.
    """
    region, world = account.region(), account.world
    with world.in_the_past(days=8):
        vpc = add_vpc(region, "10.71.0.0/16", tags={"Name": CLUSTER})
        subnets = [
            add_subnet(
                region,
                vpc.id,
                f"10.71.{number}.0/25",
                availability_zone=f"us-east-1{letter}",
                tags={"Name": f"{CLUSTER}-eks-{letter}"},
            )
            for number, letter in enumerate("ab")
        ]
        nodes = [add_node(region, subnets[0], CLUSTER, secondary_prefixes=(2,)) for _ in range(2)]
        add_node(region, subnets[1], CLUSTER, secondary_prefixes=(2,))
        for address in ("10.71.0.83", "10.71.0.88"):
            add_leaked_interface(region, subnets[0], CLUSTER, address)
        InterfaceFactory(region).owned(subnets[0], "rds", address="10.71.0.100", is_leftover=True)
        add_leaked_interface(region, subnets[1], CLUSTER, prefix_count=1)
        network = add_service_network(region, "shared-platform", resources=("orders-db", "cache"))
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, subnets, "platform"))
    world.clock.call_later(SCALE_AFTER, lambda: assign_prefix_as_node(region, nodes[1].interfaces[1].id))
