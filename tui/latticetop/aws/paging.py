"""Paging by NextToken: one loop for every list call, including those without a botocore paginator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any, TypeVar

from latticetop.aws.call_log import page_context
from latticetop.aws.operations import operation_name
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_T = TypeVar("_T")
FetchPage = Callable[..., Awaitable[tuple[_T, str]]]
"""Fetches one page with the given parameters. Returns its contents and the next page's token, empty on the last."""


async def pages(
    fetch_page: FetchPage[_T], action: str, *, token_parameter: str = "NextToken", **params: Any
) -> AsyncIterator[_T]:
    """Fetch every page of a list call, one after another.

    `action` is `service:Operation`; `token_parameter` is the request parameter that takes the token. Raises
    ReadError(BAD_ANSWER) when a token comes back a second time, and whatever `fetch_page` raises.
    """
    tokens: set[str] = set()
    for number in count(1):
        with page_context(action, number):
            page, token = await fetch_page(**params)
        yield page
        if not token:
            return
        if token in tokens:
            message = f"Pagination loop: {operation_name(action)} returned the same {token_parameter} twice."
            raise ReadError(Problem(ProblemKind.BAD_ANSWER, action, message, "latticetop retries."))
        tokens.add(token)
        params[token_parameter] = token
