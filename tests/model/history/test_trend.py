"""Free blocks of subnets and capacity of VPCs over time: the incident, gaps, upper bounds, and unchanged snapshots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.model.history import trend as module
from latticetop.model.history.step_series import Level, Series
from latticetop.model.history.trend import Trend
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.model.builders import NOW, VPC, A, B, incident_readings, reading, snapshot
from tests.model.history.comparison import later


def steps(series: Series) -> list[tuple[float, Level | None]]:
    """The steps, in seconds since `NOW`."""
    return [(step.at - NOW.timestamp(), step.level) for step in series]


def before_and_after() -> tuple[Snapshot, Snapshot]:
    """The incident's two /26: without the endpoint A has one free block and B two, with it A has none and B one."""
    a, b = incident_readings()
    before = snapshot(structs.replace(a, interfaces=a.interfaces[1:]), structs.replace(b, interfaces=()))
    return before, later(snapshot(a, b), 45)


def test_the_incident() -> None:
    trend = Trend()
    for one in before_and_after():
        trend.add_snapshot(one)
        trend.add_snapshot(one)
    assert steps(trend.subnets[A]) == [(0, Level(1)), (45, Level(0))]
    assert steps(trend.subnets[B]) == [(0, Level(2)), (45, Level(1))]
    assert steps(trend.vpcs[VPC]) == [(0, Level(1)), (45, Level(0))], "the zone with the fewest decides"
    assert (trend.start, trend.end) == (NOW.timestamp(), NOW.timestamp() + 45)


def test_the_subnets_of_a_zone_are_added_and_small_ones_are_ignored() -> None:
    trend = Trend()
    whole, half = reading(A, "10.0.0.0/25"), reading(B, "10.0.1.0/26")
    small = reading("subnet-small", "10.0.2.0/27", zone="us-east-1b")
    trend.add_snapshot(snapshot(whole, half, small, reading("subnet-6", None, zone="us-east-1c")))
    assert steps(trend.vpcs[VPC]) == [(0, Level(6 + 2))]
    assert trend.subnets.keys() == {A, B, "subnet-small"}, "one without IPv4 has no blocks to count"
    assert trend.vpcs.keys() == {VPC}


def test_unread_and_removed_subnets_are_gaps_and_unaccounted_addresses_make_an_upper_bound() -> None:
    trend = Trend()
    a, b = incident_readings()
    trend.add_snapshot(snapshot(a, b, unread=(A,)))
    trend.add_snapshot(later(snapshot(a, b), 15))
    trend.add_snapshot(later(snapshot(a, structs.replace(b, unaccounted=3)), 30))
    trend.add_snapshot(later(snapshot(a), 45))
    trend.add_snapshot(later(snapshot(a, b), 60))
    assert steps(trend.subnets[A]) == [(0, None), (15, Level(0))]
    assert steps(trend.subnets[B]) == [(0, Level(1)), (30, Level(1, True)), (45, None), (60, Level(1))]
    assert steps(trend.vpcs[VPC]) == [(0, None), (15, Level(0)), (30, Level(0, True)), (45, Level(0))]


def test_a_removed_subnet_without_ipv4_and_a_vpc_without_subnets() -> None:
    trend = Trend()
    a, b = incident_readings()
    six = reading("subnet-6", None)
    trend.add_snapshot(snapshot(a, b, six))
    trend.add_snapshot(later(snapshot(a, b), 15))
    trend.add_snapshot(later(snapshot(), 30))
    trend.add_snapshot(later(snapshot(a, b), 45))
    assert steps(trend.vpcs[VPC]) == [(0, Level(0)), (30, None), (45, Level(0))]
    assert steps(trend.subnets[B]) == [(0, Level(1)), (30, None), (45, Level(1))]
    assert "subnet-6" not in trend.subnets
    assert trend.vpcs.keys() == {VPC}


def test_a_vpc_without_ipv4_has_no_capacity_to_count() -> None:
    trend = Trend()
    assert trend.start == trend.end == 0
    trend.add_snapshot(snapshot(reading("subnet-6", None)))
    trend.add_snapshot(later(snapshot(), 15))
    assert (trend.subnets, trend.vpcs) == ({}, {})


def test_a_subnet_that_is_gone_in_a_snapshot_of_the_same_time_is_a_gap() -> None:
    trend = Trend()
    a, b = incident_readings()
    trend.add_snapshot(snapshot(a, b))
    trend.add_snapshot(snapshot(a))
    assert steps(trend.subnets[B]) == [(0, None)]


def test_one_upper_bound_makes_that_of_the_vpc_one() -> None:
    a, b = incident_readings()
    for one in ((structs.replace(a, unaccounted=3), b), (a, structs.replace(b, unaccounted=3))):
        trend = Trend()
        trend.add_snapshot(snapshot(*one))
        assert steps(trend.vpcs[VPC]) == [(0, Level(0, at_most=True))]


