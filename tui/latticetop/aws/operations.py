"""The AWS actions latticetop may call, all of them read-only, and the hook that refuses any other.

`model/records/aws_actions.py` has their names.
"""

from __future__ import annotations

from typing import Any

from latticetop.model.records import aws_actions

RESPONSE_MEMBERS = {
    aws_actions.DESCRIBE_INTERFACES: "NetworkInterfaces",
    aws_actions.DESCRIBE_REGIONS: "Regions",
    aws_actions.DESCRIBE_SUBNETS: "Subnets",
    aws_actions.DESCRIBE_ASSOCIATIONS: "VpcEndpointAssociations",
    aws_actions.DESCRIBE_ENDPOINTS: "VpcEndpoints",
    aws_actions.DESCRIBE_VPCS: "Vpcs",
    aws_actions.GET_RESERVATIONS: "SubnetIpv4CidrReservations",
    aws_actions.DESCRIBE_CLUSTER: "cluster",
    aws_actions.LIST_ACCOUNTS: "Accounts",
    aws_actions.LIST_ACCOUNTS_FOR_PARENT: "Accounts",
    aws_actions.LIST_UNITS_FOR_PARENT: "OrganizationalUnits",
    aws_actions.LOOKUP_EVENTS: "Events",
    aws_actions.GET_CALLER_IDENTITY: "Account",
    aws_actions.LIST_RESOURCE_CONFIGURATIONS: "items",
    aws_actions.LIST_RESOURCE_GATEWAYS: "items",
    aws_actions.LIST_RESOURCE_ASSOCIATIONS: "items",
    aws_actions.LIST_SERVICE_ASSOCIATIONS: "items",
    aws_actions.LIST_VPC_ASSOCIATIONS: "items",
    aws_actions.LIST_ENDPOINT_ASSOCIATIONS: "items",
    aws_actions.LIST_SERVICE_NETWORKS: "items",
}
"""Every action that may be called, with the member that its response always has."""
OPERATIONS = frozenset(RESPONSE_MEMBERS)
"""Every action that may be called."""


class OperationRefusedError(RuntimeError):
    """The program tried to call an action that is not in OPERATIONS."""


def operation_name(action: str) -> str:
    """The API's name of an action: `DescribeVpcs` of `ec2:DescribeVpcs`."""
    return action.partition(":")[2]


def action_of(operation_model: Any) -> str:
    """The action (`service:Operation`) of botocore's OperationModel."""
    return f"{operation_model.service_model.service_id.hyphenize()}:{operation_model.name}"


def refuse_unlisted(action: str) -> None:
    """Raise OperationRefusedError for an action that is not in OPERATIONS."""
    if action not in OPERATIONS:
        raise OperationRefusedError(f"latticetop does not call {action}")


def refuse_unlisted_model(model: Any, **_: object) -> None:
    """Refuse, as a handler of botocore's event `provide-client-params`, an operation that is not in OPERATIONS.

    Runs before the request is signed, so that nothing is sent. `model` is botocore's OperationModel.
    """
    refuse_unlisted(action_of(model))
