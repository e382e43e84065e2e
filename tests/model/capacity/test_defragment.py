"""The removals that free blocks, and that no others are cheaper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from latticetop.model.capacity.defragment import defragment, free_block
from latticetop.model.capacity.removal import Defragmentation
from latticetop.model.capacity.what_if import without
from latticetop.model.records.address import format_address
from latticetop.model.records.owner_kinds import Effort
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, eni, incident_readings, reading

KINDS: dict[str, tuple[Effort, dict[str, Any]]] = {
    "leftover": (Effort.LEFTOVER, {"status": "available", "description": "spare"}),
    "task": (Effort.TASK, {"description": "arn:aws:ecs:us-east-1:123456789012:attachment/0c1d"}),
    "node": (Effort.NODE, {"description": "aws-K8S-i-0456", "instance_id": "i-0456"}),
    "another node": (Effort.NODE, {"description": "aws-K8S-i-0789", "instance_id": "i-0789"}),
    "instance": (Effort.INSTANCE, {"instance_id": "i-0123"}),
    "load balancer": (Effort.SERVICE, {"description": "ELB app/web/1", "requester_managed": True}),
    "other": (Effort.UNKNOWN, {"status": "in-use"}),
    "nat": (Effort.FIXED, {"description": "Interface for NAT Gateway nat-1", "requester_managed": True}),
}
TOGETHER = ("node", "another node", "load balancer", "nat")
"""Kinds of which all interfaces are of one owner."""


def eni_of(name: str, kind: str, *addresses: str) -> NetworkInterface:
    return structs.replace(eni(name, A, *addresses), **KINDS[kind][1])


def targets(result: Defragmentation) -> list[tuple[str, list[str]]]:
    return [(" ".join(removal.targets), list(map(str, removal.freed_blocks))) for removal in result.removals]


def test_the_incident_needs_one_instance_replaced() -> None:
    a, _ = incident_readings()
    result = defragment(a.blocks)
    assert targets(result) == [("eni-0aaaaaaaaaaaaaaa2", ["10.10.10.32/28"])]
    assert (str(result.removals[0].owner), result.removals[0].address_count, result.exact) == (
        "i-0ae4b4d9c4e67eef0",
        1,
        True,
    )
    assert result.removals[0].sentence == (
        "terminate or replace i-0ae4b4d9c4e67eef0 (10.10.10.36), which frees 10.10.10.32/28"
    )


def test_easier_owners_come_first_whatever_the_number_of_their_addresses() -> None:
    """One block of each kind; the easier it is, the more addresses it has."""
    kinds = ["nat", "other", "load balancer", "instance", "node", "task", "leftover"]
    where = reading(
        A,
        "10.0.0.0/24",
        *(
            eni_of(f"eni-{kind}-{place}", kind, f"10.0.0.{16 * row + place}")
            for row, kind in enumerate(kinds, 1)
            for place in range(row)
        ),
    )
    result = defragment(where.blocks, 7)
    assert [removal.effort for removal in result.removals] == [
        *[Effort.LEFTOVER] * 7,
        *[Effort.TASK] * 6,
        Effort.NODE,
        *[Effort.INSTANCE] * 4,
        Effort.SERVICE,
        *[Effort.UNKNOWN] * 2,
        Effort.FIXED,
    ]
    assert [cidr for removal in result.removals for cidr in map(str, removal.freed_blocks)] == [
        f"10.0.0.{16 * row}/28" for row in range(7, 0, -1)
    ]
    assert [defragment(where.blocks, count).movable for count in (6, 7)] == [True, False]


def test_a_node_that_frees_more_blocks_comes_before_one_with_fewer_addresses() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "node", "10.0.0.16"),
        eni_of("eni-2", "another node", "10.0.0.32", "10.0.0.48", "10.0.0.49"),
    )
    (removal,) = defragment(where.blocks).removals
    assert removal.targets == ("i-0789",)
    assert removal.sentence == (
        "drain i-0789 (EKS node) and terminate it, which frees 2 blocks: 10.0.0.32/28, 10.0.0.48/28"
    )


def test_the_interfaces_of_a_node_are_one_removal() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        structs.replace(eni("eni-1", A, "10.0.0.16"), instance_id="i-0456", device_index=0),
        eni_of("eni-2", "node", "10.0.0.17", "10.0.0.32/28", "10.0.0.48/28", "10.0.0.64/28"),
    )
    (removal,) = defragment(where.blocks).removals
    assert removal.targets == ("i-0456",)
    assert [interface.network_interface_id for interface in removal.interfaces] == ["eni-1", "eni-2"]
    assert removal.effect == "frees 4 blocks: 10.0.0.16/28, 10.0.0.32/28, 10.0.0.48/28 …"


def test_secondary_addresses_of_an_instance_are_unassigned_with_one_call() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "instance", "10.0.0.5", "10.0.0.16", "10.0.0.17", "10.0.0.32/28"),
        eni_of("eni-2", "task", "10.0.0.48"),
    )
    assert targets(defragment(where.blocks)) == [("10.0.0.32/28", ["10.0.0.32/28"])]
    second = defragment(where.blocks, 2).removals[1]
    assert second.sentence == "unassign 10.0.0.16 and 10.0.0.17 from eni-1, which frees 10.0.0.16/28"
    assert (second.targets, second.note) == (("10.0.0.16", "10.0.0.17"), "i-0123 stops using them")
    assert defragment(where.blocks).removals[0].note == "i-0123 stops using it"


@pytest.mark.parametrize(
    ("device_index", "action"),
    [
        (None, "terminate or replace i-0123"),
        (0, "terminate or replace i-0123"),
        (1, "detach eni-1 from i-0123 and delete it"),
    ],
)
def test_an_instance_stays_where_the_interface_is_a_secondary_one(device_index: int | None, action: str) -> None:
    interface = structs.replace(eni_of("eni-1", "instance", "10.0.0.16"), device_index=device_index)
    assert defragment(reading(A, "10.0.0.0/26", interface).blocks).removals[0].action == action


def test_one_instance_can_beat_the_cheapest_blocks() -> None:
    """One ENI breaks .16 and .32 with two addresses; .48 and .64 are broken by two and one of other ENIs."""
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "instance", "10.0.0.16", "10.0.0.32"),
        eni_of("eni-2", "instance", "10.0.0.48"),
        eni_of("eni-3", "instance", "10.0.0.49"),
        eni_of("eni-4", "load balancer", "10.0.0.64"),
    )
    assert targets(defragment(where.blocks, 1)) == [("10.0.0.32", ["10.0.0.32/28"])]
    assert targets(defragment(where.blocks, 2)) == [("eni-1", ["10.0.0.16/28", "10.0.0.32/28"])]
    assert targets(defragment(where.blocks, 3))[1:] == [("eni-2", []), ("eni-3", ["10.0.0.48/28"])]


def test_what_was_left_behind_is_named() -> None:
    left = structs.replace(eni("eni-1", A, "10.0.0.16", description="aws-K8S-i-1"), status="available")
    (removal,) = defragment(reading(A, "10.0.0.0/26", left).blocks).removals
    assert removal.sentence == "delete the detached eni-1 (10.0.0.16, EKS node i-1), which frees 10.0.0.16/28"
    assert (removal.targets, removal.note, removal.movable) == (("eni-1",), "", True)


def test_an_endpoint_is_deleted_only_where_nothing_else_is_left_or_where_it_has_failed() -> None:
    interfaces = (
        eni("eni-1", A, "10.0.0.4", "10.0.0.16/28", description="VPC Endpoint Interface: vpce-1"),
        eni("eni-2", A, "10.0.0.5", "10.0.0.32/28", description="VPC Endpoint Interface: vpce-2"),
        eni_of("eni-3", "instance", "10.0.0.48"),
    )
    where = reading(A, "10.0.0.0/25", *interfaces)
    assert targets(defragment(where.blocks)) == [("eni-3", ["10.0.0.48/28"])]
    assert defragment(where.blocks, 2).removals[1].sentence == (
        "recreate VPC Lattice endpoint vpce-1 in another subnet, which frees 10.0.0.16/28"
    )
    failed = defragment(where.blocks, 1, ["vpce-2"])
    assert failed.removals[0].sentence == "delete the failed endpoint vpce-2, which frees 10.0.0.32/28"
    assert failed.removals[0].note == ""


def test_prefixes_count_sixteen_and_explicit_reservations_stay() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "instance", "10.0.0.5", "10.0.0.16/28"),
        eni_of("eni-2", "instance", "10.0.0.6", "10.0.0.32", "10.0.0.33"),
        eni_of("eni-3", "instance", "10.0.0.48"),
        reservations=(("10.0.0.60/30", "explicit"),),
    )
    assert [targets(defragment(where.blocks, n))[-1][0] for n in (1, 2)] == ["10.0.0.16/28", "10.0.0.32 10.0.0.33"]
    beyond = defragment(where.blocks, 9)
    assert (beyond.sufficient, len(beyond.freed_blocks)) == (False, 2)


def test_every_block_is_freed_by_itself_as_the_cheapest_one_is() -> None:
    where = reading(
        A,
        "10.0.0.0/25",
        eni_of("eni-1", "node", "10.0.0.16", "10.0.0.32"),
        eni_of("eni-2", "leftover", "10.0.0.33"),
        eni_of("eni-3", "nat", "10.0.0.64"),
    )
    cheapest = defragment(where.blocks)
    assert free_block(where.blocks, 1) == cheapest
    hard = free_block(where.blocks, 4)
    assert hard is not None and (hard.movable, hard.removals[0].targets) == (False, ("eni-3",))
    both = free_block(where.blocks, 2)
    assert both is not None and [removal.targets for removal in both.removals] == [("i-0456",), ("eni-2",)]
    assert [free_block(where.blocks, index) for index in (0, 3, 7)] == [None, None, None]


AT_THE_EDGES = reading(
    A, "10.0.0.0/26", eni_of("eni-1", "instance", "10.0.0.4"), eni_of("eni-2", "instance", "10.0.0.50")
)


@pytest.mark.parametrize(
    "where", [reading(A, None), reading(A, "10.0.0.0/28"), reading(A, "10.0.0.0/26"), AT_THE_EDGES]
)
def test_where_nothing_can_be_freed(where: SubnetReading) -> None:
    result = defragment(where.blocks, 2)
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


def kind_of(interface: NetworkInterface) -> str:
    return next(
        kind
        for kind, (_, members) in KINDS.items()
        if all(getattr(interface, name) == value for name, value in members.items())
    )


def every_action(where: SubnetReading) -> list[tuple[Effort, frozenset[str]]]:
    """Each action that there is: its effort, and the addresses and prefixes that it frees."""
    actions = []
    owners: dict[str, list[NetworkInterface]] = {}
    for interface in where.interfaces:
        kind = kind_of(interface)
        owners.setdefault(kind if kind in TOGETHER else interface.network_interface_id, []).append(interface)
    for interfaces in owners.values():
        texts = [format_address(address) for interface in interfaces for address in interface.addresses]
        texts += [str(prefix) for interface in interfaces for prefix in interface.prefixes]
        kind = kind_of(interfaces[0])
        actions.append((KINDS[kind][0], frozenset(texts)))
        if kind == "instance":
            actions += [(Effort.ADDRESS, frozenset([text])) for text in texts[1:]]
    return actions


def every_option(where: SubnetReading) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every set of actions: its cost, and the number of blocks that it frees."""
    actions = every_action(where)
    for some in chain.from_iterable(combinations(actions, n) for n in range(len(actions) + 1)):
        freed = frozenset[str]().union(*(texts for _, texts in some))
        efforts = Counter(effort for effort, _ in some)
        gain = without(where, freed).blocks.free - where.blocks.free
        addresses = sum(16 if "/" in text else 1 for text in freed)
        yield (*(efforts[effort] for effort in reversed(Effort)), -gain, addresses), gain


