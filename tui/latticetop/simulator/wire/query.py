"""Requests of the ``ec2`` and ``query`` protocols: form fields to the members of an input shape."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.wire.shapes import Shape

Params = dict[str, Any]
Tree = dict[str, Any]
COMMON = frozenset({"Action", "Version"})


def parse_query(shape: Shape | None, fields: Mapping[str, str], *, ec2: bool) -> Params:
    """The members a request gives; ``MissingParameter``, ``UnknownParameter`` or ``InvalidParameterValue``."""
    tree: Tree = {}
    for name, text in fields.items():
        if name not in COMMON and not name.startswith("X-Amz-"):
            _plant(tree, name.split("."), text)
    if shape is None:
        return {}
    return Parser(ec2).structure(shape, tree, "")


class Parser:
    """Walks an input shape beside the tree of form fields."""

    def __init__(self, ec2: bool) -> None:
        self._ec2 = ec2

    def structure(self, shape: Shape, tree: Any, path: str) -> Params:
        """The members of a structure."""
        if not isinstance(tree, dict):
            raise invalid(f"The parameter {path.rstrip('.')} is a structure")
        params: Params = {}
        names = {self._wire_name(key, member): (key, member) for key, member in shape.members.items()}
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
            return _scalar(shape.type_name, value)
        except ValueError:
            raise invalid(f"Value ({value}) for parameter {path} is invalid.") from None

    def _list(self, shape: Shape, value: Any, path: str) -> list[Any]:
        if value == "":
            return []
        if not self._ec2 and not shape.serialization.get("flattened"):
            value = value.get(shape.member.serialization.get("name", "member"), {})
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise invalid(f"The parameter {path} is a list: {path}.1, {path}.2 and so on")
        numbers = sorted(value, key=int)
        return [self._value(shape.member, value[number], f"{path}.{number}") for number in numbers]

    def _wire_name(self, key: str, member: Shape) -> str:
        """The ec2 protocol capitalises a locationName, unless a queryName is given (botocore's serializer)."""
        names = member.serialization
        if not self._ec2:
            return str(names.get("name", key))
        if "queryName" in names:
            return str(names["queryName"])
        name = str(names.get("name", key))
        return name[:1].upper() + name[1:]


def _plant(tree: Tree, path: list[str], text: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            raise invalid(f"The parameter {'.'.join(path)} contradicts another")
        tree = branch
    tree[path[-1]] = text


def _scalar(type_name: str, text: str) -> Any:
    if type_name in ("integer", "long"):
        return int(text)
    if type_name in ("float", "double"):
        return float(text)
    if type_name == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if type_name == "timestamp":
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if type_name == "blob":
        return base64.b64decode(text)
    return text
