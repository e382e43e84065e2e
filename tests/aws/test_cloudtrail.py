"""CloudTrail events of a time window: rate, paging, retries and decoding."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from latticetop.aws import cloudtrail
from latticetop.aws.cloudtrail import RateLimitedLookups, read_event_history
from latticetop.model.incident.timeline import CloudTrailEvent, EventHistory
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.aws_actions import LOOKUP_EVENTS
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.simulator import SCENARIOS, ManualClock, Server
from tests.aws.conftest import SleepClock, reading

CREATED = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
WINDOW = (CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15))


def lookups_with_clock() -> tuple[RateLimitedLookups, SleepClock]:
    clock = SleepClock()
    return RateLimitedLookups(clock=clock, sleep=clock.sleep), clock


async def incident_events() -> tuple[CloudTrailEvent, ...]:
    clock = ManualClock(SCENARIOS["incident"].start)
    async with Server("incident", clock=clock) as server:
        clock.finish()
        clock.advance(3600)
        async with reading(server.url) as reader:
            history = await reader.event_history(*WINDOW, lambda _: None)
        assert [call.operation for call in server.calls] == ["LookupEvents"]
    assert history.complete_until == WINDOW[1]
    assert history.all_events_read
    return history.events


async def test_the_eight_creations_of_the_incident() -> None:
    events = await incident_events()
    creations = sorted(
        (event for event in events if event.event_name == "CreateNetworkInterface"), key=lambda event: event.event_time
    )
    assert [f"{event.event_time:%H:%M:%S}" for event in creations] == [
        "08:18:57",
        "08:18:58",
        "08:19:11",
        "08:19:22",
        "08:19:34",
        "08:19:49",
        "08:20:06",
        "08:20:27",
    ]
    first, last = creations[0], creations[-1]
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
def test_a_record_that_is_not_an_event_is_named(body: str) -> None:
    assert cloudtrail.decode_events([record(body)]) == ([], ["1"])


def test_members_of_another_type_are_skipped() -> None:
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
    (event,), _ = cloudtrail.decode_events([record(body)])
    assert event.vpc_endpoint_ids == ("vpce-0e3b1bfc42d162c4a",)
    assert (event.subnet_id, event.addresses, event.prefixes, event.principal) == ("", (), (), "")


def test_addresses_and_prefixes_that_are_assigned_and_unassigned() -> None:
    assigned = {
        "eventTime": "2024-12-19T08:18:57",
        "eventName": "AssignPrivateIpAddresses",
        "requestParameters": {"networkInterfaceId": "eni-1", "ipv4PrefixCount": 1, "ipv4PrefixSet": {}},
        "responseElements": {
            "assignedPrivateIpAddressesSet": {"assignedPrivateIpAddressSetType": [{"privateIpAddress": "10.0.0.5"}]},
            "assignedIpv4PrefixSet": {"items": [{"ipv4Prefix": "10.0.0.16/28"}]},
        },
    }
    unassigned = {
        "eventTime": "2024-12-19T08:19:57Z",
        "eventName": "UnassignPrivateIpAddresses",
        "requestParameters": {
            "networkInterfaceId": "eni-1",
            "privateIpAddressesSet": {"item": [{"privateIpAddress": "10.0.0.5"}]},
            "ipv4PrefixSet": {"items": [{"ipv4Prefix": "10.0.0.16/28"}]},
        },
    }
    events, _ = cloudtrail.decode_events([record(assigned), record(unassigned)])
    assert events[0].event_time == datetime(2024, 12, 19, 8, 18, 57, tzinfo=UTC)
    for event in events:
        assert event.network_interface_id == "eni-1"
        assert event.addresses == (parse_address("10.0.0.5"),)
        assert event.prefixes == (parse_cidr("10.0.0.16/28"),)


async def test_a_recent_window_is_not_complete() -> None:
    now = datetime.now(UTC)
    async with Server("empty", clock=ManualClock(now)) as server, reading(server.url) as reader:
        history = await reader.event_history(now - timedelta(minutes=1), now + timedelta(minutes=15), lambda _: None)
    assert history.events == ()
    assert history.complete_until <= datetime.now(UTC) - timedelta(seconds=30)


class CannedClient:
    """A CloudTrail client with pages of event ids per lookup, newest first, and with its own time."""

    def __init__(self, pages: dict[str, list[list[int]]], at: datetime) -> None:
        self.pages = pages
        self.calls: list[tuple[str, str]] = []
        self.headers = {"date": format_datetime(at, usegmt=True)}

    async def call(self, action: str, **params: Any) -> dict[str, Any]:
        (attribute,) = params["LookupAttributes"]
        assert (action, params["MaxResults"]) == (LOOKUP_EVENTS, 50)
        value, token = attribute["AttributeValue"], params.get("NextToken", "")
        self.calls.append((value, token))
        pages, index = self.pages.get(value, [[]]), int(token or 0)
        body = {"eventName": value if attribute["AttributeKey"] == "EventName" else "PutEvaluations"}
        events = [
            record({**body, "eventID": str(n), "eventTime": (CREATED + timedelta(seconds=n)).isoformat()})
            for n in pages[index]
        ]
        more = {"NextToken": str(index + 1)} if index + 1 < len(pages) else {}
        return {"Events": events, "ResponseMetadata": {"HTTPHeaders": self.headers}, **more}


async def read_window(
    client: CannedClient, lookups: RateLimitedLookups | None = None, progress: Any = str
) -> EventHistory:
    return await read_event_history(client, lookups or lookups_with_clock()[0], *WINDOW, progress)  # type: ignore[arg-type]


async def test_pages_are_half_a_second_apart_for_all_lookups_of_one_reader() -> None:
    lookups, clock = lookups_with_clock()
    messages: list[str] = []
    client = CannedClient({"false": [[70, 60], [], [50]]}, CREATED + timedelta(days=1))
    history = await read_window(client, lookups, messages.append)
    assert [event.event_id for event in history.events] == ["70", "60", "50"]
    assert client.calls == [("false", ""), ("false", "1"), ("false", "2")]
    assert messages == ["CloudTrail: 2 events, back to 08:19:49", "CloudTrail: 3 events, back to 08:19:39"]
    await read_window(client, lookups)
    assert clock.now == 0.5 * 5


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 -2300"])
async def test_without_a_server_time_the_local_time_is_used(date: str) -> None:
    client = CannedClient({"false": [[70]]}, CREATED)
    client.headers = {"date": date}
    assert (await read_window(client)).complete_until == WINDOW[1], "the incident is in the past by the local time"


async def test_the_server_time_may_be_in_any_time_zone() -> None:
    """A read at 08:25 is complete until 08:10, before the window begins."""
    client = CannedClient({"false": [[70]]}, CREATED)
    client.headers = {"date": "Thu, 19 Dec 2024 09:25:00 +0100"}
    assert (await read_window(client)).complete_until == WINDOW[0]


@pytest.mark.parametrize("odd", ["", "10.0.0", "fd00::1", None, 7])
async def test_malformed_addresses_and_prefixes_are_skipped(odd: object) -> None:
    request = {"privateIpAddressesSet": {"item": [{"privateIpAddress": odd}, {"privateIpAddress": "10.0.0.9"}]},
             "ipv4PrefixSet": {"item": [{"ipv4Prefix": odd}, {"ipv4Prefix": "10.0.0.16/28"}]}}  # fmt: skip
    body = {"eventID": "1", "eventName": "AssignPrivateIpAddresses", "eventTime": CREATED.isoformat(),
            "requestParameters": request}  # fmt: skip
    (event,), _ = cloudtrail.decode_events([record(body)])
    assert event.addresses == (parse_address("10.0.0.9"),)
    assert event.prefixes == (parse_cidr("10.0.0.16/28"),)


async def test_a_busy_window_is_read_by_event_name() -> None:
    pages = [[number] for number in range(900, 100, -1)]
    client = CannedClient({"false": pages, "CreateNetworkInterface": [[900, 40], [33]]}, CREATED + timedelta(days=1))
    history = await read_window(client)
    assert not history.all_events_read
    assert [value for value, _ in client.calls] == [
        *["false"] * 4,
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
        "DeleteVpcEndpoints",
        *["CreateNetworkInterface"] * 2,
        "CreateNetworkInterfacePermission",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    ]
    assert [event.event_id for event in history.events] == ["900", "899", "898", "897", "40", "33"]


@pytest.mark.parametrize(
    ("after", "reaches"),
    [(0, 0), (5, 0), (20, 5), (29, 14), (30, 15), (600, 15)],
)
async def test_the_history_is_complete_until_15_minutes_before_the_server_time(after: int, reaches: int) -> None:
    start = WINDOW[0]
    history = await read_window(CannedClient({}, CREATED + timedelta(minutes=after)))
    expected = CREATED + timedelta(minutes=reaches) if reaches else start
    assert history.complete_until == expected


async def test_a_failed_permission_call_in_a_busy_window_is_read() -> None:
    pages = [[number] for number in range(900, 100, -1)]
    client = CannedClient({"false": pages, "CreateNetworkInterfacePermission": [[36]]}, CREATED + timedelta(days=1))
    history = await read_window(client)
    assert "CreateNetworkInterfacePermission" in {event.event_name for event in history.events}


async def test_what_was_read_before_a_page_failed_is_kept_with_the_problem() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, LOOKUP_EVENTS, "Denied.")

    class FailingClient(CannedClient):
        async def call(self, action: str, **params: Any) -> dict[str, Any]:
            if len(self.calls) == 2:
                raise ReadError(denied)
            return await super().call(action, **params)

    history = await read_window(FailingClient({"false": [[70, 60], [50], [40]]}, CREATED + timedelta(days=1)))
    assert [event.event_id for event in history.events] == ["70", "60", "50"]
    assert history.problem is denied and not history.all_events_read


async def test_records_that_are_no_events_are_counted_once() -> None:
    class GarbledClient(CannedClient):
        async def call(self, action: str, **params: Any) -> dict[str, Any]:
            response = await super().call(action, **params)
            return {**response, "Events": [*response["Events"], {"EventId": "x", "CloudTrailEvent": "{"}]}

    history = await read_window(GarbledClient({"false": [[70], [60]]}, CREATED + timedelta(days=1)))
    assert len(history.events) == 2
    assert (history.undecoded, history.problem) == (1, None)


async def test_a_pagination_loop_is_a_bad_answer() -> None:
    class LoopingClient(CannedClient):
        async def call(self, action: str, **params: Any) -> dict[str, Any]:
            return {**await super().call(action, **params), "NextToken": "0"}

    with pytest.raises(ReadError) as error:
        await read_window(LoopingClient({}, CREATED))
    assert error.value.problem.kind is ProblemKind.BAD_ANSWER


async def test_a_throttled_call_is_retried_and_then_fails() -> None:
    throttled = Problem(ProblemKind.THROTTLED, "cloudtrail:LookupEvents", "AWS is limiting requests.")

    class ThrottlingClient(CannedClient):
        left = 3

        async def call(self, action: str, **params: Any) -> dict[str, Any]:
            if self.left:
                self.left -= 1
                raise ReadError(throttled)
            return await super().call(action, **params)

    lookups, clock = lookups_with_clock()
    client = ThrottlingClient({"false": [[1]]}, CREATED)
    assert len((await read_window(client, lookups)).events) == 1
    assert clock.slept == [1.0, 2.0, 4.0]
    client.left = 99
    with pytest.raises(ReadError) as error:
        await read_window(client, lookups)
    assert error.value.problem is throttled
    assert client.left == 99 - 5


async def test_a_denied_call_is_not_retried() -> None:
    async with Server("incident", clock=ManualClock(), faults=["deny:cloudtrail:*"]) as server:
        async with reading(server.url) as reader:
            with pytest.raises(ReadError) as error:
                await reader.event_history(*WINDOW, lambda _: None)
        assert len(server.calls) == 1
    assert error.value.problem.kind is ProblemKind.ACCESS_DENIED
    assert error.value.problem.operation == "cloudtrail:LookupEvents"


async def test_cloudtrails_throttling_error_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudtrail, "RETRY_DELAYS", ())
    faults = ["throttle:cloudtrail:*:1"]
    async with Server("incident", clock=ManualClock(), faults=faults) as server, reading(server.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.event_history(*WINDOW, lambda _: None)
    assert error.value.problem.kind is ProblemKind.THROTTLED
    assert error.value.problem.operation == "cloudtrail:LookupEvents"
