from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from latticetop.model.incident.past_map import past_map_at
from latticetop.model.incident.timeline import CloudTrailEvent
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.eni_owners import EniRole, owner_of, role_of
from latticetop.model.records.resources import NetworkInterface
from tests.model.builders import CREATED, ENDPOINT, A, B, eni, incident_readings, reading
from tests.model.incident.test_timeline import DESCRIPTION, SERVICE, event, incident_events, timeline


def test_the_map_when_the_incident_failed() -> None:
    built = timeline(*incident_events())
    past_map = past_map_at(incident_readings()[0], built, built.failures[0].times[0])
    assert past_map.blocks.letters == "RLfR"
    assert not past_map.has_free_block


def test_later_interfaces_are_not_shown_and_interfaces_deleted_since_are() -> None:
    built = timeline(
        *incident_events(), event("DeleteNetworkInterface", 99, network_interface_id="eni-0735a3b9f10ac264c")
    )
    before_all, at_failure = CREATED + timedelta(seconds=5), built.failures[0].times[0]
    b = incident_readings()[1]
    assert past_map_at(b, built, before_all).blocks.letters == "R..R"
    assert past_map_at(b, built, at_failure).blocks.letters == "RLLR"
    assert past_map_at(b, built, CREATED + timedelta(seconds=100)).blocks.letters == "R.LR"


def test_blocks_of_interfaces_that_may_not_have_existed_are_uncertain() -> None:
    old = msgspec.structs.replace(eni("eni-1", A, "10.0.0.17"), attached_at=CREATED - timedelta(days=1))
    new = msgspec.structs.replace(eni("eni-2", A, "10.0.0.33"), attached_at=CREATED + timedelta(days=1))
    unknown = eni("eni-3", A, "10.0.0.49")
    past_map = past_map_at(reading(A, "10.0.0.0/24", old, new, unknown), timeline(), CREATED)
    assert past_map.uncertain == {2, 3}


def test_a_map_with_a_free_block() -> None:
    assert past_map_at(reading(A, "10.0.0.0/26"), timeline(), CREATED).has_free_block


def test_an_interface_created_in_the_same_second_is_uncertain() -> None:
    created = event("CreateNetworkInterface", 3, description=DESCRIPTION, subnet_id=A, network_interface_id="eni-1")
    here = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.17"))
    assert past_map_at(here, timeline(created), CREATED + timedelta(seconds=3)).uncertain == {1}
    assert past_map_at(here, timeline(created), CREATED + timedelta(seconds=4)).uncertain == set()


def change(seconds: float, name: str = "AssignPrivateIpAddresses", **fields: object) -> CloudTrailEvent:
    return event(name, seconds, network_interface_id="eni-1", **fields)


CREATED_EVENT = event(
    "CreateNetworkInterface",
    1,
    description=DESCRIPTION,
    subnet_id=A,
    network_interface_id="eni-1",
    addresses=(parse_address("10.0.0.17"),),
)


def letters(seconds: float, *events: CloudTrailEvent, current: NetworkInterface | None) -> str:
    here = reading(A, "10.0.0.0/25", *([current] if current else []))
    return past_map_at(here, timeline(CREATED_EVENT, *events), CREATED + timedelta(seconds=seconds)).blocks.letters


def test_later_assignments_are_removed_and_later_unassignments_are_restored() -> None:
    changes = (
        change(5, prefixes=(parse_cidr("10.0.0.32/28"),)),
        change(7, "UnassignPrivateIpAddresses", prefixes=(parse_cidr("10.0.0.32/28"),)),
        change(9, addresses=(parse_address("10.0.0.49"),)),
    )
    current = eni("eni-1", A, "10.0.0.17", "10.0.0.49", description=DESCRIPTION)
    for interface in (current, None):
        assert letters(4, *changes, current=interface) == "Rf.....R"
        assert letters(6, *changes, current=interface) == "RfL....R"
        assert letters(8, *changes, current=interface) == "Rf.....R"
        assert letters(10, *changes, current=interface) == "Rf.f...R"


def test_an_interface_with_a_later_assignment_of_unknown_addresses_is_uncertain() -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", "10.0.0.49", description=DESCRIPTION))
    assert past_map_at(here, timeline(CREATED_EVENT, change(9)), CREATED + timedelta(seconds=5)).uncertain == {1, 3}
    assert past_map_at(here, timeline(CREATED_EVENT, change(3)), CREATED + timedelta(seconds=5)).uncertain == set()


