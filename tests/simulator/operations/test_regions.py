"""Regions, Availability Zones and the visibility of managed resources."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.simulator.clients import Clients


def test_another_region_is_empty(incident: Clients) -> None:
    assert incident.client("ec2", "eu-west-1").describe_subnets()["Subnets"] == []
    zones = incident.client("ec2", "eu-west-1").describe_availability_zones()["AvailabilityZones"]
    assert (zones[0]["ZoneName"], zones[0]["ZoneId"]) == ("eu-west-1a", "euw1-az1")


def test_regions_and_visibility(empty: Clients) -> None:
    names = [region["RegionName"] for region in empty.ec2.describe_regions()["Regions"]]
    assert "us-east-1" in names
    assert empty.ec2.get_managed_resource_visibility()["Visibility"] == {"DefaultVisibility": "hidden"}


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_subnets", "AuthFailure"),
        ("sts", "get_caller_identity", "SignatureDoesNotMatch"),
        ("vpc-lattice", "list_service_networks", "InvalidSignatureException"),
        ("cloudtrail", "lookup_events", "InvalidSignatureException"),
    ],
)
def test_a_region_that_does_not_exist_is_refused(empty: Clients, service: str, operation: str, code: str) -> None:
    with pytest.raises(ClientError) as error:
        getattr(empty.client(service, "all"), operation)()
    assert error.value.response["Error"]["Code"] == code
    names = [region["RegionName"] for region in empty.ec2.describe_regions()["Regions"]]
    assert "all" not in names


def test_a_region_that_has_to_be_enabled_is_no_mistake(empty: Clients) -> None:
    assert empty.client("ec2", "eu-south-1").describe_subnets()["Subnets"] == []
