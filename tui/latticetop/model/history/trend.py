"""Counts of one scope over time: the free blocks of each subnet, and the capacity of each VPC for endpoints."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.capacity.best_subnets import usual_capacity
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.history.step_series import Level, Series
from latticetop.model.snapshot import with_times_moved

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import timedelta

    from latticetop.model.records.missing_data import MissingPart
    from latticetop.model.snapshot import Snapshot, SubnetReading

MAX_SERIES = 20_000
"""The number of subnets or VPCs that are kept; beyond it those removed longest ago are dropped."""


class _SubnetCapacity(NamedTuple):
    """What a subnet adds to its VPC: the endpoints that may still fit into it; None if its ENIs were not read."""

    zone: str
    level: Level | None


class Trend:
    """The counts of one scope over time; only changes are kept, and only subnets that changed are examined.

    A count is unknown while its subnet was not read or did not exist. The capacity of a VPC is the number of further
    service-network endpoints, with one subnet in each of its zones, that may fit: the zone with the fewest decides.
    Zones in which every subnet is too small for a /28 prefix are left out.
    """

    def __init__(self) -> None:
        self.start = self.end = 0.0
        """The times of the first and the last snapshot, in POSIX seconds."""
        self._subnets: dict[str, Series] = {}
        self._vpcs: dict[str, Series] = {}
        self._capacities: dict[str, dict[str, _SubnetCapacity]] = defaultdict(dict)
        """By VPC id, then by subnet id."""
        self._incomplete: dict[str, tuple[MissingPart, ...]] = {}
        """What was missing of subnets that were not read completely."""
        self._snapshot: Snapshot | None = None

    @property
    def subnets(self) -> Mapping[str, Series]:
        """The free blocks of each IPv4 subnet seen so far, by subnet id."""
        return self._subnets

    @property
    def vpcs(self) -> Mapping[str, Series]:
        """The capacity of each VPC seen so far, by VPC id."""
        return self._vpcs

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Add the counts of a snapshot; one of another scope starts again from nothing.

        A snapshot older than the previous one (a replay that goes back) drops the counts after its time.
        """
        at, previous = snapshot.taken_at.timestamp(), self._snapshot
        if previous is None or previous.scope != snapshot.scope:
            self._reset()
            self.start, previous = at, None
        elif snapshot.taken_at < previous.taken_at:
            self._drop_after(at)
            previous = None
        self._snapshot, self.end = snapshot, at
        vpc_ids = {self._add_subnet(at, key, snapshot) for key in self._changed_subnets(previous, snapshot)}
        if previous:
            removed = previous.subnets.keys() - snapshot.subnets.keys()
            vpc_ids |= {self._remove_subnet(at, previous.subnets[key]) for key in removed}
        for vpc_id in vpc_ids - {""}:
            self._add_vpc(at, vpc_id)

    def restate_times(self, step: timedelta) -> None:
        """Move all times after the clock was set forward by a `step` (back if it is negative)."""
        if self._snapshot is None:
            return
        self._snapshot = with_times_moved(self._snapshot, step)
        seconds = step.total_seconds()
        self.start, self.end = self.start + seconds, self.end + seconds
        for series in (*self._subnets.values(), *self._vpcs.values()):
            series.restate_times(seconds)

    def _reset(self) -> None:
        for mapping in (self._subnets, self._vpcs, self._capacities):
            mapping.clear()
        self._incomplete.clear()

    def _changed_subnets(self, previous: Snapshot | None, snapshot: Snapshot) -> Collection[str]:
        """The ids of the subnets whose data may differ from the previous snapshot's."""
        if previous is None:
            return snapshot.subnets.keys()
        readings, incomplete = previous.subnets, self._incomplete
        read = {k for k, parts in incomplete.items() if k in snapshot.subnets and _missing(snapshot, k) != parts}
        # A key frame of a recording has all subnets as new objects, so that a new object may be equal to the old one.
        changed = {k for k, r in snapshot.subnets.items() if (old := readings.get(k)) is not r and old != r}
        return changed | read

    def _add_subnet(self, at: float, subnet_id: str, snapshot: Snapshot) -> str:
        """Add a subnet's count and capacity; return its VPC's id if the capacity changed, else an empty string."""
        reading = snapshot.subnets[subnet_id]
        if parts := _missing(snapshot, subnet_id):
            self._incomplete[subnet_id] = parts
        else:
            self._incomplete.pop(subnet_id, None)
        if not reading.blocks.letters:
            return ""
        free = free_blocks_of(snapshot, subnet_id)
        self._put(
            self._subnets, subnet_id, at, _level(free.max, exact=free.exact, known=free.certain) if free else None
        )
        if reading.subnet.too_small:
            return ""
        capacities, capacity = self._capacities[reading.subnet.vpc_id], _capacity(reading, snapshot)
        if capacities.get(subnet_id) == capacity:
            return ""
        capacities[subnet_id] = capacity
        return reading.subnet.vpc_id

    def _remove_subnet(self, at: float, reading: SubnetReading) -> str:
        """Mark a subnet's count as unknown; return its VPC's id if the VPC's capacity changed, else an empty string."""
        subnet_id, vpc_id = reading.subnet.subnet_id, reading.subnet.vpc_id
        self._incomplete.pop(subnet_id, None)
        if subnet_id in self._subnets:
            self._subnets[subnet_id].put(at, None)
        return vpc_id if self._capacities.get(vpc_id, {}).pop(subnet_id, None) else ""

    def _add_vpc(self, at: float, vpc_id: str) -> None:
        self._put(self._vpcs, vpc_id, at, _smallest_zone(self._capacities[vpc_id].values()))
        if not self._capacities[vpc_id]:
            del self._capacities[vpc_id]

    def _put(self, series: dict[str, Series], key: str, at: float, level: Level | None) -> None:
        if key not in series:
            if len(series) >= MAX_SERIES:
                _drop_removed(series)
            series[key] = Series()
        series[key].put(at, level)

    def _drop_after(self, at: float) -> None:
        self.start = min(self.start, at)
        for all_series in (self._subnets, self._vpcs):
            for key, series in list(all_series.items()):
                series.drop_after(at)
                if not len(series):
                    del all_series[key]
        # The capacities are those of a later time: the next snapshot is examined as a whole.
        self._capacities.clear()
        self._incomplete.clear()


