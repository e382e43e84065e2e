"""The clusters that tags and ENIs show."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.model.records.eks_cluster import clusters_of, is_in_cluster
from latticetop.model.records.resources import Tag
from tests.model.builders import eni


def test_the_clusters_of_a_subnet_are_those_of_its_tags() -> None:
    tags = (
        Tag("kubernetes.io/cluster/shop", "shared"),
        Tag("karpenter.sh/discovery", "mill"),
        Tag("kubernetes.io/role/internal-elb", "1"),
    )
    assert clusters_of(tags) == {"shop", "mill"}
    assert clusters_of((Tag("karpenter.sh/discovery", ""),)) == set()


@pytest.mark.parametrize(
    ("tag", "description", "is_one"),
    [
        (Tag("cluster.k8s.amazonaws.com/name", "shop"), "aws-K8S-i-1", True),
        (Tag("cluster.k8s.amazonaws.com/name", "shop-2"), "aws-K8S-i-1", False),
        (Tag("kubernetes.io/cluster/shop", "owned"), "", True),
        (Tag("env", "shop"), "Amazon EKS shop", True),
        (Tag("env", "shop"), "Amazon EKS shop-2", False),
    ],
)
def test_an_eni_of_a_node_or_of_the_control_plane_is_in_the_cluster(tag: Tag, description: str, is_one: bool) -> None:
    interface = structs.replace(eni("eni-1", "subnet-1", "10.0.0.4"), tags=(tag,), description=description)
    assert is_in_cluster(interface, "shop") is is_one
