"""The session cache: one session per profile and role, one rate limiter per account."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.aws import SessionCache, Settings, connect
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.regions import lattice_regions
from latticetop.simulator import ManualClock, Server

ROLE = "arn:aws:iam::123456789012:role/reader"


async def test_a_session_is_opened_once_until_it_is_stale() -> None:
    sessions, settings = SessionCache(), Settings(region="us-east-1", sandbox=True)
    first = await sessions.session(settings)
    assert await sessions.session(structs.replace(settings, region="eu-west-1")) is first
    second = await sessions.session(settings, stale=first)
    assert second is not first
    assert await sessions.session(settings, stale=first) is second


async def test_the_list_of_regions_uses_the_open_session() -> None:
    sessions = SessionCache()
    async with Server("empty", clock=ManualClock()) as server:
        settings = Settings(region="all", endpoint_url=server.url, sandbox=True)
        session = await sessions.session(settings)
        await lattice_regions(settings, sessions)
        assert await sessions.session(settings) is session


async def test_readers_of_one_account_share_its_limiter_for_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    limiters: list[RateLimiter] = []

    async def acquire(limiter: RateLimiter) -> None:
        limiters.append(limiter)

    async with Server("empty", clock=ManualClock()) as server:
        sessions, settings = SessionCache(60), Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
        with_role = structs.replace(settings, role_arn=ROLE)
        readers = [await connect(scope_settings, sessions=sessions) for scope_settings in (settings, with_role)]
        for reader in readers:
            assert (await reader.scope()).account_id == "123456789012"
        monkeypatch.setattr("latticetop.aws.rate_limiter.RateLimiter.acquire", acquire)
        for reader in readers:
            await reader.subnets()
            await reader.close()
        account_limiter = sessions.rate_limiter(settings, "123456789012")
    assert account_limiter is not None
    assert limiters.count(account_limiter) == 2


async def test_the_credentials_of_a_profile_are_resolved_once_for_all_roles_assumed_with_them(
    tmp_path: Path, bare_machine: Path
) -> None:
    counted = tmp_path / "counted"
    answer = '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "secret"}'
    (tmp_path / "give.py").write_text(f"open({str(counted)!r}, 'a').write('x'); print({answer!r})")
    process = f"credential_process={sys.executable} {tmp_path / 'give.py'}"
    (bare_machine / "config").write_text(f"[profile hub]\n{process}\n")
    members = ("444455556666", "555566667777")
    async with Server("empty", clock=ManualClock()) as server:
        sessions, hub = SessionCache(), Settings(profile="hub", region="us-east-1", endpoint_url=server.url)
        roles = [structs.replace(hub, role_arn=f"arn:aws:iam::{member}:role/latticetop") for member in members]
        for member in members:
            server.account.add_member_account(member)
        readers = await asyncio.gather(*(connect(settings, sessions=sessions) for settings in roles))
        readers.append(await connect(hub, sessions=sessions))
        assert [(await reader.scope()).account_id for reader in readers] == [*members, "123456789012"]
        for reader in readers:
            await reader.close()
        assert counted.read_text() == "x"
        stale = [await sessions.session(settings) for settings in roles]
        for settings, session in zip(roles, stale, strict=True):
            assert await sessions.session(settings, stale=session) is not session
        assert counted.read_text() == "xx", "the first one that is stale renews the credentials of both"


async def test_without_a_maximum_there_is_no_account_limiter() -> None:
    assert SessionCache().rate_limiter(Settings(), "123456789012") is None
