"""Whatever an account says, from the wire to what is printed: no exception, nothing a terminal acts upon."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rich.cells import cell_len

from latticetop.aws import Settings, connect, decode, sdk
from latticetop.aws.cloudtrail import RateLimitedLookups
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.reader import AwsReader
from latticetop.follow import status
from latticetop.follow.investigate import investigate
from latticetop.follow.one_shot import read_once
from latticetop.follow.recording.reader import RecordingEntry
from latticetop.follow.subnet_selection import Selection
from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.capacity.plan import make_plan
from latticetop.model.capacity.what_if import without
from latticetop.model.incident.explanation import explain
from latticetop.model.incident.investigation import Investigation, Resolution
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Association
from latticetop.model.snapshot import Snapshot, SubnetReading
from latticetop.reports import (
    check,
    check_cases,
    check_reasons,
    check_scopes_text,
    check_text,
    explain_json,
    github,
    junit,
    plan,
    plan_cases,
    plan_text,
)
from latticetop.reports.cases import CaseGroup, CaseStatus
from latticetop.reports.check_scopes import ScopeResult
from latticetop.reports.explain import render_markdown
from tests.aws.conftest import CannedServer, always
from tests.dashboard.accounts import ENDPOINT, A, account, endpoint, eni, reservation, subnet
from tests.dashboard.stage import showing
from tests.dashboard.test_hostile import check as check_screen
from tests.hostile import ESCAPES, EVIL, HostileAccount, accounts
from tests.junit_schema import parsed_junit
from tests.unseen import unseen
from tests.workflow_commands import parsed_commands

T = TypeVar("T")
MORE = int(os.environ.get("HOSTILE_EXAMPLES", "1"))
"""How many times as many accounts as usual."""
WIDTHS = (80, 120)
DEMANDS = (Demand(), Demand(2, 20, Behaviour.IN_2024), Demand(0, prefixes=3))


class Standing:
    """A clock that stands, and on which every wait is over at once."""

    def now(self) -> datetime:
        return datetime(2024, 12, 19, 9, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        return event.is_set()


async def at_once(_: float) -> None:
    """A sleep that takes no time."""


class Rig:
    """A server that answers what it is told to, and a reader of it, in a loop of their own."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.canned = CannedServer(always(""))
        self.reader: AwsReader
        self._serving = self.canned.serve()

    def __enter__(self) -> Rig:
        self.runner.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self._close())
        self.runner.close()

    async def _open(self) -> None:
        await self._serving.__aenter__()
        self.reader = await connect(Settings(region="us-east-1", endpoint_url=self.canned.url, sandbox=True))
        self.reader._lookups = RateLimitedLookups(sleep=at_once)

    async def _close(self) -> None:
        await self.reader.close()
        await self._serving.__aexit__(None, None, None)

    def read(self, hostile: HostileAccount, look: Callable[[Snapshot], Awaitable[T]]) -> T:
        """Read the account once over HTTP, and do something with it in the same loop."""
        self.canned.answer = hostile.answer
        self.canned.requests.clear()

        async def both() -> T:
            return await look(await read_once(self.reader, Selection(all_endpoints=True), Standing(), lattice=True))

        return self.runner.run(both())


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdk, "RateLimiter", partial(RateLimiter, sleep=at_once))
        with Rig() as result:
            yield result


def printed(text: str) -> None:
    """Nothing but letters and line ends."""
    assert unseen(text, "\n") == [], text


def document(text: str) -> Any:
    """JSON that a terminal can show, and a program read."""
    printed(text)
    return json.loads(text)


def checked(snapshot: Snapshot) -> None:
    told = document(check.render_json(snapshot))
    assert {item["subnet_id"]: item["name"] for item in told["subnets"]} == {
        key: reading.subnet.name for key, reading in snapshot.subnets.items()
    }
    assert {item["vpc_endpoint_id"]: item["state"] for item in told["endpoints"]} == {
        key: endpoint.state for key, endpoint in snapshot.endpoints.items()
    }
    assert check_reasons.exit_code(snapshot) in (0, 1, 3)
    for width in WIDTHS:
        printed(check_text.render_text(snapshot, width))
    scopes = [ScopeResult(snapshot.scope.profile, snapshot.scope.region, snapshot)] * 11
    printed(check_scopes_text.render_scopes_text(scopes))
    for_ci(check_cases.check_cases(scopes[0]), "check")


