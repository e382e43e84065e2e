"""The reason for each decision with its numbers, which are calculated here by hand.

A /26 has 64 addresses, of which AWS reserves five: assignable are twelve of its first block, all of the two between,
and fifteen of its last.
"""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity.decide import NO_IPV4, Outcome, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Behaviour, Demand
from latticetop.model.capacity.wording import without_demand
from latticetop.model.records.missing_data import MissingPart
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, eni, missing, reading

IN_2024 = Demand(1, 3, Behaviour.IN_2024)
ENDPOINT_WITHOUT_RESOURCES = Demand(1, 0)
"""One ENI for services: a /28 and its primary address."""

TOO_SMALL = "no /28 block can ever be free in a /27 subnet: the first four and the last address are reserved by AWS"
FULL = reading(A, "10.0.0.0/26", eni("eni-f", A, "10.0.0.16/28", "10.0.0.32/28"))


def prefixes(count: int) -> Demand:
    return Demand(0, 0, prefixes=count)


def of_26(*interfaces: NetworkInterface, reserved: tuple[str, ...] = (), unaccounted: int = 0) -> SubnetReading:
    kinds = tuple((cidr, "prefix") for cidr in reserved)
    return reading(A, "10.0.0.0/26", *interfaces, reservations=kinds, unaccounted=unaccounted)


def holding(*ranges: tuple[int, int]) -> NetworkInterface:
    """An ENI with all addresses from one to another, both included."""
    return eni("eni-1", A, *(f"10.0.0.{n}" for first, last in ranges for n in range(first, last + 1)))


LAST_BLOCK_FRAGMENTED = holding((33, 33))
EDGES_FULL = holding((4, 15), (48, 62))
ALL_BUT_ONE_AT_THE_EDGES = holding((4, 15), (48, 61))
FIFTEEN_OF_A_BLOCK = ("10.0.0.16/29", "10.0.0.24/30", "10.0.0.28/31", "10.0.0.30/32")


@pytest.mark.parametrize(
    ("subnet", "demand", "reason"),
    [
        (of_26(), prefixes(0), "Needs 0 /28 blocks; 2 /28 blocks are free"),
        (of_26(), prefixes(1), "Needs one /28 block; 2 /28 blocks are free"),
        (of_26(), prefixes(2), "Needs 2 /28 blocks; 2 /28 blocks are free"),
        (of_26(LAST_BLOCK_FRAGMENTED), prefixes(1), "Needs one /28 block; one /28 block is free"),
        (
            reading(A, "10.0.0.0/16"),
            prefixes(1000),
            "Needs 1,000 /28 blocks; 4,094 /28 blocks are free",
        ),
        (
            of_26(),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "Needs one /28 block and one single address; 2 /28 blocks are free, "
                "and even if the single address fragments one of them, one is left"
            ),
        ),
        (
            reading(A, "10.0.0.0/25"),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; 6 /28 blocks are free, "
                "and even if each of the 3 single addresses fragments one of them, 3 are left"
            ),
        ),
        (
            reading(A, "10.0.0.0/25"),
            Demand(1, 0, prefixes=1),
            (
                "Needs 2 /28 blocks and one single address; 6 /28 blocks are free, "
                "and even if the single address fragments one of them, 5 are left"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28",)),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; one free /28 block is wholly inside prefix reservations, "
                "where AWS assigns no single address, and 43 addresses are available outside"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; 2 free /28 blocks are wholly inside prefix reservations, "
                "where AWS assigns no single address, and 27 addresses are available outside"
            ),
        ),
        (
            of_26(reserved=("10.0.0.16/28", "10.0.0.32/29")),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; one free /28 block is wholly inside prefix reservations, "
                "where AWS assigns no single address, and 27 addresses are available outside"
            ),
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "Needs one /28 block and one single address; 2 free /28 blocks are wholly inside prefix reservations, "
                "where AWS assigns no single address, and one address is available outside"
            ),
        ),
    ],
)
def test_why_it_fits(subnet: SubnetReading, demand: Demand, reason: str) -> None:
    decision = decide(subnet, demand)
    assert (decision.outcome, decision.reason) == (Outcome.FITS, reason)


