"""Profiles, Regions and credentials: the usual flags, variables and files."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from aiohttp import web
from msgspec import structs

from latticetop.aws import Settings, connect, session
from latticetop.aws.reader import AwsReader
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CANARY, IDENTITY, NO_SUBNETS, Canned, Seen, always, reading
from tests.aws.test_errors import certificate, server_context

__all__ = ["certificate"]

REGION = "us-east-1"


async def refused(settings: Settings) -> Problem:
    with pytest.raises(ReadError) as error:
        await connect(settings)
    return error.value.problem


async def asked_with(canned: Canned, settings: Settings) -> tuple[AwsReader, Seen]:
    """Connect, read the subnets once; the reader and the request that arrived last."""
    async with canned.serve():
        reader = await connect(structs.replace(settings, endpoint_url=canned.url))
        await reader.subnets()
        await reader.close()
    return reader, canned.seen[-1]


def profiles(folder: Path, text: str) -> None:
    (folder / "config").write_text(text)


async def test_the_package_loads_no_sdk_until_it_connects() -> None:
    code = "import sys, latticetop.aws; sys.exit(any(name.startswith(('aio', 'boto')) for name in sys.modules))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0


async def test_an_unknown_profile_is_said_with_the_nearest(bare_machine: Path) -> None:
    profiles(bare_machine, "[profile prod]\nregion=eu-west-1\n[profile test]\nregion=eu-west-1\n")
    problem = await refused(Settings(profile="prdo"))
    assert problem.kind is ProblemKind.USAGE
    assert problem.message == "There is no AWS profile 'prdo'."
    assert problem.next_step == "Did you mean 'prod'? Profiles: prod, test."


async def test_an_unknown_profile_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    problem = await refused(Settings(region=REGION))
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, "There is no AWS profile 'nobody'.")
    assert "aws configure sso" in problem.next_step


async def test_a_broken_configuration_file(bare_machine: Path) -> None:
    profiles(bare_machine, "not a section\n")
    assert (await refused(Settings(region=REGION))).kind is ProblemKind.USAGE


@pytest.mark.parametrize(
    ("region", "message", "hint"),
    [
        ("us-east-11", "There is no AWS Region 'us-east-11'.", "'us-east-1'"),
        ("us-esat-1", "There is no AWS Region 'us-esat-1'.", "'us-east-1'"),
        ("Frankfurt!", "There is no AWS Region 'Frankfurt!'.", "--region"),
        ("", "No AWS Region is set.", "--region"),
    ],
)
async def test_an_unknown_region_is_said_with_the_nearest(keys: None, region: str, message: str, hint: str) -> None:
    problem = await refused(Settings(region=region))
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, message)
    assert hint in problem.next_step


async def test_a_new_region_is_taken_when_an_endpoint_is_named(keys: None) -> None:
    reader, seen = await asked_with(Canned(always(NO_SUBNETS)), Settings(region="mars-north-1"))
    assert "/mars-north-1/ec2/" in seen.authorization
    assert "Frankfurt" in (await refused(Settings(region="Frankfurt!", endpoint_url="http://localhost:1"))).message
    assert reader.calls == 1


@pytest.mark.parametrize(
    ("flag", "aws_region", "default_region", "used"),
    [
        ("eu-west-1", "eu-west-2", "eu-west-3", "eu-west-1"),
        ("", "eu-west-2", "eu-west-3", "eu-west-2"),
        ("", "", "eu-west-3", "eu-west-3"),
        ("", "", "", "sa-east-1"),
    ],
)
async def test_the_region_of_the_flag_then_of_the_environment_then_of_the_profile(
    keys: None,
    bare_machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    flag: str,
    aws_region: str,
    default_region: str,
    used: str,
) -> None:
    profiles(bare_machine, "[default]\nregion=sa-east-1\n")
    for name, value in (("AWS_REGION", aws_region), ("AWS_DEFAULT_REGION", default_region)):
        if value:
            monkeypatch.setenv(name, value)
    _, seen = await asked_with(Canned(always(NO_SUBNETS)), Settings(region=flag))
    assert f"/{used}/ec2/" in seen.authorization


async def test_no_credentials_at_all() -> None:
    problem = await refused(Settings(region=REGION))
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert problem.message.startswith("No AWS credentials were found. Looked for AWS_ACCESS_KEY_ID and ")
    assert "for profile default in " in problem.message and "metadata service" not in problem.message
    assert "--profile" in problem.next_step and problem.next_step.endswith("latticetop demo")


async def test_without_credentials_and_region_the_credentials_are_missed_first(bare_machine: Path) -> None:
    assert (await refused(Settings())).kind is ProblemKind.NO_CREDENTIALS
    profiles(bare_machine, "[profile dev]\n[profile prod]\n")
    assert "--profile (dev, prod)" in (await refused(Settings())).next_step
    assert "for profile dev in " in (await refused(Settings(profile="dev"))).message


async def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHALF")
    assert (await refused(Settings(region=REGION))).kind is ProblemKind.NO_CREDENTIALS


async def test_the_profile_of_the_flag_wins_over_keys_in_the_environment(keys: None, bare_machine: Path) -> None:
    profiles(bare_machine, f"[profile prod]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key={CANARY}\n")
    canned = Canned(always(NO_SUBNETS))
    _, seen = await asked_with(canned, Settings(profile="prod", region=REGION))
    assert "Credential=AKIAPROFILE/" in seen.authorization
    _, seen = await asked_with(canned, Settings(region=REGION))
    assert "Credential=AKIAENVIRONMENT/" in seen.authorization


async def test_the_profile_of_the_environment(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    profiles(bare_machine, "[profile prod]\nregion=eu-north-1\n")
    text = f"[prod]\naws_access_key_id=AKIAFILE\naws_secret_access_key={CANARY}\n"
    (bare_machine / "credentials").write_text(text)
    async with Canned(always(IDENTITY)).serve() as canned:
        reader = await connect(Settings(endpoint_url=canned.url))
        scope = await reader.scope()
        await reader.close()
    assert (scope.profile, scope.region, scope.account_id) == ("prod", "eu-north-1", "123456789012")
    assert "Credential=AKIAFILE/" in canned.seen[0].authorization


async def test_the_endpoint_of_the_environment(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Canned(always(NO_SUBNETS)).serve() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.url)
        reader = await connect(Settings(region="mars-north-1"))
        await reader.subnets()
        await reader.close()
    assert [seen.action for seen in canned.seen] == ["DescribeSubnets"]


async def test_a_credential_process(bare_machine: Path, tmp_path: Path) -> None:
    answer = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": CANARY}
    (tmp_path / "give.py").write_text(f"print({json.dumps(json.dumps(answer))})")
    profiles(bare_machine, f"[profile made]\ncredential_process={sys.executable} {tmp_path / 'give.py'}\n")
    _, seen = await asked_with(Canned(always(NO_SUBNETS)), Settings(profile="made", region=REGION))
    assert "Credential=AKIAPROCESS/" in seen.authorization


async def test_a_credential_process_that_fails_says_nothing_of_its_output(bare_machine: Path, tmp_path: Path) -> None:
    (tmp_path / "fail.py").write_text(f"import sys; sys.exit('{CANARY}')")
    profiles(bare_machine, f"[profile made]\ncredential_process={sys.executable} {tmp_path / 'fail.py'}\n")
    problem = await refused(Settings(profile="made", region=REGION))
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert CANARY not in str(problem)


ASSUMED = (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
    f"<AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>{CANARY}</SecretAccessKey>"
    "<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)
ROLE = (
    "[profile role]\nrole_arn=arn:aws:iam::123456789012:role/reader\nsource_profile=base\n"
    f"[profile base]\naws_access_key_id=AKIABASE\naws_secret_access_key={CANARY}\n"
)


async def test_a_role_that_is_assumed(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles(bare_machine, ROLE)

    async def answer(seen: Seen) -> web.StreamResponse:
        return await always(ASSUMED if seen.action == "AssumeRole" else NO_SUBNETS)(seen)

    async with Canned(answer).serve() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.url)
        reader = await connect(Settings(profile="role", region=REGION))
        await reader.subnets()
        await reader.close()
    first, second = canned.seen
    assert (first.action, "Credential=AKIABASE/" in first.authorization) == ("AssumeRole", True)
    assert (second.action, "Credential=ASIAASSUMED/" in second.authorization) == ("DescribeSubnets", True)


async def test_a_role_that_wants_an_mfa_code_does_not_ask_in_the_terminal(bare_machine: Path) -> None:
    profiles(bare_machine, ROLE.replace("source_profile", "mfa_serial=arn:aws:iam::1:mfa/x\nsource_profile", 1))
    reader = await connect(Settings(profile="role", region=REGION, endpoint_url="http://localhost:1"))
    with pytest.raises(ReadError, match="MFA") as error:
        await reader.subnets()
    await reader.close()
    assert error.value.problem.kind is ProblemKind.NO_CREDENTIALS
    assert "--profile role" in error.value.problem.next_step


async def test_a_sign_in_that_never_was(bare_machine: Path) -> None:
    profiles(
        bare_machine,
        "[profile sso]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=Reader\n"
        "[sso-session corp]\nsso_start_url=https://corp.awsapps.example/start\nsso_region=us-east-1\n",
    )
    problem = None
    try:
        reader = await connect(Settings(profile="sso", region=REGION, endpoint_url="http://localhost:1"))
        try:
            await reader.scope()
        finally:
            await reader.close()
    except ReadError as error:
        problem = error.problem
    assert problem is not None
    assert (problem.kind, problem.next_step) == (
        ProblemKind.LOGIN_NEEDED,
        "Sign in again: aws sso login --profile sso",
    )


@pytest.fixture
def metadata_enabled(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    return monkeypatch


async def test_the_instance_metadata_is_asked_last_and_once(metadata_enabled: pytest.MonkeyPatch) -> None:
    async with Canned(always("", 404)).serve() as metadata:
        metadata_enabled.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        problem = await refused(Settings(region=REGION))
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert 0 < len(metadata.seen) <= 3


async def test_the_instance_metadata_is_not_asked_when_there_are_keys(
    keys: None, metadata_enabled: pytest.MonkeyPatch
) -> None:
    async with Canned(always("", 404)).serve() as metadata:
        metadata_enabled.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        await asked_with(Canned(always(NO_SUBNETS)), Settings(region=REGION))
    assert metadata.seen == []


async def test_a_certificate_named_in_the_environment_is_trusted(
    keys: None, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    async with Canned(always(NO_SUBNETS)).serve(server_context(certificate)) as canned:
        reader = await connect(Settings(region=REGION, endpoint_url=canned.url))
        assert await reader.subnets() == ()
        await reader.close()


async def test_a_proxy_named_in_the_environment_is_used(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Canned(always(NO_SUBNETS)).serve() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        reader = await connect(Settings(region=REGION, endpoint_url="http://ec2.example.test"))
        await reader.subnets()
        await reader.close()
    assert [seen.host for seen in proxy.seen] == ["ec2.example.test"]


async def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://localhost:1")
    async with Canned(always(NO_SUBNETS)).serve() as canned, reading(canned.url) as reader:
        assert await reader.subnets() == ()


async def test_a_sandbox_reads_none_of_the_persons_configuration(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, keys: None
) -> None:
    profiles(bare_machine, "not a section\n")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere")
    canned = Canned(always(NO_SUBNETS))
    async with canned.serve(), reading(canned.url) as reader:
        await reader.subnets()
    assert "Credential=sandbox/" in canned.seen[0].authorization


@pytest.mark.parametrize("url", ["nonsense", "http://[", "http://"])
async def test_a_url_in_the_environment_that_cannot_be_called_is_a_mistake_of_the_command(
    keys: None, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(ReadError, match="is not a URL that can be called") as refused:
        await connect(Settings(region=REGION))
    assert refused.value.problem.kind is ProblemKind.USAGE


def test_which_regions_are_known_to_have_a_service() -> None:
    near = session.prepare(Settings(region=REGION, sandbox=True))
    far = session.prepare(Settings(region="ap-east-2", sandbox=True))
    assert (near.lists("ec2"), near.lists("vpc-lattice"), near.lists("no-such-service")) == (True, True, False)
    assert (far.lists("ec2"), far.lists("vpc-lattice")) == (True, False)
    assert session.prepare(Settings(region="ap-east-2", endpoint_url="http://localhost:1", sandbox=True)).lists("x")
