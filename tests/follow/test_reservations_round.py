"""The reservations of all subnets are read again within the hour, with few calls at a time."""

from __future__ import annotations

from msgspec import structs

from latticetop.follow.read_state import ReadState
from latticetop.follow.refresh_intervals import reservations_due
from latticetop.follow.reservations_round import due_in_round
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import CidrReservation
from tests.follow.conftest import Rig
from tests.follow.fakes import EVERYTHING, endpoint, interface, subnet

HOUR, CYCLE = 3600.0, 30.0
LIMIT = 18 * CYCLE
"""Calls of a cycle: EC2's limit with a tenth less, 18 a second."""


def account(count: int) -> ReadState:
    """So many subnets, of which an endpoint is in the last two."""
    subnets = [subnet(f"subnet-{n:04}", f"10.{n >> 8}.{n & 255}.0/24", 251) for n in range(count)]
    state = ReadState(subnets={each.subnet_id: each for each in subnets})
    last = tuple(state.subnets)[-2:]
    state.endpoints = {"vpce-1": structs.replace(endpoint("Available"), subnet_ids=last)}
    return state


def note(state: ReadState, subnet_ids: list[str], now: float) -> None:
    """What a read of reservations leaves in the state."""
    for subnet_id in subnet_ids:
        state.tried_at[reservations_part(subnet_id)] = now
        state.free_counts[subnet_id] = 251


def test_the_reservations_of_5000_subnets_are_never_older_than_an_hour() -> None:
    state, now, calls = account(5000), 0.0, list[int]()
    while now < 2.5 * HOUR:
        due = reservations_due(list(state.subnets), state, None, now)
        note(state, due, now)
        calls.append(len(due))
        if now > HOUR:
            assert len(state.tried_at) == 5000
            assert now - min(state.tried_at.values()) < HOUR - CYCLE
        now += CYCLE
    assert max(calls) <= LIMIT
    assert sum(calls) < 4 * len(state.subnets), "they are not read much more often than that"


def test_turns_a_minute_apart_are_enough_for_forty_subnets() -> None:
    state = account(40)
    now = 10 * HOUR
    for place, subnet_id in enumerate(state.subnets):
        note(state, [subnet_id], now - 60.0 * place)
    assert due_in_round(list(state.subnets), state, now) == []


def test_within_a_budget_those_that_an_answer_depends_on_come_first() -> None:
    state = account(1000)
    note(state, list(state.subnets), 0.0)
    state.interfaces = {"subnet-0500": (interface("eni-1", "subnet-0500", "10.1.244.4", prefix="10.1.244.16/28"),)}
    due = due_in_round(list(state.subnets), state, HOUR, most=5)
    assert set(due[:3]) == {"subnet-0500", "subnet-0998", "subnet-0999"}
    assert len(due) == 5
    assert due_in_round(list(state.subnets), state, HOUR, most=0) == []
    assert len(due_in_round(list(state.subnets), state, HOUR)) == 1000


def test_denied_reservations_have_no_part_in_it() -> None:
    state = account(100)
    note(state, list(state.subnets), 0.0)
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "denied")
    state.problems = dict.fromkeys(state.tried_at, denied)
    assert due_in_round(list(state.subnets), state, HOUR) == []


async def test_a_new_explicit_reservation_is_seen_within_the_hour(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:03}", f"10.10.{n}.0/24", 251) for n in range(200)]
    async with rig.follow(interval=60, selection=EVERYTHING):
        for _ in range(3):
            await rig.clock.rest()
            rig.clock.advance(60)
        newest = rig.reader.reservation_reads[-1]
        number = int(newest[-3:])
        reserved = parse_cidr(f"10.10.{number}.16/28")
        rig.reader.reservation_list = [CidrReservation("scr-1", newest, reserved, "explicit")]
        for _ in range(59):
            await rig.clock.cycle(60)
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.subnets[newest].blocks.letters == "RX" + "." * 13 + "R"


async def test_new_subnets_with_prefixes_come_before_those_without(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:03}", f"10.10.{n}.0/24", 251) for n in range(250)]
    rig.reader.endpoint_list = []
    rig.reader.interface_list = [interface("eni-1", "subnet-249", "10.10.249.4", prefix="10.10.249.16/28")]
    async with rig.follow(interval=60, selection=EVERYTHING):
        await rig.clock.rest()
        rig.reader.reservation_reads.clear()
        await rig.clock.cycle(60)
    assert "subnet-249" in rig.reader.reservation_reads
