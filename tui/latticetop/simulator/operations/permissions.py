"""What a caller sees and may change: resources of other accounts, and interfaces that an AWS service manages.

Sources: docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html and
docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html. The texts of the errors are those of public reports, as far
as there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid, not_found

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import (
        SimulatedAttachment,
        SimulatedNetworkInterface,
        SimulatedSubnet,
        SimulatedVpc,
    )
    from latticetop.simulator.operations.context import OperationContext

_INTERFACE_NOT_FOUND = ("InvalidNetworkInterfaceID", "networkInterface ID")


def is_visible(context: OperationContext, interface: SimulatedNetworkInterface) -> bool:
    """Whether the caller owns an interface or its subnet: a participant sees its own interfaces only."""
    subnet = context.region.subnets.get(interface.subnet_id)
    return context.account.id in (interface.owner_id, subnet.owner_id if subnet else None)


def visible_interface(context: OperationContext, interface_id: str) -> SimulatedNetworkInterface:
    """The interface; ``InvalidNetworkInterfaceID.NotFound`` also for one that the caller does not see."""
    interface = context.region.interface(interface_id)
    if not is_visible(context, interface):
        raise not_found(*_INTERFACE_NOT_FOUND, interface_id)
    return interface


def changeable_interface(context: OperationContext, interface_id: str) -> SimulatedNetworkInterface:
    """An interface whose addresses the caller may change: its own, and not managed by a service.

    No public report of these calls was found. AWS refuses an Elastic IP address of such an interface with this error
    (hashicorp/terraform-provider-aws#3572).
    """
    interface = visible_interface(context, interface_id)
    if interface.owner_id != context.account.id or interface.requester_managed or interface.operator:
        raise _no_permission()
    return interface


def check_deletion(context: OperationContext, interface: SimulatedNetworkInterface) -> None:
    """Check that the caller may delete an interface: a detached one, whoever made it.

    The User Guide: "If the service detached a network interface but didn't delete it, you can delete the detached
    network interface." The text for an interface in use is that of gruntwork-io/cloud-nuke#431, where it is that of a
    VPC endpoint.
    """
    if interface.owner_id != context.account.id:
        raise _no_permission()
    if interface.attachment or interface.status in ("in-use", "associated"):
        raise invalid(f"Network interface '{interface.id}' is currently in use.")
    if interface.requester_managed and interface.status != "available":
        raise _no_permission()


def check_detachment(context: OperationContext, interface: SimulatedNetworkInterface) -> SimulatedAttachment:
    """The attachment, if the caller may detach an interface: not one of a service, and not the primary one.

    The texts are those of boto/boto3#2219 (attachments of services) and redhat-performance/cloud-governance#950.
    """
    attachment = interface.attachment
    if attachment is None:
        raise invalid(f"Network interface '{interface.id}' is not currently attached.")
    if attachment.id.startswith("ela-attach-"):
        raise ApiError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.")
    if interface.owner_id != context.account.id or interface.requester_managed or interface.operator:
        raise _no_permission()
    if attachment.device_index == 0:
        message = "The network interface at device index 0 and networkCard index 0 cannot be detached."
        raise ApiError("OperationNotPermitted", message)
    return attachment


def check_subnet_owner(context: OperationContext, subnet: SimulatedSubnet, operation: str) -> None:
    """Refuse a participant what only the owner of a shared subnet may do."""
    if subnet.owner_id != context.account.id:
        raise _not_the_owner(operation)


def check_vpc_owner(context: OperationContext, vpc: SimulatedVpc, operation: str) -> None:
    """Refuse a participant what only the owner of a VPC with shared subnets may do."""
    if vpc.owner_id != context.account.id:
        raise _not_the_owner(operation)


def _not_the_owner(operation: str) -> ApiError:
    # The text of ekristen/aws-nuke#497, which is about DeleteVpc and others.
    reason = "A subnet in this vpc is shared but the provided object is not owned by you"
    return ApiError("UnauthorizedOperation", f"You are not authorized to perform {operation} operation. {reason}", 403)


def _no_permission() -> ApiError:
    return ApiError("AuthFailure", "You do not have permission to access the specified resource.")
