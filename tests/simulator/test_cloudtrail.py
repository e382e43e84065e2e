"""LookupEvents as boto3 reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, refusal
from tests.simulator.conftest import recorded

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock

CREATED = {"AttributeKey": "EventName", "AttributeValue": "CreateNetworkInterface"}


@pytest.fixture
def past(incident: Clients, clock: ManualClock) -> Clients:
    """The incident, some minutes after its end."""
    clock.finish()
    clock.advance(600)
    return incident


def look(clients: Clients, clock: ManualClock, **params: Any) -> dict[str, Any]:
    clock.advance(1)
    answer: dict[str, Any] = clients.client("cloudtrail").lookup_events(**params)
    return answer


def test_events_come_newest_first_with_their_records(past: Clients, clock: ManualClock) -> None:
    found = look(past, clock, LookupAttributes=[CREATED])["Events"]
    records = [json.loads(event["CloudTrailEvent"]) for event in reversed(found)]
    expected = recorded("cloudtrail-create-network-interface")
    assert [r["eventTime"] for r in records] == [e["eventTime"] for e in expected]
    assert records[0] == expected[0]
    last = found[0]
    assert last["EventId"] == expected[-1]["eventID"]
    assert last["EventTime"] == datetime(2024, 12, 19, 8, 20, 27, tzinfo=UTC)
    assert (last["EventSource"], last["Username"]) == ("ec2.amazonaws.com", "LatticeAssumeRoleSession")
    assert last["ReadOnly"] == "false"


def test_paging_over_more_than_three_pages(past: Clients, clock: ManualClock) -> None:
    everything = look(past, clock)["Events"]
    names = [event["EventName"] for event in everything]
    assert names[0] == "DeleteNetworkInterface"
    assert {"StartQuery", "PutEvaluations", "CreateVpcEndpoint"} < set(names)
    token: dict[str, str] = {}
    found, pages = [], 0
    while True:
        answer = look(past, clock, MaxResults=5, **token)
        found += answer["Events"]
        pages += 1
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert pages >= 4
    assert [event["EventId"] for event in found] == [event["EventId"] for event in everything]


def test_a_token_goes_with_its_parameters(past: Clients, clock: ManualClock) -> None:
    token = look(past, clock, MaxResults=5)["NextToken"]
    clock.advance(1)
    asked = {"LookupAttributes": [CREATED], "NextToken": token}
    assert refusal(past.client("cloudtrail").lookup_events, **asked)[0] == "InvalidNextTokenException"


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
def test_one_attribute(past: Clients, clock: ManualClock, key: str, value: str, count: int) -> None:
    attribute = {"AttributeKey": key, "AttributeValue": value}
    assert len(look(past, clock, LookupAttributes=[attribute])["Events"]) == count


def test_a_window_of_time(past: Clients, clock: ManualClock) -> None:
    start = datetime(2024, 12, 19, 8, 19, 20, tzinfo=UTC)
    window = {"StartTime": start, "EndTime": start + timedelta(seconds=30)}
    found = look(past, clock, LookupAttributes=[CREATED], **window)["Events"]
    assert [event["EventTime"].second for event in found] == [49, 34, 22]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"LookupAttributes": [CREATED, CREATED]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [CREATED | {"AttributeKey": "Colour"}]}, "InvalidLookupAttributesException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        (
            {"StartTime": datetime(2025, 1, 1, tzinfo=UTC), "EndTime": datetime(2024, 1, 1, tzinfo=UTC)},
            "InvalidTimeRangeException",
        ),
        ({"NextToken": "nonsense"}, "InvalidNextTokenException"),
    ],
)
def test_errors(past: Clients, clock: ManualClock, params: dict[str, Any], code: str) -> None:
    clock.advance(1)
    assert refusal(past.client("cloudtrail").lookup_events, **params)[0] == code


def test_two_requests_a_second_and_no_more(past: Clients, clock: ManualClock) -> None:
    call = past.client("cloudtrail").lookup_events
    clock.advance(5)
    call()
    call()
    assert refusal(call) == ("ThrottlingException", "Rate exceeded")
    past.client("cloudtrail", "eu-west-1").lookup_events()
    clock.advance(0.5)
    call()
    assert refusal(call)[0] == "ThrottlingException"


def test_events_arrive_late(incident: Clients, clock: ManualClock) -> None:
    delay = incident.server.account.region().trail.delay
    assert delay > 0
    clock.advance(20)
    assert look(incident, clock)["Events"] == []
    clock.advance(delay)
    assert "CreateVpcEndpoint" in {event["EventName"] for event in look(incident, clock)["Events"]}


def test_what_a_person_does_is_recorded_too(empty: Clients, clock: ManualClock) -> None:
    subnet_id = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    empty.ec2.create_network_interface(SubnetId=subnet_id, Description="mine")
    refusal(empty.ec2.create_network_interface, SubnetId=subnet_id, PrivateIpAddress="10.0.0.1")
    refused, made = [json.loads(e["CloudTrailEvent"]) for e in look(empty, clock)["Events"]]
    assert made["requestParameters"]["description"] == "mine"
    assert made["responseElements"]["networkInterface"]["privateIpAddress"] == "10.0.0.4"
    assert refused["errorCode"] == "Client.InvalidParameterValue"
    assert refused["responseElements"] is None
