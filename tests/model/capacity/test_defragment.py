"""Which removals free blocks, and that none are cheaper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.model.capacity.defragment import Defragmentation, defragment
from latticetop.model.capacity.what_if import with_prefix_reservations, without, without_each
from latticetop.model.records.address import format_address, parse_cidr
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, B, eni, incident_readings, reading

KINDS: dict[str, dict[str, str | bool]] = {
    "detached": {"status": "available"},
    "lambda": {"description": "AWS Lambda VPC ENI-function", "requester_managed": True, "interface_type": "lambda"},
    "instance": {"instance_id": "i-0123"},
    "node": {"description": "aws-K8S-i-0456", "instance_id": "i-0456"},
    "other": {"status": "in-use"},
    "managed": {"description": "ELB app/web", "requester_managed": True},
}


def held(name: str, kind: str, *addresses: str) -> NetworkInterface:
    return structs.replace(eni(name, A, *addresses), **KINDS[kind])


def told(found: Defragmentation) -> list[tuple[str, list[str]]]:
    return [(removal.target, [str(cidr) for cidr in removal.freed_blocks]) for removal in found.removals]


def test_the_incident_needs_one_address_moved() -> None:
    a, _ = incident_readings()
    found = defragment(a)
    assert told(found) == [("eni-0aaaaaaaaaaaaaaa2", ["10.10.10.32/28"])]
    assert (str(found.removals[0].owner), found.address_count, found.exact) == ("i-0ae4b4d9c4e67eef0", 1, True)


def test_fewer_addresses_come_first_and_then_easy_owners() -> None:
    """.16 holds two detached, .32 an instance, .48 a function, .64 a load balancer, .80 one detached."""
    where = reading(
        A,
        "10.0.0.0/25",
        held("eni-1", "detached", "10.0.0.16"),
        held("eni-2", "detached", "10.0.0.17"),
        held("eni-3", "instance", "10.0.0.32"),
        held("eni-4", "lambda", "10.0.0.48"),
        held("eni-5", "managed", "10.0.0.64"),
        held("eni-6", "detached", "10.0.0.80"),
    )
    found = [defragment(where, count) for count in range(1, 7)]
    assert [r.target for r in found[4].removals] == ["eni-6", "eni-4", "eni-3", "eni-5", "eni-1", "eni-2"]
    assert [len(each.removals) for each in found] == [1, 2, 3, 4, 6, 6]
    assert [each.sufficient for each in found] == [True] * 5 + [False]


def test_an_eni_can_beat_the_cheapest_blocks() -> None:
    """One ENI breaks .16 and .32 with two addresses; .48 and .64 are broken by two and one of other ENIs."""
    where = reading(
        A,
        "10.0.0.0/25",
        held("eni-1", "instance", "10.0.0.16", "10.0.0.32"),
        held("eni-2", "instance", "10.0.0.48"),
        held("eni-3", "instance", "10.0.0.49"),
        held("eni-4", "managed", "10.0.0.64"),
    )
    assert told(defragment(where, 1)) == [("10.0.0.32", ["10.0.0.32/28"])]
    assert told(defragment(where, 2)) == [("eni-1", ["10.0.0.16/28", "10.0.0.32/28"])]
    assert told(defragment(where, 3))[1] == ("eni-4", ["10.0.0.64/28"])


def test_what_aws_manages_goes_as_a_whole() -> None:
    """The secondary address in .32 could not be taken from a load balancer: both addresses go."""
    where = reading(
        A, "10.0.0.0/26", held("eni-1", "managed", "10.0.0.5", "10.0.0.32"), held("eni-2", "node", "10.0.0.16")
    )
    found = defragment(where, 2)
    assert told(found) == [("eni-2", ["10.0.0.16/28"]), ("eni-1", ["10.0.0.32/28"])]
    assert found.address_count == 3


@pytest.mark.parametrize("sign", [{"operator": "eks.amazonaws.com"}, {"requester_managed": True}])
def test_an_instance_that_aws_runs_is_aws_s_own(sign: dict[str, str | bool]) -> None:
    """Such as a node of EKS Auto Mode: nobody else may take an address from it."""
    theirs = structs.replace(held("eni-1", "instance", "10.0.0.5", "10.0.0.16"), **sign)
    found = defragment(reading(A, "10.0.0.0/26", theirs))
    assert told(found) == [("eni-1", ["10.0.0.16/28"])]
    assert found.removals[0].whole_interface


def test_prefixes_count_sixteen_and_explicit_ranges_are_of_no_use() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        held("eni-1", "node", "10.0.0.5", "10.0.0.16/28"),
        held("eni-2", "instance", *(f"10.0.0.{n}" for n in range(32, 47))),
        held("eni-3", "instance", "10.0.0.48"),
        reservations=(("10.0.0.60/30", "explicit"),),
    )
    assert [told(defragment(where, n))[-1][0] for n in (1, 2)] == ["eni-2", "10.0.0.16/28"]
    beyond = defragment(where, 9)
    assert (beyond.sufficient, len(beyond.freed_blocks)) == (False, 2)


AT_THE_EDGES = reading(A, "10.0.0.0/26", held("eni-1", "instance", "10.0.0.4"), held("eni-2", "instance", "10.0.0.50"))


@pytest.mark.parametrize(
    "where", [reading(A, None), reading(A, "10.0.0.0/28"), reading(A, "10.0.0.0/26"), AT_THE_EDGES]
)
def test_where_nothing_can_be_freed(where: SubnetReading) -> None:
    found = defragment(where, 2)
    assert (found.removals, found.freed_blocks, found.sufficient) == ((), (), False)


@st.composite
def crowds(draw: st.DrawFn) -> SubnetReading:
    """A few ENIs of all kinds in a /26 or a /25, some with a prefix."""
    length = draw(st.sampled_from([25, 25, 26]))
    places = st.integers(16, (1 << 32 - length) - 17)
    free = iter(draw(st.lists(places, min_size=15, max_size=15, unique=True)))
    interfaces, taken = [], set[int]()
    for _ in range(draw(st.integers(2, 5))):
        addresses = [next(free) for _ in range(draw(st.integers(1, 3)))]
        taken.update(place >> 4 for place in addresses)
        interfaces.append((draw(st.sampled_from(list(KINDS))), [f"10.0.0.{place}" for place in addresses]))
    last = (1 << 28 - length) - 2
    if last not in taken and draw(st.booleans()):
        interfaces[0][1].append(f"10.0.0.{16 * last}/28")
    explicit = draw(st.sampled_from([(), (("10.0.0.16/30", "explicit"),), (("10.0.0.16/30", "prefix"),)]))
    made = (held(f"eni-{n}", kind, *addresses) for n, (kind, addresses) in enumerate(interfaces))
    return reading(A, f"10.0.0.0/{length}", *made, reservations=explicit)


def kind_of(interface: NetworkInterface) -> int:
    for n, changes in enumerate(KINDS.values()):
        if all(getattr(interface, name) == value for name, value in changes.items()):
            return n
    raise AssertionError(interface)


def every_way(where: SubnetReading) -> Iterator[tuple[list[str], tuple[int, ...]]]:
    """Every set of removals, with its addresses and how many of them are of each kind, the hardest first."""
    options = []
    for interface in where.interfaces:
        kind = kind_of(interface)
        whole = [interface.network_interface_id]
        alone = [(format_address(a), 1) for a in interface.addresses[1:]] + [(str(p), 16) for p in interface.prefixes]
        if kind == len(KINDS) - 1:
            alone = []
        some = chain.from_iterable(combinations(alone, n) for n in range(len(alone) + 1))
        total = len(interface.addresses) + 16 * len(interface.prefixes)
        options.append(
            [(kind, whole, total), *((kind, [t for t, _ in each], sum(n for _, n in each)) for each in some)]
        )
    for choice in product(*options):
        by_kind = [0] * len(KINDS)
        for kind, _, count in choice:
            by_kind[-1 - kind] += count
        yield [text for _, texts, _ in choice for text in texts], (sum(by_kind), *by_kind)


@settings(max_examples=200)
@given(where=crowds(), count=st.integers(1, 4))
def test_no_way_is_cheaper(where: SubnetReading, count: int) -> None:
    found = defragment(where, count)
    texts = [removal.target for removal in found.removals]
    after = without(where, texts)
    assert after.blocks.free == where.blocks.free + len(found.freed_blocks)
    assert {str(cidr) for cidr in found.freed_blocks} <= {str(cidr) for cidr in after.blocks.free_cidr_blocks}
    ways = [
        (cost, len(way)) for way, cost in every_way(where) if _gain(where, way) >= min(count, len(found.freed_blocks))
    ]
    mine = next(cost for way, cost in every_way(where) if sorted(way) == sorted(texts))
    assert found.exact
    assert mine == min(cost for cost, _ in ways)
    if not found.sufficient:
        assert max(_gain(where, way) for way, _ in every_way(where)) == len(found.freed_blocks)


def _gain(where: SubnetReading, way: list[str]) -> int:
    return without(where, way).blocks.free - where.blocks.free


def test_many_linked_blocks_are_chosen_greedily_and_say_so() -> None:
    """Forty ENIs, each with its primary address in one block and a secondary one in the next: all are linked."""
    chained = (
        held(f"eni-{n}", "node", f"10.0.{n // 16}.{n % 16 * 16}", f"10.0.{(n + 1) // 16}.{(n + 1) % 16 * 16 + 1}")
        for n in range(1, 41)
    )
    found = defragment(reading(A, "10.0.0.0/22", *chained), 5)
    assert (found.sufficient, found.exact) == (True, False)
    assert found.address_count <= 11


def test_what_if_by_address_by_range_and_by_interface() -> None:
    a, _ = incident_readings()
    gone = without(a, ["10.10.10.36"])
    assert (gone.blocks.letters, gone.subnet.available_ip_address_count) == ("RL.R", 41)
    assert without(a, ["10.10.10.16/28"]).blocks.letters == "R.fR"
    assert without(a, ["10.10.10.16/28"]).subnet.available_ip_address_count == 56
    assert without(a, ["10.10.10.32/27"]).blocks.letters == "RL.R"
    assert without(a, ["eni-0f995ce7b1b9589de", "10.10.10.36"]).blocks.letters == "R..R"
    assert without(a, []) is a
    assert len(without(a, ["10.10.10.7"]).interfaces) == 3
    assert with_prefix_reservations(gone, [parse_cidr("10.10.10.32/28")]).blocks.letters == "RLPR"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10.10.10.37", "10.10.10.37 is not in use in subnet-0a84d8f4554925b16"),
        ("10.10.10.1", "10.10.10.1 is not in use in subnet-0a84d8f4554925b16: AWS keeps 10.10.10.1"),
        ("10.10.10.20", "10.10.10.20 is part of the prefix 10.10.10.16/28, which goes as a whole: name the prefix"),
        ("10.10.10.48/28", "10.10.10.48/28 is not in use in subnet-0a84d8f4554925b16"),
        ("10.10.11.1", "10.10.11.1 lies outside subnet-0a84d8f4554925b16 (10.10.10.0/26)"),
        ("10.10.10", "'10.10.10' is not an IPv4 address"),
        ("10.10.10.1/28", "'10.10.10.1/28' is not an IPv4 CIDR block"),
        ("eni-1", "eni-1 is not in subnet-0a84d8f4554925b16"),
    ],
)
def test_what_if_of_what_is_not_there(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        without(incident_readings()[0], [text])
    assert str(caught.value) == sentence


def test_what_if_finds_the_subnet() -> None:
    readings = dict(zip((A, B), incident_readings(), strict=True))
    after = without_each(readings, ["10.10.10.36", "10.10.10.72", "eni-0f995ce7b1b9589de"])
    assert (after[A].blocks.letters, after[B].blocks.letters) == ("R..R", "R.LR")
    with pytest.raises(ValueError, match=r"10\.9\.9\.9 is in none of the subnets"):
        without_each(readings, ["10.9.9.9"])
