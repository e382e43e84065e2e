"""Whether a demand fits into one subnet, and how often, calculated by hand."""

from __future__ import annotations

import pytest
from hypothesis import given

from latticetop.model.capacity.allocation_sequence import AllocationKind, failing_sequence, working_sequence
from latticetop.model.capacity.decide import Capacity, Outcome, capacity_of, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.what_if import without
from latticetop.model.records.missing_data import MissingPart
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, B, eni, missing, reading
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


def prefixes(count: int) -> Demand:
    return Demand(0, 0, prefixes=count)


def test_one_unaccounted_address_leaves_all_blocks_but_one() -> None:
    """An empty /20: 254 blocks are free, and one address in use belongs to no visible ENI."""
    unaccounted = reading(A, "10.0.0.0/20", available=4090, unaccounted=1)
    assert [decide(unaccounted, prefixes(count)).outcome for count in (1, 200, 253, 254, 255)] == [
        FITS, FITS, FITS, MAY, CANNOT,
    ]  # fmt: skip
    assert str(capacity_of(unaccounted, prefixes(1))) == "253-254"
    assert decide(unaccounted, ONE_ENDPOINT).outcome is FITS


# An empty /25 has 6 free blocks and 123 addresses, of which AWS counts 123 - H as available.
UNACCOUNTED = [
    (0, 6, FITS),
    (1, 5, FITS),
    (1, 6, MAY),  # 96 + 1 <= 123
    (5, 1, FITS),
    (6, 1, MAY),  # each may break one of six
    (27, 6, MAY),  # 96 + 27 = 123
    (28, 6, CANNOT),
    (28, 5, MAY),
    (107, 1, MAY),  # 16 are left
    (108, 1, CANNOT),  # 15 are left
    (123, 1, CANNOT),
]


@pytest.mark.parametrize(("unaccounted", "blocks", "expected"), UNACCOUNTED)
def test_unaccounted_addresses_by_hand(unaccounted: int, blocks: int, expected: Outcome) -> None:
    subnet = reading(A, "10.0.0.0/25", available=123 - unaccounted, unaccounted=unaccounted)
    assert decide(subnet, prefixes(blocks)).outcome is expected


def test_a_block_and_an_address_take_seventeen() -> None:
    for unaccounted, outcome in ((106, MAY), (107, CANNOT)):
        subnet = reading(A, "10.0.0.0/25", available=123 - unaccounted, unaccounted=unaccounted)
        assert decide(subnet, Demand(1, 0)).outcome is outcome


def test_single_addresses_come_after_unaccounted_ones() -> None:
    """Three addresses and two unaccounted ones break at most five of six blocks; with a third, all six."""
    subnet = reading(A, "10.0.0.0/25", available=121, unaccounted=2)
    assert [decide(subnet, Demand(1, resources)).outcome for resources in (1, 2)] == [FITS, MAY]
    assert [decide(subnet, Demand(1, resources)).outcome for resources in (62, 102, 103)] == [MAY, MAY, CANNOT]


def test_unaccounted_addresses_may_lie_in_a_reservation() -> None:
    """Two of four blocks are reserved; AWS does not count them as available, so that three are unaccounted outside."""
    ranges = (("10.0.0.16/28", "prefix"), ("10.0.0.32/28", "prefix"))
    subnet = reading(A, "10.0.0.0/25", available=88, reservations=ranges, unaccounted=3)
    assert subnet.unaccounted_now == 3
    assert [decide(subnet, prefixes(blocks)).outcome for blocks in (3, 4)] == [FITS, MAY]
    one = reading(A, "10.0.0.0/25", available=90, reservations=ranges, unaccounted=1)
    assert [decide(one, Demand(1, resources)).outcome for resources in (1, 87, 88)] == [FITS, FITS, CANNOT]


def test_aws_cannot_assign_more_than_it_counts() -> None:
    """Nine addresses are left: no block exists, whatever the map shows; beside a reservation, none outside it."""
    subnet = reading(A, "10.0.0.0/23", available=9, unaccounted=498)
    assert decide(subnet, prefixes(1)).outcome is CANNOT
    assert decide(subnet, prefixes(1)).missing_blocks == 1
    reserved = reading(A, "10.0.0.0/23", available=9, reservations=(("10.0.1.0/28", "prefix"),), unaccounted=482)
    assert reserved.unaccounted_now == 482
    assert [decide(reserved, prefixes(blocks)).outcome for blocks in (1, 2)] == [MAY, CANNOT]


def test_missing_data_leaves_only_what_can_never_be() -> None:
    """Of a shared /23 nine addresses are left outside the reservations; inside, its owner may have blocks."""
    shared = reading(A, "10.0.0.0/23", available=9, unaccounted=498)
    for blocks, outcome in ((1, Outcome.UNKNOWN), (30, Outcome.UNKNOWN), (31, CANNOT)):
        assert decide(shared, prefixes(blocks), missing()).outcome is outcome
    assert decide(shared, Demand(1, 6), missing()).outcome is Outcome.UNKNOWN  # 8 single addresses
    assert decide(shared, Demand(1, 8), missing()).outcome is CANNOT  # 10
    assert decide(shared, prefixes(1), missing()).missing_blocks == 0
    assert str(capacity_of(shared, prefixes(1), missing())) == "?"
    assert capacity_of(shared, prefixes(1), missing()) == Capacity(0, 0, known=False)
    more = reading(A, "10.0.0.0/23", available=20, unaccounted=487)
    assert str(capacity_of(more, prefixes(1), missing())) == "0-1"
    small = reading(A, "10.0.0.0/27", available=27)
    assert capacity_of(small, prefixes(1), missing()) == Capacity(0, 0)


def test_with_no_interface_read_only_the_count_is_known() -> None:
    """40 of 251 addresses are available: two blocks at most, or one endpoint."""
    unread, parts = reading(A, "10.0.0.0/24", available=40), missing(MissingPart.INTERFACES)
    assert [decide(unread, prefixes(blocks), parts).outcome for blocks in (2, 3)] == [Outcome.UNKNOWN, CANNOT]
    assert capacity_of(unread, prefixes(1), parts) == Capacity(0, 2, known=False)
    assert decide(unread, prefixes(3), missing(*MissingPart)).outcome is Outcome.UNKNOWN
    decision = decide(unread, ONE_ENDPOINT, parts)
    assert (decision.working_sequence, decision.failing_sequence) == (None, None)


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
    unread = capacity_of(world.reading(), demand, missing())
    assert (unread.certain, unread.possible) == (0, capacity.possible)
    assert unread.known == (not capacity.possible)


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


@pytest.mark.parametrize("length", [27, 28])
def test_in_a_subnet_that_is_too_small_no_block_can_ever_be_free(length: int) -> None:
    reason = decide(reading(A, f"10.0.0.0/{length}"), Demand(0, 0, prefixes=1)).reason
    assert reason == (
        f"Needs one /28 block; no /28 block can ever be free in a /{length} subnet: the first four and the last "
        "address are reserved by AWS"
    )
