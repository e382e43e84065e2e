"""Profiles, Regions and credentials: the usual flags, variables and files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from aiohttp import web
from msgspec import structs

from latticetop.aws import Settings, connect, session
from latticetop.aws.reader import AwsReader
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CANARY, IDENTITY, NO_SUBNETS, CannedServer, ReceivedRequest, always, reading
from tests.aws.test_errors import certificate, server_context
from tests.command import python

__all__ = ["certificate"]

REGION = "us-east-1"


async def connect_problem(settings: Settings) -> Problem:
    with pytest.raises(ReadError) as error:
        await connect(settings)
    return error.value.problem


async def read_with(canned: CannedServer, settings: Settings) -> tuple[AwsReader, ReceivedRequest]:
    """Connect and read the subnets once; return the reader and the last request."""
    async with canned.serve():
        reader = await connect(structs.replace(settings, endpoint_url=canned.url))
        await reader.subnets()
        await reader.close()
    return reader, canned.requests[-1]


def profiles(folder: Path, text: str) -> None:
    (folder / "config").write_text(text)


def test_the_package_loads_no_sdk_until_it_connects() -> None:
    code = "import sys, latticetop.aws; sys.exit(any(name.startswith(('aio', 'boto')) for name in sys.modules))"
    assert python(code).code == 0


async def test_an_unknown_profile_suggests_the_closest_name(bare_machine: Path) -> None:
    profiles(bare_machine, "[profile prod]\nregion=eu-west-1\n[profile test]\nregion=eu-west-1\n")
    problem = await connect_problem(Settings(profile="prdo"))
    assert problem.kind is ProblemKind.USAGE
    assert problem.message == "There is no AWS profile 'prdo'."
    assert problem.next_step == "Did you mean 'prod'? Profiles: prod, test."


async def test_an_unknown_profile_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    problem = await connect_problem(Settings(region=REGION))
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, "There is no AWS profile 'nobody'.")
    assert "aws configure sso" in problem.next_step


async def test_a_broken_configuration_file(bare_machine: Path) -> None:
    profiles(bare_machine, "not a section\n")
    assert (await connect_problem(Settings(region=REGION))).kind is ProblemKind.USAGE


@pytest.mark.parametrize(
    ("region", "message", "hint"),
    [
        ("us-east-11", "There is no AWS Region 'us-east-11'.", "'us-east-1'"),
        ("us-esat-1", "There is no AWS Region 'us-esat-1'.", "'us-east-1'"),
        ("Frankfurt!", "There is no AWS Region 'Frankfurt!'.", "--region"),
        ("", "No AWS Region is set.", "--region"),
    ],
)
async def test_an_unknown_region_suggests_the_closest_name(keys: None, region: str, message: str, hint: str) -> None:
    problem = await connect_problem(Settings(region=region))
    assert (problem.kind, problem.message) == (ProblemKind.USAGE, message)
    assert hint in problem.next_step


async def test_an_unlisted_region_is_accepted_with_an_endpoint_url(keys: None) -> None:
    reader, request = await read_with(CannedServer(always(NO_SUBNETS)), Settings(region="mars-north-1"))
    assert "/mars-north-1/ec2/" in request.authorization
    assert (
        "Frankfurt" in (await connect_problem(Settings(region="Frankfurt!", endpoint_url="http://localhost:1"))).message
    )
    assert reader.calls == 1


async def test_a_region_of_the_users_own_table_of_endpoints_is_accepted(
    keys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = {"description": "Mars"}
    partition = {
        "partition": "aws",
        "partitionName": "AWS",
        "dnsSuffix": "amazonaws.com",
        "regionRegex": "^mars.*",
        "defaults": {"hostname": "{service}.{region}.{dnsSuffix}", "protocols": ["https"]},
        "regions": {"mars-north-1": region},
        "services": {"ec2": {"endpoints": {"mars-north-1": {}}}},
    }
    (tmp_path / "endpoints.json").write_text(json.dumps({"version": 3, "partitions": [partition]}))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    reader = await connect(Settings(region="mars-north-1"))
    assert reader.region == "mars-north-1"
    await reader.close()


@pytest.mark.parametrize(
    ("flag", "aws_region", "default_region", "used"),
    [
        ("eu-west-1", "eu-west-2", "eu-west-3", "eu-west-1"),
        ("", "eu-west-2", "eu-west-3", "eu-west-2"),
        ("", "", "eu-west-3", "eu-west-3"),
        ("", "", "", "sa-east-1"),
    ],
)
async def test_the_region_is_from_the_option_then_the_environment_then_the_profile(
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
    _, request = await read_with(CannedServer(always(NO_SUBNETS)), Settings(region=flag))
    assert f"/{used}/ec2/" in request.authorization


async def test_without_credentials_the_sources_are_listed() -> None:
    problem = await connect_problem(Settings(region=REGION))
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert problem.message.startswith("No credentials found. Checked AWS_ACCESS_KEY_ID and ")
    assert "profile default in " in problem.message and "metadata service" not in problem.message
    assert "--profile" in problem.next_step and problem.next_step.endswith("latticetop demo")


async def test_without_credentials_and_region_the_error_is_about_the_credentials(bare_machine: Path) -> None:
    assert (await connect_problem(Settings())).kind is ProblemKind.NO_CREDENTIALS
    profiles(bare_machine, "[profile dev]\n[profile prod]\n")
    assert "--profile (dev, prod)" in (await connect_problem(Settings())).next_step
    assert "profile dev in " in (await connect_problem(Settings(profile="dev"))).message


async def test_an_access_key_without_a_secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHALF")
    assert (await connect_problem(Settings(region=REGION))).kind is ProblemKind.NO_CREDENTIALS


async def test_the_profile_option_takes_precedence_over_keys_in_the_environment(keys: None, bare_machine: Path) -> None:
    profiles(bare_machine, f"[profile prod]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key={CANARY}\n")
    canned = CannedServer(always(NO_SUBNETS))
    _, request = await read_with(canned, Settings(profile="prod", region=REGION))
    assert "Credential=AKIAPROFILE/" in request.authorization
    _, request = await read_with(canned, Settings(region=REGION))
    assert "Credential=AKIAENVIRONMENT/" in request.authorization


async def test_the_profile_from_the_environment(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    profiles(bare_machine, "[profile prod]\nregion=eu-north-1\n")
    text = f"[prod]\naws_access_key_id=AKIAFILE\naws_secret_access_key={CANARY}\n"
    (bare_machine / "credentials").write_text(text)
    async with CannedServer(always(IDENTITY)).serve() as canned:
        reader = await connect(Settings(endpoint_url=canned.url))
        scope = await reader.scope()
        await reader.close()
    assert (scope.profile, scope.region, scope.account_id) == ("prod", "eu-north-1", "123456789012")
    assert "Credential=AKIAFILE/" in canned.requests[0].authorization


async def test_the_endpoint_url_from_the_environment(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with CannedServer(always(NO_SUBNETS)).serve() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.url)
        reader = await connect(Settings(region="mars-north-1"))
        await reader.subnets()
        await reader.close()
    assert [request.action for request in canned.requests] == ["DescribeSubnets"]


async def test_a_credential_process(bare_machine: Path, tmp_path: Path) -> None:
    answer = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": CANARY}
    (tmp_path / "give.py").write_text(f"print({json.dumps(json.dumps(answer))})")
    profiles(bare_machine, f"[profile process]\ncredential_process={sys.executable} {tmp_path / 'give.py'}\n")
    _, request = await read_with(CannedServer(always(NO_SUBNETS)), Settings(profile="process", region=REGION))
    assert "Credential=AKIAPROCESS/" in request.authorization


async def test_the_output_of_a_failed_credential_process_is_not_shown(bare_machine: Path, tmp_path: Path) -> None:
    (tmp_path / "fail.py").write_text(f"import sys; sys.exit('{CANARY}')")
    profiles(bare_machine, f"[profile process]\ncredential_process={sys.executable} {tmp_path / 'fail.py'}\n")
    problem = await connect_problem(Settings(profile="process", region=REGION))
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


async def test_a_role_of_the_profile_is_assumed(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles(bare_machine, ROLE)

    async def answer(request: ReceivedRequest) -> web.StreamResponse:
        return await always(ASSUMED if request.action == "AssumeRole" else NO_SUBNETS)(request)

    async with CannedServer(answer).serve() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.url)
        reader = await connect(Settings(profile="role", region=REGION))
        await reader.subnets()
        await reader.close()
    first, second = canned.requests
    assert (first.action, "Credential=AKIABASE/" in first.authorization) == ("AssumeRole", True)
    assert (second.action, "Credential=ASIAASSUMED/" in second.authorization) == ("DescribeSubnets", True)


async def test_a_role_that_requires_an_mfa_code_fails_without_a_prompt(bare_machine: Path) -> None:
    profiles(bare_machine, ROLE.replace("source_profile", "mfa_serial=arn:aws:iam::1:mfa/x\nsource_profile", 1))
    reader = await connect(Settings(profile="role", region=REGION, endpoint_url="http://localhost:1"))
    with pytest.raises(ReadError, match="MFA") as error:
        await reader.subnets()
    await reader.close()
    assert error.value.problem.kind is ProblemKind.NO_CREDENTIALS
    assert "--profile role" in error.value.problem.next_step


async def test_a_missing_sign_in_names_the_command(bare_machine: Path) -> None:
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


async def test_the_instance_metadata_service_is_checked_once(metadata_enabled: pytest.MonkeyPatch) -> None:
    async with CannedServer(always("", 404)).serve() as metadata:
        metadata_enabled.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        problem = await connect_problem(Settings(region=REGION))
    assert problem.kind is ProblemKind.NO_CREDENTIALS
    assert 0 < len(metadata.requests) <= 3


async def test_the_instance_metadata_service_is_not_called_when_there_are_keys(
    keys: None, metadata_enabled: pytest.MonkeyPatch
) -> None:
    async with CannedServer(always("", 404)).serve() as metadata:
        metadata_enabled.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        await read_with(CannedServer(always(NO_SUBNETS)), Settings(region=REGION))
    assert metadata.requests == []


async def test_the_ca_bundle_from_the_environment_is_trusted(
    keys: None, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    async with CannedServer(always(NO_SUBNETS)).serve(server_context(certificate)) as canned:
        reader = await connect(Settings(region=REGION, endpoint_url=canned.url))
        assert await reader.subnets() == ()
        await reader.close()


async def test_the_proxy_from_the_environment_is_used(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with CannedServer(always(NO_SUBNETS)).serve() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        reader = await connect(Settings(region=REGION, endpoint_url="http://ec2.example.test"))
        await reader.subnets()
        await reader.close()
    assert [request.host for request in proxy.requests] == ["ec2.example.test"]


async def test_no_proxy_is_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://localhost:1")
    async with CannedServer(always(NO_SUBNETS)).serve() as canned, reading(canned.url) as reader:
        assert await reader.subnets() == ()


async def test_a_sandbox_reads_none_of_the_users_configuration(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, keys: None
) -> None:
    profiles(bare_machine, "not a section\n")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere")
    canned = CannedServer(always(NO_SUBNETS))
    async with canned.serve(), reading(canned.url) as reader:
        await reader.subnets()
    assert "Credential=sandbox/" in canned.requests[0].authorization


@pytest.mark.parametrize("url", ["nonsense", "http://[", "http://"])
async def test_an_invalid_url_in_the_environment_is_a_usage_error(
    keys: None, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(ReadError, match="The endpoint URL of ec2 is not valid") as error:
        await connect(Settings(region=REGION))
    assert error.value.problem.kind is ProblemKind.USAGE


def test_regions_in_which_a_service_is_listed() -> None:
    near = session.prepare(Settings(region=REGION, sandbox=True))
    far = session.prepare(Settings(region="ap-east-2", sandbox=True))
    assert (near.is_listed("ec2"), near.is_listed("vpc-lattice"), near.is_listed("no-such-service")) == (
        True,
        True,
        False,
    )
    assert (far.is_listed("ec2"), far.is_listed("vpc-lattice")) == (True, False)
    assert session.prepare(Settings(region="ap-east-2", endpoint_url="http://localhost:1", sandbox=True)).is_listed("x")
