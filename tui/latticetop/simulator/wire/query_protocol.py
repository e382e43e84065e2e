"""The ``ec2`` and ``query`` protocols: parameters as form fields, responses as XML.

Reference: smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html and .../aws-query-protocol.html.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.wire.messages import HttpRequest, HttpResponse
from latticetop.simulator.wire.xml_responses import format_error_xml, format_response_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.service_models import OperationModel, ServiceModel, Shape

Params = dict[str, Any]
FieldTree = dict[str, Any]
COMMON_FIELDS = frozenset({"Action", "Version"})


class QueryCodec:
    """The protocols of EC2 and STS."""

    def operation_name(self, service: ServiceModel, request: HttpRequest) -> str:
        """The ``Action`` field."""
        return form_fields(request).get("Action", "")

    def parse_request(self, service: ServiceModel, operation: OperationModel, request: HttpRequest) -> Params:
        """The parameters in the form fields."""
        return parse_fields(operation.input, form_fields(request), ec2=service.name == "ec2")

    def format_response(
        self, service: ServiceModel, operation: OperationModel, document: Mapping[str, Any], request_id: str
    ) -> HttpResponse:
        """The document as XML."""
        body = format_response_xml(service, operation, document, request_id)
        return HttpResponse(status=200, body=body, content_type="text/xml")

    def format_error(self, service: ServiceModel, error: ApiError, request_id: str) -> HttpResponse:
        """The error as XML."""
        body = format_error_xml(service, error, request_id)
        return HttpResponse(status=error.status, body=body, content_type="text/xml")


def form_fields(request: HttpRequest) -> dict[str, str]:
    """The form fields of a request, in the query string of a GET or else in the body."""
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def parse_fields(shape: Shape | None, fields: Mapping[str, str], *, ec2: bool) -> Params:
    """The members of an input shape from form fields such as ``Filter.1.Name``.

    Raises ``MissingParameter``, ``UnknownParameter`` or ``InvalidParameterValue``.
    """
    tree: FieldTree = {}
    for name, text in fields.items():
        if name not in COMMON_FIELDS and not name.startswith("X-Amz-"):
            _insert(tree, name.split("."), text)
    if shape is None:
        return {}
    return QueryParser(ec2).structure(shape, tree, "")


class QueryParser:
    """Convert a tree of form fields to the members of a shape."""

    def __init__(self, ec2: bool) -> None:
        self._ec2 = ec2

    def structure(self, shape: Shape, tree: Any, path: str) -> Params:
        """The members of a structure; ``path`` is its place in the request, for error messages."""
        if not isinstance(tree, dict):
            raise invalid(f"The parameter {path.rstrip('.')} is a structure")
        params: Params = {}
        names = {self._field_name(key, member): (key, member) for key, member in shape.members.items()}
        for name, value in tree.items():
            if name not in names:
                raise ApiError("UnknownParameter", f"The parameter {path}{name} is not recognized")
            key, member = names[name]
            params[key] = self._value(member, value, path + name)
        for name, (key, _) in names.items():
            if key in shape.required_members and key not in params:
                message = f"The request must contain the parameter {path}{name}"
                raise ApiError("MissingParameter", message)
        return params

    def _value(self, shape: Shape, value: Any, path: str) -> Any:
        if shape.type_name == "structure":
            return self.structure(shape, value, path + ".")
        if shape.type_name == "list":
            return self._list(shape, value, path)
        if not isinstance(value, str):
            raise invalid(f"The parameter {path} is not a list or a structure")
        try:
            return _parse_scalar(shape.type_name, value)
        except ValueError:
            raise invalid(f"Value ({value}) for parameter {path} is invalid.") from None

    def _list(self, shape: Shape, value: Any, path: str) -> list[Any]:
        if value == "":
            return []
        if not self._ec2 and not shape.serialization.get("flattened"):
            value = value.get(shape.member.serialization.get("name", "member"), {})
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise invalid(f"The parameter {path} is a list: {path}.1, {path}.2 and so on")
        indexes = sorted(value, key=int)
        return [self._value(shape.member, value[index], f"{path}.{index}") for index in indexes]

    def _field_name(self, key: str, member: Shape) -> str:
        """The name of a member in the request: ``queryName``, or in ec2 the ``locationName`` with a capital."""
        names = member.serialization
        if not self._ec2:
            return str(names.get("name", key))
        if "queryName" in names:
            return str(names["queryName"])
        name = str(names.get("name", key))
        return name[:1].upper() + name[1:]


def _insert(tree: FieldTree, path: list[str], text: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            raise invalid(f"The parameter {'.'.join(path)} contradicts another")
        tree = branch
    tree[path[-1]] = text


def _parse_scalar(type_name: str, text: str) -> Any:
    if type_name in ("integer", "long"):
        return int(text)
    if type_name in ("float", "double"):
        return float(text)
    if type_name == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if type_name == "timestamp":
        time = datetime.fromisoformat(text)
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    if type_name == "blob":
        return base64.b64decode(text)
    return text
