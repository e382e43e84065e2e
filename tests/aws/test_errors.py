"""Errors and their problems: responses over HTTP, and exceptions that are hard to provoke."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from botocore import exceptions as boto

from latticetop.aws.errors import problem_of
from latticetop.aws.response_errors import LoopStalledError
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CANARY, NO_SUBNETS, CannedServer, ReceivedRequest, Responder, always, reading, refusal
from tests.command import finished

COUNT = "<subnetId>subnet-1</subnetId><availableIpAddressCount>many</availableIpAddressCount>"


async def problem_from(answer: Responder) -> Problem:
    async with CannedServer(answer).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    return error.value.problem


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "RequestExpired", ProblemKind.EXPIRED),
        (400, "ExpiredToken", ProblemKind.EXPIRED),
        (401, "AuthFailure", ProblemKind.EXPIRED),
        (403, "InvalidClientTokenId", ProblemKind.EXPIRED),
        (403, "UnauthorizedOperation", ProblemKind.ACCESS_DENIED),
        (503, "RequestLimitExceeded", ProblemKind.THROTTLED),
        (400, "ThrottlingException", ProblemKind.THROTTLED),
        (400, "UnsupportedOperation", ProblemKind.NOT_OFFERED),
        (401, "OptInRequired", ProblemKind.NOT_OFFERED),
        (400, "InvalidSubnetID.NotFound", ProblemKind.NOT_FOUND),
        (400, "InvalidNextToken", ProblemKind.SERVICE_ERROR),
        (500, "InternalError", ProblemKind.SERVICE_ERROR),
    ],
)
async def test_error_codes_of_aws(status: int, code: str, kind: ProblemKind) -> None:
    problem = await problem_from(always(refusal(code), status))
    assert (problem.kind, problem.operation) == (kind, "ec2:DescribeSubnets")
    assert problem.message.count("\n") == 0
    assert problem.next_step


async def test_a_denied_action_is_named() -> None:
    problem = await problem_from(always(refusal("UnauthorizedOperation", "Encoded failure message: abc"), 403))
    assert problem.message == "Access to ec2:DescribeSubnets is denied."
    assert problem.next_step == "Allow ec2:DescribeSubnets in the IAM policy of this identity."


async def test_a_throttled_request_is_retried_once() -> None:
    canned = CannedServer(always(refusal("RequestLimitExceeded"), 503))
    async with canned.serve(), reading(canned.url) as reader:
        with pytest.raises(ReadError):
            await reader.subnets()
        assert reader.calls == len(canned.requests) == 2


async def test_a_transient_error_is_retried() -> None:
    canned = CannedServer(always(NO_SUBNETS))

    async def fail_first(_: ReceivedRequest) -> web.StreamResponse:
        return await (always(refusal("InternalError"), 500) if len(canned.requests) == 1 else always(NO_SUBNETS))(_)

    canned.answer = fail_first
    async with canned.serve(), reading(canned.url) as reader:
        assert await reader.subnets() == ()


@pytest.mark.parametrize(
    "body",
    [
        NO_SUBNETS.partition("</DescribeSubnetsResponse>")[0],
        NO_SUBNETS.replace("<subnetSet/>", f"<subnetSet><item>{COUNT}</item></subnetSet>"),
    ],
)
async def test_a_malformed_response(body: str) -> None:
    problem = await problem_from(always(body))
    assert problem.kind is ProblemKind.BAD_ANSWER
    assert "<" not in problem.message


async def test_a_dropped_connection() -> None:
    async def drop(_: ReceivedRequest) -> web.StreamResponse:
        raise asyncio.CancelledError

    problem = await problem_from(drop)
    assert problem.kind is ProblemKind.UNREACHABLE


async def test_a_closed_port() -> None:
    async with CannedServer(always("")).serve() as canned:
        url = canned.url
    async with reading(url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert error.value.problem.kind is ProblemKind.UNREACHABLE
    assert error.value.problem.message == "AWS cannot be reached."


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """An untrusted certificate for localhost, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    file = tmp_path / "cert.pem"
    arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "key.pem"), "-out", str(file)]
    assert finished(openssl, *arguments, *names).code == 0
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


async def test_an_untrusted_certificate(certificate: Path) -> None:
    async with (
        CannedServer(always(NO_SUBNETS)).serve(server_context(certificate)) as canned,
        reading(canned.url) as reader,
    ):
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert error.value.problem.kind is ProblemKind.UNREACHABLE
    assert "AWS_CA_BUNDLE" in error.value.problem.next_step


