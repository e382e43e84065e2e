from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from latticetop.model.address import parse_address, parse_cidr
from latticetop.model.moment import map_at
from latticetop.model.owners import Role
from latticetop.model.timeline import Timeline, Trail, TrailEvent, build_timeline, window_of
from tests.model.builders import CREATED, ENDPOINT, A, B, endpoint, eni, incident_readings, reading

INCIDENT = Path(__file__).parent.parent / "simulator" / "incident" / "cloudtrail-create-network-interface.json"
DESCRIPTION = f"VPC Endpoint Interface {ENDPOINT}"
START, END = CREATED - timedelta(minutes=1), CREATED + timedelta(minutes=15)


def recorded() -> list[TrailEvent]:
    """The eight events of the incident, read without the code under test."""
    from datetime import datetime

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
    first = event("CreateNetworkInterface", 1, error_code="Client.InvalidParameterValue", **described)
    other = event("CreateNetworkInterface", 2, error_code="Client.UnauthorizedOperation", **described)
    found = timeline(first, other)
    assert [line.error_code for line in found.lines] == [first.error_code, other.error_code]
    assert [line.wants_block for line in found.lines] == [True, False]


def test_the_window_is_around_the_creation() -> None:
    assert window_of(endpoint("Failed", A)) == (START, END)


def test_the_map_when_the_incident_failed() -> None:
    found = timeline(*recorded())
    moment = map_at(incident_readings()[0], found, found.failures[0].times[0])
    assert moment.blocks.letters == "RLfR"
    assert not moment.contradicted


def test_an_interface_made_later_is_not_in_it_and_one_removed_since_is() -> None:
    found = timeline(*recorded(), event("DeleteNetworkInterface", 99, network_interface_id="eni-0735a3b9f10ac264c"))
    before_any, at_failure = CREATED + timedelta(seconds=5), found.failures[0].times[0]
    b = incident_readings()[1]
    assert map_at(b, found, before_any).blocks.letters == "R..R"
    assert map_at(b, found, at_failure).blocks.letters == "RLLR"
    assert map_at(b, found, CREATED + timedelta(seconds=100)).blocks.letters == "R.LR"


def test_what_may_not_have_been_there_is_doubtful() -> None:
    import msgspec

    old = msgspec.structs.replace(eni("eni-1", A, "10.0.0.17"), attached_at=CREATED - timedelta(days=1))
    new = msgspec.structs.replace(eni("eni-2", A, "10.0.0.33"), attached_at=CREATED + timedelta(days=1))
    unknown = eni("eni-3", A, "10.0.0.49")
    moment = map_at(reading(A, "10.0.0.0/24", old, new, unknown), timeline(), CREATED)
    assert moment.doubtful == {2, 3}


def test_a_free_block_where_aws_had_none_is_a_contradiction() -> None:
    assert map_at(reading(A, "10.0.0.0/26"), timeline(), CREATED).contradicted
