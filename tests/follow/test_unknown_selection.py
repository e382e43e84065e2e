"""What is said of a subnet, VPC, tag or cluster that does not exist."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.follow.subnet_selection import Selection
from latticetop.follow.unknown_selection import unknown_selection_problem
from latticetop.model.records.problem import ProblemKind
from latticetop.model.records.resources import Tag
from tests.follow.fakes import OTHER_VPC, VPC, A, B, C, subnet

SUBNETS = {
    A: structs.replace(subnet(A, "10.10.10.0/26", 57), tags=(Tag("env", "prod"), Tag("team", "shop"))),
    B: structs.replace(subnet(B, "10.10.10.64/26", 59), tags=(Tag("kubernetes.io/cluster/production", "shared"),)),
    C: structs.replace(subnet(C, "10.20.0.0/24", 251, OTHER_VPC), tags=(Tag("env", "dev"),)),
}


def test_a_vpc_without_subnets_exists() -> None:
    assert unknown_selection_problem(Selection(vpc_ids=("vpc-empty",)), SUBNETS, ["vpc-empty"]) is None


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(vpc_ids=(VPC, "vpc-no")), "VPC 'vpc-no' does not exist in this account and Region."),
        (Selection(subnet_ids=(A, "subnet-no")), "Subnet 'subnet-no' does not exist in this account and Region."),
    ],
)
def test_an_id_that_does_not_exist_is_a_problem(selection: Selection, message: str) -> None:
    problem = unknown_selection_problem(selection, SUBNETS, [])
    assert problem is not None
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, message)


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        (
            Selection(tags=("env=prdo",)),
            "No subnet in this account and Region has the tag 'env=prdo'. Tags here: env=prod, env=dev, …",
        ),
        (Selection(tags=("tema",)), "No subnet in this account and Region has the tag 'tema'. Tags here: team, …"),
        (
            Selection(tags=("env=dev", "team")),
            "No subnet in this account and Region has the tags 'env=dev' and 'team' together.",
        ),
        (
            Selection(tags=("env=dev",), vpc_ids=(VPC,)),
            f"No subnet of {VPC} has the tag 'env=dev'.",
        ),
        (
            Selection(clusters=("prodution",)),
            "No subnet in this account and Region is of an EKS cluster 'prodution'. Clusters of subnets here: pro",
        ),
    ],
)
def test_an_unknown_tag_or_cluster_is_a_problem_with_the_nearest(selection: Selection, sentence: str) -> None:
    problem = unknown_selection_problem(selection, SUBNETS, [])
    assert problem is not None and problem.kind is ProblemKind.USAGE
    assert str(problem).startswith(sentence.rstrip("…"))


@pytest.mark.parametrize(
    "selection",
    [
        Selection(tags=("env=prdo",), may_be_empty=True),
        Selection(clusters=("prodution",), may_be_empty=True),
        Selection(tags=("env=prod", "team=shop")),
        Selection(clusters=("production", "mill")),
    ],
)
def test_what_may_be_in_another_scope_or_is_here_is_no_problem(selection: Selection) -> None:
    assert unknown_selection_problem(selection, SUBNETS, [], {"mill": {A}}) is None


def test_where_no_subnet_is_tagged_the_way_to_the_names_is_told() -> None:
    untagged = {A: subnet(A, "10.10.10.0/26", 57)}
    problem = unknown_selection_problem(Selection(clusters=("production",)), untagged, [])
    assert problem is not None and problem.next_step.startswith("aws eks list-clusters")
    problem = unknown_selection_problem(Selection(tags=("env",)), untagged, [])
    assert problem is not None and problem.next_step == "Check --profile and --region."
