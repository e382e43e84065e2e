"""What latticetop is run with: versions, paths, scopes, identities; as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from latticetop.model.records.problem import Problem
from latticetop.model.records.text import clean
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = tuple[str, str, str]


class Path(Struct, frozen=True):
    """A file: where it is or would be, empty where it is off."""

    path: str
    present: bool


class ScopeInfo(Struct, frozen=True):
    """A scope and who reads it. `…_from` is the flag, the variable or the file; `credentials_from` botocore's word.

    `looked_for` says where credentials were looked for, when none were found.
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
    """The document. `max_calls` is how often an account is called in a minute at the most, 0 for as AWS lets."""

    schema: Literal["latticetop.info/1"] = "latticetop.info/1"
    versions: dict[str, str]
    platform: str
    paths: dict[str, Path]
    max_calls: int
    endpoint_url: str
    scopes: tuple[ScopeInfo, ...]


def render_json(document: InfoDocument) -> str:
    """The document as JSON."""
    return to_json(document)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(InfoDocument)


def render_text(document: InfoDocument) -> str:
    """Names, values and where they come from, in columns."""
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
        yield title, path.path or "off", "" if path.present or not path.path else "not there"
    yield "max-calls", f"{document.max_calls} a minute" if document.max_calls else "as many as AWS lets", ""
    if document.endpoint_url:
        yield "endpoint-url", document.endpoint_url, ""


def _scope(scope: ScopeInfo) -> Iterator[Row]:
    yield "", "", ""
    if scope.name:
        yield "scope", scope.name, ""
    yield "profile", scope.profile or "none", scope.profile_from
    if scope.role_arn:
        yield "role", scope.role_arn, ""
    yield "Region", scope.region or "not known", scope.region_from
    if scope.credentials_from:
        yield "credentials", f"from {scope.credentials_from}", ""
    if scope.problem is None:
        yield "account", scope.account_id, ""
        yield "identity", scope.arn, ""
    else:
        yield "identity", f"not known: {scope.problem.message}", ""
    for number, place in enumerate(scope.looked_for):
        yield "" if number else "looked for", place, ""
    if scope.problem and scope.problem.next_step:
        yield "what to do", scope.problem.next_step, ""
