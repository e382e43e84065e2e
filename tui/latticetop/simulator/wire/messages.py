"""HTTP requests and responses, and the interface of the AWS protocols; independent of the HTTP server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.wire.service_models import OperationModel, ServiceModel

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """An HTTP request; header names are in lower case. The signature is not verified."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def credential_scope(self) -> tuple[str, str] | None:
        """The Region and the service of the credential scope (Signature Version 4), or None."""
        match = _CREDENTIAL.search(self.headers.get("authorization", ""))
        return (match[2], match[3]) if match else None

    def access_key(self) -> str:
        """The access key id of the credentials, or an empty string."""
        match = _CREDENTIAL.search(self.headers.get("authorization", ""))
        return match[1] if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """An HTTP response."""

    status: int
    body: str
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class ProtocolCodec(Protocol):
    """One of the AWS protocols: parse requests and format responses."""

    def operation_name(self, service: ServiceModel, request: HttpRequest) -> str:
        """The operation that the request names, whether it exists or not."""
        ...

    def parse_request(self, service: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """The parameters of the request, or an ``ApiError``."""
        ...

    def format_response(
        self, service: ServiceModel, operation: OperationModel, document: Mapping[str, Any], request_id: str
    ) -> HttpResponse:
        """The response with a document in the members of the output shape."""
        ...

    def format_error(self, service: ServiceModel, error: ApiError, request_id: str) -> HttpResponse:
        """The response for an error."""
        ...
