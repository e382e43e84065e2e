from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from latticetop.model.incident.timeline import (
    CREATE_EVENT,
    PERMISSION_EVENT,
    CloudTrailEvent,
    EventHistory,
    Timeline,
    build_timeline,
    creation_window,
)
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.eni_owners import EniRole
from tests.model.builders import CREATED, ENDPOINT, A, B, endpoint

INCIDENT = Path(__file__).parents[2] / "simulator" / "incident" / "cloudtrail-create-network-interface.json"
DESCRIPTION, SERVICE = f"VPC Endpoint Interface {ENDPOINT}", f"VPC Endpoint Interface: {ENDPOINT}"
START, END = CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15)


def incident_events() -> list[CloudTrailEvent]:
    """The eight events of the incident, decoded without the code under test."""
    events = []
    for body in json.loads(INCIDENT.read_text(encoding="utf-8")):
        parameters = body["requestParameters"]
        interface = (body["responseElements"] or {}).get("networkInterface", {})
        events.append(
            CloudTrailEvent(
                body["eventID"],
                datetime.fromisoformat(body["eventTime"]),
                body["eventName"],
                error_code=body.get("errorCode", ""),
                error_message=body.get("errorMessage", ""),
                subnet_id=parameters["subnetId"],
                description=parameters["description"],
                client_token=parameters["clientToken"],
                network_interface_id=interface.get("networkInterfaceId", ""),
                addresses=(parse_address(interface["privateIpAddress"]),) if interface else (),
                prefixes=tuple(parse_cidr(p["ipv4Prefix"]) for p in interface.get("ipv4PrefixSet", {}).get("item", ())),
            )
        )
    return events


def timeline(*events: CloudTrailEvent) -> Timeline:
    return build_timeline(endpoint("Failed", A, B), EventHistory(events, START, END, END))


def event(name: str, seconds: float, **fields: object) -> CloudTrailEvent:
    return CloudTrailEvent(f"e{seconds}", CREATED + timedelta(seconds=seconds), name, **fields)  # type: ignore[arg-type]


def test_the_eight_events_of_the_incident_are_four_entries() -> None:
    built = timeline(*reversed(incident_events()))
    assert [
        (entry.role, entry.subnet_id, built.offset(entry.times[0]), len(entry.times)) for entry in built.entries
    ] == [
        (EniRole.RESOURCE, A, 8, 1),
        (EniRole.RESOURCE, B, 9, 1),
        (EniRole.SERVICE, B, 22, 1),
        (EniRole.SERVICE, A, 33, 5),
    ]
    (failure,) = built.failures
    assert failure.retry_intervals == (12, 15, 17, 21)
    assert (failure.times[-1] - failure.times[0]).total_seconds() == 65
    assert built.unrelated_events == 0


@pytest.mark.parametrize(
    "own_event",
    [
        event("CreateVpcEndpoint", 0, vpc_endpoint_ids=(ENDPOINT,)),
        event("CreateNetworkInterface", 1, description=f"VPC Endpoint Interface: {ENDPOINT}"),
        event("CreateNetworkInterface", 1, client_token=f"{ENDPOINT}-{A}-c4b30c7dc2a05705", error_code="Client.X"),
    ],
)
def test_events_are_selected_by_id_description_and_token(own_event: CloudTrailEvent) -> None:
    assert len(timeline(own_event).entries) == 1


def test_events_of_its_interfaces_are_selected() -> None:
    created = event(
        "CreateNetworkInterface", 1, description=f"VPC Endpoint Interface {ENDPOINT}", network_interface_id="eni-1"
    )
    deleted = event("DeleteNetworkInterface", 9, network_interface_id="eni-1")
    built = timeline(deleted, created)
    assert [entry.event_name for entry in built.entries] == ["CreateNetworkInterface", "DeleteNetworkInterface"]
    assert built.entries[1].role is EniRole.RESOURCE


def test_successful_permission_calls_are_only_counted_and_failed_ones_are_entries() -> None:
    created = event(
        "CreateNetworkInterface", 1, description=f"VPC Endpoint Interface {ENDPOINT}", network_interface_id="eni-1"
    )
    granted = event(PERMISSION_EVENT, 2, network_interface_id="eni-1")
    refused = event(PERMISSION_EVENT, 3, network_interface_id="eni-1", error_code="Client.UnauthorizedOperation")
    built = timeline(created, granted, refused)
    assert [entry.error_code for entry in built.entries] == ["", "Client.UnauthorizedOperation"]
    assert (built.granted_permissions, built.unrelated_events) == (1, 0)


def test_unrelated_events_are_only_counted() -> None:
    others = (
        event("CreateNetworkInterface", 2, description="VPC Endpoint Interface vpce-0fffffffffffffff0"),
        event("CreateNetworkInterface", 3, description="aws-K8S-i-1", network_interface_id="eni-9"),
        event("DeleteNetworkInterface", 4, network_interface_id="eni-9"),
        event("StartQuery", 5),
        event("PutEvaluations", 6),
    )
    built = timeline(*others)
    assert (built.entries, built.unrelated_events) == ((), 5)


