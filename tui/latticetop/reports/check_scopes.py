"""What is wrong in several scopes: `latticetop check` of more than one account or Region, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from latticetop.model.records.text import clean
from latticetop.model.snapshot import Snapshot
from latticetop.reports.check import NOTHING, UNREADABLE, WRONG, CheckDocument, ProblemItem, document, exit_code
from latticetop.reports.check_text import render_text
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.model.records.problem import Problem

SCHEMA = "latticetop.check-scopes/1"


class ScopeRead(NamedTuple):
    """One scope: the name and Region it was asked for by, and what was read, or why nothing was."""

    name: str
    region: str
    found: Snapshot | Problem


class ScopeItem(Struct):
    """One scope: `check` is null where nothing could be read, and then `problem` says why."""

    name: str
    region: str
    exit_code: int
    check: CheckDocument | None
    problem: ProblemItem | None


class ScopesDocument(Struct):
    """The whole of `latticetop check --json` for several scopes, in the order they were asked for."""

    schema: str
    scopes: list[ScopeItem]


def render_scopes_json(scopes: Sequence[ScopeRead]) -> str:
    """The document as indented JSON with a newline at its end."""
    return to_json(ScopesDocument(SCHEMA, [_item(scope) for scope in scopes]))


def scopes_json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(ScopesDocument)


def render_scopes_text(scopes: Sequence[ScopeRead], width: int = 80) -> str:
    """What it comes to, then each scope as `check` prints one."""
    codes = [exit_code_of(scope) for scope in scopes]
    wrong, unknown = codes.count(WRONG), codes.count(UNREADABLE)
    parts = [f"something is wrong in {wrong}"] if wrong else []
    parts += [f"{unknown} cannot be told"] if unknown else []
    head = f"{len(scopes)} scopes: {', '.join(parts) or 'nothing is wrong'}.\n"
    return head + "".join(f"\n{'=' * min(width, 80)}\n{_text(scope, width)}" for scope in scopes)


def scopes_exit_code(scopes: Sequence[ScopeRead]) -> int:
    """1 when something is wrong in one of them for certain, else 3 when one cannot be told, else 0."""
    return worst(map(exit_code_of, scopes))


def worst(codes: Iterable[int]) -> int:
    """The exit code of several scopes from those of each."""
    found = set(codes)
    return next((code for code in (WRONG, UNREADABLE) if code in found), NOTHING)


def exit_code_of(scope: ScopeRead) -> int:
    """The exit code that one scope alone would have."""
    return exit_code(scope.found) if isinstance(scope.found, Snapshot) else UNREADABLE


def _item(scope: ScopeRead) -> ScopeItem:
    code, found = exit_code_of(scope), scope.found
    if isinstance(found, Snapshot):
        return ScopeItem(scope.name, found.scope.region, code, document(found), None)
    problem = ProblemItem(found.kind.value, found.operation, found.message, found.next_step)
    return ScopeItem(scope.name, scope.region, code, None, problem)


def _text(scope: ScopeRead, width: int) -> str:
    if isinstance(scope.found, Snapshot):
        return render_text(scope.found, width)
    head = "  ".join(part for part in (clean(scope.name), scope.region) if part)
    return f"{head}\n{scope.found}\n"
