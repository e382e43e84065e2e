"""Derived properties of EC2 records."""

from __future__ import annotations

import pytest

from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.resources import Association, NetworkInterface, Subnet, zone_letter


@pytest.mark.parametrize(
    ("zone", "letter"),
    [("us-east-1a", "a"), ("us-gov-west-1c", "c"), ("us-west-2-lax-1a", "lax-1a"), ("use1-az4", "use1-az4"), ("", "")],
)
def test_the_region_is_cut_from_a_zone_name(zone: str, letter: str) -> None:
    assert zone_letter(zone) == Subnet("subnet-1", "vpc-1", None, availability_zone=zone).zone_letter == letter


@pytest.mark.parametrize(
    ("cidr", "ipv6_cidr_blocks", "text"),
    [
        ("10.0.0.0/24", ("2001:db8::/64",), "10.0.0.0/24"),
        (None, ("2001:db8::/64",), "IPv6 only"),
        (None, (), "no valid range"),
    ],
)
def test_a_subnet_without_ipv4_says_so_in_place_of_its_range(
    cidr: str | None, ipv6_cidr_blocks: tuple[str, ...], text: str
) -> None:
    subnet = Subnet("subnet-1", "vpc-1", parse_cidr(cidr) if cidr else None, ipv6_cidr_blocks=ipv6_cidr_blocks)
    assert subnet.range_text == text


def test_the_first_address_of_an_interface_is_the_primary_one() -> None:
    addresses = (parse_address("10.0.0.9"), parse_address("10.0.0.4"))
    assert NetworkInterface("eni-1", "subnet-1", addresses=addresses).primary == addresses[0]
    assert NetworkInterface("eni-1", "subnet-1").primary is None


@pytest.mark.parametrize(
    ("word", "accessible"), [("Accessible", True), ("ACCESSIBLE", True), ("Pending", False), ("", False)]
)
def test_accessibility_is_compared_without_regard_to_case(word: str, accessible: bool) -> None:
    assert Association("vpce-rsc-asc-1", "vpce-1", accessibility=word).accessible is accessible


@pytest.mark.parametrize(
    ("cidr", "count", "usable", "shown"),
    [
        ("10.10.10.0/26", 59, 59, "59"),
        ("10.10.0.0/20", 4091, 4091, "4,091"),
        ("10.10.10.0/26", 0, 0, "0"),
        ("10.10.10.0/26", 65, None, "?"),
        ("10.10.10.0/26", -1, None, "?"),
        ("10.10.10.0/26", 10**18, None, "?"),
        ("", 0, None, "-"),
    ],
)
def test_a_count_that_the_range_cannot_have_is_not_used(cidr: str, count: int, usable: int | None, shown: str) -> None:
    subnet = Subnet("subnet-1", "vpc-1", parse_cidr(cidr) if cidr else None, count)
    assert (subnet.address_count, subnet.address_count_text) == (usable, shown)
    assert bool(subnet.count_problem) == (shown == "?")


@pytest.mark.parametrize(
    ("cidr", "count"), [(None, 0), ("10.0.0.0/29", 0), ("10.0.0.0/28", 1), ("10.0.0.0/26", 4), ("10.0.0.0/16", 4096)]
)
def test_a_subnet_has_a_block_for_every_sixteen_addresses(cidr: str | None, count: int) -> None:
    assert Subnet("subnet-1", "vpc-1", parse_cidr(cidr) if cidr else None).block_count == count
