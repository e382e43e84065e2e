"""Which subnets and endpoints a selection selects."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.follow.subnet_selection import Selection, endpoint_types, selected_subnets
from latticetop.model.records.resources import Endpoint, Tag
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


TAGGED = {
    A: structs.replace(SUBNETS[A], tags=(Tag("env", "prod"), Tag("kubernetes.io/cluster/shop", "shared"))),
    B: structs.replace(SUBNETS[B], tags=(Tag("env", "dev"), Tag("tier", "private"))),
    C: structs.replace(
        SUBNETS[C], tags=(Tag("env", "prod"), Tag("tier", "private"), Tag("karpenter.sh/discovery", "shop"))
    ),
}


@pytest.mark.parametrize(
    ("selection", "subnet_ids"),
    [
        (Selection(tags=("env=prod",)), {A, C}),
        (Selection(tags=("env=prod", "env=dev")), {A, B, C}),
        (Selection(tags=("env=prod", "tier=private")), {C}),
        (Selection(tags=("tier",)), {B, C}),
        (Selection(tags=("tier", "env=dev")), {B}),
        (Selection(tags=("env=Prod",)), set()),
        (Selection(tags=("env=prod",), vpc_ids=(VPC,)), {A}),
        (Selection(tags=("env=prod",), subnet_ids=(B,)), {A, B, C}),
        (Selection(tags=("env=prod",), all_subnets=True), {A, B, C}),
        (Selection(clusters=("shop",)), {A, C}),
        (Selection(clusters=("shop",), tags=("tier",)), {C}),
        (Selection(clusters=("sho",)), set()),
        (Selection(clusters=("mill",)), {B}),
        (Selection(clusters=("mill",), vpc_ids=(OTHER_VPC,)), {B, C}),
    ],
)
def test_selection_by_tag_and_cluster(selection: Selection, subnet_ids: set[str]) -> None:
    """The nodes of `mill` are in B and in a subnet that this account cannot see."""
    nodes = {"mill": {B, "subnet-elsewhere"}}
    assert selected_subnets(selection, TAGGED, [endpoint("Failed")], nodes) == subnet_ids


def test_all_endpoint_types_are_read_only_if_selected() -> None:
    assert endpoint_types(Selection()) == ("ServiceNetwork", "Resource", "Tunnel")
    assert endpoint_types(Selection(all_endpoints=True)) == ()
