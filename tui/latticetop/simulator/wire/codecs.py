"""The protocols spoken, by service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from latticetop.simulator.wire.http import Answer, Codec, Request
from latticetop.simulator.wire.json_codec import JsonCodec
from latticetop.simulator.wire.query import parse_query
from latticetop.simulator.wire.rest_codec import RestCodec
from latticetop.simulator.wire.xml import write_answer, write_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.wire.shapes import Operation, Service


class QueryCodec:
    """The ``ec2`` and ``query`` protocols: form fields in, XML out."""

    def name(self, service: Service, request: Request) -> str:
        """The ``Action`` field."""
        return _fields(request).get("Action", "")

    def read(self, service: Service, operation: Operation, request: Request) -> dict[str, Any]:
        """The members among the form fields."""
        return parse_query(operation.input, _fields(request), ec2=service.name == "ec2")

    def write(self, service: Service, operation: Operation, document: Mapping[str, Any], request_id: str) -> Answer:
        """The response element."""
        return _xml(200, write_answer(service, operation, document, request_id))

    def fail(self, service: Service, error: ApiError, request_id: str) -> Answer:
        """The error element."""
        return _xml(error.status, write_error(service, error, request_id))


CODECS: dict[str, Codec] = {
    "ec2": QueryCodec(),
    "sts": QueryCodec(),
    "cloudtrail": JsonCodec(),
    "vpc-lattice": RestCodec(),
}


def service_of(request: Request) -> str:
    """The service a request is for: by its credential scope, or else by its API version."""
    scope = request.scope()
    if scope:
        return scope[1]
    version = _fields(request).get("Version")
    return {"2016-11-15": "ec2", "2011-06-15": "sts"}.get(version or "", "ec2")


def _fields(request: Request) -> dict[str, str]:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def _xml(status: int, body: str) -> Answer:
    return Answer(status=status, body=body, content_type="text/xml")
