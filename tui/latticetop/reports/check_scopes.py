"""`latticetop check` for more than one account or Region: the document and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import CheckDocument, ProblemItem, document, problem_item
from latticetop.reports.check_reasons import exit_code
from latticetop.reports.exit_codes import ExitCode, worst_of
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.records.problem import Problem

SCHEMA = "latticetop.check-scopes/1"


class ScopeResult(NamedTuple):
    """The profile name and Region that were asked for, and the snapshot read, or the problem that prevented it.

    `criteria` decide what is wrong. `requested_account_id` is the account of the role that was asked for, empty for a
    profile.
    """

    name: str
    region: str
    result: Snapshot | Problem
    criteria: Criteria = DEFAULT_CRITERIA
    requested_account_id: str = ""

    @property
    def account_id(self) -> str:
        """The id of the account that was read, else of the one that was asked for; empty if neither is known."""
        read = self.result.scope.account_id if isinstance(self.result, Snapshot) else ""
        return read or self.requested_account_id

    @property
    def read_region(self) -> str:
        """The Region that was read, else the one that was asked for."""
        return self.result.scope.region if isinstance(self.result, Snapshot) else self.region

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that `check` of this scope alone would have."""
        return exit_code(self.result, self.criteria) if isinstance(self.result, Snapshot) else ExitCode.UNKNOWN


class ScopeItem(Struct):
    """One scope: `check` is null if nothing could be read, and `problem` then says why.

    `account_id` is empty if nothing tells it, as of a profile without valid credentials.
    """

    name: str
    account_id: str
    region: str
    exit_code: int
    check: CheckDocument | None
    problem: ProblemItem | None


class ScopesDocument(Struct):
    """The output of `latticetop check --json` for several scopes, in the order in which they were asked for."""

    schema: str
    scopes: list[ScopeItem]


def render_scopes_json(scopes: Sequence[ScopeResult]) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(ScopesDocument(SCHEMA, [_item(scope) for scope in scopes]))


def scopes_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(ScopesDocument)


def scopes_exit_code(scopes: Sequence[ScopeResult]) -> ExitCode:
    """Return WRONG when something is wrong for certain in any scope, else UNKNOWN when any is unknown, else OK."""
    return worst_of(scope.exit_code for scope in scopes)


def _item(scope: ScopeResult) -> ScopeItem:
    if isinstance(scope.result, Snapshot):
        check, problem = document(scope.result, scope.criteria), None
    else:
        check, problem = None, problem_item(scope.result)
    return ScopeItem(scope.name, scope.account_id, scope.read_region, scope.exit_code, check, problem)
