"""The bounds of a subnet's free capacity, against every sequence in which the simulator can allocate."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from itertools import islice, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import AllocationRequest, Demand
from latticetop.model.capacity.supply import FreeBlocks, free_blocks_in, free_blocks_of, supply_of, tightness
from latticetop.model.records.address import format_address, parse_cidr
from latticetop.model.records.missing_data import MissingPart
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import SubnetReading
from latticetop.simulator.allocation import AddressPool
from tests.model.builders import A, B, endpoint, eni, incident_readings, missing, reading, snapshot
from tests.model.worlds import EMPTY, FULL, World, demands, worlds

FITS, MAY, CANNOT = Outcome.FITS, Outcome.MAY, Outcome.CANNOT


def test_the_supply_of_a_map_is_calculated_once() -> None:
    blocks = incident_readings()[0].blocks
    assert supply_of(blocks) is supply_of(blocks)
    assert supply_of(incident_readings()[0].blocks) == supply_of(blocks)


def test_blocks_and_addresses_by_hand() -> None:
    """Of a /25: .16/28 is reserved, .32/28 but for its last two addresses, .48/28 fragmented, the rest is free."""
    ranges = ("10.0.0.16/28", "10.0.0.32/29", "10.0.0.40/30", "10.0.0.44/31")
    subnet = reading(
        A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.48"), reservations=tuple((cidr, "prefix") for cidr in ranges)
    )
    supply = supply_of(subnet.blocks)
    assert (supply.prefix_reserved_blocks, supply.partly_prefix_reserved_blocks) == ((1,), ((2, 2),))
    assert (supply.unreserved_blocks, supply.other_blocks) == ((4, 5, 6), (0, 3, 7))
    assert supply.assignable_addresses == 12 + 2 + 15 + 3 * 16 + 15
    assert [supply.min_addresses_lost(blocks) for blocks in range(4)] == [0, 0, 2, 18]
    assert [supply.max_addresses_lost(blocks) for blocks in range(3)] == [0, 2, 2]
    assert list(supply.addresses_in(0)) == [supply.first_address + n for n in range(4, 16)]
    assert list(supply.addresses_in(4)) == [supply.first_address + n for n in range(64, 80)]


def cidr_block(cidr: str, available: int, *reserved: str, used: int = 0, unaccounted: int = 0) -> SubnetReading:
    """A subnet whose first `used` addresses after AWS's own are in use."""
    first = parse_cidr(cidr).first + 4
    interface = eni("eni-1", A, *(format_address(first + n) for n in range(used)))
    reservations = tuple((range_, "prefix") for range_ in reserved)
    return reading(A, cidr, interface, available=available, reservations=reservations, unaccounted=unaccounted)


# Accounts of public reports: the subnet, its unaccounted addresses, its free blocks, those in reservations.
ACCOUNTS = {
    "the top /23 of a /18 reserved": (
        cidr_block("10.0.0.0/18", 16384 - 5 - 160 - 511, "10.0.62.0/23", used=160),
        (0, "1,012", 31),  # 1,024 less 11 with use or at the beginning, less the last; of 32 reserved ones the last too
    ),
    "the same, AWS's last address taken off twice": (
        cidr_block("10.0.0.0/18", 16384 - 5 - 160 - 512, "10.0.62.0/23", used=160),
        (0, "1,012", 31),
    ),
    "the same, the count not lowered": (
        cidr_block("10.0.0.0/18", 16384 - 5 - 160, "10.0.62.0/23", used=160),
        (0, "1,012", 31),
    ),
    "all of a /24 reserved": (cidr_block("10.0.0.0/24", 0, "10.0.0.0/24"), (0, "14", 14)),
    "a /14 of a /13 reserved": (
        cidr_block("10.0.0.0/13", 2**19 - 5 - 2**18 + 4, "10.0.0.0/14"),
        (0, "32,766", 16383),
    ),
    "an address that nobody shows in an empty /20": (cidr_block("10.0.0.0/20", 4090), (1, "253-254", 0)),
    "nine addresses left of a /23": (cidr_block("10.0.0.0/23", 9), (498, "0", 0)),
    "20 addresses left of a /23": (cidr_block("10.0.0.0/23", 20), (487, "0-1", 0)),
    "two blocks reserved, and 20 addresses left": (
        cidr_block("10.0.0.0/24", 20, "10.0.0.64/27"),
        (199, "0-3", 2),
    ),
}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_free_blocks_by_hand(name: str) -> None:
    subnet, (unaccounted, free, reserved) = ACCOUNTS[name]
    assert (subnet.unaccounted_now, subnet.blocks.letters.count("P")) == (unaccounted, reserved)
    assert str(free_blocks_in(structs.replace(subnet, unaccounted=unaccounted))) == free


