"""`latticetop dump`: print a shell script that reads an account with the AWS CLI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from latticetop.cli.options import SCOPES, merge, options
from latticetop.cli.output import emit, usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.config.settings import Config
    from latticetop.reports.dump_script import DumpScope

_IDS = {"vpc_ids": ("--vpc-id", "vpc"), "subnet_ids": ("--subnet-id", "subnet"), "endpoint_ids": ("--endpoint", "vpce")}
"""The option of each parameter that takes ids, and how these begin."""


@click.command()
@options(*SCOPES)
@click.option("--vpc-id", "vpc_ids", multiple=True, help="Only the subnets of this VPC. Repeatable.")
@click.option("--subnet-id", "subnet_ids", multiple=True, help="Only this subnet. Repeatable.")
@click.option(
    "--endpoint",
    "endpoint_ids",
    multiple=True,
    metavar="ID",
    help="Also the CloudTrail events around the creation of this endpoint, for latticetop explain. Repeatable.",
)
@click.option(
    "--output-dir",
    default="latticetop-dump",
    show_default=True,
    metavar="DIRECTORY",
    help="The new directory that the script makes.",
)
@click.pass_context
def dump(context: click.Context, /, output_dir: str, **flags: Any) -> None:
    """Print a shell script that reads an account with the AWS CLI, for check, plan and explain --from.

    For an account that latticetop cannot reach: whoever has its credentials runs the script, and hands on the directory
    that it makes. It needs a POSIX shell, the AWS CLI and the permissions that latticetop needs itself, and only reads.

    A call that is denied is told in one sentence, and the next ones follow; check then says what is missing. The exit
    code of the script is 0 if all was read, 3 if something is missing, 1 if it could not begin.

    \b
    Examples:
      latticetop dump > dump.sh
      sh dump.sh && latticetop check --from latticetop-dump
      latticetop dump --profile prod --region eu-west-1 --vpc-id vpc-0d54… | sh
      latticetop dump --endpoint vpce-0e3b1bfc42d162c4a | sh
    """
    from latticetop.reports.dump_script import DumpContents, dump_script

    ids = {name: _checked(name, flags.pop(name)) for name in _IDS}
    if not output_dir:
        usage("--output-dir is empty: name the directory that the script is to make.")
    config = merge(context, flags)
    emit(dump_script(list(_scopes(config)), DumpContents(**ids), output_dir), "utf-8")


def _checked(name: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    option, prefix = _IDS[name]
    for each in ids:
        if not re.fullmatch(f"{prefix}-[0-9a-z]+", each):
            usage(f"{option} {each} is no id: one is {prefix}- with letters and digits.")
    return ids


def _scopes(config: Config) -> Iterator[DumpScope]:
    """Yield what to dump; a usage error for a role, which the AWS CLI assumes for a profile only."""
    from latticetop.config.settings import ALL
    from latticetop.model.snapshot import Scope
    from latticetop.reports.dump_script import DumpScope
    from latticetop.runtime.targets import targets_of

    if config.organization.is_followed:
        usage(
            "The AWS CLI does not know the accounts of [organization] in latticetop.toml: "
            "select a profile that assumes the role with --profile."
        )
    for target in targets_of(config):
        settings = target.settings
        if settings.role_arn:
            usage(
                f"The AWS CLI does not know the role {target.name} of latticetop.toml: "
                "select a profile that assumes it with --profile."
            )
        is_all = settings.region == ALL
        region = "" if is_all else settings.region
        yield DumpScope(Scope("", region, settings.profile, endpoint_url=settings.endpoint_url), is_all)
