"""Network interfaces in CloudTrail events: request parameters and response elements of CreateNetworkInterface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.cloudtrail import JsonObject
    from latticetop.simulator.ec2_resources import SimulatedNetworkInterface
    from latticetop.simulator.network_interfaces import NetworkInterfaceRequest


def request_parameters(request: NetworkInterfaceRequest, client_token: str) -> JsonObject:
    """The ``requestParameters`` of a CreateNetworkInterface call by VPC Lattice."""
    address_request = request.address_request
    counts: JsonObject = {}
    if address_request.prefix_count:
        counts["ipv4PrefixCount"] = address_request.prefix_count
    if address_request.address_count:
        counts["secondaryPrivateIpAddressCount"] = address_request.address_count
    if address_request.ipv6_address_count:
        counts["ipv6AddressCount"] = address_request.ipv6_address_count
    if address_request.ipv6_prefix_count:
        counts["ipv6PrefixCount"] = address_request.ipv6_prefix_count
    return {
        "subnetId": request.subnet_id,
        "description": request.description,
        "groupSet": {"items": [{"groupId": group.id} for group in request.security_groups]},
        "privateIpAddressesSet": {},
        **counts,
        "tagSpecificationSet": {"items": [{"resourceType": "network-interface", "tags": _tags(request.tags)}]},
        "clientToken": client_token,
        "denyAllIgwTraffic": True,
    }


def network_interface_element(interface: SimulatedNetworkInterface) -> JsonObject:
    """The ``networkInterface`` in the ``responseElements``; the form of IPv6 addresses is not taken from an event."""
    ipv6_addresses = [{"ipv6Address": address} for address in interface.ipv6_addresses]
    ipv6_prefixes = [{"ipv6Prefix": prefix} for prefix in interface.ipv6_prefixes]
    return {
        "networkInterfaceId": interface.id,
        "subnetId": interface.subnet_id,
        "vpcId": interface.vpc_id,
        "availabilityZone": interface.availability_zone,
        "description": interface.description,
        "ownerId": interface.owner_id,
        "requesterId": interface.requester_id,
        "requesterManaged": interface.requester_managed,
        "operator": {"managed": interface.operator is not None},
        "status": interface.status,
        "macAddress": interface.mac_address,
        "privateIpAddress": interface.primary_address,
        "privateDnsName": private_dns_name(interface.primary_address),
        "sourceDestCheck": True,
        "interfaceType": interface.interface_type,
        "groupSet": {"items": [{"groupId": group.id, "groupName": group.name} for group in interface.security_groups]},
        "privateIpAddressesSet": {
            "item": [
                {
                    "privateIpAddress": address,
                    "privateDnsName": private_dns_name(address),
                    "primary": address == interface.primary_address,
                }
                for address in interface.addresses
            ]
        },
        "ipv6AddressesSet": {"item": ipv6_addresses} if ipv6_addresses else {},
        "ipv4PrefixSet": {"item": [{"ipv4Prefix": prefix} for prefix in interface.prefixes]},
        **({"ipv6PrefixSet": {"item": ipv6_prefixes}} if ipv6_prefixes else {}),
        "denyAllIgwTraffic": interface.deny_all_igw_traffic,
        "tagSet": {"items": _tags(interface.tags)},
    }


def private_dns_name(address: str | None) -> str | None:
    """The private DNS name of an address, in the form of us-east-1."""
    return None if address is None else f"ip-{address.replace('.', '-')}.ec2.internal"


def _tags(tags: Mapping[str, str]) -> list[JsonObject]:
    return [{"key": key, "value": value} for key, value in tags.items()]
