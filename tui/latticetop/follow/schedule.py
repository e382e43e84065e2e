"""Which subnets' ENIs to read in each cycle, so that an account without changes costs one call.

The counts of DescribeSubnets show every change but a swap: if one address is released and another assigned, the count
stays the same. So besides the subnets whose count changed, all subnets are read again in turn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from latticetop.model.blocks.blocks import RESERVED_ADDRESS_COUNT
from latticetop.model.endpoints.verdict import is_being_created
from latticetop.model.records.aws_actions import EC2_PAGE_SIZE, MAX_FILTER_VALUES
from latticetop.model.records.resources import Endpoint, NetworkInterface, Subnet

MAX_AGE = 300.0
"""Seconds after which every subnet has been read again, unless cycles are further apart."""
_SPARE_INTERVALS = 1.2
"""The intervals by which a round is shorter than MAX_AGE, since the next cycle starts that much later at most."""
_MIN_COST = EC2_PAGE_SIZE // MAX_FILTER_VALUES
"""The cost of an empty subnet, in ENIs: one of the filter values of a call."""
_MAX_GROUPS, _MAX_GROUP_COST = 16, 12 * EC2_PAGE_SIZE


class LastRead(Struct, frozen=True):
    """The last read of a subnet's ENIs: their number, the number of their addresses, and AWS's free count then.

    `read_at` is in seconds of the monotonic clock, as are all times of this module. `settled` is whether AWS's count
    and the ENIs added up, or two reads agreed on the difference.
    """

    read_at: float
    interfaces: int
    addresses: int
    free: int
    settled: bool = True

    @property
    def cost(self) -> int:
        """The cost of reading the subnet again, in ENIs of a page."""
        return max(self.interfaces, _MIN_COST)


def last_read_of(
    subnet: Subnet, interfaces: Collection[NetworkInterface], previous: LastRead | None, now: float
) -> LastRead:
    """Return the `LastRead` of a subnet whose ENIs have just been read."""
    addresses, free = held_addresses(interfaces), subnet.available_ip_address_count
    difference = used_addresses(subnet) - addresses
    agrees = previous is not None and previous.addresses + previous.free == addresses + free
    return LastRead(now, len(interfaces), addresses, free, difference <= 0 or agrees)


def used_addresses(subnet: Subnet) -> int:
    """Return the addresses that AWS counts as in use, at least the number of ENIs; 0 without IPv4 or a usable count."""
    cidr, count = subnet.cidr_block, subnet.address_count
    return 0 if cidr is None or count is None else max(0, cidr.size - RESERVED_ADDRESS_COUNT - count)


def held_addresses(interfaces: Iterable[NetworkInterface]) -> int:
    """Return the number of addresses of these ENIs, those of their prefixes included."""
    total = 0
    for interface in interfaces:
        total += len(interface.addresses)
        if interface.prefixes:
            total += sum(prefix.size for prefix in interface.prefixes)
    return total


class ReadSchedule:
    """Decides what to read in each cycle; remembers the subnet on screen, and the ENIs owed from earlier cycles.

    `interval` is in seconds, and `max_calls` the maximum number of calls a minute, 0 for unlimited.
    """

    def __init__(self, interval: float, max_calls: int = 0) -> None:
        self.focus: str | None = None
        """The id of the subnet on screen, which is read in every cycle."""
        self.spare_calls = int(max_calls * interval / 60) // 2 if max_calls else None
        """Calls of a cycle that can wait, half of what the user allows; None for unlimited."""
        self._interval = interval
        self._credit = 0.0
        self._last: float | None = None

    def next(
        self,
        subnets: Mapping[str, Subnet],
        last_reads: Mapping[str, LastRead],
        endpoints: Iterable[Endpoint],
        now: float,
    ) -> list[str]:
        """Return the ids of the subnets to read now: the urgent ones, then those that are due."""
        elapsed = now - self._last if self._last is not None else 0.0
        self._last = now
        round_seconds = max(0.0, MAX_AGE - _SPARE_INTERVALS * max(elapsed, self._interval))
        share = min(1.0, elapsed / round_seconds) if round_seconds else 1.0
        urgent = urgent_subnets(subnets, last_reads, endpoints, self.focus)
        deadline = now - round_seconds
        due, self._credit = due_subnets(last_reads, urgent, share, deadline, self._credit)
        return urgent + due


def urgent_subnets(
    subnets: Mapping[str, Subnet],
    last_reads: Mapping[str, LastRead],
    endpoints: Iterable[Endpoint],
    focus: str | None,
) -> list[str]:
    """Return the subnets to read in every cycle: the one in focus, of pending endpoints, new ones, changed counts."""
    urgent = [focus] if focus is not None and focus in subnets else []
    urgent += [i for e in endpoints if is_being_created(e.state) for i in e.subnet_ids if i in subnets]
    for subnet_id, subnet in subnets.items():
        last = last_reads.get(subnet_id)
        if last is None or last.free != subnet.available_ip_address_count:
            urgent.append(subnet_id)
    return list(dict.fromkeys(urgent))


def due_subnets(
    last_reads: Mapping[str, LastRead],
    urgent: Collection[str],
    share: float,
    deadline: float,
    credit: float = 0.0,
) -> tuple[list[str], float]:
    """Return the subnets whose turn it is besides the urgent ones, and the credit that is left, in ENIs.

    Subnets that do not add up come first, then the oldest. The reads are spread evenly: a cycle is owed `share` of all
    ENIs, from 0 to 1, and the `credit` of earlier cycles. A subnet last read by the `deadline` is always included; one
    that needs no further page is included for free.
    """
    queue = sorted(last_reads.keys() - set(urgent), key=lambda i: (last_reads[i].settled, last_reads[i].read_at, i))
    total = sum(last_reads[i].cost for i in queue)
    credit = min(credit + share * total, total)
    due: list[str] = []
    waiting: list[str] = []
    for subnet_id in queue:
        if credit > 0 or last_reads[subnet_id].read_at <= deadline:
            due.append(subnet_id)
            credit -= last_reads[subnet_id].cost
        else:
            waiting.append(subnet_id)
    cost = sum(last_reads[i].cost if i in last_reads else _MIN_COST for i in (*urgent, *due))
    rest_of_page = max(1, -(-cost // EC2_PAGE_SIZE)) * EC2_PAGE_SIZE - cost
    for subnet_id in waiting:
        if last_reads[subnet_id].cost <= rest_of_page:
            due.append(subnet_id)
            rest_of_page -= last_reads[subnet_id].cost
    return due, credit


def group_subnets(
    subnet_ids: Iterable[str], subnets: Mapping[str, Subnet], last_reads: Mapping[str, LastRead]
) -> Iterator[tuple[str, ...]]:
    """Split subnets into groups that are read at the same time, in the given order.

    Subnets that fit a few pages stay together, since every group starts a page of its own. A long read is split into
    enough groups to run at the same time, and into groups small enough for the screen to fill step by step.
    """
    costs = [
        (i, last_reads[i].cost if i in last_reads else max(used_addresses(subnets[i]), _MIN_COST)) for i in subnet_ids
    ]
    total = sum(cost for _, cost in costs)
    few_pages = total <= _MAX_GROUPS // 2 * EC2_PAGE_SIZE
    max_cost = _MAX_GROUP_COST if few_pages else min(max(EC2_PAGE_SIZE, total // _MAX_GROUPS), _MAX_GROUP_COST)
    group: list[str] = []
    group_cost = 0
    for subnet_id, cost in costs:
        if group and (group_cost + cost > max_cost or len(group) == MAX_FILTER_VALUES):
            yield tuple(group)
            group, group_cost = [], 0
        group.append(subnet_id)
        group_cost += cost
    if group:
        yield tuple(group)
