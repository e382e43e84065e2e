"""Regions, Availability Zones and visibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import invalid
from latticetop.simulator.zones import REGIONS, zone_id, zone_names

if TYPE_CHECKING:
    from latticetop.simulator.operations.call import Context, Document, Params


def describe_regions(context: Context, params: Params) -> Document:
    """The Regions an account has by default, those in use among them."""
    named = params.get("RegionNames")
    known = sorted({*REGIONS, *context.account.regions})
    for name in named or ():
        if name not in known:
            raise invalid(f"Invalid region provided: {name}")
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
            for name in known
            if not named or name in named
        ]
    }


def describe_availability_zones(context: Context, params: Params) -> Document:
    """The zones of the Region, or those named."""
    region, named = context.region.name, params.get("ZoneNames")
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
            if not named or zone in named
        ]
    }


def get_managed_resource_visibility(context: Context, params: Params) -> Document:
    """Whether new service-managed resources are hidden by default."""
    return {"Visibility": {"DefaultVisibility": context.account.managed_visibility}}
