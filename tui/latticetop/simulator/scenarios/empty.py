"""A VPC with nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.networks import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import Account


def build(account: Account) -> None:
    """Two empty subnets, no interface, no endpoint."""
    region = account.region()
    vpc = add_vpc(region, "10.0.0.0/16", tags={"Name": "empty"})
    for number, zone in enumerate(("us-east-1a", "us-east-1b")):
        cidr = f"10.0.{number}.0/24"
        add_subnet(region, vpc.id, cidr, zone=zone, tags={"Name": f"empty-{zone}"})