@pytest.mark.parametrize(
    ("subnet", "demand", "reason"),
    [
        (
            of_26(LAST_BLOCK_FRAGMENTED),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; one /28 block is free, "
                "but too few are left if a single address fragments one of them first"
            ),
        ),
        (
            of_26(),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; 2 /28 blocks are free, "
                "but too few are left if single addresses fragment 2 of them first"
            ),
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/29", "10.0.0.32/28")),
            Demand(1, 7),
            (
                "Needs one /28 block and 9 single addresses; 9 addresses are available, "
                "but /28 blocks partly inside reservations may take 8 of them first"
            ),
        ),
        (
            of_26(EDGES_FULL, reserved=(*FIFTEEN_OF_A_BLOCK, "10.0.0.32/28")),
            ENDPOINT_WITHOUT_RESOURCES,
            (
                "Needs one /28 block and one single address; one address is available, "
                "but /28 blocks partly inside reservations may take 1 of them first"
            ),
        ),
    ],
)
def test_why_it_may_fail(subnet: SubnetReading, demand: Demand, reason: str) -> None:
    decision = decide(subnet, demand)
    assert (decision.outcome, decision.reason) == (Outcome.MAY, reason)


def of_25(unaccounted: int, *reserved: str) -> SubnetReading:
    """An empty /25: six blocks and 123 addresses, of which AWS counts all as available that are not unaccounted."""
    return reading(
        A,
        "10.0.0.0/25",
        available=123 - unaccounted,
        reservations=tuple((cidr, "prefix") for cidr in reserved),
        unaccounted=unaccounted,
    )


ONE_UNACCOUNTED = "1 address in use belongs to no visible ENI and may break one more block"
TWO_UNACCOUNTED = "2 addresses in use belong to no visible ENI and may break 2 more blocks"


@pytest.mark.parametrize(
    ("subnet", "demand", "outcome", "clause"),
    [
        (of_25(1), prefixes(1), Outcome.FITS, f"6 /28 blocks are free; {ONE_UNACCOUNTED}, so at least 5 are left"),
        (of_25(5), prefixes(1), Outcome.FITS, (
            "6 /28 blocks are free; 5 addresses in use belong to no visible ENI and may break 5 more blocks, "
            "so at least one is left"
        )),
        (of_25(1), prefixes(0), Outcome.FITS, f"6 /28 blocks are free; {ONE_UNACCOUNTED}"),
        (of_25(1), ONE_ENDPOINT, Outcome.FITS, (
            f"6 /28 blocks are free; {ONE_UNACCOUNTED}, "
            "and even if each of the 3 single addresses fragments another one, 2 are left"
        )),
        (of_25(1, "10.0.0.32/27"), ONE_ENDPOINT, Outcome.FITS, (
            "2 free /28 blocks are wholly inside prefix reservations, where AWS assigns no single address, "
            f"and 91 addresses are available outside; {ONE_UNACCOUNTED}"
        )),
        (of_25(1), prefixes(6), Outcome.MAY, f"6 /28 blocks are free, but {ONE_UNACCOUNTED}: too few may be left"),
        (of_26(LAST_BLOCK_FRAGMENTED, unaccounted=1), prefixes(1), Outcome.MAY, (
            f"one /28 block is free, but {ONE_UNACCOUNTED}: too few may be left"
        )),
        (of_25(6), prefixes(1), Outcome.MAY, (
            "6 /28 blocks are free, but 6 addresses in use belong to no visible ENI and may break every free block: "
            "too few may be left"
        )),
        (of_25(2), Demand(1, 2), Outcome.MAY, (
            f"6 /28 blocks are free, but {TWO_UNACCOUNTED}, "
            "and too few are left if single addresses fragment 4 more first"
        )),
        (of_25(2), Demand(1, 0, prefixes=3), Outcome.MAY, (
            f"6 /28 blocks are free, but {TWO_UNACCOUNTED}, "
            "and too few are left if a single address fragments one more first"
        )),
        (of_25(40, "10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/27", "10.0.0.96/28"), Demand(1, 0), Outcome.MAY, (
            "6 /28 blocks are free, but 40 addresses in use belong to no visible ENI and may break every free block: "
            "too few may be left"
        )),
        (of_25(1), Demand(1, 104), Outcome.CANNOT, "AWS counts 122 available addresses, and 123 are needed"),
        (of_25(110), prefixes(1), Outcome.CANNOT, "AWS counts 13 available addresses, and 16 are needed"),
        (of_25(122), prefixes(1), Outcome.CANNOT, "AWS counts one available address, and 16 are needed"),
        (of_25(123), prefixes(1), Outcome.CANNOT, "AWS counts 0 available addresses, and 16 are needed"),
    ],
)  # fmt: skip
def test_what_unaccounted_addresses_do(subnet: SubnetReading, demand: Demand, outcome: Outcome, clause: str) -> None:
    decision = decide(subnet, demand)
    assert (decision.outcome, without_demand(decision.reason)) == (outcome, clause)


