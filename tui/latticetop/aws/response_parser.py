"""The parser of every response: botocore's, within limits, in a thread. `eni_xml` parses most pages of ENIs faster.

EC2 and CloudTrail send an empty list as an empty member, never no member, and VPC Lattice's model requires `items`. So
a response without its member is not AWS's.

Leans on: botocore's parser classes, and their methods `_parse_xml_string_to_dom` and `_parse_body_as_json`.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from botocore.parsers import (
    BaseJSONParser,
    BaseXMLResponseParser,
    EC2QueryParser,
    JSONParser,
    QueryParser,
    ResponseParserError,
    RestJSONParser,
)
from lxml import etree

from latticetop.aws.limits import JSON_COMMAS, JSON_DEPTH, PAGE_RECORDS, XML_DEPTH, XML_TAGS
from latticetop.aws.operations import RESPONSE_MEMBERS, action_of
from latticetop.aws.response_errors import ForeignResponseError, ResponseLimitError

_T = TypeVar("_T")


class _Work(threading.local):
    """What a thread works on: whether the caller was cancelled meanwhile, and the steps so far."""

    cancelled: threading.Event | None = None
    steps = 0


_work = _Work()
_YIELD_EVERY = 25
"""Steps after which the interpreter lock is released: about half a millisecond."""


class CancelledWorkError(Exception):
    """The caller no longer waits for the result."""


@cache
def _thread() -> ThreadPoolExecutor:
    """One thread: decoding holds the interpreter lock, so that a second one is no faster, and keys wait for both."""
    return ThreadPoolExecutor(1, thread_name_prefix="latticetop-decode")


async def in_thread(function: Callable[..., _T], *arguments: Any) -> _T:
    """Call a function that parses or decodes, in a thread for such calls; cancelled, it ends at its next `step`."""
    cancelled = threading.Event()

    def work() -> _T:
        _work.cancelled = cancelled
        return function(*arguments)

    try:
        return await asyncio.get_running_loop().run_in_executor(_thread(), work)
    except asyncio.CancelledError:
        cancelled.set()
        raise


def step() -> None:
    """Let the event loop run now and then; without it, that waits five milliseconds for each turn.

    Raises CancelledWorkError when the caller of `in_thread` was cancelled: the program does not end before its threads.
    """
    _work.steps += 1
    if not _work.steps % _YIELD_EVERY:
        time.sleep(0)
        if _work.cancelled and _work.cancelled.is_set():
            raise CancelledWorkError


def xml_parser() -> Any:
    """A parser for one response, because threads take turns at a shared one. It loads no entity, file or URL."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def require_few_tags(body: bytes) -> None:
    """Raise ResponseLimitError for more than XML_TAGS tags, which would take too much memory as elements."""
    if len(body) > XML_TAGS and (tags := body.count(b"<")) > XML_TAGS:
        raise ResponseLimitError(f"has {tags:,} XML tags, more than {XML_TAGS:,}")


def require_few_records(count: int) -> None:
    """Raise ResponseLimitError for more than PAGE_RECORDS records."""
    if count > PAGE_RECORDS:
        raise ResponseLimitError(f"has {count:,} records, more than {PAGE_RECORDS:,}")


def limit_error(error: etree.XMLSyntaxError) -> ResponseLimitError | None:
    """The error of a response with too many levels; None for any other error of the syntax."""
    return ResponseLimitError(f"has more than {XML_DEPTH} levels of XML") if "depth" in str(error) else None


def parse(operation_model: Any, response: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Parse a response with status 200 to a dictionary in AWS's own member names. Call it in a thread.

    `response` has botocore's keys `status_code`, `headers` and `body`; `host` is for errors. Raises ResponseLimitError,
    ForeignResponseError, or one of botocore for a malformed response.
    """
    parser = _PARSERS[operation_model.service_model.resolved_protocol]()
    try:
        parsed: dict[str, Any] = parser.parse(response, operation_model.output_shape)
        if RESPONSE_MEMBERS[action_of(operation_model)] in parsed:
            return parsed
    except _MemberError:
        pass
    raise ForeignResponseError(host, response["status_code"], response["headers"].get("content-type", ""))


class _MemberError(Exception):
    """A member that AWS always sends is missing, or has another type."""


class _LxmlParser(BaseXMLResponseParser):  # type: ignore[misc]
    """Parses XML within limits with lxml, which lets other threads run meanwhile."""

    def _parse_xml_string_to_dom(self, body: bytes) -> Any:
        require_few_tags(body)
        try:
            return etree.fromstring(body, xml_parser())
        except etree.XMLSyntaxError as error:
            raise limit_error(error) or ResponseParserError(str(error)) from error

    def _handle_structure(self, shape: Any, node: Any) -> Any:
        step()
        return super()._handle_structure(shape, node)

    def _handle_list(self, shape: Any, node: Any) -> Any:
        require_few_records(len(node))
        return super()._handle_list(shape, node)


class _BoundedEC2Parser(_LxmlParser, EC2QueryParser):  # type: ignore[misc]
    """The parser of EC2."""


class _BoundedQueryParser(_LxmlParser, QueryParser):  # type: ignore[misc]
    """The parser of STS."""

    def _find_result_wrapped_shape(self, element_name: str, root: Any) -> Any:
        try:
            return super()._find_result_wrapped_shape(element_name, root)
        except KeyError:
            raise _MemberError(element_name) from None


class _LimitedJson(BaseJSONParser):  # type: ignore[misc]
    """Parses JSON within limits. Raises _MemberError where botocore's parser takes any value for a list."""

    def _parse_body_as_json(self, body: bytes) -> Any:
        if (commas := body.count(b",")) > JSON_COMMAS:
            raise ResponseLimitError(f"has {commas:,} commas, more than {JSON_COMMAS:,}")
        try:
            value = json.loads(body)
        except RecursionError:
            raise _too_deep() from None
        except ValueError as error:
            raise ResponseParserError(str(error)) from error
        _require_few_levels(value)
        return value

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        step()
        return super()._handle_structure(shape, value)

    def _handle_list(self, shape: Any, value: Any) -> Any:
        if not isinstance(value, list) or (shape.member.type_name == "structure" and not _are_objects(value)):
            raise _MemberError(shape.name)
        require_few_records(len(value))
        return super()._handle_list(shape, value)


class _BoundedJSONParser(_LimitedJson, JSONParser):  # type: ignore[misc]
    """The parser of CloudTrail."""


class _BoundedRestJSONParser(_LimitedJson, RestJSONParser):  # type: ignore[misc]
    """The parser of VPC Lattice."""


_PARSERS: dict[str, Any] = {
    "ec2": _BoundedEC2Parser,
    "query": _BoundedQueryParser,
    "json": _BoundedJSONParser,
    "rest-json": _BoundedRestJSONParser,
}


def _are_objects(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _require_few_levels(value: Any) -> None:
    level, depth = [value], 0
    while level := [child for parent in level if isinstance(parent, (dict, list)) for child in _children(parent)]:
        depth += 1
        if depth > JSON_DEPTH:
            raise _too_deep()


def _children(parent: dict[str, Any] | list[Any]) -> Any:
    return parent.values() if isinstance(parent, dict) else parent


def _too_deep() -> ResponseLimitError:
    return ResponseLimitError(f"has more than {JSON_DEPTH} levels of JSON")