def for_ci(group: CaseGroup, command: str) -> None:
    for text in (junit.render_junit([group], command), github.render_github([group], command)):
        printed(text)
    suite = parsed_junit(junit.render_junit([group], command))[0]
    assert len(suite) == len(group.cases)
    *commands, _ = parsed_commands(github.render_github([group], command))
    assert len(commands) == sum(case.status is not CaseStatus.PASSED for case in group.cases)


def planned(snapshot: Snapshot) -> None:
    for subnet_id in snapshot.subnets:
        for demand in DEMANDS:
            result = make_plan(snapshot, [subnet_id], demand)
            assert document(plan.render_json(snapshot, result))["subnets"][0]["subnet_id"] == subnet_id
            for width in WIDTHS:
                printed(plan_text.render_text(snapshot, result, width))
            for_ci(plan_cases.plan_cases(snapshot, result), "plan")


async def explained(reader: AwsReader, snapshot: Snapshot) -> None:
    for endpoint_id in snapshot.endpoints:
        investigation = await investigate(reader, snapshot, endpoint_id, lambda _: None, clock=Standing())
        told = explain(investigation)
        printed(render_markdown(told))
        assert document(explain_json.render_json(told))["vpc_endpoint_id"] == endpoint_id


def recorded(snapshot: Snapshot) -> None:
    """A recording gives it back as it was."""
    entry = RecordingEntry(snapshot.taken_at, status.Phase.WAITING, snapshot=snapshot)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=RecordingEntry) == entry


@pytest.mark.fault("hostile-text")
@given(hostile=accounts)
@settings(max_examples=50 * MORE, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_report_of_any_account(rig: Rig, hostile: HostileAccount) -> None:
    async def look(snapshot: Snapshot) -> None:
        recorded(snapshot)
        checked(snapshot)
        planned(snapshot)
        await explained(rig.reader, snapshot)

    rig.read(hostile, look)


def told(name: str) -> Snapshot:
    """Ordinary ids, and this text for all that a person or AWS may put into words."""
    hostile_subnet = subnet(A, "10.10.10.0/26", 40, name=name)
    more: dict[str, Any] = {"failure_reason": name, "last_error_code": name, "last_error_message": name, "name": name}
    failed = endpoint(ENDPOINT, "Failed", service_network_arn=f"arn:{name}/{name}", **more)
    odd = endpoint("vpce-00000000000000002", name, vpc_endpoint_type=name)
    holder = eni("eni-00000000000000001", A, "10.10.10.36", prefixes=["10.10.10.16/28"], description=f"ELB {name}")
    association = Association(
        "vpce-rsc-asc-1", ENDPOINT, failure_reason=name, failure_code=name, service_network_name=name
    )
    problem = Problem(ProblemKind.SERVICE_ERROR, "ec2:DescribeVpcs", name, name)
    return account([SubnetReading(hostile_subnet, (holder,))], [failed, odd], [association], problems=[problem])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*EVIL, *ESCAPES])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    """But for the commands, which are copied as they are."""
    snapshot = told(name)
    result = make_plan(snapshot, [A], Demand(2, 20))
    for text in (check_text.render_text(snapshot, width), plan_text.render_text(snapshot, result, width)):
        printed(text)
        lines = [line for line in text.splitlines() if not line.startswith(("  aws ", "    --"))]
        assert [line for line in lines if cell_len(line) > width] == []


