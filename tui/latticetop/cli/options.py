"""The flags that commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import structs

from latticetop.cli.completion import profiles, regions
from latticetop.cli.output import check_url, usage
from latticetop.config.settings import FEWEST_CALLS, Appearance, Config, ConfigError, Theme, budget_problem, load_config

if TYPE_CHECKING:
    from latticetop.follow.status import Selection


F = TypeVar("F", bound=Callable[..., object])


def _check_budget(context: click.Context, __: click.Parameter, calls: int | None) -> int | None:
    if calls is not None and not context.resilient_parsing and (problem := budget_problem(calls)):
        usage(problem)
    return calls


def _keep_log(context: click.Context, _: click.Parameter, name: str | None) -> str | None:
    if name:
        from latticetop.cli.log_file import keep_log

        keep_log(context.find_root(), name)
    return name


CONNECTION = (
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        shell_complete=profiles,
        help="AWS profile, or a role of latticetop.toml; may be repeated. Else AWS_PROFILE, else the default chain.",
    ),
    click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="NAME",
        shell_complete=regions,
        help="AWS Region; may be repeated; 'all' for every one with VPC Lattice. Else AWS_REGION, else the profile's.",
    ),
    click.option(
        "--endpoint-url", callback=check_url, help="Where the AWS API is served, for a simulator or a VPC endpoint."
    ),
    click.option(
        "--max-calls",
        type=int,
        callback=_check_budget,
        metavar="N",
        help=f"At most so many calls a minute and account, {FEWEST_CALLS} or more; else as many as AWS lets.",
    ),
    click.option("--log", callback=_keep_log, metavar="FILE", help="Write a line into this file for each call of AWS."),
)


SELECTION = (
    click.option("--all-endpoints", is_flag=True, help="Endpoints of every type, not only VPC Lattice's."),
    click.option("--all-subnets", is_flag=True, help="Every subnet of the Region."),
    click.option("--vpc-id", "vpc_ids", multiple=True, help="Only the subnets of this VPC; may be repeated."),
    click.option("--subnet-id", "subnet_ids", multiple=True, help="Only this subnet; may be repeated."),
)


def _look(of_group: bool) -> tuple[Callable[[F], F], ...]:
    """The flags on colours and signs; the group reads the environment, since a command's flags stand over its own."""
    return (
        click.option(
            "--theme",
            type=click.Choice(list(Theme), case_sensitive=False),
            envvar="LATTICETOP_THEME" if of_group else None,
            help="The colours; else dark, or the terminal's own where it has only sixteen. NO_COLOR does without.",
        ),
        click.option(
            "--ascii",
            is_flag=True,
            default=None,
            envvar="LATTICETOP_ASCII" if of_group else None,
            help="Draw lines, dots and dashes in ASCII, for terminals that show them wrongly.",
        ),
    )


LOOK, LOOK_OF_GROUP = _look(of_group=False), _look(of_group=True)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several click options as one decorator."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def merge(context: click.Context, flags: dict[str, Any]) -> Config:
    """The flags of the command over those of the group, over the environment, over the file."""
    from latticetop.runtime.targets import choose

    given: dict[str, Any] = {**(context.find_root().obj or {})}
    given |= {name: value for name, value in flags.items() if value}
    config = choose(settings(), given.pop("profiles", ()), given.pop("regions", ()))
    known = {name: value for name, value in given.items() if name in Config.__struct_fields__ and value}
    return structs.replace(config, **known)


def look_of(context: click.Context, theme: Theme | None = None, ascii_only: bool | None = None) -> Appearance:
    """The look by the flags of the command, over those of the group, over the environment, over the file."""
    group, config = context.find_root().obj or {}, settings()
    chosen = (given for given in (ascii_only, group.get("ascii"), config.ascii) if given is not None)
    return Appearance(theme or group.get("theme") or config.theme, next(chosen))


def settings() -> Config:
    """The settings of the file; a usage error when it cannot be used."""
    try:
        return load_config()
    except ConfigError as error:
        usage(str(error))


def selection_of(config: Config) -> Selection:
    """What to read of a scope."""
    from latticetop.follow.status import Selection

    return Selection(config.all_endpoints, config.all_subnets, config.vpc_ids, config.subnet_ids)
