"""botocore's service models, behind types: the shapes that requests and answers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol


class Shape(Protocol):
    """A botocore shape: ``members`` of structures, ``member`` of lists, ``key`` and ``value`` of maps."""

    name: str
    type_name: str
    serialization: dict[str, Any]
    metadata: dict[str, Any]
    members: dict[str, Shape]
    required_members: list[str]
    member: Shape
    key: Shape
    value: Shape

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its name, its shapes, and for REST protocols the HTTP method and URI template."""

    name: str
    input: Shape | None
    output: Shape | None
    method: str
    uri: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its botocore name, its XML namespace and its operations by name."""

    name: str
    namespace: str
    target_prefix: str
    operations: dict[str, Operation]


@cache
def load_service(name: str) -> Service:
    """Read a service's model, such as ``ec2``; takes about 100 ms the first time."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    model = ServiceModel(Loader().load_service_model(name, "service-2"), name)
    operations = {}
    for operation_name in model.operation_names:
        operation = model.operation_model(operation_name)
        operations[operation_name] = Operation(
            operation_name,
            operation.input_shape,
            operation.output_shape,
            operation.http.get("method", "POST"),
            operation.http.get("requestUri", "/"),
        )
    metadata = model.metadata
    namespace = metadata.get("xmlNamespace", "").rstrip("/") + "/"
    return Service(name, namespace, metadata.get("targetPrefix", ""), operations)
