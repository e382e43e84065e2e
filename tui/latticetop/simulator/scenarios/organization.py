"""An organization: many small accounts with one endpoint each, of which some fail, and one that refuses the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import zone_names
from latticetop.simulator.organization import ROOT_ID
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount

FIRST_MEMBER_ID = 210_000_000_001
NAMES = ("payments", "ledger", "search", "checkout", "orders", "catalogue", "shipping", "reports")
WRONG_EVERY = 5
"""Of so many accounts one has an endpoint that fails."""


def build(account: SimulatedAccount, accounts: int) -> None:
    """Add the members, in two nested units and a third; the last two are refused and suspended."""
    organization = account.manage_organization()
    workloads = organization.add_unit("Workloads")
    units = (organization.add_unit("Production", workloads.id), workloads, organization.add_unit("Sandbox", ROOT_ID))
    for number in range(accounts):
        name = NAMES[number % len(NAMES)] + (f"-{number // len(NAMES) + 1}" if number >= len(NAMES) else "")
        member = account.add_member_account(str(FIRST_MEMBER_ID + number), name, units[number % len(units)].id)
        _fill(member, is_wrong=number % WRONG_EVERY == 1)
    *_, refusing, suspended = organization.members.values()
    refusing.refuses_roles = True
    suspended.state = "SUSPENDED"


def _fill(account: SimulatedAccount, *, is_wrong: bool) -> None:
    region, length = account.region(), 26 if is_wrong else 25
    with account.world.in_the_past(days=7):
        vpc = add_vpc(region, "10.0.0.0/16", tags={"Name": "main"})
        subnets = [
            add_subnet(
                region,
                vpc.id,
                f"10.0.{index}.0/{length}",
                availability_zone=zone,
                tags={"Name": f"main-{zone[-1]}"},
            )
            for index, zone in enumerate(zone_names(region.name)[:2])
        ]
        for address in ("10.0.0.20", "10.0.0.36") if is_wrong else ("10.0.0.20",):
            InterfaceFactory(region).instance(subnets[0], address)
        network = add_service_network(region, "platform", resources=("orders-db",))
        create_endpoint_as_user(region, network, subnets, "platform")
