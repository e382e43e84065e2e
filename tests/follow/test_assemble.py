"""When a difference between AWS's count and the ENIs counts, and what a snapshot shares with the previous one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from latticetop.follow.assemble import assemble
from latticetop.follow.read_state import ReadState
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.missing_data import MissingCause, MissingPart
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import CidrReservation
from latticetop.model.snapshot import Scope, Snapshot
from tests.follow.fakes import EVERYTHING, START, A, B, C, interface, subnet

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


def test_a_snapshot_of_the_same_data_keeps_what_was_derived_of_the_one_before() -> None:
    first = build(state(50, START, START))
    second = build(state(50, LATER, START), first)
    derived = second.interfaces_by_endpoint
    assert build(state(50, LAST, START), second).interfaces_by_endpoint is derived


def reserved(reservations: tuple[str, ...], counted_at: datetime, interfaces_at: datetime, free: int = 41) -> ReadState:
    """Subnet A with prefix reservations that lower AWS's count; they were read at `LAST`."""
    read_state = state(free, counted_at, interfaces_at)
    read_state.reservations = {
        A: tuple(CidrReservation(f"scr-{n}", A, parse_cidr(cidr), "prefix") for n, cidr in enumerate(reservations))
    }
    read_state.read_at[f"reservations {A}"] = LAST
    return read_state


def test_addresses_inside_a_reservation_are_accounted_for_once_it_is_read() -> None:
    """41 of 57 addresses are available, since 16 are reserved."""
    first = build(state(41, START, START))
    second = build(state(41, LATER, LATER), first)
    assert second.subnets[A].unaccounted == 16
    third = build(reserved(("10.10.10.16/28",), LATER, LATER), second)
    assert third.subnets[A].unaccounted == 0


def test_a_reservation_read_later_never_raises_the_difference() -> None:
    """One address is hidden while AWS's count leaves the reservation out; the count then follows it."""
    second = build(state(56, LATER, LATER), build(state(56, START, START)))
    third = build(reserved(("10.10.10.16/28",), LATER, LATER, 56), second)
    assert (second.subnets[A].unaccounted, third.subnets[A].unaccounted) == (1, 1)


def test_a_count_that_lags_behind_new_addresses_does_not_hide_the_reservation() -> None:
    """16 addresses are reserved; the count is read before the ENIs, which take addresses all the time."""
    snapshot = build(reserved(("10.10.10.16/28",), START, START))
    assert snapshot.subnets[A].count_follows_reservations
    for seconds in (15, 30, 45):
        at = START + timedelta(seconds=seconds)
        snapshot = build(reserved(("10.10.10.16/28",), at, at, free=43), snapshot)
        assert (snapshot.subnets[A].unaccounted, snapshot.subnets[A].unaccounted_now) == (0, 0)
        assert snapshot.subnets[A].count_excludes_reservations
    for seconds in (60, 75):
        at = START + timedelta(seconds=seconds)
        snapshot = build(reserved(("10.10.10.16/28",), at, at, free=39), snapshot)
    assert snapshot.subnets[A].unaccounted == 2


def test_a_count_that_does_not_follow_the_reservations() -> None:
    snapshot = build(reserved(("10.10.10.16/28",), START, START, free=55))
    assert not snapshot.subnets[A].count_follows_reservations
    for at in (LATER, LAST):
        snapshot = build(reserved(("10.10.10.16/28",), at, at, free=55), snapshot)
    assert snapshot.subnets[A].unaccounted == 2


def test_what_a_read_has_shown_ends_with_its_reservations() -> None:
    first = build(reserved(("10.10.10.16/28",), START, START))
    other = build(reserved(("10.10.10.32/29",), LATER, LATER, free=55), first)
    assert not other.subnets[A].count_follows_reservations
    used_up = reserved(("10.10.10.36/32",), START, START, free=57)
    assert not build(used_up).subnets[A].count_follows_reservations
    unread = reserved(("10.10.10.16/28",), START, START)
    del unread.read_at[A]
    assert not build(unread).subnets[A].count_follows_reservations


def test_a_computed_map_is_kept_when_the_difference_changes() -> None:
    first = build(state(50, START, START))
    blocks = first.subnets[A].blocks
    second = build(state(50, LATER, LATER), first)
    assert second.subnets[A].unaccounted == 7
    assert second.subnets[A].blocks is blocks


def shared(free: int, at: datetime) -> ReadState:
    read_state = state(free, at, at)
    read_state.subnets = {A: structs.replace(read_state.subnets[A], owner_id="210987654321")}
    return read_state


def test_of_a_shared_subnet_one_read_is_enough() -> None:
    first = build(shared(9, START))
    assert first.subnets[A].unaccounted == 48
    second = build(shared(9, LATER), first)
    assert second.subnets[A] is first.subnets[A]
    assert build(shared(20, LAST), second).subnets[A].unaccounted == 37
    own = shared(9, START)
    own.subnets = {A: structs.replace(own.subnets[A], owner_id=SCOPE.account_id)}
    assert build(own).subnets[A].unaccounted == 0
    unread = shared(9, START)
    del unread.read_at[A]
    assert build(unread).subnets[A].unaccounted == 0
    assert assemble(Scope("", "us-east-1"), EVERYTHING, shared(9, START), None, LAST).subnets[A].unaccounted == 0


def test_the_kind_of_failure_of_reservations_that_were_never_read() -> None:
    read_state = state(57, START, START)
    read_state.subnets = {key: subnet(key, "10.10.10.0/26", 57) for key in (A, B)}
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "denied")
    read_state.problems = {f"reservations {A}": denied, f"reservations {B}": denied, f"reservations {C}": denied}
    read_state.read_at[f"reservations {B}"] = START
    snapshot = build(read_state)
    assert snapshot.failures == {f"reservations {A}": ProblemKind.ACCESS_DENIED}
    assert [data.cause for data in snapshot.missing_data(A)] == [MissingCause.DENIED]
    assert [data.part for data in snapshot.missing_data(B)] == [MissingPart.INTERFACES]


@pytest.mark.parametrize("subnet_id", [A, "subnet with spaces", " \u3000\xa0 ", ""])
def test_when_a_subnet_and_its_reservations_were_read_whatever_its_id(subnet_id: str) -> None:
    read_at = {"subnets": START, subnet_id: LATER, f"reservations {subnet_id}": LAST}
    left = {B: START, f"reservations {B}": START}
    read_state = ReadState(subnets={subnet_id: subnet(subnet_id, "10.10.10.0/26", 57)}, read_at=read_at | left)
    assert build(read_state).read_at == read_at