@pytest.mark.parametrize(
    ("prefixes", "reserved", "letters"),
    [
        (["10.0.0.0/8"], "prefix", "AAAA"),
        (["10.10.10.16/28", "10.10.10.16/28"], "prefix", "RAPR"),
        (["10.10.10.16/28", "10.10.10.32/28", "10.10.10.40/29"], "prefix", "RAAR"),
        (["10.10.10.16/28", "10.10.0.0/16"], "prefix", "AAAA"),
        ([], "borrowed", "R..R"),
    ],
)
def test_ranges_that_aws_never_gave(prefixes: list[str], reserved: str, letters: str) -> None:
    """Wider than a block, twice, one in another, or a reservation of an unknown type, which counts for nothing."""
    holder = eni("eni-00000000000000001", A, "10.10.10.7", prefixes=prefixes, instance_id="i-1")
    interface = reservation(A, "10.10.10.32/28", reserved)
    snapshot = account([SubnetReading(subnet(A, "10.10.10.0/26", 9), (holder,), (interface,))])
    reading = snapshot.subnets[A]
    assert reading.blocks.letters == letters
    planned(snapshot)
    for prefix in prefixes:
        remaining = without(reading, [prefix]).interfaces
        assert prefix not in [str(kept) for interface in remaining for kept in interface.prefixes]


def test_ids_of_any_kind_reach_no_report() -> None:
    for name in [*EVIL, *ESCAPES]:
        text = name.encode("utf-8", "replace").decode()
        description = f"VPC Endpoint Interface vpce-{text}"
        interface = eni(f"eni-{text}", f"subnet-{text}", "10.10.10.7", description=description)
        reading = SubnetReading(subnet(f"subnet-{text}", "10.10.10.0/26", 40, vpc_id=text), (interface,))
        failed = endpoint(f"vpce-{text}", "Failed", [f"subnet-{text}"], vpc_id=text)
        snapshot = account([reading], [failed])
        checked(snapshot)
        planned(snapshot)
        investigation = Investigation(snapshot, failed, Standing().now())
        printed(render_markdown(explain(investigation)))
        document(explain_json.render_json(explain(investigation)))


def test_a_subnet_of_the_whole_internet_is_not_mapped() -> None:
    """Its map would take gigabytes."""
    raw = {"SubnetId": A, "CidrBlock": "0.0.0.0/0"}
    investigation = decode.subnet(raw)
    assert investigation is not None and investigation.cidr_block is None
    assert "no valid range" in check_text.render_text(account([SubnetReading(investigation)]), 80)


@pytest.mark.parametrize("name", ["`rm`", "*x*", "[a](b)", "<b>", "|", "```"])
def test_no_id_is_markdown_in_a_ticket(name: str) -> None:
    holder = eni(f"eni-{name}", f"subnet-{name}", "10.10.10.7")
    reading = SubnetReading(subnet(f"subnet-{name}", "10.10.10.0/26", 40, vpc_id=A), (holder,))
    failed = endpoint(f"vpce-{name}", "Failed", [f"subnet-{name}"], vpc_id=A)
    resolved = Resolution(f"name-{name}", (parse_address("10.10.10.7"),))
    snapshot = account([reading], [failed])
    told = render_markdown(explain(Investigation(snapshot, failed, Standing().now(), names=(resolved,))))
    fences = [line for line in told.splitlines() if line.strip().startswith("```")]
    assert {*fences[::2], *fences[1::2]} <= {"   ```sh", "   ```"} and len(fences) % 2 == 0
    told = re.sub(r"   ```sh\n(?:.*\n)*?   ```\n", "", told)
    plain = re.sub(r"`[^`\n]*`", "", re.sub(r"\\.", "", told))
    assert name not in plain
    assert f"vpce-{name}" not in told.splitlines()[0]


async def walk(snapshot: Snapshot, size: tuple[int, int]) -> None:
    """Every screen, from the main one."""
    async with showing(snapshot, size=size) as stage:
        check_screen(stage)
        stage.table("#endpoint-table").focus()
        for keys, back in ((("enter",), 1), (("enter", "enter"), 2), (("e",), 1), (("p",), 1), (("o",), 1)):
            await stage.press(*keys)
            check_screen(stage)
            await stage.press(*["escape"] * back)
            assert stage.screen_name == "MainScreen"
        stage.table("#subnet-table").focus()
        await stage.press("p", "space", "down", "space")
        check_screen(stage)
        await stage.press("escape")
        stage.grid.focus()
        await stage.press("right", "enter")
        check_screen(stage)


@pytest.mark.fault("hostile-text")
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@given(hostile=accounts)
@settings(
    max_examples=2 * MORE, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_every_screen_of_any_account(rig: Rig, size: tuple[int, int], hostile: HostileAccount) -> None:
    rig.read(hostile, partial(walk, size=size))
