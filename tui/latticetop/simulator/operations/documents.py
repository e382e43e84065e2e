"""Resources as documents in the members of EC2's model; a member AWS leaves out is None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.elements import private_name
from latticetop.simulator.zones import zone_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Association, Attachment, Endpoint, Interface, Reservation, Subnet, Vpc

    Document = dict[str, Any]


def tag_list(tags: Mapping[str, str]) -> list[Document]:
    """Tags as a list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def vpc_document(vpc: Vpc) -> Document:
    """A VPC."""
    blocks = [
        {
            "AssociationId": f"vpc-cidr-assoc-{vpc.id[4:]}{number or ''}",
            "CidrBlock": cidr,
            "CidrBlockState": {"State": "associated"},
        }
        for number, cidr in enumerate(vpc.cidrs)
    ]
    return {
        "VpcId": vpc.id,
        "State": "available",
        "CidrBlock": vpc.cidrs[0],
        "CidrBlockAssociationSet": blocks,
        "Ipv6CidrBlockAssociationSet": vpc.ipv6_cidr
        and [
            {
                "AssociationId": f"vpc-cidr-assoc-6{vpc.id[5:]}",
                "Ipv6CidrBlock": vpc.ipv6_cidr,
                "Ipv6CidrBlockState": {"State": "associated"},
            }
        ],
        "DhcpOptionsId": "default",
        "InstanceTenancy": "default",
        "IsDefault": vpc.is_default,
        "OwnerId": vpc.owner,
        "Tags": tag_list(vpc.tags) or None,
    }


def subnet_document(region: Region, subnet: Subnet) -> Document:
    """A subnet, with the addresses left in it now."""
    ipv6 = subnet.ipv6_cidr and [
        {
            "AssociationId": f"subnet-cidr-assoc-{subnet.id[7:]}",
            "Ipv6CidrBlock": subnet.ipv6_cidr,
            "Ipv6CidrBlockState": {"State": "associated"},
        }
    ]
    return {
        "SubnetId": subnet.id,
        "SubnetArn": f"arn:aws:ec2:{region.name}:{subnet.owner}:subnet/{subnet.id}",
        "VpcId": subnet.vpc_id,
        "State": "available",
        "CidrBlock": subnet.cidr,
        "Ipv6CidrBlockAssociationSet": ipv6 or [],
        "Ipv6Native": subnet.cidr is None,
        "AssignIpv6AddressOnCreation": subnet.cidr is None,
        "AvailableIpAddressCount": region.available(subnet.id),
        "AvailabilityZone": subnet.zone,
        "AvailabilityZoneId": zone_id(subnet.zone),
        "DefaultForAz": subnet.default_for_zone,
        "MapPublicIpOnLaunch": subnet.public,
        "MapCustomerOwnedIpOnLaunch": False,
        "EnableDns64": False,
        "OwnerId": subnet.owner,
        "Tags": tag_list(subnet.tags) or None,
    }


def interface_document(interface: Interface) -> Document:
    """A network interface. Addresses inside prefixes are not repeated as addresses."""
    operator = interface.operator
    return {
        "NetworkInterfaceId": interface.id,
        "SubnetId": interface.subnet_id,
        "VpcId": interface.vpc_id,
        "AvailabilityZone": interface.zone,
        "AvailabilityZoneId": zone_id(interface.zone),
        "Description": interface.description,
        "InterfaceType": interface.kind,
        "Status": interface.status,
        "OwnerId": interface.owner,
        "RequesterId": interface.requester,
        "RequesterManaged": interface.requester_managed,
        "MacAddress": interface.mac,
        "PrivateIpAddress": interface.address,
        "PrivateDnsName": private_name(interface.address),
        "PrivateIpAddresses": [_address(interface, address) for address in interface.addresses],
        "Ipv4Prefixes": _each("Ipv4Prefix", interface.prefixes) or None,
        "Ipv6Addresses": _each("Ipv6Address", interface.ipv6_addresses),
        "Ipv6Prefixes": _each("Ipv6Prefix", interface.ipv6_prefixes) or None,
        "Association": _public(interface),
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in interface.groups],
        "SourceDestCheck": interface.kind != "nat_gateway",
        "DenyAllIgwTraffic": interface.deny_all_igw_traffic,
        "Operator": {
            "Managed": operator is not None,
            "Principal": operator and operator.principal,
            "HiddenByDefault": operator.hidden if operator else None,
        },
        "Attachment": interface.attachment and _attachment(interface.attachment),
        "TagSet": tag_list(interface.tags),
    }


def reservation_document(reservation: Reservation) -> Document:
    """A subnet CIDR reservation."""
    return {
        "SubnetCidrReservationId": reservation.id,
        "SubnetId": reservation.subnet_id,
        "Cidr": reservation.cidr,
        "ReservationType": reservation.kind,
        "OwnerId": reservation.owner,
        "Description": reservation.description or None,
        "Tags": tag_list(reservation.tags),
    }


def endpoint_document(endpoint: Endpoint) -> Document:
    """A VPC endpoint."""
    return {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.kind,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "State": endpoint.state,
        "SubnetIds": list(endpoint.subnet_ids),
        "RouteTableIds": list(endpoint.route_table_ids) or None,
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in endpoint.groups],
        "IpAddressType": endpoint.ip_address_type,
        "PrivateDnsEnabled": endpoint.private_dns,
        "NetworkInterfaceIds": None if endpoint.interface_ids is None else list(endpoint.interface_ids),
        "DnsEntries": _each("DnsName", endpoint.dns_names) or None,
        "CreationTimestamp": endpoint.created,
        "FailureReason": endpoint.failure_reason,
        "Tags": tag_list(endpoint.tags),
        "OwnerId": endpoint.owner,
        "ServiceNetworkArn": endpoint.service_network_arn,
        "ResourceConfigurationArn": endpoint.resource_configuration_arn,
    }


def association_document(association: Association) -> Document:
    """An association of a VPC endpoint."""
    private = association.private_dns_name
    return {
        "Id": association.id,
        "VpcEndpointId": association.endpoint_id,
        "ServiceNetworkArn": association.service_network_arn,
        "ServiceNetworkName": association.service_network_name,
        "AssociatedResourceAccessibility": association.accessibility,
        "FailureReason": association.failure_reason,
        "FailureCode": association.failure_code,
        "DnsEntry": {"DnsName": association.dns_name, "HostedZoneId": association.hosted_zone},
        "PrivateDnsEntry": private and {"DnsName": private, "HostedZoneId": association.hosted_zone},
        "AssociatedResourceArn": association.resource_arn,
        "ResourceConfigurationGroupArn": association.group_arn,
        "Tags": tag_list(association.tags) or None,
    }


def _each(key: str, values: tuple[str, ...]) -> list[Document]:
    return [{key: value} for value in values]


def _address(interface: Interface, address: str) -> Document:
    primary = address == interface.address
    return {
        "PrivateIpAddress": address,
        "PrivateDnsName": private_name(address),
        "Primary": primary,
        "Association": _public(interface) if primary else None,
    }


def _public(interface: Interface) -> Document | None:
    return (interface.public_address and {"PublicIp": interface.public_address, "IpOwnerId": "amazon"}) or None


def _attachment(attachment: Attachment) -> Document:
    return {
        "AttachmentId": attachment.id,
        "InstanceId": attachment.instance_id,
        "InstanceOwnerId": attachment.owner,
        "DeviceIndex": attachment.device_index,
        "DeleteOnTermination": attachment.delete_on_termination,
        "AttachTime": attachment.attached_at,
        "Status": "attached",
    }