def _missing(snapshot: Snapshot, subnet_id: str) -> tuple[MissingPart, ...]:
    return tuple(data.part for data in snapshot.missing_data(subnet_id))


def _capacity(reading: SubnetReading, snapshot: Snapshot) -> _SubnetCapacity:
    subnet = reading.subnet
    if subnet.subnet_id not in snapshot.read_at:
        return _SubnetCapacity(subnet.availability_zone, None)
    capacity = usual_capacity(snapshot, reading, snapshot.missing_data(subnet.subnet_id))
    at_most = not capacity.known or bool(reading.unaccounted)
    return _SubnetCapacity(subnet.availability_zone, _level(capacity.possible, exact=not at_most, known=capacity.known))


def _level(most: int, *, exact: bool, known: bool) -> Level | None:
    """A count as a level; None if nothing is known of it."""
    return Level(most, not exact) if most or known else None


def _smallest_zone(capacities: Iterable[_SubnetCapacity]) -> Level | None:
    """The capacity of the zone with the smallest one; None if a subnet was not read, or there is no subnet."""
    zones: dict[str, int] = defaultdict(int)
    at_most = False
    for zone, level in capacities:
        if level is None:
            return None
        zones[zone] += level.value
        at_most |= level.at_most
    return Level(min(zones.values()), at_most) if zones else None


def _drop_removed(series: dict[str, Series]) -> None:
    """Drop the half of the subnets or VPCs whose count is unknown that has been so the longest."""
    unknown = [(last.at, key) for key, one in series.items() if (last := one.last) and last.level is None]
    for _, key in sorted(unknown)[: max(1, len(unknown) // 2)]:
        del series[key]
