"""The hot call over HTTP: its answers arrive as bytes, errors and retries go on as before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from latticetop.aws import decode, sdk
from latticetop.aws.response_hook import BODY, HOT, InterfaceParser
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import NO_SUBNETS, Canned, Seen, always, refusal


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[tuple[sdk.Client, InterfaceParser]]:
    async with AsyncExitStack() as stack:
        session = sdk.new_session("", sandbox=True)
        client = await sdk.open_client(stack, session, "ec2", region="us-east-1", endpoint_url=url, profile="")
        yield client, InterfaceParser(client.meta)


async def test_every_page_is_the_same_as_by_botocores_parser() -> None:
    async with (
        Server("fleet", clock=ManualClock()) as server,
        client_of(server.url) as (client, parser),
    ):
        token, pages = "", 0
        while token or not pages:
            answer = await client.call(HOT, MaxResults=20, **({"NextToken": token} if token else {}))
            page, members = await parser.page(answer), await parser.members(answer)
            assert page.interfaces
            assert [each.network_interface_id for each in page.interfaces] == [
                found.network_interface_id for raw in members["NetworkInterfaces"] if (found := decode.interface(raw))
            ]
            token, pages = page.next_token, pages + 1
            assert token == members.get("NextToken", "")
        assert pages > 1


async def test_the_answer_is_its_bytes_and_botocore_parses_none_of_it() -> None:
    async with Canned(always("anything at all")).serve() as canned, client_of(canned.url) as (client, _):
        answer = await client.call(HOT)
    assert set(answer) == {BODY, "ResponseMetadata"}
    assert answer[BODY] == b"anything at all"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


async def test_other_calls_are_parsed_as_before() -> None:
    async with Canned(always(NO_SUBNETS)).serve() as canned, client_of(canned.url) as (client, _):
        assert (await client.call("DescribeSubnets"))["Subnets"] == []


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("UnauthorizedOperation", 403, ProblemKind.ACCESS_DENIED),
        ("RequestLimitExceeded", 503, ProblemKind.THROTTLED),
        ("RequestExpired", 400, ProblemKind.EXPIRED),
    ],
)
async def test_errors_are_told_apart_as_before(code: str, status: int, kind: ProblemKind) -> None:
    async with Canned(always(refusal(code), status)).serve() as canned, client_of(canned.url) as (client, _):
        with pytest.raises(ReadError) as error:
            await client.call(HOT)
    assert error.value.problem.kind is kind


async def test_a_refusal_is_tried_once_more() -> None:
    answers: list[Any] = [(refusal("Unavailable"), 503), ("<r><nextToken>t</nextToken></r>", 200)]

    async def answer(_: Seen) -> web.StreamResponse:
        body, status = answers.pop(0)
        return web.Response(text=body, status=status, content_type="text/xml")

    async with Canned(answer).serve() as canned, client_of(canned.url) as (client, parser):
        found = await client.call(HOT)
        assert (await parser.page(found)).next_token == "t"
    assert (client.calls, found["ResponseMetadata"]["RetryAttempts"]) == (2, 1)
