"""A subnet that was deleted after AWS had listed it is gone; other failures are kept, and so is a shared subnet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from unittest.mock import patch

import pytest
from msgspec import structs

from latticetop.follow.cycle import ReservationsRead, read_lists, read_reservations, read_subnet_contents
from latticetop.follow.one_shot import read_once
from latticetop.follow.read_state import ReadState
from latticetop.model.records.missing_data import MissingCause
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import CidrReservation, NetworkInterface
from tests.follow.conftest import Rig
from tests.follow.fakes import EVERYTHING, A, B, C, FakeClock, FakeReader, subnet

OWNER = "210987654321"
NOT_FOUND = Problem(ProblemKind.NOT_FOUND, "ec2:X", "There is no such subnet.")


class VanishingReader(FakeReader):
    """An account in which calls for some subnets do not find them, though they are listed."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.without_reservations: set[str] = set()
        self.without_interfaces: set[str] = set()

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        if subnet_id in self.without_reservations:
            raise ReadError(NOT_FOUND)
        return await super().reservations(subnet_id)

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        if self.without_interfaces.intersection(subnet_ids):
            raise ReadError(NOT_FOUND)
        async for page in super().interfaces(subnet_ids):
            yield page


@pytest.fixture
async def reader(clock: FakeClock) -> VanishingReader:
    return VanishingReader(clock)


@pytest.mark.parametrize("call", ["without_reservations", "without_interfaces"])
async def test_a_subnet_that_is_not_found_any_more_is_no_problem(reader: VanishingReader, call: str) -> None:
    getattr(reader, call).add(A)
    snapshot = await read_once(reader, EVERYTHING, reader.clock)
    assert ([*snapshot.subnets], snapshot.problems) == ([B], ())
    assert not any(A in part for part in snapshot.read_at)
    assert snapshot.missing_data(B) == ()


async def test_several_subnets_that_are_not_found(reader: VanishingReader) -> None:
    reader.subnet_list.append(subnet(C, "10.10.10.128/26", 59))
    reader.without_interfaces, reader.without_reservations = {A, C}, {A, C}
    snapshot = await read_once(reader, EVERYTHING, reader.clock)
    assert ([*snapshot.subnets], snapshot.problems) == ([B], ())
    assert {B, f"reservations {B}"} <= snapshot.read_at.keys()


