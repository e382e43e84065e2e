"""The rest-json protocol: the operation in method and path, members in path, query and body."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from latticetop.simulator.errors import ApiError
from latticetop.simulator.wire.http import Answer, Request
from latticetop.simulator.wire.jsonshape import check_members, parse_members, spell_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.shapes import Operation, Service, Shape

STATUS = {"AccessDeniedException": 403, "ResourceNotFoundException": 404, "ThrottlingException": 429}


class RestCodec:
    """VPC Lattice's protocol."""

    def name(self, service: Service, request: Request) -> str:
        """The operation whose method and URI template the request fits, or the path."""
        for operation in service.operations.values():
            if operation.method == request.method and _template(operation.uri).fullmatch(request.path):
                return operation.name
        return request.path

    def read(self, service: Service, operation: Operation, request: Request) -> dict[str, Any]:
        """The members from wherever the model puts them."""
        shape = operation.input
        if shape is None:
            return {}
        given = _given(shape, operation, request)
        params = {key: parse_members(shape.members[key], value) for key, value in given.items()}
        check_members(shape, params)
        return params

    def write(self, service: Service, operation: Operation, document: Mapping[str, Any], request_id: str) -> Answer:
        """The members as the body."""
        body = spell_document(operation.output, document) if operation.output else {}
        return _answer(200, body, {"x-amzn-RequestId": request_id})

    def fail(self, service: Service, error: ApiError, request_id: str) -> Answer:
        """The error's type as a header, its message as the body."""
        headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
        return _answer(STATUS.get(error.code, error.status), {"message": error.message}, headers)


def _given(shape: Shape, operation: Operation, request: Request) -> dict[str, Any]:
    found = _template(operation.uri).fullmatch(request.path)
    path = {key: unquote(value) for key, value in found.groupdict().items()} if found else {}
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise ApiError("ValidationException", "The body is no JSON") from None
    given = {}
    for key, member in shape.members.items():
        place = {"uri": path, "querystring": query}.get(member.serialization.get("location", ""), body)
        name = member.serialization.get("name", key)
        if name in place:
            value = place[name]
            given[key] = value == "true" if member.type_name == "boolean" and place is query else value
    return given


@cache
def _template(uri: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+\+?)\}", uri.partition("?")[0])
    for index in range(1, len(parts), 2):
        name = parts[index]
        parts[index] = f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"
    for index in range(0, len(parts), 2):
        parts[index] = re.escape(parts[index])
    return re.compile("".join(parts))


def _answer(status: int, body: Any, headers: Mapping[str, str]) -> Answer:
    return Answer(status=status, body=json.dumps(body), content_type="application/json", headers=headers)
