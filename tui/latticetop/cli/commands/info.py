"""`latticetop info`: what it is run with, and as whom."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from latticetop import __version__
from latticetop.cli.options import CONNECTION, merge, options
from latticetop.cli.output import UNREADABLE, USAGE, emit, emit_document, emit_schema, run
from latticetop.config.settings import config_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.aws.identity import Identity
    from latticetop.config.settings import Config
    from latticetop.reports.info import InfoDocument, ScopeInfo
    from latticetop.runtime.targets import Target

_PACKAGES = ("textual", "aiobotocore", "botocore", "boto3")


@click.command()
@options(*CONNECTION)
@click.option("--json", "as_json", is_flag=True, help="Print the document latticetop.info/1 instead of text.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document and read nothing.")
@click.pass_context
def info(context: click.Context, /, as_json: bool, schema: bool, **flags: Any) -> None:
    """Print versions, paths, the scope and the identity it is read as: what a report of a fault wants to know.

    It asks AWS one thing, sts:GetCallerIdentity, which needs no permission. Exits with 3 when the identity cannot be
    told, and prints all else.

    \b
    Examples:
      latticetop info
      latticetop info --profile prod --json
    """
    from latticetop.reports.info import json_schema, render_json, render_text

    if schema:
        emit_schema(json_schema())
        return
    config = merge(context, flags)
    given = {**context.find_root().obj, **{name: value for name, value in flags.items() if value}}
    document = run(_gather(config, given))
    if as_json:
        emit_document(render_json(document))
    else:
        emit(render_text(document))
    context.exit(_exit_code(document))


async def _gather(config: Config, given: Mapping[str, Any]) -> InfoDocument:
    from latticetop.aws import Shared
    from latticetop.aws.identity import identify
    from latticetop.reports.info import InfoDocument
    from latticetop.runtime.targets import targets_of

    shared = Shared(config.max_calls)
    scopes = [_scope(place, await identify(place.settings, shared), given) for place in targets_of(config)]
    return InfoDocument(
        versions={"latticetop": __version__, "Python": platform.python_version(), **_versions()},
        platform=platform.platform(),
        paths=_paths(given.get("log") or ""),
        max_calls=config.max_calls,
        endpoint_url=config.endpoint_url or os.environ.get("AWS_ENDPOINT_URL", ""),
        scopes=tuple(scopes),
    )


def _scope(place: Target, found: Identity, given: Mapping[str, Any]) -> ScopeInfo:
    from latticetop.aws.identity import looked_for
    from latticetop.aws.none_found import NONE
    from latticetop.config.settings import ALL
    from latticetop.reports.info import ScopeInfo

    settings, problem = place.settings, found.problem
    missing = problem is not None and problem.kind.needs_new_credentials and not found.source
    if missing and problem is not None and problem.message.startswith(NONE):
        # Where that was is told in a list.
        problem = structs.replace(problem, message=NONE)
    return ScopeInfo(
        name=place.title,
        profile=found.profile,
        profile_from=_profile_from(place, given),
        role_arn=settings.role_arn,
        region=ALL if settings.region == ALL else found.region or settings.region,
        region_from=_region_from(place, found, given),
        credentials_from=found.source,
        account_id=found.account_id,
        arn=found.arn,
        problem=problem,
        looked_for=looked_for(found.profile) if missing else (),
    )


def _profile_from(place: Target, given: Mapping[str, Any]) -> str:
    if given.get("profiles"):
        return "--profile"
    if place.title or place.settings.profile:
        return str(config_path())
    # botocore's order.
    return _variable("AWS_DEFAULT_PROFILE", "AWS_PROFILE") or "nothing names one"


def _region_from(place: Target, found: Identity, given: Mapping[str, Any]) -> str:
    if given.get("regions"):
        return "--region"
    if place.settings.region:
        return str(config_path())
    named = _variable("AWS_REGION", "AWS_DEFAULT_REGION")
    return named or ("the profile's, in the AWS configuration" if found.region else "")


def _variable(*names: str) -> str:
    return next((name for name in names if os.environ.get(name)), "")


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _paths(log: str) -> dict[str, Any]:
    from latticetop.aws.credential_files import credentials_path, settings_path
    from latticetop.reports import info as report

    files = {"settings": config_path(), "aws_config": settings_path(), "aws_credentials": credentials_path()}
    told = {name: report.Path(str(path), path.is_file()) for name, path in files.items()}
    return told | {"log": report.Path(log and str(Path(log).absolute()), bool(log))}


def _exit_code(document: InfoDocument) -> int:
    from latticetop.model.records.problem import ProblemKind

    kinds = {scope.problem.kind for scope in document.scopes if scope.problem}
    return USAGE if ProblemKind.USAGE in kinds else UNREADABLE if kinds else 0
