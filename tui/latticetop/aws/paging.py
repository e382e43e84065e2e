"""Paging by NextToken: one loop for every list call, including those without a botocore paginator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sized
from itertools import count
from typing import Any, TypeVar

from latticetop.aws.call_log import page_context
from latticetop.aws.http_session import Transfer, measured
from latticetop.aws.limits import LIST_PAGES, LIST_RECORDS, LIST_SECONDS
from latticetop.aws.operations import operation_name
from latticetop.model.records.problem import Problem, ProblemKind, ReadError

_T = TypeVar("_T", bound=Sized)
FetchPage = Callable[..., Awaitable[tuple[_T, str]]]
"""Fetches one page with the given parameters. Returns its contents and the next page's token, empty on the last."""
_NEXT_STEP = "--log FILE writes a line for each page."


async def pages(
    fetch_page: FetchPage[_T],
    action: str,
    *,
    token_parameter: str = "NextToken",
    max_pages: int = LIST_PAGES,
    max_records: int = LIST_RECORDS,
    **params: Any,
) -> AsyncIterator[_T]:
    """Fetch every page of a list call, one after another.

    `action` is `service:Operation`; `token_parameter` is the request parameter that takes the token. Raises
    ReadError(BAD_ANSWER) when a token comes back a second time, or there are more pages than `max_pages`, more records
    than `max_records`, or requests that take longer than LIST_SECONDS together; and whatever `fetch_page` raises.
    """
    tokens: set[str] = set()
    transfer, records = Transfer(), 0
    for number in count(1):
        with page_context(action, number), measured(transfer):
            page, token = await fetch_page(**params)
        records += len(page)
        if records > max_records:
            raise _endless(action, f"more than {max_records:,} records")
        yield page
        if not token:
            return
        if token in tokens:
            message = f"Pagination loop: {operation_name(action)} returned the same {token_parameter} twice."
            raise ReadError(Problem(ProblemKind.BAD_ANSWER, action, message, _NEXT_STEP))
        if number >= max_pages:
            raise _endless(action, f"more than {max_pages:,} pages")
        if transfer.seconds > LIST_SECONDS:
            raise _endless(action, f"pages for more than {LIST_SECONDS:g} s")
        tokens.add(token)
        params[token_parameter] = token


def _endless(action: str, excess: str) -> ReadError:
    message = f"{operation_name(action)} returned {excess} and was stopped."
    return ReadError(Problem(ProblemKind.BAD_ANSWER, action, message, _NEXT_STEP))
