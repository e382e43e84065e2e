"""The identity of a scope, over HTTP, and the list of credential sources."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.aws import SessionCache, Settings
from latticetop.aws.identity import Identity, credential_sources, identify
from latticetop.model.records.problem import ProblemKind
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import CANARY, IDENTITY, CannedServer, always

HOME, MEMBER = "123456789012", "123456789013"
ROLE = f"arn:aws:iam::{MEMBER}:role/teams/latticetop"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server("estate:interfaces=40,regions=1,accounts=2", clock=ManualClock()) as server:
        yield server


def settings_for(server: Server, **changes: str) -> Settings:
    return structs.replace(Settings(region="us-east-1", endpoint_url=server.url), **changes)


async def test_the_identity_is_from_sts_with_no_other_call(server: Server, keys: None) -> None:
    identity = await identify(settings_for(server), SessionCache())
    assert structs.asdict(identity) == {
        "profile": "", "region": "us-east-1", "source": "env", "account_id": HOME,
        "arn": server.account.world.caller_arn, "problem": None,
    }  # fmt: skip
    assert [call.operation for call in server.calls] == ["GetCallerIdentity"]


async def test_profile_region_and_source_are_the_effective_ones(
    server: Server, bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_machine / "config").write_text("[profile prod]\nregion = eu-north-1\n")
    (bare_machine / "credentials").write_text(f"[prod]\naws_access_key_id=AKIAFILE\naws_secret_access_key={CANARY}\n")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    identity = await identify(settings_for(server, region=""), SessionCache())
    assert (identity.profile, identity.region, identity.source) == ("prod", "eu-north-1", "shared-credentials-file")
    assert (identity.account_id, identity.problem) == (HOME, None)
    assert CANARY not in repr(identity)


async def test_a_role_has_its_own_account(server: Server, keys: None) -> None:
    identity = await identify(settings_for(server, role_arn=ROLE), SessionCache())
    assert (identity.account_id, identity.source, identity.problem) == (MEMBER, "assume-role", None)
    assert [call.operation for call in server.calls] == ["AssumeRole", "GetCallerIdentity"]


async def test_the_external_id_is_sent_to_assume_role(server: Server, keys: None) -> None:
    await identify(settings_for(server, role_arn=ROLE, external_id="shared-secret"), SessionCache())
    await identify(settings_for(server, role_arn=ROLE), SessionCache())
    first, second = [call.params for call in server.calls if call.operation == "AssumeRole"]
    assert (first["ExternalId"], first["RoleSessionName"]) == ("shared-secret", "latticetop")
    assert "ExternalId" not in second


async def test_a_role_that_cannot_be_assumed_has_the_account_of_its_arn(server: Server, keys: None) -> None:
    identity = await identify(settings_for(server, role_arn=ROLE.replace(MEMBER, "210987654321")), SessionCache())
    assert (identity.region, identity.account_id, identity.arn) == ("us-east-1", "210987654321", "")
    assert identity.problem is not None
    assert (identity.problem.kind, identity.problem.operation) == (ProblemKind.ACCESS_DENIED, "sts:AssumeRole")
    assert "of account 210987654321 cannot be assumed" in identity.problem.message


async def test_a_role_without_source_credentials_has_no_credentials(server: Server) -> None:
    identity = await identify(settings_for(server, role_arn=ROLE), SessionCache())
    assert identity.problem is not None
    assert identity.problem.kind is ProblemKind.NO_CREDENTIALS
    assert "No credentials found." in identity.problem.message
    assert server.calls == []


async def test_region_and_source_are_kept_when_sts_refuses(server: Server, keys: None) -> None:
    server.account.faults.set(["expire"])
    identity = await identify(settings_for(server), SessionCache())
    assert (identity.region, identity.source, identity.account_id) == ("us-east-1", "env", "")
    assert identity.problem is not None
    assert identity.problem.kind is ProblemKind.EXPIRED


async def test_the_region_is_known_without_credentials(server: Server) -> None:
    identity = await identify(settings_for(server), SessionCache())
    assert (identity.region, identity.source) == ("us-east-1", "")
    assert identity.problem is not None
    assert identity.problem.kind is ProblemKind.NO_CREDENTIALS


async def test_an_unknown_profile_is_a_usage_problem() -> None:
    identity = await identify(Settings(profile="nobody"), SessionCache())
    assert (identity.profile, identity.region) == ("nobody", "")
    assert identity.problem is not None
    assert identity.problem.kind is ProblemKind.USAGE


async def test_a_response_without_an_arn(keys: None) -> None:
    async with CannedServer(always(IDENTITY)).serve() as canned:
        identity = await identify(Settings(region="us-east-1", endpoint_url=canned.url), SessionCache())
    assert identity == Identity("", "us-east-1", "env", HOME, "")


def source(profile: str, start: str) -> str:
    (line,) = (line for line in credential_sources(profile) if line.startswith(start))
    return line


def test_sources_are_in_botocores_order() -> None:
    assert [line.partition(" ")[0] for line in credential_sources("")][:3] == [
        "AWS_ACCESS_KEY_ID",
        "profile",
        "sign-ins",
    ]
    assert [line.split()[:2] for line in credential_sources("")][-2:] == [
        ["container", "credentials:"],
        ["instance", "metadata"],
    ]


def test_keys_in_the_environment_are_set_or_half_set(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    assert source("", "AWS_ACCESS") == f"{names}: not set"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    assert source("", "AWS_ACCESS") == f"{names}: only AWS_SECRET_ACCESS_KEY is set"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    assert source("", "AWS_ACCESS") == f"{names}: both set"
    assert CANARY not in str(credential_sources(""))


def test_the_profile_is_named() -> None:
    assert source("", "profile").startswith("profile default in the AWS configuration")
    assert source("prod", "profile").startswith("profile prod in the AWS configuration")


def test_files_and_sign_ins_are_counted(bare_machine: Path) -> None:
    credentials = bare_machine / "credentials"
    assert source("", str(credentials)) == f"{credentials}: missing"
    assert source("", "sign-ins").endswith(": none")
    credentials.write_text("")
    for cache, name in (("sso", "a.json"), ("sso", "b.json"), ("login", "c.json"), ("sso", "notes.txt")):
        folder = bare_machine / cache / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    assert source("", str(credentials)) == f"{credentials}: found"
    assert source("", "sign-ins").endswith(": 3")


def test_container_credentials_and_the_metadata_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source("", "container") == "container credentials: not set"
    assert source("", "instance").endswith(": disabled by AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    assert source("", "container").endswith(": AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert source("", "instance").endswith(": checked")
