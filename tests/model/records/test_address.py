"""IPv4 addresses and ranges as integers."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.records.address import Cidr, format_address, parse_address, parse_cidr


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_what_the_standard_library_makes_of_it(address: int) -> None:
    assert format_address(address) == str(ip_address(address))
    assert parse_address(format_address(address)) == address


@given(st.integers(0, 2**32 - 1), st.integers(8, 32))
def test_a_range_has_the_size_and_ends_of_the_standard_librarys(address: int, length: int) -> None:
    network = ip_network((address, length), strict=False)
    cidr = parse_cidr(str(network))
    assert (str(cidr), cidr.size) == (str(network), network.num_addresses)
    assert (cidr.first, cidr.last) == (int(network.network_address), int(network.broadcast_address))
    assert cidr.contains(address) and not cidr.contains(cidr.last + 1) and not cidr.contains(cidr.first - 1)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("10.0.0.0/24", "10.0.0.128/25", True),
        ("10.0.0.128/25", "10.0.0.0/24", True),
        ("10.0.0.0/25", "10.0.0.128/25", False),
        ("10.0.0.255/32", "10.0.0.0/24", True),
        ("10.0.1.0/32", "10.0.0.0/24", False),
        ("10.0.0.0/32", "10.0.0.0/24", True),
        ("10.0.0.0/24", "10.0.0.0/32", True),
        ("10.0.0.0/24", "10.0.0.255/32", True),
        ("10.0.0.7/32", "10.0.0.7/32", True),
        ("10.0.0.7/32", "10.0.0.8/32", False),
        ("10.0.0.8/32", "10.0.0.7/32", False),
    ],
)
def test_ranges_overlap_where_they_share_an_address(one: str, other: str, overlap: bool) -> None:
    assert parse_cidr(one).overlaps(parse_cidr(other)) is overlap


@pytest.mark.parametrize("text", ["", "10.0.0", "10.0.0.256", "2001:db8::1", " 10.0.0.1", "10.0.0.1/32"])
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is not an IPv4 address"):
        parse_address(text)


@pytest.mark.parametrize("text", ["", "10.0.0.1/24", "10.0.0.0/33", "2001:db8::/64", "10.0.0.0/x"])
def test_what_is_no_range_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is not an IPv4 CIDR block"):
        parse_cidr(text)


def test_a_range_wider_than_any_private_one_is_refused() -> None:
    """The largest private range is 10.0.0.0/8 (RFC 1918)."""
    assert parse_cidr("10.0.0.0/8") == Cidr(parse_address("10.0.0.0"), 8)
    with pytest.raises(ValueError, match=r"'8\.0\.0\.0/7' is wider than a /8"):
        parse_cidr("8.0.0.0/7")
