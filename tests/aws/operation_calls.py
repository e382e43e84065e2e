"""Every operation, called over HTTP with the client and the decoder that a reader uses."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from latticetop.aws import sdk
from latticetop.aws.response_hook import InterfaceResponseHook
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES

PARAMETERS = {
    "eks:DescribeCluster": {"name": "production"},
    "ec2:GetSubnetCidrReservations": {"SubnetId": "subnet-0a84d8f4554925b16"},
    "organizations:ListAccountsForParent": {"ParentId": "r-exam"},
    "organizations:ListOrganizationalUnitsForParent": {"ParentId": "r-exam"},
    "vpc-lattice:ListServiceNetworkVpcEndpointAssociations": {"serviceNetworkIdentifier": "sn-0fc4c78a8f94d8f09"},
}
"""The parameters that an operation requires."""
XML_NAMESPACES = {
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
CONTENT_TYPES = {
    "ec2": "text/xml",
    "sts": "text/xml",
    "cloudtrail": "application/x-amz-json-1.1",
    "eks": "application/json",
    "organizations": "application/x-amz-json-1.1",
    "vpc-lattice": "application/json",
}
SETS = {
    "DescribeNetworkInterfaces": "networkInterfaceSet",
    "DescribeRegions": "regionInfo",
    "DescribeSubnets": "subnetSet",
    "DescribeVpcEndpointAssociations": "vpcEndpointAssociationSet",
    "DescribeVpcEndpoints": "vpcEndpointSet",
    "DescribeVpcs": "vpcSet",
    "GetSubnetCidrReservations": "subnetIpv4CidrReservationSet",
}
"""The element with EC2's records, from the API reference."""


def empty_response(action: str) -> str:
    """What AWS sends when there are no records, in the form of the API reference."""
    service, _, operation = action.partition(":")
    if service == "organizations":
        return '{"OrganizationalUnits": []}' if "Units" in operation else '{"Accounts": []}'
    if service == "cloudtrail":
        return '{"Events": []}'
    if service == "eks":
        return '{"cluster": {}}'
    if service == "vpc-lattice":
        return '{"items": []}'
    content = (
        "<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>"
        if service == "sts"
        else f"<requestId>1</requestId><{SETS[operation]}/>"
    )
    return f'<{operation}Response xmlns="{XML_NAMESPACES[service]}">{content}</{operation}Response>'


async def call(action: str, url: str) -> Any:
    """Call an action at this URL and decode the response. Raises ReadError."""
    async with AsyncExitStack() as stack:
        return await call_with(await open_client(stack, action.partition(":")[0], url), action)


async def open_client(stack: AsyncExitStack, service: str, url: str) -> sdk.Client:
    """A client of a service at this URL, which `stack` closes."""
    session = sdk.new_session("", sandbox=True)
    return await sdk.open_client(stack, session, service, region="us-east-1", endpoint_url=url, profile="")


async def call_with(client: sdk.Client, action: str) -> Any:
    """Call an action with a client of its service and decode the response. Raises ReadError."""
    response = await client.call(action, **PARAMETERS.get(action, {}))
    return await InterfaceResponseHook(client.meta).page(response) if action == DESCRIBE_INTERFACES else response
