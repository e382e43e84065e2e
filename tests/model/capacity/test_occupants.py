"""The occupants of blocks, and which of them are removed together."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.capacity.occupants import Effort, Occupants
from latticetop.model.records.address import parse_cidr
from tests.model.builders import A, eni, reading


def test_a_primary_address_is_removed_with_its_whole_interface() -> None:
    """eni-1 has its primary address in .16/28, a secondary one in .32/28 and a prefix; eni-2 is in .32/28 too."""
    subnet = reading(
        A,
        "10.0.0.0/25",
        eni("eni-1", A, "10.0.0.16", "10.0.0.33", "10.0.0.48/28", instance_id="i-1"),
        eni("eni-2", A, "10.0.0.4", "10.0.0.34", instance_id="i-2"),
    )
    occupants = Occupants(subnet.blocks)
    assert sorted(occupants.by_block) == [1, 2, 3]
    assert [str(occupant.cidr) for occupant in occupants.by_block[2]] == ["10.0.0.33/32", "10.0.0.34/32"]
    assert [occupant.separable for occupant in occupants.by_interface[0]] == [False, True, True]
    primary, secondary, prefix = occupants.by_interface[0]
    assert occupants.removed_with([1]) == {primary, secondary, prefix}
    assert occupants.removed_with([3]) == {prefix}
    assert occupants.freed_blocks([primary, secondary, prefix], occupants.removed_with([1])) == [1, 3]
    assert occupants.freed_blocks([prefix], {prefix}) == [3]


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
    ("members", "effort"),
    [
        ({"status": "available"}, Effort.DETACHED),
        ({"description": "AWS Lambda VPC ENI-f", "requester_managed": True}, Effort.LAMBDA),
        ({"instance_id": "i-1"}, Effort.INSTANCE),
        ({"instance_id": "i-1", "operator": "eks.amazonaws.com"}, Effort.MANAGED),
        ({"description": "aws-K8S-i-1"}, Effort.NODE),
        ({"status": "in-use"}, Effort.OTHER),
        ({"description": "ELB app/web"}, Effort.MANAGED),
    ],
)
def test_the_effort_depends_on_the_owner(members: dict[str, str | bool], effort: Effort) -> None:
    interface = structs.replace(eni("eni-1", A, "10.0.0.20", "10.0.0.21"), **members)
    occupants = Occupants(reading(A, "10.0.0.0/26", interface).blocks)
    assert occupants.effort == [effort]
    assert occupants.by_interface[0][1].separable is (effort is not Effort.MANAGED)


def test_a_prefix_larger_than_a_block_is_in_each_of_its_blocks() -> None:
    subnet = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.4", "10.0.0.32/27"))
    occupants = Occupants(subnet.blocks)
    assert {index: inside[0].cidr for index, inside in occupants.by_block.items()} == dict.fromkeys(
        (2, 3), parse_cidr("10.0.0.32/27")
    )
