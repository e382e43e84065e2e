"""Limits of what is parsed: tags, levels, records, commas; each told with its figure, over HTTP."""

from __future__ import annotations

import asyncio
import threading

import pytest
from aiohttp import web

from latticetop.aws import OPERATIONS
from latticetop.aws.response_parser import CancelledWorkError, in_thread, step
from latticetop.model.records import aws_actions
from latticetop.model.records.problem import ProblemKind, ReadError
from tests.aws.conftest import CannedServer, ReceivedRequest
from tests.aws.operation_calls import CONTENT_TYPES, SETS, call, empty_response
from tests.command import PATIENCE

EC2_ACTIONS = sorted(action for action in OPERATIONS if action.startswith("ec2:"))
JSON_ACTIONS = sorted(action for action in OPERATIONS if not action.startswith(("ec2:", "sts:")))


async def limit_of(action: str, body: str) -> str:
    """What the problem of a response says about it."""

    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        return web.Response(text=body, content_type=CONTENT_TYPES[action.partition(":")[0]])

    async with CannedServer(answer).serve() as canned:
        with pytest.raises(ReadError) as error:
            await call(action, canned.url)
    problem = error.value.problem
    assert (problem.kind, problem.operation) == (ProblemKind.BAD_ANSWER, action)
    start = f"The response to {action} has "
    assert problem.message.startswith(start)
    return problem.message.removeprefix(start)


def with_records(action: str, content: str) -> str:
    """An EC2 response with this content in its set."""
    name = SETS[action.partition(":")[2]]
    return empty_response(action).replace(f"<{name}/>", f"<{name}>{content}</{name}>")


@pytest.mark.parametrize("action", [*EC2_ACTIONS, "sts:GetCallerIdentity"])
async def test_levels_of_xml(action: str) -> None:
    for count in (300, 300_000):
        body = empty_response(action).replace("</", "<a>" * count + "</a>" * count + "</", 1)
        assert await limit_of(action, body) == "more than 256 levels of XML."


@pytest.mark.parametrize("action", ["ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "sts:GetCallerIdentity"])
async def test_tags_of_xml(action: str) -> None:
    body = empty_response(action).replace("</", "<a>" * 1_000_000 + "</a>" * 1_000_000 + "</", 1)
    tags = 2_000_000 + empty_response(action).count("<")
    assert await limit_of(action, body) == f"{tags:,} XML tags, more than 1,500,000."


@pytest.mark.parametrize("action", EC2_ACTIONS)
@pytest.mark.parametrize("record", ["<item/>", "<item><networkInterfaceId>eni-1</networkInterfaceId></item>"])
async def test_records_of_an_xml_page(action: str, record: str) -> None:
    assert await limit_of(action, with_records(action, record * 2_001)) == "2,001 records, more than 2,000."


@pytest.mark.parametrize("action", sorted({*JSON_ACTIONS} - {aws_actions.DESCRIBE_CLUSTER}))
async def test_records_of_a_json_page(action: str) -> None:
    body = empty_response(action).replace("[]", f"[{'{},' * 2_000}{{}}]")
    assert await limit_of(action, body) == "2,001 records, more than 2,000."


@pytest.mark.parametrize("action", JSON_ACTIONS)
async def test_levels_of_json(action: str) -> None:
    for count in (101, 1_000_000):
        body = f'{empty_response(action)[:-1]}, "x": {"[" * count}{"]" * count}}}'
        assert await limit_of(action, body) == "more than 100 levels of JSON."


async def test_commas_of_json() -> None:
    action = JSON_ACTIONS[0]
    body = empty_response(action).replace("}", f', "x": [{"0," * 1_000_000}0]}}')
    assert await limit_of(action, body) == "1,000,001 commas, more than 1,000,000."


async def test_work_that_nobody_waits_for_ends() -> None:
    """The program ends only when its threads do."""
    started, ended = threading.Event(), threading.Event()

    def work() -> None:
        try:
            while True:
                started.set()
                step()
        except CancelledWorkError:
            ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(started.wait, PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, PATIENCE)