@settings(max_examples=150, deadline=None)
@given(where=crowds(), count=st.integers(1, 4))
def test_no_option_is_cheaper(where: SubnetReading, count: int) -> None:
    result = defragment(where.blocks, count)
    after = without(where, result.targets)
    gain = after.blocks.free - where.blocks.free
    assert gain == len(result.freed_blocks)
    assert {str(cidr) for cidr in result.freed_blocks} <= {str(cidr) for cidr in after.blocks.free_cidr_blocks}
    efforts = Counter(
        effort
        for removal in result.removals
        for effort in [removal.effort] * (1 if removal.whole else len(removal.targets))
    )
    mine = (
        *(efforts[effort] for effort in reversed(Effort)),
        -gain,
        sum(each.address_count for each in result.removals),
    )
    options = list(every_option(where))
    assert result.exact
    assert mine == min(cost for cost, freed in options if freed >= min(count, gain))
    if not result.sufficient:
        assert max(freed for _, freed in options) == gain


def test_many_linked_blocks_are_chosen_greedily_and_say_so() -> None:
    """Forty nodes, each with an address in one block and another in the next: all are linked."""
    chained = (
        eni(
            f"eni-{n}",
            A,
            f"10.0.{n // 16}.{n % 16 * 16}",
            f"10.0.{(n + 1) // 16}.{(n + 1) % 16 * 16 + 1}",
            description=f"aws-K8S-i-{n}",
        )
        for n in range(1, 41)
    )
    result = defragment(reading(A, "10.0.0.0/22", *chained).blocks, 5)
    assert (result.sufficient, result.exact) == (True, False)
    assert len(result.removals) <= 6
