"""A VPC with two empty subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount


def build(account: SimulatedAccount) -> None:
    """Add the VPC and its subnets, without ENIs and endpoints."""
    region = account.region()
    vpc = add_vpc(region, "10.0.0.0/16", tags={"Name": "empty"})
    for number, zone in enumerate(("us-east-1a", "us-east-1b")):
        cidr = f"10.0.{number}.0/24"
        add_subnet(region, vpc.id, cidr, availability_zone=zone, tags={"Name": f"empty-{zone}"})
