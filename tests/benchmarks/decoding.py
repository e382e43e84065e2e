"""One page of ENIs: botocore's parser on the event loop, against the fast decoder in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import botocore.session
from botocore.parsers import EC2QueryParser

from latticetop.aws import decode
from latticetop.aws.operations import operation_name
from latticetop.aws.response_hook import BODY, InterfaceResponseHook
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES

TIMES = 20
_BEAT = 0.001


class Decoding(NamedTuple):
    """Seconds a page, and the longest time in seconds that the event loop stood still meanwhile."""

    page: float
    stall: float


def compare(body: bytes) -> tuple[Decoding, Decoding]:
    """botocore's parser with `decode`, then the fast decoder."""
    model = botocore.session.get_session().get_service_model("ec2")
    events = SimpleNamespace(register=lambda *_: None)
    parser = InterfaceResponseHook(SimpleNamespace(service_model=model, events=events))
    shape = model.operation_model(operation_name(DESCRIBE_INTERFACES)).output_shape

    async def by_botocore() -> None:
        parsed: dict[str, Any] = EC2QueryParser().parse({"status_code": 200, "headers": {}, "body": body}, shape)
        tuple(decode.records(decode.interface, parsed["NetworkInterfaces"]))

    async def fast() -> None:
        await parser.page({BODY: body, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}})

    return asyncio.run(_measure(by_botocore)), asyncio.run(_measure(fast))


async def _measure(read: Callable[[], Awaitable[None]]) -> Decoding:
    await read()
    stalls: list[float] = []
    beating = asyncio.create_task(_beat(stalls))
    await asyncio.sleep(0)
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        await read()
        taken.append(time.perf_counter() - started)
        await asyncio.sleep(2 * _BEAT)
    beating.cancel()
    return Decoding(min(taken), sorted(stalls)[int(len(stalls) * 0.99)] if len(stalls) > 200 else max(stalls))


async def _beat(stalls: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await asyncio.sleep(_BEAT)
        stalls.append(time.perf_counter() - started - _BEAT)
