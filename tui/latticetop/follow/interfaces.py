"""Reading ENIs: a long read in groups of subnets side by side, each group taken over as soon as it is whole."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import NamedTuple

from latticetop.follow.clock import Clock
from latticetop.follow.parts import Parts
from latticetop.follow.reader import Reader
from latticetop.follow.schedule import grouped, held_addresses, used_addresses
from latticetop.model.records.problem import Problem, ReadError
from latticetop.model.records.resources import NetworkInterface

_AT_ONCE = 8


class Seen(NamedTuple):
    """How far a long read is: addresses seen so far, and how many AWS counts as in use in the subnets being read."""

    addresses: int
    expected: int


Told = Callable[[Seen], None]


async def read_interfaces(
    reader: Reader, subnet_ids: Collection[str], parts: Parts, clock: Clock, told: Told | None = None
) -> None:
    """Read the ENIs of these subnets into the parts; a failure ends what was not begun and keeps what was whole.

    Of a read in more than one group `told` hears after every page.
    """
    groups = list(grouped(subnet_ids, parts.subnets, parts.known))
    reading = _Reading(reader, parts, clock, told if len(groups) > 1 else None)
    reading.expected = sum(used_addresses(parts.subnets[subnet_id]) for subnet_id in subnet_ids)
    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            tasks.create_task(reading.read(group))
    parts.settle_interfaces(reading.problem)


class _Reading:
    """One read of several groups."""

    def __init__(self, reader: Reader, parts: Parts, clock: Clock, told: Told | None) -> None:
        self.problem: Problem | None = None
        self.expected = self._addresses = 0
        self._reader = reader
        self._parts = parts
        self._clock = clock
        self._told = told
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def read(self, group: tuple[str, ...]) -> None:
        async with self._gate:
            if self.problem:
                return
            try:
                found = await self._by_subnet(group)
            except ReadError as error:
                self.problem = self.problem or error.problem
                return
        self._parts.take_interfaces({i: found.get(i, ()) for i in group}, self._clock.now())

    async def _by_subnet(self, group: tuple[str, ...]) -> dict[str, tuple[NetworkInterface, ...]]:
        """The ENIs by subnet, ordered by id and each once, should it come on two pages."""
        found: dict[str, NetworkInterface] = {}
        async for page in self._reader.interfaces(group):
            found.update((interface.network_interface_id, interface) for interface in page)
            if self._told:
                self._addresses += held_addresses(page)
                self._told(Seen(min(self._addresses, self.expected), self.expected))
        groups: dict[str, list[NetworkInterface]] = defaultdict(list)
        for interface_id in sorted(found):
            groups[found[interface_id].subnet_id].append(found[interface_id])
        return {subnet_id: tuple(interfaces) for subnet_id, interfaces in groups.items()}
