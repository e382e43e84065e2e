"""The answers against every sequence of draws there is, and against the simulator's own endpoints and interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.model.capacity.allocation_sequence import AllocationKind, AllocationSequence
from latticetop.model.capacity.decide import Decision, Outcome, decide
from latticetop.model.capacity.demand import AllocationRequest, Behaviour, Demand
from latticetop.model.capacity.supply import supply_of
from latticetop.simulator import LowestFirst, ManualClock, RandomOrder, Scripted
from latticetop.simulator.allocation import NoAddress, NoBlock, Pool
from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.orders import Order as SimulatedOrder
from latticetop.simulator.pace import Pace
from latticetop.simulator.scenarios.networks import add_service_network
from tests.model.worlds import SUBNET, Breaker, Sparer, World, demands, worlds

FITS, MAY, CANNOT = Outcome.FITS, Outcome.MAY, Outcome.CANNOT


def sequences(
    pool: Pool, addresses: int, blocks: int, seen: dict[object, tuple[bool, bool]] | None = None
) -> tuple[bool, bool]:
    """Whether some sequence of draws is refused, and whether some is served: every one of them is gone through.

    The addresses of a block that are open alike are alike to the rules, so the first stands for all.
    """
    seen = {} if seen is None else seen

    def search(addresses: int, blocks: int) -> tuple[bool, bool]:
        key = (frozenset(pool.singles), frozenset(pool.prefixes), addresses, blocks)
        if key not in seen:
            results = [(False, True)] if addresses + blocks == 0 else []
            if addresses:
                results += drawn(pool.singles, one_a_block(pool), lambda: search(addresses - 1, blocks))
            if blocks:
                results += drawn(pool.prefixes, pool.free_blocks(), lambda: search(addresses, blocks - 1))
            seen[key] = (any(failed for failed, _ in results), any(served for _, served in results))
        return seen[key]

    return search(addresses, blocks)


def call_by_call(pool: Pool, calls: list[AllocationRequest]) -> tuple[bool, bool]:
    """The same for whole calls in any order, each of which draws its addresses before its blocks."""
    seen: dict[object, tuple[bool, bool]] = {}

    def search(calls: tuple[tuple[int, int], ...], addresses: int, blocks: int) -> tuple[bool, bool]:
        key = (frozenset(pool.singles), frozenset(pool.prefixes), calls, addresses, blocks)
        if key not in seen:
            if addresses:
                results = drawn(pool.singles, one_a_block(pool), lambda: search(calls, addresses - 1, blocks))
            elif blocks:
                results = drawn(pool.prefixes, pool.free_blocks(), lambda: search(calls, 0, blocks - 1))
            elif calls:
                results = [search((*calls[:n], *calls[n + 1 :]), *calls[n]) for n in range(len(calls))]
            else:
                results = [(False, True)]
            seen[key] = (any(failed for failed, _ in results), any(served for _, served in results))
        return seen[key]

    return search(tuple(sorted((call.addresses, call.blocks) for call in calls)), 0, 0)


def one_a_block(pool: Pool) -> list[int]:
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
    answer = decide(world.reading(), demand)
    assert answer.outcome is expected_of(*sequences(world.pool(), demand.addresses, demand.blocks))


@settings(max_examples=60)
@given(world=worlds(25, 26))
def test_the_room_is_exact_for_all_that_can_be_wanted(world: World) -> None:
    """Up to one more than there is; where there is plenty, up to what an exhaustive search bears."""
    room, pool, seen = supply_of(world.reading().blocks), world.pool(), dict[object, tuple[bool, bool]]()
    most = room.assignable_addresses if room.assignable_addresses <= 10 else 2
    for addresses, blocks in product(range(most + 2), range(min(room.assignable_blocks, 4) + 2)):
        failed, served = sequences(pool, addresses, blocks, seen)
        assert room.can_succeed(addresses, blocks) == served
        assert room.cannot_fail(addresses, blocks) == (not failed)


@settings(max_examples=200)
@given(world=worlds(26, 26), demand=demands(2, 4))
def test_exact_call_by_call_where_no_block_is_partly_reserved(world: World, demand: Demand) -> None:
    """A call draws its addresses first; only a block partly inside a reservation can make that a difference."""
    answer = decide(world.reading(), demand)
    failed, served = call_by_call(world.pool(), list(demand.requests()))
    if answer.supply.partly_reserved_blocks:
        assert served == (answer.outcome is not CANNOT)
        assert not (failed and answer.outcome is FITS)
    else:
        assert answer.outcome is expected_of(failed, served)


def replay(pool: Pool, order: AllocationSequence) -> None:
    """Hand out step by step as told, and what is refused is refused."""
    script = Scripted(order.texts)
    for step in order.allocations:
        draw = pool.draw_block if step.kind is AllocationKind.BLOCK else pool.draw_address
        assert draw(script, "x") == step.first_address
    if order.denied_kind:
        with pytest.raises(NoBlock if order.denied_kind is AllocationKind.BLOCK else NoAddress):
            (pool.draw_block if order.denied_kind is AllocationKind.BLOCK else pool.draw_address)(script, "x")


@settings(max_examples=300)
@given(world=worlds(24, 28), demand=demands())
def test_both_orders_of_a_may_happen(world: World, demand: Demand) -> None:
    answer = decide(world.reading(), demand)
    if answer.outcome is not MAY:
        assert (answer.working_sequence, answer.failing_sequence) == (None, None)
        return
    assert answer.working_sequence is not None
    assert answer.failing_sequence is not None
    assert (answer.working_sequence.denied_kind, len(answer.working_sequence.allocations)) == (
        None,
        demand.addresses + demand.blocks,
    )
    assert answer.failing_sequence.denied_kind is not None
    replay(world.pool(), answer.working_sequence)
    replay(world.pool(), answer.failing_sequence)


def harms(pool: Pool, seed: int) -> Iterator[SimulatedOrder]:
    yield LowestFirst()
    yield RandomOrder(seed)
    yield Breaker(pool, seed)
    yield Breaker(pool, seed, last=True)
    yield Sparer(pool, seed)


def created(world: World, calls: list[AllocationRequest], kind: int, seed: int) -> bool:
    """Whether the simulator makes all the interfaces, and gives all bare prefixes, one call after another."""
    region = world.region()
    pool = region.pools[SUBNET]
    region.account.order = list(harms(pool, seed))[kind]
    try:
        for call in calls:
            if call.role is None:
                pool.draw_block(region.account.order, "node")
                continue
            wanted = Wanted(count=call.addresses - 1, prefix_count=call.blocks)
            create_interface(region, InterfaceRequest(subnet_id=SUBNET, wanted=wanted))
    except ApiError:
        return False
    return True


@settings(max_examples=300)
@given(world=worlds(24, 28), demand=demands(), kind=st.integers(0, 4), seed=st.integers(0, 1 << 30))
def test_interfaces_made_in_any_order_never_contradict_it(world: World, demand: Demand, kind: int, seed: int) -> None:
    answer = decide(world.reading(), demand)
    if answer.outcome is MAY:
        return
    calls = list(demand.requests())
    for _ in range(4):
        assert created(world, calls, kind, seed) == (answer.outcome is FITS)
        Random(seed).shuffle(calls)


def built(world: World, demand: Demand, order: Callable[[Pool], SimulatedOrder], gap: float = 0) -> bool:
    """Whether the simulator's endpoints become Available, created so many seconds apart."""
    region = world.region()
    region.account.pace = Pace(behaviour="2024" if demand.behaviour is Behaviour.IN_2024 else "today")
    region.account.order = order(region.pools[SUBNET])
    clock = region.account.clock
    assert isinstance(clock, ManualClock)
    network = add_service_network(region, "network", resources=[f"r{n}" for n in range(demand.resources)])
    for _ in range(demand.endpoints):
        create_endpoint(region, "vpc-1", network.arn, [SUBNET])
        clock.advance(gap)
    clock.finish()
    return {endpoint.state for endpoint in region.endpoints.values()} <= {"Available"}


