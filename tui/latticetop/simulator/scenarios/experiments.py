"""The six experiments made after the incident: one service network, an endpoint created anew each time.

Why some tried one interface per subnet and others several was not explained. Here a subnet gets resource interfaces
only in a zone that the resource gateway covers too, us-east-1a and us-east-1b (the user guide's rule on zones).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.networks import add_gateway, add_service_network, open_endpoint

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.lattice import ServiceNetwork
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Subnet

COVERED, ALSO_COVERED, NOT_COVERED = "us-east-1a", "us-east-1b", "us-east-1c"
RESOURCES = ("test-resource-1", "test-resource-2", "test-resource-3")
CREATE_AFTER = 9.0


def build(account: Account, number: str) -> None:
    """Set up the experiment of a number, 1 to 6, and create its endpoint."""
    region = account.region()
    network = _network(region)
    vpc = add_vpc(region, "10.10.10.0/24")
    subnets = EXPERIMENTS[number](region, vpc.id)
    account.clock.call_later(CREATE_AFTER, lambda: open_endpoint(region, network, subnets))


def _network(region: Region) -> ServiceNetwork:
    provider = add_vpc(region, "10.10.20.0/24", tags={"Name": "provider"})
    covered = [
        add_subnet(region, provider.id, f"10.10.20.{128 * place}/25", zone=zone)
        for place, zone in enumerate((COVERED, ALSO_COVERED))
    ]
    gateway = add_gateway(region, "test-gateway", covered, addresses=16)
    return add_service_network(region, "test-service-network-a", resources=RESOURCES, gateway_id=gateway.id)


def _used(region: Region, vpc_id: str) -> Subnet:
    """A /26 with two interfaces that are not the endpoint's; one of them breaks a block."""
    subnet = add_subnet(region, vpc_id, "10.10.10.0/26", zone=COVERED)
    for address in ("10.10.10.13", "10.10.10.36"):
        Furnisher(region).instance(subnet, address)
    return subnet


def _swapped(region: Region, vpc_id: str) -> list[Subnet]:
    used = _used(region, vpc_id)
    return [add_subnet(region, vpc_id, "10.10.10.64/26", zone=ALSO_COVERED), used]


def _one_used(region: Region, vpc_id: str) -> list[Subnet]:
    return [_used(region, vpc_id)]


def _one_empty(region: Region, vpc_id: str) -> list[Subnet]:
    return [add_subnet(region, vpc_id, "10.10.10.128/26", zone=NOT_COVERED)]


def _one_larger(region: Region, vpc_id: str) -> list[Subnet]:
    return [add_subnet(region, vpc_id, "10.10.10.128/25", zone=NOT_COVERED)]


def _two_empty(region: Region, vpc_id: str) -> list[Subnet]:
    return [
        add_subnet(region, vpc_id, "10.10.10.128/25", zone=COVERED),
        add_subnet(region, vpc_id, "10.10.10.64/26", zone=ALSO_COVERED),
    ]


def _one_crowded(region: Region, vpc_id: str) -> list[Subnet]:
    subnet = add_subnet(region, vpc_id, "10.10.10.128/25", zone=NOT_COVERED)
    furnish = Furnisher(region)
    furnish.node(subnet, "test", 4, furnish.new_instance())
    return [subnet]


EXPERIMENTS = {
    "1": _swapped,
    "2": _one_used,
    "3": _one_empty,
    "4": _one_larger,
    "5": _two_empty,
    "6": _one_crowded,
}
