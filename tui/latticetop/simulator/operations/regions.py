"""EC2's operations for Regions, Availability Zones and the visibility of managed resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import REGIONS, zone_id, zone_names
from latticetop.simulator.errors import invalid

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params


def describe_regions(context: OperationContext, params: Params) -> Document:
    """DescribeRegions: the default Regions of an account, and any other in use."""
    requested = params.get("RegionNames")
    names = sorted({*REGIONS, *context.account.regions})
    for name in requested or ():
        if name not in names:
            raise invalid(f"Invalid region provided: {name}")
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
            for name in names
            if not requested or name in requested
        ]
    }


def describe_availability_zones(context: OperationContext, params: Params) -> Document:
    """DescribeAvailabilityZones: all zones of the Region, or those in ZoneNames."""
    region, requested = context.region.name, params.get("ZoneNames")
    return {
        "AvailabilityZones": [
            {
                "ZoneName": zone,
                "ZoneId": zone_id(zone),
                "RegionName": region,
                "State": "available",
                "OptInStatus": "opt-in-not-required",
                "GroupName": f"{region}-zg-1",
                "NetworkBorderGroup": region,
                "ZoneType": "availability-zone",
                "Messages": [],
            }
            for zone in zone_names(region)
            if not requested or zone in requested
        ]
    }


def get_managed_resource_visibility(context: OperationContext, params: Params) -> Document:
    """GetManagedResourceVisibility: whether Describe calls hide service-managed resources by default.

    Source: aws.amazon.com/about-aws/whats-new/2026/04/ec2-managed-resource-visibility/.
    """
    return {"Visibility": {"DefaultVisibility": context.account.managed_resource_visibility}}
