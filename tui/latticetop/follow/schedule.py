"""Which subnets' ENIs to read now, so that a quiet account costs one call and no subnet goes unseen for long.

DescribeSubnets' counts tell of every change but a swap: when an address goes as another comes, the count stays. So
besides what changed, all subnets are read again by turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from latticetop.model.blocks.blocks import RESERVED_ADDRESSES
from latticetop.model.records.resources import Endpoint, NetworkInterface, Subnet

SEEN_WITHIN = 300.0
"""Seconds. No subnet is left unread for longer, unless reads are further apart than that."""
PAGE = 1000
"""The most ENIs EC2 gives at a time."""
FILTER_VALUES = 200
"""The most values EC2 takes in one filter (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html)."""
_SPARE = 1.2
"""Pauses between two reads that a round is shorter than SEEN_WITHIN: the next read comes that much later at most."""
_LEAST = PAGE // FILTER_VALUES
"""What a subnet costs though it is empty: a two-hundredth of a call."""
_GROUPS, _LARGEST_GROUP = 16, 12 * PAGE


class Known(Struct, frozen=True):
    """What the last read of a subnet's ENIs brought: how many, how many addresses they hold, AWS's count of free ones.

    `settled` is whether AWS's count and the ENIs added up, or two reads agreed on what is missing.
    """

    read_at: datetime
    interfaces: int
    seen: int
    free: int
    settled: bool = True

    @property
    def cost(self) -> int:
        """What reading the subnet takes, in ENIs of a page."""
        return max(self.interfaces, _LEAST)


def learn(subnet: Subnet, interfaces: Collection[NetworkInterface], before: Known | None, now: datetime) -> Known:
    """What there is to remember of a subnet that was just read."""
    seen, free = held_addresses(interfaces), subnet.available_ip_address_count
    missing = used_addresses(subnet) - seen
    agreed = before is not None and before.seen + before.free == seen + free
    return Known(now, len(interfaces), seen, free, missing <= 0 or agreed)


def used_addresses(subnet: Subnet) -> int:
    """How many addresses AWS counts as in use, at least as many as there are ENIs; 0 without IPv4."""
    cidr = subnet.cidr_block
    return max(0, cidr.size - RESERVED_ADDRESSES - subnet.available_ip_address_count) if cidr else 0


def held_addresses(interfaces: Iterable[NetworkInterface]) -> int:
    """How many addresses the ENIs hold, those of prefixes included."""
    return sum(len(each.addresses) + sum(prefix.size for prefix in each.prefixes) for each in interfaces)


class Turns:
    """Says what to read each time; remembers what is on screen, and how far the turns are behind an even pace."""

    def __init__(self, interval: float) -> None:
        self.focus: str | None = None
        self._interval = interval
        self._credit = 0.0
        self._last: datetime | None = None

    def next(
        self, subnets: Mapping[str, Subnet], known: Mapping[str, Known], endpoints: Iterable[Endpoint], now: datetime
    ) -> list[str]:
        """The subnets to read now: what is pressing first, then those whose turn it is."""
        elapsed = (now - self._last).total_seconds() if self._last else 0.0
        self._last = now
        round_in = max(0.0, SEEN_WITHIN - _SPARE * max(elapsed, self._interval))
        share = min(1.0, elapsed / round_in) if round_in else 1.0
        first = pressing(subnets, known, endpoints, self.focus)
        turn, self._credit = by_turns(known, first, share, now - timedelta(seconds=round_in), self._credit)
        return first + turn


def pressing(
    subnets: Mapping[str, Subnet], known: Mapping[str, Known], endpoints: Iterable[Endpoint], focus: str | None
) -> list[str]:
    """The subnets to read each time, the one on screen first: those of pending endpoints, new ones, changed ones."""
    wanted = [focus] if focus is not None and focus in subnets else []
    wanted += [i for e in endpoints if e.state.lower() == "pending" for i in e.subnet_ids if i in subnets]
    for subnet_id, subnet in subnets.items():
        before = known.get(subnet_id)
        if before is None or before.free != subnet.available_ip_address_count:
            wanted.append(subnet_id)
    return list(dict.fromkeys(wanted))


def by_turns(
    known: Mapping[str, Known], taken: Collection[str], share: float, latest: datetime, credit: float = 0.0
) -> tuple[list[str], float]:
    """Whose turn it is besides those taken: those that do not add up, then the oldest.

    The pace is even: this read is owed `share` of all ENIs, from 0 to 1, and `credit` ENIs from before; what is owed
    afterwards is given back. What was last read by `latest` cannot wait; what needs no further call comes as a gift.
    """
    queue = sorted(known.keys() - set(taken), key=lambda i: (known[i].settled, known[i].read_at, i))
    total = sum(known[i].cost for i in queue)
    credit = min(credit + share * total, total)
    chosen: list[str] = []
    waiting: list[str] = []
    for subnet_id in queue:
        if credit > 0 or known[subnet_id].read_at <= latest:
            chosen.append(subnet_id)
            credit -= known[subnet_id].cost
        else:
            waiting.append(subnet_id)
    spent = sum(known[i].cost if i in known else _LEAST for i in (*taken, *chosen))
    room = max(1, -(-spent // PAGE)) * PAGE - spent
    for subnet_id in waiting:
        if known[subnet_id].cost <= room:
            chosen.append(subnet_id)
            room -= known[subnet_id].cost
    return chosen, credit


def grouped(
    subnet_ids: Iterable[str], subnets: Mapping[str, Subnet], known: Mapping[str, Known]
) -> Iterator[tuple[str, ...]]:
    """Split what is to be read into groups to read side by side, in the given order.

    What fits few pages stays together, for every group begins a page of its own. A long read is split into so many
    groups that few wait for one, and so small ones that the screen fills step by step.
    """
    costs = [(i, known[i].cost if i in known else max(used_addresses(subnets[i]), _LEAST)) for i in subnet_ids]
    total = sum(cost for _, cost in costs)
    most = _LARGEST_GROUP if total <= _GROUPS // 2 * PAGE else min(max(PAGE, total // _GROUPS), _LARGEST_GROUP)
    group: list[str] = []
    size = 0
    for subnet_id, cost in costs:
        if group and (size + cost > most or len(group) == FILTER_VALUES):
            yield tuple(group)
            group, size = [], 0
        group.append(subnet_id)
        size += cost
    if group:
        yield tuple(group)
