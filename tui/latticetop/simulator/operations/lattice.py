"""VPC Lattice's List operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations import lattice_documents as documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.operations.call import Context, Document, Handler, Params

PAGE = 100


def _listing(find: Callable[[Context, Params], list[dict[str, Any]]]) -> Handler:
    """A List operation: all its items, one page of them."""

    def serve(context: Context, params: Params) -> Document:
        place = f"{context.region.name}/{find.__name__}"
        if params.get("nextToken"):
            items, start = context.pages.resume(place, params["nextToken"], "ValidationException")
        else:
            items, start = find(context, params), 0
        page, token = context.pages.cut(place, items, start, params.get("maxResults", PAGE))
        return {"items": list(page), "nextToken": token}

    return serve


def _networks(context: Context, params: Params) -> list[dict[str, Any]]:
    region = context.region
    return [documents.network(region, network) for network in region.lattice.networks.values()]


def _vpc_associations(context: Context, params: Params) -> list[dict[str, Any]]:
    _one_of(params, "serviceNetworkIdentifier", "vpcIdentifier")
    return [
        documents.vpc_association(context.region, link)
        for link in context.region.lattice.vpc_associations.values()
        if _is(params, "serviceNetworkIdentifier", link.service_network_id)
        and _is(params, "vpcIdentifier", link.vpc_id)
    ]


def _endpoint_associations(context: Context, params: Params) -> list[dict[str, Any]]:
    return [
        documents.endpoint_association(endpoint)
        for endpoint in context.region.endpoints.values()
        if endpoint.service_network_arn
        and _is(params, "serviceNetworkIdentifier", endpoint.service_network_arn.rpartition("/")[2])
    ]


def _resource_associations(context: Context, params: Params) -> list[dict[str, Any]]:
    _one_of(params, "serviceNetworkIdentifier", "resourceConfigurationIdentifier")
    return [
        documents.resource_association(context.region, link)
        for link in context.region.lattice.resource_associations.values()
        if _is(params, "serviceNetworkIdentifier", link.service_network_id)
        and _is(params, "resourceConfigurationIdentifier", link.resource_configuration_id)
    ]


def _service_associations(context: Context, params: Params) -> list[dict[str, Any]]:
    _one_of(params, "serviceNetworkIdentifier", "serviceIdentifier")
    return [
        documents.service_association(context.region, link)
        for link in context.region.lattice.service_associations.values()
        if _is(params, "serviceNetworkIdentifier", link.service_network_id)
        and _is(params, "serviceIdentifier", link.service_id)
    ]


def _configurations(context: Context, params: Params) -> list[dict[str, Any]]:
    if "resourceConfigurationGroupIdentifier" in params or "domainVerificationIdentifier" in params:
        return []
    return [
        documents.configuration(found)
        for found in context.region.lattice.configurations.values()
        if _is(params, "resourceGatewayIdentifier", found.gateway_id or "")
    ]


def _gateways(context: Context, params: Params) -> list[dict[str, Any]]:
    return [documents.gateway(found) for found in context.region.lattice.gateways.values()]


def _resource_endpoint_associations(context: Context, params: Params) -> list[dict[str, Any]]:
    region = context.region
    return [
        documents.resource_endpoint_association(region, endpoint, arn)
        for endpoint in region.endpoints.values()
        if (arn := endpoint.resource_configuration_arn)
        and _is(params, "resourceConfigurationIdentifier", arn.rpartition("/")[2])
        and _is(params, "vpcEndpointId", endpoint.id)
    ]


def _is(params: Params, key: str, resource_id: str) -> bool:
    """Whether an identifier, an id or an ARN, is absent or names the resource."""
    return key not in params or params[key].rpartition("/")[2] == resource_id


def _one_of(params: Params, *keys: str) -> None:
    if not any(key in params for key in keys):
        raise ApiError("ValidationException", f"One of {' or '.join(keys)} is required")


LATTICE: dict[str, Handler] = {
    "ListServiceNetworks": _listing(_networks),
    "ListServiceNetworkVpcAssociations": _listing(_vpc_associations),
    "ListServiceNetworkVpcEndpointAssociations": _listing(_endpoint_associations),
    "ListServiceNetworkResourceAssociations": _listing(_resource_associations),
    "ListServiceNetworkServiceAssociations": _listing(_service_associations),
    "ListResourceConfigurations": _listing(_configurations),
    "ListResourceGateways": _listing(_gateways),
    "ListResourceEndpointAssociations": _listing(_resource_endpoint_associations),
}
