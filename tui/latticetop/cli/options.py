"""The options that commands share, and the configuration that they result in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from msgspec import structs

from latticetop.cli.completion import profiles, regions
from latticetop.cli.output import check_endpoint_variables, check_url, narrate, run, usage
from latticetop.config.settings import (
    MIN_MAX_CALLS,
    URL_VARIABLE,
    Appearance,
    Config,
    ConfigError,
    Theme,
    load_config,
    max_calls_problem,
    tag_problem,
    variable_of,
)

if TYPE_CHECKING:
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.records.problem import Problem


F = TypeVar("F", bound=Callable[..., object])


def _check_max_calls(context: click.Context, __: click.Parameter, calls: int | None) -> int | None:
    if calls is not None and not context.resilient_parsing and (problem := max_calls_problem(calls)):
        usage(problem)
    return calls


def _keep_log(context: click.Context, _: click.Parameter, name: str | None) -> str | None:
    if name:
        from latticetop.cli.log_file import keep_log

        keep_log(context.find_root(), name)
    return name


SCOPES = (
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        shell_complete=profiles,
        help="AWS profile, or role or account of latticetop.toml. Repeatable. Default: AWS_PROFILE, else default.",
    ),
    click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="NAME",
        shell_complete=regions,
        help="AWS Region, or 'all' (with VPC Lattice). Repeatable. Default: AWS_REGION, else the profile's.",
    ),
    click.option("--endpoint-url", callback=check_url, help="URL of the AWS API, for a simulator or a VPC endpoint."),
)


def _check_tags(context: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    if not context.resilient_parsing and (problem := next(filter(None, map(tag_problem, texts)), "")):
        usage(problem)
    return texts


CONNECTION = (
    *SCOPES,
    click.option(
        "--max-calls",
        type=int,
        callback=_check_max_calls,
        metavar="N",
        help=f"Maximum API calls per minute per account (minimum {MIN_MAX_CALLS}; default: unlimited).",
    ),
    click.option("--log", callback=_keep_log, metavar="FILE", help="Write one line per AWS API call to this file."),
)


BY_TAGS = (
    click.option(
        "--cluster",
        "clusters",
        multiple=True,
        metavar="NAME",
        help="Read only the subnets of this EKS cluster. Repeatable.",
    ),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        metavar="KEY[=VALUE]",
        callback=_check_tags,
        help="Read only subnets with this tag, of the VPCs and clusters if there are any. Repeatable: each key must "
        "match, with one of its values.",
    ),
)


SELECTION = (
    click.option("--all-endpoints", is_flag=True, help="Read endpoints of every type, not only VPC Lattice's."),
    click.option("--all-subnets", is_flag=True, help="Read every subnet of the Region."),
    click.option("--vpc-id", "vpc_ids", multiple=True, help="Read only the subnets of this VPC. Repeatable."),
    click.option("--subnet-id", "subnet_ids", multiple=True, help="Read only this subnet. Repeatable."),
    *BY_TAGS,
)


MIN_FREE_BLOCKS = click.option(
    "--min-free-blocks",
    type=click.IntRange(0),
    metavar="N",
    help="Free /28 blocks that a subnet needs where something in it needs blocks, or that is selected by an option. "
    "Default: 1 more than thresholds.free_blocks of latticetop.toml, which is 0.",
)


class VariableOption(click.Option):
    """An option that reads an environment variable, and names that one if the value is wrong in it."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert a value; a usage error if it is wrong."""
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            if source_of(ctx, self) not in ("flag", "default"):
                error.param_hint = f"'{self.envvar}'"
            raise


def source_of(context: click.Context, option: click.Parameter) -> str:
    """Return where the value of an option comes from: `flag`, the name of an environment variable, or `default`."""
    source = context.get_parameter_source(option.name or "")
    if source is ParameterSource.ENVIRONMENT:
        return str(option.envvar)
    return "flag" if source is ParameterSource.COMMANDLINE else "default"


