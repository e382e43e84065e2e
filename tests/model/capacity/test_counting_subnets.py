"""Which subnets count, whether they have enough free blocks, and whose reservations an answer depends on."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.counting_subnets import (
    FEW_SUBNETS,
    Criteria,
    Supplied,
    counting_subnets,
    is_selected,
    needs_blocks_for_certain,
    outside_selection,
    subnets_needing_reservations,
    supplied,
)
from latticetop.model.records.resources import NetworkInterface, Tag
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import VPC, endpoint, eni, reading, snapshot

S = "subnet-1"
EMPTY = reading(S, "10.0.0.0/24", available=251)


def of(interface: NetworkInterface) -> SubnetReading:
    return reading(S, "10.0.0.0/24", interface, available=250)


NODE_TAG = (Tag("node.k8s.amazonaws.com/instance_id", "i-1"),)
NODES = [
    eni("eni-1", S, "10.0.0.20", description="aws-K8S-i-1"),
    structs.replace(eni("eni-1", S, "10.0.0.20"), tags=NODE_TAG),
    eni("eni-1", S, "10.0.0.20", description="Cilium-CNI (i-1)"),
    eni("eni-1", S, "10.0.0.16/28"),
]


@pytest.mark.parametrize("interface", NODES, ids=["description", "tag", "Cilium", "prefix"])
def test_a_subnet_with_a_node_or_a_prefix_counts(interface: NetworkInterface) -> None:
    assert counting_subnets(snapshot(of(interface))).keys() == {S}


@pytest.mark.parametrize(
    "interface",
    [
        eni("eni-1", S, "10.0.0.20", instance_id="i-1"),
        eni("eni-1", S, "10.0.0.20", description="RDSNetworkInterface"),
        structs.replace(NODES[0], status="available"),
        structs.replace(eni("eni-1", S, "10.0.0.20"), ipv6_prefixes=("2001:db8:0:0:1::/80",)),
    ],
    ids=["instance", "RDS", "leftover of a node", "IPv6 prefix"],
)
def test_a_subnet_with_anything_else_does_not(interface: NetworkInterface) -> None:
    assert counting_subnets(snapshot(of(interface))) == {}


@pytest.mark.parametrize(
    ("state", "ip_address_type", "counts"),
    [
        ("Available", "IPV4", True),
        ("failed", "dualstack", True),
        ("Available", "ipv6", False),
        ("Deleted", "IPV4", False),
        ("Rejected", "IPV4", False),
    ],
)
def test_a_subnet_counts_with_an_endpoint_that_needs_blocks(state: str, ip_address_type: str, counts: bool) -> None:
    scene = snapshot(EMPTY, endpoints=(endpoint(state, S, ip_address_type=ip_address_type),))
    assert bool(counting_subnets(scene)) is counts
    resource = structs.replace(endpoint(state, S), vpc_endpoint_type="Resource")
    assert not counting_subnets(snapshot(EMPTY, endpoints=(resource,)))


@pytest.mark.parametrize(
    ("criteria", "numbers"),
    [
        (Criteria(), set()),
        (Criteria(subnet_ids=("subnet-1", "subnet-27", "subnet-6")), {"subnet-1", "subnet-27"}),
        (Criteria(vpc_ids=(VPC,)), {"subnet-1"}),
        (Criteria(all_subnets=True), {"subnet-1"}),
    ],
)
def test_a_subnet_counts_by_name_but_a_small_one_by_its_own_alone(criteria: Criteria, numbers: set[str]) -> None:
    scene = snapshot(EMPTY, reading("subnet-27", "10.0.1.0/27"), reading("subnet-6", None))
    assert counting_subnets(scene, criteria).keys() == numbers


def test_a_subnet_that_was_not_read_counts_for_something_may_be_in_it() -> None:
    scene = snapshot(EMPTY, unread=(S,))
    assert counting_subnets(scene).keys() == {S}
    assert supplied(scene, S) is Supplied.UNKNOWN


@pytest.mark.parametrize(
    ("unaccounted", "minimum", "answer"),
    [
        (0, 14, Supplied.ENOUGH),
        (0, 15, Supplied.TOO_FEW),
        (3, 11, Supplied.ENOUGH),
        (3, 12, Supplied.UNKNOWN),
        (3, 14, Supplied.UNKNOWN),
        (3, 15, Supplied.TOO_FEW),
    ],
)
def test_both_bounds_decide(unaccounted: int, minimum: int, answer: Supplied) -> None:
    scene = snapshot(reading(S, "10.0.0.0/24", available=251 - unaccounted, unaccounted=unaccounted))
    assert supplied(scene, S, Criteria(min_free_blocks=minimum)) is answer


def test_without_reservations_nothing_is_certain_but_that_a_full_map_has_none() -> None:
    unread = (f"reservations {S}",)
    assert supplied(snapshot(EMPTY, unread=unread), S) is Supplied.UNKNOWN
    assert supplied(snapshot(EMPTY, unread=unread), S, Criteria(min_free_blocks=15)) is Supplied.UNKNOWN
    full = reading(S, "10.0.0.0/26", eni("eni-1", S, "10.0.0.20", "10.0.0.36"), available=57)
    assert supplied(snapshot(full, unread=unread), S) is Supplied.TOO_FEW


def test_reservations_are_needed_of_what_is_named_first_and_of_a_few_others_last() -> None:
    node, full = structs.replace(of(NODES[0])), reading("subnet-0", "10.0.9.0/28")
    of_endpoint = reading("subnet-5", "10.0.5.0/24", available=251)
    others = [reading(f"subnet-o{n:03}", "10.1.0.0/24", available=251) for n in range(FEW_SUBNETS)]
    named = reading("subnet-n", "10.0.7.0/24", available=251)
    scene = snapshot(node, full, of_endpoint, named, endpoints=(endpoint("Available", "subnet-5"),))
    criteria = Criteria(subnet_ids=("subnet-n", "subnet-0"))
    assert subnets_needing_reservations(scene, criteria) == ["subnet-n", "subnet-5", S]
    few = snapshot(of_endpoint, *others, endpoints=(endpoint("Available", "subnet-5"),))
    assert subnets_needing_reservations(few) == ["subnet-5", *(r.subnet.subnet_id for r in others)]
    many = snapshot(of_endpoint, named, *others, endpoints=(endpoint("Available", "subnet-5"),))
    assert subnets_needing_reservations(many) == ["subnet-5"]


def test_reservations_of_an_endpoint_of_any_type_are_needed_when_it_is_asked_for() -> None:
    interface_endpoint = structs.replace(endpoint("Available", S), vpc_endpoint_type="Interface")
    others = [reading(f"subnet-o{n:03}", "10.1.0.0/24", available=251) for n in range(FEW_SUBNETS + 1)]
    scene = snapshot(EMPTY, *others, endpoints=(interface_endpoint,))
    assert subnets_needing_reservations(scene) == []
    assert subnets_needing_reservations(scene, endpoint_ids=[interface_endpoint.vpc_endpoint_id]) == [S]


@pytest.mark.parametrize(
    ("criteria", "selected", "outside"),
    [
        (Criteria(), True, False),
        (Criteria(all_subnets=True, subnet_ids=("subnet-9",)), True, False),
        (Criteria(vpc_ids=(VPC,)), True, False),
        (Criteria(vpc_ids=("vpc-9",)), False, True),
        (Criteria(subnet_ids=("subnet-1", "subnet-9")), True, True),
        (Criteria(subnet_ids=("subnet-2",)), True, False),
        (Criteria(subnet_ids=("subnet-9",)), False, True),
        (Criteria(subnet_ids=("subnet-9",), vpc_ids=(VPC,)), True, False),
    ],
)
def test_an_endpoint_is_selected_by_its_vpc_or_by_one_of_its_subnets(
    criteria: Criteria, selected: bool, outside: bool
) -> None:
    """`outside` is whether `subnet-2` of it, by itself, is outside the selection."""
    of_both, nothing = endpoint("Failed", "subnet-1", "subnet-2"), snapshot()
    assert is_selected(nothing, of_both, criteria) is selected
    assert outside_selection(nothing, of_both, ["subnet-2"], criteria) is outside


@pytest.mark.parametrize("criteria", [Criteria(tags=("env=prod",)), Criteria(clusters=("shop",), vpc_ids=(VPC,))])
def test_what_tags_and_clusters_select_is_all_that_was_read(criteria: Criteria) -> None:
    """A selected subnet counts like a named VPC's, and one that is too small for a block by its own id alone."""
    small = reading("subnet-small", "10.0.3.0/27", available=27)
    scene = snapshot(EMPTY, small, endpoints=(endpoint("Failed", "subnet-1", "subnet-9"),))
    of_one, of_other = endpoint("Failed", "subnet-1", "subnet-9"), endpoint("Failed", "subnet-9")
    assert is_selected(scene, of_one, criteria) and not is_selected(scene, of_other, criteria)
    assert outside_selection(scene, of_one, ["subnet-9"], criteria)
    assert counting_subnets(scene, criteria).keys() == {"subnet-1"}
    assert counting_subnets(snapshot(EMPTY, small), criteria).keys() == {"subnet-1"}
    by_id = structs.replace(criteria, subnet_ids=("subnet-small",))
    assert counting_subnets(scene, by_id).keys() == {"subnet-1", "subnet-small"}
    assert criteria.names_subnets and criteria.selects_subnets


