"""No client follows a redirect, and every response has a limit of time and of size. Over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider
from msgspec import structs

from latticetop.aws import OPERATIONS, Settings, connect, http_session
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CANARY, NO_SUBNETS, CannedServer, ReceivedRequest, Responder, always, reading
from tests.aws.operation_calls import call_with, open_client

REDIRECTS = (301, 302, 303, 307, 308)


def redirecting(target: str, status: int = 307) -> Responder:
    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": target})

    return answer


@pytest.mark.parametrize("action", sorted(OPERATIONS))
async def test_no_redirect_is_followed(action: str) -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(CannedServer(always(NO_SUBNETS)).serve())
        canned = await stack.enter_async_context(CannedServer(always("")).serve())
        client = await open_client(stack, action.partition(":")[0], canned.url)
        for status in REDIRECTS:
            canned.answer = redirecting(other.url.replace("localhost", "127.0.0.1") + "/portal?secret", status)
            canned.requests.clear()
            with pytest.raises(ReadError) as error:
                await call_with(client, action)
            assert len(canned.requests) == 1
            assert other.requests == []
            problem = error.value.problem
            assert (problem.kind, problem.operation) == (ProblemKind.UNREACHABLE, action)
            assert f"{action} that is not AWS's" in problem.message
            assert problem.message.endswith(f"status {status}, no content type, redirects to 127.0.0.1.")


def use_container(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", CANARY)


def use_instance_metadata(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)


def use_web_identity(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "token").write_text(CANARY)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(folder / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)


def use_role_of_profile(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    role = "role_arn=arn:aws:iam::123456789012:role/reader\nsource_profile=source"
    (folder / "config").write_text(f"[default]\n{role}\n[profile source]\n")
    (folder / "credentials").write_text(f"[source]\naws_access_key_id=AKIA\naws_secret_access_key={CANARY}\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)


def use_sso(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = "https://example.awsapps.com/start"
    role = "sso_account_id=123456789012\nsso_role_name=reader"
    (folder / "config").write_text(f"[default]\nsso_start_url={start}\nsso_region=us-east-1\n{role}\n")
    token = {"accessToken": CANARY, "expiresAt": "2099-01-01T00:00:00Z"}
    write_token(folder, start, token, monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)


def use_sso_refresh(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = "https://example.awsapps.com/start"
    session = (
        f"[sso-session s]\nsso_start_url={start}\nsso_region=us-east-1\nsso_registration_scopes=sso:account:access\n"
    )
    role = "sso_account_id=123456789012\nsso_role_name=reader"
    (folder / "config").write_text(f"{session}[default]\nsso_session=s\n{role}\n")
    ended = datetime.now(UTC) - timedelta(hours=1)
    token = {
        "startUrl": start,
        "region": "us-east-1",
        "accessToken": CANARY,
        "expiresAt": f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        "refreshToken": CANARY,
        "clientId": "client",
        "clientSecret": CANARY,
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
    }
    write_token(folder, "s", token, monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)


def write_token(folder: Path, key: str, token: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    cache = folder / "sso" / "cache"
    for provider in (SSOProvider, SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(cache))
    cache.mkdir(parents=True)
    name = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token))


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize(
    "provider",
    [use_container, use_instance_metadata, use_web_identity, use_role_of_profile, use_sso, use_sso_refresh],
)
async def test_no_provider_of_credentials_follows_a_redirect(
    bare_machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    provider: Callable[[str, Path, pytest.MonkeyPatch], None],
    status: int,
) -> None:
    async with (
        CannedServer(always("")).serve() as other,
        CannedServer(redirecting(other.url, status)).serve() as canned,
    ):
        provider(canned.url.replace("localhost", "127.0.0.1"), bare_machine, monkeypatch)
        problem = await problem_of_connecting(Settings(region="us-east-1"))
        assert canned.requests
        assert other.requests == []
    assert problem.kind is ProblemKind.UNREACHABLE
    assert problem.message.startswith("127.0.0.1 sent an answer to ")
    assert "redirects to localhost." in problem.message


async def test_a_role_of_the_settings_follows_no_redirect(keys: None) -> None:
    role = Settings(region="us-east-1", role_arn="arn:aws:iam::123456789012:role/reader")
    async with CannedServer(always("")).serve() as other, CannedServer(redirecting(other.url)).serve() as canned:
        problem = await problem_of_connecting(structs.replace(role, endpoint_url=canned.url))
        assert canned.requests
        assert other.requests == []
    assert "redirects to localhost." in problem.message


async def problem_of_connecting(settings: Settings) -> Problem:
    """The problem of the first use of the credentials."""
    with pytest.raises(ReadError) as error:
        reader = await connect(settings)
        try:
            await reader.subnets()
        finally:
            await reader.close()
    return error.value.problem


async def raw_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    """Send a head at once, then the body again and again, until the other side closes."""
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while not reader.at_eof():
            writer.write(body)
            await writer.drain()
            await asyncio.sleep(0)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def problem_with(head: bytes, body: bytes) -> Problem:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await raw_answer(reader, writer, head, body)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        async with reading(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as aws:
            with pytest.raises(ReadError) as error:
                await aws.subnets()
    finally:
        server.close()
    return error.value.problem


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (OK + b"Content-Length: 1000000000\r\n\r\n", b""),
        (OK + b"\r\n", b" " * 65536),
        (CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"),
        (OK + b"Content-Encoding: gzip\r\n\r\n", b"\0" * 65536),
    ],
)
async def test_a_body_beyond_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch, head: bytes, body: bytes) -> None:
    monkeypatch.setattr(http_session, "RESPONSE_BYTES", 2 << 20)
    problem = await problem_with(head, body)
    assert (problem.kind, problem.operation) == (ProblemKind.BAD_ANSWER, "ec2:DescribeSubnets")
    assert problem.message == "The response to ec2:DescribeSubnets is larger than 2 MiB and was not read."


@pytest.mark.parametrize(
    ("head", "body"),
    [(b"HTTP/1.1 200 OK\r\nX-Slow: ", b""), (OK + b"Content-Length: 1000\r\n\r\n", b""), (CHUNKED, b"1\r\n \r\n")],
)
async def test_one_limit_of_time_is_for_head_and_body(
    monkeypatch: pytest.MonkeyPatch, head: bytes, body: bytes
) -> None:
    monkeypatch.setattr(http_session, "RESPONSE_SECONDS", 0.2)
    problem = await problem_with(head, body)
    assert (problem.kind, problem.operation) == (ProblemKind.BAD_ANSWER, "ec2:DescribeSubnets")
    assert problem.message == "The response to ec2:DescribeSubnets was not complete after 0.2 s."


async def test_a_compressed_body_is_not_unpacked() -> None:
    async def compressed(_: ReceivedRequest) -> web.StreamResponse:
        response = web.Response(text=NO_SUBNETS, content_type="text/xml")
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with CannedServer(compressed).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert "that is not AWS's" in error.value.problem.message
