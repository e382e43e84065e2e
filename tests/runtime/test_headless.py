"""Scopes followed without a screen: the events of live accounts and of made-up updates."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from msgspec import structs

from latticetop.aws import Settings
from latticetop.follow.anchored_clock import ClockAnchor
from latticetop.follow.status import Phase, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import SystemClock
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope
from latticetop.reports.changes import render_event
from latticetop.reports.lines import EventLines
from latticetop.reports.watch_events import WatchChange, WatchEvent, WatchProblem, WatchStarted
from latticetop.runtime.build import FollowOptions
from latticetop.runtime.headless import EventDetector, watch_live
from latticetop.runtime.targets import Target
from latticetop.simulator import ManualClock, ServerThread
from tests.command import KEYS, at_rest
from tests.recordings import INCIDENT_PAUSES, read_snapshots

A = "subnet-0a84d8f4554925b16"
INSTANCE = "i-0ae4b4d9c4e67eef0"
"""Holds 10.10.10.36."""
NOW = datetime(2024, 12, 19, 8, 30, tzinfo=UTC)
WAITING, READING = Status(Phase.WAITING, 15.0), Status(Phase.READING, 15.0)


def simulated(server: ServerThread, region: str = "us-east-1") -> Target:
    return Target(Settings(region=region, endpoint_url=server.url, sandbox=True), "demo")


def following(*targets: Target, interval: float = 5.0) -> FollowOptions:
    return FollowOptions(targets=targets, selection=Selection(), interval=interval, min_interval=min(interval, 5.0))


class Reporter:
    """Keeps the events; denies a call after the start, allows it after the problem, then ends the instance."""

    def __init__(self, server: ServerThread) -> None:
        self._server = server
        self.events: list[WatchEvent] = []

    def __call__(self, event: WatchEvent) -> bool:
        self.events.append(event)
        if isinstance(event, WatchStarted):
            self._server.call(lambda account: account.faults.set(["deny:ec2:DescribeVpcEndpoints"]))
        elif isinstance(event, WatchProblem):
            self._server.call(lambda account: account.faults.set([]))
            if event.over:
                self._end_instance()
        return not isinstance(event, WatchChange)

    def _end_instance(self) -> None:
        def end(account: object) -> None:
            region = account.regions["us-east-1"]  # type: ignore[attr-defined]
            for key, interface in list(region.interfaces.items()):
                if interface.attachment and interface.attachment.instance_id == INSTANCE:
                    region.delete_interface(key)

        self._server.call(end)


async def test_problems_and_changes_are_reported_live_and_once() -> None:
    with at_rest("incident") as server:
        reporter = Reporter(server)
        code = await watch_live(following(simulated(server), interval=0.05), reporter)
    start, problem, end, change = reporter.events
    assert isinstance(start, WatchStarted) and isinstance(change, WatchChange)
    assert isinstance(problem, WatchProblem) and isinstance(end, WatchProblem)
    assert (problem.over, end.over, problem.problem) == (False, True, end.problem)
    assert "ec2:DescribeVpcEndpoints" in str(problem.problem)
    assert "10.10.10.36" in change.change.message
    assert code in (0, 1)


async def test_of_several_scopes_each_line_names_its_own() -> None:
    """And a scope whose subnets cannot be read makes the result unknown."""
    lines, render = list[str](), EventLines(several=True)

    def report(event: WatchEvent) -> bool:
        lines.extend(render(event).splitlines())
        return len(lines) < 4

    with ServerThread("estate:interfaces=200,regions=2") as server:
        server.call(lambda account: account.faults.set(["deny:ec2:DescribeSubnets"]))
        regions = server.call(lambda account: list(account.regions))
        assert await watch_live(following(*(simulated(server, region) for region in regions)), report) == 3
    for region in regions:
        start, problem = [line.partition("  ")[2] for line in lines if region in line]
        assert start.startswith(f"demo 123456789012 {region}: 1 endpoint, 0 subnets. Unknown: some data could not be")
        assert problem.startswith(f"demo {region}: Problem: ") and "ec2:DescribeSubnets" in problem


async def test_tags_that_select_nothing_in_any_of_several_scopes_are_a_mistake() -> None:
    started = set[str]()

    def report(event: WatchEvent) -> bool:
        if isinstance(event, WatchStarted):
            started.add(event.scope.region)
        return len(started) < 2

    with at_rest("incident") as server:
        options = following(*(simulated(server, region) for region in ("us-east-1", "eu-west-1")))
        selection = Selection(tags=("env=prd",), may_be_empty=True)
        problem = await watch_live(structs.replace(options, selection=selection), report)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.message) == (
        ProblemKind.USAGE,
        "No subnet of the 2 accounts and Regions matches tag env=prd.",
    )


async def test_without_credentials_the_scope_has_the_region_that_was_asked_for() -> None:
    events = list[WatchEvent]()

    def report(event: WatchEvent) -> bool:
        events.append(event)
        return False

    with at_rest("incident") as server:
        target = Target(Settings(region="us-east-1", endpoint_url=server.url))
        assert await watch_live(following(target), report) == 3
    line = json.loads(render_event(events[0]))
    assert (line["schema"], line["kind"], line["over"]) == ("latticetop.problem/1", "no-credentials", False)
    assert (line["account_id"], line["region"]) == ("", "us-east-1")


async def test_a_problem_of_a_role_has_the_account_of_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    events = list[WatchEvent]()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)

    def report(event: WatchEvent) -> bool:
        events.append(event)
        return False

    role = "arn:aws:iam::444455556666:role/latticetop"
    with at_rest("empty") as server:
        target = Target(Settings(region="us-east-1", endpoint_url=server.url, role_arn=role), "payments")
        assert await watch_live(following(target), report) == 3
    line = json.loads(render_event(events[0]))
    assert (line["kind"], line["operation"]) == ("access-denied", "sts:AssumeRole")
    assert (line["account_id"], line["profile"]) == ("444455556666", "payments")


def kinds(detector: EventDetector, update: Update, at: datetime = NOW) -> list[type]:
    return [type(event) for event in detector.events_of(update, NOW, at)]


def test_the_start_is_reported_again_once_all_data_was_read() -> None:
    *_, complete = asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))
    partial = structs.replace(complete, read_at={key: at for key, at in complete.read_at.items() if key != A})
    detector = EventDetector(Scope("", "us-east-1"))
    assert kinds(detector, Update(partial, READING)) == []
    assert kinds(detector, Update(partial, WAITING)) == [WatchStarted]
    assert kinds(detector, Update(partial, WAITING)) == []
    assert kinds(detector, Update(complete, WAITING)) == [WatchStarted]
    assert kinds(detector, Update(complete, WAITING)) == []
    assert detector.exit_code == 1
    expired = Problem(ProblemKind.EXPIRED, "", "The credentials have expired.")
    assert kinds(detector, Update(complete, Status(Phase.NEEDS_CREDENTIALS, 15.0, problem=expired))) == [WatchProblem]
    assert detector.exit_code == 3


def test_what_was_read_is_reported_when_the_watch_ends_before_the_first_read() -> None:
    first, *_ = asyncio.run(read_snapshots("incident", [0.0]))
    detector = EventDetector(Scope("", "us-east-1"))
    assert kinds(detector, Update(first, READING)) == []
    assert [type(event) for event in detector.finish()] == [WatchStarted]
    assert list(detector.finish()) == []


class ClockOfLater(SystemClock):
    """A clock that is an hour ahead of the follow loop's, and whose waits end at once."""

    def monotonic(self) -> float:
        return super().monotonic() + 3600.0

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        await asyncio.sleep(0)
        return event.is_set()


