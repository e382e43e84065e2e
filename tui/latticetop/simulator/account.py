"""One AWS account: its Regions, its clock, and the choices AWS leaves open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from latticetop.simulator.associations import resolve
from latticetop.simulator.clock import ManualClock
from latticetop.simulator.faults import Faults
from latticetop.simulator.ids import Ids
from latticetop.simulator.orders import LowestFirst
from latticetop.simulator.pace import Pace
from latticetop.simulator.region import Region

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.clock import Clock
    from latticetop.simulator.orders import Order

ACCOUNT_ID = "123456789012"


class Account:
    """The state behind the wire. Act on it in the thread that serves it (``ServerThread.call``)."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        account_id: str = ACCOUNT_ID,
        home: str = "us-east-1",
    ) -> None:
        self.id = account_id
        self.home = home
        self.clock = clock or ManualClock()
        self.seed = seed
        self.ids = Ids(seed)
        self.order: Order = LowestFirst()
        self.pace = Pace()
        self.faults = Faults(seed)
        self.managed_visibility = "hidden"
        self.caller_arn = f"arn:aws:sts::{account_id}:assumed-role/Administrator/demo"
        self.caller_id = "AROAEXAMPLEADMIN00001:demo"
        self.regions: dict[str, Region] = {}
        self.names: dict[str, list[str]] = {}
        self.members: dict[str, Account] = {}
        self._watchers: list[Callable[[], object]] = []

    def add_member(self, account_id: str) -> Account:
        """Another account of the organization, with the same clock and faults, into which a role leads."""
        member = Account(
            clock=self.clock, seed=self.seed + len(self.members) + 1, account_id=account_id, home=self.home
        )
        member.faults = self.faults
        member.watch(self.changed)
        self.members[account_id] = member
        return member

    def region(self, name: str | None = None) -> Region:
        """A Region by name, the home Region by default; one not yet used is empty."""
        name = name or self.home
        if name not in self.regions:
            self.regions[name] = Region(self, name)
        return self.regions[name]

    def resolve(self, name: str) -> list[str]:
        """The addresses of an association's name; none for a name that does not exist. Their TTL is 60 s."""
        if name in self.names:
            return list(self.names[name])
        return next((found for region in self.regions.values() if (found := resolve(region, name))), [])

    def changed(self) -> None:
        """Tell whoever watches that something is different."""
        for watcher in tuple(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call back after every change, in the thread that made it; returns what ends the watch."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def until(self, holds: Callable[[Account], bool]) -> None:
        """Wait, without polling, until something holds."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        stop = self.watch(lambda: loop.call_soon_threadsafe(event.set))
        try:
            while not holds(self):
                event.clear()
                await event.wait()
        finally:
            stop()
