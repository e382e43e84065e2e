"""EC2's operations that create, delete and change network interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid, not_found
from latticetop.simulator.network_interfaces import (
    AddressRequest,
    NetworkInterfaceRequest,
    assign_addresses,
    create_interface,
    unassign_addresses,
)
from latticetop.simulator.operations.ec2_documents import interface_document
from latticetop.simulator.operations.tags import tags_for

if TYPE_CHECKING:
    from latticetop.simulator.operations.context import Document, OperationContext, Params
    from latticetop.simulator.region import SimulatedRegion

AVAILABLE_AFTER = 1.0


def create_network_interface(context: OperationContext, params: Params) -> Document:
    """CreateNetworkInterface; the status is `pending` in the response and `available` a second later."""
    region, subnet = context.region, context.region.subnet(params["SubnetId"])
    groups = [region.security_group(group_id) for group_id in params.get("Groups") or ()]
    default = region.default_security_group(subnet.vpc_id)
    address_request = _address_request(params, _primary_and_secondary_addresses(params))
    interface = create_interface(
        region,
        NetworkInterfaceRequest(
            subnet_id=subnet.id,
            address_request=address_request,
            description=params.get("Description", ""),
            security_groups=tuple(groups or ([default] if default else [])),
            requester_id=region.world.caller_user_id,
            tags=tags_for(params, "network-interface"),
        ),
    )
    region.world.clock.call_later(AVAILABLE_AFTER, lambda: _set_available(region, interface.id))
    return {"NetworkInterface": interface_document(interface), "ClientToken": params.get("ClientToken")}


def delete_network_interface(context: OperationContext, params: Params) -> Document:
    """DeleteNetworkInterface; denied for requester-managed and for attached interfaces.

    Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html.
    """
    interface = context.region.interface(params["NetworkInterfaceId"])
    if interface.requester_managed:
        raise ApiError("OperationNotPermitted", "You are not allowed to delete a requester-managed network interface.")
    if interface.attachment:
        raise invalid(f"Network interface '{interface.id}' is currently in use.")
    context.region.delete_interface(interface.id)
    return {}


def terminate_instances(context: OperationContext, params: Params) -> Document:
    """TerminateInstances; an instance exists only as the attachment of its interfaces, which it deletes at once."""
    region, instance_ids = context.region, list(dict.fromkeys(params["InstanceIds"]))
    instance_by_interface = {i.id: i.attachment.instance_id for i in region.interfaces.values() if i.attachment}
    for instance_id in instance_ids:
        if instance_id not in instance_by_interface.values():
            raise not_found("InvalidInstanceID", "instance ID", instance_id)
    for interface_id, instance_id in instance_by_interface.items():
        if instance_id in instance_ids:
            region.delete_interface(interface_id)
    states = {"CurrentState": {"Code": 48, "Name": "terminated"}, "PreviousState": {"Code": 16, "Name": "running"}}
    return {"TerminatingInstances": [{"InstanceId": instance_id, **states} for instance_id in instance_ids]}


def assign_private_ip_addresses(context: OperationContext, params: Params) -> Document:
    """AssignPrivateIpAddresses: given addresses or prefixes, or numbers of them."""
    address_request = _address_request(params, tuple(params.get("PrivateIpAddresses") or ()))
    if address_request == AddressRequest():
        raise ApiError("MissingParameter", "Either addresses or prefixes must be specified")
    interface_id = params["NetworkInterfaceId"]
    assigned = assign_addresses(context.region, interface_id, address_request)
    return {
        "NetworkInterfaceId": interface_id,
        "AssignedPrivateIpAddresses": [{"PrivateIpAddress": address} for address in assigned.addresses],
        "AssignedIpv4Prefixes": [{"Ipv4Prefix": prefix} for prefix in assigned.prefixes],
    }


def unassign_private_ip_addresses(context: OperationContext, params: Params) -> Document:
    """UnassignPrivateIpAddresses, for secondary addresses and prefixes."""
    addresses = tuple(params.get("PrivateIpAddresses") or ())
    prefixes = tuple(params.get("Ipv4Prefixes") or ())
    unassign_addresses(context.region, params["NetworkInterfaceId"], addresses, prefixes)
    return {}


def _primary_and_secondary_addresses(params: Params) -> tuple[str, ...]:
    entries = params.get("PrivateIpAddresses") or []
    secondary = [entry["PrivateIpAddress"] for entry in entries if not entry.get("Primary")]
    primary = [entry["PrivateIpAddress"] for entry in entries if entry.get("Primary")]
    if params.get("PrivateIpAddress"):
        primary.append(params["PrivateIpAddress"])
    if len(primary) > 1 or (secondary and not primary):
        raise invalid("Exactly one primary private IP address must be specified")
    return (*primary, *secondary)


def _address_request(params: Params, addresses: tuple[str, ...]) -> AddressRequest:
    request = AddressRequest(
        addresses=addresses,
        address_count=params.get("SecondaryPrivateIpAddressCount") or 0,
        prefixes=tuple(
            entry["Ipv4Prefix"] if isinstance(entry, dict) else entry for entry in params.get("Ipv4Prefixes") or ()
        ),
        prefix_count=params.get("Ipv4PrefixCount") or 0,
    )
    if min(request.address_count, request.prefix_count) < 0:
        raise invalid("A count of addresses or prefixes cannot be negative")
    if request.prefixes and request.prefix_count:
        raise ApiError("InvalidParameterCombination", "Ipv4Prefixes and Ipv4PrefixCount exclude each other")
    if request.has_prefixes and (request.address_count or len(addresses) > 1):
        message = "Secondary private IP addresses and IPv4 prefixes exclude each other"
        raise ApiError("InvalidParameterCombination", message)
    return request


def _set_available(region: SimulatedRegion, interface_id: str) -> None:
    interface = region.interfaces.get(interface_id)
    if interface and interface.status == "pending":
        region.put_interface(replace(interface, status="available"))
