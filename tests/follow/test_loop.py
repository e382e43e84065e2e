"""The loop on a fake account and a fake clock: when it reads, what it says, what it keeps."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from latticetop.follow.pace import Pace
from latticetop.follow.status import Phase, Selection, Source
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import CidrReservation
from tests.follow.conftest import Rig
from tests.follow.fakes import ENDPOINT, EVERYTHING, OTHER_VPC, START, A, B, C, endpoint, interface, subnet, with_count


async def test_the_first_thing_said_is_that_it_connects(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    first = rig.screen.updates[0]
    assert (first.status.phase, first.snapshot) == (Phase.CONNECTING, None)
    assert rig.screen.phases == [Phase.CONNECTING, Phase.READING, Phase.WAITING]


async def test_a_first_read_brings_the_whole_picture(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    assert snapshot.scope.account_id == "123456789012"
    assert {key: reading.blocks.letters for key, reading in snapshot.subnets.items()} == {A: "R.fR", B: "R..R"}
    reservations = (f"reservations {A}", f"reservations {B}")
    assert snapshot.read_at == dict.fromkeys(
        ["endpoints", "associations", "subnets", "vpcs", A, B, *reservations], START
    )
    assert rig.screen.last.status.read_at == START


async def test_the_lists_are_shown_before_the_interfaces_are_there(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    first = next(update.snapshot for update in rig.screen.updates if update.snapshot)
    assert set(first.subnets) == {A, B}
    assert A not in first.read_at
    assert "subnets" in first.read_at


async def test_the_next_read_starts_an_interval_after_the_last_has_ended(rig: Rig) -> None:
    async with rig.follow(interval=20):
        assert await rig.clock.rest() == pytest.approx(20)
        rig.reader.gate = asyncio.Event()
        rig.reader.entered.clear()
        rig.clock.advance(20)
        await rig.reader.entered.wait()
        rig.clock.time += timedelta(seconds=7)
        rig.reader.gate.set()
        assert await rig.clock.rest() == pytest.approx(20)
        assert rig.screen.last.status.next_at == START + timedelta(seconds=47)


async def test_a_quiet_cycle_takes_four_calls(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.asked.clear()
        await rig.clock.cycle(15)
    assert sorted(rig.reader.asked) == ["associations", "endpoints", "interfaces", "subnets"]
    assert rig.screen.last.status.calls == 4


@pytest.mark.parametrize(("draw", "wait"), [(0.0, 18.0), (0.5, 20.0), (1.0, 22.0)])
async def test_jitter_is_a_tenth_either_way(rig: Rig, draw: float, wait: float) -> None:
    rig.draws = draw
    async with rig.follow(interval=20):
        assert await rig.clock.rest() == pytest.approx(wait)


async def test_no_wait_is_shorter_than_the_floor(rig: Rig) -> None:
    rig.draws = 0.0
    async with rig.follow(interval=1):
        assert await rig.clock.rest() == 5.0
    assert rig.screen.last.status.interval == 5.0


async def test_an_interval_of_zero_reads_on_demand_only(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow(interval=0) as follower:
        assert await rig.clock.rest() is None
        assert rig.screen.last.status.next_at is None
        rig.reader.asked.clear()
        follower.refresh()
        await rig.clock.rest()
    assert rig.reader.asked.count("subnets") == 1


async def test_a_pending_endpoint_makes_reads_fast_for_three_minutes(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow():
        waits = [await rig.clock.rest()]
        for _ in range(40):
            waits.append(await rig.clock.cycle(waits[-1] or 0))
    assert waits == [5.0] * 36 + [15.0] * 5


async def test_another_pending_endpoint_starts_its_own_three_minutes(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("pending")]
    async with rig.follow(pace=Pace(fast_for=4.0)):
        assert await rig.clock.rest() == 5.0
        assert await rig.clock.cycle(5) == 15.0
        rig.reader.endpoint_list = [endpoint("Pending"), endpoint("Pending", id="vpce-2")]
        assert await rig.clock.cycle(15) == 5.0


async def test_pause_stops_reading_and_resume_reads_at_once(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.pause()
        assert await rig.clock.rest() is None
        assert rig.screen.last.status.phase is Phase.PAUSED
        rig.reader.asked.clear()
        rig.clock.advance(3600)
        assert rig.reader.asked == []
        follower.resume()
        await rig.clock.rest()
        assert rig.screen.phases[-1] is Phase.WAITING
    assert rig.reader.asked.count("subnets") == 1


async def test_pausing_lets_the_read_under_way_end(rig: Rig) -> None:
    rig.reader.gate = asyncio.Event()
    async with rig.follow() as follower:
        await rig.reader.entered.wait()
        follower.pause()
        rig.reader.gate.set()
        assert await rig.clock.rest() is None
    assert rig.screen.last.status.phase is Phase.PAUSED
    assert rig.screen.last.snapshot is not None


async def test_refreshes_during_a_read_become_one_more_read(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.gate = asyncio.Event()
        rig.reader.entered.clear()
        rig.reader.asked.clear()
        follower.refresh()
        await rig.reader.entered.wait()
        for _ in range(10):
            follower.refresh()
        rig.reader.gate.set()
        await rig.clock.rest()
    assert rig.reader.asked.count("subnets") == 2
    assert rig.reader.asked.count("vpcs") == 2


async def test_a_refresh_reads_what_is_read_seldom_too(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.asked.clear()
        follower.refresh()
        await rig.clock.rest()
    assert rig.reader.asked.count("vpcs") == 1
    assert rig.reader.asked.count("reservations") == 2


async def test_where_nothing_changes_a_read_is_four_calls(rig: Rig) -> None:
    four = {"subnets": 1, "endpoints": 1, "associations": 1, "interfaces": 1}
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        spared = 0
        for _ in range(240):
            rig.reader.asked.clear()
            await rig.clock.cycle(15)
            asked = Counter(rig.reader.asked)
            if "reservations" in asked:
                spared += 1
                assert asked == {"subnets": 1, "endpoints": 1, "reservations": 1, "interfaces": 1}
            else:
                assert asked == four
    # One subnet's reservations at 5, 10 … 60 minutes, the other's a minute later: at 6, 11 … 56.
    assert spared == 12 + 11


async def test_associations_that_may_change_are_not_spared(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        for _ in range(80):
            rig.reader.asked.clear()
            await rig.clock.cycle(15)
            assert rig.reader.asked.count("associations") == 1


async def test_reservations_take_turns_a_minute_apart_the_one_on_screen_first(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(30)]
    asked = rig.reader.asked_reservations
    async with rig.follow() as follower:
        await rig.clock.rest()
        asked.clear()
        follower.focus("subnet-07")
        for _ in range(20 + 4 * 6):
            await rig.clock.cycle(15)
    assert asked == ["subnet-07", "subnet-00", "subnet-01", "subnet-02", "subnet-03", "subnet-07", "subnet-04"]


async def test_reservations_are_read_again_where_the_count_has_changed(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.endpoint_list = [endpoint("Pending")]
        rig.reader.subnet_list[1] = subnet(B, "10.10.10.64/26", 58)
        rig.reader.asked_reservations.clear()
        await rig.clock.cycle(15)
        assert rig.reader.asked_reservations == []
        await rig.clock.cycle(300)
        assert rig.reader.asked_reservations == [B]
        await rig.clock.cycle(300)
        assert rig.reader.asked_reservations == [B]


async def test_denied_reservations_of_all_subnets_come_once_the_one_on_screen_may_be_read(rig: Rig) -> None:
    rig.reader.fails = {"reservations": ProblemKind.ACCESS_DENIED}
    rig.reader.reservation_list = [CidrReservation("scr-1", B, parse_cidr("10.10.10.80/28"), "prefix")]
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(A)
        await rig.clock.cycle(300)
        assert rig.reader.asked.count("reservations") == 3
        rig.reader.fails = {}
        await rig.clock.cycle(300)
        await rig.clock.cycle(15)
        assert rig.reader.asked.count("reservations") == 5
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.subnets[B].blocks.letters == "RP.R"
    assert rig.screen.last.snapshot.problems == ()


async def test_vpcs_are_read_again_when_there_is_another_one(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.subnet_list.append(subnet(C, "10.20.0.0/24", 251, OTHER_VPC))
        for _ in range(5):
            await rig.clock.cycle(900)
    assert rig.reader.asked.count("vpcs") == 2


async def test_the_reservations_of_many_subnets_are_read_again_a_few_at_a_time(rig: Rig) -> None:
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(40)]
    async with rig.follow(interval=60):
        await rig.clock.rest()
        assert rig.reader.asked.count("reservations") == 40
        rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 250) for n in range(40)]
        again = []
        for _ in range(8):
            rig.reader.asked.clear()
            await rig.clock.cycle(60)
            again.append(rig.reader.asked.count("reservations"))
    assert again == [0, 0, 0, 0, 16, 16, 8, 0]


async def test_throttling_backs_off_further_each_time_and_recovers(rig: Rig) -> None:
    async with rig.follow():
        waits = [await rig.clock.rest()]
        rig.reader.fails = {"interfaces": ProblemKind.THROTTLED}
        for _ in range(7):
            waits.append(await rig.clock.cycle(waits[-1] or 0))
        assert waits == [15, 30, 60, 120, 240, 300, 300, 300]
        status = rig.screen.last.status
        assert status.phase is Phase.BACKING_OFF
        assert status.next_at == rig.clock.time + timedelta(seconds=300)
        assert status.problem is not None
        assert status.problem.kind is ProblemKind.THROTTLED
        rig.reader.fails = {}
        assert await rig.clock.cycle(300) == 15
        assert rig.screen.last.status.problem is None
        rig.reader.fails = {"subnets": ProblemKind.THROTTLED}
        assert await rig.clock.cycle(15) == 30


async def test_what_cannot_be_read_keeps_its_last_answer_and_its_age(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.fails = {"interfaces": ProblemKind.ACCESS_DENIED, "endpoints": ProblemKind.SERVICE_ERROR}
        await rig.clock.cycle(15)
    update = rig.screen.last
    assert update.snapshot is not None
    assert update.snapshot.subnets[A].blocks.letters == "R.fR"
    assert set(update.snapshot.endpoints) == {ENDPOINT}
    assert update.snapshot.read_at[A] == update.snapshot.read_at["endpoints"] == START
    assert update.snapshot.read_at["subnets"] == START + timedelta(seconds=15)
    assert {problem.operation for problem in update.snapshot.problems} == {"ec2:interfaces", "ec2:endpoints"}
    assert update.status.read_at == START


async def test_denied_reservations_hinder_nothing_and_are_not_asked_for_each_time(rig: Rig) -> None:
    rig.reader.fails = {"reservations": ProblemKind.ACCESS_DENIED, "vpcs": ProblemKind.ACCESS_DENIED}
    async with rig.follow():
        await rig.clock.rest()
        for _ in range(3):
            await rig.clock.cycle(15)
    assert rig.reader.asked.count("reservations") == 2
    update = rig.screen.last
    assert update.snapshot is not None
    assert [problem.operation for problem in update.snapshot.problems] == ["ec2:reservations", "ec2:vpcs"]
    assert "vpcs" not in update.snapshot.read_at
    assert (update.status.phase, update.status.problem) == (Phase.WAITING, None)
    assert update.status.read_at == START + timedelta(seconds=45)


async def test_what_throttling_cut_short_is_asked_for_again(rig: Rig) -> None:
    rig.reader.fails = {"reservations": ProblemKind.THROTTLED}
    rig.reader.reservation_list = [CidrReservation("scr-1", A, parse_cidr("10.10.10.16/28"), "prefix")]
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.fails = {}
        await rig.clock.cycle(15)
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.subnets[A].blocks.letters == "RPfR"


async def test_throttling_ends_the_asking_subnet_by_subnet(rig: Rig) -> None:
    rig.reader.fails = {"reservations": ProblemKind.THROTTLED}
    rig.reader.subnet_list = [subnet(f"subnet-{n:02}", f"10.10.{n}.0/24", 251) for n in range(40)]
    async with rig.follow():
        await rig.clock.rest()
    assert rig.reader.asked.count("reservations") <= 8


async def test_what_is_no_longer_chosen_is_forgotten(rig: Rig) -> None:
    rig.reader.subnet_list.append(subnet(C, "10.20.0.0/24", 251, OTHER_VPC))
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.select(Selection(subnet_ids=(C,)))
        await rig.clock.rest()
        rig.reader.fails = {"interfaces": ProblemKind.ACCESS_DENIED}
        follower.select(EVERYTHING)
        await rig.clock.rest()
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    assert snapshot.subnets[A].interfaces == ()
    assert (A in snapshot.read_at, C in snapshot.read_at) == (False, True)


async def test_nothing_is_shown_when_nothing_was_ever_read(rig: Rig) -> None:
    rig.reader.fails = dict.fromkeys(
        ("vpcs", "subnets", "endpoints", "associations", "interfaces"), ProblemKind.UNREACHABLE
    )
    async with rig.follow():
        await rig.clock.rest()
    assert rig.screen.last.snapshot is None
    assert rig.screen.last.status.phase is Phase.BACKING_OFF
    assert rig.screen.last.status.read_at is None


async def test_expired_credentials_stop_the_polling_and_connect_anew(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.fails = {"all": ProblemKind.EXPIRED}
        rig.reader.asked.clear()
        assert await rig.clock.cycle(15) == 60
        assert rig.reader.asked.count("interfaces") == 0
        assert rig.reader.closed == 1
        update = rig.screen.last
        assert update.status.phase is Phase.NEEDS_CREDENTIALS
        assert update.snapshot is not None
        assert update.snapshot.read_at[A] == START
        rig.reader.fails = {}
        await rig.clock.cycle(60)
        assert rig.screen.phases[-1] is Phase.WAITING
    assert rig.connects == 2


async def test_refresh_looks_for_credentials_at_once(rig: Rig) -> None:
    rig.refuse = ReadError(Problem(ProblemKind.LOGIN_NEEDED, "", "The sign-in has ended."))
    async with rig.follow() as follower:
        assert await rig.clock.rest() == 60
        assert rig.screen.phases == [Phase.CONNECTING, Phase.NEEDS_CREDENTIALS]
        rig.refuse = None
        follower.refresh()
        await rig.clock.rest()
    assert rig.connects == 2
    assert rig.screen.last.status.phase is Phase.WAITING
    assert rig.screen.last.snapshot is not None


async def test_an_unreachable_network_at_the_start_is_tried_again(rig: Rig) -> None:
    rig.refuse = ReadError(Problem(ProblemKind.UNREACHABLE, "", "AWS cannot be reached."))
    async with rig.follow():
        assert await rig.clock.rest() == 30
        assert rig.screen.last.status.phase is Phase.BACKING_OFF
        rig.refuse = None
        await rig.clock.cycle(30)
        assert rig.screen.phases[-1] is Phase.WAITING


async def test_another_account_starts_from_nothing(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.fails = {"all": ProblemKind.EXPIRED}
        await rig.clock.cycle(15)
        rig.reader.account, rig.reader.fails = "210987654321", {"endpoints": ProblemKind.ACCESS_DENIED}
        await rig.clock.cycle(60)
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.scope.account_id == "210987654321"
    assert rig.screen.last.snapshot.endpoints == {}


async def test_selecting_reads_the_new_choice_at_once(rig: Rig) -> None:
    rig.reader.subnet_list.append(subnet(C, "10.20.0.0/24", 251, OTHER_VPC))
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.select(Selection(subnet_ids=(C,)))
        await rig.clock.rest()
        assert rig.screen.last.snapshot is not None
        assert set(rig.screen.last.snapshot.subnets) == {C}
        assert A not in rig.screen.last.snapshot.read_at
        follower.select(EVERYTHING)
        await rig.clock.rest()
    assert set(rig.screen.last.snapshot.subnets) == {A, B, C}


async def test_a_subnet_that_does_not_exist_is_said_so(rig: Rig) -> None:
    async with rig.follow(selection=Selection(subnet_ids=("subnet-nowhere",))):
        await rig.clock.rest()
    problem = rig.screen.last.status.problem
    assert problem is not None
    assert (problem.kind, "subnet-nowhere" in problem.message) == (ProblemKind.USAGE, True)
    assert rig.screen.last.status.phase is Phase.WAITING


async def test_a_map_that_did_not_change_is_not_worked_out_again(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        first = rig.screen.last.snapshot
        rig.reader.interface_list.append(interface("eni-b", B, "10.10.10.80"))
        rig.reader.subnet_list = with_count(rig.reader.subnet_list, B, 58)
        await rig.clock.cycle(15)
        second = rig.screen.last.snapshot
    assert first is not None
    assert second is not None
    assert second.subnets[A] is first.subnets[A]
    assert second.subnets[B].blocks.letters == "Rf.R"


async def test_a_count_that_never_adds_up_is_confirmed_by_a_second_read(rig: Rig) -> None:
    rig.reader.subnet_list = with_count(rig.reader.subnet_list, A, 50)
    async with rig.follow():
        await rig.clock.rest()
        assert rig.screen.last.snapshot is not None
        assert rig.screen.last.snapshot.subnets[A].unaccounted == 0
        await rig.clock.cycle(15)
        assert rig.screen.last.snapshot.subnets[A].unaccounted == 7
        rig.reader.subnet_list = with_count(rig.reader.subnet_list, A, 57)
        await rig.clock.cycle(15)
        assert rig.screen.last.snapshot.subnets[A].unaccounted == 0


async def test_it_is_what_the_dashboard_follows(rig: Rig) -> None:
    async with rig.follow() as follower:
        source: Source = follower
        source.focus(A)
        await rig.clock.rest()


async def test_everything_aws_says_of_an_interface_comes_through(rig: Rig) -> None:
    async with rig.follow() as follower:
        with pytest.raises(ReadError):
            await follower.describe_interface("eni-13")
        await rig.clock.rest()
        assert await follower.describe_interface("eni-13") == {"NetworkInterfaceId": "eni-13"}


async def test_ending_lets_go_of_the_reader(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    assert rig.reader.closed == 1
