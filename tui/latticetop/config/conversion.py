"""A decoded TOML table as a struct, with every fault in it and not only the first one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import EnumType
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from latticetop.config.key_map import suggestion

_S = TypeVar("_S", bound=Struct)


class Converted(NamedTuple):
    """A value without what is wrong in it, and one sentence per fault; `usable` is False if nothing is left of it."""

    value: Any
    faults: list[str]
    usable: bool = True


def convert_table(table: Mapping[str, Any], kind: type[_S]) -> tuple[_S, list[str]]:
    """Convert a table to a struct whose fields all have defaults; those with a fault get their default.

    Unknown names come first among the faults.
    """
    value, faults, _ = _struct(table, kind, "$")
    return value, [*unknown_names(table, kind), *faults]


def unknown_names(table: Mapping[str, Any], kind: type[Struct]) -> list[str]:
    """Return a sentence for each name that is no setting, in inner tables too."""
    fields = {field.name: _struct_in(field.type) for field in msgspec.structs.fields(kind)}
    sentences = []
    for name, value in table.items():
        if name not in fields:
            sentences.append(f"there is no setting '{name}'. {suggestion(name, list(fields))}")
        elif inner := fields[name]:
            for item in value if isinstance(value, list) else [value]:
                sentences += unknown_names(item, inner) if isinstance(item, dict) else ()
    return sentences


def _struct_in(kind: Any) -> type[Struct] | None:
    """Return the struct of a type that is one, or a union or tuple with one; else None."""
    if get_origin(kind) is not None:
        return next(filter(None, map(_struct_in, get_args(kind))), None)
    return kind if isinstance(kind, type) and issubclass(kind, Struct) else None


def _convert(value: Any, kind: Any, path: str) -> Converted:
    """Convert a value; tables and arrays item by item, so that each tells its own fault."""
    limited_kind = kind
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        return _struct(value, kind, path)
    if get_origin(kind) is dict and isinstance(value, dict):
        items = {name: _convert(item, get_args(kind)[1], f"{path}.{name}") for name, item in value.items()}
        return Converted({name: item.value for name, item in items.items() if item.usable}, _faults(items.values()))
    if get_origin(kind) is tuple and isinstance(value, list):
        members = [_convert(item, get_args(kind)[0], f"{path}[{index}]") for index, item in enumerate(value)]
        return Converted(tuple(item.value for item in members if item.usable), _faults(members))
    try:
        return Converted(msgspec.convert(value, limited_kind), [])
    except msgspec.ValidationError as error:
        return Converted(None, [_sentence(str(error), kind, path)], usable=False)


def _struct(table: Mapping[str, Any], kind: type[Struct], path: str) -> Converted:
    fields = msgspec.structs.fields(kind)
    converted = {
        field.name: _convert(table[field.name], field.type, f"{path}.{field.name}")
        for field in fields
        if field.name in table
    }
    faults = _faults(converted.values())
    required = [field.name for field in fields if field.default is NODEFAULT and field.default_factory is NODEFAULT]
    faults += [f"object missing required field `{name}` - at `{path}`." for name in required if name not in converted]
    values = {name: item.value for name, item in converted.items() if item.usable}
    if not all(name in values for name in required):
        return Converted(None, faults, usable=False)
    return Converted(kind(**values), faults)


def _faults(items: Iterable[Converted]) -> list[str]:
    return [fault for item in items for fault in item.faults]


def _sentence(message: str, kind: Any, path: str) -> str:
    """Turn a message of msgspec into a sentence, with the place and the values that the setting may have."""
    reason, _, place = message.partition(" - at `$")
    choices = ""
    for choice in (kind, *get_args(kind)):
        if isinstance(choice, EnumType):
            *names, last = map(str, choice)
            choices = f"; use {', '.join(names)} or {last}"
    return f"{reason[:1].lower()}{reason[1:]} - at `{path}{place.removesuffix('`')}`{choices}."
