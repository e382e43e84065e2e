"""The document of `latticetop info`: versions, paths, scopes and identities, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.text import clean
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = tuple[str, str, str]
"""Name, value and note of a line of the text; all empty for a blank line."""


class FilePath(Struct, frozen=True):
    """The path of a file, empty if it is not in use, and whether the file exists."""

    path: str
    present: bool


class ScopeInfo(Struct, frozen=True):
    """A scope and the identity that reads it.

    `profile_from` and `region_from` name the flag, environment variable or file that the value is from;
    `credentials_from` is botocore's name of the credential source. `looked_for` lists where credentials were looked
    for if none were found.
    """

    name: str
    profile: str
    profile_from: str
    role_arn: str
    region: str
    region_from: str
    credentials_from: str
    account_id: str
    arn: str
    problem: Problem | None = None
    looked_for: tuple[str, ...] = ()


class InfoDocument(Struct, frozen=True, kw_only=True):
    """The output of `latticetop info --json`. `max_calls` is in API calls per minute per account, 0 for unlimited."""

    schema: Literal["latticetop.info/1"] = "latticetop.info/1"
    versions: dict[str, str]
    platform: str
    paths: dict[str, FilePath]
    max_calls: int
    endpoint_url: str
    scopes: tuple[ScopeInfo, ...]


def render_json(document: InfoDocument) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(InfoDocument)


def exit_code(document: InfoDocument) -> ExitCode:
    """Return USAGE if a profile or Region does not exist, UNKNOWN if an identity could not be read, else OK."""
    kinds = {scope.problem.kind for scope in document.scopes if scope.problem}
    return ExitCode.USAGE if ProblemKind.USAGE in kinds else ExitCode.UNKNOWN if kinds else ExitCode.OK


def render_text(document: InfoDocument) -> str:
    """Render names, values and their sources in columns."""
    rows = [*_about(document), *(row for scope in document.scopes for row in _scope(scope))]
    first = max(len(row[0]) for row in rows)
    second = max((len(row[1]) for row in rows if row[2]), default=0)
    lines = (f"{name:<{first}}  {f'{value:<{second}}  {note}' if note else value}" for name, value, note in rows)
    return "\n".join(clean(line.rstrip()) for line in lines) + "\n"


def _about(document: InfoDocument) -> Iterator[Row]:
    for name, version in document.versions.items():
        yield name, version, ""
    yield "platform", document.platform, ""
    yield "", "", ""
    for name, path in document.paths.items():
        title = name.replace("_", " ").replace("aws", "AWS")
        yield title, path.path or "off", "" if path.present or not path.path else "does not exist"
    yield "max-calls", f"{document.max_calls} per minute" if document.max_calls else "unlimited", ""
    if document.endpoint_url:
        yield "endpoint-url", document.endpoint_url, ""


def _scope(scope: ScopeInfo) -> Iterator[Row]:
    yield "", "", ""
    if scope.name:
        yield "name", scope.name, ""
    yield "profile", scope.profile or "none", scope.profile_from
    if scope.role_arn:
        yield "role", scope.role_arn, ""
    yield "Region", scope.region or "not set", scope.region_from
    if scope.credentials_from:
        yield "credentials", f"from {scope.credentials_from}", ""
    if scope.problem is None:
        yield "account", scope.account_id, ""
        yield "identity", scope.arn, ""
    else:
        yield "identity", f"unknown: {scope.problem.message}", ""
    for number, place in enumerate(scope.looked_for):
        yield "" if number else "looked for", place, ""
    if scope.problem and scope.problem.next_step:
        yield "next step", scope.problem.next_step, ""
