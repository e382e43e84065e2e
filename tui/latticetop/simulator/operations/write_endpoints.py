"""EC2's calls that change VPC endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator import endpoints
from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations.documents import endpoint_document
from latticetop.simulator.operations.tags import tags_for

if TYPE_CHECKING:
    from latticetop.simulator.operations.call import Context, Document, Params


def create_vpc_endpoint(context: Context, params: Params) -> Document:
    """CreateVpcEndpoint of type ServiceNetwork: answers `Pending` and goes on building."""
    kind = params.get("VpcEndpointType", "Gateway")
    if kind != "ServiceNetwork":
        raise ApiError("UnsupportedOperation", f"The simulator makes no endpoints of type {kind}")
    endpoint = create_endpoint(
        context.region,
        params["VpcId"],
        params.get("ServiceNetworkArn", ""),
        params.get("SubnetIds") or [],
        group_ids=params.get("SecurityGroupIds") or (),
        ip_address_type=params.get("IpAddressType", "ipv4"),
        private_dns=params.get("PrivateDnsEnabled", True),
        tags=tags_for(params, "vpc-endpoint"),
    )
    return {"VpcEndpoint": endpoint_document(endpoint), "ClientToken": params.get("ClientToken")}


def delete_vpc_endpoints(context: Context, params: Params) -> Document:
    """DeleteVpcEndpoints: those that cannot be deleted are named in the answer."""
    unsuccessful = []
    for endpoint_id in params["VpcEndpointIds"]:
        try:
            endpoints.delete(context.region, context.region.endpoint(endpoint_id))
        except ApiError as error:
            words = {"Code": error.code, "Message": error.message}
            unsuccessful.append({"ResourceId": endpoint_id, "Error": words})
    return {"Unsuccessful": unsuccessful}
