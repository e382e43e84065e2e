"""EC2's operation that terminates instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, not_found
from latticetop.simulator.instances import instance_interfaces, terminate_instance

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params


def terminate_instances(context: OperationContext, params: Params) -> Document:
    """TerminateInstances, of all the instances or, if one is not the caller's, of none; they are gone at once."""
    region, instance_ids = context.region, list(dict.fromkeys(params["InstanceIds"]))
    for instance_id in instance_ids:
        _check_instance(context, instance_id)
    for instance_id in instance_ids:
        terminate_instance(region, instance_id)
    states = {"CurrentState": {"Code": 48, "Name": "terminated"}, "PreviousState": {"Code": 16, "Name": "running"}}
    return {"TerminatingInstances": [{"InstanceId": instance_id, **states} for instance_id in instance_ids]}


def _check_instance(context: OperationContext, instance_id: str) -> None:
    """Check that an instance is the caller's own and not a managed one.

    docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html: such instances cannot be terminated manually.
    AWS's own words are not known.
    """
    interfaces = instance_interfaces(context.region, instance_id)
    if not any(i.attachment and i.attachment.instance_owner_id == context.account.id for i in interfaces):
        raise not_found("InvalidInstanceID", "instance ID", instance_id)
    if any(interface.operator for interface in interfaces):
        raise ApiError("OperationNotPermitted", f"The instance '{instance_id}' is managed by an AWS service.")
