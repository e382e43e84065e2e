"""Regions, Availability Zones and the visibility of managed resources."""

from __future__ import annotations

from tests.simulator.clients import Clients


def test_another_region_is_empty(incident: Clients) -> None:
    assert incident.client("ec2", "eu-west-1").describe_subnets()["Subnets"] == []
    zones = incident.client("ec2", "eu-west-1").describe_availability_zones()["AvailabilityZones"]
    assert (zones[0]["ZoneName"], zones[0]["ZoneId"]) == ("eu-west-1a", "euw1-az1")


def test_regions_and_visibility(empty: Clients) -> None:
    names = [region["RegionName"] for region in empty.ec2.describe_regions()["Regions"]]
    assert "us-east-1" in names
    assert empty.ec2.get_managed_resource_visibility()["Visibility"] == {"DefaultVisibility": "hidden"}
