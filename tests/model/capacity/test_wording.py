"""The reason for each answer with its numbers, which are reckoned here by hand.

A /26 has 64 addresses, of which AWS keeps five: twelve of its first block are open, all of the two between, and fifteen
of its last.
"""

from __future__ import annotations

import pytest

from latticetop.model.capacity.decide import NO_IPV4, Outcome, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, eni, reading

IN_2024 = Demand(1, 3, Behaviour.IN_2024)
ENDPOINT_WITHOUT_RESOURCES = Demand(1, 0)
"""One ENI for services: a /28 and its primary address."""


def prefixes(count: int) -> Demand:
    return Demand(0, 0, prefixes=count)


def of_26(*interfaces: NetworkInterface, reserved: tuple[str, ...] = (), unaccounted: int = 0) -> SubnetReading:
    kinds = tuple((cidr, "prefix") for cidr in reserved)
    return reading(A, "10.0.0.0/26", *interfaces, reservations=kinds, unaccounted=unaccounted)


def holding(*ranges: tuple[int, int]) -> NetworkInterface:
    """An ENI with all addresses from one to another, both included."""
    return eni("eni-1", A, *(f"10.0.0.{n}" for first, last in ranges for n in range(first, last + 1)))


LAST_BLOCK_BROKEN = holding((33, 33))
EDGES_FULL = holding((4, 15), (48, 62))
ALL_BUT_ONE_AT_THE_EDGES = holding((4, 15), (48, 61))
FIFTEEN_OF_A_BLOCK = ("10.0.0.16/29", "10.0.0.24/30", "10.0.0.28/31", "10.0.0.30/32")


@pytest.mark.parametrize(
    ("subnet", "demand", "bound"),
    [
        (of_26(), prefixes(0), "0 /28 are wanted, 2 /28 are free"),
        (of_26(), prefixes(1), "1 /28 is wanted, 2 /28 are free"),
        (of_26(), prefixes(2), "2 /28 are wanted, 2 /28 are free"),
        (of_26(LAST_BLOCK_BROKEN), prefixes(1), "1 /28 is wanted, 1 /28 is free"),
        (
            reading(A, "10.0.0.0/16"),
            prefixes(1000),
            "1,000 /28 are wanted, 4,094 /28 are free",
        ),
        (
            of_26(),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "1 /28 and 1 single address are wanted, 2 /28 are free; "
                "even if the single address broke one of them, 1 is left"
            ),
        ),
        (
            reading(A, "10.0.0.0/25"),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted, 6 /28 are free; "
                "even if each of the 3 single addresses broke one of them, 3 are left"
            ),
        ),
        (
            reading(A, "10.0.0.0/25"),
            Demand(1, 0, prefixes=1),
            (
                "2 /28 and 1 single address are wanted, 6 /28 are free; "
                "even if the single address broke one of them, 5 are left"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28",)),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted; 1 free /28 lies wholly inside prefix reservations, "
                "where no single address lands, and 43 addresses are open outside"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted; 2 free /28 lie wholly inside prefix reservations, "
                "where no single address lands, and 27 addresses are open outside"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28", "10.0.0.32/29")),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted; 1 free /28 lies wholly inside prefix reservations, "
                "where no single address lands, and 27 addresses are open outside"
            ),
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "1 /28 and 1 single address are wanted; 2 free /28 lie wholly inside prefix reservations, "
                "where no single address lands, and 1 address is open outside"
            ),
        ),
    ],
)
def test_why_it_fits(subnet: SubnetReading, demand: Demand, bound: str) -> None:
    answer = decide(subnet, demand)
    assert (answer.outcome, answer.reason) == (Outcome.FITS, bound)


@pytest.mark.parametrize(
    ("subnet", "demand", "bound"),
    [
        (
            of_26(LAST_BLOCK_BROKEN),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted, 1 /28 is free; "
                "none is left for the last when a single address lands in one first"
            ),
        ),
        (
            of_26(),
            ONE_ENDPOINT,
            (
                "1 /28 and 3 single addresses are wanted, 2 /28 are free; "
                "none is left for the last when single addresses land in 2 of them first"
            ),
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/29", "10.0.0.32/28")),
            Demand(1, 7),
            (
                "1 /28 and 9 single addresses are wanted, 9 addresses are open; "
                "/28 blocks partly inside reservations may take 8 of them first"
            ),
        ),
        (
            of_26(EDGES_FULL, reserved=(*FIFTEEN_OF_A_BLOCK, "10.0.0.32/28")),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "1 /28 and 1 single address are wanted, 1 address is open; "
                "/28 blocks partly inside reservations may take 1 of them first"
            ),
        ),
    ],
)
def test_why_it_may_fail(subnet: SubnetReading, demand: Demand, bound: str) -> None:
    answer = decide(subnet, demand)
    assert (answer.outcome, answer.reason) == (Outcome.MAY, bound)


@pytest.mark.parametrize(
    ("subnet", "demand", "bound"),
    [
        (of_26(), prefixes(3), "3 /28 are wanted, 2 /28 are free"),
        (of_26(LAST_BLOCK_BROKEN), IN_2024, "2 /28 and 2 single addresses are wanted, 1 /28 is free"),
        (reading(A, "10.0.0.0/27"), ONE_ENDPOINT, "1 /28 and 3 single addresses are wanted, no /28 is free"),
        (
            of_26(),
            Demand(1, 60),
            "1 /28 and 62 single addresses are wanted, at most 43 single addresses can be had beside 1 /28",
        ),
        (
            of_26(),
            Demand(2, 30),
            "2 /28 and 64 single addresses are wanted, at most 27 single addresses can be had beside 2 /28",
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ONE_ENDPOINT,
            "1 /28 and 3 single addresses are wanted, at most 1 single address can be had beside 1 /28",
        ),
        (reading(A, None), ONE_ENDPOINT, NO_IPV4),
    ],
)
def test_why_it_cannot_fit(subnet: SubnetReading, demand: Demand, bound: str) -> None:
    answer = decide(subnet, demand)
    assert (answer.outcome, answer.reason) == (Outcome.CANNOT, bound)


@pytest.mark.parametrize(
    ("unaccounted", "doubt", "said"),
    [
        (1, "", "1 address in use cannot be accounted for"),
        (2, "", "2 addresses in use cannot be accounted for"),
        (2, "its network interfaces were not read", "its network interfaces were not read"),
    ],
)
def test_why_it_cannot_be_told(unaccounted: int, doubt: str, said: str) -> None:
    answer = decide(of_26(unaccounted=unaccounted), ONE_ENDPOINT, doubt)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.reason == f"1 /28 and 3 single addresses are wanted, at most 2 /28 are free: {said}"