def test_free_blocks_without_reservations_are_those_outside_them() -> None:
    """A /23 of another account, with 9, 20 and 507 addresses left; and two subnets in which no block can be free."""
    for available, text in ((9, "?"), (20, "0-1"), (507, "0-30")):
        free = free_blocks_in(cidr_block("10.0.0.0/23", available, unaccounted=507 - available), missing())
        assert free is not None
        assert (str(free), free.exact, free.certain) == (text, False, False)
    for cidr, used in (("10.0.0.0/27", 0), ("10.0.0.0/26", 29)):
        assert free_blocks_in(cidr_block(cidr, 0, used=used), missing()) == FreeBlocks(0, 0)


def test_free_blocks_of_a_subnet_of_a_snapshot() -> None:
    a, b, ipv6 = *incident_readings(), reading("subnet-6", None)
    account = snapshot(a, b, ipv6, unread=(reservations_part(B),))
    assert free_blocks_of(account, A) == FreeBlocks(0, 0)
    assert free_blocks_of(account, B) == FreeBlocks(0, 1, certain=False)
    assert free_blocks_of(account, "subnet-6") is None
    assert free_blocks_of(snapshot(a, b, unread=(A,)), A) is None
    assert free_blocks_in(a, missing(MissingPart.INTERFACES)) is None


def test_free_blocks_are_text_and_can_be_ordered() -> None:
    assert [str(free) for free in (FreeBlocks(3, 3), FreeBlocks(0, 0), FreeBlocks(1000, 2000))] == [
        "3",
        "0",
        "1,000-2,000",
    ]
    assert [free.exact for free in (FreeBlocks(3, 3), FreeBlocks(2, 3), FreeBlocks(3, 3, certain=False))] == [
        True, False, False,
    ]  # fmt: skip
    assert [free.none for free in (FreeBlocks(0, 0), FreeBlocks(0, 1), FreeBlocks(0, 0, certain=False))] == [
        True, False, False,
    ]  # fmt: skip
    assert sorted([FreeBlocks(1, 1), FreeBlocks(0, 9), FreeBlocks(0, 2)]) == [
        FreeBlocks(0, 2), FreeBlocks(0, 9), FreeBlocks(1, 1),
    ]  # fmt: skip


def test_what_is_left_once_addresses_are_in_use() -> None:
    """Of a /25: a reserved block, one reserved by half, and others; one address in each kind of block."""
    subnet = reading(A, "10.0.0.0/25", reservations=(("10.0.0.16/28", "prefix"), ("10.0.0.32/29", "prefix")))
    supply = supply_of(subnet.blocks)
    left = supply.with_used_addresses([supply.first_address + n for n in (4, 16, 33, 47, 60)])
    assert (left.prefix_reserved_blocks, left.partly_prefix_reserved_blocks, left.unreserved_blocks) == (
        (),
        (),
        (4, 5, 6),
    )
    assert (left.other_blocks, left.assignable_addresses) == ((0, 2, 3, 7), supply.assignable_addresses - 3)
    assert [len([*left.addresses_in(index)]) for index in (0, 1, 2, 3)] == [11, 0, 7, 15]
    full = supply.with_used_addresses([supply.first_address + n for n in range(4, 16)])
    assert full.other_blocks == (7,)


def sequences(
    pool: AddressPool, addresses: int, blocks: int, seen: dict[object, tuple[bool, bool]] | None = None
) -> tuple[bool, bool]:
    """Whether some sequence of draws fails, and whether some succeeds: every one is tried.

    The rules do not tell the assignable addresses of a block apart, so the first stands for all.
    """
    seen = {} if seen is None else seen

    def search(addresses: int, blocks: int) -> tuple[bool, bool]:
        key = (frozenset(pool.single_addresses), frozenset(pool.prefixes), addresses, blocks)
        if key not in seen:
            results = [(False, True)] if addresses + blocks == 0 else []
            if addresses:
                results += drawn(pool.single_addresses, one_per_block(pool), lambda: search(addresses - 1, blocks))
            if blocks:
                results += drawn(pool.prefixes, pool.free_blocks(), lambda: search(addresses, blocks - 1))
            seen[key] = (any(failed for failed, _ in results), any(served for _, served in results))
        return seen[key]

    return search(addresses, blocks)


