"""A response hook: keep the body as bytes, so that it is parsed in a thread; ENIs have a parser of their own.

Leans on: botocore's event `before-parse` and its argument `customized_response_dict`, neither documented for users.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from botocore.parsers import ResponseParserError

from latticetop.aws import decode, eni_xml
from latticetop.aws.decode_cache import DecodeCache
from latticetop.aws.errors import problem_of
from latticetop.aws.http_session import answering_host
from latticetop.aws.operations import operation_name
from latticetop.aws.response_parser import in_thread, parse, require_few_tags
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import ReadError

_T = TypeVar("_T")
BODY = "Body"
"""The only member of a response whose body was kept."""


def keep_body(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Keep the body of a response from botocore's parser, as a handler of `before-parse`; not that of an error.

    botocore's parser builds dictionaries and holds the interpreter lock: 0.2 s for a page of 1,000 ENIs.
    """
    if response_dict["status_code"] < 300:
        customized_response_dict[BODY] = response_dict["body"]
        response_dict["body"] = _empty_response(operation_model)


def _empty_response(operation_model: Any) -> bytes:
    """A body without members that botocore's parser accepts."""
    if operation_model.service_model.resolved_protocol not in ("ec2", "query"):
        return b""
    wrapper = operation_model.output_shape.serialization.get("resultWrapper")
    return f"<response><{wrapper}/></response>".encode() if wrapper else b"<response/>"


class InterfaceResponseHook:
    """Decode the kept bodies of a client's DescribeNetworkInterfaces responses.

    `meta` is the client's; with a `cache` unchanged ENIs are not decoded again.
    """

    def __init__(self, meta: Any, cache: DecodeCache | None = None) -> None:
        self._cache = cache
        self._operation_model = meta.service_model.operation_model(operation_name(DESCRIBE_INTERFACES))

    async def page(self, response: Mapping[str, Any]) -> eni_xml.InterfacePage:
        """Decode the ENIs of a response. Raises ReadError when it is malformed, not AWS's, or beyond a limit."""
        return await _decoded(self._page, response)

    async def members(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Parse a response with botocore's parser. Raises the same errors as `page`."""
        return await _decoded(self._members, response)

    def _page(self, response: dict[str, Any], host: str) -> eni_xml.InterfacePage:
        body = response["body"]
        require_few_tags(body)
        with suppress(eni_xml.UnexpectedXmlError):
            page = eni_xml.decode_page(body, self._cache)
            if page.has_interface_set:
                return page
        parsed = self._members(response, host)
        interfaces = decode.records(decode.interface, parsed["NetworkInterfaces"])
        return eni_xml.InterfacePage(tuple(interfaces), parsed.get("NextToken") or "")

    def _members(self, response: dict[str, Any], host: str) -> dict[str, Any]:
        if eni_xml.declares_document_type(response["body"]):
            raise ResponseParserError("the response declares a document type")
        return parse(self._operation_model, response, host)


def kept_response(response: Mapping[str, Any]) -> dict[str, Any]:
    """A response whose body was kept, in the form that botocore's parsers take."""
    metadata = response["ResponseMetadata"]
    return {"status_code": metadata["HTTPStatusCode"], "headers": metadata["HTTPHeaders"], "body": response[BODY]}


async def _decoded(decode_response: Callable[[dict[str, Any], str], _T], response: Mapping[str, Any]) -> _T:
    try:
        return await in_thread(decode_response, kept_response(response), answering_host())
    except Exception as error:
        raise ReadError(problem_of(error, DESCRIBE_INTERFACES)) from error
