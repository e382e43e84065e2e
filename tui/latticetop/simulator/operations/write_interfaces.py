"""EC2's calls that change network interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid, not_found
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, assign, create_interface, unassign
from latticetop.simulator.operations.documents import interface_document
from latticetop.simulator.operations.tags import tags_for

if TYPE_CHECKING:
    from latticetop.simulator.operations.call import Context, Document, Params
    from latticetop.simulator.region import Region

AVAILABLE_AFTER = 1.0


def create_network_interface(context: Context, params: Params) -> Document:
    """CreateNetworkInterface: `pending` in the answer, `available` a second later."""
    region, subnet = context.region, context.region.subnet(params["SubnetId"])
    groups = [region.group(group_id) for group_id in params.get("Groups") or ()]
    default = region.default_group(subnet.vpc_id)
    wanted = _wanted(params, _primary_and_others(params))
    interface = create_interface(
        region,
        InterfaceRequest(
            subnet_id=subnet.id,
            wanted=wanted,
            description=params.get("Description", ""),
            groups=tuple(groups or ([default] if default else [])),
            requester=context.account.caller_id,
            tags=tags_for(params, "network-interface"),
        ),
    )
    context.account.clock.call_later(AVAILABLE_AFTER, lambda: _make_available(region, interface.id))
    return {"NetworkInterface": interface_document(interface), "ClientToken": params.get("ClientToken")}


def delete_network_interface(context: Context, params: Params) -> Document:
    """DeleteNetworkInterface: not while attached, and not what a service manages."""
    interface = context.region.interface(params["NetworkInterfaceId"])
    if interface.requester_managed:
        raise ApiError("OperationNotPermitted", "You are not allowed to delete a requester-managed network interface.")
    if interface.attachment:
        raise invalid(f"Network interface '{interface.id}' is currently in use.")
    context.region.drop_interface(interface.id)
    return {}


def terminate_instances(context: Context, params: Params) -> Document:
    """TerminateInstances: instances are known by their interfaces, which go with them at once."""
    region, named = context.region, list(dict.fromkeys(params["InstanceIds"]))
    attached = {i.id: i.attachment.instance_id for i in region.interfaces.values() if i.attachment}
    for instance_id in named:
        if instance_id not in attached.values():
            raise not_found("InvalidInstanceID", "instance ID", instance_id)
    for interface_id in [key for key, instance_id in attached.items() if instance_id in named]:
        region.drop_interface(interface_id)
    states = {"CurrentState": {"Code": 48, "Name": "terminated"}, "PreviousState": {"Code": 16, "Name": "running"}}
    return {"TerminatingInstances": [{"InstanceId": instance_id, **states} for instance_id in named]}


def assign_private_ip_addresses(context: Context, params: Params) -> Document:
    """AssignPrivateIpAddresses: addresses or prefixes, by name or by number."""
    wanted = _wanted(params, tuple(params.get("PrivateIpAddresses") or ()))
    if wanted == Wanted():
        raise ApiError("MissingParameter", "Either addresses or prefixes must be specified")
    interface_id = params["NetworkInterfaceId"]
    drawn = assign(context.region, interface_id, wanted)
    return {
        "NetworkInterfaceId": interface_id,
        "AssignedPrivateIpAddresses": [{"PrivateIpAddress": address} for address in drawn.addresses],
        "AssignedIpv4Prefixes": [{"Ipv4Prefix": prefix} for prefix in drawn.prefixes],
    }


def unassign_private_ip_addresses(context: Context, params: Params) -> Document:
    """UnassignPrivateIpAddresses: any but the primary address."""
    addresses = tuple(params.get("PrivateIpAddresses") or ())
    unassign(context.region, params["NetworkInterfaceId"], addresses, tuple(params.get("Ipv4Prefixes") or ()))
    return {}


def _primary_and_others(params: Params) -> tuple[str, ...]:
    listed = params.get("PrivateIpAddresses") or []
    others = [entry["PrivateIpAddress"] for entry in listed if not entry.get("Primary")]
    primary = [entry["PrivateIpAddress"] for entry in listed if entry.get("Primary")]
    if params.get("PrivateIpAddress"):
        primary.append(params["PrivateIpAddress"])
    if len(primary) > 1 or (others and not primary):
        raise invalid("Exactly one primary private IP address must be specified")
    return (*primary, *others)


def _wanted(params: Params, addresses: tuple[str, ...]) -> Wanted:
    wanted = Wanted(
        addresses=addresses,
        count=params.get("SecondaryPrivateIpAddressCount") or 0,
        prefixes=tuple(
            entry["Ipv4Prefix"] if isinstance(entry, dict) else entry for entry in params.get("Ipv4Prefixes") or ()
        ),
        prefix_count=params.get("Ipv4PrefixCount") or 0,
    )
    if min(wanted.count, wanted.prefix_count) < 0:
        raise invalid("A count of addresses or prefixes cannot be negative")
    if wanted.prefixes and wanted.prefix_count:
        raise ApiError("InvalidParameterCombination", "Ipv4Prefixes and Ipv4PrefixCount exclude each other")
    if wanted.wants_prefixes and (wanted.count or len(addresses) > 1):
        message = "Secondary private IP addresses and IPv4 prefixes exclude each other"
        raise ApiError("InvalidParameterCombination", message)
    return wanted


def _make_available(region: Region, interface_id: str) -> None:
    interface = region.interfaces.get(interface_id)
    if interface and interface.status == "pending":
        region.put_interface(replace(interface, status="available"))
