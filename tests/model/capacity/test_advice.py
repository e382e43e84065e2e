"""Advice carried out in a model: reserve, free; then it fits, or the text had said that it may."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import Behaviour, Demand
from tests.model.builders import A, eni, reading
from tests.model.worlds import World, demands, worlds

NODES = st.builds(
    Demand,
    endpoints=st.integers(0, 1),
    resources=st.integers(0, 3),
    nodes=st.integers(1, 3),
    prefixes_per_node=st.integers(1, 4),
    prefixes_per_interface=st.integers(1, 3),
)


@settings(max_examples=300)
@given(world=worlds(25, 28), demand=st.one_of(demands(), NODES), unaccounted=st.integers(0, 2))
def test_the_outcome_that_is_promised_is_that_of_the_steps(world: World, demand: Demand, unaccounted: int) -> None:
    where = world.reading(min(unaccounted, len(world.unused)))
    decision = decide(where, demand)
    advice = advise(decision)
    if advice is None:
        return
    assert advice.outcome.rank < decision.outcome.rank
    assert decide(advice.after(where), demand).outcome is advice.outcome
    assert advice.outcome in (Outcome.FITS, Outcome.MAY)
    reserved = [reservation.cidr for reservation in where.reservations]
    assert not any(cidr.overlaps(other) for cidr in advice.reserved_ranges for other in reserved)


@settings(max_examples=200)
@given(world=worlds(25, 27), resources=st.integers(1, 20))
def test_advice_for_two_behaviours_promises_the_worse_outcome(world: World, resources: int) -> None:
    where, today, in_2024 = world.reading(), Demand(1, resources), Demand(1, resources, Behaviour.IN_2024)
    advice = advise(decide(where, in_2024), (), [today])
    if advice is not None:
        outcomes = [decide(advice.after(where), demand).outcome for demand in (today, in_2024)]
        assert advice.outcome is max(outcomes, key=lambda outcome: outcome.rank)


def test_a_freed_block_inside_a_reservation_is_not_reserved_again() -> None:
    """AWS refuses reservations that overlap."""
    where = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.20"), reservations=(("10.0.0.16/28", "prefix"),))
    advice = advise(decide(where, Demand(0, 0, prefixes=2)))
    assert advice is not None and advice.removals is not None
    assert (advice.removals.targets, advice.reserved_ranges, advice.outcome) == (("eni-1",), (), Outcome.FITS)


def test_a_node_needs_its_address_outside_the_reserved_blocks() -> None:
    """One node with two prefixes in a /26: its primary address may break a block, unless both are reserved."""
    advice = advise(decide(reading(A, "10.0.0.0/26"), Demand(0, 0, nodes=1, prefixes_per_node=2)))
    assert advice is not None
    assert [str(cidr) for cidr in advice.reserved_ranges] == ["10.0.0.16/28", "10.0.0.32/28"]
    assert advice.outcome is Outcome.FITS


def test_one_block_more_is_freed_for_each_unaccounted_address() -> None:
    """An unaccounted address may lie in the block that is freed: of two free ones it breaks one."""
    users = [eni(f"eni-{n}", A, f"10.0.0.{16 * n + 4}") for n in range(1, 7)]
    where = reading(A, "10.0.0.0/25", *users, unaccounted=1)
    advice = advise(decide(where, Demand(0, 0, prefixes=1)))
    assert advice is not None and advice.removals is not None
    assert (len(advice.removals.targets), advice.outcome) == (2, Outcome.FITS)
    assert sum(cidr.size for cidr in advice.reserved_ranges) == 32


def test_it_may_fit_where_no_more_can_be_freed_for_unaccounted_addresses() -> None:
    """In a /26 two blocks can be free, and one is in an explicit reservation; AWS assigns no prefix there."""
    where = reading(A, "10.0.0.0/26", eni("eni-1", A, "10.0.0.36"), reservations=(("10.0.0.16/28", "explicit"),),
                    unaccounted=1)  # fmt: skip
    advice = advise(decide(where, Demand(0, 0, prefixes=1)))
    assert advice is not None and advice.removals is not None
    assert (advice.removals.targets, advice.outcome) == (("eni-1",), Outcome.MAY)


def test_twenty_blocks_are_not_freed_for_twenty_unaccounted_addresses() -> None:
    users = [eni(f"eni-{n}", A, f"10.0.{n // 16}.{n % 16 * 16 + 4}") for n in range(1, 31)]
    where = reading(A, "10.0.0.0/23", *users, unaccounted=20)
    advice = advise(decide(where, Demand(0, 0, prefixes=1)))
    assert advice is not None and advice.removals is not None
    assert (len(advice.removals.targets), advice.outcome) == (1, Outcome.MAY)
