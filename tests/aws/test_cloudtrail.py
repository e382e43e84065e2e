from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from latticetop.aws import cloudtrail
from latticetop.aws.cloudtrail import Lookups, read_trail
from latticetop.model.incident.timeline import Trail, TrailEvent
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.simulator import SCENARIOS, ManualClock, Server
from tests.aws.conftest import reading

CREATED = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
WINDOW = (CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15))


class Standing:
    """Time that moves by what is slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def standing() -> tuple[Lookups, Standing]:
    time = Standing()
    return Lookups(clock=time, sleep=time.sleep), time


async def played() -> tuple[Server, ManualClock]:
    clock = ManualClock(SCENARIOS["incident"].start)
    return Server("incident", clock=clock), clock


async def trail_of() -> tuple[TrailEvent, ...]:
    server, clock = await played()
    async with server:
        clock.finish()
        clock.advance(3600)
        async with reading(server.url) as reader:
            trail = await reader.trail(*WINDOW, lambda _: None)
        assert [call.operation for call in server.calls] == ["LookupEvents"]
    assert trail.reaches == WINDOW[1]
    assert trail.whole
    return trail.events


async def test_the_eight_creations_of_the_incident_as_cloudtrail_tells_them() -> None:
    events = await trail_of()
    made = sorted((e for e in events if e.event_name == "CreateNetworkInterface"), key=lambda e: e.event_time)
    assert [f"{event.event_time:%H:%M:%S}" for event in made] == [
        "08:18:57",
        "08:18:58",
        "08:19:11",
        "08:19:22",
        "08:19:34",
        "08:19:49",
        "08:20:06",
        "08:20:27",
    ]
    first, last = made[0], made[-1]
    assert first.network_interface_id == "eni-0f995ce7b1b9589de"
    assert first.addresses == (parse_address("10.10.10.7"),)
    assert first.prefixes == (parse_cidr("10.10.10.16/28"),)
    assert first.description == "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a"
    assert first.principal == "AWSServiceRoleForVpcLattice"
    assert last.error_code == "Client.InvalidParameterValue"
    assert last.error_message == "There aren't sufficient free Ipv4 addresses or prefixes"
    assert last.client_token.startswith("vpce-0e3b1bfc42d162c4a-subnet-0a84d8f4554925b16-")
    (created,) = (event for event in events if event.event_name == "CreateVpcEndpoint")
    assert "vpce-0e3b1bfc42d162c4a" in created.vpc_endpoint_ids


def record(body: object) -> dict[str, object]:
    return {"EventId": "1", "CloudTrailEvent": body if isinstance(body, str) else json.dumps(body)}


@pytest.mark.parametrize("body", ["", "{", "null", "[]", '"x"', "{}", '{"eventTime": "yesterday"}'])
def test_what_is_no_event_is_passed_over(body: str) -> None:
    assert list(cloudtrail.decode_events([record(body)])) == []


def test_members_of_another_shape_are_passed_over() -> None:
    body = {
        "eventTime": "2024-12-19T08:18:57Z",
        "eventName": "DeleteVpcEndpoints",
        "requestParameters": {
            "DeleteVpcEndpointsRequest": {"VpcEndpointId": {"content": "vpce-0e3b1bfc42d162c4a", "tag": 1}},
            "subnetId": 5,
            "privateIpAddressesSet": {"item": [{"privateIpAddress": "10.0.0.300"}, None, "x"]},
            "ipv4PrefixSet": [],
        },
        "responseElements": "done",
        "userIdentity": [],
    }
    (event,) = cloudtrail.decode_events([record(body)])
    assert event.vpc_endpoint_ids == ("vpce-0e3b1bfc42d162c4a",)
    assert (event.subnet_id, event.addresses, event.prefixes, event.principal) == ("", (), (), "")


def test_what_an_interface_is_given_and_gives_back() -> None:
    given = {
        "eventTime": "2024-12-19T08:18:57",
        "eventName": "AssignPrivateIpAddresses",
        "requestParameters": {"networkInterfaceId": "eni-1", "ipv4PrefixCount": 1, "ipv4PrefixSet": {}},
        "responseElements": {
            "assignedPrivateIpAddressesSet": {"assignedPrivateIpAddressSetType": [{"privateIpAddress": "10.0.0.5"}]},
            "assignedIpv4PrefixSet": {"items": [{"ipv4Prefix": "10.0.0.16/28"}]},
        },
    }
    back = {
        "eventTime": "2024-12-19T08:19:57Z",
        "eventName": "UnassignPrivateIpAddresses",
        "requestParameters": {
            "networkInterfaceId": "eni-1",
            "privateIpAddressesSet": {"item": [{"privateIpAddress": "10.0.0.5"}]},
            "ipv4PrefixSet": {"items": [{"ipv4Prefix": "10.0.0.16/28"}]},
        },
    }
    found = list(cloudtrail.decode_events([record(given), record(back)]))
    assert found[0].event_time == datetime(2024, 12, 19, 8, 18, 57, tzinfo=UTC)
    for event in found:
        assert event.network_interface_id == "eni-1"
        assert event.addresses == (parse_address("10.0.0.5"),)
        assert event.prefixes == (parse_cidr("10.0.0.16/28"),)


async def test_a_recent_window_is_not_taken_to_be_complete() -> None:
    now = datetime.now(UTC)
    async with Server("empty", clock=ManualClock(now)) as server, reading(server.url) as reader:
        trail = await reader.trail(now - timedelta(minutes=1), now + timedelta(minutes=15), lambda _: None)
    assert trail.events == ()
    assert trail.reaches <= datetime.now(UTC) - timedelta(seconds=30)


class Told:
    """A client of CloudTrail that answers from a list of pages per look-up, newest first, at a time of its own."""

    def __init__(self, pages: dict[str, list[list[int]]], at: datetime) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str]] = []
        self.headers = {"date": format_datetime(at, usegmt=True)}

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        (attribute,) = params["LookupAttributes"]
        assert (operation, params["MaxResults"]) == ("LookupEvents", 50)
        value, token = attribute["AttributeValue"], params.get("NextToken", "")
        self.asked.append((value, token))
        pages, place = self.pages.get(value, [[]]), int(token or 0)
        body = {"eventName": value if attribute["AttributeKey"] == "EventName" else "PutEvaluations"}
        events = [
            record({**body, "eventID": str(n), "eventTime": (CREATED + timedelta(seconds=n)).isoformat()})
            for n in pages[place]
        ]
        more = {"NextToken": str(place + 1)} if place + 1 < len(pages) else {}
        return {"Events": events, "ResponseMetadata": {"HTTPHeaders": self.headers}, **more}


async def trail_by(client: Told, lookups: Lookups | None = None, progress: Any = str) -> Trail:
    return await read_trail(client, lookups or standing()[0], *WINDOW, progress)  # type: ignore[arg-type]


async def test_pages_are_half_a_second_apart_for_all_who_look_through_one_reader() -> None:
    lookups, time = standing()
    told: list[str] = []
    client = Told({"false": [[70, 60], [], [50]]}, CREATED + timedelta(days=1))
    trail = await trail_by(client, lookups, told.append)
    assert [event.event_id for event in trail.events] == ["70", "60", "50"]
    assert client.asked == [("false", ""), ("false", "1"), ("false", "2")]
    assert told == ["CloudTrail: 2 events, back to 08:19:49", "CloudTrail: 3 events, back to 08:19:39"]
    await trail_by(client, lookups)
    assert time.now == 0.5 * 5


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 -2300"])
async def test_where_the_answer_has_no_time_this_machines_counts(date: str) -> None:
    client = Told({"false": [[70]]}, CREATED)
    client.headers = {"date": date}
    assert (await trail_by(client)).reaches == WINDOW[1], "today the incident is long past"


async def test_the_time_of_the_answer_is_aws_s_whatever_zone_it_names() -> None:
    """What was asked at 08:25 is settled to 08:10, which is before the window begins."""
    client = Told({"false": [[70]]}, CREATED)
    client.headers = {"date": "Thu, 19 Dec 2024 09:25:00 +0100"}
    assert (await trail_by(client)).reaches == WINDOW[0]


@pytest.mark.parametrize("odd", ["", "10.0.0", "fd00::1", None, 7])
async def test_an_address_or_a_range_that_is_none_is_passed_over(odd: object) -> None:
    asked = {"privateIpAddressesSet": {"item": [{"privateIpAddress": odd}, {"privateIpAddress": "10.0.0.9"}]},
             "ipv4PrefixSet": {"item": [{"ipv4Prefix": odd}, {"ipv4Prefix": "10.0.0.16/28"}]}}  # fmt: skip
    body = {"eventID": "1", "eventName": "AssignPrivateIpAddresses", "eventTime": CREATED.isoformat(),
            "requestParameters": asked}  # fmt: skip
    (event,) = cloudtrail.decode_events([record(body)])
    assert event.addresses == (parse_address("10.0.0.9"),)
    assert event.prefixes == (parse_cidr("10.0.0.16/28"),)


async def test_a_crowded_window_is_read_by_name() -> None:
    crowd = [[number] for number in range(900, 100, -1)]
    client = Told({"false": crowd, "CreateNetworkInterface": [[900, 40], [33]]}, CREATED + timedelta(days=1))
    trail = await trail_by(client)
    assert not trail.whole
    assert [value for value, _ in client.asked] == [
        *["false"] * 4,
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
        "DeleteVpcEndpoints",
        *["CreateNetworkInterface"] * 2,
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    ]
    assert [event.event_id for event in trail.events] == ["900", "899", "898", "897", "40", "33"]


@pytest.mark.parametrize(
    ("after", "reaches"),
    [(0, 0), (5, 0), (20, 5), (29, 14), (30, 15), (600, 15)],
)
async def test_how_far_the_picture_reaches_by_the_time_of_aws(after: int, reaches: int) -> None:
    start = WINDOW[0]
    trail = await trail_by(Told({}, CREATED + timedelta(minutes=after)))
    expected = CREATED + timedelta(minutes=reaches) if reaches else start
    assert trail.reaches == expected


async def test_pages_that_go_round_in_a_circle() -> None:
    class Circle(Told):
        async def call(self, operation: str, **params: Any) -> dict[str, Any]:
            return {**await super().call(operation, **params), "NextToken": "0"}

    with pytest.raises(ReadError) as refused:
        await trail_by(Circle({}, CREATED))
    assert refused.value.problem.kind is ProblemKind.BAD_ANSWER


async def test_throttling_is_sat_out_and_then_said() -> None:
    throttled = Problem(ProblemKind.THROTTLED, "cloudtrail:LookupEvents", "AWS is limiting requests.")

    class Throttling(Told):
        left = 3

        async def call(self, operation: str, **params: Any) -> dict[str, Any]:
            if self.left:
                self.left -= 1
                raise ReadError(throttled)
            return await super().call(operation, **params)

    lookups, time = standing()
    client = Throttling({"false": [[1]]}, CREATED)
    assert len((await trail_by(client, lookups)).events) == 1
    assert time.slept == [1.0, 2.0, 4.0]
    client.left = 99
    with pytest.raises(ReadError) as refused:
        await trail_by(client, lookups)
    assert refused.value.problem is throttled
    assert client.left == 99 - 5


async def test_what_is_refused_is_not_asked_again() -> None:
    async with Server("incident", clock=ManualClock(), faults=["deny:cloudtrail:*"]) as server:
        async with reading(server.url) as reader:
            with pytest.raises(ReadError) as refused:
                await reader.trail(*WINDOW, lambda _: None)
        assert len(server.calls) == 1
    assert refused.value.problem.kind is ProblemKind.ACCESS_DENIED
    assert refused.value.problem.operation == "cloudtrail:LookupEvents"


async def test_cloudtrails_own_throttling_is_known_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudtrail, "PATIENCE", ())
    faults = ["throttle:cloudtrail:*:1"]
    async with Server("incident", clock=ManualClock(), faults=faults) as server, reading(server.url) as reader:
        with pytest.raises(ReadError) as refused:
            await reader.trail(*WINDOW, lambda _: None)
    assert refused.value.problem.kind is ProblemKind.THROTTLED
    assert refused.value.problem.operation == "cloudtrail:LookupEvents"
