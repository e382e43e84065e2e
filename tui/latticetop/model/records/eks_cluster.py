"""The EKS cluster of a subnet or an ENI, by the tags that EKS, its add-ons and Karpenter put on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import NetworkInterface, Tags

CLUSTER_KEY = "kubernetes.io/cluster/"
"""The beginning of a tag key that ends with the name of a cluster; its value is `owned` or `shared`
(docs.aws.amazon.com/eks/latest/userguide/network-reqs.html)."""
NODE_CLUSTER_KEY = "cluster.k8s.amazonaws.com/name"
"""The tag of a node's ENIs with the name of the cluster as its value (aws/amazon-vpc-cni-k8s)."""
KARPENTER_KEY = "karpenter.sh/discovery"
"""The tag by which Karpenter finds subnets, with the name of the cluster as its value (karpenter.sh/docs)."""
CONTROL_PLANE = "Amazon EKS "
"""The beginning of the description of the ENIs of a control plane, which ends with the name of the cluster."""


class EksCluster(Struct, frozen=True):
    """The subnets of a cluster: those of its ENIs, and its own ones. `problem` is why the latter are not known."""

    subnet_ids: frozenset[str]
    problem: Problem | None = None


def clusters_of(tags: Tags) -> set[str]:
    """Return the clusters of a subnet with these tags."""
    named = {tag.key.removeprefix(CLUSTER_KEY) for tag in tags if tag.key.startswith(CLUSTER_KEY)}
    return named | {tag.value for tag in tags if tag.key == KARPENTER_KEY} - {""}


def is_in_cluster(interface: NetworkInterface, name: str) -> bool:
    """Return whether an ENI is one of a node or of the control plane of a cluster."""
    if interface.description == f"{CONTROL_PLANE}{name}":
        return True
    return any(
        tag.key == f"{CLUSTER_KEY}{name}" or (tag.key == NODE_CLUSTER_KEY and tag.value == name)
        for tag in interface.tags
    )