@pytest.mark.parametrize("last", ["interfaces", "reservations"])
@pytest.mark.parametrize("found", [False, True])
async def test_a_subnet_that_is_removed_during_a_call_for_it(reader: VanishingReader, last: str, found: bool) -> None:
    calls = {"interfaces": reader.without_interfaces, "reservations": reader.without_reservations}
    (first,) = calls.keys() - {last}
    calls[first].add(A)
    state, ended = ReadState(account_id=reader.account), asyncio.Event()
    if not found:
        calls[last].add(A)
    remove = state.remove_subnet

    def note_removal(subnet_id: str) -> None:
        remove(subnet_id)
        ended.set()

    async def reservations_wait(subnet_id: str) -> tuple[CidrReservation, ...]:
        await ended.wait()
        return await VanishingReader.reservations(reader, subnet_id)

    async def interfaces_wait(subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        await ended.wait()
        async for page in VanishingReader.interfaces(reader, subnet_ids):
            yield page

    await read_lists(reader, EVERYTHING, state, reader.clock, full=True)
    with patch.object(ReadState, "remove_subnet", lambda _, subnet_id: note_removal(subnet_id)):
        reader.reservations = reservations_wait if last == "reservations" else reader.reservations  # type: ignore[method-assign]
        reader.interfaces = interfaces_wait if last == "interfaces" else reader.interfaces  # type: ignore[method-assign]
        reading = read_subnet_contents(reader, EVERYTHING, state, reader.clock, full=True)
        await asyncio.wait_for(reading, 30)
    assert state.subnets.keys() == {B}
    assert not state.problems


async def test_nothing_is_left_of_a_subnet_that_was_removed_while_its_reservations_were_throttled(
    reader: VanishingReader,
) -> None:
    state = ReadState(account_id=reader.account)
    calls = []

    async def throttled(subnet_id: str) -> tuple[CidrReservation, ...]:
        calls.append(subnet_id)
        state.remove_subnet(A)
        raise ReadError(Problem(ProblemKind.THROTTLED, "ec2:GetSubnetCidrReservations", ""))

    reader.reservations = throttled  # type: ignore[method-assign]
    await read_lists(reader, EVERYTHING, state, reader.clock, full=True)
    await read_reservations(reader, [A], state, reader.clock)
    assert not state.problems
    read = ReservationsRead(reader, state, reader.clock)
    for subnet_id in (A, B):
        await read.read(subnet_id)
    assert calls == [A, A]


async def test_a_shared_subnet_whose_reservations_are_not_found_stays(reader: VanishingReader) -> None:
    """AWS may not show this account what belongs to the owner."""
    reader.subnet_list[0] = structs.replace(reader.subnet_list[0], owner_id=OWNER)
    reader.without_reservations.add(A)
    snapshot = await read_once(reader, EVERYTHING, reader.clock)
    assert snapshot.subnets.keys() == {A, B}
    (missing,) = snapshot.missing_data(A)
    assert (missing.cause, missing.owner_id) == (MissingCause.FAILED, OWNER)
    assert missing.next_step == f"Ask the owner, {OWNER}, which ranges are reserved."


async def test_interfaces_of_a_shared_subnet_that_are_not_found_are_a_problem(reader: VanishingReader) -> None:
    reader.subnet_list[0] = structs.replace(reader.subnet_list[0], owner_id=OWNER)
    reader.without_interfaces.add(A)
    snapshot = await read_once(reader, EVERYTHING, reader.clock)
    assert snapshot.problems == (NOT_FOUND,)
    assert A not in snapshot.read_at


async def test_endpoints_are_not_in_a_subnet_that_was_deleted(reader: VanishingReader) -> None:
    reader.without_reservations.add(A)
    snapshot = await read_once(reader, EVERYTHING, reader.clock)
    assert [endpoint.subnet_ids for endpoint in snapshot.endpoints.values()] == [(B,)]


async def test_a_subnet_that_is_listed_again_is_read_again(rig: Rig, reader: VanishingReader) -> None:
    async with rig.follow(selection=EVERYTHING, interval=15):
        await rig.clock.rest()
        reader.without_interfaces.add(A)
        await rig.clock.cycle(15)
        snapshot = rig.screen.last.snapshot
        assert snapshot is not None and snapshot.subnets.keys() == {B}
        assert (snapshot.problems, rig.screen.last.status.problem) == ((), None)
        reader.without_interfaces.clear()
        await rig.clock.cycle(15)
        snapshot = rig.screen.last.snapshot
        assert snapshot is not None and snapshot.missing_data(A) == ()


@pytest.mark.parametrize(
    ("kind", "account_id", "owner_id", "deleted"),
    [
        (ProblemKind.NOT_FOUND, OWNER, OWNER, True),
        (ProblemKind.NOT_FOUND, OWNER, "", True),
        (ProblemKind.NOT_FOUND, "", OWNER, True),
        (ProblemKind.NOT_FOUND, "123456789012", OWNER, False),
        (ProblemKind.SERVICE_ERROR, OWNER, OWNER, False),
        (ProblemKind.ACCESS_DENIED, OWNER, OWNER, False),
    ],
)
def test_what_means_that_a_subnet_was_deleted(kind: ProblemKind, account_id: str, owner_id: str, deleted: bool) -> None:
    subnets = {A: structs.replace(subnet(A, "10.10.10.0/26", 57), owner_id=owner_id)}
    state = ReadState(account_id=account_id, subnets=subnets)
    assert state.was_deleted(A, Problem(kind, "", "")) is deleted
    assert not state.was_deleted(A, None)
    assert state.was_deleted(B, Problem(kind, "", "")) is (kind is ProblemKind.NOT_FOUND)
