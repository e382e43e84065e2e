"""Network interfaces in CloudTrail's words: request parameters and response elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.interfaces import InterfaceRequest
    from latticetop.simulator.resources import Interface
    from latticetop.simulator.trail import Json


def request_parameters(request: InterfaceRequest, client_token: str) -> Json:
    """The parameters of a CreateNetworkInterface that VPC Lattice makes."""
    wanted = request.wanted
    counts: Json = {}
    if wanted.prefix_count:
        counts["ipv4PrefixCount"] = wanted.prefix_count
    if wanted.count:
        counts["secondaryPrivateIpAddressCount"] = wanted.count
    return {
        "subnetId": request.subnet_id,
        "description": request.description,
        "groupSet": {"items": [{"groupId": group.id} for group in request.groups]},
        "privateIpAddressesSet": {},
        **counts,
        "tagSpecificationSet": {"items": [{"resourceType": "network-interface", "tags": _tags(request.tags)}]},
        "clientToken": client_token,
        "denyAllIgwTraffic": True,
    }


def interface_elements(interface: Interface) -> Json:
    """The ``networkInterface`` of a CreateNetworkInterface's response elements."""
    return {
        "networkInterfaceId": interface.id,
        "subnetId": interface.subnet_id,
        "vpcId": interface.vpc_id,
        "availabilityZone": interface.zone,
        "description": interface.description,
        "ownerId": interface.owner,
        "requesterId": interface.requester,
        "requesterManaged": interface.requester_managed,
        "operator": {"managed": interface.operator is not None},
        "status": interface.status,
        "macAddress": interface.mac,
        "privateIpAddress": interface.address,
        "privateDnsName": private_name(interface.address),
        "sourceDestCheck": True,
        "interfaceType": interface.kind,
        "groupSet": {"items": [{"groupId": group.id, "groupName": group.name} for group in interface.groups]},
        "privateIpAddressesSet": {
            "item": [
                {
                    "privateIpAddress": address,
                    "privateDnsName": private_name(address),
                    "primary": address == interface.address,
                }
                for address in interface.addresses
            ]
        },
        "ipv6AddressesSet": {},
        "ipv4PrefixSet": {"item": [{"ipv4Prefix": prefix} for prefix in interface.prefixes]},
        "denyAllIgwTraffic": interface.deny_all_igw_traffic,
        "tagSet": {"items": _tags(interface.tags)},
    }


def private_name(address: str | None) -> str | None:
    """The private DNS name of an address in us-east-1's spelling."""
    return None if address is None else f"ip-{address.replace('.', '-')}.ec2.internal"


def _tags(tags: Mapping[str, str]) -> list[Json]:
    return [{"key": key, "value": value} for key, value in tags.items()]
