"""Resource interfaces as today's documentation has them: single addresses, 63 to an interface."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.scenarios.networks import add_service_network, open_endpoint

if TYPE_CHECKING:
    from latticetop.simulator.account import Account

COUNT = 70
CREATE_AFTER = 10.0


def build(account: Account) -> None:
    """An endpoint for 70 resource configurations in two /24: a second resource interface for the last seven."""
    region = account.region()
    account.pace = replace(account.pace, behaviour="today")
    vpc = add_vpc(region, "10.90.0.0/16", tags={"Name": "applications"})
    subnets = [
        add_subnet(
            region,
            vpc.id,
            f"10.90.{number}.0/24",
            zone=f"us-east-1{letter}",
            tags={"Name": f"applications-{letter}"},
        )
        for number, letter in enumerate("ab")
    ]
    names = [f"database-{number:02}" for number in range(1, COUNT + 1)]
    network = add_service_network(region, "databases", resources=names, services=("catalogue",))
    account.clock.call_later(CREATE_AFTER, lambda: open_endpoint(region, network, subnets, "databases"))
