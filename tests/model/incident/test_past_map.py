from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from latticetop.model.incident.past_map import map_at
from latticetop.model.incident.timeline import TrailEvent
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.eni_owners import Role, owner_of, role_of
from latticetop.model.records.resources import NetworkInterface
from tests.model.builders import CREATED, ENDPOINT, A, B, eni, incident_readings, reading
from tests.model.incident.test_timeline import DESCRIPTION, SERVICE, event, recorded, timeline


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
    old = msgspec.structs.replace(eni("eni-1", A, "10.0.0.17"), attached_at=CREATED - timedelta(days=1))
    new = msgspec.structs.replace(eni("eni-2", A, "10.0.0.33"), attached_at=CREATED + timedelta(days=1))
    unknown = eni("eni-3", A, "10.0.0.49")
    moment = map_at(reading(A, "10.0.0.0/24", old, new, unknown), timeline(), CREATED)
    assert moment.doubtful == {2, 3}


def test_a_free_block_where_aws_had_none_is_a_contradiction() -> None:
    assert map_at(reading(A, "10.0.0.0/26"), timeline(), CREATED).contradicted


def test_what_was_made_in_the_same_second_is_doubtful() -> None:
    made = event("CreateNetworkInterface", 3, description=DESCRIPTION, subnet_id=A, network_interface_id="eni-1")
    here = reading(A, "10.0.0.0/24", eni("eni-1", A, "10.0.0.17"))
    assert map_at(here, timeline(made), CREATED + timedelta(seconds=3)).doubtful == {1}
    assert map_at(here, timeline(made), CREATED + timedelta(seconds=4)).doubtful == set()


def given(seconds: float, name: str = "AssignPrivateIpAddresses", **more: object) -> TrailEvent:
    return event(name, seconds, network_interface_id="eni-1", **more)


MADE = event(
    "CreateNetworkInterface",
    1,
    description=DESCRIPTION,
    subnet_id=A,
    network_interface_id="eni-1",
    addresses=(parse_address("10.0.0.17"),),
)


def letters(seconds: float, *events: TrailEvent, today: NetworkInterface | None) -> str:
    here = reading(A, "10.0.0.0/25", *([today] if today else []))
    return map_at(here, timeline(MADE, *events), CREATED + timedelta(seconds=seconds)).blocks.letters


def test_what_an_interface_was_given_later_is_not_in_it_and_what_it_gave_back_is() -> None:
    changes = (
        given(5, prefixes=(parse_cidr("10.0.0.32/28"),)),
        given(7, "UnassignPrivateIpAddresses", prefixes=(parse_cidr("10.0.0.32/28"),)),
        given(9, addresses=(parse_address("10.0.0.49"),)),
    )
    today = eni("eni-1", A, "10.0.0.17", "10.0.0.49", description=DESCRIPTION)
    for held in (today, None):
        assert letters(4, *changes, today=held) == "Rf.....R"
        assert letters(6, *changes, today=held) == "RfL....R"
        assert letters(8, *changes, today=held) == "Rf.....R"
        assert letters(10, *changes, today=held) == "Rf.f...R"


def test_an_interface_that_was_given_something_later_nobody_knows_what_is_doubtful() -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", "10.0.0.49", description=DESCRIPTION))
    assert map_at(here, timeline(MADE, given(9)), CREATED + timedelta(seconds=5)).doubtful == {1, 3}
    assert map_at(here, timeline(MADE, given(3)), CREATED + timedelta(seconds=5)).doubtful == set()


