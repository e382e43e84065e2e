"""The subnets in which an EKS cluster is: those of its ENIs, and, where that is allowed, those of its configuration."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from msgspec import structs

from latticetop.aws import decode
from latticetop.aws.services import ServiceClients
from latticetop.model.records import aws_actions
from latticetop.model.records.eks_cluster import CLUSTER_KEY, CONTROL_PLANE, NODE_CLUSTER_KEY, EksCluster
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface

InterfacePages = Callable[[list[dict[str, Any]]], AsyncIterator[tuple[NetworkInterface, ...]]]
"""Reads the ENIs that match EC2 filters, page by page."""


async def read_cluster(name: str, interfaces: InterfacePages, services: ServiceClients) -> EksCluster:
    """Read in which subnets a cluster is. Raises ReadError if its ENIs cannot be read.

    DescribeCluster is optional: without it the ENIs decide. A cluster that EKS does not know may run without EKS.
    """
    subnet_ids: set[str] = set()
    for filters in _filters(name):
        async for page in interfaces([filters]):
            subnet_ids.update(interface.subnet_id for interface in page)
    try:
        client = await services.open("eks")
        response = await client.call(aws_actions.DESCRIBE_CLUSTER, name=name)
    except ReadError as error:
        problem = error.problem
        if problem.needs_new_credentials:
            raise
        if problem.kind is ProblemKind.NOT_FOUND:
            return EksCluster(frozenset(subnet_ids))
        message = f"{problem.message} The subnets of cluster {name} are those that tags and interfaces show."
        return EksCluster(frozenset(subnet_ids), structs.replace(problem, message=message))
    return EksCluster(frozenset(subnet_ids | decode.cluster_subnets(response["cluster"])))


def _filters(name: str) -> list[dict[str, Any]]:
    """Filters of which an ENI of the cluster matches one: EC2 wants every filter of a request to match."""
    # Wildcards of EC2 filters: no name of a cluster has them, but who types one means itself.
    literal = re.sub(r"([*?\\])", r"\\\1", name)
    return [
        {"Name": f"tag:{NODE_CLUSTER_KEY}", "Values": [literal]},
        {"Name": "tag-key", "Values": [f"{CLUSTER_KEY}{literal}"]},
        {"Name": "description", "Values": [f"{CONTROL_PLANE}{literal}"]},
    ]
