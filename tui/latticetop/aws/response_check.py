"""Whether a response is one of the AWS API, by its content type and its outermost element, before it is parsed.

Leans on: botocore's event `before-parse` with its arguments, its parser of an error with status 5xx and no body, and
that the parsed response of an error is `ClientError.response`.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from lxml import etree

from latticetop.aws.http_session import answering_host
from latticetop.aws.limits import CREDENTIAL_RESPONSE_BYTES
from latticetop.aws.operations import OPERATIONS, action_of
from latticetop.aws.response_errors import ForeignResponseError, ResponseLimitError

FOREIGN_RESPONSE = "ForeignResponse"
"""The member of a `ClientError.response` with the ForeignResponseError of an error that is not AWS's."""
_XML_PROTOCOLS = ("ec2", "query")
_XML_TYPES = ("text/xml", "application/xml")
_JSON_TYPE = re.compile(r"application/(?:x-amz-json-\d\.\d|json)")
_NAMESPACES = {
    "ec2": re.compile(r"http://ec2\.amazonaws\.com/doc/\d{4}-\d\d-\d\d/"),
    "query": re.compile(r"https://sts\.amazonaws\.com/doc/\d{4}-\d\d-\d\d/"),
}
_ERROR_ELEMENTS = ("Response", "ErrorResponse")
_HEAD_BYTES = 512
"""Bytes in which an XML response of AWS has its outermost element, after some fifty of declaration."""
_KIBIBYTE = 1 << 10


def check_response(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Handle botocore's event `before-parse`: raise ForeignResponseError for a response that is not AWS's.

    For one with status 5xx, which botocore sends again, the error is only added to the parsed response. A response to
    the SDK's own request for credentials may have CREDENTIAL_RESPONSE_BYTES; beyond them, ResponseLimitError.
    """
    status, headers, body = (response_dict[key] for key in ("status_code", "headers", "body"))
    protocol = operation_model.service_model.resolved_protocol
    if action_of(operation_model) not in OPERATIONS and len(body) > CREDENTIAL_RESPONSE_BYTES:
        raise ResponseLimitError(f"is larger than {CREDENTIAL_RESPONSE_BYTES // _KIBIBYTE} KiB")
    is_xml = protocol in _XML_PROTOCOLS
    if status < 300:
        accepted = _is_xml_result(operation_model, headers, body) if is_xml else _is_json_result(headers, body)
    else:
        accepted = _is_xml_error(body) if is_xml else _is_json_error(headers, body)
    if accepted:
        return
    error = ForeignResponseError(answering_host(), status, headers.get("content-type", ""))
    if status < 500:
        raise error
    customized_response_dict[FOREIGN_RESPONSE] = error
    response_dict["body"] = b""


def _is_xml_result(operation_model: Any, headers: Any, body: bytes) -> bool:
    element = _outermost_element(body)
    if _media_type(headers) not in _XML_TYPES or element is None:
        return False
    namespace = _NAMESPACES[operation_model.service_model.resolved_protocol].fullmatch(element.namespace or "")
    return bool(namespace) and element.localname == f"{operation_model.name}Response"


def _is_json_result(headers: Any, body: bytes) -> bool:
    return _JSON_TYPE.fullmatch(_media_type(headers)) is not None and body.lstrip().startswith(b"{")


def _is_xml_error(body: bytes) -> bool:
    """Whether it is an error of AWS: in its element for errors, or in one named like an exception."""
    element = _outermost_element(body)
    return element is not None and (element.localname in _ERROR_ELEMENTS or element.localname.endswith("Exception"))


def _is_json_error(headers: Any, body: bytes) -> bool:
    """Whether it is an error of AWS: the type is in a header or in the body. A body that is too long is not."""
    if "x-amzn-errortype" in headers:
        return True
    try:
        value = json.loads(body) if len(body) <= CREDENTIAL_RESPONSE_BYTES else None
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("__type", value.get("code")), str)


def _outermost_element(body: bytes) -> Any:
    """lxml's QName of the outermost element; None when there is none, or a document type, which AWS never sends."""
    parser = etree.XMLPullParser(
        events=("start",), encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, collect_ids=False
    )
    with suppress(etree.XMLSyntaxError):  # Of what follows, too: the element is known by then.
        parser.feed(body[:_HEAD_BYTES])
    try:
        element = next((element for _, element in parser.read_events()), None)
    except etree.XMLSyntaxError:
        return None
    if element is None or element.getroottree().docinfo.doctype:
        return None
    return etree.QName(element)


def _media_type(headers: Any) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()
