"""The settings as text: an example file, and what is in force and why."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES
from latticetop.config.settings import Config

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

VARIABLES = {
    "profiles": ("AWS_PROFILE",),
    "regions": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "interval": ("LATTICETOP_INTERVAL",),
    "endpoint_url": ("AWS_ENDPOINT_URL",),
}
"""The variables of the environment that go before the file, the first that is set."""
ROLE = """\
# [[roles]]
# arn = "arn:aws:iam::123456789012:role/latticetop"
# name = "payments"
# profile = "hub"
# external_id = "…"
# regions = ["eu-west-1"]
"""


def example() -> str:
    """A whole latticetop.toml with every setting at its default, and a comment for each."""
    default, told = Config(), descriptions(Config)
    plain = [name for name in told if not isinstance(getattr(default, name), dict | Struct) and name != "roles"]
    parts = ["# latticetop.toml: flags go before the environment, the environment before this file.\n"]
    parts += [f"# {told[name]}\n{_line(name, getattr(default, name))}" for name in plain]
    parts.append(f"# {told['roles']}\n{ROLE}")
    for name in told:
        value = getattr(default, name)
        if isinstance(value, Struct):
            inner = descriptions(type(value))
            lines = [f"# {inner[each]}\n{_line(each, getattr(value, each))}" for each in inner]
            parts.append(f"# {told[name]}\n[{name}]\n" + "".join(lines))
    parts.append(f"# {told['columns']}\n[columns]\n" + "".join("# " + _line(*each) for each in TABLES.items()))
    parts.append(f"# {told['keys']}\n[keys]\n" + "".join(_keys()))
    return "\n".join(parts)


def descriptions(kind: type[Struct]) -> dict[str, str]:
    """The sentence of each setting, from its type."""
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    return {field.name: schema[field.name].get("description", "") for field in fields(kind)}


def in_force(config: Config, written: Container[str], given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each setting, its value, and where it is from: a flag (given), a variable, the file (written) or the default."""
    for name in Config.__struct_fields__:
        value = getattr(config, name)
        source = "file" if name in written else "default"
        variable = next((each for each in VARIABLES.get(name, ()) if os.environ.get(each)), "")
        if variable:
            value, source = value if name == "interval" else os.environ[variable], variable
        flag = given.get(name)
        if flag is not None and flag is not False and flag != ():
            value, source = flag, "flag"
        yield name, _value(value), source


def _keys() -> Iterator[str]:
    for name, (keys, told) in {action.id: (action.keys.split(), action.help) for action in ACTIONS}.items():
        yield f"# {told}\n{_line(name, keys[0] if len(keys) == 1 else keys)}"


def _line(name: str, value: object) -> str:
    return f"{name} = {_value(value)}\n" if value is not None else f"# {name} =\n"


def _value(value: object) -> str:
    """A value as TOML writes it; JSON's strings, numbers and lists are TOML's too."""
    plain = msgspec.to_builtins(value)
    if isinstance(plain, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in plain.items()) + " }" if plain else "{}"
    return json.dumps(plain, ensure_ascii=False)
