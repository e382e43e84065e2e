"""JSON to the members of a shape, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.shapes import Shape


def parse_members(shape: Shape, value: Any) -> Any:
    """A JSON value as its shape has it: moments from epoch seconds; members nobody knows are left out."""
    kind = shape.type_name
    try:
        if kind == "structure":
            return {
                key: parse_members(member, value[key])
                for key, member in shape.members.items()
                if value.get(key) is not None
            }
        if kind == "list":
            return [parse_members(shape.member, item) for item in value]
        if kind == "timestamp":
            return datetime.fromtimestamp(float(value), UTC)
        return {"integer": int, "long": int, "boolean": bool}.get(kind, str)(value)
    except (TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise ApiError("SerializationException", f"The value of {shape.name} is no {kind}") from None


def spell_document(shape: Shape, value: Any) -> Any:
    """A document as JSON values; members that are None are left out."""
    kind = shape.type_name
    if kind == "structure":
        return {key: spell_document(shape.members[key], member) for key, member in value.items() if member is not None}
    if kind == "list":
        return [spell_document(shape.member, item) for item in value]
    if kind == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601":
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return value.timestamp()
    return value


def check_members(shape: Shape, params: Mapping[str, Any]) -> None:
    """Required members and the model's bounds and patterns; ``ValidationException`` where one is broken."""
    for key in shape.required_members:
        if key not in params:
            raise ApiError("ValidationException", f"Value at '{key}' failed to satisfy constraint: not null")
    for key, value in params.items():
        bounds = shape.members[key].metadata
        size = len(value) if isinstance(value, str) else value
        low, high, pattern = bounds.get("min"), bounds.get("max"), bounds.get("pattern")
        fits = isinstance(size, bool) or ((low is None or size >= low) and (high is None or size <= high))
        if not fits or (pattern and isinstance(value, str) and not re.fullmatch(pattern, value)):
            limits = f"between {low} and {high}" + (f", matching {pattern}" if pattern else "")
            message = f"Value '{value}' at '{key}' failed to satisfy constraint: {limits}"
            raise ApiError("ValidationException", message)
