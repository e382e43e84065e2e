"""The settings as text: an example file, and the effective values with their sources."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES
from latticetop.config.settings import PROFILE_VARIABLES, REGION_VARIABLES, URL_VARIABLE, Config, variable_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

VARIABLES = {
    "profiles": PROFILE_VARIABLES,
    "regions": REGION_VARIABLES,
    "interval": ("LATTICETOP_INTERVAL",),
    "endpoint_url": (URL_VARIABLE,),
}
"""Environment variables that override a setting of the file; the first one that is set counts."""
ROLE = """\
# [[roles]]
# arn = "arn:aws:iam::123456789012:role/latticetop"
# name = "payments"
# profile = "hub"
# external_id = "…"
# regions = ["eu-west-1"]
"""


def example_file() -> str:
    """Return a latticetop.toml with every setting at its default and a comment for each."""
    default, comments = Config(), descriptions(Config)
    plain = [name for name in comments if not isinstance(getattr(default, name), dict | Struct) and name != "roles"]
    parts = ["# latticetop.toml: flags override the environment, the environment overrides this file.\n"]
    parts += [f"# {comments[name]}\n{_line(name, getattr(default, name))}" for name in plain]
    parts.append(f"# {comments['roles']}\n{ROLE}")
    for name, comment in comments.items():
        table = getattr(default, name)
        if isinstance(table, Struct):
            inner = descriptions(type(table))
            lines = [f"# {inner[key]}\n{_line(key, getattr(table, key))}" for key in inner]
            parts.append(f"# {comment}\n[{name}]\n" + "".join(lines))
    columns = "".join("# " + _line(table, names) for table, names in TABLES.items())
    parts.append(f"# {comments['columns']}\n[columns]\n{columns}")
    parts.append(f"# {comments['keys']}\n[keys]\n" + "".join(_keys()))
    return "\n".join(parts)


def descriptions(struct: type[Struct]) -> dict[str, str]:
    """Return the description of each field of a struct, from its annotation."""
    schema = msgspec.json.schema(struct)["$defs"][struct.__name__]["properties"]
    return {field.name: schema[field.name].get("description", "") for field in fields(struct)}


def effective_settings(
    config: Config, in_file: Container[str], options: Mapping[str, tuple[Any, str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield name, value as TOML and source of each setting: a flag, an environment variable, the file or the default.

    `in_file` holds the names of the settings that the file sets; `options` are values of the command line, each with
    its source.
    """
    for name in Config.__struct_fields__:
        value = getattr(config, name)
        source = "file" if name in in_file else "default"
        if variable := variable_of(VARIABLES.get(name, ())):
            text = os.environ[variable]
            value, source = (text,) if isinstance(value, tuple) else value if name == "interval" else text, variable
        value, source = options.get(name, (value, source))
        yield name, _value(value), source


def _keys() -> Iterator[str]:
    for name, (keys, comment) in {action.id: (action.keys.split(), action.help) for action in ACTIONS}.items():
        yield f"# {comment}\n{_line(name, keys[0] if len(keys) == 1 else keys)}"


def _line(name: str, value: object) -> str:
    return f"{name} = {_value(value)}\n" if value is not None else f"# {name} =\n"


def _value(value: object) -> str:
    """Write a value as TOML, whose strings, numbers and lists are also those of JSON."""
    plain = msgspec.to_builtins(value)
    if isinstance(plain, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in plain.items()) + " }" if plain else "{}"
    return json.dumps(plain, ensure_ascii=False)
