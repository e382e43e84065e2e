"""What fits, worked out by hand, against every order there is, and against the simulator's own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.model.capacity import Answer, Fits, Outcome, decide, fits
from latticetop.model.demand import ONE_ENDPOINT, Behaviour, Call, Demand
from latticetop.model.orders import Kind, Order
from latticetop.model.room import room_of
from latticetop.model.snapshot import SubnetReading
from latticetop.model.what_if import without
from latticetop.simulator import LowestFirst, RandomOrder, Scripted
from latticetop.simulator.allocation import NoAddress, NoBlock, Pool
from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.orders import Order as SimulatedOrder
from latticetop.simulator.pace import Pace
from latticetop.simulator.scenarios.networks import add_service_network
from tests.model.builders import A, B, eni, reading
from tests.model.worlds import SUBNET, Breaker, Sparer, World, demands, worlds

TODAY, IN_2024 = Behaviour.TODAY, Behaviour.IN_2024
FITS, MAY, CANNOT = Outcome.FITS, Outcome.MAY, Outcome.CANNOT


def incident_a() -> SubnetReading:
    """Subnet A before the endpoint: R.fR."""
    one, two = eni("eni-1", A, "10.10.10.13"), eni("eni-2", A, "10.10.10.36")
    return reading(A, "10.10.10.0/26", one, two, available=57)


def incident_b() -> SubnetReading:
    """Subnet B before the endpoint: R..R."""
    return reading(B, "10.10.10.64/26", zone="us-east-1b", available=59)


# Blocks wanted B and addresses S are in the names; an empty /26 has 2 blocks and 59 addresses, 27 of them in R blocks.
BY_HAND = {
    "A, 2024: B 2 > 1 free": (incident_a(), 3, IN_2024, CANNOT),
    "A, today: B 1 = 1 free, S 5 can break it": (incident_a(), 3, TODAY, MAY),
    "A without .36, 2024: B 2 = 2 free, S 2 can break one": (without(incident_a(), ["10.10.10.36"]), 3, IN_2024, MAY),
    "A without .36, today: B 1 < 2 free, S 5 can break both": (without(incident_a(), ["10.10.10.36"]), 3, TODAY, MAY),
    "B, 2024: B 2 = 2 free, S 2 can break one": (incident_b(), 3, IN_2024, MAY),
    "B, today: B 1 < 2 free, S 5 can break both": (incident_b(), 3, TODAY, MAY),
    "B, without resources: B 1 + S 1 = 2 free": (incident_b(), 0, TODAY, FITS),
}
# Per CIDR and M, for today and 2024. Free blocks: /28 0, /27 0, /26 2, /25 6, /24 14.
# Today S is 1, 3, 65, 67 for M 0, 1, 63, 64 and B is 1; in 2024 S is 1, 2, 2, 2 and B is 1, 2, 5, 5.
EMPTY = [
    ("10.0.0.0/28", 0, CANNOT, CANNOT),
    ("10.0.0.0/28", 1, CANNOT, CANNOT),
    ("10.0.0.0/27", 0, CANNOT, CANNOT),
    ("10.0.0.0/27", 64, CANNOT, CANNOT),
    ("10.0.0.0/26", 0, FITS, FITS),  # 1 + 1 = 2
    ("10.0.0.0/26", 1, MAY, MAY),  # 1 + 3 > 2; 2 + 2 > 2
    ("10.0.0.0/26", 41, MAY, CANNOT),  # S 43 = 59 - 16; B 4 > 2
    ("10.0.0.0/26", 42, CANNOT, CANNOT),  # S 44 > 59 - 16
    ("10.0.0.0/26", 63, CANNOT, CANNOT),
    ("10.0.0.0/26", 64, CANNOT, CANNOT),
    ("10.0.0.0/25", 0, FITS, FITS),
    ("10.0.0.0/25", 1, FITS, FITS),  # 1 + 3 < 6; 2 + 2 < 6
    ("10.0.0.0/25", 3, FITS, FITS),  # 1 + 5 = 6
    ("10.0.0.0/25", 4, MAY, FITS),  # 1 + 6 > 6
    ("10.0.0.0/25", 63, MAY, MAY),  # S 65 <= 123 - 16; 5 + 2 > 6
    ("10.0.0.0/25", 64, MAY, MAY),  # S 67 <= 107
    ("10.0.0.0/24", 11, FITS, FITS),  # 1 + 13 = 14
    ("10.0.0.0/24", 12, MAY, FITS),  # 1 + 14 > 14
    ("10.0.0.0/24", 63, MAY, FITS),  # 5 + 2 <= 14
    ("10.0.0.0/24", 64, MAY, FITS),
]


@pytest.mark.parametrize("case", BY_HAND)
def test_the_incident_by_hand(case: str) -> None:
    where, resources, behaviour, expected = BY_HAND[case]
    assert decide(where, Demand(1, resources, behaviour)).outcome is expected


@pytest.mark.parametrize(("cidr", "resources", "today", "in_2024"), EMPTY)
def test_empty_subnets_by_hand(cidr: str, resources: int, today: Outcome, in_2024: Outcome) -> None:
    empty = reading(A, cidr)
    assert decide(empty, Demand(1, resources, TODAY)).outcome is today
    assert decide(empty, Demand(1, resources, IN_2024)).outcome is in_2024


@pytest.mark.parametrize(
    ("resources", "behaviour", "addresses", "blocks"),
    [
        (0, TODAY, 1, 1),
        (1, TODAY, 3, 1),
        (63, TODAY, 65, 1),
        (64, TODAY, 67, 1),
        (0, IN_2024, 1, 1),
        (1, IN_2024, 2, 2),
        (16, IN_2024, 2, 2),
        (17, IN_2024, 2, 3),
        (64, IN_2024, 2, 5),
    ],
)
def test_what_an_endpoint_asks_for(resources: int, behaviour: Behaviour, addresses: int, blocks: int) -> None:
    demand = Demand(3, resources, behaviour)
    assert (demand.addresses, demand.blocks) == (3 * addresses, 3 * blocks)
    assert sum(call.addresses for call in demand.calls()) == demand.addresses
    assert sum(call.blocks for call in demand.calls()) == demand.blocks


def test_a_prefix_reservation_makes_it_certain() -> None:
    """One block that no address can break, and 59 - 16 - 1 = 42 open addresses outside it and .36."""
    kept = reading(A, "10.10.10.0/26", eni("eni-2", A, "10.10.10.36"), reservations=(("10.10.10.16/28", "prefix"),))
    assert decide(kept, Demand(1, 40)).outcome is FITS
    assert decide(kept, Demand(1, 41)).outcome is CANNOT
    assert "inside prefix reservations" in decide(kept, ONE_ENDPOINT).bound


def test_addresses_can_be_short_where_blocks_are_not() -> None:
    """.16/28 is wholly reserved, .32/28 but for two addresses, which are the only open ones: taken first, or not."""
    full = [*range(4, 16), *range(48, 63)]
    reserved = (("10.0.0.16/28", "prefix"), ("10.0.0.32/29", "prefix"), ("10.0.0.40/30", "prefix"))
    tight = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in full)),
        reservations=(*reserved, ("10.0.0.44/31", "prefix")),
    )
    answer = decide(tight, Demand(1, 0))
    assert answer.outcome is MAY
    assert answer.fails is not None
    assert (answer.fails.script, answer.fails.refused) == (["10.0.0.32/28"], Kind.ADDRESS)
    assert answer.works is not None
    assert answer.works.script == ["10.0.0.46", "10.0.0.16/28"]


def test_an_incomplete_subnet_gives_no_yes() -> None:
    hidden = reading(A, "10.0.0.0/24", unaccounted=3)
    answer = decide(hidden, ONE_ENDPOINT)
    assert answer.outcome is Outcome.CANNOT_TELL
    assert "3 addresses in use cannot be accounted for" in answer.bound
    assert (answer.works, answer.fails) == (None, None)
    assert str(fits(hidden)) == "≤ 13"
    assert decide(reading(A, "10.0.0.0/27", unaccounted=3), ONE_ENDPOINT).outcome is CANNOT
    assert decide(reading(A, "10.0.0.0/24"), ONE_ENDPOINT, "unread").outcome is Outcome.CANNOT_TELL


def test_a_subnet_without_ipv4_holds_nothing() -> None:
    answer = decide(reading(A, None), ONE_ENDPOINT)
    assert (answer.outcome, answer.bound, answer.reasons) == (CANNOT, "the subnet has no IPv4 addresses", ())
    assert str(fits(reading(A, None))) == "0"


def test_what_cannot_fit_says_why_block_by_block() -> None:
    answer = decide(incident_a(), Demand(1, 3, IN_2024))
    assert answer.bound == "2 /28 and 2 single addresses are wanted, 1 /28 is free"
    assert [line.letter for line in answer.reasons] == ["R", ".", "f", "R"]
    assert "10.10.10.36" in answer.reasons[2].text


@pytest.mark.parametrize(
    ("cidr", "demand", "expected"),
    [
        ("10.0.0.0/27", ONE_ENDPOINT, "0"),
        ("10.0.0.0/26", ONE_ENDPOINT, "0–2"),  # certain: 4n <= 2
        ("10.0.0.0/25", ONE_ENDPOINT, "1–6"),  # 4n <= 6
        ("10.0.0.0/24", ONE_ENDPOINT, "3–13"),  # 4n <= 14; 19n <= 251
        ("10.0.0.0/24", Demand(1, 1, IN_2024), "3–7"),  # 2 blocks each; 2n + 2n <= 14
        ("10.0.0.0/24", Demand(1, 63), "0–3"),  # 251 addresses: 81n <= 251
        ("10.0.0.0/24", Demand(0, 0, TODAY, 1), "14"),
        ("10.0.0.0/16", ONE_ENDPOINT, "1,023–3,449"),  # 4n <= 4,094; 19n <= 65,531
    ],
)
def test_how_many_fit(cidr: str, demand: Demand, expected: str) -> None:
    assert str(fits(reading(A, cidr), demand)) == expected


@given(world=worlds(24, 28), demand=demands())
def test_how_many_fit_is_what_decides(world: World, demand: Demand) -> None:
    where, one = world.reading(), demand.one
    found = fits(where, demand)

    def outcome(count: int) -> Outcome:
        times = Demand(count * one.endpoints, one.resources, one.behaviour, count * one.prefixes)
        return decide(where, times).outcome

    assert found.certain <= found.possible
    for count in range(1, min(found.possible, 20) + 2):
        assert (outcome(count) is FITS) == (count <= found.certain)
        assert (outcome(count) is not CANNOT) == (count <= found.possible)
    assert fits(world.reading(unaccounted=1), demand) == Fits(0, found.possible, known=False)


# Against every order there is, and against the simulator.


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


def call_by_call(pool: Pool, calls: list[Call]) -> tuple[bool, bool]:
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
    room, pool, seen = room_of(world.reading().blocks), world.pool(), dict[object, tuple[bool, bool]]()
    most = room.open if room.open <= 10 else 2
    for addresses, blocks in product(range(most + 2), range(min(room.assignable, 4) + 2)):
        failed, served = sequences(pool, addresses, blocks, seen)
        assert room.possible(addresses, blocks) == served
        assert room.certain(addresses, blocks) == (not failed)


@settings(max_examples=200)
@given(world=worlds(26, 26), demand=demands(2, 4))
def test_exact_call_by_call_where_no_block_is_partly_reserved(world: World, demand: Demand) -> None:
    """A call draws its addresses first; only a block partly inside a reservation can make that a difference."""
    answer = decide(world.reading(), demand)
    failed, served = call_by_call(world.pool(), list(demand.calls()))
    if answer.room.partial:
        assert served == (answer.outcome is not CANNOT)
        assert not (failed and answer.outcome is FITS)
    else:
        assert answer.outcome is expected_of(failed, served)


def replay(pool: Pool, order: Order) -> None:
    """Hand out step by step as told, and what is refused is refused."""
    script = Scripted(order.script)
    for step in order.steps:
        draw = pool.draw_block if step.kind is Kind.BLOCK else pool.draw_address
        assert draw(script, "x") == step.first
    if order.refused:
        with pytest.raises(NoBlock if order.refused is Kind.BLOCK else NoAddress):
            (pool.draw_block if order.refused is Kind.BLOCK else pool.draw_address)(script, "x")


@settings(max_examples=300)
@given(world=worlds(24, 28), demand=demands())
def test_both_orders_of_a_may_happen(world: World, demand: Demand) -> None:
    answer = decide(world.reading(), demand)
    if answer.outcome is not MAY:
        assert (answer.works, answer.fails) == (None, None)
        return
    assert answer.works is not None
    assert answer.fails is not None
    assert (answer.works.refused, len(answer.works.steps)) == (None, demand.addresses + demand.blocks)
    assert answer.fails.refused is not None
    replay(world.pool(), answer.works)
    replay(world.pool(), answer.fails)


def harms(pool: Pool, seed: int) -> Iterator[SimulatedOrder]:
    yield LowestFirst()
    yield RandomOrder(seed)
    yield Breaker(pool, seed)
    yield Breaker(pool, seed, last=True)
    yield Sparer(pool, seed)


def created(world: World, calls: list[Call], kind: int, seed: int) -> bool:
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
    calls = list(demand.calls())
    for _ in range(4):
        assert created(world, calls, kind, seed) == (answer.outcome is FITS)
        Random(seed).shuffle(calls)


def built(world: World, demand: Demand, order: Callable[[Pool], SimulatedOrder], gap: float = 0) -> bool:
    """Whether the simulator's endpoints become Available, created so many seconds apart."""
    region = world.region()
    region.account.pace = Pace(behaviour="2024" if demand.behaviour is IN_2024 else "today")
    region.account.order = order(region.pools[SUBNET])
    network = add_service_network(region, "network", resources=[f"r{n}" for n in range(demand.resources)])
    for _ in range(demand.endpoints):
        create_endpoint(region, "vpc-1", network.arn, [SUBNET])
        region.account.clock.advance(gap)  # type: ignore[attr-defined]
    region.account.clock.finish()  # type: ignore[attr-defined]
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


def scripted(answer: Answer, order: Order, tries: int = 5) -> Callable[[Pool], SimulatedOrder]:
    """The order, with the last call's addresses again for each further try that the simulated AWS makes."""
    again = [str(step) for step in order.steps if step.call == order.refused_call]
    return lambda _: Scripted([*order.script, *again * (tries - 1)], LowestFirst())


@settings(max_examples=150)
@given(world=worlds(24, 28), demand=demands(3, 20))
def test_endpoints_are_built_and_fail_in_the_orders_given(world: World, demand: Demand) -> None:
    """Where a call's own order of draws makes no difference, the simulator's endpoints follow both orders."""
    demand = Demand(demand.endpoints, demand.resources, demand.behaviour)
    answer = decide(world.reading(), demand)
    if answer.outcome is MAY and answer.works and answer.fails:
        assert built(world, demand, scripted(answer, answer.works))
        if not answer.room.partial:
            assert not built(world, demand, scripted(answer, answer.fails))
