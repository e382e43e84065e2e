"""The bounds of a subnet's free capacity, against every sequence in which the simulator can allocate."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from hypothesis import given, settings

from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import AllocationRequest, Demand
from latticetop.model.capacity.supply import supply_of
from latticetop.simulator.allocation import AddressPool
from tests.model.builders import A, eni, incident_readings, reading
from tests.model.worlds import World, demands, worlds

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
    assert (supply.reserved_blocks, supply.partly_reserved_blocks) == ((1,), ((2, 2),))
    assert (supply.unreserved_blocks, supply.other_blocks) == ((4, 5, 6), (0, 3, 7))
    assert supply.assignable_addresses == 12 + 2 + 15 + 3 * 16 + 15
    assert [supply.min_addresses_lost(blocks) for blocks in range(4)] == [0, 0, 2, 18]
    assert [supply.max_addresses_lost(blocks) for blocks in range(3)] == [0, 2, 2]
    assert list(supply.addresses_in(0)) == [supply.first_address + n for n in range(4, 16)]
    assert list(supply.addresses_in(4)) == [supply.first_address + n for n in range(64, 80)]


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
    if decision.supply.partly_reserved_blocks:
        assert served == (decision.outcome is not CANNOT)
        assert not (failed and decision.outcome is FITS)
    else:
        assert decision.outcome is expected_of(failed, served)
