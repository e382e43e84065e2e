"""The log of problems: each once, however often it is published, with how many attempts met it."""

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


def told(phase: Phase, *problems: Problem, status: Problem | None = None) -> Update:
    return Update(
        Snapshot(Scope("123456789012", "us-east-1"), START, problems=problems), Status(phase, 15.0, problem=status)
    )


def attempt(log: ProblemLog, minute: int, *problems: Problem) -> None:
    """What one read publishes: it begins with what was before, tells of the problems twice and rests."""
    now = START + timedelta(minutes=minute)
    earlier = [noted.problem for noted in log.noted if noted.holds]
    for phase, present in ((Phase.READING, earlier), (Phase.READING, problems), (Phase.WAITING, problems)):
        log.follow(told(phase, *present), now)


def test_each_is_noted_once_with_how_often_and_when() -> None:
    log = ProblemLog()
    for minute in range(3):
        attempt(log, minute, DENIED)
    (noted,) = log.noted
    assert (noted.problem, noted.times, noted.holds) == (DENIED, 3, True)
    assert (noted.first, noted.last) == (START, START + timedelta(minutes=2))


def test_what_is_over_stays_and_comes_again_as_the_same() -> None:
    log = ProblemLog()
    attempt(log, 0, DENIED, THROTTLED)
    attempt(log, 1, DENIED)
    assert [(n.problem, n.times, n.holds) for n in log.noted] == [(DENIED, 2, True), (THROTTLED, 1, False)]
    attempt(log, 2, DENIED, THROTTLED)
    assert [(n.problem, n.times, n.holds) for n in log.noted] == [(DENIED, 3, True), (THROTTLED, 2, True)]


def test_the_problem_of_the_status_counts_with_those_of_the_snapshot_as_one() -> None:
    log = ProblemLog()
    log.follow(told(Phase.BACKING_OFF, THROTTLED, status=THROTTLED), START)
    assert [n.times for n in log.noted] == [1]
    log.follow(Update(None, Status(Phase.NEEDS_CREDENTIALS, 15.0, problem=DENIED)), START)
    assert [(n.problem, n.holds) for n in log.noted] == [(THROTTLED, False), (DENIED, True)]


def test_it_keeps_so_many_and_lets_go_of_what_is_longest_past() -> None:
    log = ProblemLog(most=3)
    attempt(log, 0, DENIED)
    for minute in range(5):
        attempt(log, minute, DENIED, structs.replace(THROTTLED, message=f"Number {minute}."))
    assert [n.problem.message for n in log.noted] == ["Access is denied.", "Number 3.", "Number 4."]
