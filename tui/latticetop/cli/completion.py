"""What the shell offers for a value: profiles, Regions, scenarios, files. It asks no network and loads no SDK."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from latticetop.config.settings import ALL, ConfigError, load_config

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click
    from click.shell_completion import CompletionItem

SERVICE = "vpc-lattice"
_FILES = (("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))


def profiles(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The profiles of the AWS configuration, and the roles and profiles of latticetop.toml; their names and no more."""
    found: dict[str, str] = {}
    with suppress(ConfigError):
        config = load_config()
        found |= dict.fromkeys(config.profiles, "latticetop.toml")
        found |= {role.title: f"role {role.arn}" for role in config.roles}
    for variable, usual in _FILES:
        path = Path(os.environ.get(variable) or usual).expanduser()
        found |= {name: str(path) for name in _sections(path) if name not in found}
    return _items(found, begun)


def regions(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The Regions that VPC Lattice is in, as botocore's data has them, and `all`."""
    return _items({ALL: "every one with VPC Lattice"} | dict.fromkeys(_regions(), ""), begun)


def scenarios(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The simulator's scenarios."""
    from latticetop.simulator import SCENARIOS

    return _items({name: each.description for name, each in SCENARIOS.items()}, begun)


def files(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Files: the shell lists them itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def _items(found: dict[str, str], begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name, help=told or None) for name, told in found.items() if name.startswith(begun)]


def _sections(path: Path) -> Iterable[str]:
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, Error, UnicodeDecodeError):
        return
    for section in parser.sections():
        kind, _, name = section.partition(" ")
        if not name:
            yield section
        elif kind == "profile":
            yield name.strip().strip("\"'")


def _regions() -> list[str]:
    import msgspec

    found = find_spec("botocore")
    folder = found.submodule_search_locations[0] if found and found.submodule_search_locations else ""
    try:
        raw = (Path(folder) / "data" / "endpoints.json").read_bytes()
        partitions = msgspec.json.decode(raw)["partitions"]
    except (OSError, msgspec.DecodeError, KeyError):
        return []
    return [name for each in partitions for name in each["services"].get(SERVICE, {}).get("endpoints", ())]
