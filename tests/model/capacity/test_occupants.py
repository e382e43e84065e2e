"""The occupants of blocks, and which of them are freed together."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from latticetop.model.capacity.occupants import Occupants
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.owner_kinds import Effort
from latticetop.model.records.resources import NetworkInterface
from tests.model.builders import A, eni, reading


def occupants_of(*interfaces: NetworkInterface, cidr: str = "10.0.0.0/25") -> Occupants:
    return Occupants(reading(A, cidr, *interfaces).blocks)


def texts(occupants: Occupants, units: frozenset[int]) -> list[list[str]]:
    """What is freed together, as texts."""
    return sorted([str(cidr) for cidr in occupants.units[index].cidrs] for index in units)


def test_a_primary_address_is_freed_with_its_whole_interface() -> None:
    """eni-1 has its primary address in .16/28, a secondary one in .32/28 and a prefix; eni-2 is in .32/28 too."""
    occupants = occupants_of(
        eni("eni-1", A, "10.0.0.16", "10.0.0.33", "10.0.0.48/28", instance_id="i-1"),
        eni("eni-2", A, "10.0.0.4", "10.0.0.34", instance_id="i-2"),
    )
    whole = ["10.0.0.16/32", "10.0.0.33/32", "10.0.0.48/28"]
    assert sorted(occupants.by_block) == [1, 2, 3]
    assert texts(occupants, occupants.units_of([1])) == [whole]
    assert texts(occupants, occupants.units_of([2])) == [["10.0.0.33/32"], ["10.0.0.34/32"]]
    assert texts(occupants, occupants.units_of([3])) == [["10.0.0.48/28"]]
    assert texts(occupants, occupants.units_of([1, 2])) == [whole, ["10.0.0.34/32"]]
    everything = occupants.units_of([1])
    assert occupants.freed_blocks(everything, everything) == [1, 3]
    assert texts(occupants, occupants.added(2, everything)) == [["10.0.0.34/32"]]
    assert occupants.cost(everything) == (0, 0, 0, 1, 0, 0, 0, 0, -2, 18)
    assert occupants.cost(occupants.units_of([3])) == (0, 0, 0, 0, 0, 0, 1, 0, -1, 16)


def test_a_node_is_freed_with_all_its_interfaces() -> None:
    """The primary interface has no sign of Kubernetes; the instance id joins it to the CNI's."""
    occupants = occupants_of(
        eni("eni-1", A, "10.0.0.16", "10.0.0.17", instance_id="i-1"),
        eni("eni-2", A, "10.0.0.32", "10.0.0.48/28", instance_id="i-1", description="aws-K8S-i-1"),
        eni("eni-3", A, "10.0.0.64", instance_id="i-2"),
    )
    units = occupants.units_of([2])
    assert texts(occupants, units) == [["10.0.0.16/32", "10.0.0.17/32", "10.0.0.32/32", "10.0.0.48/28"]]
    (node,) = (occupants.units[index] for index in units)
    assert (str(node.owner), node.effort, [i.network_interface_id for i in node.interfaces]) == (
        "EKS node i-1",
        Effort.NODE,
        ["eni-1", "eni-2"],
    )
    assert occupants.freed_blocks(units, units) == [1, 2, 3]
    assert occupants.units_of([4]).isdisjoint(units)


def test_what_a_node_left_behind_is_no_part_of_it() -> None:
    left = structs.replace(eni("eni-2", A, "10.0.0.32", description="aws-K8S-i-1"), status="available")
    occupants = occupants_of(eni("eni-1", A, "10.0.0.16", description="aws-K8S-i-1"), left)
    assert occupants.units_of([1]).isdisjoint(occupants.units_of([2]))


@pytest.mark.parametrize(
    ("members", "together"),
    [
        ({"description": "ELB app/web/1"}, True),
        ({"description": "VPC Endpoint Interface: vpce-1"}, True),
        ({"interface_type": "lambda", "security_group_ids": ("sg-1", "sg-2")}, True),
        ({"interface_type": "lambda"}, False),
        ({"description": "RDSNetworkInterface"}, False),
        ({"description": "Route 53 Resolver: rslvr-in-1:rni-1"}, False),
        ({"instance_id": "i-1"}, False),
    ],
)
def test_an_owner_that_shares_interfaces_is_freed_with_all_of_them(members: dict[str, Any], together: bool) -> None:
    one, two = (structs.replace(eni(f"eni-{n}", A, f"10.0.0.{16 * n}"), **members) for n in (1, 2))
    occupants = occupants_of(one, two)
    assert (occupants.units_of([1]) == occupants.units_of([2])) is together


def test_blocks_that_cannot_become_free_have_no_occupants() -> None:
    """The first and the last block, and one with an explicit reservation."""
    subnet = reading(
        A,
        "10.0.0.0/26",
        eni("eni-1", A, "10.0.0.5", "10.0.0.17", "10.0.0.33", "10.0.0.50"),
        reservations=(("10.0.0.24/30", "explicit"),),
    )
    assert list(Occupants(subnet.blocks).by_block) == [2]
    assert Occupants(reading(A, None).blocks).by_block == {}


@pytest.mark.parametrize(
    ("members", "effort", "separable"),
    [
        ({"status": "available"}, Effort.LEFTOVER, False),
        ({"status": "available", "description": "AWS Lambda VPC ENI-f"}, Effort.LEFTOVER, False),
        ({"interface_type": "lambda", "requester_managed": True}, Effort.SERVICE, False),
        ({"instance_id": "i-1"}, Effort.INSTANCE, True),
        ({"instance_id": "i-1", "operator": "ecs.amazonaws.com"}, Effort.FIXED, False),
        ({"instance_id": "i-1", "requester_managed": True}, Effort.FIXED, False),
        ({"instance_id": "i-1", "operator": "eks.amazonaws.com"}, Effort.NODE, False),
        ({"description": "aws-K8S-i-1"}, Effort.NODE, False),
        ({"status": "in-use"}, Effort.UNKNOWN, False),
        ({"status": "in-use", "requester_managed": True}, Effort.FIXED, False),
        ({"description": "VPC Endpoint Interface: vpce-1"}, Effort.FIXED, False),
    ],
)
def test_the_effort_depends_on_the_owner(members: dict[str, Any], effort: Effort, separable: bool) -> None:
    occupants = occupants_of(structs.replace(eni("eni-1", A, "10.0.0.20", "10.0.0.36"), **members))
    assert [unit.effort for unit in occupants.units] == [effort, *([Effort.ADDRESS] if separable else [])]
    assert (occupants.units_of([1]) == occupants.units_of([2])) is not separable


def test_a_failed_endpoint_is_a_leftover() -> None:
    interfaces = [
        eni(f"eni-{n}", A, f"10.0.0.{16 * n}/28", description=f"VPC Endpoint Interface: vpce-{n}") for n in (1, 2)
    ]
    occupants = Occupants(reading(A, "10.0.0.0/26", *interfaces).blocks, {"vpce-2"})
    assert [unit.effort for unit in occupants.units] == [Effort.FIXED, Effort.LEFTOVER]


def test_a_prefix_larger_than_a_block_is_in_each_of_its_blocks() -> None:
    occupants = occupants_of(eni("eni-1", A, "10.0.0.4", "10.0.0.32/27", instance_id="i-1"))
    assert occupants.units_of([2]) == occupants.units_of([3])
    assert [occupants.units[index].cidrs for index in occupants.units_of([2])] == [(parse_cidr("10.0.0.32/27"),)]
