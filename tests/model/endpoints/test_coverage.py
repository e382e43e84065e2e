"""In which of its subnets an endpoint has an ENI, and which have no free block."""

from __future__ import annotations

import pytest

from latticetop.model.endpoints.coverage import coverage_of, subnets_out_of_blocks, zone_names
from latticetop.model.records.eni_owners import EniRole
from tests.model.builders import A, B, endpoint, incident, incident_readings, reading, snapshot


@pytest.mark.parametrize(
    ("role", "interfaces", "uncovered"),
    [
        (EniRole.RESOURCE, ["eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"], ()),
        (EniRole.SERVICE, [], (A, B)),
    ],
)
def test_the_incident_has_enis_for_resources_only(
    role: EniRole, interfaces: list[str], uncovered: tuple[str, ...]
) -> None:
    account = incident()
    (only,) = account.endpoints.values()
    coverage = coverage_of(account, only, role)
    assert [interface.network_interface_id for interface in coverage.interfaces] == interfaces
    assert (coverage.uncovered, coverage.unread, coverage.complete) == (uncovered, (), not uncovered)


def test_enis_are_in_the_order_of_the_endpoint_s_subnets() -> None:
    reverse = endpoint("Failed", B, A)
    coverage = coverage_of(snapshot(*incident_readings(), endpoints=(reverse,)), reverse, EniRole.RESOURCE)
    assert [interface.subnet_id for interface in coverage.interfaces] == [B, A]


def test_a_subnet_that_was_not_read_is_unread_and_not_uncovered() -> None:
    only = endpoint("Failed", A, B, "subnet-of-others")
    account = snapshot(*incident_readings(), endpoints=(only,), unread=(B,))
    coverage = coverage_of(account, only, EniRole.SERVICE)
    assert (coverage.uncovered, coverage.unread) == ((A,), (B, "subnet-of-others"))
    assert not coverage.complete


def test_subnets_without_a_free_block() -> None:
    account = snapshot(*incident_readings(), reading("subnet-c", None))
    subnet_ids = (A, B, "subnet-c", "subnet-of-others")
    assert subnets_out_of_blocks(account, endpoint("Failed"), subnet_ids) == [A]
    assert subnets_out_of_blocks(account, endpoint("Failed", ip_address_type="IPV6"), subnet_ids) == []


def test_zones_are_joined_and_named_once() -> None:
    account = snapshot(*incident_readings(), reading("subnet-c", "10.0.0.0/26"), reading("subnet-d", None, zone="x"))
    assert zone_names(account, [A, "subnet-c"]) == "us-east-1a"
    assert zone_names(account, [A, B]) == "us-east-1a and us-east-1b"
    assert zone_names(account, [A, B, "subnet-d", "subnet-e"]) == "us-east-1a, us-east-1b, x and subnet-e"
