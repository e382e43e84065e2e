"""Changes as JSON lines, one object a line; for `latticetop watch --json` also the start and the problems."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.records.text import clean
from latticetop.reports.check_reasons import endpoints_in_trouble, exit_code, subnets_short
from latticetop.reports.json_text import to_json_line
from latticetop.reports.watch_events import WatchChange, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.history.change_events import ChangeEvent
    from latticetop.model.snapshot import Scope
    from latticetop.reports.watch_events import WatchEvent, WatchProblem


class ChangeLine(Struct, frozen=True, tag_field="schema", tag="latticetop.change/1"):
    """One change between two reads, at `since` and `at`. `ids` holds at most 100 of the `count` ids concerned."""

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
    """An endpoint that is wrong, and the reason."""

    vpc_endpoint_id: str
    name: str
    state: str
    verdict: str
    why: str


class SubnetWithoutBlock(Struct, frozen=True):
    """A subnet that counts, with fewer free /28 blocks than it needs."""

    subnet_id: str
    name: str
    cidr_block: str
    available_ip_address_count: int | None


class StartLine(Struct, frozen=True, tag_field="schema", tag="latticetop.start/1"):
    """The state at the start. `exit_code` is that of `latticetop check`; `endpoints` and `subnets` count all."""

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
    """A problem that began or ended (`over`). The `account_id` of a scope that was never read is empty."""

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
    """Return the JSON Schema (2020-12) of each line that `latticetop watch --json` prints."""
    return msgspec.json.schema(StartLine | ChangeLine | ProblemLine)


def render_event(event: WatchEvent) -> str:
    """Render an event as one line of JSON, with its newline."""
    if isinstance(event, WatchChange):
        return to_json_line(change_line(event.scope, event.change))
    if isinstance(event, WatchStarted):
        return to_json_line(_start_line(event))
    return to_json_line(_problem_line(event))


def render_changes(changes: Iterable[tuple[Scope, ChangeEvent]]) -> bytes:
    """Render changes as JSON lines in UTF-8, in the order given."""
    return "".join(to_json_line(change_line(scope, change)) for scope, change in changes).encode()


def change_row(scope: Scope, change: ChangeEvent) -> dict[str, Any]:
    """Return the keys and values of the line of a change."""
    row: dict[str, Any] = msgspec.to_builtins(change_line(scope, change))
    return row


def change_line(scope: Scope, change: ChangeEvent) -> ChangeLine:
    """Build the line of a change."""
    return ChangeLine(
        at=change.at,
        since=change.since,
        account_id=scope.account_id,
        region=scope.region,
        profile=clean(scope.profile),
        change=change.kind.value,
        what=clean(change.message),
        subnet_id=change.subnet_id,
        vpc_endpoint_id=change.vpc_endpoint_id,
        ids=change.ids,
        count=change.count,
        verdict_before=change.verdict_before.value if change.verdict_before else None,
        verdict=change.verdict.value if change.verdict else None,
    )


def _start_line(event: WatchStarted) -> StartLine:
    snapshot, scope = event.snapshot, event.scope
    return StartLine(
        at=event.at,
        account_id=scope.account_id,
        region=scope.region,
        profile=scope.profile,
        exit_code=exit_code(snapshot, event.criteria),
        endpoints=len(snapshot.endpoints),
        subnets=len(snapshot.subnets),
        in_trouble=tuple(
            EndpointInTrouble(
                vpc_endpoint_id=endpoint.vpc_endpoint_id,
                name=endpoint.name,
                state=endpoint.state,
                verdict=assessment.verdict.value,
                why=assessment.why,
            )
            for endpoint, assessment in endpoints_in_trouble(snapshot, event.criteria)
        ),
        without_block=tuple(
            SubnetWithoutBlock(
                subnet_id=subnet.subnet_id,
                name=subnet.name,
                cidr_block=str(subnet.cidr_block),
                available_ip_address_count=subnet.given_address_count,
            )
            for subnet in (reading.subnet for reading in subnets_short(snapshot, event.criteria))
        ),
    )


def _problem_line(event: WatchProblem) -> ProblemLine:
    scope, problem = event.scope, event.problem
    return ProblemLine(
        at=event.at,
        account_id=scope.account_id,
        region=scope.region,
        profile=scope.profile,
        over=event.over,
        kind=problem.kind.value,
        operation=problem.operation,
        message=problem.message,
        next_step=problem.next_step_while_followed,
    )
