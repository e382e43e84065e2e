"""DescribeNetworkInterfaces over HTTP: bodies are kept as bytes, errors and retries are botocore's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from latticetop.aws import decode, sdk
from latticetop.aws.response_hook import BODY, InterfaceResponseHook
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES, DESCRIBE_SUBNETS
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import NO_SUBNETS, CannedServer, ReceivedRequest, always, refusal


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[tuple[sdk.Client, InterfaceResponseHook]]:
    async with AsyncExitStack() as stack:
        session = sdk.new_session("", sandbox=True)
        client = await sdk.open_client(stack, session, "ec2", region="us-east-1", endpoint_url=url, profile="")
        yield client, InterfaceResponseHook(client.meta)


async def test_every_page_equals_that_of_botocores_parser() -> None:
    async with (
        Server("fleet", clock=ManualClock()) as server,
        client_of(server.url) as (client, hook),
    ):
        token, pages = "", 0
        while token or not pages:
            response = await client.call(DESCRIBE_INTERFACES, MaxResults=20, **({"NextToken": token} if token else {}))
            page, members = await hook.page(response), await hook.members(response)
            assert page.interfaces
            assert page.interfaces == tuple(decode.records(decode.interface, members["NetworkInterfaces"]))
            token, pages = page.next_token, pages + 1
            assert token == members.get("NextToken", "")
        assert pages > 1


INTERFACES = (
    '<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{}'
    "</DescribeNetworkInterfacesResponse>"
)


async def test_the_body_is_kept_and_not_parsed_by_botocore() -> None:
    body = INTERFACES.format("anything at all")
    async with CannedServer(always(body)).serve() as canned, client_of(canned.url) as (client, _):
        response = await client.call(DESCRIBE_INTERFACES)
    assert set(response) == {BODY, "ResponseMetadata"}
    assert response[BODY] == body.encode()
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200


async def test_other_calls_are_parsed_by_botocore() -> None:
    async with CannedServer(always(NO_SUBNETS)).serve() as canned, client_of(canned.url) as (client, _):
        assert (await client.call(DESCRIBE_SUBNETS))["Subnets"] == []


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("UnauthorizedOperation", 403, ProblemKind.ACCESS_DENIED),
        ("RequestLimitExceeded", 503, ProblemKind.THROTTLED),
        ("RequestExpired", 400, ProblemKind.EXPIRED),
    ],
)
async def test_errors_are_parsed_by_botocore(code: str, status: int, kind: ProblemKind) -> None:
    async with CannedServer(always(refusal(code), status)).serve() as canned, client_of(canned.url) as (client, _):
        with pytest.raises(ReadError) as error:
            await client.call(DESCRIBE_INTERFACES)
    assert error.value.problem.kind is kind


async def test_an_error_is_retried_once() -> None:
    page = INTERFACES.format("<networkInterfaceSet/><nextToken>t</nextToken>")
    responses: list[Any] = [(refusal("Unavailable"), 503), (page, 200)]

    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        body, status = responses.pop(0)
        return web.Response(text=body, status=status, content_type="text/xml")

    async with CannedServer(answer).serve() as canned, client_of(canned.url) as (client, hook):
        response = await client.call(DESCRIBE_INTERFACES)
        assert (await hook.page(response)).next_token == "t"
    assert (client.calls, response["ResponseMetadata"]["RetryAttempts"]) == (2, 1)
