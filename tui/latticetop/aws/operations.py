"""The AWS actions latticetop may call, all of them read-only, and the hook that refuses any other.

An action is written as IAM writes it: `service:Operation`. Each name is written here and nowhere else in `aws`.
"""

from __future__ import annotations

from typing import Any

DESCRIBE_INTERFACES = "ec2:DescribeNetworkInterfaces"
DESCRIBE_REGIONS = "ec2:DescribeRegions"
DESCRIBE_SUBNETS = "ec2:DescribeSubnets"
DESCRIBE_ASSOCIATIONS = "ec2:DescribeVpcEndpointAssociations"
DESCRIBE_ENDPOINTS = "ec2:DescribeVpcEndpoints"
DESCRIBE_VPCS = "ec2:DescribeVpcs"
GET_RESERVATIONS = "ec2:GetSubnetCidrReservations"
LOOKUP_EVENTS = "cloudtrail:LookupEvents"
GET_CALLER_IDENTITY = "sts:GetCallerIdentity"
"""Needs no IAM permission."""
LIST_RESOURCE_CONFIGURATIONS = "vpc-lattice:ListResourceConfigurations"
LIST_RESOURCE_GATEWAYS = "vpc-lattice:ListResourceGateways"
LIST_RESOURCE_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkResourceAssociations"
LIST_SERVICE_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkServiceAssociations"
LIST_VPC_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkVpcAssociations"
LIST_ENDPOINT_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkVpcEndpointAssociations"
LIST_SERVICE_NETWORKS = "vpc-lattice:ListServiceNetworks"

OPERATIONS = frozenset(
    {
        DESCRIBE_INTERFACES,
        DESCRIBE_REGIONS,
        DESCRIBE_SUBNETS,
        DESCRIBE_ASSOCIATIONS,
        DESCRIBE_ENDPOINTS,
        DESCRIBE_VPCS,
        GET_RESERVATIONS,
        LOOKUP_EVENTS,
        GET_CALLER_IDENTITY,
        LIST_RESOURCE_CONFIGURATIONS,
        LIST_RESOURCE_GATEWAYS,
        LIST_RESOURCE_ASSOCIATIONS,
        LIST_SERVICE_ASSOCIATIONS,
        LIST_VPC_ASSOCIATIONS,
        LIST_ENDPOINT_ASSOCIATIONS,
        LIST_SERVICE_NETWORKS,
    }
)
"""Every action above."""


class OperationRefusedError(RuntimeError):
    """The program tried to call an action that is not in OPERATIONS."""


def operation_name(action: str) -> str:
    """The API's name of an action: `DescribeVpcs` of `ec2:DescribeVpcs`."""
    return action.partition(":")[2]


def refuse_unlisted(action: str) -> None:
    """Raise OperationRefusedError for an action that is not in OPERATIONS."""
    if action not in OPERATIONS:
        raise OperationRefusedError(f"latticetop does not call {action}")


def refuse_unlisted_model(model: Any, **_: object) -> None:
    """Refuse, as a handler of botocore's event `provide-client-params`, an operation that is not in OPERATIONS.

    Runs before the request is signed, so that nothing is sent. `model` is botocore's OperationModel.
    """
    refuse_unlisted(f"{model.service_model.service_id.hyphenize()}:{model.name}")
