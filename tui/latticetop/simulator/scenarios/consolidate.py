"""Five small service networks, an endpoint for each, and two subnets that run out of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.history import before
from latticetop.simulator.scenarios.networks import add_service_network, open_endpoint

if TYPE_CHECKING:
    from latticetop.simulator.account import Account

NETWORKS = (
    ("orders", ("orders-db", "orders-cache")),
    ("billing", ("billing-db",)),
    ("ledger", ("ledger-db", "ledger-archive")),
    ("reports", ("reports-db",)),
    ("search", ("search-index", "search-feed")),
)
CREATE_AFTER = 10.0


def build(account: Account) -> None:
    """Four endpoints stand, two of them failed; the fifth is created and fails as well."""
    region = account.region()
    with before(account, days=20):
        vpc = add_vpc(region, "10.70.0.0/16", tags={"Name": "applications"})
        subnets = [
            add_subnet(
                region,
                vpc.id,
                f"10.70.{number}.0/25",
                zone=f"us-east-1{letter}",
                tags={"Name": f"applications-{letter}"},
            )
            for number, letter in enumerate("ab")
        ]
        for number, subnet in enumerate(subnets):
            Furnisher(region).instance(subnet, f"10.70.{number}.84", f"worker-{number}")
        networks = [add_service_network(region, name, resources=names) for name, names in NETWORKS]
    for age, network in enumerate(networks[:4]):
        with before(account, days=16 - 2 * age):
            open_endpoint(region, network, subnets, network.name)
    account.clock.call_later(CREATE_AFTER, lambda: open_endpoint(region, networks[4], subnets, networks[4].name))
