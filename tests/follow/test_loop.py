"""The follow loop with a fake account and a fake clock: when it reads, what it publishes, what it keeps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from latticetop.follow.status import Phase
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import PollingPolicy
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Scope
from tests.follow.conftest import Rig
from tests.follow.fakes import ENDPOINT, EVERYTHING, OTHER_VPC, START, A, B, C, endpoint, interface, subnet, with_count


async def test_the_first_update_says_connecting(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    first = rig.screen.updates[0]
    assert (first.status.phase, first.snapshot) == (Phase.CONNECTING, None)
    assert rig.screen.phases == [Phase.CONNECTING, Phase.READING, Phase.WAITING]


async def test_the_first_read_is_complete(rig: Rig) -> None:
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


async def test_the_lists_are_published_before_the_interfaces(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    first = next(update.snapshot for update in rig.screen.updates if update.snapshot)
    assert set(first.subnets) == {A, B}
    assert A not in first.read_at
    assert "subnets" in first.read_at


FIRST_CALLS = ["associations", "endpoints", "scope", "subnets", "vpcs"]


@pytest.mark.parametrize(("max_calls", "asked"), [(0, FIRST_CALLS), (60, ["scope"])])
async def test_the_first_read_asks_for_the_lists_beside_the_account_where_calls_have_no_maximum(
    rig: Rig, max_calls: int, asked: list[str]
) -> None:
    rig.reader.gate = asyncio.Event()
    async with rig.follow(max_calls=max_calls):
        await rig.reader.entered.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert sorted(rig.reader.operations) == asked
        rig.reader.gate.set()
        await rig.clock.rest()
        assert sorted(rig.reader.operations[:5]) == FIRST_CALLS
        assert rig.screen.last.snapshot is not None


@pytest.mark.fault("expire")
async def test_lists_beside_an_account_that_is_not_told_are_not_taken_for_those_of_the_next(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = rig.reader

    async def refused() -> Scope:
        for _ in range(20):
            await asyncio.sleep(0)
        raise ReadError(Problem(ProblemKind.EXPIRED, "sts:GetCallerIdentity", "The credentials have expired."))

    with monkeypatch.context() as patch:
        patch.setattr(reader, "scope", refused)
        async with rig.follow():
            assert await rig.clock.rest() == 60
            assert sorted(reader.operations) == ["associations", "endpoints", "subnets", "vpcs"]
            patch.undo()
            reader.failures = {"endpoints": ProblemKind.ACCESS_DENIED}
            await rig.clock.cycle(60)
    assert reader.operations[4] == "scope"
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.endpoints == {}


@pytest.mark.parametrize("hangs", ["scope", "associations"])
@pytest.mark.parametrize("max_calls", [0, 60])
async def test_a_first_read_that_is_given_up_leaves_nothing_for_other_credentials(
    rig: Rig, hangs: str, max_calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = rig.reader
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.Event().wait()

    async with rig.follow(max_calls=max_calls) as follower:
        with monkeypatch.context() as patch:
            patch.setattr(reader, hangs, hang)
            await hanging.wait()
            for _ in range(20):
                await asyncio.sleep(0)
        rig.clock.advance(10)
        reader.account, reader.failures = "210987654321", {"endpoints": ProblemKind.ACCESS_DENIED}
        follower.renew()
        await rig.clock.rest()
    assert rig.connects == 2
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.scope.account_id == "210987654321"
    assert rig.screen.last.snapshot.endpoints == {}


async def test_the_interval_starts_at_the_end_of_a_read(rig: Rig) -> None:
    async with rig.follow(interval=20):
        assert await rig.clock.rest() == pytest.approx(20)
        rig.reader.gate = asyncio.Event()
        rig.reader.entered.clear()
        rig.clock.advance(20)
        await rig.reader.entered.wait()
        rig.clock.advance(7)
        rig.reader.gate.set()
        assert await rig.clock.rest() == pytest.approx(20)
        assert rig.screen.last.status.next_at == START + timedelta(seconds=47)


async def test_a_cycle_without_changes_takes_four_calls(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.operations.clear()
        await rig.clock.cycle(15)
    assert sorted(rig.reader.operations) == ["associations", "endpoints", "interfaces", "subnets"]
    assert rig.screen.last.status.calls == 4


@pytest.mark.parametrize(("draw", "wait"), [(0.0, 18.0), (0.5, 20.0), (1.0, 22.0)])
async def test_jitter_is_a_tenth_either_way(rig: Rig, draw: float, wait: float) -> None:
    rig.random = draw
    async with rig.follow(interval=20):
        assert await rig.clock.rest() == pytest.approx(wait)


async def test_no_wait_is_shorter_than_the_minimum(rig: Rig) -> None:
    rig.random = 0.0
    async with rig.follow(interval=1):
        assert await rig.clock.rest() == 5.0
    assert rig.screen.last.status.interval == 5.0


async def test_an_interval_of_zero_reads_on_demand_only(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow(interval=0) as follower:
        assert await rig.clock.rest() is None
        assert rig.screen.last.status.next_at is None
        rig.reader.operations.clear()
        follower.refresh()
        await rig.clock.rest()
    assert rig.reader.operations.count("subnets") == 1


async def test_a_pending_endpoint_shortens_the_interval_for_three_minutes(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Pending")]
    async with rig.follow():
        waits = [await rig.clock.rest()]
        for _ in range(40):
            waits.append(await rig.clock.cycle(waits[-1] or 0))
    assert waits == [5.0] * 36 + [15.0] * 5


async def test_another_pending_endpoint_starts_its_own_three_minutes(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("pending")]
    async with rig.follow(polling=PollingPolicy(pending_timeout=4.0)):
        assert await rig.clock.rest() == 5.0
        assert await rig.clock.cycle(5) == 15.0
        rig.reader.endpoint_list = [endpoint("Pending"), endpoint("Pending", id="vpce-2")]
        assert await rig.clock.cycle(15) == 5.0


async def test_pause_stops_reading_and_resume_starts_with_a_read(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.pause()
        assert await rig.clock.rest() is None
        assert rig.screen.last.status.phase is Phase.PAUSED
        rig.reader.operations.clear()
        rig.clock.advance(3600)
        assert rig.reader.operations == []
        follower.resume()
        await rig.clock.rest()
        assert rig.screen.phases[-1] is Phase.WAITING
    assert rig.reader.operations.count("subnets") == 1


async def test_pause_does_not_interrupt_a_read(rig: Rig) -> None:
    rig.reader.gate = asyncio.Event()
    async with rig.follow() as follower:
        await rig.reader.entered.wait()
        follower.pause()
        rig.reader.gate.set()
        assert await rig.clock.rest() is None
    assert rig.screen.last.status.phase is Phase.PAUSED
    assert rig.screen.last.snapshot is not None


async def test_refreshes_during_a_read_cause_one_more_read(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.gate = asyncio.Event()
        rig.reader.entered.clear()
        rig.reader.operations.clear()
        follower.refresh()
        await rig.reader.entered.wait()
        for _ in range(10):
            follower.refresh()
        rig.reader.gate.set()
        await rig.clock.rest()
    assert rig.reader.operations.count("subnets") == 2
    assert rig.reader.operations.count("vpcs") == 2


async def test_a_refresh_reads_vpcs_and_reservations(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.operations.clear()
        follower.refresh()
        await rig.clock.rest()
    assert rig.reader.operations.count("vpcs") == 1
    assert rig.reader.operations.count("reservations") == 2


@pytest.mark.fault("throttle")
async def test_throttling_doubles_the_wait_until_a_read_is_successful(rig: Rig) -> None:
    async with rig.follow():
        waits = [await rig.clock.rest()]
        rig.reader.failures = {"interfaces": ProblemKind.THROTTLED}
        for _ in range(7):
            waits.append(await rig.clock.cycle(waits[-1] or 0))
        assert waits == [15, 30, 60, 120, 240, 300, 300, 300]
        status = rig.screen.last.status
        assert status.phase is Phase.BACKING_OFF
        assert status.next_at == rig.clock.now() + timedelta(seconds=300)
        assert status.problem is not None
        assert status.problem.kind is ProblemKind.THROTTLED
        rig.reader.failures = {}
        assert await rig.clock.cycle(300) == 15
        assert rig.screen.last.status.problem is None
        rig.reader.failures = {"subnets": ProblemKind.THROTTLED}
        assert await rig.clock.cycle(15) == 30


async def test_a_failed_part_keeps_its_last_answer_and_read_time(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED, "endpoints": ProblemKind.SERVICE_ERROR}
        await rig.clock.cycle(15)
    update = rig.screen.last
    assert update.snapshot is not None
    assert update.snapshot.subnets[A].blocks.letters == "R.fR"
    assert set(update.snapshot.endpoints) == {ENDPOINT}
    assert update.snapshot.read_at[A] == update.snapshot.read_at["endpoints"] == START
    assert update.snapshot.read_at["subnets"] == START + timedelta(seconds=15)
    assert {problem.operation for problem in update.snapshot.problems} == {"ec2:interfaces", "ec2:endpoints"}
    assert update.status.read_at == START


async def test_subnets_no_longer_selected_are_dropped(rig: Rig) -> None:
    rig.reader.subnet_list.append(subnet(C, "10.20.0.0/24", 251, OTHER_VPC))
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.select(Selection(subnet_ids=(C,)))
        await rig.clock.rest()
        rig.reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED}
        follower.select(EVERYTHING)
        await rig.clock.rest()
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    assert snapshot.subnets[A].interfaces == ()
    assert (A in snapshot.read_at, C in snapshot.read_at) == (False, True)


async def test_no_snapshot_without_a_successful_read(rig: Rig) -> None:
    rig.reader.failures = dict.fromkeys(
        ("vpcs", "subnets", "endpoints", "associations", "interfaces"), ProblemKind.UNREACHABLE
    )
    async with rig.follow():
        await rig.clock.rest()
    assert rig.screen.last.snapshot is None
    assert rig.screen.last.status.phase is Phase.BACKING_OFF
    assert rig.screen.last.status.read_at is None


@pytest.mark.fault("expire")
async def test_expired_credentials_stop_polling_and_reconnect(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {"all": ProblemKind.EXPIRED}
        rig.reader.operations.clear()
        assert await rig.clock.cycle(15) == 60
        assert rig.reader.operations.count("interfaces") == 0
        assert rig.reader.closed == 1
        update = rig.screen.last
        assert update.status.phase is Phase.NEEDS_CREDENTIALS
        assert update.snapshot is not None
        assert update.snapshot.read_at[A] == START
        rig.reader.failures = {}
        await rig.clock.cycle(60)
        assert rig.screen.phases[-1] is Phase.WAITING
    assert rig.connects == 2


@pytest.mark.parametrize("call", ["interfaces", "associations", "subnets", "endpoints"])
async def test_credentials_that_expire_during_a_read_stop_it_only_until_there_are_new_ones(rig: Rig, call: str) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {call: ProblemKind.EXPIRED}
        await rig.clock.cycle(15)
        assert rig.screen.phases[-1:] == [Phase.NEEDS_CREDENTIALS]
        rig.reader.failures = {}
        await rig.clock.cycle(60)
        assert rig.screen.phases[-1:] == [Phase.WAITING]
        assert rig.screen.last.status.problem is None
    assert rig.connects == 2


async def test_refresh_resolves_the_credentials_again(rig: Rig) -> None:
    rig.connect_error = ReadError(Problem(ProblemKind.LOGIN_NEEDED, "", "The sign-in has ended."))
    async with rig.follow() as follower:
        assert await rig.clock.rest() == 60
        assert rig.screen.phases == [Phase.CONNECTING, Phase.NEEDS_CREDENTIALS]
        rig.connect_error = None
        follower.refresh()
        await rig.clock.rest()
    assert rig.connects == 2
    assert rig.screen.last.status.phase is Phase.WAITING
    assert rig.screen.last.snapshot is not None


async def test_an_unreachable_network_at_the_start_is_retried(rig: Rig) -> None:
    rig.connect_error = ReadError(Problem(ProblemKind.UNREACHABLE, "", "AWS cannot be reached."))
    async with rig.follow():
        assert await rig.clock.rest() == 30
        assert rig.screen.last.status.phase is Phase.BACKING_OFF
        rig.connect_error = None
        await rig.clock.cycle(30)
        assert rig.screen.phases[-1] is Phase.WAITING


async def test_another_account_starts_with_an_empty_snapshot(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {"all": ProblemKind.EXPIRED}
        await rig.clock.cycle(15)
        rig.reader.account, rig.reader.failures = "210987654321", {"endpoints": ProblemKind.ACCESS_DENIED}
        await rig.clock.cycle(60)
    assert rig.screen.last.snapshot is not None
    assert rig.screen.last.snapshot.scope.account_id == "210987654321"
    assert rig.screen.last.snapshot.endpoints == {}


async def test_a_new_selection_is_read_immediately(rig: Rig) -> None:
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


async def test_a_selected_subnet_that_does_not_exist_is_a_problem(rig: Rig) -> None:
    async with rig.follow(selection=Selection(subnet_ids=("subnet-nowhere",))):
        await rig.clock.rest()
    problem = rig.screen.last.status.problem
    assert problem is not None
    assert (problem.kind, "subnet-nowhere" in problem.message) == (ProblemKind.USAGE, True)
    assert rig.screen.last.status.phase is Phase.WAITING


async def test_an_unchanged_map_is_not_computed_again(rig: Rig) -> None:
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


async def test_unaccounted_addresses_are_confirmed_by_a_second_read(rig: Rig) -> None:
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


async def test_all_attributes_of_an_interface(rig: Rig) -> None:
    async with rig.follow() as follower:
        with pytest.raises(ReadError):
            await follower.describe_interface("eni-13")
        await rig.clock.rest()
        assert await follower.describe_interface("eni-13") == {"NetworkInterfaceId": "eni-13"}


async def test_cancelling_closes_the_reader(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    assert rig.reader.closed == 1


@pytest.mark.parametrize("account", ["", "123456789012"])
async def test_what_was_read_is_kept_while_the_account_cannot_be_told(rig: Rig, account: str) -> None:
    """A login page, say, that takes the place of AWS when new credentials are used."""
    unreachable = Problem(ProblemKind.UNREACHABLE, "sts:GetCallerIdentity", "AWS cannot be reached.")
    async with rig.follow():
        await rig.clock.rest()
        first = rig.screen.last.snapshot
        rig.reader.failures = {"all": ProblemKind.EXPIRED}
        await rig.clock.cycle(15)
        rig.reader.failures = {"endpoints": ProblemKind.UNREACHABLE}
        rig.reader.account, rig.reader.account_problem = account, unreachable
        await rig.clock.cycle(60)
        snapshot = rig.screen.last.snapshot
        assert first is not None and snapshot is not None
        assert (snapshot.scope, snapshot.endpoints) == (first.scope, first.endpoints)
        rig.reader.account, rig.reader.account_problem, rig.reader.failures = "210987654321", None, {}
        await rig.clock.cycle(60)
        snapshot = rig.screen.last.snapshot
        assert snapshot is not None and snapshot.scope.account_id == "210987654321"


async def test_the_account_is_asked_for_until_it_is_known(rig: Rig) -> None:
    rig.reader.account = ""
    rig.reader.account_problem = Problem(ProblemKind.UNREACHABLE, "sts:GetCallerIdentity", "AWS cannot be reached.")
    async with rig.follow():
        await rig.clock.rest()
        assert rig.screen.last.snapshot is not None and rig.screen.last.snapshot.scope.account_id == ""
        rig.reader.account, rig.reader.account_problem = "123456789012", None
        await rig.clock.cycle(15)
        assert rig.screen.last.snapshot.scope.account_id == "123456789012"
        rig.reader.operations.clear()
        await rig.clock.cycle(15)
    assert "scope" not in rig.reader.operations
