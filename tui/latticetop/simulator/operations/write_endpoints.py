"""EC2's operations that create, delete, accept and reject VPC endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.endpoint_lifecycle import start_deletion
from latticetop.simulator.endpoint_states import accept_endpoint, reject_endpoint
from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations.ec2_documents import endpoint_document
from latticetop.simulator.operations.permissions import check_subnet_owner, check_vpc_owner
from latticetop.simulator.operations.tags import tags_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from latticetop.simulator.operations.context import Document, OperationContext, Params


def create_vpc_endpoint(context: OperationContext, params: Params) -> Document:
    """CreateVpcEndpoint; refused in a VPC or subnet that another account shares.

    Source: docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html, shared subnets.
    """
    region, subnet_ids = context.region, tuple(params.get("SubnetIds") or ())
    check_vpc_owner(context, region.vpc(params["VpcId"]), "CreateVpcEndpoint")
    for subnet_id in subnet_ids:
        check_subnet_owner(context, region.subnet(subnet_id), "CreateVpcEndpoint")
    request = EndpointRequest(
        vpc_id=params["VpcId"],
        endpoint_type=params.get("VpcEndpointType", "Gateway"),
        subnet_ids=subnet_ids,
        service_network_arn=params.get("ServiceNetworkArn"),
        resource_configuration_arn=params.get("ResourceConfigurationArn"),
        service_name=params.get("ServiceName"),
        route_table_ids=tuple(params.get("RouteTableIds") or ()),
        security_group_ids=tuple(params.get("SecurityGroupIds") or ()),
        ip_address_type=params.get("IpAddressType", "ipv4"),
        private_dns_enabled=params.get("PrivateDnsEnabled", True),
        tags=tags_for(params, "vpc-endpoint"),
    )
    endpoint = create_endpoint(region, request)
    return {"VpcEndpoint": endpoint_document(endpoint), "ClientToken": params.get("ClientToken")}


def delete_vpc_endpoints(context: OperationContext, params: Params) -> Document:
    """DeleteVpcEndpoints; the response lists the endpoints that cannot be deleted."""

    def delete(endpoint_id: str) -> None:
        start_deletion(context.region, context.region.endpoint(endpoint_id))

    return {"Unsuccessful": _unsuccessful(params["VpcEndpointIds"], delete)}


def accept_vpc_endpoint_connections(context: OperationContext, params: Params) -> Document:
    """AcceptVpcEndpointConnections; here the account itself owns every endpoint service."""

    def accept(endpoint_id: str) -> None:
        accept_endpoint(context.region, params["ServiceId"], endpoint_id)

    return {"Unsuccessful": _unsuccessful(params["VpcEndpointIds"], accept)}


def reject_vpc_endpoint_connections(context: OperationContext, params: Params) -> Document:
    """RejectVpcEndpointConnections; here the account itself owns every endpoint service."""

    def reject(endpoint_id: str) -> None:
        reject_endpoint(context.region, params["ServiceId"], endpoint_id)

    return {"Unsuccessful": _unsuccessful(params["VpcEndpointIds"], reject)}


def _unsuccessful(endpoint_ids: Iterable[str], change: Callable[[str], None]) -> list[Document]:
    """Change each endpoint; return an item for each one that raises an error."""
    items: list[Document] = []
    for endpoint_id in endpoint_ids:
        try:
            change(endpoint_id)
        except ApiError as error:
            items.append({"ResourceId": endpoint_id, "Error": {"Code": error.code, "Message": error.message}})
    return items