def test_what_lies_at_the_very_moment_had_happened_by_then() -> None:
    """CloudTrail tells whole seconds: a refusal and what came in the same second stand in its order."""
    changes = (
        given(5, prefixes=(parse_cidr("10.0.0.32/28"),)),
        given(7, "UnassignPrivateIpAddresses", prefixes=(parse_cidr("10.0.0.32/28"),)),
        given(9, "DeleteNetworkInterface"),
    )
    assert letters(1, *changes, today=None) == "Rf.....R", "made then"
    assert letters(5, *changes, today=None) == "RfL....R", "given then"
    assert letters(7, *changes, today=None) == "Rf.....R", "given back then"
    assert letters(9, *changes, today=None) == "R......R", "removed then"
    today = eni("eni-1", A, "10.0.0.17", description=DESCRIPTION)
    assert letters(5, *changes[:2], today=today) == "RfL....R"
    assert letters(7, *changes[:2], today=today) == "Rf.....R"


@pytest.mark.parametrize(
    "given_then", [{"addresses": (parse_address("10.0.0.49"),)}, {"prefixes": (parse_cidr("10.0.0.64/28"),)}]
)
def test_what_was_given_later_and_is_known_leaves_no_doubt(given_then: dict[str, Any]) -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", "10.0.0.49", "10.0.0.64/28", description=DESCRIPTION))
    found = map_at(here, timeline(MADE, given(9, **given_then)), CREATED + timedelta(seconds=5))
    assert found.doubtful == set()


def test_what_was_given_at_the_moment_nobody_knows_what_is_no_doubt() -> None:
    here = reading(A, "10.0.0.0/25", eni("eni-1", A, "10.0.0.17", description=DESCRIPTION))
    assert map_at(here, timeline(MADE, given(5)), CREATED + timedelta(seconds=5)).doubtful == set()


def test_an_interface_attached_at_the_moment_was_there() -> None:
    attached = msgspec.structs.replace(eni("eni-1", A, "10.0.0.17"), attached_at=CREATED)
    assert map_at(reading(A, "10.0.0.0/24", attached), timeline(), CREATED).doubtful == set()


@pytest.mark.parametrize(("description", "role"), [(DESCRIPTION, Role.RESOURCE), (SERVICE, Role.SERVICE)])
def test_an_interface_that_is_gone_is_again_what_it_was(description: str, role: Role) -> None:
    made = event(
        "CreateNetworkInterface",
        1,
        description=description,
        subnet_id=A,
        network_interface_id="eni-1",
        prefixes=(parse_cidr("10.0.0.16/28"),),
    )
    moment = map_at(reading(A, "10.0.0.0/25"), timeline(made), CREATED + timedelta(seconds=2))
    (held,) = moment.blocks.block(1).prefixes
    assert (held.interface.network_interface_id, held.interface.subnet_id) == ("eni-1", A)
    assert (role_of(held.interface), str(owner_of(held.interface))) == (role, ENDPOINT)
    assert moment.at == CREATED + timedelta(seconds=2)


def test_todays_reservations_are_taken_to_have_been_there() -> None:
    held = reading(A, "10.0.0.0/26", reservations=(("10.0.0.16/28", "explicit"), ("10.0.0.32/28", "prefix")))
    assert map_at(held, timeline(), CREATED).blocks.letters == "RXPR"


def test_of_a_refusal_that_names_an_interface_nothing_was_made() -> None:
    refused = event(
        "CreateNetworkInterface",
        1,
        description=SERVICE,
        subnet_id=A,
        network_interface_id="eni-1",
        error_code="Client.X",
        prefixes=(parse_cidr("10.0.0.16/28"),),
    )
    assert map_at(reading(A, "10.0.0.0/26"), timeline(refused), CREATED + timedelta(seconds=5)).blocks.letters == "R..R"


def test_a_subnet_without_blocks_has_an_empty_map() -> None:
    assert map_at(reading(A, None), timeline(), CREATED).blocks.letters == ""


def test_a_refusal_makes_nothing() -> None:
    refused = event("CreateNetworkInterface", 1, description=SERVICE, subnet_id=B, error_code="Client.X")
    assert map_at(reading(B, "10.0.0.0/26"), timeline(refused), CREATED + timedelta(seconds=5)).blocks.letters == "R..R"
