"""Paging by NextToken. One loop serves every call, those without a botocore paginator too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any, TypeVar

from latticetop.aws.call_log import on_page
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_T = TypeVar("_T")
Ask = Callable[..., Awaitable[tuple[_T, str]]]
"""Calls with parameters, and gives what is on the page and the token of the next, empty on the last."""


async def pages(ask: Ask[_T], operation: str, *, following: str = "NextToken", **params: Any) -> AsyncIterator[_T]:
    """Give page after page to the end; ReadError(BAD_ANSWER) when a token comes back twice.

    `operation` is `service:Operation`; `following` is the parameter that takes the token.
    """
    seen: set[str] = set()
    for number in count(1):
        with on_page(operation, number):
            page, token = await ask(**params)
        yield page
        if not token:
            return
        if token in seen:
            raise ReadError(
                Problem(
                    ProblemKind.BAD_ANSWER,
                    operation,
                    f"The pages of {operation} go round in a circle.",
                    "latticetop asks again.",
                )
            )
        seen.add(token)
        params[following] = token
