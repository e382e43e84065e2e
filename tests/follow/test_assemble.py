"""When a difference between AWS's count and the ENIs counts, and what a snapshot shares with the previous one."""

from __future__ import annotations

from datetime import datetime, timedelta

from latticetop.follow.assemble import assemble
from latticetop.follow.read_state import ReadState
from latticetop.model.snapshot import Scope, Snapshot
from tests.follow.fakes import EVERYTHING, START, A, interface, subnet

SCOPE = Scope("123456789012", "us-east-1")
INTERFACES = (interface("eni-13", A, "10.10.10.13"), interface("eni-36", A, "10.10.10.36"))
LATER = START + timedelta(seconds=15)
LAST = START + timedelta(seconds=30)


def state(free: int, counted_at: datetime, interfaces_at: datetime) -> ReadState:
    """Subnet A with AWS's free count, and the times at which the count and the ENIs were read."""
    return ReadState(
        subnets={A: subnet(A, "10.10.10.0/26", free)},
        interfaces={A: INTERFACES},
        read_at={"subnets": counted_at, A: interfaces_at},
    )


def build(read_state: ReadState, previous: Snapshot | None = None) -> Snapshot:
    return assemble(SCOPE, EVERYTHING, read_state, previous, LAST)


def test_a_difference_of_one_read_does_not_count() -> None:
    assert build(state(50, START, START)).subnets[A].unaccounted == 0


def test_the_smaller_of_two_differences_counts() -> None:
    first = build(state(50, START, START))
    assert build(state(52, LATER, LATER), first).subnets[A].unaccounted == 5


def test_more_addresses_than_counted_are_no_difference() -> None:
    first = build(state(60, START, START))
    assert build(state(60, LATER, LATER), first).subnets[A].unaccounted == 0


def test_a_new_count_with_old_interfaces_changes_nothing() -> None:
    first = build(state(50, START, START))
    second = build(state(50, LATER, LATER), first)
    third = build(state(40, LAST, LATER), second)
    assert (second.subnets[A].unaccounted, third.subnets[A].unaccounted) == (7, 7)
    assert build(state(57, LATER, LAST), second).subnets[A].unaccounted == 7


def test_no_difference_for_a_subnet_whose_interfaces_were_not_read_before() -> None:
    lists_only = ReadState(subnets={A: subnet(A, "10.10.10.0/26", 50)}, read_at={"subnets": START})
    first = build(lists_only)
    assert build(state(50, LATER, LATER), first).subnets[A].unaccounted == 0


def test_an_unchanged_subnet_keeps_its_object() -> None:
    first = build(state(50, START, START))
    second = build(state(50, LATER, LATER), first)
    third = build(state(50, LAST, LAST), second)
    assert second.subnets[A] is not first.subnets[A]
    assert third.subnets[A] is second.subnets[A]
