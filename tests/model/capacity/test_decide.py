"""Whether a demand fits into one subnet, and how often, calculated by hand."""

from __future__ import annotations

import pytest
from hypothesis import given

from latticetop.model.capacity.allocation_sequence import AllocationKind, failing_sequence, working_sequence
from latticetop.model.capacity.decide import Capacity, Outcome, capacity_of, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.what_if import without
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, B, eni, reading
from tests.model.worlds import World, demands, worlds

TODAY, IN_2024 = Behaviour.TODAY, Behaviour.IN_2024
FITS, MAY, CANNOT = Outcome.FITS, Outcome.MAY, Outcome.CANNOT


def incident_a() -> SubnetReading:
    """Subnet A before the endpoint: R.fR."""
    one, two = eni("eni-1", A, "10.10.10.13"), eni("eni-2", A, "10.10.10.36")
    return reading(A, "10.10.10.0/26", one, two, available=57)


def incident_b() -> SubnetReading:
    """Subnet B before the endpoint: R..R."""
    return reading(B, "10.10.10.64/26", zone="us-east-1b", available=59)


# Needed blocks B and addresses S are in the names; an empty /26 has 2 blocks and 59 addresses, 27 of them in R blocks.
BY_HAND = {
    "A, 2024: B 2 > 1 free": (incident_a(), 3, IN_2024, CANNOT),
    "A, today: B 1 = 1 free, S 5 can fragment it": (incident_a(), 3, TODAY, MAY),
    "A without .36, 2024: B 2 = 2 free, S 2 can fragment one": (
        without(incident_a(), ["10.10.10.36"]),
        3,
        IN_2024,
        MAY,
    ),
    "A without .36, today: B 1 < 2 free, S 5 can fragment both": (
        without(incident_a(), ["10.10.10.36"]),
        3,
        TODAY,
        MAY,
    ),
    "B, 2024: B 2 = 2 free, S 2 can fragment one": (incident_b(), 3, IN_2024, MAY),
    "B, today: B 1 < 2 free, S 5 can fragment both": (incident_b(), 3, TODAY, MAY),
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


def test_a_prefix_reservation_makes_it_certain() -> None:
    """One block that no address can fragment, and 59 - 16 - 1 = 42 assignable addresses outside it and .36."""
    reserved_block = reading(
        A, "10.10.10.0/26", eni("eni-2", A, "10.10.10.36"), reservations=(("10.10.10.16/28", "prefix"),)
    )
    assert decide(reserved_block, Demand(1, 40)).outcome is FITS
    assert decide(reserved_block, Demand(1, 41)).outcome is CANNOT
    assert "inside prefix reservations" in decide(reserved_block, ONE_ENDPOINT).reason


def test_a_reservation_of_an_unknown_type_reserves_nothing() -> None:
    """As in the map. An explicit one does: 59 - 16 addresses are assignable, 16 of them in .16/28."""
    odd = reading(A, "10.0.0.0/26", reservations=(("10.0.0.16/28", "quantum"), ("10.0.0.32/28", "explicit")))
    assert odd.blocks.letters == "R.XR"
    assert decide(odd, Demand(1, 25)).outcome is MAY
    assert decide(odd, Demand(1, 26)).outcome is CANNOT


def test_addresses_can_be_short_where_blocks_are_not() -> None:
    """.16/28 is reserved, .32/28 but for the only two assignable addresses: it may be assigned first, or not."""
    full = [*range(4, 16), *range(48, 63)]
    reserved = (("10.0.0.16/28", "prefix"), ("10.0.0.32/29", "prefix"), ("10.0.0.40/30", "prefix"))
    tight = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, *(f"10.0.0.{n}" for n in full)),
        reservations=(*reserved, ("10.0.0.44/31", "prefix")),
    )
    decision = decide(tight, Demand(1, 0))
    assert decision.outcome is MAY
    assert decision.failing_sequence is not None
    assert (decision.failing_sequence.texts, decision.failing_sequence.denied_kind) == (
        ["10.0.0.32/28"],
        AllocationKind.ADDRESS,
    )
    assert decision.working_sequence is not None
    assert decision.working_sequence.texts == ["10.0.0.46", "10.0.0.16/28"]


