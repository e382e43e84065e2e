"""The JSON 1.1 protocol of CloudTrail and the REST-JSON protocol of EKS and VPC Lattice.

Reference: smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html and .../aws-restjson1-protocol.html.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from latticetop.simulator.errors import ApiError
from latticetop.simulator.wire.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.service_models import OperationModel, ServiceModel, Shape

JSON_CONTENT_TYPE = "application/x-amz-json-1.1"
REST_ERROR_STATUS = {"AccessDeniedException": 403, "ResourceNotFoundException": 404, "ThrottlingException": 429}


class JsonCodec:
    """JSON 1.1: the operation in the X-Amz-Target header, its parameters in the body."""

    def operation_name(self, service: ServiceModel, request: HttpRequest) -> str:
        """The part of the target after the last dot."""
        return request.headers.get("x-amz-target", "").rpartition(".")[2]

    def parse_request(self, service: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """The members in the body."""
        body = _parse_body(request, "SerializationException")
        params: dict[str, Any] = parse_members(operation.input, body) if operation.input else {}
        return params

    def format_response(
        self, service: ServiceModel, operation: OperationModel, document: Mapping[str, Any], request_id: str
    ) -> HttpResponse:
        """The document as the body."""
        body = json_document(operation.output, document) if operation.output else {}
        return self._response(200, body, request_id)

    def format_error(self, service: ServiceModel, error: ApiError, request_id: str) -> HttpResponse:
        """The type and the message of the error as the body."""
        return self._response(error.status, {"__type": error.code, "message": error.message}, request_id)

    def _response(self, status: int, body: Any, request_id: str) -> HttpResponse:
        headers = {"x-amzn-RequestId": request_id}
        return HttpResponse(status=status, body=json.dumps(body), content_type=JSON_CONTENT_TYPE, headers=headers)


class RestJsonCodec:
    """REST-JSON: the operation in the method and the path, its parameters in path, query string and body."""

    def operation_name(self, service: ServiceModel, request: HttpRequest) -> str:
        """The operation whose method and URI template match the request, or else the path."""
        for operation in service.operations.values():
            if operation.method == request.method and _uri_pattern(operation.uri).fullmatch(request.path):
                return operation.name
        return request.path

    def parse_request(self, service: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """The members from the places that the model says."""
        shape = operation.input
        if shape is None:
            return {}
        values = _member_values(shape, operation, request)
        params = {key: parse_members(shape.members[key], value) for key, value in values.items()}
        check_members(shape, params)
        return params

    def format_response(
        self, service: ServiceModel, operation: OperationModel, document: Mapping[str, Any], request_id: str
    ) -> HttpResponse:
        """The document as the body."""
        body = json_document(operation.output, document) if operation.output else {}
        return self._response(200, body, {"x-amzn-RequestId": request_id})

    def format_error(self, service: ServiceModel, error: ApiError, request_id: str) -> HttpResponse:
        """The type of the error as a header, its message as the body."""
        headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
        return self._response(REST_ERROR_STATUS.get(error.code, error.status), {"message": error.message}, headers)

    def _response(self, status: int, body: Any, headers: Mapping[str, str]) -> HttpResponse:
        return HttpResponse(status=status, body=json.dumps(body), content_type="application/json", headers=headers)


def parse_members(shape: Shape, value: Any) -> Any:
    """Convert a JSON value to its shape: timestamps from epoch seconds; unknown members are ignored."""
    type_name = shape.type_name
    try:
        if type_name == "structure":
            return {
                key: parse_members(member, value[key])
                for key, member in shape.members.items()
                if value.get(key) is not None
            }
        if type_name == "list":
            return [parse_members(shape.member, item) for item in value]
        if type_name == "timestamp":
            return datetime.fromtimestamp(float(value), UTC)
        return {"integer": int, "long": int, "boolean": bool}.get(type_name, str)(value)
    except (TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise ApiError("SerializationException", f"The value of {shape.name} is not a {type_name}") from None


def json_document(shape: Shape, value: Any) -> Any:
    """Convert a document to JSON values; omit members that are None."""
    type_name = shape.type_name
    if type_name == "structure":
        return {key: json_document(shape.members[key], member) for key, member in value.items() if member is not None}
    if type_name == "list":
        return [json_document(shape.member, item) for item in value]
    if type_name == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601":
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return value.timestamp()
    return value


def check_members(shape: Shape, params: Mapping[str, Any]) -> None:
    """Check required members, bounds and patterns of the model; ``ValidationException`` if one is violated."""
    for key in shape.required_members:
        if key not in params:
            raise ApiError("ValidationException", f"Value at '{key}' failed to satisfy constraint: not null")
    for key, value in params.items():
        constraints = shape.members[key].metadata
        size = len(value) if isinstance(value, str) else value
        low, high, pattern = constraints.get("min"), constraints.get("max"), constraints.get("pattern")
        is_in_bounds = isinstance(size, bool) or ((low is None or size >= low) and (high is None or size <= high))
        if not is_in_bounds or (pattern and isinstance(value, str) and not re.fullmatch(pattern, value)):
            limits = f"between {low} and {high}" + (f", matching {pattern}" if pattern else "")
            message = f"Value '{value}' at '{key}' failed to satisfy constraint: {limits}"
            raise ApiError("ValidationException", message)


def _parse_body(request: HttpRequest, error_code: str) -> Any:
    try:
        return json.loads(request.body or b"{}")
    except ValueError:
        raise ApiError(error_code, "The body is not JSON") from None


def _member_values(shape: Shape, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
    match = _uri_pattern(operation.uri).fullmatch(request.path)
    path = {key: unquote(value) for key, value in match.groupdict().items()} if match else {}
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    body = _parse_body(request, "ValidationException")
    values = {}
    for key, member in shape.members.items():
        location = {"uri": path, "querystring": query}.get(member.serialization.get("location", ""), body)
        name = member.serialization.get("name", key)
        if name in location:
            value = location[name]
            values[key] = value == "true" if member.type_name == "boolean" and location is query else value
    return values


@cache
def _uri_pattern(uri: str) -> re.Pattern[str]:
    """A pattern for a URI template such as ``/servicenetworks/{serviceNetworkIdentifier}``."""
    parts = re.split(r"\{(\w+\+?)\}", uri.partition("?")[0])
    for index in range(1, len(parts), 2):
        name = parts[index]
        parts[index] = f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"
    for index in range(0, len(parts), 2):
        parts[index] = re.escape(parts[index])
    return re.compile("".join(parts))
