"""What to look at and how: latticetop.toml, over it the environment, over it the flags."""

from __future__ import annotations

import difflib
import os
import re
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct
from platformdirs import user_config_path

FLOOR = 5.0
"""The shortest interval in seconds: shorter ones cost an account more calls than they tell."""

LONGEST = 86_400.0
FEWEST_CALLS = 10
"""The least a minute's budget may be: one read of a small account takes about so many."""
ALL = "all"
"""Stands for every Region that has VPC Lattice."""

_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`(?: - at `\$\.?(?P<place>[^`]*)`)?")
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


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one run; what is empty is left to the AWS configuration.

    `interval` is in seconds; `max_calls` is how often an account may be called in a minute, 0 for as often as AWS lets.
    Without a `theme` the terminal decides; `ascii` keeps the screen to ASCII.
    """

    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    endpoint_url: str = ""
    interval: float = 15.0
    max_calls: int = 0
    all_endpoints: bool = False
    all_subnets: bool = False
    vpc_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    notify: Notify = Notify.OFF
    theme: Theme | None = None
    ascii: bool = False


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
    """The settings of a TOML text; ConfigError names what is wrong with it."""
    try:
        config = msgspec.toml.decode(text, type=Config)
    except msgspec.ValidationError as error:
        raise ConfigError(_say(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"it is not TOML: {error}.") from error
    _check(config)
    return config


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


def _check(config: Config) -> None:
    if problem := interval_problem(config.interval) or budget_problem(config.max_calls):
        raise ConfigError(problem)
    for role in config.roles:
        if not _ROLE_ARN.fullmatch(role.arn):
            raise ConfigError(f"'{role.arn}' is no role: write arn:aws:iam::123456789012:role/NAME.")
    titles = [role.title for role in config.roles]
    for title in titles:
        if titles.count(title) > 1 or title in config.profiles:
            raise ConfigError(f"Two scopes are called '{title}': give each role a name of its own.")


def _say(message: str) -> str:
    """A mistake in a person's words."""
    if not (found := _UNKNOWN.search(message)):
        return f"{message[:1].lower()}{message[1:]}{_choices(message)}."
    kind: type[Struct] = Role if (found["place"] or "").startswith("roles") else Config
    nearest = difflib.get_close_matches(found["name"], kind.__struct_fields__, n=1)
    hint = f"Did you mean '{nearest[0]}'?" if nearest else f"There are: {', '.join(kind.__struct_fields__)}."
    return f"there is no setting '{found['name']}'. {hint}"


def _choices(message: str) -> str:
    """What may be set instead, where there is a list of it."""
    kinds: dict[str, type[StrEnum]] = {"`$.notify`": Notify, "`$.theme`": Theme}
    for place, kind in kinds.items():
        if place in message:
            *names, last = kind
            return f"; take {', '.join(names)} or {last}"
    return ""
