"""Tags: the tag specifications of a create call, and CreateTags."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params
    from latticetop.simulator.region import SimulatedRegion


def tags_for(params: Params, resource_type: str) -> dict[str, str]:
    """The tags in the TagSpecifications of a create call for a resource type."""
    return {
        tag["Key"]: tag.get("Value", "")
        for specification in params.get("TagSpecifications") or ()
        if specification.get("ResourceType", resource_type) == resource_type
        for tag in specification.get("Tags") or ()
    }


def create_tags(context: OperationContext, params: Params) -> Document:
    """CreateTags, on all the resources or, if one does not exist, on none."""
    new_tags = {tag["Key"]: tag.get("Value", "") for tag in params["Tags"]}
    for resource_id in params["Resources"]:
        if not _exists(context.region, resource_id):
            raise ApiError("InvalidID", f"The ID '{resource_id}' is not valid")
    for resource_id in params["Resources"]:
        _add_tags(context.region, resource_id, new_tags)
    return {}


def _exists(region: SimulatedRegion, resource_id: str) -> bool:
    collections = (region.interfaces, region.subnets, region.vpcs, region.endpoints, region.reservations)
    return any(resource_id in collection for collection in collections)


def _add_tags(region: SimulatedRegion, resource_id: str, new_tags: dict[str, str]) -> None:
    if interface := region.interfaces.get(resource_id):
        region.put_interface(replace(interface, tags={**interface.tags, **new_tags}))
    elif subnet := region.subnets.get(resource_id):
        region.put_subnet(replace(subnet, tags={**subnet.tags, **new_tags}))
    elif vpc := region.vpcs.get(resource_id):
        region.put_vpc(replace(vpc, tags={**vpc.tags, **new_tags}))
    elif endpoint := region.endpoints.get(resource_id):
        region.put_endpoint(replace(endpoint, tags={**endpoint.tags, **new_tags}))
    else:
        reservation = region.reservations[resource_id]
        region.put_reservation(replace(reservation, tags={**reservation.tags, **new_tags}))
