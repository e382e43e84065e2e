"""The problem log: each problem once, however often it is published, with the number of attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import structs

from latticetop.follow.problem_log import ProblemLog
from latticetop.follow.status import Phase, Status, Update
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot

START = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)
DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Access is denied.", "Allow it.")
THROTTLED = Problem(ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS is limiting requests.")


def update(phase: Phase, *problems: Problem, status: Problem | None = None) -> Update:
    return Update(
        Snapshot(Scope("123456789012", "us-east-1"), START, problems=problems), Status(phase, 15.0, problem=status)
    )


def attempt(log: ProblemLog, minute: int, *problems: Problem) -> None:
    """The updates of one read: first with the earlier problems, then twice with the new ones."""
    now = START + timedelta(minutes=minute)
    earlier = [logged.problem for logged in log.problems if logged.ongoing]
    for phase, current in ((Phase.READING, earlier), (Phase.READING, problems), (Phase.WAITING, problems)):
        log.add_update(update(phase, *current), now)


def test_a_problem_is_logged_once_with_its_count_and_times() -> None:
    log = ProblemLog()
    for minute in range(3):
        attempt(log, minute, DENIED)
    (logged,) = log.problems
    assert (logged.problem, logged.count, logged.ongoing) == (DENIED, 3, True)
    assert (logged.first, logged.last) == (START, START + timedelta(minutes=2))


def test_a_problem_that_ended_stays_and_can_occur_again() -> None:
    log = ProblemLog()
    attempt(log, 0, DENIED, THROTTLED)
    attempt(log, 1, DENIED)
    assert [(p.problem, p.count, p.ongoing) for p in log.problems] == [(DENIED, 2, True), (THROTTLED, 1, False)]
    attempt(log, 2, DENIED, THROTTLED)
    assert [(p.problem, p.count, p.ongoing) for p in log.problems] == [(DENIED, 3, True), (THROTTLED, 2, True)]


def test_a_problem_of_both_status_and_snapshot_counts_once() -> None:
    log = ProblemLog()
    log.add_update(update(Phase.BACKING_OFF, THROTTLED, status=THROTTLED), START)
    assert [p.count for p in log.problems] == [1]
    log.add_update(Update(None, Status(Phase.NEEDS_CREDENTIALS, 15.0, problem=DENIED)), START)
    assert [(p.problem, p.ongoing) for p in log.problems] == [(THROTTLED, False), (DENIED, True)]


def test_beyond_the_maximum_the_problem_that_ended_first_is_dropped() -> None:
    log = ProblemLog(max_problems=3)
    attempt(log, 0, DENIED)
    for minute in range(5):
        attempt(log, minute, DENIED, structs.replace(THROTTLED, message=f"Number {minute}."))
    assert [p.problem.message for p in log.problems] == ["Access is denied.", "Number 3.", "Number 4."]


def test_times_are_moved_with_the_clock() -> None:
    log = ProblemLog()
    attempt(log, 0, DENIED)
    attempt(log, 1, DENIED)
    log.restate_times(timedelta(hours=-1))
    attempt(log, -58, DENIED)
    (logged,) = log.problems
    assert (logged.first, logged.last) == (START - timedelta(hours=1), START - timedelta(minutes=58))
    assert logged.count == 3
