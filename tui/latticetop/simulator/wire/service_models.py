"""Typed access to botocore's service models: the operations and the shapes of their inputs and outputs."""

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
class OperationModel:
    """An operation: its name, its shapes, and the HTTP method and URI template of the REST protocols."""

    name: str
    input: Shape | None
    output: Shape | None
    method: str
    uri: str


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """A service: its botocore name, XML namespace, X-Amz-Target prefix, and operations by name."""

    name: str
    namespace: str
    target_prefix: str
    operations: dict[str, OperationModel]


@cache
def load_service_model(name: str) -> ServiceModel:
    """Load the model of a service, such as ``ec2``; takes about 100 ms the first time."""
    from botocore import model as botocore_model
    from botocore.loaders import Loader

    model = botocore_model.ServiceModel(Loader().load_service_model(name, "service-2"), name)
    operations = {}
    for operation_name in model.operation_names:
        operation = model.operation_model(operation_name)
        operations[operation_name] = OperationModel(
            operation_name,
            operation.input_shape,
            operation.output_shape,
            operation.http.get("method", "POST"),
            operation.http.get("requestUri", "/"),
        )
    metadata = model.metadata
    namespace = metadata.get("xmlNamespace", "").rstrip("/") + "/"
    return ServiceModel(name, namespace, metadata.get("targetPrefix", ""), operations)
