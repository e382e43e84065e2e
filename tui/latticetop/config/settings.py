"""The settings of latticetop.toml: their types, defaults and limits. The environment and flags override them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct
from platformdirs import user_config_path

from latticetop.config.actions import ACTIONS
from latticetop.config.columns import TABLES, column_problems
from latticetop.config.conversion import convert_table
from latticetop.config.key_map import key_map_problems
from latticetop.config.organization import Organization, organization_problems


class Appearance(Struct, frozen=True):
    """Colours and characters of the dashboard; without a theme, the capabilities of the terminal decide."""

    theme: Theme | None = None
    ascii: bool = False


MIN_INTERVAL = 5.0
"""The shortest interval in seconds; shorter ones use API calls of the account without showing more."""


MAX_INTERVAL = 86_400.0
"""The longest interval in seconds: one day."""

MIN_MAX_CALLS = 10
"""The lowest maximum of API calls per minute; one read of a small account takes about as many."""


AT_ONCE, AT_ONCE_IN_DASHBOARD = 8, 4
"""Accounts and Regions that are read at the same time; fewer where keys have to show at once."""


PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
"""The environment variables that name the profile, in the SDK's order: the first one that is set counts."""


REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""The environment variables that name the Region: the first one that is set counts."""


URL_VARIABLE = "AWS_ENDPOINT_URL"
"""The environment variable with the URL of the AWS API, unless the SDK is to ignore it."""


ALL = "all"
"""Stands for every enabled Region that has VPC Lattice."""


_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/\S+")


class ConfigError(Exception):
    """An invalid configuration; the message is one sentence and the next step."""


class Role(Struct, frozen=True, forbid_unknown_fields=True):
    """An IAM role to assume in another account; `name` is shown on screen and accepted by `--profile`.

    It is assumed with the credentials of `profile`, else with the default credentials. `regions` are the Regions to
    follow there, by default those of the whole configuration. An empty `arn`, which a file cannot have, is the account
    of the credentials themselves.
    """

    arn: str
    name: str = ""
    profile: str = ""
    external_id: str = ""
    regions: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name, else the account id."""
        return self.name or self.arn.split(":")[4]


class Notify(StrEnum):
    """How a change of a verdict is announced besides on screen."""

    OFF = "off"
    BELL = "bell"
    DESKTOP = "desktop"


class Theme(StrEnum):
    """The colour themes of the dashboard."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    COLOUR_BLIND = "colour-blind"
    COLOUR_BLIND_BLUE = "colour-blind-blue"
    TERMINAL = "terminal"


class ClickAction(StrEnum):
    """The effect of a click on a row or a block."""

    SELECT = "select"
    OPEN = "open"


Count = Annotated[int, Meta(ge=0)]


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits at or below which a subnet is shown as a warning."""

    free_blocks: Annotated[
        Count, Meta(description="Warn of subnets with at most this many free /28 blocks, in check too.")
    ] = 0
    fits: Annotated[Count, Meta(description="Warn of subnets with capacity for at most this many more endpoints.")] = 0


_ACTION_IDS = {"propertyNames": {"enum": list(dict.fromkeys(action.id for action in ACTIONS))}}


_TABLES = {"propertyNames": {"enum": list(TABLES)}}