@pytest.mark.parametrize(
    ("ranges", "clause"),
    [
        (
            ("10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/27", "10.0.0.96/28"),
            "27 addresses are available, but 2 addresses in use belong to no visible ENI and may be among them",
        ),
        (
            ("10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/27", "10.0.0.96/29"),
            (
                "35 addresses are available, but 2 addresses in use belong to no visible ENI and may be among them, "
                "and /28 blocks partly inside reservations may take 8 of them first"
            ),
        ),
    ],
)
def test_unaccounted_addresses_may_take_single_ones(ranges: tuple[str, ...], clause: str) -> None:
    """27 of 123 addresses of a /25 are outside the blocks. AWS's count does not leave the reserved ones out."""
    subnet = reading(
        A, "10.0.0.0/25", available=121, reservations=tuple((cidr, "prefix") for cidr in ranges), unaccounted=2
    )
    decision = decide(subnet, Demand(1, 24))  # one block, 26 single addresses
    assert (decision.outcome, without_demand(decision.reason)) == (Outcome.MAY, clause)


def test_the_count_outside_prefix_reservations_is_too_low() -> None:
    """Two of six blocks are reserved, which lowers the count to 10: each of the other blocks takes 16."""
    ranges = (("10.0.0.32/27", "prefix"),)
    subnet = reading(A, "10.0.0.0/25", available=10, reservations=ranges, unaccounted=81)
    assert decide(subnet, prefixes(2)).outcome is Outcome.MAY
    assert decide(subnet, prefixes(3)).reason == (
        "Needs 3 /28 blocks; AWS counts 10 available addresses outside prefix reservations, and 16 are needed"
    )


