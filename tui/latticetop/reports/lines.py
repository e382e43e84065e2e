"""The events of `latticetop watch` as lines of text, for logs and screen readers: whole ids, no columns, no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.endpoints.assessment import assess
from latticetop.model.records.text import begin_lower, clean, counted
from latticetop.reports.check_reasons import Rule, endpoints_in_trouble, reasons_for, summary
from latticetop.reports.watch_events import WatchChange, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.check_reasons import Reason
    from latticetop.reports.watch_events import WatchEvent, WatchProblem

MAX_LISTED = 10
"""Endpoints, and subnets, listed at the start; further ones are only counted."""


class EventLines:
    """Renders events as lines that begin with the time in UTC; the date is added when it differs from the last line's.

    With `several` scopes, each line names its scope.
    """

    def __init__(self, several: bool = False) -> None:
        self._several = several
        self._date: date | None = None

    def __call__(self, event: WatchEvent) -> str:
        """Render an event as lines, each with its newline."""
        scope = event.scope
        name = " ".join(part for part in (scope.profile or scope.account_id, scope.region) if part)
        prefix = f"{name}: " if self._several and not isinstance(event, WatchStarted) else ""
        return "".join(f"{self._time(event.at)}  {clean(prefix + sentence)}\n" for sentence in _sentences(event))

    def _time(self, at: datetime) -> str:
        previous, self._date = self._date, at.date()
        return f"{at:%H:%M:%S}" if previous == self._date else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _sentences(event: WatchEvent) -> Iterator[str]:
    if isinstance(event, WatchStarted):
        yield from _start(event)
    elif isinstance(event, WatchChange):
        yield _change(event)
    else:
        yield _problem(event)


def _start(event: WatchStarted) -> Iterator[str]:
    scope, snapshot = event.scope, event.snapshot
    name = " ".join(part for part in (scope.profile, scope.account_id, scope.region) if part)
    endpoints = counted(len(snapshot.endpoints), "endpoint")
    subnets = counted(len(snapshot.subnets), "subnet")
    yield f"{name}: {endpoints}, {subnets}. {summary(snapshot, event.criteria)}"
    in_trouble = [
        f"{endpoint.vpc_endpoint_id}: {a.why}" for endpoint, a in endpoints_in_trouble(snapshot, event.criteria)
    ]
    yield from _first(in_trouble, "more endpoint")
    short = [
        reason
        for reason in reasons_for(snapshot, event.criteria)
        if reason.rule in (Rule.TOO_FEW_BLOCKS, Rule.TOO_SMALL)
    ]
    yield from _first([_subnet_sentence(snapshot, reason) for reason in short], "more subnet")


def _first(sentences: list[str], noun: str) -> Iterator[str]:
    yield from sentences[:MAX_LISTED]
    if len(sentences) > MAX_LISTED:
        yield f"{counted(len(sentences) - MAX_LISTED, noun)} in trouble: latticetop check lists them."


def _subnet_sentence(snapshot: Snapshot, reason: Reason) -> str:
    return f"{snapshot.subnets[reason.id].subnet.id_and_name}: {begin_lower(reason.sentence)}"


def _change(event: WatchChange) -> str:
    change, snapshot = event.change, event.snapshot
    reading, endpoint = snapshot.subnets.get(change.subnet_id), snapshot.endpoints.get(change.vpc_endpoint_id)
    name = reading.subnet.id_and_name if reading else change.subnet_id or change.vpc_endpoint_id
    why = f". {assess(snapshot, endpoint).why}" if endpoint and change.worse else ""
    return f"{name}: {change.message.replace(' → ', ' to ')}{why}"


def _problem(event: WatchProblem) -> str:
    problem = event.problem
    if event.over:
        return f"Resolved: {problem.message}"
    return f"Problem: {problem.message} {problem.next_step_while_followed}".rstrip()