def test_a_permission_event_is_no_entry_of_its_own() -> None:
    created = event(
        "CreateNetworkInterface", 1, description=f"VPC Endpoint Interface {ENDPOINT}", network_interface_id="eni-1"
    )
    permission = event("CreateNetworkInterfacePermission", 1, network_interface_id="eni-1")
    assert [entry.event_name for entry in timeline(permission, created).entries] == ["CreateNetworkInterface"]


def test_different_errors_are_different_attempts() -> None:
    described = {"description": f"VPC Endpoint Interface: {ENDPOINT}", "subnet_id": A}
    first = event("CreateNetworkInterface", 1, error_code="Client.InsufficientCidrBlocks", **described)
    other = event("CreateNetworkInterface", 2, error_code="Client.UnauthorizedOperation", **described)
    built = timeline(first, other)
    assert [entry.error_code for entry in built.entries] == [first.error_code, other.error_code]
    assert [entry.lacks_capacity for entry in built.entries] == [True, False]


@pytest.mark.parametrize(
    ("code", "message", "lacks_capacity"),
    [
        ("Client.InvalidParameterValue", "There aren't sufficient free Ipv4 addresses or prefixes", True),
        ("Client.InvalidParameterValue", "The security group is of another VPC", False),
        ("InsufficientFreeAddressesInSubnet", "", True),
        ("Client.InsufficientCidrBlocks", "The specified subnet does not have enough free cidr blocks", True),
        ("Client.UnauthorizedOperation", "", False),
    ],
)
def test_which_failures_lack_capacity(code: str, message: str, lacks_capacity: bool) -> None:
    failed = event("CreateNetworkInterface", 1, description=SERVICE, error_code=code, error_message=message)
    assert bool(timeline(failed).failures) is lacks_capacity


def test_a_failure_after_a_success_is_another_attempt() -> None:
    def attempt(seconds: float, **fields: object) -> CloudTrailEvent:
        return event("CreateNetworkInterface", seconds, description=SERVICE, subnet_id=A, **fields)

    no = {"error_code": "Client.InsufficientCidrBlocks"}
    built = timeline(attempt(1, **no), attempt(2, **no), attempt(3, network_interface_id="eni-1"), attempt(4, **no))
    assert [(entry.failed, len(entry.times)) for entry in built.entries] == [(True, 2), (False, 1), (True, 1)]


@pytest.mark.parametrize(
    ("endpoint_type", "role"),
    [("Interface", None), ("GatewayLoadBalancer", None), ("Resource", EniRole.RESOURCE), ("Tunnel", EniRole.RESOURCE)],
)
def test_only_lattice_endpoints_have_roles(endpoint_type: str, role: EniRole | None) -> None:
    classic = msgspec.structs.replace(endpoint("available", A), vpc_endpoint_type=endpoint_type)
    created = event("CreateNetworkInterface", 1, description=DESCRIPTION, network_interface_id="eni-1")
    (entry,) = build_timeline(classic, EventHistory((created,), START, END, END)).entries
    assert entry.role is role


def test_a_timeline_is_complete_when_cloudtrail_has_delivered_the_window() -> None:
    def read_until(complete_until: datetime) -> Timeline:
        return build_timeline(endpoint("Failed", A), EventHistory((), START, END, complete_until))

    assert read_until(END).complete
    assert not read_until(END - timedelta(seconds=1)).complete


def test_the_window_is_around_the_creation() -> None:
    assert creation_window(endpoint("Failed", A)) == (START, END)
    timeless = msgspec.structs.replace(endpoint("Failed", A), creation_timestamp=None)
    assert creation_window(timeless) is None
    built = build_timeline(timeless, EventHistory((), START, END, END))
    assert (built.offset(END), built.complete) == (None, False)


def test_offsets_are_from_the_whole_second_of_the_creation() -> None:
    fraction = msgspec.structs.replace(endpoint("Failed", A), creation_timestamp=CREATED + timedelta(milliseconds=900))
    assert build_timeline(fraction, EventHistory((), START, END, END)).offset(CREATED + timedelta(seconds=8)) == 8


def test_within_a_second_what_causes_the_rest_comes_first_and_an_entry_has_the_subnet_of_its_eni() -> None:
    """The ids sort the other way round."""
    at = CREATED + timedelta(seconds=1)
    built = timeline(
        CloudTrailEvent("a", at, "DeleteNetworkInterface", network_interface_id="eni-1"),
        CloudTrailEvent("b", at, "UnassignPrivateIpAddresses", network_interface_id="eni-1"),
        CloudTrailEvent("z", at, CREATE_EVENT, subnet_id=A, description=DESCRIPTION, network_interface_id="eni-1"),
    )
    assert [(entry.event_name, entry.subnet_id, entry.role) for entry in built.entries] == [
        ("CreateNetworkInterface", A, EniRole.RESOURCE),
        ("DeleteNetworkInterface", A, EniRole.RESOURCE),
        ("UnassignPrivateIpAddresses", A, EniRole.RESOURCE),
    ]
