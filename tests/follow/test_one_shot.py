"""One complete read: what it reads, what it reads twice, and its errors."""

from __future__ import annotations

import asyncio

import pytest

from latticetop.follow.one_shot import read_once
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import A, B, FakeClock, FakeReader, with_count


async def test_everything_is_read_once(clock: FakeClock, reader: FakeReader) -> None:
    snapshot = await read_once(reader, clock=clock)
    assert {key: reading.blocks.letters for key, reading in snapshot.subnets.items()} == {A: "R.fR", B: "R..R"}
    assert clock.waits == []
    assert sorted(reader.operations) == [
        "associations",
        "endpoints",
        "interfaces",
        "reservations",
        "reservations",
        "scope",
        "subnets",
        "vpcs",
    ]


async def read_twice(clock: FakeClock, reader: FakeReader, second_count: int) -> Snapshot:
    reader.subnet_list = with_count(reader.subnet_list, A, 50)
    task = asyncio.create_task(read_once(reader, clock=clock))
    assert await clock.rest() == 2.0
    reader.subnet_list = with_count(reader.subnet_list, A, second_count)
    clock.advance(2)
    return await task


@pytest.mark.parametrize(("second_count", "unaccounted"), [(50, 7), (54, 3), (57, 0), (40, 7)])
async def test_a_count_that_does_not_add_up_is_read_twice(
    clock: FakeClock, reader: FakeReader, second_count: int, unaccounted: int
) -> None:
    snapshot = await read_twice(clock, reader, second_count)
    assert snapshot.subnets[A].unaccounted == unaccounted
    assert snapshot.subnets[B].unaccounted == 0
    assert reader.operations.count("interfaces") == 2


async def test_a_denied_part_is_missing_and_a_problem(clock: FakeClock, reader: FakeReader) -> None:
    reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED}
    snapshot = await read_once(reader, clock=clock)
    assert A not in snapshot.read_at
    assert [problem.operation for problem in snapshot.problems] == ["ec2:interfaces"]
    assert clock.waits == []


@pytest.mark.parametrize("kind", [ProblemKind.UNREACHABLE, ProblemKind.EXPIRED])
async def test_no_readable_part_is_an_error(clock: FakeClock, reader: FakeReader, kind: ProblemKind) -> None:
    reader.failures = dict.fromkeys(("vpcs", "subnets", "endpoints", "associations", "interfaces"), kind)
    with pytest.raises(ReadError) as error:
        await read_once(reader, clock=clock)
    assert error.value.problem.kind is kind


async def test_a_denied_identity_is_an_error(clock: FakeClock, reader: FakeReader) -> None:
    reader.failures = {"scope": ProblemKind.LOGIN_NEEDED}
    with pytest.raises(ReadError, match="scope failed"):
        await read_once(reader, clock=clock)


@pytest.mark.parametrize("selection", [Selection(subnet_ids=(A, "subnet-no")), Selection(vpc_ids=("vpc-no",))])
async def test_an_unknown_id_is_a_usage_error(clock: FakeClock, reader: FakeReader, selection: Selection) -> None:
    with pytest.raises(ReadError, match="-no'") as error:
        await read_once(reader, selection, clock=clock)
    assert error.value.problem.kind is ProblemKind.USAGE