def shared(*interfaces: NetworkInterface, unaccounted: int = 1, owner_id: str = "210987654321") -> SubnetReading:
    """A /26 without a free block, as another account shares it, with ENIs that AWS does not list."""
    full = eni("eni-1", S, "10.0.0.20", "10.0.0.36", instance_id="i-1")
    one = reading(S, "10.0.0.0/26", full, *interfaces, available=57 - unaccounted, unaccounted=unaccounted)
    return structs.replace(one, subnet=structs.replace(one.subnet, owner_id=owner_id))


def test_a_shared_subnet_with_hidden_interfaces_counts_but_what_they_need_is_unknown() -> None:
    scene = snapshot(shared())
    assert counting_subnets(scene).keys() == {S}
    assert supplied(scene, S) is Supplied.UNKNOWN


@pytest.mark.parametrize("criteria", [Criteria(subnet_ids=(S,)), Criteria(vpc_ids=(VPC,)), Criteria(all_subnets=True)])
def test_a_shared_subnet_that_is_named_has_too_few(criteria: Criteria) -> None:
    assert supplied(snapshot(shared()), S, criteria) is Supplied.TOO_FEW


def test_a_shared_subnet_in_which_something_visible_needs_blocks_has_too_few() -> None:
    node = eni("eni-2", S, "10.0.0.21", description="aws-K8S-i-2")
    assert supplied(snapshot(shared(node)), S) is Supplied.TOO_FEW
    for state, answer in (("Available", Supplied.TOO_FEW), ("Deleted", Supplied.UNKNOWN)):
        assert supplied(snapshot(shared(), endpoints=(endpoint(state, S),)), S) is answer


