"""Tags: those given at creation, and CreateTags."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from latticetop.simulator.operations.call import Context, Document, Params
    from latticetop.simulator.region import Region


def tags_for(params: Params, kind: str) -> dict[str, str]:
    """The tags a creating call gives to a kind of resource."""
    return {
        tag["Key"]: tag.get("Value", "")
        for entry in params.get("TagSpecifications") or ()
        if entry.get("ResourceType", kind) == kind
        for tag in entry.get("Tags") or ()
    }


def create_tags(context: Context, params: Params) -> Document:
    """CreateTags, on all the resources named or on none."""
    added = {tag["Key"]: tag.get("Value", "") for tag in params["Tags"]}
    for resource_id in params["Resources"]:
        if not _exists(context.region, resource_id):
            raise ApiError("InvalidID", f"The ID '{resource_id}' is not valid")
    for resource_id in params["Resources"]:
        _tag(context.region, resource_id, added)
    return {}


def _exists(region: Region, resource_id: str) -> bool:
    places = (region.interfaces, region.subnets, region.vpcs, region.endpoints, region.reservations)
    return any(resource_id in place for place in places)


def _tag(region: Region, resource_id: str, added: dict[str, str]) -> None:
    if interface := region.interfaces.get(resource_id):
        region.put_interface(replace(interface, tags={**interface.tags, **added}))
    elif subnet := region.subnets.get(resource_id):
        region.put_subnet(replace(subnet, tags={**subnet.tags, **added}))
    elif vpc := region.vpcs.get(resource_id):
        region.put_vpc(replace(vpc, tags={**vpc.tags, **added}))
    elif endpoint := region.endpoints.get(resource_id):
        region.put_endpoint(replace(endpoint, tags={**endpoint.tags, **added}))
    else:
        reservation = region.reservations[resource_id]
        region.put_reservation(replace(reservation, tags={**reservation.tags, **added}))
