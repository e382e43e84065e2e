"""Which subnets and endpoints a selection selects."""

from __future__ import annotations

import pytest

from latticetop.follow.subnet_selection import Selection, endpoint_types, selected_subnets, unknown_id_problem
from latticetop.model.records.problem import ProblemKind
from latticetop.model.records.resources import Endpoint
from tests.follow.fakes import OTHER_VPC, VPC, A, B, C, endpoint, subnet

SUBNETS = {
    A: subnet(A, "10.10.10.0/26", 57),
    B: subnet(B, "10.10.10.64/26", 59),
    C: subnet(C, "10.20.0.0/24", 251, OTHER_VPC),
}


@pytest.mark.parametrize("state", ["Failed", "Available", "pending", "SomethingNew"])
def test_by_default_every_subnet_of_a_vpc_with_a_service_network_endpoint(state: str) -> None:
    assert selected_subnets(Selection(), SUBNETS, [endpoint(state)]) == {A, B}


@pytest.mark.parametrize("endpoint_type", ["Resource", "Tunnel", "RESOURCE", "tunnel"])
def test_resource_and_tunnel_endpoints_select_their_vpc_too(endpoint_type: str) -> None:
    assert selected_subnets(Selection(), SUBNETS, [endpoint("Available", vpc_endpoint_type=endpoint_type)]) == {A, B}


ELSEWHERE = Endpoint("vpce-elsewhere", "ServiceNetwork", OTHER_VPC, "Available", subnet_ids=(C,))


@pytest.mark.parametrize("state", ["Deleting", "deleted", "Rejected", "Expired"])
def test_a_deleted_endpoint_selects_nothing(state: str) -> None:
    assert selected_subnets(Selection(), SUBNETS, [endpoint(state), ELSEWHERE]) == {C}


@pytest.mark.parametrize("endpoint_type", ["Interface", "GatewayLoadBalancer", "Gateway"])
def test_endpoints_of_other_types_select_nothing(endpoint_type: str) -> None:
    other = endpoint("available", vpc_endpoint_type=endpoint_type)
    assert selected_subnets(Selection(), SUBNETS, [other, ELSEWHERE]) == {C}


@pytest.mark.parametrize(
    "endpoints", [[], [endpoint("Deleted")], [endpoint("available", vpc_endpoint_type="Interface")]]
)
def test_without_a_lattice_endpoint_every_subnet_is_selected(endpoints: list[Endpoint]) -> None:
    assert selected_subnets(Selection(), SUBNETS, endpoints) == {A, B, C}


def test_subnets_that_aws_does_not_list_are_left_out() -> None:
    shared = Endpoint("vpce-1", "ServiceNetwork", "vpc-elsewhere", "Available", subnet_ids=("subnet-elsewhere",))
    assert selected_subnets(Selection(), SUBNETS, [shared]) == set()


@pytest.mark.parametrize(
    ("selection", "subnet_ids"),
    [
        (Selection(all_subnets=True), {A, B, C}),
        (Selection(subnet_ids=(C,)), {C}),
        (Selection(vpc_ids=(VPC,)), {A, B}),
        (Selection(vpc_ids=(OTHER_VPC,), subnet_ids=(A, "subnet-no")), {A, C}),
    ],
)
def test_selection_by_id(selection: Selection, subnet_ids: set[str]) -> None:
    assert selected_subnets(selection, SUBNETS, [endpoint("Failed")]) == subnet_ids


def test_a_vpc_without_subnets_exists() -> None:
    assert unknown_id_problem(Selection(vpc_ids=("vpc-empty",)), SUBNETS, ["vpc-empty"]) is None


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(vpc_ids=(VPC, "vpc-no")), "VPC 'vpc-no' does not exist in this account and Region."),
        (Selection(subnet_ids=(A, "subnet-no")), "Subnet 'subnet-no' does not exist in this account and Region."),
    ],
)
def test_an_id_that_does_not_exist_is_a_problem(selection: Selection, message: str) -> None:
    problem = unknown_id_problem(selection, SUBNETS, [])
    assert problem is not None
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, message)


def test_all_endpoint_types_are_read_only_if_selected() -> None:
    assert endpoint_types(Selection()) == ("ServiceNetwork", "Resource", "Tunnel")
    assert endpoint_types(Selection(all_endpoints=True)) == ()
