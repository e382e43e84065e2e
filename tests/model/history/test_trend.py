"""Free blocks of subnets and fits of VPCs over time: the incident's own, gaps, bounds, and what a quiet read costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.history import trend as module
from latticetop.model.history.step_series import Level, Series
from latticetop.model.history.trend import Trend
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.model.builders import NOW, VPC, A, B, incident_readings, reading, snapshot


def later(shown: Snapshot, seconds: float) -> Snapshot:
    at = NOW + timedelta(seconds=seconds)
    return structs.replace(shown, taken_at=at, read_at=dict.fromkeys(shown.read_at, at))


def told(series: Series) -> list[tuple[float, Level | None]]:
    """The steps, in seconds since `NOW`."""
    return [(step.at - NOW.timestamp(), step.level) for step in series]


def before_and_after() -> tuple[Snapshot, Snapshot]:
    """The incident's two /26 before the endpoint: one block of A is broken, none of B; after it A has none, B one."""
    a, b = incident_readings()
    before = snapshot(structs.replace(a, interfaces=a.interfaces[1:]), structs.replace(b, interfaces=()))
    return before, later(snapshot(a, b), 45)


def test_the_incident() -> None:
    trend = Trend()
    for shown in before_and_after():
        trend.follow(shown)
        trend.follow(shown)
    assert told(trend.subnets[A]) == [(0, Level(1)), (45, Level(0))]
    assert told(trend.subnets[B]) == [(0, Level(2)), (45, Level(1))]
    assert told(trend.vpcs[VPC]) == [(0, Level(1)), (45, Level(0))], "the zone with the fewest decides"
    assert (trend.begun, trend.until) == (NOW.timestamp(), NOW.timestamp() + 45)


def test_the_subnets_of_a_zone_count_together_and_small_ones_not_at_all() -> None:
    trend = Trend()
    whole, half = reading(A, "10.0.0.0/25"), reading(B, "10.0.1.0/26")
    small = reading("subnet-small", "10.0.2.0/27", zone="us-east-1b")
    trend.follow(snapshot(whole, half, small, reading("subnet-6", None, zone="us-east-1c")))
    assert told(trend.vpcs[VPC]) == [(0, Level(6 + 2))]
    assert trend.subnets.keys() == {A, B, "subnet-small"}, "one without IPv4 has no blocks to count"


def test_what_is_unread_or_gone_is_a_gap_and_what_is_not_all_seen_is_a_bound() -> None:
    trend = Trend()
    a, b = incident_readings()
    trend.follow(snapshot(a, b, unread=(A,)))
    trend.follow(later(snapshot(a, b), 15))
    trend.follow(later(snapshot(a, structs.replace(b, unaccounted=3)), 30))
    trend.follow(later(snapshot(a), 45))
    trend.follow(later(snapshot(a, b), 60))
    assert told(trend.subnets[A]) == [(0, None), (15, Level(0))]
    assert told(trend.subnets[B]) == [(0, Level(1)), (30, Level(1, True)), (45, None), (60, Level(1))]
    assert told(trend.vpcs[VPC]) == [(0, None), (15, Level(0)), (30, Level(0, True)), (45, Level(0))]


def test_a_subnet_without_ipv4_that_goes_and_a_vpc_without_a_subnet() -> None:
    trend = Trend()
    a, b = incident_readings()
    six = reading("subnet-6", None)
    trend.follow(snapshot(a, b, six))
    trend.follow(later(snapshot(a, b), 15))
    trend.follow(later(snapshot(), 30))
    trend.follow(later(snapshot(a, b), 45))
    assert told(trend.vpcs[VPC]) == [(0, Level(0)), (30, None), (45, Level(0))]
    assert told(trend.subnets[B]) == [(0, Level(1)), (30, None), (45, Level(1))]
    assert "subnet-6" not in trend.subnets


def test_what_changes_no_count_is_no_step() -> None:
    trend = Trend()
    a, b = incident_readings()
    trend.follow(snapshot(a, b))
    renamed = structs.replace(a, subnet=structs.replace(a.subnet, name="db"))
    trend.follow(later(snapshot(renamed, b), 15))
    assert told(trend.subnets[A]) == told(trend.vpcs[VPC]) == [(0, Level(0))]


def test_without_reservations_the_fits_are_a_bound() -> None:
    trend = Trend()
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "It is denied.")
    known = snapshot(*incident_readings())
    trend.follow(known)
    trend.follow(structs.replace(later(known, 15), problems=(denied,)))
    trend.follow(later(known, 30))
    assert told(trend.vpcs[VPC]) == [(0, Level(0)), (15, Level(0, True)), (30, Level(0))]
    assert len(trend.subnets[A]) == 1


def test_going_back_in_time_forgets_what_came_after() -> None:
    before, after = before_and_after()
    trend = Trend()
    for shown in (before, after, later(before, 15), later(before, 30)):
        trend.follow(shown)
    assert told(trend.subnets[A]) == [(0, Level(1))]
    trend.follow(after)
    assert told(trend.subnets[A]) == [(0, Level(1)), (45, Level(0))]
    trend.follow(later(after, -60))
    assert (told(trend.subnets[A]), trend.begun) == ([(-60, Level(0))], NOW.timestamp() - 60)


def test_another_account_is_another_beginning() -> None:
    before, after = before_and_after()
    trend = Trend()
    trend.follow(before)
    trend.follow(structs.replace(after, scope=Scope("210987654321", "us-east-1")))
    assert told(trend.subnets[A]) == [(45, Level(0))]


def test_of_subnets_that_come_and_go_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SERIES", 10)
    trend = Trend()
    for number in range(50):
        trend.follow(later(snapshot(reading(A, "10.0.0.0/24"), reading(f"subnet-{number}", "10.0.1.0/24")), number))
    assert len(trend.subnets) <= 10
    assert {A, "subnet-49"} <= trend.subnets.keys()


def test_in_a_quiet_read_nothing_is_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    one = snapshot(*incident_readings())
    trend = Trend()
    trend.follow(one)
    monkeypatch.delattr(module, "fits")
    trend.follow(later(one, 15))
    altered = structs.replace(one.subnets[A], interfaces=())
    with pytest.raises(NameError):
        trend.follow(later(snapshot(altered, one.subnets[B]), 30))


def test_what_is_the_same_in_another_object_is_not_reckoned_anew() -> None:
    """As a recording tells of all subnets anew now and then."""
    one = snapshot(*incident_readings())
    trend = Trend()
    trend.follow(one)
    again = [SubnetReading(r.subnet, tuple(r.interfaces), r.reservations) for r in one.subnets.values()]
    trend.follow(later(snapshot(*again), 15))
    assert not any("blocks" in each.__dict__ for each in again)
