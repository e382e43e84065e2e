"""One complete read: what it reads, what it reads twice, and its errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from msgspec import structs

from latticetop.follow.one_shot import read_once
from latticetop.follow.progress_report import ProgressReport
from latticetop.follow.subnet_selection import Selection
from latticetop.model.capacity.counting_subnets import FEW_SUBNETS
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import CidrReservation, NetworkInterface
from latticetop.model.snapshot import Scope, Snapshot
from latticetop.reports.check_reasons import exit_code
from tests.follow.fakes import A, B, FakeClock, FakeReader, endpoint, interface, subnet, with_count


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


def large_account(reader: FakeReader, endpoints: int = 25) -> None:
    """5,000 subnets of a VPC, with an endpoint in each of the first."""
    ids = [f"subnet-{n:04}" for n in range(5000)]
    reader.subnet_list = [subnet(i, f"10.{n >> 8}.{n & 255}.0/24", 251) for n, i in enumerate(ids)]
    reader.endpoint_list = [
        structs.replace(endpoint("Available", id=f"vpce-{n}"), subnet_ids=(ids[n],)) for n in range(endpoints)
    ]
    reader.interface_list = []


async def test_reservations_cost_calls_only_where_an_answer_depends_on_them(
    clock: FakeClock, reader: FakeReader
) -> None:
    large_account(reader)
    snapshot = await read_once(reader, clock=clock)
    assert reader.reservation_reads == [f"subnet-{n:04}" for n in range(25)]
    assert len(snapshot.subnets) == 5000
    assert exit_code(snapshot) == 0
    reader.reservation_reads.clear()
    selection = Selection(subnet_ids=("subnet-4000", "subnet-0003"))
    await read_once(reader, selection, clock=clock)
    assert reader.reservation_reads == ["subnet-0003", "subnet-4000"]


async def test_without_a_lattice_endpoint_every_subnet_is_read(clock: FakeClock, reader: FakeReader) -> None:
    large_account(reader, endpoints=0)
    node = structs.replace(interface("eni-1", "subnet-0007", "10.0.7.20"), description="aws-K8S-i-1")
    reader.interface_list = [node]
    reader.subnet_list = with_count(reader.subnet_list, "subnet-0007", 250)
    snapshot = await read_once(reader, clock=clock)
    assert len(snapshot.subnets) == 5000
    assert reader.reservation_reads == ["subnet-0007"]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once it is known of how many subnets the reservations are read."""
    event, take_number = asyncio.Event(), ProgressReport.reservations_of

    def take_number_and_tell(report: ProgressReport, subnets: int) -> None:
        take_number(report, subnets)
        event.set()

    monkeypatch.setattr(ProgressReport, "reservations_of", take_number_and_tell)
    return event


async def test_a_long_read_says_how_far_it_is(clock: FakeClock, reader: FakeReader, counted: asyncio.Event) -> None:
    clauses: list[str] = []
    large_account(reader)
    call = reader.reservations

    async def slow(subnet_id: str) -> tuple[CidrReservation, ...]:
        await counted.wait()
        clock.advance(1)
        return await call(subnet_id)

    reader.reservations = slow  # type: ignore[method-assign]
    await read_once(reader, clock=clock, progress=clauses.append)
    assert clauses[0].endswith("of 25 subnets read")
    assert 2 <= len(clauses) <= 6
    clauses.clear()
    reader.reservations = call  # type: ignore[method-assign]
    await read_once(reader, clock=clock, progress=clauses.append)
    assert clauses == []


