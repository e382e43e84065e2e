"""A response hook: keep the body as bytes, so that it is parsed in a thread; ENIs have a parser of their own.

Leans on: botocore's event `before-parse` and its argument `customized_response_dict`, and on `EC2QueryParser` of
`botocore.parsers`, which decodes what `eni_xml` does not. Neither is documented for users.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from xml.etree import ElementTree

from botocore.parsers import EC2QueryParser, ResponseParserError

from latticetop.aws import decode, eni_xml
from latticetop.aws.decode_cache import DecodeCache
from latticetop.aws.errors import problem_of
from latticetop.aws.http_session import answering_host
from latticetop.aws.operations import operation_name
from latticetop.aws.response_errors import ForeignResponseError
from latticetop.aws.response_parser import in_thread, require_few_tags
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES
from latticetop.model.records.problem import ReadError

_T = TypeVar("_T")
BODY = "Body"
"""The only member of a response whose body was kept."""
_CHUNK_BYTES = 64 << 10
"""Bytes that are parsed at once: about a millisecond."""


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
        self._shape = meta.service_model.operation_model(operation_name(DESCRIBE_INTERFACES)).output_shape

    async def page(self, response: Mapping[str, Any]) -> eni_xml.InterfacePage:
        """Decode the ENIs of a response. Raises ReadError when it is malformed, not AWS's, or beyond a limit."""
        page = await _decoded(self._page, response)
        _require_interface_set(page.has_interface_set, response)
        return page

    async def members(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Parse a response with botocore's parser. Raises the same errors as `page`."""
        members = await _decoded(self._members, response)
        _require_interface_set("NetworkInterfaces" in members, response)
        return members

    def _page(self, body: bytes) -> eni_xml.InterfacePage:
        require_few_tags(body)
        try:
            return eni_xml.decode_page(body, self._cache)
        except eni_xml.UnexpectedXmlError:
            parsed = self._members(body)
        interfaces = decode.records(decode.interface, parsed.get("NetworkInterfaces") or ())
        return eni_xml.InterfacePage(
            tuple(interfaces), parsed.get("NextToken") or "", has_interface_set="NetworkInterfaces" in parsed
        )

    def _members(self, body: bytes) -> dict[str, Any]:
        if eni_xml.declares_document_type(body):
            raise ResponseParserError("the response declares a document type")
        response = {"status_code": 200, "headers": {}, "body": body}
        parsed: dict[str, Any] = _PatientParser().parse(response, self._shape)
        return parsed


class _PatientParser(EC2QueryParser):  # type: ignore[misc]
    """botocore's parser, which lets other threads run now and then."""

    def _parse_xml_string_to_dom(self, body: bytes) -> Any:
        parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(), encoding=self.DEFAULT_ENCODING)
        try:
            for start in range(0, len(body), _CHUNK_BYTES):
                parser.feed(body[start : start + _CHUNK_BYTES])
                time.sleep(0)
            return parser.close()
        except ElementTree.ParseError as error:
            raise ResponseParserError(str(error)) from error


async def _decoded(decode_body: Callable[[bytes], _T], response: Mapping[str, Any]) -> _T:
    try:
        return await in_thread(decode_body, response[BODY])
    except Exception as error:
        raise ReadError(problem_of(error, DESCRIBE_INTERFACES)) from error


def _require_interface_set(has_interface_set: bool, response: Mapping[str, Any]) -> None:
    if not has_interface_set:
        metadata = response["ResponseMetadata"]
        content_type = metadata["HTTPHeaders"].get("content-type", "")
        error = ForeignResponseError(answering_host(), metadata["HTTPStatusCode"], content_type)
        raise ReadError(problem_of(error, DESCRIBE_INTERFACES)) from error