def test_an_incomplete_subnet_never_fits_for_certain() -> None:
    hidden = reading(A, "10.0.0.0/24", unaccounted=3)
    decision = decide(hidden, ONE_ENDPOINT)
    assert decision.outcome is Outcome.UNKNOWN
    assert "3 used addresses belong to no visible ENI" in decision.reason
    assert (decision.working_sequence, decision.failing_sequence) == (None, None)
    assert str(capacity_of(hidden)) == "≤ 13"
    assert decide(reading(A, "10.0.0.0/27", unaccounted=3), ONE_ENDPOINT).outcome is CANNOT
    assert decide(reading(A, "10.0.0.0/24"), ONE_ENDPOINT, "unread").outcome is Outcome.UNKNOWN


def test_a_subnet_without_ipv4_holds_nothing() -> None:
    decision = decide(reading(A, None), ONE_ENDPOINT)
    assert (decision.outcome, decision.reason, decision.block_evidence) == (
        CANNOT,
        "The subnet has no IPv4 addresses",
        (),
    )
    assert str(capacity_of(reading(A, None))) == "0"


def test_what_cannot_fit_says_why_block_by_block() -> None:
    decision = decide(incident_a(), Demand(1, 3, IN_2024))
    assert decision.reason == "Needs 2 /28 blocks and 2 single addresses; one /28 block is free"
    assert [line.letter for line in decision.block_evidence] == ["R", ".", "f", "R"]
    assert "10.10.10.36" in decision.block_evidence[2].text


@pytest.mark.parametrize(
    ("cidr", "demand", "expected"),
    [
        ("10.0.0.0/27", ONE_ENDPOINT, "0"),
        ("10.0.0.0/26", ONE_ENDPOINT, "0-2"),  # certain: 4n <= 2
        ("10.0.0.0/25", ONE_ENDPOINT, "1-6"),  # 4n <= 6
        ("10.0.0.0/24", ONE_ENDPOINT, "3-13"),  # 4n <= 14; 19n <= 251
        ("10.0.0.0/24", Demand(1, 1, IN_2024), "3-7"),  # 2 blocks each; 2n + 2n <= 14
        ("10.0.0.0/24", Demand(1, 63), "0-3"),  # 251 addresses: 81n <= 251
        ("10.0.0.0/24", Demand(0, 0, TODAY, 1), "14"),
        ("10.0.0.0/16", ONE_ENDPOINT, "1,023-3,449"),  # 4n <= 4,094; 19n <= 65,531
    ],
)
def test_capacity(cidr: str, demand: Demand, expected: str) -> None:
    assert str(capacity_of(reading(A, cidr), demand)) == expected


@given(world=worlds(24, 28), demand=demands())
def test_capacity_agrees_with_the_decisions(world: World, demand: Demand) -> None:
    where, single = world.reading(), demand.single
    capacity = capacity_of(where, demand)

    def outcome(count: int) -> Outcome:
        times = Demand(count * single.endpoints, single.resources, single.behaviour, count * single.prefixes)
        return decide(where, times).outcome

    assert capacity.certain <= capacity.possible
    for count in range(1, min(capacity.possible, 20) + 2):
        assert (outcome(count) is FITS) == (count <= capacity.certain)
        assert (outcome(count) is not CANNOT) == (count <= capacity.possible)
    assert capacity_of(world.reading(unaccounted=1), demand) == Capacity(0, capacity.possible, known=False)


def test_there_is_no_sequence_where_none_or_every_one_works() -> None:
    fits_well, too_small = (
        decide(reading(A, "10.0.0.0/25"), ONE_ENDPOINT),
        decide(reading(A, "10.0.0.0/28"), ONE_ENDPOINT),
    )
    for decision in (fits_well, too_small):
        with pytest.raises(ValueError):
            failing_sequence(decision.supply, decision.demand)
    with pytest.raises(ValueError):
        working_sequence(too_small.supply, too_small.demand)
