"""CIDR reservations: what they do to AvailableIpAddressCount, and to an endpoint that is built beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.instances import terminate_instance
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

CREATE_AFTER = 10.0
TERMINATE_AFTER = 60.0


def build(account: SimulatedAccount) -> None:
    """Add a subnet with a prefix reservation over two addresses in use, one with a reservation of each type, and one
    that is reserved as a whole.

    Then an endpoint takes the blocks of the reservations first, and one of the two addresses is released, which is not
    assigned again.
    """
    region, world = account.region(), account.world
    with world.in_the_past(days=5):
        vpc = add_vpc(region, "10.74.0.0/16", tags={"Name": "applications"})
        cidrs = ("10.74.0.0/25", "10.74.1.0/25", "10.74.2.0/26")
        subnets = [
            add_subnet(
                region, vpc.id, cidr, availability_zone=f"us-east-1{letter}", tags={"Name": f"applications-{letter}"}
            )
            for cidr, letter in zip(cidrs, "abc", strict=True)
        ]
        factory = InterfaceFactory(region)
        factory.instance(subnets[0], "10.74.0.36", "app-1")
        instance = factory.instance(subnets[0], "10.74.0.40", "app-2")
        add_reservation(region, subnets[0].id, "10.74.0.32/27", "prefix", "endpoints")
        add_reservation(region, subnets[1].id, "10.74.1.16/28", "explicit", "appliances")
        factory.instance(subnets[1], "10.74.1.20", "appliance")
        add_reservation(region, subnets[1].id, "10.74.1.96/27", "prefix", "endpoints")
        add_reservation(region, subnets[2].id, "10.74.2.0/26", "prefix", "nodes")
        network = add_service_network(region, "shared-platform", resources=("orders-db", "cache"))
    instance_id = instance.attachment.instance_id if instance.attachment else None
    world.clock.call_later(CREATE_AFTER, lambda: create_endpoint_as_user(region, network, subnets[:2], "platform"))
    world.clock.call_later(TERMINATE_AFTER, lambda: terminate_instance(region, instance_id or ""))
