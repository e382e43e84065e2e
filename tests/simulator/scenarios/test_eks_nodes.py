"""EKS nodes with prefix delegation, and their termination."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.instances import TRUNK_TAG, terminate_instance
from latticetop.simulator.scenarios.eks_nodes import add_leaked_interface, add_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.vpcs import add_subnet
from tests.simulator.clients import Clients, available_addresses

if TYPE_CHECKING:
    from latticetop.simulator import SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion


def test_each_interface_has_a_primary_address_beside_its_prefixes(empty: Clients, subnet_id: str) -> None:
    def add(account: SimulatedAccount) -> str:
        region = account.region()
        return add_node(region, region.subnet(subnet_id), "production", secondary_prefixes=(2, 1)).instance_id

    instance_id = empty.server.call(add)
    interfaces = empty.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [i["Attachment"]["DeviceIndex"] for i in interfaces] == [0, 1, 2]
    assert {i["Attachment"]["InstanceId"] for i in interfaces} == {instance_id}
    assert [i["Description"] for i in interfaces] == ["", f"aws-K8S-{instance_id}", f"aws-K8S-{instance_id}"]
    assert [len(i.get("Ipv4Prefixes", [])) for i in interfaces] == [0, 2, 1]
    assert [len(i["PrivateIpAddresses"]) for i in interfaces] == [1, 1, 1]
    assert available_addresses(empty, subnet_id) == 251 - 3 - 48
    for interface in interfaces:
        tags = {tag["Key"]: tag["Value"] for tag in interface["TagSet"]}
        assert tags["node.k8s.amazonaws.com/instance_id"] == instance_id
        assert tags["cluster.k8s.amazonaws.com/name"] == "production"
        assert tags.get("eks:eni:owner") == (None if interface["Description"] == "" else "amazon-vpc-cni")


def test_terminating_a_node_frees_all_its_blocks(empty: Clients, subnet_id: str) -> None:
    def add(account: SimulatedAccount) -> str:
        region = account.region()
        return add_node(region, region.subnet(subnet_id), "production", secondary_prefixes=(3, 3)).instance_id

    instance_id = empty.server.call(add)
    empty.ec2.terminate_instances(InstanceIds=[instance_id])
    assert empty.ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert available_addresses(empty, subnet_id) == 251


def test_karpenter_can_put_prefixes_on_the_primary_interface(region: SimulatedRegion) -> None:
    subnet = region.subnet("subnet-1")
    node = add_node(region, subnet, "production", primary_prefixes=1, secondary_prefixes=(), provisioner="karpenter")
    (interface,) = node.interfaces
    assert (interface.primary_address, interface.prefixes) == ("10.0.0.4", ("10.0.0.16/28",))
    assert interface.tags["karpenter.sh/nodepool"] == "default"


def test_custom_networking_leaves_only_the_primary_interface_in_the_nodes_subnet(region: SimulatedRegion) -> None:
    pods = add_subnet(region, "vpc-1", "10.0.4.0/24")
    node = add_node(region, region.subnet("subnet-1"), "production", secondary_prefixes=(2,), pod_subnet=pods)
    assert [interface.subnet_id for interface in node.interfaces] == ["subnet-1", pods.id]
    assert region.available_address_count("subnet-1") == 58
    assert region.available_address_count(pods.id) == 251 - 33


def test_branch_interfaces_go_with_the_node(region: SimulatedRegion) -> None:
    """Security groups for pods: EKS deletes the branch interfaces of a node that is gone."""
    factory, subnet = InterfaceFactory(region), region.subnet("subnet-1")
    trunk, branch = factory.owned(subnet, "eks_trunk"), factory.owned(subnet, "eks_branch")
    region.put_interface(replace(branch, tags={**branch.tags, TRUNK_TAG: trunk.id}))
    assert trunk.attachment and trunk.attachment.instance_id
    terminate_instance(region, trunk.attachment.instance_id)
    assert region.interfaces == {}


def test_a_leaked_interface_is_named_after_an_instance_that_is_gone(region: SimulatedRegion) -> None:
    leaked = add_leaked_interface(region, region.subnet("subnet-1"), "production", "10.0.0.20", prefix_count=1)
    assert (leaked.status, leaked.attachment, leaked.requester_managed) == ("available", None, False)
    assert leaked.description == f"aws-K8S-{leaked.tags['node.k8s.amazonaws.com/instance_id']}"
    assert leaked.prefixes == ("10.0.0.32/28",)
