from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from latticetop.aws import cloudtrail
from latticetop.model.address import parse_address, parse_cidr
from latticetop.model.problem import ProblemKind, ReadError
from latticetop.model.timeline import TrailEvent
from latticetop.simulator import SCENARIOS, ManualClock, Server
from tests.aws.conftest import reading

CREATED = datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
WINDOW = (CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15))


async def played() -> tuple[Server, ManualClock]:
    clock = ManualClock(SCENARIOS["incident"].start)
    return Server("incident", clock=clock), clock


async def trail_of(monkeypatch: pytest.MonkeyPatch, page: int = 50) -> tuple[TrailEvent, ...]:
    monkeypatch.setattr(cloudtrail, "PAGE", page)
    monkeypatch.setattr(cloudtrail, "SPACING", 0.0)
    server, clock = await played()
    async with server:
        clock.finish()
        clock.advance(3600)
        async with reading(server.url) as reader:
            trail = await reader.trail(*WINDOW, lambda _: None)
        assert {call.operation for call in server.calls} == {"LookupEvents"}
    assert trail.reaches == WINDOW[1]
    return trail.events


async def test_the_eight_creations_of_the_incident_as_cloudtrail_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    events = await trail_of(monkeypatch)
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


async def test_a_recent_window_is_not_taken_to_be_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    async with Server("empty", clock=ManualClock(now)) as server, reading(server.url) as reader:
        trail = await reader.trail(now - timedelta(minutes=1), now + timedelta(minutes=15), lambda _: None)
    assert trail.events == ()
    assert trail.reaches <= datetime.now(UTC) - timedelta(seconds=30)


async def test_throttling_is_sat_out_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudtrail, "PATIENCE", (0.0, 0.0))
    server, _ = await played()
    async with server, reading(server.url) as reader:
        for _ in range(2):
            await reader.trail(*WINDOW, lambda _: None)
        with pytest.raises(ReadError) as refused:
            await reader.trail(*WINDOW, lambda _: None)
    assert refused.value.problem.kind is ProblemKind.THROTTLED
    assert refused.value.problem.operation == "cloudtrail:LookupEvents"
