"""What is not AWS's answer is refused: every operation, over HTTP, against whatever a proxy may send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from latticetop.aws import OPERATIONS
from latticetop.aws.sdk import Client
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from tests.aws.conftest import CannedServer, ReceivedRequest, Responder
from tests.aws.operation_calls import CONTENT_TYPES, XML_NAMESPACES, call_with, empty_response, open_client

pytestmark = pytest.mark.asyncio(loop_scope="module")
ACTIONS = sorted(OPERATIONS)
XML_ACTIONS = [action for action in ACTIONS if action.startswith(("ec2:", "sts:"))]
JSON_ACTIONS = [action for action in ACTIONS if action not in XML_ACTIONS]
XHTML = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/x.dtd">'
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Sign in</title></head><body><p>Guests</p></body></html>'
)
PLAIN_XHTML = XHTML[XHTML.index("<html") :]
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>x</title></item></channel></rss>'
)
HTML = "<!doctype html><html><body>Sign in<br></body></html>"


def answering(body: str, content_type: str, status: int = 200) -> Responder:
    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        return web.Response(text=body, status=status, content_type=content_type)

    return answer


class Proxy:
    """A server that answers every request as told, and a client of each service that sends its requests there."""

    def __init__(self, server: CannedServer, clients: dict[str, Client]) -> None:
        self.server = server
        self._clients = clients

    async def call(self, action: str, answer: Responder) -> Any:
        """Call an action and decode this answer. Raises ReadError."""
        self.server.answer = answer
        self.server.requests.clear()
        return await call_with(self._clients[action.partition(":")[0]], action)

    async def problem(self, action: str, answer: Responder) -> Problem:
        """The problem with which a call of this action ends."""
        with pytest.raises(ReadError) as error:
            await self.call(action, answer)
        return error.value.problem


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy() -> AsyncIterator[Proxy]:
    async with CannedServer(answering("", "text/xml")).serve() as server, AsyncExitStack() as stack:
        yield Proxy(server, {service: await open_client(stack, service, server.url) for service in CONTENT_TYPES})


def assert_foreign(problem: Problem, action: str, status: int, media_type: str) -> None:
    assert (problem.kind, problem.operation) == (ProblemKind.UNREACHABLE, action)
    assert problem.message == (
        f"localhost sent an answer to {action} that is not AWS's (a proxy or a login page?): "
        f"status {status}, {media_type}."
    )
    assert "Sign in to this network" in problem.next_step


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_empty_response_of_aws_is_accepted(proxy: Proxy, action: str) -> None:
    content_type = CONTENT_TYPES[action.partition(":")[0]]
    await proxy.call(action, answering(empty_response(action), content_type))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (XHTML, "text/html"),
        (XHTML, "application/xhtml+xml"),
        (XHTML, "text/xml"),
        (PLAIN_XHTML, "text/xml"),
        (RSS, "application/rss+xml"),
        (RSS, "text/xml"),
        (HTML, "text/html"),
        ("", "text/xml"),
        ("plainly not XML", "text/plain"),
        ("null", "application/json"),
        ("[]", "application/json"),
        ("{}", "application/json"),
        ('{"items": null}', "application/json"),
        ('{"items": "none", "Events": "none"}', "application/json"),
        ('{"items": {}, "Events": {}}', "application/json"),
        ('{"items": ["none"], "Events": ["none"]}', "application/json"),
        ('{"items": [null], "Events": [null]}', "application/json"),
    ],
)
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_page_with_status_200_is_not_an_empty_account(
    proxy: Proxy, action: str, body: str, media_type: str
) -> None:
    assert_foreign(await proxy.problem(action, answering(body, media_type)), action, 200, media_type)


@pytest.mark.parametrize("action", XML_ACTIONS)
@pytest.mark.parametrize(
    "body",
    [
        '<{operation}Response xmlns="{namespace}"/>',
        '<{operation}Response xmlns="{namespace}"><requestId>1</requestId></{operation}Response>',
        '<{operation}Response xmlns="{namespace}"><{operation}Result/></{operation}Response>',
        '<Response xmlns="{namespace}">{content}</Response>',
        "<{operation}Response>{content}</{operation}Response>",
        '<{operation}Response xmlns="urn:other">{content}</{operation}Response>',
        '<!DOCTYPE {operation}Response><{operation}Response xmlns="{namespace}">{content}</{operation}Response>',
    ],
)
async def test_the_element_the_namespace_and_the_set_are_required(proxy: Proxy, action: str, body: str) -> None:
    service, _, operation = action.partition(":")
    whole = empty_response(action)
    content = whole[whole.index(">") + 1 : whole.rindex("</")]
    response = body.format(operation=operation, namespace=XML_NAMESPACES[service], content=content)
    problem = await proxy.problem(action, answering(response, "text/xml"))
    assert_foreign(problem, action, 200, "text/xml")


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_content_type_is_required(proxy: Proxy, action: str) -> None:
    problem = await proxy.problem(action, answering(empty_response(action), "text/html"))
    assert_foreign(problem, action, 200, "text/html")


@pytest.mark.parametrize("status", [403, 404, 407, 429, 500, 502, 503, 511])
@pytest.mark.parametrize("body", [HTML, XHTML, PLAIN_XHTML, ""])
@pytest.mark.parametrize("action", ["ec2:DescribeSubnets", "sts:GetCallerIdentity", *JSON_ACTIONS[:2]])
async def test_an_error_page_is_not_an_error_of_aws(proxy: Proxy, action: str, status: int, body: str) -> None:
    problem = await proxy.problem(action, answering(body, "text/html", status))
    assert_foreign(problem, action, status, "text/html")


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_error_of_aws_stays_one(proxy: Proxy, action: str) -> None:
    async def deny(_: ReceivedRequest) -> web.StreamResponse:
        if action in JSON_ACTIONS:
            headers = {"x-amzn-ErrorType": "AccessDeniedException"}
            is_in_body = CONTENT_TYPES[action.partition(":")[0]] == "application/x-amz-json-1.1"
            error_body = {"message": "No.", **({"__type": "AccessDeniedException"} if is_in_body else {})}
            return web.json_response(error_body, status=403, headers=headers)
        error = "<Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error>"
        body = f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
        if action.startswith("sts:"):
            body = f'<ErrorResponse xmlns="{XML_NAMESPACES["sts"]}">{error}</ErrorResponse>'
        return web.Response(text=body, status=403, content_type="text/xml")

    problem = await proxy.problem(action, deny)
    assert (problem.kind, problem.message) == (ProblemKind.ACCESS_DENIED, f"Access to {action} is denied.")


async def test_a_page_with_status_503_is_tried_once_more(proxy: Proxy) -> None:
    async def recover(request: ReceivedRequest) -> web.StreamResponse:
        if len(proxy.server.requests) == 1:
            return await answering(HTML, "text/html", 503)(request)
        return await answering(empty_response("ec2:DescribeSubnets"), "text/xml")(request)

    assert (await proxy.call("ec2:DescribeSubnets", recover))["Subnets"] == []
    assert len(proxy.server.requests) == 2
