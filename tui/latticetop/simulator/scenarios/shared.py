"""Subnets that another account shares (AWS RAM), seen by a participant, beside an own subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios.eks_nodes import add_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion

OWNER_ID = "210987654321"
CREATE_AFTER = 10.0


def build(account: SimulatedAccount) -> None:
    """Add an own /24 subnet, in which an endpoint is created, and two shared /26 subnets.

    The owner has instances in both shared subnets, and a prefix reservation in the first one; the account itself has
    an instance and an EKS node with a prefix in the first one. It sees neither the instances nor the reservation of
    the owner, but the count of what is left.
    """
    region, world = account.region(), account.world
    with world.in_the_past(days=15):
        vpc = add_vpc(region, "10.72.0.0/16", tags={"Name": "own"})
        subnet = add_subnet(
            region, vpc.id, "10.72.0.0/24", availability_zone="us-east-1a", tags={"Name": "own-endpoints-a"}
        )
        InterfaceFactory(region).instance(subnet, "10.72.0.20", "bastion")
        _add_shared_subnets(region)
        network = add_service_network(region, "shared-platform", resources=("orders-db", "cache"))
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, [subnet], "platform"))


def _add_shared_subnets(region: SimulatedRegion) -> None:
    vpc = add_vpc(region, "10.73.0.0/16", owner_id=OWNER_ID)
    first, second = (
        add_subnet(region, vpc.id, f"10.73.0.{64 * number}/26", availability_zone=f"us-east-1{letter}")
        for number, letter in enumerate("ab")
    )
    owner_factory = InterfaceFactory(region, owner_id=OWNER_ID)
    for number in range(4, 13):
        owner_factory.instance(first, f"10.73.0.{number}")
    for number in range(68, 87):
        owner_factory.instance(second, f"10.73.0.{number}")
    InterfaceFactory(region).instance(first, "10.73.0.13", "worker")
    add_node(region, first, "production", addresses=("10.73.0.14", "10.73.0.15"))
    add_reservation(region, first.id, "10.73.0.32/28", "prefix", "nodes of the owner")
