"""EKS nodes with prefix delegation, as EC2, the VPC CNI and Karpenter create and tag their ENIs.

The CNI puts prefixes on the ENIs that it creates, each of which has a primary address beside them; Windows nodes,
Karpenter's ``ipPrefixCount`` and EKS Auto Mode put them on the primary ENI. Sources: aws/amazon-vpc-cni-k8s
(pkg/awsutils), docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html, karpenter.sh/docs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.network_interfaces import AddressRequest
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
