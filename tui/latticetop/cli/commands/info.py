"""`latticetop info`: diagnostic information for bug reports."""

from __future__ import annotations

import asyncio
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from latticetop import __version__
from latticetop.cli.options import CONNECTION, merge, options
from latticetop.cli.output import emit, emit_document, emit_schema, run
from latticetop.config.settings import (
    AT_ONCE,
    PROFILE_VARIABLES,
    REGION_VARIABLES,
    URL_VARIABLE,
    Role,
    config_path,
    variable_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.aws.identity import Identity
    from latticetop.aws.session_cache import SessionCache
    from latticetop.config.settings import Config
    from latticetop.model.records.problem import Problem
    from latticetop.reports.info import FilePath, InfoDocument, ScopeInfo
    from latticetop.runtime.targets import Target

_PACKAGES = ("textual", "aiobotocore", "botocore", "boto3")
_ORGANIZATION = "organization"
"""The name of the account that was to list the others, where it could not."""


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

    Calls sts:GetCallerIdentity, which needs no permission, and what lists accounts and assumes roles if latticetop.toml
    has any. If one of these fails, the rest is printed, and the exit code is 3.

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
    config = merge(context, flags)
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
    from latticetop.follow.read_gate import ReadGate
    from latticetop.reports.info import InfoDocument
    from latticetop.runtime.targets import targets_of

    sessions, gate = SessionCache(config.max_calls, reads_once=True), ReadGate(config.at_once or AT_ONCE)
    config, problem = await _with_members(config, sessions)

    async def scope_of(target: Target) -> ScopeInfo:
        async with gate.turn():
            scope = _scope(target, await identify(target.settings, sessions), set_flags)
        is_unlisted = problem is not None and target.title == _ORGANIZATION and scope.problem is None
        return structs.replace(scope, problem=problem) if is_unlisted else scope

    scopes = await asyncio.gather(*map(scope_of, targets_of(config)))
    return InfoDocument(
        versions={"latticetop": __version__, "Python": platform.python_version(), **_versions()},
        platform=platform.platform(),
        paths=_paths(set_flags.get("log") or ""),
        max_calls=config.max_calls,
        endpoint_url=config.endpoint_url or os.environ.get(variable_of([URL_VARIABLE]), ""),
        scopes=tuple(scopes),
    )


async def _with_members(config: Config, sessions: SessionCache) -> tuple[Config, Problem | None]:
    """The configuration with the accounts of its organization, or with the one that could not list them, and why."""
    from latticetop.model.records.problem import ProblemKind, ReadError
    from latticetop.runtime.organization import with_members

    try:
        return await with_members(config, sessions), None
    except ReadError as error:
        if error.problem.kind is ProblemKind.USAGE:
            raise
        hub = Role("", _ORGANIZATION, config.organization.profile, regions=config.organization.regions)
        return structs.replace(config, roles=(*config.roles, hub)), error.problem


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
