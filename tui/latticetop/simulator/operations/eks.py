"""EKS's DescribeCluster (docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params


def describe_cluster(context: OperationContext, params: Params) -> Document:
    """The cluster with this name; ``ResourceNotFoundException`` if there is none."""
    region, name = context.region, params["name"]
    cluster = region.eks_clusters.get(name)
    if cluster is None:
        raise ApiError("ResourceNotFoundException", f"No cluster found for name: {name}.", 404)
    account_id = region.world.account_id
    return {
        "cluster": {
            "name": cluster.name,
            "arn": f"arn:aws:eks:{region.name}:{account_id}:cluster/{cluster.name}",
            "status": "ACTIVE",
            "resourcesVpcConfig": {"subnetIds": list(cluster.subnet_ids), "vpcId": cluster.vpc_id},
        }
    }