@pytest.mark.fault("hang")
async def test_a_first_read_without_an_answer_is_reported() -> None:
    events = list[WatchEvent]()

    def report(event: WatchEvent) -> bool:
        events.append(event)
        server.call(lambda account: account.faults.set([]))
        return not isinstance(event, WatchStarted)

    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set(["hang:ec2:*"]))
        await watch_live(following(simulated(server)), report, clock=ClockOfLater())
    first, start = events
    assert isinstance(first, WatchProblem) and isinstance(start, WatchStarted)
    assert str(first.problem).startswith("AWS has not answered yet. It goes on as soon as AWS answers")


async def test_scopes_are_read_so_many_at_a_time() -> None:
    regions, events = ["us-east-1", "us-west-2", "eu-west-1", "sa-east-1"], list[WatchEvent]()

    def report(event: WatchEvent) -> bool:
        events.append(event)
        return len(events) < len(regions)

    with ServerThread("empty", clock=ManualClock()) as server:
        targets = [simulated(server, region) for region in regions]
        await watch_live(FollowOptions(targets=targets, selection=Selection(), interval=60, at_once=1), report)
        assert [region for region, _ in groupby(call.region for call in server.calls)] == regions
    assert {type(event) for event in events} == {WatchStarted}


class BusyClock(ClockOfLater):
    """A clock of which ten seconds pass in each wait, because the process does something else; then `end` is called."""

    def __init__(self, end: Callable[[], None]) -> None:
        super().__init__()
        self._passed, self._end = 0.0, end

    def monotonic(self) -> float:
        return super().monotonic() + self._passed

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        self._passed += 10.0
        if self._passed == 200.0:
            self._end()
        return await super().wait(event, seconds)


