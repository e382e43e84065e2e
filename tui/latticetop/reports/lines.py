"""What happens as lines of text that are read aloud or kept in a log: whole ids, no columns, no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.endpoints.assessment import assess
from latticetop.model.records.text import clean
from latticetop.reports.check import ordered_endpoints, out_of_blocks, wanted_subnets
from latticetop.reports.check_text import outcome
from latticetop.reports.events import WatchChange, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from latticetop.model.snapshot import SubnetReading
    from latticetop.reports.events import WatchEvent, WatchProblem

MOST = 10
"""How many endpoints, and how many subnets, are told of at the start before the others are counted."""


class TextLines:
    """Happenings as lines. Each begins with the time (UTC), with the date where it is another than the line before's.

    `several` says whether each line names its scope.
    """

    def __init__(self, several: bool = False) -> None:
        self._several = several
        self._date: date | None = None

    def __call__(self, happening: WatchEvent) -> str:
        """The lines of a happening, each with its newline."""
        scope = happening.scope
        name = " ".join(part for part in (scope.profile or scope.account_id, scope.region) if part)
        where = f"{name}: " if self._several and not isinstance(happening, WatchStarted) else ""
        return "".join(f"{self._time(happening.at)}  {clean(where + words)}\n" for words in _words(happening))

    def _time(self, at: datetime) -> str:
        known, self._date = self._date, at.date()
        return f"{at:%H:%M:%S}" if known == self._date else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _words(happening: WatchEvent) -> Iterator[str]:
    if isinstance(happening, WatchStarted):
        yield from _start(happening)
    elif isinstance(happening, WatchChange):
        yield _change(happening)
    else:
        yield _problem(happening)


def _start(began: WatchStarted) -> Iterator[str]:
    scope, snapshot = began.scope, began.snapshot
    name = " ".join(part for part in (scope.profile, scope.account_id, scope.region) if part)
    counts = f"{_count(len(snapshot.endpoints), 'endpoint')}, {_count(len(snapshot.subnets), 'subnet')}"
    yield f"{name}: {counts}. {outcome(snapshot)}"
    wrong = [f"{e.vpc_endpoint_id}: {a.why}" for e, a in ordered_endpoints(snapshot) if a.verdict.wrong]
    yield from _some(wrong, "endpoint")
    known = [reading for key, reading in wanted_subnets(snapshot).items() if key in snapshot.read_at]
    yield from _some([_full(reading) for reading in known if out_of_blocks(reading)], "subnet")


def _some(told: list[str], what: str) -> Iterator[str]:
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"{_count(len(told) - MOST, f'more {what}')} in trouble: latticetop check lists them."


def _full(reading: SubnetReading) -> str:
    subnet = reading.subnet
    free = _count(subnet.available_ip_address_count, "free address", "free addresses")
    return f"{_named(reading)}: no free /28 in {subnet.cidr_block}, with {free}."


def _change(happening: WatchChange) -> str:
    entry, snapshot = happening.entry, happening.snapshot
    reading, endpoint = snapshot.subnets.get(entry.subnet_id), snapshot.endpoints.get(entry.vpc_endpoint_id)
    where = _named(reading) if reading else entry.subnet_id or entry.vpc_endpoint_id
    why = f". {assess(snapshot, endpoint).why}" if endpoint and entry.worse else ""
    return f"{where}: {entry.what.replace(' → ', ' to ')}{why}"


def _problem(happening: WatchProblem) -> str:
    return f"This is over: {happening.problem.message}" if happening.over else f"Problem: {happening.problem}"


def _named(reading: SubnetReading) -> str:
    subnet = reading.subnet
    return f"{subnet.subnet_id} ({subnet.name})" if subnet.name else subnet.subnet_id


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
