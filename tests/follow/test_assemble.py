"""When a difference in the counts is held for real, and what is kept between two snapshots."""

from __future__ import annotations

from datetime import datetime, timedelta

from latticetop.follow.assemble import assemble
from latticetop.follow.clock import SystemClock
from latticetop.follow.parts import Parts
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import Scope, Snapshot
from tests.follow.fakes import EVERYTHING, START, A, interface, subnet

SCOPE = Scope("123456789012", "us-east-1")
SEEN = (interface("eni-13", A, "10.10.10.13"), interface("eni-36", A, "10.10.10.36"))
LATER = START + timedelta(seconds=15)
LAST = START + timedelta(seconds=30)


def parts(free: int, counted: datetime, looked: datetime, seen: tuple[NetworkInterface, ...] = SEEN) -> Parts:
    return Parts(
        subnets={A: subnet(A, "10.10.10.0/26", free)},
        interfaces={A: seen},
        read_at={"subnets": counted, A: looked},
    )


def put(what: Parts, previous: Snapshot | None = None) -> Snapshot:
    return assemble(SCOPE, EVERYTHING, what, previous, LAST)


def test_a_single_difference_is_not_believed() -> None:
    assert put(parts(50, START, START)).subnets[A].unaccounted == 0


def test_the_smaller_of_two_differences_is_believed() -> None:
    first = put(parts(50, START, START))
    assert put(parts(52, LATER, LATER), first).subnets[A].unaccounted == 5


def test_more_seen_than_counted_is_no_shortfall() -> None:
    first = put(parts(60, START, START))
    assert put(parts(60, LATER, LATER), first).subnets[A].unaccounted == 0


def test_a_new_count_beside_old_interfaces_says_nothing() -> None:
    first = put(parts(50, START, START))
    second = put(parts(50, LATER, LATER), first)
    third = put(parts(40, LAST, LATER), second)
    assert (second.subnets[A].unaccounted, third.subnets[A].unaccounted) == (7, 7)
    assert put(parts(57, LATER, LAST), second).subnets[A].unaccounted == 7


def test_a_subnet_not_looked_into_before_is_not_doubted() -> None:
    lists_only = Parts(subnets={A: subnet(A, "10.10.10.0/26", 50)}, read_at={"subnets": START})
    first = put(lists_only)
    assert put(parts(50, LATER, LATER), first).subnets[A].unaccounted == 0


def test_a_subnet_that_reads_as_before_keeps_its_object() -> None:
    first = put(parts(50, START, START))
    second = put(parts(50, LATER, LATER), first)
    third = put(parts(50, LAST, LAST), second)
    assert second.subnets[A] is not first.subnets[A]
    assert third.subnets[A] is second.subnets[A]


async def test_the_system_clock_waits_for_the_event_or_the_time() -> None:
    import asyncio

    clock, event = SystemClock(), asyncio.Event()
    assert clock.now().utcoffset() == timedelta(0)
    assert await clock.wait(event, 0) is False
    event.set()
    assert await clock.wait(event, None) is True
