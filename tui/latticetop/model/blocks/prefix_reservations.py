"""How many addresses of a subnet lie inside its `prefix` CIDR reservations, and who uses them."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    def count(first: int, last: int) -> int:
        """The addresses from `first` to `last` that are reserved."""
        return below(last + 1) - below(first)

    def below(address: int) -> int:
        index = bisect_right(starts, address) - 1
        return totals[index] + min(address, ranges[index][1] + 1) - starts[index] if index >= 0 else 0

    addresses = {address for interface in blocks.interfaces for address in interface.addresses}
    used = sum(count(address, address) for address in addresses)
    used += sum(count(use.prefix.first, use.prefix.last) for use in blocks.prefixes)
    by_aws = sum(count(address, address) for address in blocks.reserved_addresses)
    return PrefixReservedAddresses(max(0, totals[-1] - used - by_aws), by_aws)


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
