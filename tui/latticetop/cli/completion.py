"""Shell completion of values: profiles, Regions, scenarios, files. Uses no network and does not load the SDK."""

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

_SERVICE = "vpc-lattice"
"""The service by its name in botocore's endpoint data."""
_FILES = (("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))


def profiles(_: click.Context, __: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Complete profiles of the AWS configuration, and profiles and roles of latticetop.toml; only names are offered."""
    names: dict[str, str] = {}
    with suppress(ConfigError):
        config = load_config()
        names |= dict.fromkeys(config.profiles, "latticetop.toml")
        names |= {role.title: f"role {role.arn}" for role in config.roles}
    for variable, default in _FILES:
        path = Path(os.environ.get(variable) or default).expanduser()
        names |= {name: str(path) for name in _profile_names(path) if name not in names}
    return _items(names, prefix)


def regions(_: click.Context, __: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Complete `all` and the Regions that have VPC Lattice in botocore's endpoint data."""
    return _items({ALL: "all Regions with VPC Lattice"} | dict.fromkeys(_lattice_regions(), ""), prefix)


def scenarios(_: click.Context, __: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Complete scenarios of the simulator."""
    from latticetop.simulator import SCENARIOS

    return _items({name: scenario.description for name, scenario in SCENARIOS.items()}, prefix)


def files(_: click.Context, __: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Let the shell complete file names."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(prefix, type="file")]


def _items(descriptions: dict[str, str], prefix: str) -> list[CompletionItem]:
    """The names that begin with a prefix, with their descriptions; none that a terminal would act upon."""
    from click.shell_completion import CompletionItem

    matches = (name for name in descriptions if name.startswith(prefix) and f"{name}{descriptions[name]}".isprintable())
    return [CompletionItem(name, help=descriptions[name] or None) for name in matches]


def _profile_names(path: Path) -> Iterable[str]:
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, Error, UnicodeDecodeError, AttributeError):
        # AttributeError: configparser's own, for a line that continues a key without a value.
        return
    for section in parser.sections():
        kind, _, name = section.partition(" ")
        if not name:
            yield section
        elif kind == "profile":
            yield name.strip().strip("\"'")


def _lattice_regions() -> list[str]:
    import msgspec

    spec = find_spec("botocore")
    folder = spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else ""
    try:
        raw = (Path(folder) / "data" / "endpoints.json").read_bytes()
        partitions = msgspec.json.decode(raw)["partitions"]
    except (OSError, msgspec.DecodeError, KeyError):
        return []
    return [name for partition in partitions for name in partition["services"].get(_SERVICE, {}).get("endpoints", ())]
