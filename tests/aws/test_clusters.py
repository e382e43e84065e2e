"""The subnets of an EKS cluster, read from the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from latticetop.aws.reader import AwsReader
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server, SimulatedAccount
from latticetop.simulator.ec2_resources import SimulatedCluster
from latticetop.simulator.network_interfaces import AddressRequest
from latticetop.simulator.scenarios.eks_nodes import add_node
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.aws.conftest import reading

NAMES = ("own", "nodes", "pods", "control plane", "other cluster")


def fill(account: SimulatedAccount) -> dict[str, str]:
    """A cluster whose control plane, nodes and pods are in different subnets, and the id of each of these."""
    region = account.region()
    vpc = add_vpc(region, "10.0.0.0/16")
    subnets = {name: add_subnet(region, vpc.id, f"10.0.{number}.0/24") for number, name in enumerate(NAMES)}
    add_node(region, subnets["nodes"], "shop", pod_subnet=subnets["pods"])
    add_node(region, subnets["other cluster"], "shop-2")
    InterfaceFactory(region).interface(subnets["control plane"], AddressRequest(), description="Amazon EKS shop")
    region.put_cluster(SimulatedCluster(name="shop", vpc_id=vpc.id, subnet_ids=(subnets["own"].id,)))
    return {name: subnet.id for name, subnet in subnets.items()}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server("empty", clock=ManualClock()) as server:
        yield server


@pytest.fixture
async def reader(server: Server) -> AsyncIterator[AwsReader]:
    async with reading(server.url) as reader:
        yield reader


async def test_a_cluster_is_in_its_own_subnets_and_in_those_of_its_interfaces(
    server: Server, reader: AwsReader
) -> None:
    ids = fill(server.account)
    cluster = await reader.cluster("shop")
    assert cluster.subnet_ids == {ids[name] for name in ("own", "nodes", "pods", "control plane")}
    assert cluster.problem is None


async def test_where_describe_cluster_is_denied_interfaces_decide_and_that_is_said(
    server: Server, reader: AwsReader
) -> None:
    ids = fill(server.account)
    server.account.faults.set(["deny:eks:DescribeCluster"])
    cluster = await reader.cluster("shop")
    assert cluster.subnet_ids == {ids[name] for name in ("nodes", "pods", "control plane")}
    assert cluster.problem is not None
    assert (cluster.problem.kind, cluster.problem.operation) == (ProblemKind.ACCESS_DENIED, "eks:DescribeCluster")
    assert "The subnets of cluster shop are those that tags and interfaces show." in cluster.problem.message


async def test_a_cluster_that_eks_does_not_know_is_no_problem(server: Server, reader: AwsReader) -> None:
    ids = fill(server.account)
    assert (await reader.cluster("shop-2")).subnet_ids == {ids["other cluster"]}
    unknown = await reader.cluster("sh*")
    assert not unknown.subnet_ids and unknown.problem is None


async def test_without_its_interfaces_nothing_is_known_of_a_cluster(server: Server, reader: AwsReader) -> None:
    fill(server.account)
    server.account.faults.set(["deny:ec2:DescribeNetworkInterfaces"])
    with pytest.raises(ReadError, match="DescribeNetworkInterfaces is denied"):
        await reader.cluster("shop")
