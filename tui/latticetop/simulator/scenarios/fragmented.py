"""A /24 subnet with 200 free addresses and no free block."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

USED_ADDRESSES = 51
CREATE_AFTER = 10.0


def build(account: SimulatedAccount) -> None:
    """Use 51 addresses, at least one in each block, then create an endpoint, which fails."""
    region, world, random = account.region(), account.world, Random(account.seed)
    with world.in_the_past(days=30):
        vpc = add_vpc(region, "10.80.0.0/16", tags={"Name": "applications"})
        tags = {"Name": "applications-a"}
        subnet = add_subnet(region, vpc.id, "10.80.0.0/24", availability_zone="us-east-1a", tags=tags)
        last_octets = [random.randrange(16 * block, 16 * block + 16) for block in range(1, 15)]
        other_octets = [octet for octet in range(4, 255) if octet not in last_octets]
        last_octets += random.sample(other_octets, USED_ADDRESSES - len(last_octets))
        factory = InterfaceFactory(region)
        for index, octet in enumerate(sorted(last_octets)):
            address = f"10.80.0.{octet}"
            if index % 7 == 3:
                factory.lambda_function(subnet, "resize", address)
            elif index % 7 == 5:
                factory.load_balancer(subnet, f"app-{index}", address=address)
            elif index % 17 == 8:
                factory.detached(subnet, "left over from a migration", address)
            else:
                factory.instance(subnet, address, f"app-{index}")
        network = add_service_network(region, "shared-platform", resources=("orders-db", "cache"))
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, [subnet], "platform"))