def by_request(pool: AddressPool, requests: list[AllocationRequest]) -> tuple[bool, bool]:
    """The same for whole requests in any order, each of which draws its addresses before its blocks."""
    seen: dict[object, tuple[bool, bool]] = {}

    def search(requests: tuple[tuple[int, int], ...], addresses: int, blocks: int) -> tuple[bool, bool]:
        key = (frozenset(pool.single_addresses), frozenset(pool.prefixes), requests, addresses, blocks)
        if key not in seen:
            if addresses:
                results = drawn(
                    pool.single_addresses, one_per_block(pool), lambda: search(requests, addresses - 1, blocks)
                )
            elif blocks:
                results = drawn(pool.prefixes, pool.free_blocks(), lambda: search(requests, 0, blocks - 1))
            elif requests:
                results = [search((*requests[:n], *requests[n + 1 :]), *requests[n]) for n in range(len(requests))]
            else:
                results = [(False, True)]
            seen[key] = (any(failed for failed, _ in results), any(served for _, served in results))
        return seen[key]

    return search(tuple(sorted((request.addresses, request.blocks) for request in requests)), 0, 0)


def one_per_block(pool: AddressPool) -> list[int]:
    return list({address >> 4: address for address in reversed(pool.free_addresses())}.values())


def drawn(
    held: dict[int, str], candidates: list[int], search: Callable[[], tuple[bool, bool]]
) -> list[tuple[bool, bool]]:
    results = [] if candidates else [(True, False)]
    for candidate in candidates:
        held[candidate] = "x"
        results.append(search())
        del held[candidate]
    return results


def expected_of(failed: bool, served: bool) -> Outcome:
    return CANNOT if not served else MAY if failed else FITS


@settings(max_examples=400)
@given(world=worlds(26, 26), demand=demands(2, 4))
def test_exact_against_every_sequence(world: World, demand: Demand) -> None:
    decision = decide(world.reading(), demand)
    assert decision.outcome is expected_of(*sequences(world.pool(), demand.addresses, demand.blocks))


@settings(max_examples=60)
@given(world=worlds(25, 26))
def test_both_bounds_are_exact(world: World) -> None:
    """Up to one more than there is; of many addresses only as many as an exhaustive search allows."""
    supply, pool, seen = supply_of(world.reading().blocks), world.pool(), dict[object, tuple[bool, bool]]()
    most = supply.assignable_addresses if supply.assignable_addresses <= 10 else 2
    for addresses, blocks in product(range(most + 2), range(min(supply.assignable_blocks, 4) + 2)):
        failed, served = sequences(pool, addresses, blocks, seen)
        assert supply.can_succeed(addresses, blocks) == served
        assert supply.cannot_fail(addresses, blocks) == (not failed)


@settings(max_examples=200)
@given(world=worlds(26, 26), demand=demands(2, 4))
def test_exact_by_request_where_no_block_is_partly_reserved(world: World, demand: Demand) -> None:
    """A request draws its addresses first; that makes a difference only with a block partly inside a reservation."""
    decision = decide(world.reading(), demand)
    failed, served = by_request(world.pool(), list(demand.requests()))
    if decision.supply.partly_prefix_reserved_blocks:
        assert served == (decision.outcome is not CANNOT)
        assert not (failed and decision.outcome is FITS)
    else:
        assert decision.outcome is expected_of(failed, served)


UNACCOUNTED = st.one_of(st.integers(0, 3), st.integers(0, 20))
HALF_RESERVED = World(26, (FULL, EMPTY, EMPTY, ((), False, ((0, 29, "prefix"),))))
"""The unaccounted addresses lie outside the reservation, if AWS's count leaves out those inside it."""
MANY = 600
"""Placements that are tried at most; of more, some."""


def unused_blocks(world: World) -> list[frozenset[int]]:
    """The /28 blocks of a subnet without an address in use, reserved by AWS or in an explicit reservation."""
    taken = world.used | world.reserved_by_aws | world.reserved("explicit")
    blocks = (frozenset(map(int, block)) for block in IPv4Network(world.cidr).subnets(new_prefix=28))
    return [block for block in blocks if taken.isdisjoint(block)]


