"""What changed, as JSON lines: one object a change, the oldest first; of `watch` also the start and the problems."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from latticetop.model.records.text import clean, escape_unseen
from latticetop.reports.check import exit_code, ordered_endpoints, out_of_blocks, wanted_subnets
from latticetop.reports.events import WatchChange, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.history.events import Entry
    from latticetop.model.snapshot import Scope
    from latticetop.reports.events import WatchEvent


class ChangeLine(Struct, frozen=True, tag_field="schema", tag="latticetop.change/1"):
    """One change: seen at `at`, after `since`, when the same was last read. `ids` are a hundred of `count` at most."""

    at: datetime
    since: datetime | None
    account_id: str
    region: str
    profile: str
    change: str
    what: str
    subnet_id: str
    vpc_endpoint_id: str
    ids: tuple[str, ...]
    count: int
    verdict_before: str | None
    verdict: str | None


class EndpointInTrouble(Struct, frozen=True):
    """An endpoint whose verdict is failed, failed-but-accessible or degraded, and why."""

    vpc_endpoint_id: str
    name: str
    state: str
    verdict: str
    why: str


class SubnetWithoutBlock(Struct, frozen=True):
    """A subnet of an endpoint in which no /28 is free."""

    subnet_id: str
    name: str
    cidr_block: str
    available_ip_address_count: int


class StartLine(Struct, frozen=True, tag_field="schema", tag="latticetop.start/1"):
    """What is when watching begins; `exit_code` is that of `latticetop check`. `endpoints` and `subnets` count all."""

    at: datetime
    account_id: str
    region: str
    profile: str
    exit_code: int
    endpoints: int
    subnets: int
    in_trouble: tuple[EndpointInTrouble, ...]
    without_block: tuple[SubnetWithoutBlock, ...]


class ProblemLine(Struct, frozen=True, tag_field="schema", tag="latticetop.problem/1"):
    """A problem that begins, or is over. Of a scope that was never read, `account_id` is empty."""

    at: datetime
    account_id: str
    region: str
    profile: str
    over: bool
    kind: str
    operation: str
    message: str
    next_step: str


def lines_json_schema() -> dict[str, Any]:
    """The JSON Schema of each line that `latticetop watch --json` prints."""
    return msgspec.json.schema(StartLine | ChangeLine | ProblemLine)


def render_event(happening: WatchEvent) -> str:
    """One JSON line."""
    if isinstance(happening, WatchChange):
        line: Struct = line_of(happening.scope, happening.entry)
    elif isinstance(happening, WatchStarted):
        line = _start(happening)
    else:
        scope, problem = happening.scope, happening.problem
        whose = (scope.account_id, scope.region, scope.profile)
        line = ProblemLine(happening.at, *whose, happening.over, problem.kind.value, *astuple(problem)[1:])
    return escape_unseen(msgspec.json.encode(line).decode()) + "\n"


def render_changes(changes: Iterable[tuple[Scope, Entry]]) -> bytes:
    """The changes as JSON lines in UTF-8, in the order given."""
    return b"".join(msgspec.json.encode(line_of(scope, entry)) + b"\n" for scope, entry in changes)


def _start(began: WatchStarted) -> StartLine:
    snapshot, scope = began.snapshot, began.scope
    known = [reading for key, reading in wanted_subnets(snapshot).items() if key in snapshot.read_at]
    return StartLine(
        began.at,
        scope.account_id,
        scope.region,
        scope.profile,
        exit_code(snapshot),
        len(snapshot.endpoints),
        len(snapshot.subnets),
        tuple(
            EndpointInTrouble(e.vpc_endpoint_id, e.name, e.state, a.verdict.value, a.why)
            for e, a in ordered_endpoints(snapshot)
            if a.verdict.wrong
        ),
        tuple(
            SubnetWithoutBlock(s.subnet_id, s.name, str(s.cidr_block), s.available_ip_address_count)
            for s in (reading.subnet for reading in known if out_of_blocks(reading))
        ),
    )


def change_row(scope: Scope, entry: Entry) -> dict[str, Any]:
    """One change with the keys and values of its line."""
    row: dict[str, Any] = msgspec.to_builtins(line_of(scope, entry))
    return row


def line_of(scope: Scope, entry: Entry) -> ChangeLine:
    """One change as a line has it."""
    return ChangeLine(
        entry.at,
        entry.since,
        scope.account_id,
        scope.region,
        clean(scope.profile),
        entry.change.value,
        clean(entry.what),
        entry.subnet_id,
        entry.vpc_endpoint_id,
        entry.ids,
        entry.count,
        entry.verdict_before.value if entry.verdict_before else None,
        entry.verdict.value if entry.verdict else None,
    )
