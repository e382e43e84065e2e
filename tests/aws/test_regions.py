"""The Regions that `all` stands for: those of the account, or those in boto3's table when DescribeRegions fails."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.aws import Settings, session
from latticetop.aws.regions import lattice_regions
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server

ALL = Settings(region="all", sandbox=True)
DEFAULT_REGIONS = 17
"""Regions that are enabled by default (docs.aws.amazon.com/global-infrastructure, aws-regions)."""


async def regions(server: Server, **changes: str) -> tuple[str, ...]:
    return await lattice_regions(structs.replace(ALL, endpoint_url=server.url, **changes))


async def test_the_region_that_is_set_comes_first() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        first, *others = await regions(server, region="eu-west-1")
        assert [call.operation for call in server.calls] == ["DescribeRegions"]
        assert (await regions(server))[0] == "us-east-1"
    assert first == "eu-west-1"
    assert len(others) == DEFAULT_REGIONS - 1
    assert others == sorted(set(others) - {first})


async def test_without_describe_regions_they_are_those_in_boto3s_table() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        server.account.faults.set(["deny:ec2:DescribeRegions"])
        first, *others = await regions(server)
    assert first == "us-east-1"
    assert {"eu-west-1", "ap-northeast-1"} <= set(others)
    assert not [name for name in others if name.startswith(("cn-", "us-gov-", "us-iso"))]


async def test_expired_credentials_are_an_error() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        server.account.faults.set(["expire"])
        with pytest.raises(ReadError) as error:
            await regions(server)
    assert error.value.problem.kind is ProblemKind.EXPIRED


@pytest.mark.parametrize(("region", "inside", "outside"), [("us-east-1", "eu-west-1", "cn-north-1")])
def test_only_enabled_regions_in_which_the_service_is_listed(region: str, inside: str, outside: str) -> None:
    """By boto3's table VPC Lattice is in eu-west-1; a partition has no Region of another."""
    prepared = session.prepare(Settings(region=region, sandbox=True))
    assert prepared.regions_with("vpc-lattice", [outside, inside, region, "mars-north-1"]) == [inside, region]
    listed = prepared.regions_with("vpc-lattice", None)
    assert {inside, region} <= set(listed) and outside not in listed
    assert listed == sorted(listed)


def test_another_partition_has_its_own_regions() -> None:
    listed = session.prepare(Settings(region="cn-north-1", sandbox=True)).regions_with("ec2", None)
    assert listed == ["cn-north-1", "cn-northwest-1"]


def test_with_an_endpoint_url_every_enabled_region_counts() -> None:
    prepared = session.prepare(Settings(region="us-east-1", endpoint_url="http://localhost:1", sandbox=True))
    assert prepared.regions_with("vpc-lattice", ["mars-north-1", "earth-east-1"]) == ["earth-east-1", "mars-north-1"]
