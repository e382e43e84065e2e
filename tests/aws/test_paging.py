"""Paging: the next token, the last page, a token that comes back, and lists without end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from aiohttp import web

from latticetop.aws import paging
from latticetop.aws.paging import pages
from latticetop.model.records.problem import ProblemKind, ReadError
from tests.aws.conftest import NO_SUBNETS, CannedServer, ReceivedRequest, always, reading

ACTION = "vpc-lattice:ListServiceNetworks"


async def test_the_token_of_each_page_is_sent_with_the_next_request() -> None:
    requests: list[dict[str, Any]] = []

    async def fetch_page(**params: Any) -> tuple[str, str]:
        requests.append(params)
        return f"page {len(requests)}", {1: "a", 2: "b"}.get(len(requests), "")

    contents = [page async for page in pages(fetch_page, ACTION, token_parameter="nextToken", maxResults=5)]
    assert contents == ["page 1", "page 2", "page 3"]
    assert [request.get("nextToken") for request in requests] == [None, "a", "b"]
    assert {request["maxResults"] for request in requests} == {5}


async def test_a_longer_pagination_loop_ends_too() -> None:
    tokens = iter(["a", "b", "a", "b"])

    async def fetch_page(**_: Any) -> tuple[str, str]:
        return "", next(tokens)

    with pytest.raises(ReadError, match=r"Pagination loop: ListServiceNetworks returned the same NextToken twice\."):
        _ = [page async for page in pages(fetch_page, ACTION)]


async def test_a_pagination_loop_is_a_bad_answer() -> None:
    page = (
        '<DescribeVpcEndpointAssociationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        "<vpcEndpointAssociationSet/><nextToken>again</nextToken></DescribeVpcEndpointAssociationsResponse>"
    )
    async with CannedServer(always(page)).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.associations()
    assert error.value.problem.kind is ProblemKind.BAD_ANSWER
    assert error.value.problem.operation == "ec2:DescribeVpcEndpointAssociations"
    assert error.value.problem.message == (
        "Pagination loop: DescribeVpcEndpointAssociations returned the same NextToken twice."
    )


async def endless(tokens: Iterator[int], **_: Any) -> tuple[list[int], str]:
    """A page of a thousand records, and always a next one."""
    return [0] * 1000, f"token {next(tokens)}"


@pytest.mark.parametrize(
    ("limits", "excess"),
    [
        ({}, "more than 100,000 records"),
        ({"max_records": 2_000}, "more than 2,000 records"),
        ({"max_pages": 3}, "more than 3 pages"),
    ],
)
async def test_pages_without_end_are_given_up_with_the_figure(limits: dict[str, Any], excess: str) -> None:
    with pytest.raises(ReadError) as error:
        _ = [page async for page in pages(partial(endless, count(1)), ACTION, **limits)]
    assert error.value.problem.kind is ProblemKind.BAD_ANSWER
    assert error.value.problem.message == f"ListServiceNetworks returned {excess} and was stopped."


async def test_slow_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LIST_SECONDS", 0.05)
    tokens = count(1)

    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        token = f"<subnetSet/><nextToken>{next(tokens)}</nextToken>"
        return web.Response(text=NO_SUBNETS.replace("<subnetSet/>", token), content_type="text/xml")

    async with CannedServer(answer).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert error.value.problem.message == "DescribeSubnets returned pages for more than 0.05 s and was stopped."
