"""Free blocks of each subnet and fits of each VPC over time, told from the snapshots of one scope."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.capacity.decide import fits
from latticetop.model.history.step_series import Level, Series
from latticetop.model.snapshot import RESERVATIONS, doubt_about

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from latticetop.model.snapshot import Snapshot, SubnetReading

MOST_SERIES = 20_000
"""Beyond so many subnets or VPCs those are forgotten that are gone, the longest gone first."""


class _Share(NamedTuple):
    """What a subnet adds to its VPC: how many endpoints may fit into it; None while it is unread."""

    zone: str
    level: Level | None


class Trend:
    """How the counts of one scope went; only what changed is kept, and only subnets that changed are looked at.

    What was not read is a gap, and so is the time in which a subnet was not there. The fits of a VPC are how many more
    service-network endpoints may fit that take one subnet in each of its zones: the zone with the fewest decides. Zones
    all of whose subnets are too small for a /28 prefix are left out.
    """

    def __init__(self) -> None:
        self.begun = self.until = 0.0
        """When it was first followed and last, in POSIX seconds."""
        self._subnets: dict[str, Series] = {}
        self._vpcs: dict[str, Series] = {}
        self._shares: dict[str, dict[str, _Share]] = defaultdict(dict)
        self._unread: set[str] = set()
        self._last: Snapshot | None = None

    @property
    def subnets(self) -> Mapping[str, Series]:
        """The free blocks of each IPv4 subnet seen so far, by its id."""
        return self._subnets

    @property
    def vpcs(self) -> Mapping[str, Series]:
        """The fits of each VPC seen so far, by its id."""
        return self._vpcs

    def follow(self, snapshot: Snapshot) -> None:
        """Take the next snapshot into account; going back in time forgets what came after."""
        at, last = snapshot.taken_at.timestamp(), self._last
        if last is None or last.scope != snapshot.scope:
            self.__init__()  # type: ignore[misc]
            self.begun = at
        elif snapshot.taken_at < last.taken_at:
            self._forget_after(at)
        before, self._last, self.until = self._last, snapshot, at
        touched = {self._note(at, key, snapshot) for key in self._to_look_at(before, snapshot)}
        if before:
            gone = before.subnets.keys() - snapshot.subnets.keys()
            touched |= {self._close(at, before.subnets[key]) for key in gone}
        for vpc_id in touched - {""}:
            self._sum_up(at, vpc_id)

    def _to_look_at(self, before: Snapshot | None, snapshot: Snapshot) -> Collection[str]:
        """The subnets of which something else is known than before."""
        if before is None or _reservations_missing(before) != _reservations_missing(snapshot):
            return snapshot.subnets.keys()
        old, read = before.subnets, snapshot.read_at.keys() & self._unread
        # A recording tells now and then of all subnets anew, so that another object may well be the same.
        new = {k for k, r in snapshot.subnets.items() if (was := old.get(k)) is not r and was != r}
        return new | (read & snapshot.subnets.keys())

    def _note(self, at: float, subnet_id: str, snapshot: Snapshot) -> str:
        """Note a subnet's count and what it adds to its VPC; the VPC's id where that changed."""
        reading = snapshot.subnets[subnet_id]
        known = subnet_id in snapshot.read_at
        self._unread.discard(subnet_id) if known else self._unread.add(subnet_id)
        if not reading.blocks.letters:
            return ""
        level = Level(reading.blocks.free, reading.unaccounted > 0) if known else None
        self._put(self._subnets, subnet_id, at, level)
        if len(reading.blocks) <= 2:
            return ""
        shares, share = self._shares[reading.subnet.vpc_id], _share(reading, known, snapshot)
        if shares.get(subnet_id) == share:
            return ""
        shares[subnet_id] = share
        return reading.subnet.vpc_id

    def _close(self, at: float, reading: SubnetReading) -> str:
        """A subnet is no longer there."""
        subnet_id, vpc_id = reading.subnet.subnet_id, reading.subnet.vpc_id
        self._unread.discard(subnet_id)
        if subnet_id in self._subnets:
            self._subnets[subnet_id].put(at, None)
        return vpc_id if self._shares.get(vpc_id, {}).pop(subnet_id, None) else ""

    def _sum_up(self, at: float, vpc_id: str) -> None:
        self._put(self._vpcs, vpc_id, at, _fewest(self._shares[vpc_id].values()))
        if not self._shares[vpc_id]:
            del self._shares[vpc_id]

    def _put(self, series: dict[str, Series], key: str, at: float, level: Level | None) -> None:
        if key not in series:
            if len(series) >= MOST_SERIES:
                _drop_the_longest_gone(series)
            series[key] = Series()
        series[key].put(at, level)

    def _forget_after(self, at: float) -> None:
        self.begun = min(self.begun, at)
        for kept in (self._subnets, self._vpcs):
            for key, series in list(kept.items()):
                series.forget_after(at)
                if not len(series):
                    del kept[key]
        # What was known last is of a later time, so that all of it is looked at anew.
        self._last = None
        self._shares.clear()
        self._unread.clear()


def _reservations_missing(snapshot: Snapshot) -> bool:
    return any(problem.operation == RESERVATIONS for problem in snapshot.problems)


def _share(reading: SubnetReading, known: bool, snapshot: Snapshot) -> _Share:
    subnet = reading.subnet
    if not known:
        return _Share(subnet.availability_zone, None)
    count = fits(reading, doubt=doubt_about(snapshot, subnet.subnet_id))
    return _Share(subnet.availability_zone, Level(count.possible, not count.known))


def _fewest(shares: Iterable[_Share]) -> Level | None:
    """The sum of the zone that holds the fewest; None when a subnet is unread, or there is none."""
    zones: dict[str, int] = defaultdict(int)
    at_most = False
    for zone, level in shares:
        if level is None:
            return None
        zones[zone] += level.value
        at_most |= level.at_most
    return Level(min(zones.values()), at_most) if zones else None


def _drop_the_longest_gone(series: dict[str, Series]) -> None:
    gone = [(last.at, key) for key, each in series.items() if (last := each.last) and last.level is None]
    for _, key in sorted(gone)[: max(1, len(gone) // 2)]:
        del series[key]
