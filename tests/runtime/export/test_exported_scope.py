"""One exported scope: what it says before, during and after reads, what it keeps, and when it rests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from latticetop.aws import Settings
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.model.capacity.counting_subnets import Criteria
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.metrics_text import exposition, snapshot_lines
from latticetop.reports.monitoring import alerting_rules
from latticetop.runtime.export.exported_scope import RESTING_INTERVAL, ExportedScope, Rendering
from latticetop.runtime.targets import Target
from tests.exposed import Samples, samples
from tests.follow.fakes import FakeClock
from tests.model.builders import B, eni, incident, reading, snapshot

DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "It is denied.")
UNKNOWN_PROFILE = Problem(ProblemKind.USAGE, "", "There is no profile prod.")
ROLE = Target(Settings(region="us-east-1", role_arn="arn:aws:iam::111122223333:role/latticetop", role="dev"), "dev")
EMPTY = snapshot(reading("subnet-1", "10.0.0.0/24", available=251))
INTERVAL = 300.0


class Source:
    """Publishes what a test tells it to; counts how often it was started and ended."""

    def __init__(self) -> None:
        self.publish: Publish | None = None
        self.started = asyncio.Event()
        self.runs = self.ends = 0

    async def run(self, publish: Publish) -> None:
        self.publish, self.runs = publish, self.runs + 1
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ends += 1
            self.started.clear()


class Stage:
    """A scope that is followed, with its clock and its source."""

    def __init__(self, target: Target = ROLE, interval: float = INTERVAL, **rendering: Any) -> None:
        self.clock, self.source = FakeClock(), Source()
        source: Any = self.source
        self.scope = ExportedScope(target, source, interval, Rendering(**rendering), self.clock)

    def read(self, one: Snapshot | None, problem: Problem | None = None, seconds: float = 2.0) -> None:
        """A read that takes so many seconds, begins and ends; its snapshot is of now."""
        self.begin(one)
        self.clock.advance(seconds)
        phase = Phase.BACKING_OFF if problem else Phase.WAITING
        self.publish(one, Status(phase, INTERVAL, read_at=None if problem else self.clock.now(), problem=problem))

    def begin(self, one: Snapshot | None) -> None:
        self.publish(one, Status(Phase.READING, INTERVAL, answered_at=self.clock.now()))

    def publish(self, one: Snapshot | None, status: Status) -> None:
        assert self.source.publish is not None
        self.source.publish(Update(one, status))

    @property
    def exported(self) -> Samples:
        """What the scope exports now."""
        for _ in self.scope.render():
            pass
        return samples(exposition((self.scope.read_lines, self.scope.snapshot_lines)).body.decode())


@asynccontextmanager
async def followed(stage: Stage) -> AsyncIterator[Stage]:
    following = asyncio.create_task(stage.scope.run())
    await stage.clock.rest()
    stage.clock.advance(0)
    await stage.source.started.wait()
    try:
        yield stage
    finally:
        following.cancel()
        await asyncio.wait([following])


def test_before_the_first_read_a_scope_is_down_under_the_account_of_its_role() -> None:
    stage = Stage()
    found = stage.exported
    assert found.labels("scope_up") == [{"account_id": "111122223333", "region": "us-east-1", "scope": "dev"}]
    assert found.values("scope_up") == [0]
    assert found.names == {"scope_up", "scope_interval_seconds"}
    assert (stage.scope.was_tried, stage.scope.was_read) == (False, False)


async def test_a_read_scope_is_up_with_the_account_that_was_read() -> None:
    async with followed(Stage()) as stage:
        stage.read(incident(), seconds=2.5)
        found = stage.exported
    assert found.labels("scope_up")[0]["account_id"] == "123456789012"
    assert found.values("scope_up") == [1]
    assert found.values("scope_read_duration_seconds") == [2.5]
    assert found.values("scope_read_timestamp_seconds") == [stage.clock.now().timestamp()]
    assert found.values("endpoint_verdict", verdict="failed-but-accessible") == [1]
    assert (stage.scope.was_tried, stage.scope.was_read) == (True, True)


async def test_what_comes_during_a_read_is_exported_when_the_read_has_ended() -> None:
    async with followed(Stage()) as stage:
        stage.begin(incident())
        assert not stage.scope.was_tried
        assert stage.exported.values("scope_up") == [0]
        stage.read(incident())
        stage.begin(EMPTY)
        assert stage.exported.values("endpoint_associations") == [3]


async def test_a_scope_that_fails_from_the_start_says_why() -> None:
    async with followed(Stage()) as stage:
        stage.read(None, DENIED)
        found = stage.exported
    assert found.values("scope_up") == [0]
    assert found.labels("scope_problem")[0] | {"kind": "access-denied"} == found.labels("scope_problem")[0]
    assert "scope_read_timestamp_seconds" not in found.names
    assert (stage.scope.was_tried, stage.scope.was_read) == (True, False)


@pytest.mark.parametrize(("interval", "limit"), [(60.0, 1800.0), (300.0, 1800.0), (900.0, 2700.0)])
async def test_the_last_numbers_stay_until_they_are_stale(interval: float, limit: float) -> None:
    async with followed(Stage(interval=interval)) as stage:
        stage.read(incident(), seconds=0)
        read_at = stage.clock.now()

        def fail(seconds: float) -> Samples:
            stage.clock.advance(seconds)
            stage.publish(incident(), Status(Phase.BACKING_OFF, interval, read_at=read_at, problem=DENIED))
            return stage.exported

        before, after = fail(limit), fail(1)
    for found in (before, after):
        assert found.values("scope_up") == [0]
        assert found.values("scope_read_timestamp_seconds") == [read_at.timestamp()]
    assert before.values("endpoint_associations") == [3]
    assert not [name for name in after.names if name.startswith(("subnet", "endpoint"))]


@pytest.mark.parametrize("interval", [60.0, 300.0, 600.0, 3600.0])
async def test_the_last_numbers_stay_until_the_alert_of_the_scope_takes_their_place(interval: float) -> None:
    (minutes,) = re.findall(r"alert: LatticetopScopeFailing\n.*\n +for: (\d+)m\n", alerting_rules())
    async with followed(Stage(interval=interval)) as stage:
        stage.read(incident(), seconds=0)
        read_at = stage.clock.now()
        # The next read fails; with its jitter it begins after 1.1 intervals at most.
        stage.clock.advance(1.1 * interval + 60 * int(minutes) + 60)
        stage.publish(incident(), Status(Phase.BACKING_OFF, interval, read_at=read_at, problem=DENIED))
        assert stage.exported.values("endpoint_associations") == [3]


async def test_the_numbers_of_a_scope_that_was_never_read_whole_become_stale_too() -> None:
    async with followed(Stage()) as stage:
        partial = later(incident(), stage.clock.now())
        partial = structs.replace(partial, read_at={k: v for k, v in partial.read_at.items() if k != "associations"})

        def fail(seconds: float) -> Samples:
            """A failed read, which takes a snapshot of what was read before."""
            stage.clock.advance(seconds)
            one = structs.replace(partial, taken_at=stage.clock.now())
            stage.publish(one, Status(Phase.BACKING_OFF, INTERVAL, problem=DENIED))
            return stage.exported

        assert fail(1800).values("subnet_free_blocks_max", subnet_id=B) == [1]
        assert fail(1).values("subnet_free_blocks_max", subnet_id=B) == []


async def test_a_scope_of_which_some_enis_were_not_read_is_down() -> None:
    async with followed(Stage()) as stage:
        stage.read(snapshot(reading("subnet-1", "10.0.0.0/24"), unread=("subnet-1",)))
        assert stage.exported.values("scope_up") == [0]


async def test_a_mistake_in_what_was_asked_for_is_told() -> None:
    async with followed(Stage()) as stage:
        stage.read(None, UNKNOWN_PROFILE)
        assert stage.scope.usage_problem is UNKNOWN_PROFILE
        stage.read(None, DENIED)
        assert stage.scope.usage_problem is None


async def test_an_empty_scope_rests_without_a_connection_and_is_not_stale_meanwhile() -> None:
    async with followed(Stage()) as stage:
        stage.read(EMPTY)
        read_at = stage.clock.now()
        assert await stage.clock.rest() == RESTING_INTERVAL
        assert (stage.source.runs, stage.source.ends) == (1, 1)
        stage.clock.advance(RESTING_INTERVAL - 1)
        found = stage.exported
        assert (found.values("scope_up"), found.values("subnet_needs_blocks")) == ([1], [0])
        assert found.values("scope_interval_seconds") == [RESTING_INTERVAL]
        stage.clock.advance(1)
        await stage.source.started.wait()
        assert stage.source.runs == 2
        stage.begin(EMPTY)
        stage.clock.advance(60)
        assert_still_fresh(stage)
        stage.publish(EMPTY, Status(Phase.BACKING_OFF, INTERVAL, read_at=read_at, problem=DENIED))
        assert_still_fresh(stage)
        stage.read(incident())
        assert stage.exported.values("scope_interval_seconds") == [INTERVAL]
    assert stage.source.ends == 2


def assert_still_fresh(stage: Stage) -> None:
    """The next read has not ended well yet; the numbers are as old as those of a resting scope may be."""
    found = stage.exported
    assert found.values("scope_interval_seconds") == [RESTING_INTERVAL]
    assert found.values("subnet_needs_blocks") == [0]


NODE = snapshot(reading("subnet-1", "10.0.0.0/24", eni("eni-1", "subnet-1", "10.0.0.16/28")))


@pytest.mark.parametrize(
    ("one", "criteria", "problem"),
    [
        (incident(), Criteria(), None),
        (NODE, Criteria(), None),
        (EMPTY, Criteria(all_subnets=True), None),
        (EMPTY, Criteria(vpc_ids=("vpc-1",)), None),
        (EMPTY, Criteria(), DENIED),
    ],
    ids=["endpoint", "prefix", "--all-subnets", "--vpc-id", "failed"],
)
async def test_a_scope_of_interest_does_not_rest(one: Snapshot, criteria: Criteria, problem: Problem | None) -> None:
    async with followed(Stage(criteria=criteria)) as stage:
        stage.read(one, problem)
        await asyncio.sleep(0)
        assert stage.source.ends == 0
        assert stage.exported.values("scope_interval_seconds") == [INTERVAL]


def later(one: Snapshot, at: datetime) -> Snapshot:
    """The same data, read again: only its times differ."""
    return structs.replace(one, taken_at=at, read_at=dict.fromkeys(one.read_at, at))


async def test_lines_of_what_did_not_change_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[Snapshot] = []

    def counted(one: Snapshot, *arguments: Any, **more: Any) -> Any:
        rendered.append(one)
        return snapshot_lines(one, *arguments, **more)

    monkeypatch.setattr("latticetop.runtime.export.exported_scope.snapshot_lines", counted)
    async with followed(Stage()) as stage:
        stage.read(incident())
        first = stage.exported
        kept = stage.scope.snapshot_lines
        stage.read(later(incident(), stage.clock.now() + timedelta(minutes=5)))
        assert stage.exported.found != first.found, "the scope's own times"
        assert stage.scope.snapshot_lines is kept and len(rendered) == 1
        changed = structs.replace(incident(), associations={})
        stage.read(changed)
        assert stage.exported.values("endpoint_associations") == [0]
        unread = {part: at for part, at in changed.read_at.items() if not part.startswith("reservations")}
        stage.read(structs.replace(changed, read_at=unread))
        assert stage.exported.values("subnet_free_blocks_max", subnet_id=B) == []
        assert len(rendered) == 3


async def test_names_are_redacted_alike_for_the_scope_and_what_is_in_it() -> None:
    one = structs.replace(incident(), scope=Scope("123456789012", "us-east-1", role="dev"))
    async with followed(Stage(redactor=Redactor())) as stage:
        stage.read(one)
        found = stage.exported
    (scope,) = found.labels("scope_up")
    assert "123456789012" not in scope.values() and scope["scope"] != "dev"
    assert {labels["scope"] for labels in found.labels("subnet_info")} == {scope["scope"]}
    assert {labels["account_id"] for labels in found.labels("subnet_usable_blocks")} == {scope["account_id"]}


async def test_a_crash_of_what_is_followed_is_raised() -> None:
    stage = Stage()

    async def crash(publish: Publish) -> None:
        raise ValueError("broken")

    stage.source.run = crash  # type: ignore[method-assign]
    following = asyncio.create_task(stage.scope.run())
    await stage.clock.rest()
    stage.clock.advance(0)
    with pytest.raises(ExceptionGroup):
        await following
