"""The AWS actions latticetop may call, all of them read-only, and the hook that refuses any other.

`model/records/aws_actions.py` has their names.
"""

from __future__ import annotations

from typing import Any

from latticetop.model.records.aws_actions import (
    DESCRIBE_ASSOCIATIONS,
    DESCRIBE_ENDPOINTS,
    DESCRIBE_INTERFACES,
    DESCRIBE_REGIONS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
    GET_CALLER_IDENTITY,
    GET_RESERVATIONS,
    LIST_ENDPOINT_ASSOCIATIONS,
    LIST_RESOURCE_ASSOCIATIONS,
    LIST_RESOURCE_CONFIGURATIONS,
    LIST_RESOURCE_GATEWAYS,
    LIST_SERVICE_ASSOCIATIONS,
    LIST_SERVICE_NETWORKS,
    LIST_VPC_ASSOCIATIONS,
    LOOKUP_EVENTS,
)

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
"""Every action that may be called."""


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
