"""The removals that free blocks, and that no others are cheaper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.model.capacity.defragment import Defragmentation, defragment
from latticetop.model.capacity.what_if import without
from latticetop.model.records.address import format_address
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, eni, incident_readings, reading

KINDS: dict[str, dict[str, str | bool]] = {
    "detached": {"status": "available"},
    "lambda": {"description": "AWS Lambda VPC ENI-function", "requester_managed": True, "interface_type": "lambda"},
    "instance": {"instance_id": "i-0123"},
    "node": {"description": "aws-K8S-i-0456", "instance_id": "i-0456"},
    "other": {"status": "in-use"},
    "managed": {"description": "ELB app/web", "requester_managed": True},
}


def eni_of(name: str, kind: str, *addresses: str) -> NetworkInterface:
    return structs.replace(eni(name, A, *addresses), **KINDS[kind])


def targets(result: Defragmentation) -> list[tuple[str, list[str]]]:
    return [(removal.target, [str(cidr) for cidr in removal.freed_blocks]) for removal in result.removals]


def test_the_incident_needs_one_address_removed() -> None:
    a, _ = incident_readings()
    result = defragment(a)
    assert targets(result) == [("eni-0aaaaaaaaaaaaaaa2", ["10.10.10.32/28"])]
    assert (str(result.removals[0].owner), result.address_count, result.exact) == ("i-0ae4b4d9c4e67eef0", 1, True)


def test_fewer_addresses_come_first_then_owners_of_less_effort() -> None:
    """.16 holds two detached, .32 an instance, .48 a function, .64 a load balancer, .80 one detached."""
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "detached", "10.0.0.16"),
        eni_of("eni-2", "detached", "10.0.0.17"),
        eni_of("eni-3", "instance", "10.0.0.32"),
        eni_of("eni-4", "lambda", "10.0.0.48"),
        eni_of("eni-5", "managed", "10.0.0.64"),
        eni_of("eni-6", "detached", "10.0.0.80"),
    )
    result = [defragment(where, count) for count in range(1, 7)]
    assert [r.target for r in result[4].removals] == ["eni-6", "eni-4", "eni-3", "eni-5", "eni-1", "eni-2"]
    assert [len(each.removals) for each in result] == [1, 2, 3, 4, 6, 6]
    assert [each.sufficient for each in result] == [True] * 5 + [False]


def test_an_eni_can_beat_the_cheapest_blocks() -> None:
    """One ENI breaks .16 and .32 with two addresses; .48 and .64 are broken by two and one of other ENIs."""
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "instance", "10.0.0.16", "10.0.0.32"),
        eni_of("eni-2", "instance", "10.0.0.48"),
        eni_of("eni-3", "instance", "10.0.0.49"),
        eni_of("eni-4", "managed", "10.0.0.64"),
    )
    assert targets(defragment(where, 1)) == [("10.0.0.32", ["10.0.0.32/28"])]
    assert targets(defragment(where, 2)) == [("eni-1", ["10.0.0.16/28", "10.0.0.32/28"])]
    assert targets(defragment(where, 3))[1] == ("eni-4", ["10.0.0.64/28"])


def test_an_eni_managed_by_aws_is_removed_as_a_whole() -> None:
    """The secondary address in .32 could not be taken from a load balancer: both addresses go."""
    where = reading(
        A, "10.0.0.0/26", eni_of("eni-1", "managed", "10.0.0.5", "10.0.0.32"), eni_of("eni-2", "node", "10.0.0.16")
    )
    result = defragment(where, 2)
    assert targets(result) == [("eni-2", ["10.0.0.16/28"]), ("eni-1", ["10.0.0.32/28"])]
    assert result.address_count == 3


@pytest.mark.parametrize("sign", [{"operator": "eks.amazonaws.com"}, {"requester_managed": True}])
def test_an_instance_that_aws_manages_is_removed_as_a_whole(sign: dict[str, str | bool]) -> None:
    """Such as a node of EKS Auto Mode: nobody else may take an address from it."""
    theirs = structs.replace(eni_of("eni-1", "instance", "10.0.0.5", "10.0.0.16"), **sign)
    result = defragment(reading(A, "10.0.0.0/26", theirs))
    assert targets(result) == [("eni-1", ["10.0.0.16/28"])]
    assert result.removals[0].whole_interface


def test_prefixes_count_sixteen_and_explicit_reservations_stay() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "node", "10.0.0.5", "10.0.0.16/28"),
        eni_of("eni-2", "instance", *(f"10.0.0.{n}" for n in range(32, 47))),
        eni_of("eni-3", "instance", "10.0.0.48"),
        reservations=(("10.0.0.60/30", "explicit"),),
    )
    assert [targets(defragment(where, n))[-1][0] for n in (1, 2)] == ["eni-2", "10.0.0.16/28"]
    beyond = defragment(where, 9)
    assert (beyond.sufficient, len(beyond.freed_blocks)) == (False, 2)


AT_THE_EDGES = reading(
    A, "10.0.0.0/26", eni_of("eni-1", "instance", "10.0.0.4"), eni_of("eni-2", "instance", "10.0.0.50")
)


@pytest.mark.parametrize(
    "where", [reading(A, None), reading(A, "10.0.0.0/28"), reading(A, "10.0.0.0/26"), AT_THE_EDGES]
)
def test_where_nothing_can_be_freed(where: SubnetReading) -> None:
    result = defragment(where, 2)
    assert (result.removals, result.freed_blocks, result.sufficient) == ((), (), False)


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
    made = (eni_of(f"eni-{n}", kind, *addresses) for n, (kind, addresses) in enumerate(interfaces))
    return reading(A, f"10.0.0.0/{length}", *made, reservations=explicit)


def kind_of(interface: NetworkInterface) -> int:
    for n, changes in enumerate(KINDS.values()):
        if all(getattr(interface, name) == value for name, value in changes.items()):
            return n
    raise AssertionError(interface)


def every_option(where: SubnetReading) -> Iterator[tuple[list[str], tuple[int, ...]]]:
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
def test_no_option_is_cheaper(where: SubnetReading, count: int) -> None:
    result = defragment(where, count)
    texts = [removal.target for removal in result.removals]
    after = without(where, texts)
    assert after.blocks.free == where.blocks.free + len(result.freed_blocks)
    assert {str(cidr) for cidr in result.freed_blocks} <= {str(cidr) for cidr in after.blocks.free_cidr_blocks}
    ways = [
        (cost, len(way))
        for way, cost in every_option(where)
        if _gain(where, way) >= min(count, len(result.freed_blocks))
    ]
    mine = next(cost for way, cost in every_option(where) if sorted(way) == sorted(texts))
    assert result.exact
    assert mine == min(cost for cost, _ in ways)
    if not result.sufficient:
        assert max(_gain(where, way) for way, _ in every_option(where)) == len(result.freed_blocks)


def _gain(where: SubnetReading, way: list[str]) -> int:
    return without(where, way).blocks.free - where.blocks.free


def test_many_linked_blocks_are_chosen_greedily_and_say_so() -> None:
    """Forty ENIs, each with its primary address in one block and a secondary one in the next: all are linked."""
    chained = (
        eni_of(f"eni-{n}", "node", f"10.0.{n // 16}.{n % 16 * 16}", f"10.0.{(n + 1) // 16}.{(n + 1) % 16 * 16 + 1}")
        for n in range(1, 41)
    )
    result = defragment(reading(A, "10.0.0.0/22", *chained), 5)
    assert (result.sufficient, result.exact) == (True, False)
    assert result.address_count <= 11
