"""EKS nodes with prefix delegation, as EC2, the VPC CNI and Karpenter create and tag their ENIs.

The CNI puts prefixes on the ENIs that it creates, each of which has a primary address beside them; Windows nodes,
Karpenter's ``ipPrefixCount`` and EKS Auto Mode put them on the primary ENI. Sources: aws/amazon-vpc-cni-k8s
(pkg/awsutils), docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html, karpenter.sh/docs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.cloudtrail import EventCaller
from latticetop.simulator.errors import ApiError
from latticetop.simulator.network_interfaces import AddressRequest, assign_addresses
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.interface_owners import cni_tags, node_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion

Provisioner = Literal["node group", "karpenter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNode:
    """An EKS node: its instance id and its ENIs, the primary one first."""

    instance_id: str
    interfaces: tuple[SimulatedNetworkInterface, ...]


def add_node(
    region: SimulatedRegion,
    subnet: SimulatedSubnet,
    cluster: str,
    *,
    primary_prefixes: int = 0,
    secondary_prefixes: Sequence[int] = (1,),
    pod_subnet: SimulatedSubnet | None = None,
    addresses: Sequence[str] = (),
    provisioner: Provisioner = "node group",
) -> SimulatedNode:
    """Add a node: a primary ENI, and a secondary ENI with each of these numbers of prefixes.

    With custom networking the secondary ENIs are in ``pod_subnet``. ``addresses`` are the primary addresses of the
    ENIs, in order; the rest is assigned automatically.
    """
    factory = InterfaceFactory(region)
    instance_id = factory.new_instance_id()
    requests = [
        AddressRequest(addresses=tuple(addresses[index : index + 1]), prefix_count=prefix_count)
        for index, prefix_count in enumerate((primary_prefixes, *secondary_prefixes))
    ]
    primary = factory.interface(
        subnet,
        requests[0],
        attachment=factory.instance_attachment(instance_id, 0),
        tags=_provisioner_tags(cluster, provisioner) | node_tags(cluster, instance_id),
    )
    secondaries = [
        factory.interface(
            pod_subnet or subnet,
            request,
            description=f"aws-K8S-{instance_id}",
            requester_id=f"AROAEXAMPLENODE000001:{instance_id}",
            attachment=factory.instance_attachment(instance_id, device_index),
            tags=cni_tags(cluster, instance_id),
        )
        for device_index, request in enumerate(requests[1:], 1)
    ]
    return SimulatedNode(instance_id=instance_id, interfaces=(primary, *secondaries))


def add_leaked_interface(
    region: SimulatedRegion,
    subnet: SimulatedSubnet,
    cluster: str,
    address: str | None = None,
    prefix_count: int = 0,
) -> SimulatedNetworkInterface:
    """Add an ENI that the CNI left behind: `available`, named after an instance that is gone.

    Reports: aws/amazon-vpc-cni-k8s#69, #608, #1447.
    """
    factory = InterfaceFactory(region)
    instance_id = factory.new_instance_id()
    return factory.interface(
        subnet,
        AddressRequest(addresses=() if address is None else (address,), prefix_count=prefix_count),
        description=f"aws-K8S-{instance_id}",
        status="available",
        requester_id=f"AROAEXAMPLENODE000001:{instance_id}",
        tags=cni_tags(cluster, instance_id),
    )


def assign_prefix_as_node(region: SimulatedRegion, node_id: str) -> None:
    """Assign a prefix to an ENI as the VPC CNI does, and record the call, which may have failed."""
    name, caller, history = "AssignPrivateIpAddresses", node_caller(region), region.event_history
    parameters = {"networkInterfaceId": node_id, "ipv4PrefixCount": 1}
    resources = (("AWS::EC2::NetworkInterface", node_id),)
    try:
        assigned = assign_addresses(region, node_id, AddressRequest(prefix_count=1))
    except ApiError as error:
        history.record(name, caller, parameters, error, resources=resources)
        return
    prefixes = [{"ipv4Prefix": prefix} for prefix in assigned.prefixes]
    elements = {"networkInterfaceId": node_id, "assignedIpv4PrefixSet": {"items": prefixes}}
    history.record(name, caller, parameters, elements, resources=resources)


def node_caller(region: SimulatedRegion) -> EventCaller:
    """The role of a node."""
    account_id = region.world.account_id
    identity = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account_id}:assumed-role/production-node/i-0a1b2c3d4e5f60718",
        "accountId": account_id,
    }
    return EventCaller(
        identity=identity, username="i-0a1b2c3d4e5f60718", source_ip="10.60.0.5", user_agent="amazon-vpc-cni-k8s"
    )


def _provisioner_tags(cluster: str, provisioner: Provisioner) -> dict[str, str]:
    owned = {f"kubernetes.io/cluster/{cluster}": "owned"}
    if provisioner == "karpenter":
        return {
            **owned,
            "eks:eks-cluster-name": cluster,
            "karpenter.sh/nodepool": "default",
            "karpenter.k8s.aws/ec2nodeclass": "default",
        }
    return {**owned, "eks:cluster-name": cluster, "eks:nodegroup-name": "workers"}
