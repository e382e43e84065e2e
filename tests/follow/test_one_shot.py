"""One whole read."""

from __future__ import annotations

import asyncio

import pytest

from latticetop.follow.one_shot import read_once
from latticetop.follow.status import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import A, B, FakeClock, FakeReader, with_count


async def test_everything_is_read_once(clock: FakeClock, reader: FakeReader) -> None:
    snapshot = await read_once(reader, clock=clock)
    assert {key: reading.blocks.letters for key, reading in snapshot.subnets.items()} == {A: "R.fR", B: "R..R"}
    assert clock.waits == []
    assert sorted(reader.asked) == [
        "associations",
        "endpoints",
        "interfaces",
        "reservations",
        "reservations",
        "scope",
        "subnets",
        "vpcs",
    ]


async def doubted(clock: FakeClock, reader: FakeReader, free_afterwards: int) -> Snapshot:
    reader.subnet_list = with_count(reader.subnet_list, A, 50)
    task = asyncio.create_task(read_once(reader, clock=clock))
    assert await clock.rest() == 2.0
    reader.subnet_list = with_count(reader.subnet_list, A, free_afterwards)
    clock.advance(2)
    return await task


@pytest.mark.parametrize(("free_afterwards", "unaccounted"), [(50, 7), (54, 3), (57, 0), (40, 7)])
async def test_a_count_that_does_not_add_up_is_looked_at_twice(
    clock: FakeClock, reader: FakeReader, free_afterwards: int, unaccounted: int
) -> None:
    snapshot = await doubted(clock, reader, free_afterwards)
    assert snapshot.subnets[A].unaccounted == unaccounted
    assert snapshot.subnets[B].unaccounted == 0
    assert reader.asked.count("interfaces") == 2


async def test_a_denied_call_leaves_its_part_out_and_says_so(clock: FakeClock, reader: FakeReader) -> None:
    reader.fails = {"interfaces": ProblemKind.ACCESS_DENIED}
    snapshot = await read_once(reader, clock=clock)
    assert A not in snapshot.read_at
    assert [problem.operation for problem in snapshot.problems] == ["ec2:interfaces"]
    assert clock.waits == []


@pytest.mark.parametrize("kind", [ProblemKind.UNREACHABLE, ProblemKind.EXPIRED])
async def test_when_nothing_can_be_read_it_is_an_error(clock: FakeClock, reader: FakeReader, kind: ProblemKind) -> None:
    reader.fails = dict.fromkeys(("vpcs", "subnets", "endpoints", "associations", "interfaces"), kind)
    with pytest.raises(ReadError) as error:
        await read_once(reader, clock=clock)
    assert error.value.problem.kind is kind


async def test_no_credentials_for_the_identity_is_an_error(clock: FakeClock, reader: FakeReader) -> None:
    reader.fails = {"scope": ProblemKind.LOGIN_NEEDED}
    with pytest.raises(ReadError, match="scope failed"):
        await read_once(reader, clock=clock)


@pytest.mark.parametrize("selection", [Selection(subnet_ids=(A, "subnet-no")), Selection(vpc_ids=("vpc-no",))])
async def test_what_does_not_exist_is_a_usage_error(clock: FakeClock, reader: FakeReader, selection: Selection) -> None:
    with pytest.raises(ReadError, match="-no'") as error:
        await read_once(reader, selection, clock=clock)
    assert error.value.problem.kind is ProblemKind.USAGE
