"""XML responses of the ``ec2`` and ``query`` protocols."""

from __future__ import annotations

import base64
import re
from datetime import UTC
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from latticetop.simulator.wire.xml_cache import CachedInterface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.wire.service_models import OperationModel, ServiceModel, Shape

    Formatter = Callable[[Any], str]

_INVALID_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_response_xml(
    service: ServiceModel, operation: OperationModel, document: Mapping[str, Any], request_id: str
) -> str:
    """A complete response; members that are None are omitted."""
    shape, name = operation.output, operation.name
    body = _formatter(shape)(document) if shape is not None else ""
    if service.name == "ec2":
        body = f"<requestId>{request_id}</requestId>" + (body or "<return>true</return>")
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        body = f"<{wrapper}>{body}</{wrapper}>" if wrapper else body
        body += f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}Response xmlns="{service.namespace}">{body}</{name}Response>'
    )


def format_error_xml(service: ServiceModel, error: ApiError, request_id: str) -> str:
    """An error response, in EC2's own form or in that of the query protocol."""
    elements = f"<Code>{_text(error.code)}</Code><Message>{_text(error.message)}</Message>"
    if service.name == "ec2":
        body = f"<Errors><Error>{elements}</Error></Errors><RequestID>{request_id}</RequestID>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{body}</Response>'
    body = f"<Error><Type>Sender</Type>{elements}</Error><RequestId>{request_id}</RequestId>"
    return f'<ErrorResponse xmlns="{service.namespace}">{body}</ErrorResponse>'


@cache
def _formatter(shape: Shape) -> Formatter:
    """The function that formats a value of a shape, without the element around it."""
    if shape.type_name == "structure":
        return _structure_formatter(shape)
    return _SCALAR_FORMATTERS.get(shape.type_name, _text)


def _structure_formatter(shape: Shape) -> Formatter:
    members: dict[str, Formatter] = {}

    def format_structure(document: Mapping[str, Any] | CachedInterface) -> str:
        if isinstance(document, CachedInterface):
            return document.to_xml(format_structure)
        parts = []
        for key, value in document.items():
            if value is not None:
                # Built on first use: a shape can contain itself.
                if key not in members:
                    members[key] = _element_formatter(key, shape.members[key])
                parts.append(members[key](value))
        return "".join(parts)

    return format_structure


def _element_formatter(key: str, shape: Shape) -> Formatter:
    """The function that formats a member with its element."""
    name = shape.serialization.get("name", key)
    if shape.type_name != "list":
        start, end, content = f"<{name}>", f"</{name}>", _formatter(shape)
        return lambda value: start + content(value) + end
    content, flattened = _formatter(shape.member), shape.serialization.get("flattened")
    item = name if flattened else shape.member.serialization.get("name", "member")
    start, end = f"<{item}>", f"</{item}>"

    def format_list(values: list[Any]) -> str:
        items = "".join([start + content(value) + end for value in values])
        return items if flattened else f"<{name}>{items}</{name}>"

    return format_list


def _text(value: Any) -> str:
    """Escaped text; characters that XML does not allow become question marks."""
    return escape(_INVALID_IN_XML.sub("?", str(value)), quote=False)


_SCALAR_FORMATTERS: dict[str, Formatter] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": str,
    "long": str,
    "blob": lambda value: base64.b64encode(value).decode(),
    "timestamp": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
}
