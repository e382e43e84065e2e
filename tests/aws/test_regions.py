"""The Regions that `all` stands for: those of the account, and where they cannot be had those that boto3 knows."""

from __future__ import annotations

import pytest
from msgspec import structs

from latticetop.aws import Settings, Shared, session
from latticetop.aws.regions import offered
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server

ALL = Settings(region="all", sandbox=True)
BY_DEFAULT = 17
"""Regions an account has without opting in (docs.aws.amazon.com/global-infrastructure, aws-regions)."""


async def regions(server: Server, **more: str) -> tuple[str, ...]:
    return await offered(structs.replace(ALL, endpoint_url=server.url, **more))


async def test_the_one_that_is_set_comes_first_and_then_the_others_of_the_account() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        first, *others = await regions(server, region="eu-west-1")
        assert [call.operation for call in server.calls] == ["DescribeRegions"]
        assert (await regions(server))[0] == "us-east-1"
    assert first == "eu-west-1"
    assert len(others) == BY_DEFAULT - 1
    assert others == sorted(set(others) - {first})


async def test_where_aws_does_not_tell_them_they_are_those_that_boto3_knows() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        server.account.faults.set(["deny:ec2:DescribeRegions"])
        first, *others = await regions(server)
    assert first == "us-east-1"
    assert {"eu-west-1", "ap-northeast-1"} <= set(others)
    assert not [name for name in others if name.startswith(("cn-", "us-gov-", "us-iso"))]


async def test_without_credentials_that_hold_none_are_guessed() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        server.account.faults.set(["expire"])
        with pytest.raises(ReadError) as refused:
            await regions(server)
    assert refused.value.problem.kind is ProblemKind.EXPIRED


async def test_the_session_that_there_is_serves_for_it_too() -> None:
    shared = Shared()
    async with Server("empty", clock=ManualClock()) as server:
        settings = structs.replace(ALL, endpoint_url=server.url)
        opened = await shared.session(settings)
        await offered(settings, shared)
        assert await shared.session(settings) is opened
        assert await shared.session(settings, stale=opened) is not opened


@pytest.mark.parametrize(("region", "inside", "outside"), [("us-east-1", "eu-west-1", "cn-north-1")])
def test_of_the_enabled_ones_those_that_have_the_service(region: str, inside: str, outside: str) -> None:
    """By boto3's table: VPC Lattice is in eu-west-1, and a partition has no Region of another."""
    prepared = session.prepare(Settings(region=region, sandbox=True))
    assert prepared.regions_with("vpc-lattice", [outside, inside, region, "mars-north-1"]) == [inside, region]
    known = prepared.regions_with("vpc-lattice", None)
    assert {inside, region} <= set(known) and outside not in known
    assert known == sorted(known)


def test_in_another_partition_they_are_that_ones() -> None:
    known = session.prepare(Settings(region="cn-north-1", sandbox=True)).regions_with("ec2", None)
    assert known == ["cn-north-1", "cn-northwest-1"]


def test_behind_an_endpoint_of_ones_own_every_enabled_region_counts() -> None:
    prepared = session.prepare(Settings(region="us-east-1", endpoint_url="http://localhost:1", sandbox=True))
    assert prepared.regions_with("vpc-lattice", ["mars-north-1", "earth-east-1"]) == ["earth-east-1", "mars-north-1"]
