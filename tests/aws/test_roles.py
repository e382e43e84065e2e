"""Roles in other accounts: what a refused one is told as, and how often it is asked for."""

from __future__ import annotations

import asyncio

import pytest

from latticetop.aws import SessionCache, Settings, connect
from latticetop.aws.limits import ROLE_RETRY
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import CannedServer, always

ROLE = "arn:aws:iam::444455556666:role/teams/latticetop"
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1")


pytestmark = pytest.mark.usefixtures("keys")


async def problem_in(region: str, sessions: SessionCache, url: str) -> Problem:
    """The problem of two calls of a reader of the role in a Region, which are the same."""
    reader = await connect(Settings(region=region, endpoint_url=url, role_arn=ROLE), sessions=sessions)
    try:
        with pytest.raises(ReadError) as first:
            await reader.vpcs()
        with pytest.raises(ReadError) as second:
            await reader.subnets()
    finally:
        await reader.close()
    assert first.value.problem == second.value.problem
    return first.value.problem


def asked_for(server: Server) -> int:
    return [call.operation for call in server.calls].count("AssumeRole")


async def test_a_refused_role_is_told_as_denied_with_role_account_and_next_step() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        problem = await problem_in("us-east-1", SessionCache(), server.url)
    assert (problem.kind, problem.operation) == (ProblemKind.ACCESS_DENIED, "sts:AssumeRole")
    assert "teams/latticetop of account 444455556666 cannot be assumed" in problem.message
    assert all(word in problem.next_step for word in ("exists", "trust policy", "external id"))
    assert problem.needs_new_credentials


async def test_a_refused_role_is_asked_for_once_whatever_number_of_regions_and_calls() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        sessions = SessionCache(reads_once=True)
        await asyncio.gather(*(problem_in(region, sessions, server.url) for region in REGIONS))
        assert asked_for(server) == 1


async def test_behind_a_proxy_that_answers_the_role_is_asked_for_once() -> None:
    sessions = SessionCache(reads_once=True)
    async with CannedServer(always("<html>Sign in</html>", 503)).serve() as proxy:
        problem = await problem_in(REGIONS[0], sessions, proxy.url)
        sent = len(proxy.requests)
        for region in REGIONS[1:]:
            assert await problem_in(region, sessions, proxy.url) == problem
        assert len(proxy.requests) == sent > 0
    assert (problem.kind, problem.operation) == (ProblemKind.UNREACHABLE, "sts:AssumeRole")


async def test_one_that_follows_asks_again_after_some_seconds_and_with_a_new_session_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = 1000.0
    async with Server("empty", clock=ManualClock()) as server:
        sessions = SessionCache()
        monkeypatch.setattr("latticetop.aws.roles.monotonic", lambda: seconds)
        await problem_in(REGIONS[0], sessions, server.url)
        seconds += ROLE_RETRY - 1
        await problem_in(REGIONS[1], sessions, server.url)
        assert asked_for(server) == 1
        seconds += 1
        await problem_in(REGIONS[2], sessions, server.url)
        assert asked_for(server) == 2
        settings = Settings(region=REGIONS[3], endpoint_url=server.url, role_arn=ROLE)
        await sessions.session(settings, stale=await sessions.session(settings))
        await problem_in(REGIONS[3], sessions, server.url)
        assert asked_for(server) == 3


async def test_a_role_that_is_trusted_after_all_is_assumed() -> None:
    async with Server("empty", clock=ManualClock()) as server:
        sessions = SessionCache()
        settings = Settings(region="us-east-1", endpoint_url=server.url, role_arn=ROLE)
        await problem_in("us-east-1", sessions, server.url)
        server.account.add_member_account("444455556666")
        await sessions.session(settings, stale=await sessions.session(settings))
        reader = await connect(settings, sessions=sessions)
        assert (await reader.scope()).account_id == "444455556666"
        await reader.close()
