from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from latticetop.model.incident.timeline import Timeline, Trail, TrailEvent, build_timeline, window_of
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.eni_owners import Role
from tests.model.builders import CREATED, ENDPOINT, A, B, endpoint

INCIDENT = Path(__file__).parents[2] / "simulator" / "incident" / "cloudtrail-create-network-interface.json"
DESCRIPTION, SERVICE = f"VPC Endpoint Interface {ENDPOINT}", f"VPC Endpoint Interface: {ENDPOINT}"
START, END = CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15)


def recorded() -> list[TrailEvent]:
    """The eight events of the incident, read without the code under test."""
    events = []
    for body in json.loads(INCIDENT.read_text(encoding="utf-8")):
        asked = body["requestParameters"]
        made = (body["responseElements"] or {}).get("networkInterface", {})
        events.append(
            TrailEvent(
                body["eventID"],
                datetime.fromisoformat(body["eventTime"]),
                body["eventName"],
                error_code=body.get("errorCode", ""),
                error_message=body.get("errorMessage", ""),
                subnet_id=asked["subnetId"],
                description=asked["description"],
                client_token=asked["clientToken"],
                network_interface_id=made.get("networkInterfaceId", ""),
                addresses=(parse_address(made["privateIpAddress"]),) if made else (),
                prefixes=tuple(parse_cidr(p["ipv4Prefix"]) for p in made.get("ipv4PrefixSet", {}).get("item", ())),
            )
        )
    return events


def timeline(*events: TrailEvent) -> Timeline:
    return build_timeline(endpoint("Failed", A, B), Trail(events, START, END, END))


def event(name: str, seconds: float, **more: object) -> TrailEvent:
    return TrailEvent(f"e{seconds}", CREATED + timedelta(seconds=seconds), name, **more)  # type: ignore[arg-type]


def test_the_eight_events_of_the_incident_are_four_lines() -> None:
    found = timeline(*reversed(recorded()))
    assert [(line.role, line.subnet_id, found.offset(line.times[0]), len(line.times)) for line in found.lines] == [
        (Role.RESOURCE, A, 8, 1),
        (Role.RESOURCE, B, 9, 1),
        (Role.SERVICE, B, 22, 1),
        (Role.SERVICE, A, 33, 5),
    ]
    (failure,) = found.failures
    assert failure.gaps == (12, 15, 17, 21)
    assert (failure.times[-1] - failure.times[0]).total_seconds() == 65
    assert found.noise == 0


@pytest.mark.parametrize(
    "mine",
    [
        event("CreateVpcEndpoint", 0, vpc_endpoint_ids=(ENDPOINT,)),
        event("CreateNetworkInterface", 1, description=f"VPC Endpoint Interface: {ENDPOINT}"),
        event("CreateNetworkInterface", 1, client_token=f"{ENDPOINT}-{A}-c4b30c7dc2a05705", error_code="Client.X"),
    ],
)
def test_events_are_matched_by_id_description_and_token(mine: TrailEvent) -> None:
    assert len(timeline(mine).lines) == 1


def test_what_happens_to_its_interfaces_is_its_own_too() -> None:
    made = event(
        "CreateNetworkInterface", 1, description=f"VPC Endpoint Interface {ENDPOINT}", network_interface_id="eni-1"
    )
    gone = event("DeleteNetworkInterface", 9, network_interface_id="eni-1")
    found = timeline(gone, made)
    assert [line.event_name for line in found.lines] == ["CreateNetworkInterface", "DeleteNetworkInterface"]
    assert found.lines[1].role is Role.RESOURCE


def test_the_events_of_others_are_counted_and_left_out() -> None:
    others = (
        event("CreateNetworkInterface", 2, description="VPC Endpoint Interface vpce-0fffffffffffffff0"),
        event("CreateNetworkInterface", 3, description="aws-K8S-i-1", network_interface_id="eni-9"),
        event("DeleteNetworkInterface", 4, network_interface_id="eni-9"),
        event("StartQuery", 5),
        event("PutEvaluations", 6),
    )
    found = timeline(*others)
    assert (found.lines, found.noise) == ((), 5)


def test_a_permission_adds_no_line_to_the_creation_it_follows() -> None:
    made = event(
        "CreateNetworkInterface", 1, description=f"VPC Endpoint Interface {ENDPOINT}", network_interface_id="eni-1"
    )
    handed = event("CreateNetworkInterfacePermission", 1, network_interface_id="eni-1")
    assert [line.event_name for line in timeline(handed, made).lines] == ["CreateNetworkInterface"]


def test_different_errors_are_different_attempts() -> None:
    described = {"description": f"VPC Endpoint Interface: {ENDPOINT}", "subnet_id": A}
    first = event("CreateNetworkInterface", 1, error_code="Client.InsufficientCidrBlocks", **described)
    other = event("CreateNetworkInterface", 2, error_code="Client.UnauthorizedOperation", **described)
    found = timeline(first, other)
    assert [line.error_code for line in found.lines] == [first.error_code, other.error_code]
    assert [line.wants_block for line in found.lines] == [True, False]


@pytest.mark.parametrize(
    ("code", "message", "wants"),
    [
        ("Client.InvalidParameterValue", "There aren't sufficient free Ipv4 addresses or prefixes", True),
        ("Client.InvalidParameterValue", "The security group is of another VPC", False),
        ("InsufficientFreeAddressesInSubnet", "", True),
        ("Client.InsufficientCidrBlocks", "The specified subnet does not have enough free cidr blocks", True),
        ("Client.UnauthorizedOperation", "", False),
    ],
)
def test_which_refusals_are_for_want_of_room(code: str, message: str, wants: bool) -> None:
    refused = event("CreateNetworkInterface", 1, description=SERVICE, error_code=code, error_message=message)
    assert bool(timeline(refused).failures) is wants


def test_what_is_refused_after_a_success_is_another_attempt() -> None:
    def attempt(seconds: float, **more: object) -> TrailEvent:
        return event("CreateNetworkInterface", seconds, description=SERVICE, subnet_id=A, **more)

    no = {"error_code": "Client.InsufficientCidrBlocks"}
    found = timeline(attempt(1, **no), attempt(2, **no), attempt(3, network_interface_id="eni-1"), attempt(4, **no))
    assert [(line.failed, len(line.times)) for line in found.lines] == [(True, 2), (False, 1), (True, 1)]


def test_an_interface_endpoint_has_no_roles() -> None:
    classic = msgspec.structs.replace(endpoint("available", A), vpc_endpoint_type="Interface")
    made = event("CreateNetworkInterface", 1, description=DESCRIPTION, network_interface_id="eni-1")
    (line,) = build_timeline(classic, Trail((made,), START, END, END)).lines
    assert line.role is None


def test_a_timeline_is_complete_when_cloudtrail_has_delivered_the_window() -> None:
    def read_until(reaches: datetime) -> Timeline:
        return build_timeline(endpoint("Failed", A), Trail((), START, END, reaches))

    assert read_until(END).complete
    assert not read_until(END - timedelta(seconds=1)).complete


def test_the_window_is_around_the_creation() -> None:
    assert window_of(endpoint("Failed", A)) == (START, END)
