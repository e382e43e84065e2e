"""`latticetop info`: diagnostic information for bug reports."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from latticetop import __version__
from latticetop.cli.options import CONNECTION, merge, options, with_members
from latticetop.cli.output import emit, emit_document, emit_schema, run
from latticetop.config.settings import PROFILE_VARIABLES, REGION_VARIABLES, URL_VARIABLE, config_path, variable_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.aws.identity import Identity
    from latticetop.config.settings import Config
    from latticetop.reports.info import FilePath, InfoDocument, ScopeInfo
    from latticetop.runtime.targets import Target

_PACKAGES = ("textual", "aiobotocore", "botocore", "boto3")


@click.command()
@options(*CONNECTION)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON document latticetop.info/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document, and read nothing.")
@click.option(
    "--member-role",
    is_flag=True,
    help="Print a CloudFormation template of the role to assume in other accounts, and read nothing.",
)
@click.pass_context
def info(context: click.Context, /, as_json: bool, schema: bool, member_role: bool, **flags: Any) -> None:
    """Show diagnostic information for bug reports: versions, paths, accounts, Regions and identities.

    Calls only sts:GetCallerIdentity, which needs no permission. If that fails, the rest is printed, and the exit code
    is 3.

    \b
    Examples:
      latticetop info
      latticetop info --profile prod --json
      latticetop info --member-role > role.json       for a StackSet
    """
    from latticetop.reports.info import exit_code, json_schema, render_json, render_text

    if schema:
        emit_schema(json_schema())
        return
    if member_role:
        from latticetop.reports.iam_policy import member_role_template

        emit(member_role_template(), "utf-8")
        return
    config = with_members(merge(context, flags))
    set_flags = {**context.find_root().obj, **{name: value for name, value in flags.items() if value}}
    document = run(_gather(config, set_flags))
    if as_json:
        emit_document(render_json(document))
    else:
        emit(render_text(document))
    context.exit(exit_code(document))


async def _gather(config: Config, set_flags: Mapping[str, Any]) -> InfoDocument:
    from latticetop.aws import SessionCache
    from latticetop.aws.identity import identify
    from latticetop.reports.info import InfoDocument
    from latticetop.runtime.targets import targets_of

    sessions = SessionCache(config.max_calls)
    scopes = [_scope(target, await identify(target.settings, sessions), set_flags) for target in targets_of(config)]
    return InfoDocument(
        versions={"latticetop": __version__, "Python": platform.python_version(), **_versions()},
        platform=platform.platform(),
        paths=_paths(set_flags.get("log") or ""),
        max_calls=config.max_calls,
        endpoint_url=config.endpoint_url or os.environ.get(variable_of([URL_VARIABLE]), ""),
        scopes=tuple(scopes),
    )


def _scope(target: Target, identity: Identity, set_flags: Mapping[str, Any]) -> ScopeInfo:
    from latticetop.aws.identity import credential_sources
    from latticetop.aws.no_credentials import NO_CREDENTIALS
    from latticetop.config.settings import ALL
    from latticetop.reports.info import ScopeInfo

    settings, problem = target.settings, identity.problem
    missing = problem is not None and problem.kind.needs_new_credentials and not identity.source
    if missing and problem is not None and problem.message.startswith(NO_CREDENTIALS):
        # Where they were looked for is listed in `looked_for`.
        problem = structs.replace(problem, message=NO_CREDENTIALS)
    return ScopeInfo(
        name=target.title,
        profile=identity.profile,
        profile_from=_profile_from(target, set_flags),
        role_arn=settings.role_arn,
        region=ALL if settings.region == ALL else identity.region or settings.region,
        region_from=_region_from(target, identity, set_flags),
        credentials_from=identity.source,
        account_id=identity.account_id,
        arn=identity.arn,
        problem=problem,
        looked_for=credential_sources(identity.profile) if missing else (),
    )


def _profile_from(target: Target, set_flags: Mapping[str, Any]) -> str:
    if set_flags.get("profiles"):
        return "--profile"
    if target.name:
        return str(config_path())
    return variable_of(PROFILE_VARIABLES) or "default"


def _region_from(target: Target, identity: Identity, set_flags: Mapping[str, Any]) -> str:
    if set_flags.get("regions"):
        return "--region"
    if target.settings.region:
        return str(config_path())
    return variable_of(REGION_VARIABLES) or ("the profile's, in the AWS configuration" if identity.region else "")


def _versions() -> dict[str, str]:
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def _paths(log: str) -> dict[str, FilePath]:
    from latticetop.aws.credential_files import credentials_path, settings_path
    from latticetop.reports.info import FilePath

    files = {"settings": config_path(), "aws_config": settings_path(), "aws_credentials": credentials_path()}
    paths = {name: FilePath(str(path), path.is_file()) for name, path in files.items()}
    return paths | {"log": FilePath(log and str(Path(log).absolute()), bool(log))}
