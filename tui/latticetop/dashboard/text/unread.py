"""What a pane says of data that could not be read, and how old its data is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.text.format import ago
from latticetop.model.records.missing_data import MissingCause, MissingPart, clause_of
from latticetop.model.records.problem import ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.text import begin_upper, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import Snapshot

FRESH_INTERVALS, FRESH_SECONDS = 2.5, 10.0
"""Younger data has no age: a part may be left out of one read, and a read takes its time."""
OLD_RESERVATIONS = 600.0
"""Seconds from which on the age of CIDR reservations is told: twice as long as between two reads where they matter."""


def reason(snapshot: Snapshot, action: str) -> str:
    """Why an action, or any action with a prefix, failed: `ec2:DescribeSubnets is denied`; empty if it did not."""
    failed = [problem for problem in snapshot.problems if problem.operation.startswith(action)]
    denied = [problem.operation for problem in failed if problem.kind is ProblemKind.ACCESS_DENIED]
    if denied:
        return f"{', '.join(denied)} {plural(len(denied), 'is', 'are')} denied"
    return failed[0].message.rstrip(".") if failed else ""


def unread_text(subject: str, snapshot: Snapshot, action: str) -> str:
    """A sentence: `The endpoints could not be read: ec2:DescribeVpcEndpoints is denied.`"""
    cause = reason(snapshot, action)
    return f"{subject} could not be read{': ' + cause if cause else ''}."


def unread_word(missing: Sequence[MissingData]) -> str:
    """Why a subnet has no map, in a cell: `denied`, `failed`, `not given` in files, or `not read` yet."""
    cause = missing[0].cause if missing else MissingCause.NOT_READ_YET
    return "not read" if cause is MissingCause.NOT_READ_YET else cause.value.replace("-", " ")


def missing_block_data(snapshot: Snapshot, subnet_id: str) -> str:
    """Sentences on what was not read for a subnet's map, why, and what to do; empty if nothing, or nothing yet."""
    missing = snapshot.missing_data(subnet_id)
    if not missing or (missing[0].part is MissingPart.INTERFACES and missing[0].cause is MissingCause.NOT_READ_YET):
        return ""
    clause, next_steps = clause_of(missing), dict.fromkeys(map(_next_step, missing))
    return f"{begin_upper(clause)}. {' '.join(next_steps)}"


def _next_step(data: MissingData) -> str:
    """What the user can do; in the dashboard, which reads one subnet after the other, nothing may be needed."""
    return "Wait: they are read in turn." if data.cause is MissingCause.NOT_READ_YET else data.next_step


def age_text(snapshot: Snapshot, parts: Iterable[str], now: datetime, interval: float) -> str:
    """The age of the oldest of some parts, `as of 4 min ago`; empty if it is fresh. `interval` is that of the reads."""
    times = [snapshot.read_at[part] for part in parts if part in snapshot.read_at]
    seconds = max(((now - at).total_seconds() for at in times), default=0.0)
    old = seconds > max(FRESH_INTERVALS * interval, FRESH_SECONDS)
    return f"as of {ago(seconds)}" if old else ""


def reservations_age_text(snapshot: Snapshot, subnet_id: str, now: datetime) -> str:
    """A sentence on the age of a subnet's CIDR reservations; empty if they are not old, or decide nothing there."""
    reading, read_at = snapshot.subnets.get(subnet_id), snapshot.read_at.get(reservations_part(subnet_id))
    if reading is None or read_at is None or not reading.blocks.letters or reading.subnet.too_small:
        return ""
    seconds = (now - read_at).total_seconds()
    return f"CIDR reservations as of {ago(seconds)}." if seconds >= OLD_RESERVATIONS else ""
