"""An endpoint whose resource ENIs hold single addresses, at most 63 on an ENI, as AWS documents today.

Source: docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

RESOURCE_COUNT = 70
CREATE_AFTER = 10.0


def build(account: SimulatedAccount) -> None:
    """Create an endpoint for 70 resource configurations in two /24 subnets: two resource ENIs in each."""
    region, world = account.region(), account.world
    vpc = add_vpc(region, "10.90.0.0/16", tags={"Name": "applications"})
    subnets = [
        add_subnet(
            region,
            vpc.id,
            f"10.90.{number}.0/24",
            availability_zone=f"us-east-1{letter}",
            tags={"Name": f"applications-{letter}"},
        )
        for number, letter in enumerate("ab")
    ]
    names = [f"database-{number:02}" for number in range(1, RESOURCE_COUNT + 1)]
    network = add_service_network(region, "databases", resources=names, services=("catalogue",))
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, subnets, "databases"))
