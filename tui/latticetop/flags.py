"""The flags that commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from latticetop.config import Config
from latticetop.console import check_url

if TYPE_CHECKING:
    from latticetop.aws import Settings
    from latticetop.follow.status import Selection

F = TypeVar("F", bound=Callable[..., object])

CONNECTION = (
    click.option("--profile", help="AWS profile; else AWS_PROFILE, else the default chain."),
    click.option("--region", help="AWS Region; else AWS_REGION, else the profile's."),
    click.option(
        "--endpoint-url", callback=check_url, help="Where the AWS API is served, for a simulator or a VPC endpoint."
    ),
)
SELECTION = (
    click.option("--all-endpoints", is_flag=True, help="Endpoints of every type, not only VPC Lattice's."),
    click.option("--all-subnets", is_flag=True, help="Every subnet of the Region."),
    click.option("--vpc-id", "vpc_ids", multiple=True, help="Only the subnets of this VPC; may be repeated."),
    click.option("--subnet-id", "subnet_ids", multiple=True, help="Only this subnet; may be repeated."),
)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several click options as one decorator."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def merge(context: click.Context, flags: dict[str, Any]) -> Config:
    """The flags of the group and of the command, the latter first; then the defaults."""
    given: dict[str, Any] = {**(context.find_root().obj or {})}
    given |= {name: value for name, value in flags.items() if value}
    return Config(**{name: value for name, value in given.items() if name in Config.__struct_fields__ and value})


def settings_of(config: Config) -> Settings:
    """Where to read, and as whom."""
    from latticetop.aws import Settings

    return Settings(profile=config.profile, region=config.region, endpoint_url=config.endpoint_url)


def selection_of(config: Config) -> Selection:
    """What to read of the scope."""
    from latticetop.follow.status import Selection

    return Selection(config.all_endpoints, config.all_subnets, config.vpc_ids, config.subnet_ids)
