"""Paging: the next token, the last page, and a token that comes back."""

from __future__ import annotations

from typing import Any

import pytest

from latticetop.aws.paging import pages
from latticetop.model.records.problem import ProblemKind, ReadError
from tests.aws.conftest import CannedServer, always, reading

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