@pytest.mark.parametrize(
    ("error", "kind", "word"),
    [
        (boto.NoCredentialsError(), ProblemKind.NO_CREDENTIALS, "--profile"),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), ProblemKind.NO_CREDENTIALS, "incomplete"),
        (boto.CredentialRetrievalError(provider="custom-process", error_msg=CANARY), ProblemKind.NO_CREDENTIALS, "cus"),
        (boto.MetadataRetrievalError(error_msg="x"), ProblemKind.NO_CREDENTIALS, "profile"),
        (boto.TokenRetrievalError(provider="sso", error_msg="x"), ProblemKind.LOGIN_NEEDED, "aws sso login"),
        (boto.SSOTokenLoadError(error_msg="x"), ProblemKind.LOGIN_NEEDED, "--profile prod"),
        (boto.UnauthorizedSSOTokenError(), ProblemKind.LOGIN_NEEDED, "--profile prod"),
        (boto.ConnectTimeoutError(endpoint_url="https://x"), ProblemKind.UNREACHABLE, "in time"),
        (boto.ReadTimeoutError(endpoint_url="https://x"), ProblemKind.UNREACHABLE, "in time"),
        (boto.EndpointConnectionError(endpoint_url="https://x"), ProblemKind.UNREACHABLE, "HTTPS_PROXY"),
        (boto.ConnectionClosedError(endpoint_url="https://x"), ProblemKind.UNREACHABLE, "reached"),
        (boto.ProxyConnectionError(proxy_url="http://u:p@x"), ProblemKind.UNREACHABLE, "proxy"),
        (boto.SSLError(endpoint_url="https://x", error="x"), ProblemKind.UNREACHABLE, "certificate"),
        (aiohttp.ServerDisconnectedError(), ProblemKind.UNREACHABLE, "reached"),
        (ConnectionResetError(), ProblemKind.UNREACHABLE, "reached"),
        (boto.InvalidRegionError(region_name="x y"), ProblemKind.USAGE, "--region"),
        (boto.NoRegionError(), ProblemKind.USAGE, "--region"),
        (boto.ProfileNotFound(profile="x"), ProblemKind.USAGE, "profile"),
        (boto.ConfigParseError(path="x"), ProblemKind.USAGE, "configuration"),
        (boto.UnknownServiceError(service_name="x", known_service_names=[]), ProblemKind.NOT_OFFERED, "Region"),
        (LoopStalledError(), ProblemKind.BUSY, "at_once"),
        (KeyError("x"), ProblemKind.BAD_ANSWER, "parsed"),
    ],
)
def test_every_exception_has_its_kind_and_a_next_step(error: Exception, kind: ProblemKind, word: str) -> None:
    problem = problem_of(error, "ec2:DescribeSubnets", "prod")
    assert problem.kind is kind
    assert word in str(problem)
    assert problem.next_step
    assert "latticetop" not in problem.next_step, "a command that reads once promises nothing"
    assert CANARY not in str(problem)


@pytest.mark.parametrize("code", ["Throttling", "ExpiredToken", "AuthFailure", "InternalError", "UnknownError"])
def test_no_error_of_aws_promises_what_a_command_that_reads_once_does_not_do(code: str) -> None:
    error = boto.ClientError({"Error": {"Code": code, "Message": "x"}}, "DescribeSubnets")
    problem = problem_of(error, "ec2:DescribeSubnets")
    assert problem.next_step
    assert "latticetop" not in problem.next_step


def test_a_role_that_cannot_be_assumed_is_not_a_denied_call() -> None:
    denied = boto.ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, "AssumeRole")
    problem = problem_of(denied, "ec2:DescribeSubnets")
    assert (problem.kind, problem.operation) == (ProblemKind.ACCESS_DENIED, "sts:AssumeRole")
    assert problem.needs_new_credentials
    assert "AssumeRole was refused" in problem.message


def test_a_sign_in_that_expires_while_signing() -> None:
    ended = boto.ClientError({"Error": {"Code": "UnauthorizedException"}}, "GetRoleCredentials")
    problem = problem_of(ended, "ec2:DescribeSubnets", "prod")
    assert (problem.kind, problem.next_step) == (
        ProblemKind.LOGIN_NEEDED,
        "Sign in again: aws sso login --profile prod",
    )


def test_throttling_while_signing_is_not_a_lack_of_credentials() -> None:
    busy = boto.ClientError({"Error": {"Code": "TooManyRequestsException"}}, "GetRoleCredentials")
    problem = problem_of(busy, "ec2:DescribeSubnets", "prod")
    assert (problem.kind, problem.operation) == (ProblemKind.THROTTLED, "ec2:DescribeSubnets")


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "AuthFailure", "UnauthorizedOperation"])
async def test_the_message_of_a_credential_error_is_not_passed_on(code: str) -> None:
    problem = await problem_from(always(refusal(code, f"token {CANARY}"), 403))
    assert CANARY not in repr(problem)


async def test_a_long_message_is_cut_to_its_first_line() -> None:
    problem = await problem_from(always(refusal("InvalidParameterValue", "x" * 500 + "\nmore"), 400))
    assert "more" not in problem.message
    assert len(problem.message) < 300
