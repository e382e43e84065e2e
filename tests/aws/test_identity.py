"""Who a scope is read as, as far as it can be told, over HTTP; and where credentials are looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.aws import Settings, Shared
from latticetop.aws.identity import Identity, identify, looked_for
from latticetop.model.records.problem import ProblemKind
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import CANARY, IDENTITY, Canned, always

HOME, MEMBER = "123456789012", "123456789013"
ROLE = f"arn:aws:iam::{MEMBER}:role/teams/latticetop"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server("estate:interfaces=40,regions=1,accounts=2", clock=ManualClock()) as server:
        yield server


def here(server: Server, **more: str) -> Settings:
    return structs.replace(Settings(region="us-east-1", endpoint_url=server.url), **more)


async def test_it_is_whom_sts_says_and_nothing_else_is_asked(server: Server, keys: None) -> None:
    found = await identify(here(server), Shared())
    assert structs.asdict(found) == {
        "profile": "", "region": "us-east-1", "source": "env", "account_id": HOME,
        "arn": server.account.caller_arn, "problem": None,
    }  # fmt: skip
    assert [call.operation for call in server.calls] == ["GetCallerIdentity"]


async def test_profile_region_and_file_are_those_that_are_in_force(
    server: Server, bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_machine / "config").write_text("[profile prod]\nregion = eu-north-1\n")
    (bare_machine / "credentials").write_text(f"[prod]\naws_access_key_id=AKIAFILE\naws_secret_access_key={CANARY}\n")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    found = await identify(here(server, region=""), Shared())
    assert (found.profile, found.region, found.source) == ("prod", "eu-north-1", "shared-credentials-file")
    assert (found.account_id, found.problem) == (HOME, None)
    assert CANARY not in repr(found)


async def test_a_role_leads_into_its_account_and_is_told_as_such(server: Server, keys: None) -> None:
    found = await identify(here(server, role_arn=ROLE), Shared())
    assert (found.account_id, found.source, found.problem) == (MEMBER, "assume-role", None)
    assert [call.operation for call in server.calls] == ["AssumeRole", "GetCallerIdentity"]


async def test_the_id_that_a_role_asks_for_is_given(server: Server, keys: None) -> None:
    await identify(here(server, role_arn=ROLE, external_id="shared-secret"), Shared())
    await identify(here(server, role_arn=ROLE), Shared())
    first, second = [call.params for call in server.calls if call.operation == "AssumeRole"]
    assert (first["ExternalId"], first["RoleSessionName"]) == ("shared-secret", "latticetop")
    assert "ExternalId" not in second


async def test_a_role_that_may_not_be_assumed_leaves_the_account_open(server: Server, keys: None) -> None:
    found = await identify(here(server, role_arn=ROLE.replace(MEMBER, "210987654321")), Shared())
    assert (found.region, found.account_id, found.arn) == ("us-east-1", "", "")
    assert found.problem is not None
    assert found.problem.kind is ProblemKind.NO_CREDENTIALS
    assert "AssumeRole was refused" in found.problem.message


async def test_a_role_without_credentials_to_assume_it_with_misses_those(server: Server) -> None:
    found = await identify(here(server, role_arn=ROLE), Shared())
    assert found.problem is not None
    assert found.problem.kind is ProblemKind.NO_CREDENTIALS
    assert "No AWS credentials were found." in found.problem.message
    assert server.calls == []


async def test_what_is_known_before_sts_refuses_stays(server: Server, keys: None) -> None:
    server.account.faults.set(["expire"])
    found = await identify(here(server), Shared())
    assert (found.region, found.source, found.account_id) == ("us-east-1", "env", "")
    assert found.problem is not None
    assert found.problem.kind is ProblemKind.EXPIRED


async def test_without_credentials_the_region_is_known_all_the_same(server: Server) -> None:
    found = await identify(here(server), Shared())
    assert (found.region, found.source) == ("us-east-1", "")
    assert found.problem is not None
    assert found.problem.kind is ProblemKind.NO_CREDENTIALS


async def test_an_unknown_profile_is_named_in_the_answer() -> None:
    found = await identify(Settings(profile="nobody"), Shared())
    assert (found.profile, found.region) == ("nobody", "")
    assert found.problem is not None
    assert found.problem.kind is ProblemKind.USAGE


async def test_an_answer_without_an_arn_is_an_account_without_one(keys: None) -> None:
    async with Canned(always(IDENTITY)).serve() as canned:
        found = await identify(Settings(region="us-east-1", endpoint_url=canned.url), Shared())
    assert found == Identity("", "us-east-1", "env", HOME, "")


def place(profile: str, begins: str) -> str:
    (found,) = (line for line in looked_for(profile) if line.startswith(begins))
    return found


def test_places_are_in_the_order_in_which_botocore_looks() -> None:
    assert [line.partition(" ")[0] for line in looked_for("")][:3] == ["AWS_ACCESS_KEY_ID", "profile", "sign-ins"]
    assert [line.split()[:2] for line in looked_for("")][-2:] == [["a", "container's"], ["the", "instance's"]]


def test_keys_in_the_environment_are_there_or_half_there(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    assert place("", "AWS_ACCESS") == f"{names}: not set"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    assert place("", "AWS_ACCESS") == f"{names}: AWS_SECRET_ACCESS_KEY alone is set"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    assert place("", "AWS_ACCESS") == f"{names}: both are set"
    assert CANARY not in str(looked_for(""))


def test_the_profile_that_is_looked_at() -> None:
    assert place("", "profile").startswith("profile default in the AWS configuration")
    assert place("prod", "profile").startswith("profile prod in the AWS configuration")


def test_files_and_sign_ins_are_counted(bare_machine: Path) -> None:
    credentials = bare_machine / "credentials"
    assert place("", str(credentials)) == f"{credentials}: not there"
    assert place("", "sign-ins").endswith(": none")
    credentials.write_text("")
    for cache, name in (("sso", "a.json"), ("sso", "b.json"), ("login", "c.json"), ("sso", "notes.txt")):
        folder = bare_machine / cache / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    assert place("", str(credentials)) == f"{credentials}: there"
    assert place("", "sign-ins").endswith(": 3")


def test_a_container_and_the_metadata_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert place("", "a container's") == "a container's credentials: none offered"
    assert place("", "the instance's").endswith(": off, by AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    assert place("", "a container's").endswith(": AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert place("", "the instance's").endswith(": asked")
