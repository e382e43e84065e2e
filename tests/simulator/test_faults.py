"""Fault injection: the text form of faults, and what the readers of latticetop make of each fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiobotocore.config import AioConfig
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import http_session, sdk
from latticetop.aws.limits import PageSizes
from latticetop.follow.cycle import read_lists
from latticetop.follow.one_shot import read_once
from latticetop.follow.read_state import ReadState
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, Server, ServerThread
from latticetop.simulator.faults import Fault, parse_fault
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.aws.conftest import reading
from tests.command import against, at_rest
from tests.follow.fakes import FakeClock

SUBNETS = "ec2:DescribeSubnets"


class SkippingClock(FakeClock):
    """A clock that advances instead of waiting."""

    async def wait(self, event: object, seconds: float | None) -> bool:
        self.advance(seconds or 0)
        return False


@pytest.fixture(autouse=True)
def retries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)


@pytest.fixture(scope="module")
def failed_endpoint() -> Iterator[ServerThread]:
    """An account in which an endpoint has failed."""
    with at_rest("incident") as server:
        yield server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server("incident", clock=ManualClock()) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("throttle", Fault("throttle")),
        ("throttle:0.3", Fault("throttle", "*", 0.3)),
        ("deny:ec2:DescribeVpcs", Fault("deny", "ec2:DescribeVpcs")),
        ("latency:cloudtrail:*:2", Fault("latency", "cloudtrail:*", 2.0)),
    ],
)
def test_text_form_of_faults(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize("text", ["", "thorttle", "throttle:often", "deny:ec2:X:1:2", "throttle:-1"])
def test_invalid_faults(text: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        parse_fault(text)


@pytest.mark.fault("reset", "truncate", "malformed", "html", "login-page", "redirect", "oversize", "clock")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (f"deny:{SUBNETS}", ProblemKind.ACCESS_DENIED),
        (f"throttle:{SUBNETS}:1", ProblemKind.THROTTLED),
        (f"expire:{SUBNETS}", ProblemKind.EXPIRED),
        (f"reset:{SUBNETS}", ProblemKind.UNREACHABLE),
        (f"truncate:{SUBNETS}", ProblemKind.UNREACHABLE),
        (f"malformed:{SUBNETS}", ProblemKind.BAD_ANSWER),
        (f"html:{SUBNETS}", ProblemKind.UNREACHABLE),
        (f"login-page:{SUBNETS}", ProblemKind.UNREACHABLE),
        (f"redirect:{SUBNETS}", ProblemKind.UNREACHABLE),
        (f"oversize:{SUBNETS}", ProblemKind.BAD_ANSWER),
        (f"clock:{SUBNETS}:10", ProblemKind.SERVICE_ERROR),
    ],
)
async def test_each_fault_is_a_problem_of_its_kind_until_it_is_removed(
    server: Server, fault: str, kind: ProblemKind
) -> None:
    async with reading(server.url) as reader:
        server.account.faults.set([fault])
        with pytest.raises(ReadError) as error:
            await reader.subnets()
        assert error.value.problem.kind is kind
        assert error.value.problem.operation == SUBNETS
        assert await reader.vpcs()
        server.account.faults.set([])
        assert len(await reader.subnets()) == 2


@pytest.mark.fault("hang")
async def test_a_response_that_never_comes_is_unreachable(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    config = sdk.client_config
    monkeypatch.setattr(
        sdk,
        "client_config",
        lambda url: config(url).merge(AioConfig(read_timeout=0.2, retries={"max_attempts": 0})),
    )
    async with reading(server.url) as reader:
        server.account.faults.set([f"hang:{SUBNETS}"])
        with pytest.raises(ReadError) as error:
            await reader.subnets()
        assert error.value.problem.kind is ProblemKind.UNREACHABLE
        server.account.faults.set([])
        assert len(await reader.subnets()) == 2


@pytest.mark.fault("drip")
async def test_a_response_that_comes_byte_by_byte_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_session, "RESPONSE_SECONDS", 0.2)
    async with reading(server.url) as reader:
        server.account.faults.set([f"drip:{SUBNETS}"])
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert error.value.problem.message == f"The response to {SUBNETS} was not complete after 0.2 s."


@pytest.mark.fault("clock")
async def test_a_refused_time_is_told_by_the_minutes(server: Server) -> None:
    async with reading(server.url) as reader:
        server.account.faults.set(["clock:10"])
        with pytest.raises(ReadError) as error:
            await reader.subnets()
    assert error.value.problem.message == "This machine's clock is 10 min behind AWS's (RequestExpired)."


def test_a_failed_endpoint_is_told_without_a_fault(failed_endpoint: ServerThread) -> None:
    failed_endpoint.account.faults.set([])
    assert against(failed_endpoint, "check").code == 1


@pytest.mark.fault("login-page", "redirect")
@pytest.mark.parametrize("kind", ["login-page", "redirect"])
@pytest.mark.parametrize(
    ("action", "code"), [("*", 3), ("ec2:DescribeVpcEndpoints", 3), (SUBNETS, 1), ("ec2:DescribeNetworkInterfaces", 1)]
)
def test_a_login_page_is_no_all_clear(kind: str, action: str, code: int, failed_endpoint: ServerThread) -> None:
    """Where the failed endpoint is still listed, it counts."""
    failed_endpoint.account.faults.set([f"{kind}:{action}:1" if action != "*" else kind])
    ended = against(failed_endpoint, "check")
    assert ended.code == code
    assert "that is not AWS's" in " ".join((ended.out + ended.err).split())


@pytest.mark.fault("login-page")
async def test_what_was_read_before_a_login_page_is_kept(server: Server) -> None:
    clock = SkippingClock()
    state = ReadState()
    async with reading(server.url) as reader:
        await read_lists(reader, Selection(), state, clock, full=True)
        subnets, endpoints = state.subnets, state.endpoints
        assert subnets
        server.account.faults.set(["login-page"])
        await read_lists(reader, Selection(), state, clock, full=True)
    assert (state.subnets, state.endpoints) == (subnets, endpoints)
    assert state.required_problem() is not None


@pytest.mark.fault("token", "repeat")
async def test_a_pagination_loop_is_a_bad_response(server: Server) -> None:
    region = server.account.region()
    vpc_id = add_vpc(region, "10.99.0.0/16").id
    for number in range(12):
        add_subnet(region, vpc_id=vpc_id, cidr=f"10.99.0.{16 * number}/28", availability_zone="us-east-1a")
    async with reading(server.url, PageSizes(ec2=5)) as reader:
        server.account.faults.set(["repeat"])
        with pytest.raises(ReadError) as error:
            await reader.subnets()
        assert error.value.problem.kind is ProblemKind.BAD_ANSWER
        server.account.faults.set(["token"])
        with pytest.raises(ReadError):
            await reader.subnets()
        server.account.faults.set([])
        assert len(await reader.subnets()) == 14


@pytest.mark.fault("counts", "hide")
async def test_wrong_counts_and_hidden_interfaces_make_a_subnet_incomplete(server: Server) -> None:
    clock = SkippingClock()
    async with reading(server.url) as reader:
        server.account.faults.set(["counts:7"])
        snapshot = await read_once(reader, Selection(all_subnets=True), clock)
        assert {r.unaccounted for r in snapshot.subnets.values()} == {7}
        server.account.faults.set(["hide"])
        snapshot = await read_once(reader, Selection(all_subnets=True), clock)
    assert sorted(r.unaccounted for r in snapshot.subnets.values()) == [0, 2]


async def test_faults_can_be_replaced_over_http(server: Server) -> None:
    url = f"{server.url}/_simulator/faults"
    async with aiohttp.ClientSession() as client:
        async with client.put(url, data="throttle:0.3\ndeny:ec2:DescribeVpcs") as response:
            assert await response.text() == "throttle:0.3\ndeny:ec2:DescribeVpcs:1\n"
        async with client.put(url, data="nonsense") as response:
            assert response.status == 400
        async with client.get(url) as response:
            assert (await response.text()).startswith("throttle:0.3\n")
        async with client.delete(url) as response:
            assert await response.text() == ""
    assert server.account.faults.active == ()


def test_a_server_can_start_with_faults() -> None:
    with ServerThread("empty", faults=["throttle:0.3"]) as server:
        assert [str(fault) for fault in server.account.faults.active] == ["throttle:0.3"]
    with pytest.raises(ValueError, match="There is no fault 'x'"):
        ServerThread("empty", faults=["x"])


async def test_the_date_header_is_the_simulated_time(server: Server) -> None:
    async with aiohttp.ClientSession() as client, client.post(server.url, data="Action=DescribeVpcs") as response:
        assert response.headers["Date"] == "Thu, 19 Dec 2024 08:18:40 GMT"