def is_ambiguous(world: World, unaccounted: int, lowered: bool) -> bool:
    """Whether AWS's count cannot tell unaccounted addresses from reserved ones, or AWS's own that it counts twice."""
    reserved = world.reserved("prefix")
    by_aws = reserved & world.reserved_by_aws
    return 0 < unaccounted <= len(by_aws) if lowered else 0 < len(reserved & {*world.unused}) <= unaccounted


@settings(max_examples=300)
@given(world=worlds(25, 28), unaccounted=UNACCOUNTED, lowered=st.booleans())
@example(world=HALF_RESERVED, unaccounted=8, lowered=True)
def test_free_blocks_lie_within_their_bounds(world: World, unaccounted: int, lowered: bool) -> None:
    """For every place of the unaccounted addresses, and both bounds are reached, if all places are tried."""
    places = list(islice(world.placements(unaccounted, outside_reservations=lowered), MANY + 1))
    if not places or is_ambiguous(world, unaccounted, lowered):
        return
    blocks = unused_blocks(world)
    counts = {sum(block.isdisjoint(place) for block in blocks) for place in places}
    subnet = world.reading(unaccounted, lowered=lowered)
    free = free_blocks_in(subnet)
    assert free is not None and free.certain
    assert (subnet.unaccounted_now, subnet.count_excludes_reservations) == (
        unaccounted,
        lowered or world.reserved("prefix").isdisjoint(world.unused),
    )
    assert free.min <= min(counts) <= max(counts) <= free.max
    if len(places) <= MANY:
        assert max(counts) == free.max
        if not lowered:
            assert min(counts) == free.min


@settings(max_examples=300)
@given(world=worlds(26, 26), demand=demands(2, 4), unaccounted=UNACCOUNTED, lowered=st.booleans())
@example(world=HALF_RESERVED, demand=Demand(2, 0), unaccounted=6, lowered=True)
def test_exact_against_every_sequence_and_every_place_of_unaccounted_addresses(
    world: World, demand: Demand, unaccounted: int, lowered: bool
) -> None:
    everywhere = list(islice(world.placements(unaccounted), MANY + 1))
    if not everywhere or is_ambiguous(world, unaccounted, lowered):
        return
    if lowered and not any(True for _ in world.placements(unaccounted, outside_reservations=True)):
        return
    decision, seen = decide(world.reading(unaccounted, lowered=lowered), demand), dict[object, tuple[bool, bool]]()
    failed = served = False
    outside = world.reserved("prefix") if lowered else set[int]()
    for places in everywhere:
        one_failed, one_served = sequences(world.pool(places), demand.addresses, demand.blocks, seen)
        failed |= one_failed
        served |= one_served and outside.isdisjoint(places)
    assert not (failed and decision.outcome is FITS)
    assert not (served and decision.outcome is CANNOT)
    if len(everywhere) <= MANY:
        assert decision.outcome is expected_of(failed, served)


def test_the_tightest_subnets_come_first_and_those_without_ipv4_last() -> None:
    """A /26 has two blocks without addresses of AWS; an address in use that is not visible may lie in one of them."""
    ipv6 = reading("subnet-ipv6", None)
    two_free = reading("subnet-two", "10.0.1.0/26", available=59)
    one_or_two = reading("subnet-unaccounted", "10.0.2.0/26", available=58, unaccounted=1)
    none_free = eni("eni-1", "subnet-none", "10.0.3.20", "10.0.3.40")
    none, none_too = reading("subnet-none", "10.0.3.0/26", none_free), reading("subnet-small", "10.0.0.0/27")
    of_endpoint = reading("subnet-two-too", "10.0.4.0/26", available=59)
    readings = [ipv6, two_free, one_or_two, none, none_too, of_endpoint]
    account = snapshot(*readings, endpoints=(endpoint("Available", "subnet-two-too"),))
    ordered = sorted(readings, key=lambda one: tightness(account, one, free_blocks_of(account, one.subnet.subnet_id)))
    assert [one.subnet.subnet_id for one in ordered] == [
        "subnet-small",
        "subnet-none",
        "subnet-unaccounted",
        "subnet-two-too",
        "subnet-two",
        "subnet-ipv6",
    ]
