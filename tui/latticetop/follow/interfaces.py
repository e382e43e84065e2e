"""Reading ENIs: in groups of subnets, several at the same time, each group kept as soon as it is complete."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import NamedTuple

from latticetop.follow.read_state import ReadState
from latticetop.follow.reader import Reader
from latticetop.follow.schedule import group_subnets, held_addresses, used_addresses
from latticetop.follow.timing import AsyncClock
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface

_MAX_CONCURRENT = 8


class ReadProgress(NamedTuple):
    """The progress of a long read: addresses read so far, and addresses in use by AWS's count in these subnets."""

    addresses: int
    expected: int


OnProgress = Callable[[ReadProgress], None]
OnGroup = Callable[[tuple[str, ...]], None]
"""Called with the ids of some subnets, once their ENIs are in the state."""


async def read_interfaces(
    reader: Reader,
    subnet_ids: Collection[str],
    state: ReadState,
    clock: AsyncClock,
    on_progress: OnProgress | None = None,
    on_group: OnGroup = lambda _: None,
) -> None:
    """Read the ENIs of these subnets into the state.

    After a failure no further group is started, and complete groups are kept. `on_progress` is called after every page
    if there is more than one group, and `on_group` after each group.
    """
    groups = list(group_subnets(subnet_ids, state.subnets, state.last_reads))
    read = _GroupedRead(reader, state, clock, on_progress if len(groups) > 1 else None, on_group)
    read.expected = sum(used_addresses(state.subnets[subnet_id]) for subnet_id in subnet_ids)
    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            tasks.create_task(read.read_group(group))
    state.set_interfaces_problem(read.problem or read.not_given)


class _GroupedRead:
    """One read of several groups."""

    def __init__(
        self,
        reader: Reader,
        state: ReadState,
        clock: AsyncClock,
        on_progress: OnProgress | None,
        on_group: OnGroup,
    ) -> None:
        self.problem: Problem | None = None
        self.not_given: Problem | None = None
        """The problem that files have no ENIs of a subnet; those of others may be there."""
        self.expected = self._addresses = 0
        self._reader = reader
        self._state = state
        self._clock = clock
        self._on_progress = on_progress
        self._on_group = on_group
        self._limit = asyncio.Semaphore(_MAX_CONCURRENT)

    async def read_group(self, group: tuple[str, ...]) -> None:
        async with self._limit:
            if self.problem:
                return
            try:
                by_subnet = await self._by_subnet(group)
            except ReadError as error:
                not_found = error.problem.kind is ProblemKind.NOT_FOUND
                if error.problem.kind is ProblemKind.NOT_GIVEN:
                    if len(group) == 1:
                        self.not_given = self.not_given or error.problem
                        return
                elif not not_found or (len(group) == 1 and not self._state.was_deleted(group[0], error.problem)):
                    self.problem = self.problem or error.problem
                    return
                by_subnet = None
        if by_subnet is None:
            await self._read_without_deleted(group)
        else:
            self._state.set_interfaces({i: by_subnet.get(i, ()) for i in group}, self._clock)
            self._on_group(group)

    async def _read_without_deleted(self, group: tuple[str, ...]) -> None:
        """Read the subnets of a group one by one, of which one is not there; remove it if AWS does not know it."""
        if len(group) == 1:
            self._state.remove_subnet(group[0])
            return
        for subnet_id in group:
            await self.read_group((subnet_id,))

    async def _by_subnet(self, group: tuple[str, ...]) -> dict[str, tuple[NetworkInterface, ...]]:
        """The ENIs by subnet id, sorted by id, each once even if it is on two pages."""
        by_id: dict[str, NetworkInterface] = {}
        async for page in self._reader.interfaces(group):
            by_id.update((interface.network_interface_id, interface) for interface in page)
            if self._on_progress:
                self._addresses += held_addresses(page)
                self._on_progress(ReadProgress(min(self._addresses, self.expected), self.expected))
        groups: dict[str, list[NetworkInterface]] = defaultdict(list)
        for interface_id in sorted(by_id):
            groups[by_id[interface_id].subnet_id].append(by_id[interface_id])
        return {subnet_id: tuple(interfaces) for subnet_id, interfaces in groups.items()}
