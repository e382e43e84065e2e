"""Paging by NextToken. One loop serves every call, those without a botocore paginator too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from latticetop.model.problem import Problem, ProblemKind, ReadError

from .sdk import Client


async def pages(client: Client, operation: str, key: str, **params: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """Give the records under `key` page by page to the end; ReadError(BAD_ANSWER) when a token comes back twice."""
    seen: set[str] = set()
    while True:
        answer = await client.call(operation, **params)
        yield answer.get(key) or []
        token = answer.get("NextToken")
        if not token:
            return
        if token in seen:
            raise ReadError(
                Problem(
                    ProblemKind.BAD_ANSWER,
                    f"ec2:{operation}",
                    f"The pages of ec2:{operation} go round in a circle.",
                    "latticetop asks again.",
                )
            )
        seen.add(token)
        params["NextToken"] = token
