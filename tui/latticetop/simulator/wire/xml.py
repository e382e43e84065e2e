"""Answers of the ``ec2`` and ``query`` protocols: documents in a shape's members to XML."""

from __future__ import annotations

import base64
import re
from datetime import UTC
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from latticetop.simulator.wire.rendered import Rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.wire.shapes import Operation, Service, Shape

    Writer = Callable[[Any], str]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_answer(service: Service, operation: Operation, document: Mapping[str, Any], request_id: str) -> str:
    """A whole response; members that are None are left out, as AWS leaves out what it does not know."""
    shape, name = operation.output, operation.name
    body = _writer(shape)(document) if shape is not None else ""
    if service.name == "ec2":
        body = f"<requestId>{request_id}</requestId>" + (body or "<return>true</return>")
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        body = f"<{wrapper}>{body}</{wrapper}>" if wrapper else body
        body += f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}Response xmlns="{service.namespace}">{body}</{name}Response>'
    )


def write_error(service: Service, error: ApiError, request_id: str) -> str:
    """An error in the form of the service: EC2's own, or that of the query protocol."""
    words = f"<Code>{_text(error.code)}</Code><Message>{_text(error.message)}</Message>"
    if service.name == "ec2":
        body = f"<Errors><Error>{words}</Error></Errors><RequestID>{request_id}</RequestID>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{body}</Response>'
    body = f"<Error><Type>Sender</Type>{words}</Error><RequestId>{request_id}</RequestId>"
    return f'<ErrorResponse xmlns="{service.namespace}">{body}</ErrorResponse>'


@cache
def _writer(shape: Shape) -> Writer:
    """What writes a value of a shape, without the element around it."""
    if shape.type_name == "structure":
        return _structure_writer(shape)
    return _SCALARS.get(shape.type_name, _text)


def _structure_writer(shape: Shape) -> Writer:
    members: dict[str, Writer] = {}

    def write(document: Mapping[str, Any] | Rendered) -> str:
        if isinstance(document, Rendered):
            return document.written(write)
        parts = []
        for key, value in document.items():
            if value is not None:
                if key not in members:
                    members[key] = _element_writer(key, shape.members[key])
                parts.append(members[key](value))
        return "".join(parts)

    return write


def _element_writer(key: str, shape: Shape) -> Writer:
    """What writes a member with its element; built on first use, for a shape may hold itself."""
    name = shape.serialization.get("name", key)
    if shape.type_name != "list":
        opened, closed, content = f"<{name}>", f"</{name}>", _writer(shape)
        return lambda value: opened + content(value) + closed
    content, flattened = _writer(shape.member), shape.serialization.get("flattened")
    item = name if flattened else shape.member.serialization.get("name", "member")
    opened, closed = f"<{item}>", f"</{item}>"

    def write(values: list[Any]) -> str:
        inner = "".join([opened + content(value) + closed for value in values])
        return inner if flattened else f"<{name}>{inner}</{name}>"

    return write


def _text(value: Any) -> str:
    """Escaped; characters XML cannot hold become question marks."""
    return escape(_NOT_XML.sub("?", str(value)), quote=False)


_SCALARS: dict[str, Writer] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": str,
    "long": str,
    "blob": lambda value: base64.b64encode(value).decode(),
    "timestamp": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
}