async def test_an_answer_that_this_process_had_no_time_for_is_not_reported_as_missing() -> None:
    events = list[WatchEvent]()

    def report(event: WatchEvent) -> bool:
        events.append(event)
        return not isinstance(event, WatchStarted)

    with at_rest("incident") as server:
        server.call(lambda account: account.faults.set(["hang:ec2:*"]))
        clock = BusyClock(lambda: server.call(lambda account: account.faults.set([])))
        await watch_live(following(simulated(server)), report, clock=clock)
    assert [type(event) for event in events] == [WatchStarted]


def test_data_that_becomes_stale_is_a_problem_until_the_next_read() -> None:
    """By the time alone, though no update comes, whatever the clock of the machine shows; told once."""
    *_, snapshot = asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))
    detector, read_at, noon = EventDetector(Scope("", "us-east-1")), snapshot.taken_at, NOW + timedelta(days=9000)
    anchor = ClockAnchor(read_at, 500.0)
    waiting = Status(Phase.WAITING, 15.0, read_at, anchor=anchor)
    assert kinds(detector, Update(snapshot, waiting), read_at) == [WatchStarted]
    assert list(detector.late_events(noon, detector.present(529.0, noon))) == []
    assert detector.exit_code == 1
    (problem,) = detector.late_events(noon, detector.present(531.0, noon))
    assert isinstance(problem, WatchProblem) and "stale" in str(problem.problem)
    assert (problem.at, problem.over, detector.exit_code) == (noon, False, 3)
    assert list(detector.late_events(noon, detector.present(532.0, noon))) == []
    reading = Status(Phase.READING, 15.0, read_at, answered_at=read_at, anchor=anchor)
    assert kinds(detector, Update(snapshot, reading), detector.present(540.0, noon)) == []
    later = Status(Phase.WAITING, 15.0, read_at + timedelta(seconds=45), anchor=anchor)
    (over,) = detector.events_of(Update(snapshot, later), noon, detector.present(546.0, noon))
    assert isinstance(over, WatchProblem) and (over.problem, over.over) == (problem.problem, True)
    assert detector.exit_code == 1


@pytest.mark.parametrize("seconds", [-3600, -1, 3600])
@pytest.mark.parametrize("live", [True, False])
def test_no_change_is_missed_when_the_clock_is_set(seconds: int, live: bool) -> None:
    before, *_, after = asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))
    detector, step = EventDetector(Scope("", "us-east-1")), timedelta(seconds=seconds)
    taken_at = before.taken_at + timedelta(seconds=15) + step
    anchors = (ClockAnchor(before.taken_at, 0.0), ClockAnchor(taken_at, 15.0)) if live else (None, None)
    first, second = (Status(Phase.WAITING, 15.0, anchor=anchor) for anchor in anchors)
    later = structs.replace(after, taken_at=taken_at, read_at=dict.fromkeys(after.read_at, taken_at))
    assert kinds(detector, Update(before, first)) == [WatchStarted]
    changes = [event for event in detector.events_of(Update(later, second), NOW) if isinstance(event, WatchChange)]
    assert any("vpce-0e3b1bfc42d162c4a" in str(change.change.vpc_endpoint_id) for change in changes)
    if live:
        assert {change.change.since for change in changes} == {before.taken_at + step}
