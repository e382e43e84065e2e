"""VPC Lattice's List operations (docs.aws.amazon.com/vpc-lattice/latest/APIReference)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations import lattice_documents as documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.operations.context import Document, Handler, OperationContext, Params

MAX_RESULTS = 100


def _list_handler(list_items: Callable[[OperationContext, Params], list[dict[str, Any]]]) -> Handler:
    """The handler that returns the items of a list in pages."""

    def handle(context: OperationContext, params: Params) -> Document:
        list_key = f"{context.region.name}/{list_items.__name__}"
        if params.get("nextToken"):
            items, start = context.pages.resume(list_key, params["nextToken"], "ValidationException")
        else:
            items, start = list_items(context, params), 0
        page, token = context.pages.page(list_key, items, start, params.get("maxResults", MAX_RESULTS))
        return {"items": list(page), "nextToken": token}

    return handle


def _service_networks(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    region = context.region
    return [documents.service_network(region, network) for network in region.lattice.service_networks.values()]


def _vpc_associations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    _require_one_of(params, "serviceNetworkIdentifier", "vpcIdentifier")
    return [
        documents.vpc_association(context.region, association)
        for association in context.region.lattice.vpc_associations.values()
        if _matches(params, "serviceNetworkIdentifier", association.service_network_id)
        and _matches(params, "vpcIdentifier", association.vpc_id)
    ]


def _endpoint_associations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    return [
        documents.endpoint_association(endpoint)
        for endpoint in context.region.endpoints.values()
        if endpoint.service_network_arn
        and _matches(params, "serviceNetworkIdentifier", endpoint.service_network_arn.rpartition("/")[2])
    ]


def _resource_associations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    _require_one_of(params, "serviceNetworkIdentifier", "resourceConfigurationIdentifier")
    return [
        documents.resource_association(context.region, association)
        for association in context.region.lattice.resource_associations.values()
        if _matches(params, "serviceNetworkIdentifier", association.service_network_id)
        and _matches(params, "resourceConfigurationIdentifier", association.resource_configuration_id)
    ]


def _service_associations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    _require_one_of(params, "serviceNetworkIdentifier", "serviceIdentifier")
    return [
        documents.service_association(context.region, association)
        for association in context.region.lattice.service_associations.values()
        if _matches(params, "serviceNetworkIdentifier", association.service_network_id)
        and _matches(params, "serviceIdentifier", association.service_id)
    ]


def _resource_configurations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    if "resourceConfigurationGroupIdentifier" in params or "domainVerificationIdentifier" in params:
        return []
    return [
        documents.resource_configuration(configuration)
        for configuration in context.region.lattice.resource_configurations.values()
        if _matches(params, "resourceGatewayIdentifier", configuration.gateway_id or "")
    ]


def _resource_gateways(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    return [documents.resource_gateway(gateway) for gateway in context.region.lattice.resource_gateways.values()]


def _resource_endpoint_associations(context: OperationContext, params: Params) -> list[dict[str, Any]]:
    region = context.region
    return [
        documents.resource_endpoint_association(region, endpoint, arn)
        for endpoint in region.endpoints.values()
        if (arn := endpoint.resource_configuration_arn)
        and _matches(params, "resourceConfigurationIdentifier", arn.rpartition("/")[2])
        and _matches(params, "vpcEndpointId", endpoint.id)
    ]


def _matches(params: Params, key: str, resource_id: str) -> bool:
    """Whether an identifier, which may be an id or an ARN, is absent or that of the resource."""
    return key not in params or params[key].rpartition("/")[2] == resource_id


def _require_one_of(params: Params, *keys: str) -> None:
    if not any(key in params for key in keys):
        raise ApiError("ValidationException", f"One of {' or '.join(keys)} is required")


LATTICE: dict[str, Handler] = {
    "ListServiceNetworks": _list_handler(_service_networks),
    "ListServiceNetworkVpcAssociations": _list_handler(_vpc_associations),
    "ListServiceNetworkVpcEndpointAssociations": _list_handler(_endpoint_associations),
    "ListServiceNetworkResourceAssociations": _list_handler(_resource_associations),
    "ListServiceNetworkServiceAssociations": _list_handler(_service_associations),
    "ListResourceConfigurations": _list_handler(_resource_configurations),
    "ListResourceGateways": _list_handler(_resource_gateways),
    "ListResourceEndpointAssociations": _list_handler(_resource_endpoint_associations),
}
