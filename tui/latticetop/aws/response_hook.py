"""A response hook for DescribeNetworkInterfaces: keep the body as bytes, and decode it in a thread.

Leans on: botocore's event `before-parse` and its argument `customized_response_dict`, and on `EC2QueryParser` of
`botocore.parsers`, which decodes what `eni_xml` does not. Neither is documented for users.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from botocore.parsers import EC2QueryParser, ResponseParserError

from latticetop.aws import decode, eni_xml
from latticetop.aws.decode_cache import DecodeCache
from latticetop.aws.errors import problem_of
from latticetop.aws.operations import operation_name
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import ReadError

_T = TypeVar("_T")
_OPERATION = operation_name(DESCRIBE_INTERFACES)
BODY = "Body"
"""The only member of a response whose body was kept."""
_EMPTY_RESPONSE = f"<{_OPERATION}Response/>".encode()


@cache
def _threads() -> ThreadPoolExecutor:
    """Two threads: one parses while the other holds the interpreter lock. More would only keep more pages in memory."""
    return ThreadPoolExecutor(2, thread_name_prefix="latticetop-decode")


class InterfaceResponseHook:
    """Keep the bodies of a client's DescribeNetworkInterfaces responses from botocore's parser, except for errors.

    botocore's parser builds dictionaries and holds the interpreter lock: 0.2 s for a page of 1,000 ENIs. `meta` is the
    client's; with a `cache` unchanged ENIs are not decoded again.
    """

    def __init__(self, meta: Any, cache: DecodeCache | None = None) -> None:
        self._cache = cache
        self._shape = meta.service_model.operation_model(_OPERATION).output_shape
        meta.events.register(f"before-parse.ec2.{_OPERATION}", _keep_body)

    async def page(self, response: Mapping[str, Any]) -> eni_xml.InterfacePage:
        """Decode the ENIs of a response. Raises ReadError(BAD_ANSWER) when it is malformed."""
        return await _in_thread(self._page, response)

    async def members(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Parse a response with botocore's parser. Raises ReadError(BAD_ANSWER) when it is malformed."""
        return await _in_thread(self._members, response)

    def _page(self, body: bytes) -> eni_xml.InterfacePage:
        try:
            return eni_xml.decode_page(body, self._cache)
        except eni_xml.UnexpectedXmlError:
            parsed = self._members(body)
        interfaces = decode.records(decode.interface, parsed.get("NetworkInterfaces") or ())
        return eni_xml.InterfacePage(tuple(interfaces), parsed.get("NextToken") or "")

    def _members(self, body: bytes) -> dict[str, Any]:
        if eni_xml.declares_document_type(body):
            raise ResponseParserError("the response declares a document type")
        response = {"status_code": 200, "headers": {}, "body": body}
        parsed: dict[str, Any] = EC2QueryParser().parse(response, self._shape)
        return parsed


async def _in_thread(decode_body: Callable[[bytes], _T], response: Mapping[str, Any]) -> _T:
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(), decode_body, response[BODY])
    except Exception as error:
        raise ReadError(problem_of(error, DESCRIBE_INTERFACES)) from error


def _keep_body(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Handle botocore's event `before-parse`: it adds `customized_response_dict` to the parsed response."""
    if response_dict["status_code"] < 300:
        customized_response_dict[BODY] = response_dict["body"]
        response_dict["body"] = _EMPTY_RESPONSE
