"""A simulated AWS account: its Regions, its member accounts, and the faults of its API."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from latticetop.simulator.clock import ManualClock
from latticetop.simulator.endpoint_associations import resolve_dns_name
from latticetop.simulator.faults import ActiveFaults
from latticetop.simulator.ids import IdGenerator
from latticetop.simulator.organization import ROOT_ID, OrganizationMember, SimulatedOrganization
from latticetop.simulator.region import SimulatedRegion
from latticetop.simulator.world import SimulatedWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.clock import SimulatedClock

ACCOUNT_ID = "123456789012"


class SimulatedAccount:
    """An account that the server serves. Change it only in the server's thread (``ServerThread.call``)."""

    def __init__(
        self,
        *,
        clock: SimulatedClock | None = None,
        seed: int = 0,
        account_id: str = ACCOUNT_ID,
        home_region: str = "us-east-1",
    ) -> None:
        self.id = account_id
        self.home_region = home_region
        self.seed = seed
        self.world = SimulatedWorld(account_id=account_id, clock=clock or ManualClock(), ids=IdGenerator(seed))
        self.faults = ActiveFaults(seed)
        self.managed_resource_visibility = "hidden"
        self.regions: dict[str, SimulatedRegion] = {}
        self.dns_records: dict[str, list[str]] = {}
        self.member_accounts: dict[str, SimulatedAccount] = {}
        self.organization: SimulatedOrganization | None = None

    def manage_organization(self) -> SimulatedOrganization:
        """The organization that the account manages, created on first use. The account's own roles exist."""
        if self.organization is None:
            self.organization = SimulatedOrganization(administrators=[self.id])
            self._join(self.organization, "management", ROOT_ID)
        return self.organization

    def add_member_account(self, account_id: str, name: str = "", unit_id: str = ROOT_ID) -> SimulatedAccount:
        """Add an account of the same organization, with the same clock and faults, to be reached by AssumeRole."""
        organization = self.manage_organization()
        member = SimulatedAccount(
            clock=self.world.clock,
            seed=self.seed + len(self.member_accounts) + 1,
            account_id=account_id,
            home_region=self.home_region,
        )
        member.faults = self.faults
        member.world.add_listener(self.world.notify)
        self.member_accounts[account_id] = member
        member._join(organization, name or f"account-{account_id}", unit_id)
        return member

    def _join(self, organization: SimulatedOrganization, name: str, unit_id: str) -> None:
        self.organization = organization
        joined_at = self.world.clock.current_time() - timedelta(days=400)
        organization.members[self.id] = OrganizationMember(
            account_id=self.id, name=name, joined_at=joined_at, parent_id=unit_id
        )

    def region(self, name: str | None = None) -> SimulatedRegion:
        """A Region by name, by default the home Region; created empty on first use."""
        name = name or self.home_region
        if name not in self.regions:
            self.regions[name] = SimulatedRegion(self.world, name)
        return self.regions[name]

    def resolve_dns_name(self, name: str) -> list[str]:
        """The IPv4 addresses of the DNS name of an endpoint association; empty for an unknown name."""
        if name in self.dns_records:
            return list(self.dns_records[name])
        answers = (resolve_dns_name(region, name) for region in self.regions.values())
        return next((addresses for addresses in answers if addresses), [])

    async def wait_until(self, condition: Callable[[SimulatedAccount], bool]) -> None:
        """Wait for a condition; check it after each change of the account, without polling."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        remove_listener = self.world.add_listener(lambda: loop.call_soon_threadsafe(changed.set))
        try:
            while not condition(self):
                changed.clear()
                await changed.wait()
        finally:
            remove_listener()
