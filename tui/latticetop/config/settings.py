"""What to look at and how: latticetop.toml, over it the environment, over it the flags."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from enum import EnumType, StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct
from platformdirs import user_config_path

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES, column_problems
from latticetop.config.key_map import key_map_problems, near


class Appearance(Struct, frozen=True):
    """How the dashboard is drawn; without a theme the terminal decides."""

    theme: Theme | None = None
    ascii: bool = False


FLOOR = 5.0
"""The shortest interval in seconds: shorter ones cost an account more calls than they tell."""


LONGEST = 86_400.0


FEWEST_CALLS = 10
"""The least a minute's budget may be: one read of a small account takes about so many."""


ALL = "all"
"""Stands for every Region that has VPC Lattice."""


_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`")


_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/\S+")


class ConfigError(Exception):
    """A configuration that cannot be used; the message is one sentence, and the next step."""


class Role(Struct, frozen=True, forbid_unknown_fields=True):
    """A role to assume in a member account; `name` is what the screen calls it, and what `--profile` chooses it by.

    It is assumed with the credentials of `profile`, or with those at hand. Without `regions` it is followed in those of
    the whole configuration.
    """

    arn: str
    name: str = ""
    profile: str = ""
    external_id: str = ""
    regions: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name, or else the account's number."""
        return self.name or self.arn.split(":")[4]


class Notify(StrEnum):
    """How to tell of a verdict that changes, apart from what the screen shows."""

    OFF = "off"
    BELL = "bell"
    DESKTOP = "desktop"


class Theme(StrEnum):
    """The colours of the dashboard."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    COLOUR_BLIND = "colour-blind"
    COLOUR_BLIND_BLUE = "colour-blind-blue"
    TERMINAL = "terminal"


class ClickAction(StrEnum):
    """What a click on a row or a block does."""

    SELECT = "select"
    OPEN = "open"


Count = Annotated[int, Meta(ge=0)]


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as tight: a subnet with at most so many free blocks, or room for at most so many more endpoints."""

    free_blocks: Annotated[Count, Meta(description="Free /28 blocks at or below which a subnet is warned of.")] = 0
    fits: Annotated[Count, Meta(description="Further endpoints that fit at or below which a subnet is warned of.")] = 0


_IDS = {"propertyNames": {"enum": list(dict.fromkeys(action.id for action in ACTIONS))}}


_TABLES = {"propertyNames": {"enum": list(TABLES)}}


Names = tuple[str, ...]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of latticetop.toml; what is empty is left to the AWS configuration."""

    profiles: Annotated[Names, Meta(description="AWS profiles to follow; else AWS_PROFILE or the default.")] = ()
    regions: Annotated[Names, Meta(description='Regions to follow, or ["all"]; else AWS_REGION or the profile.')] = ()
    roles: Annotated[tuple[Role, ...], Meta(description="Roles to assume in other accounts.")] = ()
    endpoint_url: Annotated[str, Meta(description="Where the AWS API is served, for a simulator, say.")] = ""
    interval: Annotated[float, Meta(description="Seconds between reads, at least 5; 0 reads on a key only.")] = 15.0
    max_calls: Annotated[int, Meta(description="At most so many calls a minute and account; 0 as AWS lets.")] = 0
    all_endpoints: Annotated[bool, Meta(description="Endpoints of every type, not only VPC Lattice's.")] = False
    all_subnets: Annotated[bool, Meta(description="Every subnet of the Region.")] = False
    vpc_ids: Annotated[Names, Meta(description="Only the subnets of these VPCs.")] = ()
    subnet_ids: Annotated[Names, Meta(description="Only these subnets.")] = ()
    notify: Annotated[Notify, Meta(description="When a verdict changes: off, bell or desktop.")] = Notify.OFF
    theme: Annotated[Theme | None, Meta(description="The colours; else what suits the terminal.")] = None
    ascii: Annotated[bool, Meta(description="Draw lines, dots and dashes in ASCII.")] = False
    sign_in: Annotated[
        Names, Meta(description="The command that signs in, word by word; {profile} stands for the profile's name.")
    ] = ()
    click: Annotated[ClickAction, Meta(description="What a click on a row does: select it, or open it.")] = (
        ClickAction.SELECT
    )
    thresholds: Annotated[Thresholds, Meta(description="What counts as tight.")] = Thresholds()
    columns: Annotated[
        dict[str, Names],
        Meta(description="The columns of a table, whatever its width.", extra_json_schema=_TABLES),
    ] = {}
    keys: Annotated[
        dict[str, str | Names],
        Meta(description="The key or keys of an action; ? shows those in force.", extra_json_schema=_IDS),
    ] = {}

    @property
    def key_map(self) -> dict[str, Names]:
        """The keys of actions, each a tuple."""
        return {name: (keys,) if isinstance(keys, str) else keys for name, keys in self.keys.items()}


def config_path() -> Path:
    """Where the configuration file is, or would be."""
    named = os.environ.get("LATTICETOP_CONFIG", "")
    return Path(named) if named else user_config_path("latticetop", appauthor=False) / "latticetop.toml"


def load_config() -> Config:
    """The configuration file's settings, the defaults where there is none; ConfigError when it cannot be used."""
    path = config_path()
    try:
        config = parse_config(path.read_bytes())
    except FileNotFoundError:
        if os.environ.get("LATTICETOP_CONFIG"):
            raise ConfigError(f"There is no {path}, which LATTICETOP_CONFIG names.") from None
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return config


def parse_config(text: bytes) -> Config:
    """The settings of a TOML text; ConfigError names what is wrong with it first."""
    config, problems = examine(text)
    if problems:
        raise ConfigError(problems[0])
    return config


def examine(text: bytes) -> tuple[Config, list[str]]:
    """The settings of a TOML text, and a sentence for each thing that is wrong with it."""
    try:
        table = msgspec.toml.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Config(), [f"it is not TOML: {error}."]
    if strange := [*_unknown(table, Config)]:
        return Config(), strange
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        return Config(), [_say(str(error))]
    return config, [*_wrong(config)]


def _unknown(table: Mapping[str, Any], kind: type[Struct]) -> Iterator[str]:
    """The settings that there are none of, also in the tables within."""
    fields = {field.name: _struct_of(field.type) for field in msgspec.structs.fields(kind)}
    for name, value in table.items():
        if name not in fields:
            yield f"there is no setting '{name}'. {near(name, list(fields))}"
        elif inner := fields[name]:
            for each in value if isinstance(value, list) else [value]:
                yield from _unknown(each, inner) if isinstance(each, dict) else ()


def _struct_of(kind: Any) -> type[Struct] | None:
    """The type of a setting when it is a table of settings, or several such."""
    if get_origin(kind) is not None:
        return next(filter(None, map(_struct_of, get_args(kind))), None)
    return kind if isinstance(kind, type) and issubclass(kind, Struct) else None


def interval_problem(seconds: float) -> str:
    """Why an interval cannot be had, in one sentence; empty when it can."""
    if seconds == 0 or FLOOR <= seconds <= LONGEST:
        return ""
    return f"The interval is {seconds:g} s; take 0 to read only on a key, or at least {FLOOR:g}, at most {LONGEST:g}."


def budget_problem(calls: int) -> str:
    """Why a budget of calls a minute cannot be kept, in one sentence; empty when it can."""
    if calls == 0 or calls >= FEWEST_CALLS:
        return ""
    return f"A budget of {calls} calls a minute is too small to read an account; give at least {FEWEST_CALLS}."


def url_problem(url: str) -> str:
    """Why AWS's API cannot be called there, in one sentence that repeats no password; empty when it can."""
    if "@" in url:
        return "An endpoint URL has no name and password before its host: requests to AWS are signed. Leave them out."
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    return "" if whole else f"'{url}' is not a URL that can be called. Give one such as http://127.0.0.1:5000."


def _wrong(config: Config) -> Iterator[str]:
    yield from filter(None, (interval_problem(config.interval), budget_problem(config.max_calls)))
    if config.endpoint_url and (problem := url_problem(config.endpoint_url)):
        yield problem
    if config.sign_in and not config.sign_in[0]:
        yield 'sign_in has no command: write it word by word, as in ["aws", "sso", "login"].'
    for role in config.roles:
        if not _ROLE_ARN.fullmatch(role.arn):
            yield f"'{role.arn}' is no role: write arn:aws:iam::123456789012:role/NAME."
    titles = [role.title for role in config.roles if _ROLE_ARN.fullmatch(role.arn)]
    for title in dict.fromkeys(titles):
        if titles.count(title) > 1 or title in config.profiles:
            yield f"Two scopes are called '{title}': give each role a name of its own."
    yield from column_problems(config.columns)
    yield from key_map_problems(config.key_map)


def _say(message: str) -> str:
    """A mistake in a person's words."""
    found = _PLACE.search(message)
    kinds = {field.name: field.type for field in msgspec.structs.fields(Config)}
    kind = get_args(kinds.get(found["place"]) if found else None)
    choices = ""
    for listed in (each for each in (*kind[:1], *get_args(kind[0] if kind else None)) if isinstance(each, EnumType)):
        *names, last = map(str, listed)
        choices = f"; take {', '.join(names)} or {last}"
    return f"{message[:1].lower()}{message[1:]}{choices}."