async def test_reservations_are_read_beside_the_interfaces_of_other_subnets(
    clock: FakeClock, reader: FakeReader
) -> None:
    reader.subnet_list = [subnet(f"subnet-{number}", f"10.{number}.0.0/16", 100) for number in range(3)]
    reader.endpoint_list = [
        structs.replace(endpoint("Available"), subnet_ids=tuple(s.subnet_id for s in reader.subnet_list))
    ]
    reader.interface_list = []
    interfaces, asked = reader.interfaces, asyncio.Event()

    async def last_waits(subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        if "subnet-2" in subnet_ids:
            assert subnet_ids == ("subnet-2",)
            await asked.wait()
        async for page in interfaces(subnet_ids):
            yield page

    call = reader.reservations

    async def noted(subnet_id: str) -> tuple[CidrReservation, ...]:
        answer = await call(subnet_id)
        if reader.reservation_reads == ["subnet-0", "subnet-1"]:
            asked.set()
        return answer

    reader.interfaces, reader.reservations = last_waits, noted  # type: ignore[method-assign]
    await asyncio.wait_for(read_once(reader, clock=clock, final=True), 30)
    assert reader.reservation_reads == ["subnet-0", "subnet-1", "subnet-2"]


async def test_reservations_of_a_subnet_that_is_too_small_for_a_block_are_not_read(
    clock: FakeClock, reader: FakeReader
) -> None:
    reader.subnet_list, reader.endpoint_list = [subnet("subnet-0", "10.0.0.0/27", 26)], []
    reader.interface_list = [structs.replace(interface("eni-1", "subnet-0", "10.0.0.9"), description="aws-K8S-i-1")]
    await read_once(reader, Selection(all_subnets=True), clock=clock)
    assert reader.reservation_reads == []


async def test_after_throttling_the_subnets_that_are_named_have_been_read_first(
    clock: FakeClock, reader: FakeReader
) -> None:
    ids = [f"subnet-{number:02}" for number in range(60)]
    reader.subnet_list = [subnet(key, f"10.{number}.0.0/20", 3000) for number, key in enumerate(ids)]
    first, last = (structs.replace(endpoint("Available", id=f"vpce-{name}"), subnet_ids=()) for name in "az")
    reader.endpoint_list = [
        structs.replace(first, subnet_ids=tuple(ids[:50])),
        structs.replace(last, subnet_ids=tuple(ids[50:])),
    ]
    reader.interface_list = []
    call = reader.reservations

    async def throttled(subnet_id: str) -> tuple[CidrReservation, ...]:
        await asyncio.sleep(0)
        if len(reader.reservation_reads) >= 20:
            raise ReadError(Problem(ProblemKind.THROTTLED, "ec2:GetSubnetCidrReservations", ""))
        return await call(subnet_id)

    reader.reservations = throttled  # type: ignore[method-assign]
    snapshot = await read_once(reader, clock=clock, vpc_endpoint_id="vpce-z", final=True)
    assert all(f"reservations {subnet_id}" in snapshot.read_at for subnet_id in ids[50:])
    assert len(reader.reservation_reads) == 20


async def test_what_reservations_are_read_does_not_depend_on_how_fast_others_are(
    clock: FakeClock, reader: FakeReader
) -> None:
    """A reservation explains the count of a shared subnet, which counts no more: it is not one of the rest for that."""
    rest = [subnet(f"subnet-{number:02}", f"10.1.{number}.0/24", 251) for number in range(FEW_SUBNETS)]
    shared = structs.replace(subnet("subnet-shared", "10.2.0.0/24", 251 - 64), owner_id="210987654321")
    reserved = CidrReservation("scr-1", "subnet-shared", parse_cidr("10.2.0.64/26"), "prefix")
    reader.subnet_list, reader.reservation_list = [*rest, shared], [reserved]
    reader.endpoint_list, reader.interface_list = [], []
    snapshot = await read_once(reader, clock=clock, final=True)
    assert all(f"reservations {each.subnet_id}" in snapshot.read_at for each in reader.subnet_list)


async def test_subnets_that_are_gone_meanwhile_count_as_read(
    clock: FakeClock, reader: FakeReader, counted: asyncio.Event
) -> None:
    ids, clauses = [f"subnet-{number:02}" for number in range(40)], list[str]()
    reader.subnet_list = [subnet(key, f"10.{number}.0.0/20", 3000) for number, key in enumerate(ids)]
    reader.endpoint_list = [structs.replace(endpoint("Available"), subnet_ids=tuple(ids))]
    reader.interface_list = []
    call = reader.reservations

    async def reservations(subnet_id: str) -> tuple[CidrReservation, ...]:
        if subnet_id in ids[:3]:
            raise ReadError(Problem(ProblemKind.NOT_FOUND, "ec2:GetSubnetCidrReservations", ""))
        if subnet_id == ids[-1]:
            await counted.wait()
            clock.advance(10)
        return await call(subnet_id)

    reader.reservations = reservations  # type: ignore[method-assign]
    snapshot = await read_once(reader, clock=clock, final=True, progress=clauses.append)
    assert snapshot.subnets.keys() == set(ids[3:])
    assert clauses == ["CIDR reservations: 40 of 40 subnets read"]


async def test_silence_is_told_while_it_lasts(
    clock: FakeClock, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latticetop.follow.progress_report.EVERY", 0.001)
    reader.gate, told = asyncio.Event(), asyncio.Event()
    clauses: list[str] = []

    def tell(clause: str) -> None:
        clauses.append(clause)
        told.set()

    read = asyncio.create_task(read_once(reader, clock=clock, progress=tell))
    await reader.entered.wait()
    clock.advance(7)
    await told.wait()
    reader.gate.set()
    await read
    assert clauses == ["AWS has not answered for 7 s"]


async def test_the_account_is_not_waited_for_where_nothing_answers(clock: FakeClock, reader: FakeReader) -> None:
    reader.failures = dict.fromkeys(("vpcs", "subnets", "endpoints", "associations"), ProblemKind.UNREACHABLE)
    is_cancelled = asyncio.Event()

    async def scope() -> Scope:
        try:
            return await asyncio.Event().wait()  # type: ignore[return-value]
        finally:
            is_cancelled.set()

    reader.scope = scope  # type: ignore[method-assign]
    with pytest.raises(ReadError, match="failed"):
        await read_once(reader, clock=clock)
    await is_cancelled.wait()


async def test_a_selected_cluster_is_read_and_its_subnets_count(clock: FakeClock, reader: FakeReader) -> None:
    reader.clusters = {"shop": EksCluster(frozenset({B}))}
    snapshot = await read_once(reader, Selection(clusters=("shop",)), clock)
    assert snapshot.subnets.keys() == {B}
    assert reader.reservation_reads == [B]


async def test_a_problem_of_a_cluster_is_told_and_what_is_known_of_it_is_read(
    clock: FakeClock, reader: FakeReader
) -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, "eks:DescribeCluster", "Denied.")
    reader.clusters = {"shop": EksCluster(frozenset({B}), problem)}
    snapshot = await read_once(reader, Selection(clusters=("shop",)), clock)
    assert snapshot.subnets.keys() == {B} and snapshot.problems == (problem,)


async def test_a_cluster_that_could_not_be_read_is_no_cluster_without_subnets(
    clock: FakeClock, reader: FakeReader
) -> None:
    """Else nothing would be wrong in it."""
    reader.failures = {"cluster": ProblemKind.THROTTLED}
    with pytest.raises(ReadError) as error:
        await read_once(reader, Selection(clusters=("shop",), may_be_empty=True), clock)
    assert error.value.problem.kind is ProblemKind.THROTTLED


@pytest.mark.parametrize("selection", [Selection(clusters=("shop",)), Selection(tags=("env",))])
async def test_what_does_not_exist_is_a_mistake_unless_another_scope_may_have_it(
    clock: FakeClock, reader: FakeReader, selection: Selection
) -> None:
    with pytest.raises(ReadError) as error:
        await read_once(reader, selection, clock)
    assert error.value.problem.kind is ProblemKind.USAGE
    snapshot = await read_once(reader, structs.replace(selection, may_be_empty=True), clock)
    assert not snapshot.subnets and exit_code(snapshot, selection.criteria) == 0