def test_a_change_that_affects_no_count_is_no_step() -> None:
    trend = Trend()
    a, b = incident_readings()
    trend.add_snapshot(snapshot(a, b))
    renamed = structs.replace(a, subnet=structs.replace(a.subnet, name="db"))
    trend.add_snapshot(later(snapshot(renamed, b), 15))
    assert steps(trend.subnets[A]) == steps(trend.vpcs[VPC]) == [(0, Level(0))]
    assert trend.vpcs.keys() == {VPC}


def test_without_reservations_the_capacity_is_an_upper_bound() -> None:
    trend = Trend()
    whole = snapshot(reading(A, "10.0.0.0/24"), reading(B, "10.0.1.0/26"))
    trend.add_snapshot(snapshot(*whole.subnets.values(), unread=(reservations_part(A), reservations_part(B))))
    trend.add_snapshot(later(snapshot(*whole.subnets.values(), unread=(reservations_part(B),)), 15))
    trend.add_snapshot(later(whole, 30))
    assert steps(trend.vpcs[VPC]) == [(0, Level(15, True)), (30, Level(15))]
    assert steps(trend.subnets[A]) == [(0, Level(14, True)), (15, Level(14))]
    assert steps(trend.subnets[B]) == [(0, Level(2, True)), (30, Level(2))]


def test_a_shared_subnet_of_which_nothing_is_known_is_a_gap() -> None:
    """Nine addresses are left outside the reservations of the owner, which cannot be read."""
    trend = Trend()
    shared = reading(A, "10.0.0.0/23", available=9, unaccounted=498)
    trend.add_snapshot(snapshot(shared, unread=(reservations_part(A),)))
    assert steps(trend.subnets[A]) == steps(trend.vpcs[VPC]) == [(0, None)]


def test_going_back_in_time_drops_later_counts() -> None:
    before, after = before_and_after()
    trend = Trend()
    for one in (before, after, later(before, 15), later(before, 30)):
        trend.add_snapshot(one)
    assert steps(trend.subnets[A]) == [(0, Level(1))]
    trend.add_snapshot(after)
    assert steps(trend.subnets[A]) == [(0, Level(1)), (45, Level(0))]
    trend.add_snapshot(later(after, -60))
    assert (steps(trend.subnets[A]), trend.start) == ([(-60, Level(0))], NOW.timestamp() - 60)


def test_another_account_starts_a_new_trend() -> None:
    before, after = before_and_after()
    trend = Trend()
    trend.add_snapshot(before)
    trend.add_snapshot(structs.replace(after, scope=Scope("210987654321", "us-east-1")))
    assert steps(trend.subnets[A]) == [(45, Level(0))]


def test_a_maximum_of_removed_subnets_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SERIES", 10)
    trend = Trend()
    for number in range(50):
        trend.add_snapshot(
            later(snapshot(reading(A, "10.0.0.0/24"), reading(f"subnet-{number}", "10.0.1.0/24")), number)
        )
    assert len(trend.subnets) <= 10
    assert {A, "subnet-49"} <= trend.subnets.keys()


def test_an_unchanged_snapshot_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = snapshot(*incident_readings())
    trend = Trend()
    trend.add_snapshot(one)
    monkeypatch.delattr(module, "usual_capacity")
    trend.add_snapshot(later(one, 15))
    altered = structs.replace(one.subnets[A], interfaces=())
    with pytest.raises(NameError):
        trend.add_snapshot(later(snapshot(altered, one.subnets[B]), 30))


def test_an_equal_subnet_in_a_new_object_is_not_computed_again() -> None:
    """A key frame of a recording has all subnets as new objects."""
    one = snapshot(*incident_readings())
    trend = Trend()
    trend.add_snapshot(one)
    equal = [SubnetReading(r.subnet, tuple(r.interfaces), r.reservations) for r in one.subnets.values()]
    trend.add_snapshot(later(snapshot(*equal), 15))
    assert not any(reading.is_mapped for reading in equal)


def test_times_are_moved_with_the_clock() -> None:
    trend = Trend()
    trend.restate_times(timedelta(hours=1))
    before, after = before_and_after()
    trend.add_snapshot(before)
    trend.restate_times(timedelta(hours=-1))
    assert trend.start == trend.end == NOW.timestamp() - 3600
    trend.add_snapshot(later(after, 45 - 3600))
    assert steps(trend.subnets[A]) == [(-3600, Level(1)), (-3555, Level(0))]
    assert steps(trend.vpcs[VPC]) == [(-3600, Level(1)), (-3555, Level(0))]
    assert (trend.start, trend.end) == (NOW.timestamp() - 3600, NOW.timestamp() - 3555)