@pytest.mark.parametrize("hidden", [{"unaccounted": 0}, {"owner_id": "123456789012"}, {"owner_id": ""}])
def test_a_subnet_without_hidden_interfaces_of_others_does_not_count(hidden: dict[str, Any]) -> None:
    scene = snapshot(shared(**hidden))
    assert counting_subnets(scene) == {}
    assert supplied(scene, S) is Supplied.TOO_FEW


def test_the_subnets_of_an_endpoint_that_is_asked_for_come_first_and_an_unknown_one_has_none() -> None:
    others = (endpoint("Available", "subnet-1"), endpoint("Available", "subnet-2", endpoint_id="vpce-2"))
    scene = snapshot(EMPTY, reading("subnet-2", "10.0.2.0/24", available=251), endpoints=others)
    assert subnets_needing_reservations(scene) == ["subnet-1", "subnet-2"]
    assert subnets_needing_reservations(scene, endpoint_ids=["vpce-2"]) == ["subnet-2", "subnet-1"]
    assert subnets_needing_reservations(scene, endpoint_ids=["vpce-9"]) == ["subnet-1", "subnet-2"]


def test_what_is_hidden_or_unread_leaves_open_whether_a_subnet_needs_blocks() -> None:
    assert needs_blocks_for_certain(snapshot(shared()), S) is None
    assert needs_blocks_for_certain(snapshot(EMPTY, unread=(S,)), S) is None
    assert needs_blocks_for_certain(snapshot(EMPTY), S) is False
    assert needs_blocks_for_certain(snapshot(of(NODES[0])), S) is True
    assert needs_blocks_for_certain(snapshot(shared()), S, Criteria(subnet_ids=(S,))) is True