@pytest.mark.parametrize(
    ("subnet", "demand", "reason"),
    [
        (of_26(), prefixes(3), "Needs 3 /28 blocks; 2 /28 blocks are free"),
        (of_26(LAST_BLOCK_FRAGMENTED), IN_2024, "Needs 2 /28 blocks and 2 single addresses; one /28 block is free"),
        (FULL, ONE_ENDPOINT, "Needs one /28 block and 3 single addresses; no /28 block is free"),
        (reading(A, "10.0.0.0/27"), ONE_ENDPOINT, f"Needs one /28 block and 3 single addresses; {TOO_SMALL}"),
        (
            of_26(),
            Demand(1, 60),
            (
                "Needs one /28 block and 62 single addresses; "
                "at most 43 single addresses are available beside one /28 block"
            ),
        ),
        (
            of_26(),
            Demand(2, 30),
            "Needs 2 /28 blocks and 64 single addresses; at most 27 single addresses are available beside 2 /28 blocks",
        ),
        (
            of_26(ALL_BUT_ONE_AT_THE_EDGES, reserved=("10.0.0.16/28", "10.0.0.32/28")),
            ONE_ENDPOINT,
            "Needs one /28 block and 3 single addresses; at most one single address is available beside one /28 block",
        ),
        (
            reading(A, "10.0.0.0/26", available=0, reservations=(("10.0.0.0/26", "prefix"),)),
            ONE_ENDPOINT,
            (
                "Needs one /28 block and 3 single addresses; "
                "no single address is available outside prefix reservations beside one /28 block"
            ),
        ),
        (reading(A, None), ONE_ENDPOINT, NO_IPV4),
    ],
)
def test_why_it_cannot_fit(subnet: SubnetReading, demand: Demand, reason: str) -> None:
    decision = decide(subnet, demand)
    assert (decision.outcome, decision.reason) == (Outcome.CANNOT, reason)


INTERFACES, RESERVATIONS, _ = MissingPart


@pytest.mark.parametrize(
    ("subnet", "parts", "rest"),
    [
        (of_26(), (INTERFACES,), "at most 2 /28 blocks are free: its network interfaces were not read"),
        (
            of_26(),
            (RESERVATIONS,),
            "at most 2 /28 blocks are free outside CIDR reservations, and its CIDR reservations were not read",
        ),
        (
            of_26(unaccounted=40),
            (RESERVATIONS,),
            "at most one /28 block is free outside CIDR reservations, and its CIDR reservations were not read",
        ),
        (
            of_26(unaccounted=50),
            (INTERFACES, RESERVATIONS),
            (
                "no /28 block is free outside CIDR reservations, and its network interfaces were not read, "
                "and its CIDR reservations were not read"
            ),
        ),
    ],
)
def test_why_it_is_unknown(subnet: SubnetReading, parts: tuple[MissingPart, ...], rest: str) -> None:
    subnet = structs.replace(
        subnet, subnet=structs.replace(subnet.subnet, available_ip_address_count=59 - subnet.unaccounted)
    )
    decision = decide(subnet, prefixes(1), missing(*parts, denied=False))
    assert (decision.outcome, decision.reason) == (Outcome.UNKNOWN, f"Needs one /28 block; {rest}")


def test_the_owner_of_a_shared_subnet_is_named_once() -> None:
    parts = missing(INTERFACES, RESERVATIONS, owner_id="210987654321")
    decision = decide(reading(A, "10.0.0.0/26", available=59), ONE_ENDPOINT, parts)
    assert decision.reason.endswith(
        "and its network interfaces could not be read: ec2:DescribeNetworkInterfaces was denied, "
        "and its CIDR reservations could not be read: ec2:GetSubnetCidrReservations was denied; "
        f"{A} belongs to 210987654321"
    )


@pytest.mark.parametrize(
    ("subnet", "demand", "clause"),
    [
        (of_26(), prefixes(3), "2 /28 blocks are free"),
        (reading(A, "10.0.0.0/27"), ONE_ENDPOINT, TOO_SMALL),
        (reading(A, None), ONE_ENDPOINT, NO_IPV4),
    ],
)
def test_the_demand_can_be_cut_from_a_reason(subnet: SubnetReading, demand: Demand, clause: str) -> None:
    assert without_demand(decide(subnet, demand).reason) == clause


def test_of_a_subnet_with_missing_data_so_many_blocks_are_free_at_most() -> None:
    decision = decide(of_26(holding((20, 20))), prefixes(2), missing())
    assert decision.reason == "Needs 2 /28 blocks; at most one /28 block is free"
    assert "no visible use; whether it can be assigned is unknown" in [line.text for line in decision.block_evidence]
