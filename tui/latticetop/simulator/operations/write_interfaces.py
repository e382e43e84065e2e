"""EC2's operations that create and delete network interfaces, detach them, and assign their addresses."""

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
    unassign_ipv6_addresses,
)
from latticetop.simulator.operations import permissions
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
    interface = create_interface(
        region,
        NetworkInterfaceRequest(
            subnet_id=subnet.id,
            address_request=_address_request(params, _primary_and_secondary_addresses(params)),
            description=params.get("Description", ""),
            security_groups=tuple(groups or ([default] if default else [])),
            interface_type=params.get("InterfaceType", "interface"),
            requester_id=region.world.caller_user_id,
            tags=tags_for(params, "network-interface"),
        ),
    )
    region.world.clock.call_later(AVAILABLE_AFTER, lambda: _set_available(region, interface.id))
    return {"NetworkInterface": interface_document(interface), "ClientToken": params.get("ClientToken")}


def delete_network_interface(context: OperationContext, params: Params) -> Document:
    """DeleteNetworkInterface, of a detached interface."""
    interface = permissions.visible_interface(context, params["NetworkInterfaceId"])
    permissions.check_deletion(context, interface)
    context.region.delete_interface(interface.id)
    return {}


def detach_network_interface(context: OperationContext, params: Params) -> Document:
    """DetachNetworkInterface; the interface is `available` at once."""
    attachment_id = params["AttachmentId"]
    for interface in context.region.interfaces.values():
        attachment = interface.attachment
        if attachment and attachment.id == attachment_id and permissions.is_visible(context, interface):
            permissions.check_detachment(context, interface)
            context.region.put_interface(replace(interface, attachment=None, status="available"))
            return {}
    raise not_found("InvalidAttachmentID", "attachment ID", attachment_id)


def assign_private_ip_addresses(context: OperationContext, params: Params) -> Document:
    """AssignPrivateIpAddresses: given addresses or prefixes, or numbers of them."""
    address_request = _address_request(params, tuple(params.get("PrivateIpAddresses") or ()))
    if not address_request.has_ipv4:
        raise ApiError("MissingParameter", "Either addresses or prefixes must be specified")
    interface = permissions.changeable_interface(context, params["NetworkInterfaceId"])
    assigned = assign_addresses(context.region, interface.id, address_request)
    return {
        "NetworkInterfaceId": interface.id,
        "AssignedPrivateIpAddresses": [{"PrivateIpAddress": address} for address in assigned.addresses],
        "AssignedIpv4Prefixes": [{"Ipv4Prefix": prefix} for prefix in assigned.prefixes],
    }


def unassign_private_ip_addresses(context: OperationContext, params: Params) -> Document:
    """UnassignPrivateIpAddresses, for secondary addresses and prefixes."""
    interface = permissions.changeable_interface(context, params["NetworkInterfaceId"])
    addresses, prefixes = params.get("PrivateIpAddresses") or (), params.get("Ipv4Prefixes") or ()
    unassign_addresses(context.region, interface.id, tuple(addresses), tuple(prefixes))
    return {}


def assign_ipv6_addresses(context: OperationContext, params: Params) -> Document:
    """AssignIpv6Addresses: given addresses or prefixes, or numbers of them."""
    address_request = _address_request(params, ())
    if not address_request.has_ipv6:
        raise ApiError("MissingParameter", "Either addresses or prefixes must be specified")
    interface = permissions.changeable_interface(context, params["NetworkInterfaceId"])
    assigned = assign_addresses(context.region, interface.id, address_request)
    return {
        "NetworkInterfaceId": interface.id,
        "AssignedIpv6Addresses": list(assigned.ipv6_addresses),
        "AssignedIpv6Prefixes": list(assigned.ipv6_prefixes),
    }


def unassign_ipv6(context: OperationContext, params: Params) -> Document:
    """UnassignIpv6Addresses, for addresses and prefixes."""
    interface = permissions.changeable_interface(context, params["NetworkInterfaceId"])
    addresses, prefixes = params.get("Ipv6Addresses") or (), params.get("Ipv6Prefixes") or ()
    unassign_ipv6_addresses(context.region, interface.id, tuple(addresses), tuple(prefixes))
    return {
        "NetworkInterfaceId": interface.id,
        "UnassignedIpv6Addresses": list(addresses),
        "UnassignedIpv6Prefixes": list(prefixes),
    }


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
        prefixes=_texts(params, "Ipv4Prefixes", "Ipv4Prefix"),
        prefix_count=params.get("Ipv4PrefixCount") or 0,
        ipv6_addresses=_texts(params, "Ipv6Addresses", "Ipv6Address"),
        ipv6_address_count=params.get("Ipv6AddressCount") or 0,
        ipv6_prefixes=_texts(params, "Ipv6Prefixes", "Ipv6Prefix"),
        ipv6_prefix_count=params.get("Ipv6PrefixCount") or 0,
    )
    counts = (request.address_count, request.prefix_count, request.ipv6_address_count, request.ipv6_prefix_count)
    if min(counts) < 0:
        raise invalid("A count of addresses or prefixes cannot be negative")
    if request.prefixes and request.prefix_count:
        raise ApiError("InvalidParameterCombination", "Ipv4Prefixes and Ipv4PrefixCount exclude each other")
    if request.has_prefixes and (request.address_count or len(addresses) > 1):
        message = "Secondary private IP addresses and IPv4 prefixes exclude each other"
        raise ApiError("InvalidParameterCombination", message)
    if request.ipv6_prefixes and request.ipv6_prefix_count:
        raise ApiError("InvalidParameterCombination", "Ipv6Prefixes and Ipv6PrefixCount exclude each other")
    if request.ipv6_address_count and (request.ipv6_addresses or request.ipv6_prefixes or request.ipv6_prefix_count):
        message = "Ipv6AddressCount excludes given IPv6 addresses, and IPv6 prefixes"
        raise ApiError("InvalidParameterCombination", message)
    return request


def _texts(params: Params, key: str, member: str) -> tuple[str, ...]:
    """The values of a list of strings or, in CreateNetworkInterface, of structures with one member."""
    return tuple(entry[member] if isinstance(entry, dict) else entry for entry in params.get(key) or ())


def _set_available(region: SimulatedRegion, interface_id: str) -> None:
    interface = region.interfaces.get(interface_id)
    if interface and interface.status == "pending":
        region.put_interface(replace(interface, status="available"))
