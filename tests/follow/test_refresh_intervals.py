"""When VPCs and reservations are read again, through the follow loop with a fake account and a fake clock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from msgspec import structs

from latticetop.follow.status import Phase
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import CidrReservation
from tests.follow.conftest import Rig
from tests.follow.fakes import OTHER_VPC, START, A, B, C, endpoint, subnet


async def test_without_changes_a_cycle_is_four_calls_and_reservations_take_turns(rig: Rig) -> None:
    four = {"subnets": 1, "endpoints": 1, "associations": 1, "interfaces": 1}
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        spared = 0
        for _ in range(240):
            rig.reader.operations.clear()
            await rig.clock.cycle(15)
            operations = Counter(rig.reader.operations)
            if "reservations" in operations:
                spared += 1
                assert operations == {"subnets": 1, "endpoints": 1, "reservations": 1, "interfaces": 1}
            else:
                assert operations == four
    # One subnet's reservations at 5, 10 … 60 minutes, the other's a minute later: at 6, 11 … 56.
    assert spared == 12 + 11


async def test_associations_of_a_pending_endpoint_are_read_in_every_cycle(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        for _ in range(80):
            rig.reader.operations.clear()
            await rig.clock.cycle(15)
            assert rig.reader.operations.count("associations") == 1


async def test_reservations_take_turns_a_minute_apart_the_focus_first(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(30)]
    subnet_ids = rig.reader.reservation_reads
    async with rig.follow() as follower:
        await rig.clock.rest()
        subnet_ids.clear()
        follower.focus("subnet-07")
        for _ in range(20 + 4 * 6):
            await rig.clock.cycle(15)
    assert subnet_ids == ["subnet-07", "subnet-00", "subnet-01", "subnet-02", "subnet-03", "subnet-07", "subnet-04"]


async def test_reservations_are_read_again_if_the_free_count_changed(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.endpoint_list = [endpoint("Pending")]
        rig.reader.subnet_list[1] = subnet(B, "10.10.10.64/26", 58)
        rig.reader.reservation_reads.clear()
        await rig.clock.cycle(15)
        assert rig.reader.reservation_reads == []
        await rig.clock.cycle(300)
        assert rig.reader.reservation_reads == [B]
        await rig.clock.cycle(300)
        assert rig.reader.reservation_reads == [B]


async def test_reservations_are_read_at_once_if_the_free_count_of_an_endpoint_s_subnet_falls_by_a_block(
    rig: Rig,
) -> None:
    reserved = CidrReservation("scr-1", B, parse_cidr("10.10.10.80/28"), "prefix")
    rig.reader.subnet_list.append(subnet(C, "10.10.10.128/26", 59))
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.reservation_list = [reserved]
        rig.reader.subnet_list[1:] = [subnet(B, "10.10.10.64/26", 43), subnet(C, "10.10.10.128/26", 43)]
        rig.reader.reservation_reads.clear()
        await rig.clock.cycle(15)
        assert rig.reader.reservation_reads == [B], "no endpoint is in C"
        assert rig.screen.last.snapshot is not None
        assert rig.screen.last.snapshot.subnets[B].blocks.letters == "RP.R"
        await rig.clock.cycle(15)
        assert rig.reader.reservation_reads == [B]


async def test_denied_reservations_of_all_subnets_are_read_once_one_is_allowed(rig: Rig) -> None:
    rig.reader.failures = {"reservations": ProblemKind.ACCESS_DENIED}
    rig.reader.reservation_list = [CidrReservation("scr-1", B, parse_cidr("10.10.10.80/28"), "prefix")]
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        await rig.clock.cycle(300)
        assert rig.reader.operations.count("reservations") == 3
        rig.reader.failures = {}
        await rig.clock.cycle(300)
        await rig.clock.cycle(15)
        assert rig.reader.operations.count("reservations") == 5
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.subnets[B].blocks.letters == "RP.R"
    assert rig.screen.last.snapshot.problems == ()


async def test_vpcs_are_read_again_if_there_is_a_new_one(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.subnet_list.append(subnet(C, "10.20.0.0/24", 251, OTHER_VPC))
        for _ in range(5):
            await rig.clock.cycle(900)
    assert rig.reader.operations.count("vpcs") == 2


async def test_reservations_of_many_subnets_are_read_again_16_a_cycle(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(40)]
    async with rig.follow(interval=60):
        await rig.clock.rest()
        assert rig.reader.operations.count("reservations") == 40
        rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 250) for n in range(40)]
        again = []
        for _ in range(8):
            rig.reader.operations.clear()
            await rig.clock.cycle(60)
            again.append(rig.reader.operations.count("reservations"))
    assert again == [0, 0, 0, 0, 16, 16, 8, 0]


async def test_denied_reservations_are_not_required_and_not_retried_in_every_cycle(rig: Rig) -> None:
    rig.reader.failures = {"reservations": ProblemKind.ACCESS_DENIED, "vpcs": ProblemKind.ACCESS_DENIED}
    async with rig.follow():
        await rig.clock.rest()
        for _ in range(3):
            await rig.clock.cycle(15)
    assert rig.reader.operations.count("reservations") == 2
    update = rig.screen.last
    assert update.snapshot is not None
    assert [problem.operation for problem in update.snapshot.problems] == ["ec2:reservations", "ec2:vpcs"]
    assert "vpcs" not in update.snapshot.read_at
    assert (update.status.phase, update.status.problem) == (Phase.WAITING, None)
    assert update.status.read_at == START + timedelta(seconds=45)


async def test_throttled_reservations_are_read_in_the_next_cycle(rig: Rig) -> None:
    rig.reader.failures = {"reservations": ProblemKind.THROTTLED}
    rig.reader.reservation_list = [CidrReservation("scr-1", A, parse_cidr("10.10.10.16/28"), "prefix")]
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {}
        await rig.clock.cycle(15)
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.subnets[A].blocks.letters == "RPfR"


async def test_throttling_stops_the_reads_of_further_reservations(rig: Rig) -> None:
    rig.reader.failures = {"reservations": ProblemKind.THROTTLED}
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(40)]
    async with rig.follow():
        await rig.clock.rest()
    assert rig.reader.operations.count("reservations") <= 8


async def test_of_thousands_of_subnets_those_on_screen_and_of_endpoints_come_first(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:03}", f"10.10.{n & 255}.0/24", 251) for n in range(250)]
    rig.reader.endpoint_list = [structs.replace(endpoint("Available"), subnet_ids=("subnet-200",))]
    reads = rig.reader.reservation_reads
    async with rig.follow(interval=60) as follower:
        follower.focus("subnet-240")
        await rig.clock.rest()
        assert reads[0] == "subnet-240"
        assert len(reads) == 100
        assert {"subnet-200", "subnet-240"} <= set(reads)
        reads.clear()
        await rig.clock.cycle(60)
        await rig.clock.cycle(60)
        assert len({*reads}) == 150


async def test_a_cluster_that_was_never_read_is_read_in_the_next_cycle_and_then_each_ten_minutes(rig: Rig) -> None:
    rig.reader.failures = {"cluster": ProblemKind.SERVICE_ERROR}
    rig.reader.clusters = {"shop": EksCluster(frozenset({B}))}
    async with rig.follow(selection=Selection(clusters=("shop",))):
        await rig.clock.rest()
        rig.reader.failures.clear()
        rig.reader.operations.clear()
        await rig.clock.cycle(15)
        assert rig.screen.last.snapshot is not None and rig.screen.last.snapshot.subnets.keys() == {B}
        for _ in range(40):
            await rig.clock.cycle(15)
        assert rig.reader.operations.count("cluster") == 2


async def test_what_a_cluster_said_of_its_subnets_is_kept_while_it_says_nothing(rig: Rig) -> None:
    problem = Problem(ProblemKind.UNREACHABLE, "eks:DescribeCluster", "AWS cannot be reached.")
    rig.reader.clusters = {"shop": EksCluster(frozenset({A, B}))}
    async with rig.follow(selection=Selection(clusters=("shop",))):
        await rig.clock.rest()
        rig.reader.clusters = {"shop": EksCluster(frozenset({B}), problem)}
        await rig.clock.cycle(600)
        assert rig.screen.last.snapshot is not None
        assert rig.screen.last.snapshot.subnets.keys() == {A, B}
        assert rig.screen.last.snapshot.problems == (problem,)
        rig.reader.clusters = {"shop": EksCluster(frozenset({B}))}
        await rig.clock.cycle(600)
        assert rig.screen.last.snapshot is not None and rig.screen.last.snapshot.subnets.keys() == {B}
