"""The JSON 1.1 protocol: the operation in X-Amz-Target, its members in the body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError
from latticetop.simulator.wire.http import Answer, Request
from latticetop.simulator.wire.jsonshape import parse_members, spell_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.shapes import Operation, Service

CONTENT_TYPE = "application/x-amz-json-1.1"


class JsonCodec:
    """CloudTrail's protocol."""

    def name(self, service: Service, request: Request) -> str:
        """What stands after the last dot of the target."""
        return request.headers.get("x-amz-target", "").rpartition(".")[2]

    def read(self, service: Service, operation: Operation, request: Request) -> dict[str, Any]:
        """The members in the body."""
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            raise ApiError("SerializationException", "The body is no JSON") from None
        members: dict[str, Any] = parse_members(operation.input, body) if operation.input else {}
        return members

    def write(self, service: Service, operation: Operation, document: Mapping[str, Any], request_id: str) -> Answer:
        """The members as the body."""
        body = spell_document(operation.output, document) if operation.output else {}
        return _answer(200, body, request_id)

    def fail(self, service: Service, error: ApiError, request_id: str) -> Answer:
        """The error's type and message as the body."""
        return _answer(error.status, {"__type": error.code, "message": error.message}, request_id)


def _answer(status: int, body: Any, request_id: str) -> Answer:
    headers = {"x-amzn-RequestId": request_id}
    return Answer(status=status, body=json.dumps(body), content_type=CONTENT_TYPE, headers=headers)
