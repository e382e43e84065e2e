"""LookupEvents with boto3 as the client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, error_of
from tests.simulator.conftest import recorded

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock

CREATIONS = {"AttributeKey": "EventName", "AttributeValue": "CreateNetworkInterface"}


@pytest.fixture
def finished(incident: Clients, clock: ManualClock) -> Clients:
    """The incident, some minutes after its end."""
    clock.finish()
    clock.advance(600)
    return incident


def lookup(clients: Clients, clock: ManualClock, **params: Any) -> dict[str, Any]:
    clock.advance(1)
    response: dict[str, Any] = clients.client("cloudtrail").lookup_events(**params)
    return response


def test_events_are_returned_newest_first(finished: Clients, clock: ManualClock) -> None:
    events = lookup(finished, clock, LookupAttributes=[CREATIONS])["Events"]
    records = [json.loads(event["CloudTrailEvent"]) for event in reversed(events)]
    expected = recorded("cloudtrail-create-network-interface")
    assert [r["eventTime"] for r in records] == [e["eventTime"] for e in expected]
    assert records[0] == expected[0]
    last = events[0]
    assert last["EventId"] == expected[-1]["eventID"]
    assert last["EventTime"] == datetime(2024, 12, 19, 8, 20, 27, tzinfo=UTC)
    assert (last["EventSource"], last["Username"]) == ("ec2.amazonaws.com", "LatticeAssumeRoleSession")
    assert last["ReadOnly"] == "false"


def test_pagination(finished: Clients, clock: ManualClock) -> None:
    everything = lookup(finished, clock)["Events"]
    names = [event["EventName"] for event in everything]
    assert names[0] == "DeleteNetworkInterface"
    assert {"StartQuery", "PutEvaluations", "CreateVpcEndpoint"} < set(names)
    token: dict[str, str] = {}
    events, page_count = [], 0
    while True:
        response = lookup(finished, clock, MaxResults=5, **token)
        events += response["Events"]
        page_count += 1
        if "NextToken" not in response:
            break
        token = {"NextToken": response["NextToken"]}
    assert page_count >= 4
    assert [event["EventId"] for event in events] == [event["EventId"] for event in everything]


def test_a_token_is_valid_only_with_the_same_parameters(finished: Clients, clock: ManualClock) -> None:
    token = lookup(finished, clock, MaxResults=5)["NextToken"]
    clock.advance(1)
    params = {"LookupAttributes": [CREATIONS], "NextToken": token}
    assert error_of(finished.client("cloudtrail").lookup_events, **params)[0] == "InvalidNextTokenException"


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("EventName", "CreateVpcEndpoint", 1),
        ("EventId", "32c984c0-47c9-4b66-bd38-fecb28288079", 1),
        ("Username", "LatticeAssumeRoleSession", 12),
        ("ResourceName", "eni-0735a3b9f10ac264c", 3),
        ("ResourceType", "AWS::EC2::VPCEndpoint", 1),
        ("EventSource", "config.amazonaws.com", 3),
        ("EventName", "createvpcendpoint", 0),
    ],
)
def test_lookup_attributes(finished: Clients, clock: ManualClock, key: str, value: str, count: int) -> None:
    attribute = {"AttributeKey": key, "AttributeValue": value}
    assert len(lookup(finished, clock, LookupAttributes=[attribute])["Events"]) == count


def test_time_range(finished: Clients, clock: ManualClock) -> None:
    start = datetime(2024, 12, 19, 8, 19, 20, tzinfo=UTC)
    time_range = {"StartTime": start, "EndTime": start + timedelta(seconds=30)}
    events = lookup(finished, clock, LookupAttributes=[CREATIONS], **time_range)["Events"]
    assert [event["EventTime"].second for event in events] == [49, 34, 22]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"LookupAttributes": [CREATIONS, CREATIONS]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [CREATIONS | {"AttributeKey": "Colour"}]}, "InvalidLookupAttributesException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        (
            {"StartTime": datetime(2025, 1, 1, tzinfo=UTC), "EndTime": datetime(2024, 1, 1, tzinfo=UTC)},
            "InvalidTimeRangeException",
        ),
        ({"NextToken": "nonsense"}, "InvalidNextTokenException"),
    ],
)
def test_errors(finished: Clients, clock: ManualClock, params: dict[str, Any], code: str) -> None:
    clock.advance(1)
    assert error_of(finished.client("cloudtrail").lookup_events, **params)[0] == code


def test_two_requests_per_second(finished: Clients, clock: ManualClock) -> None:
    call = finished.client("cloudtrail").lookup_events
    clock.advance(5)
    call()
    call()
    assert error_of(call) == ("ThrottlingException", "Rate exceeded")
    finished.client("cloudtrail", "eu-west-1").lookup_events()
    clock.advance(0.5)
    call()
    assert error_of(call)[0] == "ThrottlingException"


def test_events_are_delivered_late(incident: Clients, clock: ManualClock) -> None:
    delay = incident.server.account.region().event_history.delivery_delay
    assert delay > 0
    clock.advance(20)
    assert lookup(incident, clock)["Events"] == []
    clock.advance(delay)
    assert "CreateVpcEndpoint" in {event["EventName"] for event in lookup(incident, clock)["Events"]}


def test_calls_of_a_client_are_recorded(empty: Clients, clock: ManualClock) -> None:
    subnet_id = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    empty.ec2.create_network_interface(SubnetId=subnet_id, Description="mine")
    error_of(empty.ec2.create_network_interface, SubnetId=subnet_id, PrivateIpAddress="10.0.0.1")
    failed, created = [json.loads(e["CloudTrailEvent"]) for e in lookup(empty, clock)["Events"]]
    assert created["requestParameters"]["description"] == "mine"
    assert created["responseElements"]["networkInterface"]["privateIpAddress"] == "10.0.0.4"
    assert failed["errorCode"] == "Client.InvalidParameterValue"
    assert failed["responseElements"] is None