@settings(max_examples=100)
@given(
    world=worlds(24, 28),
    demand=demands(3, 20),
    kind=st.integers(0, 4),
    seed=st.integers(0, 1 << 30),
    gap=st.sampled_from([0.0, 5.0, 9.0, 40.0]),
)
def test_endpoints_never_contradict_it(world: World, demand: Demand, kind: int, seed: int, gap: float) -> None:
    demand = Demand(demand.endpoints, demand.resources, demand.behaviour)
    answer = decide(world.reading(), demand)
    if answer.outcome is not MAY:
        assert built(world, demand, lambda pool: list(harms(pool, seed))[kind], gap) == (answer.outcome is FITS)


def scripted(answer: Decision, order: AllocationSequence, tries: int = 5) -> Callable[[Pool], SimulatedOrder]:
    """The order, with the last call's addresses again for each further try that the simulated AWS makes."""
    again = [str(step) for step in order.allocations if step.request == order.denied_request]
    return lambda _: Scripted([*order.texts, *again * (tries - 1)], LowestFirst())


@settings(max_examples=150)
@given(world=worlds(24, 28), demand=demands(3, 20))
def test_endpoints_are_built_and_fail_in_the_orders_given(world: World, demand: Demand) -> None:
    """Where a call's own order of draws makes no difference, the simulator's endpoints follow both orders."""
    demand = Demand(demand.endpoints, demand.resources, demand.behaviour)
    answer = decide(world.reading(), demand)
    if answer.outcome is MAY and answer.working_sequence and answer.failing_sequence:
        assert built(world, demand, scripted(answer, answer.working_sequence))
        if not answer.supply.partly_reserved_blocks:
            assert not built(world, demand, scripted(answer, answer.failing_sequence))
