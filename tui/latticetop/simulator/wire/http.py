"""A request and an answer, apart from the server that carries them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.errors import ApiError
    from latticetop.simulator.wire.shapes import Operation, Service

_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def scope(self) -> tuple[str, str] | None:
        """The Region and service of the credential scope. Signatures are not verified."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return (found[2], found[3]) if found else None

    def access_key(self) -> str:
        """The access key id that the request is signed with."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return found[1] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: str
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Codec(Protocol):
    """One of AWS's protocols, both ways."""

    def name(self, service: Service, request: Request) -> str:
        """The operation a request names, known or not."""
        ...

    def read(self, service: Service, operation: Operation, request: Request) -> dict[str, Any]:
        """The members it gives, or an ``ApiError``."""
        ...

    def write(self, service: Service, operation: Operation, document: Mapping[str, Any], request_id: str) -> Answer:
        """The answer to a request."""
        ...

    def fail(self, service: Service, error: ApiError, request_id: str) -> Answer:
        """The answer that is an error."""
        ...
