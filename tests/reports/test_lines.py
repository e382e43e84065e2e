"""Events as lines of text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from latticetop.reports.changes import render_event
from latticetop.reports.lines import EventLines
from latticetop.reports.watch_events import WatchChange, WatchProblem, WatchStarted
from tests.model.builders import ENDPOINT, A, B, endpoint, eni, incident, reading, snapshot

EVENING, MORNING = datetime(2024, 12, 19, 23, 59, 50, tzinfo=UTC), datetime(2024, 12, 20, 0, 0, 5, tzinfo=UTC)
SCOPE = Scope("123456789012", "us-east-1", "prod\x1b[2J")
HOSTILE = "eni-1 of \x1b]0;x\x07\n\u202eother"


def changed(at: datetime, message: str) -> WatchChange:
    entry = ChangeEvent(at, None, ChangeKind.INTERFACES_ADDED, message, "subnet-1")
    return WatchChange(at, SCOPE, Snapshot(SCOPE, at), entry)


def test_the_date_stands_where_it_is_another() -> None:
    render = EventLines()
    assert render(changed(EVENING, "a")) == "2024-12-19 23:59:50 UTC  subnet-1: a\n"
    assert render(changed(EVENING, "b → c")) == "23:59:50  subnet-1: b to c\n"
    assert render(changed(MORNING, "d")) == "2024-12-20 00:00:05 UTC  subnet-1: d\n"


def test_what_others_named_stays_on_its_line_and_acts_on_no_terminal() -> None:
    problem = Problem(ProblemKind.SERVICE_ERROR, "ec2:X", HOSTILE, "Try again.")
    for event in (
        changed(EVENING, HOSTILE),
        WatchProblem(EVENING, SCOPE, problem, False),
        WatchProblem(EVENING, SCOPE, problem, True),
    ):
        text = EventLines(several=True)(event)
        assert text.endswith("\n") and text[:-1].isprintable()
        assert "prod[2J us-east-1: " in text and "eni-1 of ]0;xother" in text
        line = render_event(event)
        assert line.endswith("\n") and line[:-1].isprintable()


SPREAD = eni("eni-1", "subnet-1", "10.0.0.20", "10.0.0.36")
"""Takes an address of each block of a /26 that AWS has none in."""


def start_lines(account: Snapshot) -> list[str]:
    """The lines of a start without their times."""
    text = EventLines(several=True)(WatchStarted(EVENING, account.scope, account))
    return [line.partition("  ")[2] for line in text.splitlines()]


def named(subnet_reading: SubnetReading, name: str) -> SubnetReading:
    return structs.replace(subnet_reading, subnet=structs.replace(subnet_reading.subnet, name=name))


def test_the_start_says_what_is_wrong_and_where_no_block_is_left() -> None:
    account = incident()
    first, trouble, full = start_lines(account)
    assert first == (
        "123456789012 us-east-1: 1 endpoint, 2 subnets. "
        "Wrong: 1 endpoint failed-but-accessible, 1 subnet without a free /28."
    )
    assert trouble.startswith(f"{ENDPOINT}: Failed, yet AWS calls 3 of 3 associations accessible (not probed). ")
    assert "10.10.10.36" in trouble
    assert full == f"{A}: no free /28 in 10.10.10.0/26, with 40 free addresses."


def test_the_start_of_a_scope_in_which_nothing_is_wrong_is_one_line() -> None:
    account = structs.replace(snapshot(reading(A, "10.10.10.0/26")), scope=SCOPE)
    assert start_lines(account) == ["prod[2J 123456789012 us-east-1: 0 endpoints, 1 subnet. Nothing is wrong."]


@pytest.mark.parametrize(("name", "label"), [("", "subnet-1"), ("db", "subnet-1 (db)")])
def test_a_subnet_without_a_block_has_its_name(name: str, label: str) -> None:
    full = named(reading("subnet-1", "10.0.0.0/26", SPREAD, available=1), name)
    *_, last = start_lines(snapshot(full, endpoints=(endpoint("Pending", "subnet-1"),)))
    assert last == f"{label}: no free /28 in 10.0.0.0/26, with 1 free address."


def test_a_subnet_that_was_not_read_is_not_listed() -> None:
    full = reading("subnet-1", "10.0.0.0/27")
    account = snapshot(full, endpoints=(endpoint("Pending", "subnet-1"),), unread=("subnet-1",))
    assert len(start_lines(account)) == 1


@pytest.mark.parametrize(("count", "listed_count", "rest"), [(10, 10, ""), (11, 10, "1 more"), (13, 10, "3 more")])
def test_of_many_in_trouble_ten_are_listed_and_the_others_counted(count: int, listed_count: int, rest: str) -> None:
    failed = tuple(endpoint("Failed", endpoint_id=f"vpce-{n:02}") for n in range(count))
    full = [reading(f"subnet-{n:02}", "10.0.0.0/26", SPREAD) for n in range(count)]
    of_all = endpoint("Pending", *(subnet.subnet.subnet_id for subnet in full), endpoint_id="vpce-99")
    lines = start_lines(snapshot(*full, endpoints=(*failed, of_all)))
    assert sum(": Failed" in line for line in lines) == sum(": no free /28" in line for line in lines) == listed_count
    plural = "" if rest == "1 more" else "s"
    more = [f"{rest} {noun}{plural} in trouble: latticetop check lists them." for noun in ("endpoint", "subnet")]
    assert [line for line in lines if "more" in line] == (more if rest else [])


def test_a_change_for_the_worse_says_why_and_one_for_the_better_does_not() -> None:
    account = incident()

    def line(now: Verdict, before: Verdict) -> str:
        entry = ChangeEvent(
            EVENING,
            None,
            ChangeKind.ENDPOINT_CHANGED,
            "Pending → Failed",
            "",
            ENDPOINT,
            verdict_before=before,
            verdict=now,
        )
        return EventLines()(WatchChange(EVENING, SCOPE, account, entry)).partition("  ")[2]

    worse = line(Verdict.FAILED_BUT_ACCESSIBLE, Verdict.PENDING)
    assert worse.startswith(
        f"{ENDPOINT}: Pending to Failed. Failed, yet AWS calls 3 of 3 associations accessible (not probed)."
    )
    assert line(Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED) == f"{ENDPOINT}: Pending to Failed\n"


def test_a_change_in_a_subnet_has_the_name_of_the_subnet() -> None:
    account = snapshot(named(reading(B, "10.10.10.64/26"), "web"))
    entry = ChangeEvent(EVENING, None, ChangeKind.NO_FREE_BLOCK, "no free /28 block left", B)
    line = EventLines()(WatchChange(EVENING, SCOPE, account, entry))
    assert line.endswith(f"  {B} (web): no free /28 block left\n")
