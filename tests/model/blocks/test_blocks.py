"""The state of every /28 block, by hand and against a slow calculation over single addresses."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from latticetop.model.blocks.blocks import BlockState, map_blocks
from latticetop.model.records.address import Cidr, parse_address, parse_cidr
from latticetop.model.records.resources import CidrReservation, NetworkInterface

ENDPOINT_ID = "vpce-0e3b1bfc42d162c4a"
A = parse_cidr("10.10.10.0/26")
B = parse_cidr("10.10.10.64/26")


def eni(name: str, *addresses: str, prefixes: tuple[str, ...] = (), description: str = "") -> NetworkInterface:
    return NetworkInterface(
        network_interface_id=name,
        subnet_id="subnet-1",
        description=description,
        addresses=tuple(parse_address(address) for address in addresses),
        prefixes=tuple(parse_cidr(prefix) for prefix in prefixes),
    )


def reserve(cidr: str, reservation_type: str) -> CidrReservation:
    return CidrReservation(f"scr-{cidr}", "subnet-1", parse_cidr(cidr), reservation_type)


RESOURCE_A = eni(
    "eni-0f995ce7b1b9589de",
    "10.10.10.7",
    prefixes=("10.10.10.16/28",),
    description=f"VPC Endpoint Interface {ENDPOINT_ID}",
)
RESOURCE_B = eni(
    "eni-09199f7c86c4cddf9",
    "10.10.10.72",
    prefixes=("10.10.10.96/28",),
    description=f"VPC Endpoint Interface {ENDPOINT_ID}",
)
SERVICE_B = eni(
    "eni-0735", "10.10.10.77", prefixes=("10.10.10.80/28",), description=f"VPC Endpoint Interface: {ENDPOINT_ID}"
)
OTHERS = (eni("eni-13", "10.10.10.13"), eni("eni-36", "10.10.10.36"))


def test_the_incident_before_the_endpoint_came() -> None:
    assert map_blocks(A, OTHERS).letters == "R.fR"
    assert map_blocks(B, ()).letters == "R..R"


def test_the_incident_leaves_subnet_a_without_a_block() -> None:
    blocks = map_blocks(A, (RESOURCE_A, *OTHERS))
    assert blocks.letters == "RLfR"
    assert blocks.free == 0
    assert blocks.free_cidr_blocks == []
    assert A.size - 5 - blocks.used_addresses == 40


@pytest.mark.parametrize(
    ("interfaces", "letters"),
    [((RESOURCE_B,), "R.LR"), ((RESOURCE_B, SERVICE_B), "RLLR"), ((SERVICE_B,), "RL.R"), ((), "R..R")],
)
def test_subnet_b_as_its_prefixes_come_and_go(interfaces: tuple[NetworkInterface, ...], letters: str) -> None:
    assert map_blocks(B, interfaces).letters == letters


@pytest.mark.parametrize(
    ("length", "usable"),
    [(28, 0), (27, 0), (26, 2), (25, 6), (24, 14), (23, 30), (22, 62), (20, 254), (16, 4094)],
)
def test_an_empty_subnet_has_every_block_but_the_first_and_the_last(length: int, usable: int) -> None:
    blocks = map_blocks(Cidr(parse_address("10.20.0.0"), length), ())
    assert blocks.free == usable
    assert len(blocks) == 2 ** (28 - length)
    assert blocks.used_addresses == 0


def test_each_state_and_which_rule_wins() -> None:
    cidr = parse_cidr("10.0.0.0/24")
    full = [f"10.0.0.{n}" for n in range(32, 48)]
    interfaces = (
        eni("eni-l", "10.0.0.50", prefixes=("10.0.0.16/28",), description=f"VPC Endpoint Interface: {ENDPOINT_ID}"),
        eni("eni-a", "10.0.0.66", prefixes=("10.0.0.64/28", "10.0.0.240/28"), description="aws-K8S-i-1"),
        eni("eni-f", *full),
    )
    reservations = (
        reserve("10.0.0.48/28", "explicit"),
        reserve("10.0.0.80/28", "explicit"),
        reserve("10.0.0.80/28", "prefix"),
        reserve("10.0.0.96/27", "prefix"),
    )
    assert map_blocks(cidr, interfaces, reservations).letters == "RLFfAXPP.......A"


def test_lattice_wins_over_another_holder_of_the_same_block() -> None:
    lattice = eni("eni-l", prefixes=("10.10.10.16/28",), description="Resource Gateway Interface rgw-0a1b2c3d")
    other = eni("eni-o", prefixes=("10.10.10.16/28",))
    assert map_blocks(A, (lattice, other)).letters[1] == "L"
    assert map_blocks(A, (other, lattice)).letters[1] == "L"


def test_a_subnet_without_ipv4_has_no_blocks() -> None:
    blocks = map_blocks(None, OTHERS)
    assert (blocks.letters, len(blocks), blocks.free, blocks.used_addresses) == ("", 0, 0, 0)
    assert blocks.index_of(parse_address("10.10.10.1")) is None


def test_a_block_has_its_addresses_and_reservations() -> None:
    inside, elsewhere = reserve("10.10.10.40/29", "explicit"), reserve("10.10.10.16/28", "prefix")
    blocks = map_blocks(A, (RESOURCE_A, *OTHERS), (inside, elsewhere))
    fragmented = blocks.block(2)
    assert str(fragmented.cidr) == "10.10.10.32/28"
    assert fragmented.state is BlockState.FRAGMENTED
    assert [(use.address, use.interface.network_interface_id) for use in fragmented.uses] == [
        (parse_address("10.10.10.36"), "eni-36")
    ]
    assert fragmented.reservations == (inside,)
    assert (fragmented.prefixes, fragmented.reserved_addresses) == ((), ())


def test_each_address_of_a_block_has_its_state() -> None:
    """Of two reservations the explicit one decides; one of a type that AWS does not have changes nothing."""
    used = eni("eni-1", "10.10.10.17", "10.10.10.1")
    reservations = (
        reserve("10.10.10.18/31", "prefix"), reserve("10.10.10.19/32", "explicit"), reserve("10.10.10.20/32", "new"),
    )  # fmt: skip
    blocks = map_blocks(A, (used, eni("eni-2", prefixes=("10.10.10.32/28",))), reservations)
    states = {
        "10.10.10.0": "reserved_by_aws", "10.10.10.1": "in_use", "10.10.10.17": "in_use",
        "10.10.10.18": "prefix_reserved", "10.10.10.19": "explicit", "10.10.10.20": "free", "10.10.10.33": "in_prefix",
    }  # fmt: skip
    for text, state in states.items():
        address = parse_address(text)
        index = blocks.index_of(address)
        assert index is not None and blocks.block(index).address_state(address).value == state


def test_a_block_at_the_edge_has_the_addresses_reserved_by_aws() -> None:
    blocks = map_blocks(A, (RESOURCE_A, *OTHERS))
    first, last = blocks.block(0), blocks.block(3)
    assert first.reserved_addresses == tuple(parse_address(f"10.10.10.{n}") for n in (0, 1, 2, 3))
    assert last.reserved_addresses == (parse_address("10.10.10.63"),)
    assert [use.address for use in first.uses] == [parse_address("10.10.10.7"), parse_address("10.10.10.13")]


def test_a_block_names_the_holder_of_its_prefix() -> None:
    held = map_blocks(A, (RESOURCE_A, *OTHERS)).block(1)
    assert [(str(use.prefix), use.interface) for use in held.prefixes] == [("10.10.10.16/28", RESOURCE_A)]
    assert (held.state, held.uses) == (BlockState.LATTICE, ())


def test_blocks_are_found_by_address_and_by_index() -> None:
    blocks = map_blocks(A, ())
    assert blocks.index_of(parse_address("10.10.10.36")) == 2
    assert blocks.index_of(parse_address("10.10.10.64")) is None
    assert blocks.index_of(parse_address("10.10.9.255")) is None
    assert [str(cidr) for cidr in blocks.free_cidr_blocks] == ["10.10.10.16/28", "10.10.10.32/28"]
    for index in (-1, 4):
        for lookup in (blocks.block, blocks.cidr_of):
            with pytest.raises(IndexError):
                lookup(index)


def test_no_address_is_reserved_without_ipv4_or_in_less_than_a_block() -> None:
    """AWS has no subnet smaller than a /28."""
    assert map_blocks(None, ()).reserved_addresses == map_blocks(parse_cidr("10.0.0.0/29"), ()).reserved_addresses == ()


def test_counts_have_every_state() -> None:
    blocks = map_blocks(A, (RESOURCE_A, *OTHERS))
    assert {state.key: count for state, count in blocks.counts.items()} == {
        "lattice": 1,
        "allocated": 0,
        "reserved": 2,
        "full": 0,
        "fragmented": 1,
        "explicit": 0,
        "prefix_reserved": 0,
        "free": 0,
    }


def test_every_state_has_its_label() -> None:
    assert {state.value: state.label for state in BlockState} == {
        "L": "Lattice",
        "A": "other prefix",
        "R": "reserved by AWS",
        "F": "full",
        "f": "fragmented",
        "X": "explicit reservation",
        "P": "prefix reservation",
        ".": "free",
    }


BASE = int(IPv4Address("10.9.0.0"))
ADDRESSES = st.integers(BASE - 20, BASE + 300)


@st.composite
def ranges(draw: st.DrawFn) -> Cidr:
    length = draw(st.integers(22, 32))
    size = 1 << (32 - length)
    return Cidr(draw(ADDRESSES) // size * size, length)


@st.composite
def interfaces_in(draw: st.DrawFn) -> NetworkInterface:
    return NetworkInterface(
        network_interface_id=f"eni-{draw(st.integers(0, 999))}",
        subnet_id="subnet-1",
        description=draw(st.sampled_from(["", f"VPC Endpoint Interface: {ENDPOINT_ID}", "aws-K8S-i-0123"])),
        addresses=tuple(draw(st.lists(ADDRESSES, max_size=6))),
        prefixes=tuple(draw(st.lists(ranges(), max_size=2))),
    )


RESERVATIONS = st.builds(
    lambda cidr, kind: CidrReservation("scr-1", "subnet-1", cidr, kind),
    ranges(),
    st.sampled_from(["explicit", "prefix"]),
)
SUBNETS = st.builds(Cidr, st.just(BASE), st.sampled_from([24, 25, 26, 27, 28]))
CROWD = NetworkInterface("eni-crowd", "subnet-1", addresses=tuple(range(BASE + 16, BASE + 32)))


def network(cidr: Cidr) -> IPv4Network:
    return IPv4Network((cidr.first, cidr.length))


def slow_letters(
    cidr: Cidr, interfaces: tuple[NetworkInterface, ...], reservations: tuple[CidrReservation, ...]
) -> str:
    """The rules of the state table, one by one over sets of single addresses."""
    every = set(network(cidr))
    reserved = {*sorted(every)[:4], max(every)}
    single = {IPv4Address(address) for interface in interfaces for address in interface.addresses}
    lattice = addresses_of(p for i in interfaces if i.description.startswith("VPC Endpoint") for p in i.prefixes)
    others = addresses_of(p for i in interfaces if not i.description.startswith("VPC Endpoint") for p in i.prefixes)
    explicit = addresses_of(r.cidr for r in reservations if r.reservation_type == "explicit")
    prefix = addresses_of(r.cidr for r in reservations if r.reservation_type == "prefix")
    letters = ""
    for block in network(cidr).subnets(new_prefix=28):
        sixteen = set(block)
        used = len(sixteen & single)
        rules = [
            (bool(sixteen & lattice), "L"),
            (bool(sixteen & others), "A"),
            (bool(sixteen & reserved), "R"),
            (used == 16, "F"),
            (used > 0, "f"),
            (bool(sixteen & explicit), "X"),
            (bool(sixteen & prefix), "P"),
            (True, "."),
        ]
        letters += next(letter for holds, letter in rules if holds)
    return letters


def addresses_of(cidrs: Iterable[Cidr]) -> set[IPv4Address]:
    return {address for cidr in cidrs for address in network(cidr)}


@settings(max_examples=150, deadline=None)
@given(SUBNETS, st.lists(interfaces_in(), max_size=5), st.lists(RESERVATIONS, max_size=3))
@example(Cidr(BASE, 26), [CROWD], [])
@example(Cidr(BASE, 26), [CROWD, CROWD], [CidrReservation("scr-1", "subnet-1", Cidr(BASE + 40, 30), "explicit")])
def test_the_map_agrees_with_a_slow_calculation(
    cidr: Cidr, interfaces: list[NetworkInterface], reservations: list[CidrReservation]
) -> None:
    blocks = map_blocks(cidr, tuple(interfaces), tuple(reservations))
    assert blocks.letters == slow_letters(cidr, tuple(interfaces), tuple(reservations))
    unreserved = map_blocks(cidr, tuple(interfaces))
    assert unreserved.with_reservations(tuple(reservations)) == blocks
    assert blocks.with_reservations(()) == unreserved
    assert sum(blocks.counts.values()) == len(blocks) == cidr.size // 16
    assert [blocks.index_of(free.first) for free in blocks.free_cidr_blocks] == [
        index for index, letter in enumerate(blocks.letters) if letter in ".P"
    ]


@pytest.mark.parametrize("cidr", [None, parse_cidr("10.10.10.0/30")])
def test_a_subnet_without_blocks_has_none_with_reservations(cidr: Cidr | None) -> None:
    reservations = (CidrReservation("scr-1", "subnet-1", parse_cidr("10.10.10.0/28"), "prefix"),)
    assert map_blocks(cidr, ()).with_reservations(reservations) == map_blocks(cidr, (), reservations)


@settings(max_examples=60, deadline=None)
@given(SUBNETS, st.lists(interfaces_in(), max_size=5))
def test_what_is_in_a_block_is_what_lies_in_its_sixteen_addresses(
    cidr: Cidr, interfaces: list[NetworkInterface]
) -> None:
    blocks = map_blocks(cidr, tuple(interfaces))
    inside = set(network(cidr))
    used = {IPv4Address(a) for interface in interfaces for a in interface.addresses} & inside
    listed = [IPv4Address(use.address) for index in range(len(blocks)) for use in blocks.block(index).uses]
    assert listed == sorted(used)
    for index in range(len(blocks)):
        sixteen = set(network(blocks.cidr_of(index)))
        touching = sum(bool(sixteen & set(network(p))) for i in interfaces for p in i.prefixes)
        assert len(blocks.block(index).prefixes) == touching


@settings(max_examples=60, deadline=None)
@given(SUBNETS, st.sets(st.integers(1, 14)), st.sets(ADDRESSES, max_size=8))
def test_seen_counts_single_addresses_and_sixteen_for_a_prefix(cidr: Cidr, held: set[int], addresses: set[int]) -> None:
    holders = tuple(NetworkInterface(f"eni-{n}", "subnet-1", prefixes=(Cidr(BASE + 16 * n, 28),)) for n in sorted(held))
    singles = NetworkInterface("eni-s", "subnet-1", addresses=tuple(sorted(addresses)))
    inside = [a for a in addresses if BASE <= a < BASE + cidr.size]
    prefixes_inside = [n for n in held if 16 * n < cidr.size]
    assert map_blocks(cidr, (singles, *holders)).used_addresses == len(inside) + 16 * len(prefixes_inside)
