"""The addresses inside prefix reservations, by hand, and against sets of addresses."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.blocks.blocks import map_blocks
from latticetop.model.blocks.prefix_reservations import PrefixReservedAddresses, prefix_reserved_addresses
from tests.model.builders import A, eni, reading


@pytest.mark.parametrize(
    ("cidr", "reserved", "used", "expected"),
    [
        ("10.0.0.0/26", (), (), (0, 0)),
        ("10.0.0.0/26", ("10.0.0.16/28",), (), (16, 0)),
        ("10.0.0.0/26", ("10.0.0.0/26",), (), (59, 5)),
        ("10.0.0.0/26", ("10.0.0.0/30",), (), (0, 4)),
        ("10.0.0.0/26", ("10.0.0.16/28", "10.0.0.16/28", "10.0.0.20/30"), ("10.0.0.20",), (15, 0)),
        ("10.0.0.0/26", ("10.0.0.16/28", "10.0.0.32/28"), ("10.0.0.20", "10.0.0.15", "10.0.0.48"), (31, 0)),
        ("10.0.0.0/26", ("10.0.0.16/29",), ("10.0.0.16/28",), (0, 0)),
        ("10.0.0.0/26", ("10.0.0.24/29", "10.0.0.32/29"), ("10.0.0.16/28",), (8, 0)),
        ("10.0.0.64/26", ("10.0.0.0/24",), (), (59, 5)),
        ("10.0.0.0/26", ("10.0.1.0/24",), (), (0, 0)),
        (None, ("10.0.0.0/24",), (), (0, 0)),
    ],
)
def test_by_hand(cidr: str | None, reserved: tuple[str, ...], used: tuple[str, ...], expected: tuple[int, int]) -> None:
    subnet = reading(A, cidr, eni("eni-1", A, *used), reservations=tuple((range_, "prefix") for range_ in reserved))
    assert prefix_reserved_addresses(subnet.blocks) == PrefixReservedAddresses(*expected)
    assert subnet.prefix_reserved == PrefixReservedAddresses(*expected)


def test_explicit_reservations_and_unknown_ones_do_not_count() -> None:
    ranges = (("10.0.0.16/28", "explicit"), ("10.0.0.32/28", "quantum"))
    assert prefix_reserved_addresses(reading(A, "10.0.0.0/26", reservations=ranges).blocks) == (0, 0)


RANGES = st.integers(26, 32).flatmap(
    lambda length: st.integers(0, (1 << length - 25) - 1).map(lambda n: f"10.0.0.{n << 32 - length}/{length}")
)


@given(
    reserved=st.lists(RANGES, max_size=5),
    places=st.sets(st.integers(4, 126), max_size=20),
    prefixes=st.sets(st.integers(1, 6), max_size=3),
)
def test_against_sets(reserved: list[str], places: set[int], prefixes: set[int]) -> None:
    addresses = [f"10.0.0.{place}" for place in places if place // 16 not in prefixes]
    interface = eni("eni-1", A, *addresses, *(f"10.0.0.{16 * n}/28" for n in prefixes))
    blocks = reading(A, "10.0.0.0/25", interface, reservations=tuple((cidr, "prefix") for cidr in reserved)).blocks
    subnet = IPv4Network("10.0.0.0/25")
    inside = {address for cidr in reserved for address in IPv4Network(cidr)}
    by_aws = inside & {subnet[n] for n in (0, 1, 2, 3, -1)}
    used = {subnet[place] for place in places} | {subnet[16 * n + k] for n in prefixes for k in range(16)}
    assert prefix_reserved_addresses(blocks) == (len(inside - by_aws - used), len(by_aws))


def test_a_map_without_blocks() -> None:
    assert prefix_reserved_addresses(map_blocks(None, ())) == (0, 0)
