"""The capacity of a subnet in EKS nodes and pods."""

from __future__ import annotations

from msgspec import structs

from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.node_capacity import node_capacity, node_demand, prefix_demand
from latticetop.model.records.missing_data import MissingPart
from latticetop.model.snapshot import SubnetReading
from tests.model.builders import A, eni, missing, reading


def nodes(cidr: str = "10.0.0.0/24") -> SubnetReading:
    """A node with a prefix, and one with three prefixes on two of its three interfaces."""
    return reading(
        A,
        cidr,
        eni("eni-1", A, "10.0.0.4", "10.0.0.16/28", instance_id="i-1", description="aws-K8S-i-1"),
        eni("eni-2", A, "10.0.0.5", "10.0.0.32/28", "10.0.0.48/28", instance_id="i-2", description="aws-K8S-i-2"),
        eni("eni-3", A, "10.0.0.6", "10.0.0.64/28", instance_id="i-2", description="aws-K8S-i-2"),
        eni("eni-4", A, "10.0.0.7", instance_id="i-2"),
    )


def test_a_further_node_is_as_large_as_the_largest_one() -> None:
    assert node_demand(nodes()) == Demand(0, 0, nodes=1, prefixes_per_node=3, interfaces_per_node=3)


def test_pods_and_instances_are_no_nodes_with_prefixes() -> None:
    pod = eni("eni-1", A, "10.0.0.17", description="aws-k8s-branch-eni")
    instance = eni("eni-2", A, "10.0.0.5", "10.0.0.32/28", instance_id="i-1")
    assert node_demand(reading(A, "10.0.0.0/24", pod, instance)) is None
    assert node_capacity(reading(A, "10.0.0.0/24", pod, instance)) is None


def test_nodes_and_pods_on_the_free_blocks() -> None:
    """Ten blocks are free. The three addresses of a node may fragment three more than its three prefixes take.

    At most three nodes fit: then all addresses are in the first block and the last.
    """
    subnet = nodes()
    assert subnet.blocks.letters == "RAAAA..........R"
    capacity = node_capacity(subnet)
    assert capacity is not None
    assert capacity.nodes_text == "+1-3 nodes of 3 /28" and capacity.pods_text == "160 pods"


def test_without_the_reservations_pods_are_bounds_or_unknown_and_never_none() -> None:
    capacity = node_capacity(nodes(), missing())
    assert capacity is not None and capacity.pods_text == "0-160 pods"
    hidden = structs.replace(nodes("10.0.0.0/25"), unaccounted=40)
    assert hidden.blocks.letters == "RAAAA..R", "the 40 fill both free blocks, unless they lie in a reservation"
    read, unread = node_capacity(hidden), node_capacity(hidden, missing())
    assert read is not None and (read.pods, read.pods_text) == ("0", "0 pods")
    assert unread is not None and (unread.pods, unread.pods_text) == ("?", "pods unknown")


def test_unread_interfaces_are_no_capacity() -> None:
    assert node_capacity(nodes(), missing(MissingPart.INTERFACES)) is None


def test_a_subnet_is_for_nodes_or_prefixes_or_endpoints() -> None:
    instance = eni("eni-1", A, "10.0.0.5", "10.0.0.32/28", instance_id="i-1")
    endpoint = eni("eni-2", A, "10.0.0.6", "10.0.0.64/28", description="VPC Endpoint Interface vpce-1")
    node = eni("eni-3", A, "10.0.0.7", "10.0.0.80/28", instance_id="i-2", description="aws-K8S-i-2")
    assert prefix_demand(nodes()) == Demand(0, 0, nodes=1, prefixes_per_node=3, interfaces_per_node=3)
    assert prefix_demand(reading(A, "10.0.0.0/24", instance)) == Demand(0, 0, prefixes=1)
    assert prefix_demand(reading(A, "10.0.0.0/24", instance, endpoint)) == Demand()
    assert prefix_demand(reading(A, "10.0.0.0/24", instance, endpoint, node)) == Demand(0, 0, nodes=1)
    assert prefix_demand(reading(A, "10.0.0.0/24")) == Demand()
