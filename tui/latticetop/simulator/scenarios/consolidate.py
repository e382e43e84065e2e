"""Five small service networks with an endpoint each, and two subnets without enough blocks for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

SERVICE_NETWORKS = (
    ("orders", ("orders-db", "orders-cache")),
    ("billing", ("billing-db",)),
    ("ledger", ("ledger-db", "ledger-archive")),
    ("reports", ("reports-db",)),
    ("search", ("search-index", "search-feed")),
)
CREATE_AFTER = 10.0


def build(account: SimulatedAccount) -> None:
    """Add four endpoints, two of which have failed; the fifth is created and fails too."""
    region, world = account.region(), account.world
    with world.in_the_past(days=20):
        vpc = add_vpc(region, "10.70.0.0/16", tags={"Name": "applications"})
        subnets = [
            add_subnet(
                region,
                vpc.id,
                f"10.70.{number}.0/25",
                availability_zone=f"us-east-1{letter}",
                tags={"Name": f"applications-{letter}"},
            )
            for number, letter in enumerate("ab")
        ]
        for number, subnet in enumerate(subnets):
            InterfaceFactory(region).instance(subnet, f"10.70.{number}.84", f"worker-{number}")
        networks = [add_service_network(region, name, resources=names) for name, names in SERVICE_NETWORKS]
    for index, network in enumerate(networks[:4]):
        with world.in_the_past(days=16 - 2 * index):
            create_endpoint_as_user(region, network, subnets, network.name)
    last = networks[4]
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, last, subnets, last.name))