def test_events_at_that_very_time_have_happened() -> None:
    """CloudTrail's times are whole seconds: events of the same second are in CloudTrail's order."""
    changes = (
        change(5, prefixes=(parse_cidr("10.0.0.32/28"),)),
        change(7, "UnassignPrivateIpAddresses", prefixes=(parse_cidr("10.0.0.32/28"),)),
        change(9, "DeleteNetworkInterface"),
    )
    assert letters(1, *changes, current=None) == "Rf.....R", "created then"
    assert letters(5, *changes, current=None) == "RfL....R", "assigned then"
    assert letters(7, *changes, current=None) == "Rf.....R", "unassigned then"
    assert letters(9, *changes, current=None) == "R......R", "deleted then"
    current = eni("eni-1", A, "10.0.0.17", description=DESCRIPTION)
    assert letters(5, *changes[:2], current=current) == "RfL....R"
    assert letters(7, *changes[:2], current=current) == "Rf.....R"


@pytest.mark.parametrize(
    "assignment", [{"addresses": (parse_address("10.0.0.49"),)}, {"prefixes": (parse_cidr("10.0.0.64/28"),)}]
)
def test_a_later_assignment_of_known_addresses_is_not_uncertain(assignment: dict[str, Any]) -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", "10.0.0.49", "10.0.0.64/28", description=DESCRIPTION))
    past_map = past_map_at(here, timeline(CREATED_EVENT, change(9, **assignment)), CREATED + timedelta(seconds=5))
    assert past_map.uncertain == set()


def test_an_assignment_of_unknown_addresses_at_that_very_time_is_not_uncertain() -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", description=DESCRIPTION))
    assert past_map_at(here, timeline(CREATED_EVENT, change(5)), CREATED + timedelta(seconds=5)).uncertain == set()


def test_an_interface_attached_at_that_very_time_existed() -> None:
    attached = msgspec.structs.replace(eni("eni-1", A, "10.0.0.17"), attached_at=CREATED)
    assert past_map_at(reading(A, "10.0.0.0/24", attached), timeline(), CREATED).uncertain == set()


@pytest.mark.parametrize(("description", "role"), [(DESCRIPTION, EniRole.RESOURCE), (SERVICE, EniRole.SERVICE)])
def test_a_deleted_interface_is_restored_with_its_role_and_owner(description: str, role: EniRole) -> None:
    created = event(
        "CreateNetworkInterface",
        1,
        description=description,
        subnet_id=A,
        network_interface_id="eni-1",
        prefixes=(parse_cidr("10.0.0.16/28"),),
    )
    past_map = past_map_at(reading(A, "10.0.0.0/25"), timeline(created), CREATED + timedelta(seconds=2))
    (prefix_use,) = past_map.blocks.block(1).prefixes
    assert (prefix_use.interface.network_interface_id, prefix_use.interface.subnet_id) == ("eni-1", A)
    assert (role_of(prefix_use.interface), str(owner_of(prefix_use.interface))) == (role, ENDPOINT)
    assert past_map.at == CREATED + timedelta(seconds=2)


def test_current_reservations_are_assumed() -> None:
    reserved = reading(A, "10.0.0.0/26", reservations=(("10.0.0.16/28", "explicit"), ("10.0.0.32/28", "prefix")))
    assert past_map_at(reserved, timeline(), CREATED).blocks.letters == "RXPR"


def test_a_failed_creation_with_an_interface_id_created_nothing() -> None:
    failed = event(
        "CreateNetworkInterface",
        1,
        description=SERVICE,
        subnet_id=A,
        network_interface_id="eni-1",
        error_code="Client.X",
        prefixes=(parse_cidr("10.0.0.16/28"),),
    )
    assert (
        past_map_at(reading(A, "10.0.0.0/26"), timeline(failed), CREATED + timedelta(seconds=5)).blocks.letters
        == "R..R"
    )


def test_a_subnet_without_blocks_has_an_empty_map() -> None:
    assert past_map_at(reading(A, None), timeline(), CREATED).blocks.letters == ""


def test_a_failed_creation_created_nothing() -> None:
    failed = event("CreateNetworkInterface", 1, description=SERVICE, subnet_id=B, error_code="Client.X")
    assert (
        past_map_at(reading(B, "10.0.0.0/26"), timeline(failed), CREATED + timedelta(seconds=5)).blocks.letters
        == "R..R"
    )
