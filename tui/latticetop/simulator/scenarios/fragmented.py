"""A /24 with 200 free addresses and not one free block."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.history import before
from latticetop.simulator.scenarios.networks import add_service_network, open_endpoint

if TYPE_CHECKING:
    from latticetop.simulator.account import Account

USED = 51
CREATE_AFTER = 10.0


def build(account: Account) -> None:
    """51 addresses, at least one in every block, then an endpoint that finds no place."""
    region, random = account.region(), Random(account.seed)
    with before(account, days=30):
        vpc = add_vpc(region, "10.80.0.0/16", tags={"Name": "applications"})
        tags = {"Name": "applications-a"}
        subnet = add_subnet(region, vpc.id, "10.80.0.0/24", zone="us-east-1a", tags=tags)
        chosen = [random.randrange(16 * block, 16 * block + 16) for block in range(1, 15)]
        others = [place for place in range(4, 255) if place not in chosen]
        chosen += random.sample(others, USED - len(chosen))
        furnish = Furnisher(region)
        for index, place in enumerate(sorted(chosen)):
            address = f"10.80.0.{place}"
            if index % 7 == 3:
                furnish.function(subnet, "resize", address)
            elif index % 7 == 5:
                furnish.load_balancer(subnet, f"app-{index}", address=address)
            elif index % 17 == 8:
                furnish.detached(subnet, "left over from a migration", address)
            else:
                furnish.instance(subnet, address, f"app-{index}")
        network = add_service_network(region, "shared-platform", resources=("orders-db", "cache"))
    account.clock.call_later(CREATE_AFTER, lambda: open_endpoint(region, network, [subnet], "platform"))
