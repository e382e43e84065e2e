"""Allocation sequences, replayed in the simulator, and its own endpoints and ENIs against the decisions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.model.capacity.allocation_sequence import AllocationKind, AllocationSequence
from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import AllocationRequest, Behaviour, Demand
from latticetop.model.records.address import format_address
from latticetop.simulator import LowestFirst, ManualClock, RandomOrder, ScriptedOrder
from latticetop.simulator.address_orders import AddressOrder as SimulatedOrder
from latticetop.simulator.allocation import AddressPool
from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.errors import ApiError, InsufficientCidrBlocksError, InsufficientFreeAddressesError
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.scenarios.service_networks import add_service_network
from latticetop.simulator.world import EndpointBuildSettings
from tests.model.builders import A, eni, reading
from tests.model.worlds import SUBNET, FragmentingOrder, SparingOrder, World, demands, worlds

FITS, MAY, CANNOT = Outcome.FITS, Outcome.MAY, Outcome.CANNOT


def replay(pool: AddressPool, sequence: AllocationSequence) -> None:
    """Allocate step by step, and fail where the sequence does."""
    script = ScriptedOrder(sequence.texts)
    for allocation in sequence.allocations:
        draw = pool.allocate_block if allocation.kind is AllocationKind.BLOCK else pool.allocate_address
        assert draw(script, "x") == allocation.first_address
    if sequence.denied_kind:
        with pytest.raises(
            InsufficientCidrBlocksError
            if sequence.denied_kind is AllocationKind.BLOCK
            else InsufficientFreeAddressesError
        ):
            (pool.allocate_block if sequence.denied_kind is AllocationKind.BLOCK else pool.allocate_address)(
                script, "x"
            )


@settings(max_examples=300)
@given(world=worlds(24, 28), demand=demands())
def test_both_sequences_can_happen(world: World, demand: Demand) -> None:
    decision = decide(world.reading(), demand)
    if decision.outcome is not MAY:
        assert (decision.working_sequence, decision.failing_sequence) == (None, None)
        return
    assert decision.working_sequence is not None
    assert decision.failing_sequence is not None
    assert (decision.working_sequence.denied_kind, len(decision.working_sequence.allocations)) == (
        None,
        demand.addresses + demand.blocks,
    )
    assert decision.failing_sequence.denied_kind is not None
    replay(world.pool(), decision.working_sequence)
    replay(world.pool(), decision.failing_sequence)


@settings(max_examples=300)
@given(
    world=worlds(24, 28),
    demand=demands(),
    unaccounted=st.one_of(st.integers(0, 6), st.integers(0, 60)),
    seed=st.integers(0, 99),
)
def test_both_sequences_can_happen_with_unaccounted_addresses(
    world: World, demand: Demand, unaccounted: int, seed: int
) -> None:
    """Those that a sequence does not name lie anywhere but where it takes an address."""
    decision = decide(world.reading(unaccounted), demand)
    if decision.outcome is not MAY:
        return
    for sequence in (decision.working_sequence, decision.failing_sequence):
        assert sequence is not None
        assert len(sequence.unaccounted_addresses) <= unaccounted
        assert sequence.unaccounted_texts == [format_address(address) for address in sequence.unaccounted_addresses]
        taken = {*sequence.unaccounted_addresses}
        for step in sequence.allocations:
            size = 16 if step.kind is AllocationKind.BLOCK else 1
            taken.update(range(step.first_address, step.first_address + size))
        left = [address for address in world.unused if address not in taken]
        others = Random(seed).sample(left, unaccounted - len(sequence.unaccounted_addresses))
        replay(world.pool((*sequence.unaccounted_addresses, *others)), sequence)


def test_the_worst_places_of_unaccounted_addresses() -> None:
    """Of a /25: two unaccounted addresses break the reserved block and one more, single addresses the others."""
    subnet = reading(A, "10.0.0.0/25", available=105, reservations=(("10.0.0.16/28", "prefix"),), unaccounted=2)
    decision = decide(subnet, Demand(1, 2))
    assert decision.outcome is MAY
    assert decision.working_sequence is not None and decision.failing_sequence is not None
    assert decision.working_sequence.unaccounted_addresses == ()
    assert decision.failing_sequence.unaccounted_texts == ["10.0.0.16", "10.0.0.32"]
    assert decision.failing_sequence.denied_kind is AllocationKind.BLOCK


def test_unaccounted_addresses_lie_outside_the_blocks_that_are_assigned_first() -> None:
    """Of a /25 two blocks are reserved, one but for two addresses and one but for eight; all the rest is in use."""
    used = [*range(4, 16), *range(80, 127)]
    ranges = ("10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/29", "10.0.0.56/30", "10.0.0.60/31", "10.0.0.64/29")
    subnet = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in used)),
        available=62,
        reservations=tuple((cidr, "prefix") for cidr in ranges),
        unaccounted=2,
    )
    sequence = decide(subnet, Demand(1, 0)).failing_sequence
    assert sequence is not None
    assert (sequence.unaccounted_texts, sequence.texts) == (["10.0.0.62", "10.0.0.63"], ["10.0.0.64/28"])
    assert sequence.denied_kind is AllocationKind.ADDRESS


def test_where_fewer_addresses_are_left_outside_those_blocks_the_others_lie_anywhere() -> None:
    """As above with a third block that is reserved as a whole, and a third unaccounted address."""
    used = [*range(4, 16), *range(96, 127)]
    ranges = ("10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/29", "10.0.0.56/30", "10.0.0.60/31", "10.0.0.64/29")
    subnet = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in used)),
        available=77,
        reservations=tuple((cidr, "prefix") for cidr in (*ranges, "10.0.0.80/28")),
        unaccounted=3,
    )
    sequence = decide(subnet, Demand(1, 0)).failing_sequence
    assert sequence is not None
    assert (sequence.unaccounted_texts, sequence.texts) == (["10.0.0.62", "10.0.0.63"], ["10.0.0.64/28"])
    assert sequence.denied_kind is AllocationKind.ADDRESS


def test_where_only_addresses_can_run_out_the_unaccounted_ones_lie_in_the_block_outside_reservations() -> None:
    """Three blocks are reserved, a fourth is free, the rest is in use: 14 of the 15 addresses needed are left."""
    used = [*range(4, 16), *range(80, 127)]
    subnet = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in used)),
        available=62,
        reservations=tuple((f"10.0.0.{first}/28", "prefix") for first in (16, 32, 48)),
        unaccounted=2,
    )
    sequence = decide(subnet, Demand(1, 13)).failing_sequence
    assert sequence is not None
    assert sequence.unaccounted_texts == ["10.0.0.64", "10.0.0.65"]
    assert sequence.texts == [f"10.0.0.{n}" for n in range(66, 80)]
    assert sequence.denied_kind is AllocationKind.ADDRESS


def test_where_only_addresses_can_run_out_the_unaccounted_ones_take_those_beside_the_blocks() -> None:
    """Three blocks are reserved, two addresses of the first are left, the rest is in use."""
    used = [*range(6, 16), *range(64, 127)]
    subnet = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in used)),
        available=48,
        reservations=tuple((f"10.0.0.{first}/28", "prefix") for first in (16, 32, 48)),
        unaccounted=2,
    )
    sequence = decide(subnet, Demand(1, 0)).failing_sequence
    assert sequence is not None
    assert (sequence.unaccounted_texts, sequence.texts) == (["10.0.0.4", "10.0.0.5"], [])
    assert sequence.denied_kind is AllocationKind.ADDRESS


def test_a_working_sequence_takes_single_addresses_beside_the_blocks_and_blocks_in_their_order() -> None:
    subnet = reading(A, "10.0.0.0/26", available=59)
    sequence = decide(subnet, Demand(1, 1, Behaviour.IN_2024)).working_sequence
    assert sequence is not None
    assert sequence.texts == ["10.0.0.4", "10.0.0.16/28", "10.0.0.5", "10.0.0.32/28"]
    assert sequence.denied_kind is None


def test_addresses_break_every_block_first_and_then_fill_one_after_the_other() -> None:
    """Two blocks are free, all the rest is in use; six addresses for resources and one for services come first."""
    used = [*range(4, 16), *range(48, 63)]
    subnet = reading(A, "10.0.0.0/26", eni("eni-1", A, *(f"10.0.0.{n}" for n in used)), available=32)
    sequence = decide(subnet, Demand(1, 5)).failing_sequence
    assert sequence is not None
    assert sequence.texts == [f"10.0.0.{n}" for n in (16, 32, 17, 18, 19, 20, 21)]
    assert sequence.denied_kind is AllocationKind.BLOCK


def hostile_orders(pool: AddressPool, seed: int) -> Iterator[SimulatedOrder]:
    yield LowestFirst()
    yield RandomOrder(seed)
    yield FragmentingOrder(pool, seed)
    yield FragmentingOrder(pool, seed, last=True)
    yield SparingOrder(pool, seed)


def created(
    world: World, requests: list[AllocationRequest], kind: int, seed: int, unaccounted: Collection[int] = ()
) -> bool:
    """Whether the simulator creates all ENIs and assigns all prefixes, one request after another."""
    region = world.region(unaccounted=unaccounted)
    pool = region.address_pools[SUBNET]
    region.world.address_order = list(hostile_orders(pool, seed))[kind]
    try:
        for request in requests:
            if request.role is None:
                pool.allocate_block(region.world.address_order, "node")
                continue
            wanted = AddressRequest(address_count=request.addresses - 1, prefix_count=request.blocks)
            create_interface(region, NetworkInterfaceRequest(subnet_id=SUBNET, address_request=wanted))
    except ApiError:
        return False
    return True


@settings(max_examples=300)
@given(world=worlds(24, 28), demand=demands(), kind=st.integers(0, 4), seed=st.integers(0, 1 << 30))
def test_interfaces_created_in_any_order_agree_with_the_decision(
    world: World, demand: Demand, kind: int, seed: int
) -> None:
    decision = decide(world.reading(), demand)
    if decision.outcome is MAY:
        return
    requests = list(demand.requests())
    for _ in range(4):
        assert created(world, requests, kind, seed) == (decision.outcome is FITS)
        Random(seed).shuffle(requests)


@settings(max_examples=300)
@given(
    world=worlds(24, 28),
    demand=demands(),
    kind=st.integers(0, 4),
    seed=st.integers(0, 1 << 30),
    unaccounted=st.integers(1, 40),
)
def test_what_fits_survives_unaccounted_addresses_anywhere(
    world: World, demand: Demand, kind: int, seed: int, unaccounted: int
) -> None:
    decision = decide(world.reading(unaccounted, lowered=True), demand)
    inside = world.reserved("prefix") if decision.outcome is CANNOT else ()
    unused = [address for address in world.unused if address not in inside]
    if decision.outcome is MAY or unaccounted > len(unused):
        return
    requests = list(demand.requests())
    for _ in range(3):
        unaccounted_addresses = Random(seed).sample(unused, unaccounted)
        assert created(world, requests, kind, seed, unaccounted_addresses) == (decision.outcome is FITS)
        seed += 1


def built(world: World, demand: Demand, order: Callable[[AddressPool], SimulatedOrder], gap: float = 0) -> bool:
    """Whether endpoints of the simulator become Available, created `gap` seconds apart."""
    region = world.region()
    region.world.build_settings = EndpointBuildSettings(
        behaviour="2024" if demand.behaviour is Behaviour.IN_2024 else "today"
    )
    region.world.address_order = order(region.address_pools[SUBNET])
    clock = region.world.clock
    assert isinstance(clock, ManualClock)
    network = add_service_network(region, "network", resources=[f"r{n}" for n in range(demand.resources)])
    for _ in range(demand.endpoints):
        create_endpoint(region, EndpointRequest(vpc_id="vpc-1", subnet_ids=(SUBNET,), service_network_arn=network.arn))
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
def test_endpoints_agree_with_the_decision(world: World, demand: Demand, kind: int, seed: int, gap: float) -> None:
    demand = Demand(demand.endpoints, demand.resources, demand.behaviour)
    decision = decide(world.reading(), demand)
    if decision.outcome is not MAY:
        assert built(world, demand, lambda pool: list(hostile_orders(pool, seed))[kind], gap) == (
            decision.outcome is FITS
        )


def scripted(sequence: AllocationSequence, tries: int = 5) -> Callable[[AddressPool], SimulatedOrder]:
    """The sequence, with the denied request's addresses again for each further attempt of the simulated AWS."""
    again = [str(step) for step in sequence.allocations if step.request == sequence.denied_request]
    return lambda _: ScriptedOrder([*sequence.texts, *again * (tries - 1)], LowestFirst())


@settings(max_examples=150)
@given(world=worlds(24, 28), demand=demands(3, 20))
def test_endpoints_are_built_and_fail_in_these_sequences(world: World, demand: Demand) -> None:
    """Where the order of draws within a request makes no difference, endpoints of the simulator follow both."""
    demand = Demand(demand.endpoints, demand.resources, demand.behaviour)
    decision = decide(world.reading(), demand)
    if decision.outcome is MAY and decision.working_sequence and decision.failing_sequence:
        assert built(world, demand, scripted(decision.working_sequence))
        if not decision.supply.partly_prefix_reserved_blocks:
            assert not built(world, demand, scripted(decision.failing_sequence))
