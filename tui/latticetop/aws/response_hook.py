"""The answers of the hot call: kept as bytes by a hook, decoded in a thread, with botocore's parser to fall back on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from botocore.parsers import EC2QueryParser, ResponseParserError

from latticetop.aws import decode
from latticetop.aws import eni_xml as fast
from latticetop.aws.errors import problem_of
from latticetop.aws.decode_cache import Remembered
from latticetop.model.records.problem import ReadError

_T = TypeVar("_T")
HOT = "DescribeNetworkInterfaces"
BODY = "Body"
"""The one member of an answer that was kept as bytes."""
_STUB = b"<DescribeNetworkInterfacesResponse/>"


@cache
def _threads() -> ThreadPoolExecutor:
    """Two: one parses while the other holds the interpreter lock. More would only hold more pages in memory."""
    return ThreadPoolExecutor(2, thread_name_prefix="latticetop-decode")


class InterfaceParser:
    """Takes DescribeNetworkInterfaces of an EC2 client, given its `meta`, out of its parser's hands, save for errors.

    botocore's parser builds dictionaries and holds the interpreter lock meanwhile: 0.2 s for a page of 1,000 ENIs.
    """

    def __init__(self, meta: Any, remembered: Remembered | None = None) -> None:
        self._remembered = remembered
        self._shape = meta.service_model.operation_model(HOT).output_shape
        meta.events.register(f"before-parse.ec2.{HOT}", _keep_body)

    async def page(self, answer: Mapping[str, Any]) -> fast.InterfacePage:
        """The ENIs of an answer; ReadError(BAD_ANSWER) when it is malformed."""
        return await _decoded(self._page, answer)

    async def members(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """All that an answer says, as botocore's parser has it; ReadError(BAD_ANSWER) when it is malformed."""
        return await _decoded(self._members, answer)

    def _page(self, body: bytes) -> fast.InterfacePage:
        try:
            return fast.decode_page(body, self._remembered)
        except fast.NotPlainError:
            parsed = self._members(body)
        found = decode.each(decode.interface, parsed.get("NetworkInterfaces") or ())
        return fast.InterfacePage(tuple(found), parsed.get("NextToken") or "")

    def _members(self, body: bytes) -> dict[str, Any]:
        if fast.declares_document_type(body):
            raise ResponseParserError("the answer declares a document type")
        response = {"status_code": 200, "headers": {}, "body": body}
        parsed: dict[str, Any] = EC2QueryParser().parse(response, self._shape)
        return parsed


async def _decoded(decode_body: Callable[[bytes], _T], answer: Mapping[str, Any]) -> _T:
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(), decode_body, answer[BODY])
    except Exception as error:
        raise ReadError(problem_of(error, f"ec2:{HOT}")) from error


def _keep_body(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """A handler of botocore's `before-parse`: what is in `customized_response_dict` is put into the parsed answer."""
    if response_dict["status_code"] < 300:
        customized_response_dict[BODY] = response_dict["body"]
        response_dict["body"] = _STUB