Names = tuple[str, ...]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of latticetop.toml; the AWS configuration decides where profiles or Regions are empty."""

    profiles: Annotated[Names, Meta(description="AWS profiles to follow. Default: AWS_PROFILE, else default.")] = ()
    regions: Annotated[
        Names, Meta(description='Regions to follow, or ["all"]. Default: AWS_REGION, else profile.')
    ] = ()
    roles: Annotated[tuple[Role, ...], Meta(description="Roles to assume in other accounts.")] = ()
    organization: Annotated[Organization, Meta(description="Accounts of AWS Organizations to follow.")] = Organization()
    endpoint_url: Annotated[str, Meta(description="URL of the AWS API, for example of a simulator.")] = ""
    interval: Annotated[float, Meta(description="Seconds between reads (minimum 5; 0: only on demand).")] = 15.0
    max_calls: Annotated[int, Meta(description="Maximum API calls per minute per account (0: unlimited).")] = 0
    at_once: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Accounts and Regions read at the same time. Default: 8, in the dashboard 4."),
    ] = None
    all_endpoints: Annotated[bool, Meta(description="Read endpoints of all types, not only VPC Lattice's.")] = False
    all_subnets: Annotated[bool, Meta(description="Read every subnet of the Region.")] = False
    vpc_ids: Annotated[Names, Meta(description="Read only the subnets of these VPCs.")] = ()
    subnet_ids: Annotated[Names, Meta(description="Read only these subnets.")] = ()
    clusters: Annotated[Names, Meta(description="Read only the subnets of these EKS clusters.")] = ()
    tags: Annotated[
        Names, Meta(description='Read only subnets with these tags, "KEY=VALUE" or "KEY": one of each key.')
    ] = ()
    notify: Annotated[Notify, Meta(description="Notification when a verdict changes: off, bell or desktop.")] = (
        Notify.OFF
    )
    theme: Annotated[Theme | None, Meta(description="Colour theme. Default: chosen for the terminal.")] = None
    ascii: Annotated[bool, Meta(description="Draw lines, dots and dashes in ASCII.")] = False
    sign_in: Annotated[
        Names, Meta(description="Sign-in command as a list of words; {profile} is replaced by the profile name.")
    ] = ()
    click: Annotated[ClickAction, Meta(description="Effect of a click on a row: select or open.")] = ClickAction.SELECT
    thresholds: Annotated[Thresholds, Meta(description="When a subnet is a warning.")] = Thresholds()
    columns: Annotated[
        dict[str, Names],
        Meta(description="Columns of a table, at any width.", extra_json_schema=_TABLES),
    ] = {}
    keys: Annotated[
        dict[str, str | Names],
        Meta(description="Key or keys of an action; ? shows the current ones.", extra_json_schema=_ACTION_IDS),
    ] = {}

    @property
    def key_map(self) -> dict[str, Names]:
        """The keys by action id, each a tuple."""
        return {name: (keys,) if isinstance(keys, str) else keys for name, keys in self.keys.items()}


def config_path() -> Path:
    """Return the path of the configuration file, whether or not it exists."""
    path = os.environ.get("LATTICETOP_CONFIG", "")
    return Path(path) if path else user_config_path("latticetop", appauthor=False) / "latticetop.toml"


def ignores_endpoint_urls() -> bool:
    """Return whether the SDK is to ignore the URLs of the AWS API in the environment and in the AWS configuration."""
    return os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"


def variable_of(names: Iterable[str]) -> str:
    """Return the first of these environment variables that is set and in force; empty if none is."""
    ignored = {URL_VARIABLE} if ignores_endpoint_urls() else ()
    return next((name for name in names if os.environ.get(name) and name not in ignored), "")


def load_config() -> Config:
    """Return the settings of the configuration file, or the defaults without one; ConfigError if it is invalid."""
    path = config_path()
    try:
        config = parse_config(path.read_bytes())
    except FileNotFoundError:
        if os.environ.get("LATTICETOP_CONFIG"):
            raise ConfigError(f"{path}, named by LATTICETOP_CONFIG, does not exist.") from None
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return config


def parse_config(text: bytes) -> Config:
    """Return the settings of a TOML text; ConfigError for the first problem, with the number of the others."""
    config, problems = examine(text)
    if problems:
        more = f" latticetop config --check lists all {len(problems)} problems." if len(problems) > 1 else ""
        raise ConfigError(f"{problems[0]}{more}")
    return config


def examine(text: bytes) -> tuple[Config, list[str]]:
    """Return the settings of a TOML text, and one sentence per problem; the default of each that is wrong."""
    try:
        table = msgspec.toml.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Config(), [f"it is not valid TOML: {error}."]
    except RecursionError:
        return Config(), ["its arrays or tables are nested too deeply."]
    except ValueError:
        return Config(), ["it has a number with too many digits."]
    config, faults = convert_table(table, Config)
    return config, [*faults, *_problems(config)]


def interval_problem(seconds: float) -> str:
    """Return why an interval in seconds is invalid, in one sentence; empty if it is valid."""
    if seconds == 0 or MIN_INTERVAL <= seconds <= MAX_INTERVAL:
        return ""
    return (
        f"The interval is {seconds:g} s; it has to be at least {MIN_INTERVAL:g} and at most {MAX_INTERVAL:g}, "
        "or 0 to read only on demand."
    )


def max_calls_problem(calls: int) -> str:
    """Return why a maximum of API calls per minute is invalid, in one sentence; empty if it is valid."""
    if calls == 0 or calls >= MIN_MAX_CALLS:
        return ""
    return f"{calls} API calls per minute are too few to read an account; the minimum is {MIN_MAX_CALLS}."


def tag_problem(text: str) -> str:
    """Return why a filter by tag is invalid, in one sentence; empty if it is valid."""
    return "" if text.partition("=")[0] else f"'{text}' is not a tag: write KEY=VALUE, or KEY for any value."


def url_problem(url: str) -> str:
    """Return why an endpoint URL is invalid, in one sentence that repeats no password; empty if it is valid."""
    if "@" in url:
        return "Remove the user name and password from the endpoint URL: requests to AWS are signed instead."
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    return "" if valid else f"'{url}' is not a valid URL. Use one such as http://127.0.0.1:5000."


def _problems(config: Config) -> Iterator[str]:
    yield from filter(None, (interval_problem(config.interval), max_calls_problem(config.max_calls)))
    yield from filter(None, map(tag_problem, config.tags))
    if config.endpoint_url and (problem := url_problem(config.endpoint_url)):
        yield problem
    if config.sign_in and not config.sign_in[0]:
        yield 'sign_in has no command: write it as a list of words, such as ["aws", "sso", "login"].'
    for role in config.roles:
        if not _ROLE_ARN.fullmatch(role.arn):
            yield f"'{role.arn}' is not the ARN of a role: write arn:aws:iam::123456789012:role/NAME."
    titles = [role.title for role in config.roles if _ROLE_ARN.fullmatch(role.arn)]
    for title in dict.fromkeys(titles):
        if titles.count(title) > 1 or title in config.profiles:
            yield f"Two accounts have the name '{title}': give each role a unique name."
    yield from organization_problems(config.organization)
    yield from column_problems(config.columns)
    yield from key_map_problems(config.key_map)
