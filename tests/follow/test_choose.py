"""Which subnets are looked into."""

from __future__ import annotations

import pytest

from latticetop.follow.choose import choose_subnets, endpoint_types, unknown_ids
from latticetop.follow.status import Selection
from latticetop.model.records.resources import Endpoint
from tests.follow.fakes import OTHER_VPC, VPC, A, B, C, endpoint, subnet

SUBNETS = {
    A: subnet(A, "10.10.10.0/26", 57),
    B: subnet(B, "10.10.10.64/26", 59),
    C: subnet(C, "10.20.0.0/24", 251, OTHER_VPC),
}


@pytest.mark.parametrize("state", ["Failed", "Available", "pending", "SomethingNew"])
def test_by_default_every_subnet_of_a_vpc_with_a_service_network_endpoint(state: str) -> None:
    assert choose_subnets(Selection(), SUBNETS, [endpoint(state)]) == {A, B}


@pytest.mark.parametrize("state", ["Deleting", "deleted", "Rejected", "Expired"])
def test_an_endpoint_that_is_gone_chooses_nothing(state: str) -> None:
    assert choose_subnets(Selection(), SUBNETS, [endpoint(state)]) == set()


def test_endpoints_of_other_types_choose_nothing() -> None:
    assert choose_subnets(Selection(), SUBNETS, [endpoint("available", vpc_endpoint_type="Interface")]) == set()


def test_subnets_that_are_not_ours_to_see_are_left_out() -> None:
    shared = Endpoint("vpce-1", "ServiceNetwork", "vpc-elsewhere", "Available", subnet_ids=("subnet-elsewhere",))
    assert choose_subnets(Selection(), SUBNETS, [shared]) == set()


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(all_subnets=True), {A, B, C}),
        (Selection(subnet_ids=(C,)), {C}),
        (Selection(vpc_ids=(VPC,)), {A, B}),
        (Selection(vpc_ids=(OTHER_VPC,), subnet_ids=(A, "subnet-no")), {A, C}),
    ],
)
def test_what_is_asked_for_is_chosen(selection: Selection, chosen: set[str]) -> None:
    assert choose_subnets(selection, SUBNETS, [endpoint("Failed")]) == chosen


def test_a_vpc_without_subnets_is_known_all_the_same() -> None:
    assert unknown_ids(Selection(vpc_ids=("vpc-empty",)), SUBNETS, ["vpc-empty"]) is None
    assert unknown_ids(Selection(vpc_ids=("vpc-empty",)), SUBNETS, []) is not None


def test_all_types_of_endpoint_are_asked_for_only_when_wanted() -> None:
    assert endpoint_types(Selection()) == ("ServiceNetwork",)
    assert endpoint_types(Selection(all_endpoints=True)) == ()