def _appearance(of_group: bool) -> tuple[Callable[[F], F], ...]:
    """Make the options on colours and characters. Only those of the group read the environment.

    A command's options take precedence over the group's, and would otherwise let the environment override the latter.
    """
    return (
        click.option(
            "--theme",
            cls=VariableOption,
            type=click.Choice([theme.value for theme in Theme], case_sensitive=False),
            callback=lambda _, __, name: Theme(name) if name else None,
            envvar="LATTICETOP_THEME" if of_group else None,
            help="Colour theme. Default: dark, or terminal if it has only 16 colours. NO_COLOR turns colours off.",
        ),
        click.option(
            "--ascii",
            cls=VariableOption,
            is_flag=True,
            default=None,
            envvar="LATTICETOP_ASCII" if of_group else None,
            help="Draw lines, dots and dashes in ASCII, for terminals that show them incorrectly.",
        ),
    )


APPEARANCE, APPEARANCE_OF_GROUP = _appearance(of_group=False), _appearance(of_group=True)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Combine click options into one decorator."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def merge(context: click.Context, flags: dict[str, Any]) -> Config:
    """Return the configuration: flags of the command over those of the group, over the environment, over the file."""
    from latticetop.runtime.targets import override_scopes

    group: dict[str, Any] = context.find_root().obj or {}
    flags = {**group, **{name: value for name, value in flags.items() if value}}
    config = override_scopes(settings(), flags.pop("profiles", ()), flags.pop("regions", ()))
    if variable_of([URL_VARIABLE]):
        config = structs.replace(config, endpoint_url="")
    changes = {name: value for name, value in flags.items() if name in Config.__struct_fields__ and value}
    config = structs.replace(config, **changes)
    if not config.endpoint_url:
        check_endpoint_variables()
    return config


def with_members(config: Config, report_unread: Callable[[Problem], None] | None = None) -> Config:
    """Return a configuration with a role for each account of its organization, which are listed now.

    Ends the process with a sentence if they cannot be listed, see `run`. Unchanged without an organization.
    """
    if not config.organization.is_followed:
        return config
    from latticetop.aws import SessionCache
    from latticetop.runtime import organization

    sessions = SessionCache(config.max_calls, reads_once=True)
    return run(organization.with_members(config, sessions, narrate), report_unread)


def appearance_of(context: click.Context, theme: Theme | None = None, ascii_only: bool | None = None) -> Appearance:
    """Return the appearance: flags of the command over those of the group, over the environment, over the file."""
    group, config = context.find_root().obj or {}, settings()
    choices = (choice for choice in (ascii_only, group.get("ascii"), config.ascii) if choice is not None)
    return Appearance(theme or group.get("theme") or config.theme, next(choices))


def settings() -> Config:
    """Return the settings of the configuration file; a usage error if the file is invalid."""
    try:
        return load_config()
    except ConfigError as error:
        usage(str(error))


def config_for_files(flags: Mapping[str, Any]) -> Config:
    """Return the configuration for a recording or answers in files, in which the settings select nothing."""
    names = ("all_endpoints", "all_subnets", "vpc_ids", "subnet_ids", "tags", "clusters")
    return Config(thresholds=settings().thresholds, **{name: flags[name] for name in names if name in flags})


def criteria_of_recording(min_free_blocks: int | None) -> Criteria:
    """Return what is wrong in a recording, in which the settings select no subnets."""
    return criteria_of(config_for_files({}), min_free_blocks)


def selection_of(config: Config) -> Selection:
    """Return what to read of a scope."""
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.targets import asks_for_single_scope

    return Selection(
        config.all_endpoints,
        config.all_subnets,
        config.vpc_ids,
        config.subnet_ids,
        tags=config.tags,
        clusters=config.clusters,
        may_be_empty=not asks_for_single_scope(config),
    )


def criteria_of(config: Config, min_free_blocks: int | None) -> Criteria:
    """Return what is wrong in a scope: the subnets that count by name, and how many free blocks they need."""
    from latticetop.model.capacity.counting_subnets import Criteria

    if min_free_blocks is None:
        min_free_blocks = config.thresholds.free_blocks + 1
    return Criteria(
        min_free_blocks, config.subnet_ids, config.vpc_ids, config.all_subnets, config.tags, config.clusters
    )
