"""How many addresses of a subnet lie inside its `prefix` CIDR reservations, and who uses them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latticetop.model.blocks.blocks import BlockMap


class PrefixReservedAddresses(NamedTuple):
    """Addresses inside `prefix` reservations: those that nobody uses, and those that AWS reserves in every subnet."""

    unused: int
    reserved_by_aws: int


def prefix_reserved_addresses(blocks: BlockMap) -> PrefixReservedAddresses:
    """Count the addresses inside `prefix` reservations, each once. Linear in the addresses in use, if there are any."""
    ranges = list(_merged_ranges(blocks))
    if not ranges:
        return PrefixReservedAddresses(0, 0)
    starts = [first for first, _ in ranges]
    totals = list(accumulate((last - first + 1 for first, last in ranges), initial=0))

    def below(address: int) -> int:
        """The addresses less than this one that are reserved."""
        index = bisect_right(starts, address) - 1
        return totals[index] + min(address, ranges[index][1] + 1) - starts[index] if index >= 0 else 0

    addresses = sorted({address for interface in blocks.interfaces for address in interface.addresses})
    prefixes = (prefix for interface in blocks.interfaces for prefix in interface.prefixes)
    used = _count_in(ranges, addresses) + sum(below(prefix.last + 1) - below(prefix.first) for prefix in prefixes)
    by_aws = _count_in(ranges, blocks.reserved_addresses)
    return PrefixReservedAddresses(max(0, totals[-1] - used - by_aws), by_aws)


def _count_in(ranges: Iterable[tuple[int, int]], addresses: Sequence[int]) -> int:
    """How many of these addresses, which ascend, are in the ranges."""
    return sum(bisect_right(addresses, last) - bisect_left(addresses, first) for first, last in ranges)


def _merged_ranges(blocks: BlockMap) -> Iterator[tuple[int, int]]:
    """The first and last address of each reserved range within the subnet, ascending; overlapping ones are joined."""
    subnet = blocks.cidr
    if subnet is None:
        return
    reserved = [r.cidr for r in blocks.reservations if r.is_prefix and r.cidr.overlaps(subnet)]
    current: tuple[int, int] | None = None
    for cidr in sorted(reserved):
        first, last = max(cidr.first, subnet.first), min(cidr.last, subnet.last)
        if current and first <= current[1]:
            current = current[0], max(current[1], last)
            continue
        if current:
            yield current
        current = first, last
    if current:
        yield current
