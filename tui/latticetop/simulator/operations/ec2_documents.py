"""EC2 resources as documents: the members of EC2's API, where None stands for a member that AWS omits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.availability_zones import zone_id
from latticetop.simulator.cloudtrail_elements import private_dns_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.ec2_resources import (
        SimulatedAttachment,
        SimulatedEndpoint,
        SimulatedEndpointAssociation,
        SimulatedNetworkInterface,
        SimulatedReservation,
        SimulatedSubnet,
        SimulatedVpc,
    )
    from latticetop.simulator.region import SimulatedRegion

    Document = dict[str, Any]


def tag_list(tags: Mapping[str, str]) -> list[Document]:
    """Tags as a list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def vpc_document(vpc: SimulatedVpc) -> Document:
    """A VPC."""
    cidr_associations = [
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
        "CidrBlockAssociationSet": cidr_associations,
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
        "OwnerId": vpc.owner_id,
        "Tags": tag_list(vpc.tags) or None,
    }


def subnet_document(region: SimulatedRegion, subnet: SimulatedSubnet) -> Document:
    """A subnet, with its current AvailableIpAddressCount."""
    ipv6_associations = subnet.ipv6_cidr and [
        {
            "AssociationId": f"subnet-cidr-assoc-{subnet.id[7:]}",
            "Ipv6CidrBlock": subnet.ipv6_cidr,
            "Ipv6CidrBlockState": {"State": "associated"},
        }
    ]
    return {
        "SubnetId": subnet.id,
        "SubnetArn": f"arn:aws:ec2:{region.name}:{subnet.owner_id}:subnet/{subnet.id}",
        "VpcId": subnet.vpc_id,
        "State": "available",
        "CidrBlock": subnet.cidr,
        "Ipv6CidrBlockAssociationSet": ipv6_associations or [],
        "Ipv6Native": subnet.cidr is None,
        "AssignIpv6AddressOnCreation": subnet.cidr is None,
        "AvailableIpAddressCount": region.available_address_count(subnet.id),
        "AvailabilityZone": subnet.availability_zone,
        "AvailabilityZoneId": zone_id(subnet.availability_zone),
        "DefaultForAz": subnet.default_for_az,
        "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
        "MapCustomerOwnedIpOnLaunch": False,
        "EnableDns64": False,
        "OwnerId": subnet.owner_id,
        "Tags": tag_list(subnet.tags) or None,
    }


def interface_document(interface: SimulatedNetworkInterface) -> Document:
    """A network interface. PrivateIpAddresses does not contain the addresses of prefixes."""
    operator = interface.operator
    return {
        "NetworkInterfaceId": interface.id,
        "SubnetId": interface.subnet_id,
        "VpcId": interface.vpc_id,
        "AvailabilityZone": interface.availability_zone,
        "AvailabilityZoneId": zone_id(interface.availability_zone),
        "Description": interface.description,
        "InterfaceType": interface.interface_type,
        "Status": interface.status,
        "OwnerId": interface.owner_id,
        "RequesterId": interface.requester_id,
        "RequesterManaged": interface.requester_managed,
        "MacAddress": interface.mac_address,
        "PrivateIpAddress": interface.primary_address,
        "PrivateDnsName": private_dns_name(interface.primary_address),
        "PrivateIpAddresses": [_address(interface, address) for address in interface.addresses],
        "Ipv4Prefixes": _items("Ipv4Prefix", interface.prefixes) or None,
        "Ipv6Addresses": _items("Ipv6Address", interface.ipv6_addresses),
        "Ipv6Prefixes": _items("Ipv6Prefix", interface.ipv6_prefixes) or None,
        "Association": _public_ip(interface),
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in interface.security_groups],
        "SourceDestCheck": interface.interface_type != "nat_gateway",
        "DenyAllIgwTraffic": interface.deny_all_igw_traffic,
        "Operator": {
            "Managed": operator is not None,
            "Principal": operator and operator.principal,
            "HiddenByDefault": operator.hidden_by_default if operator else None,
        },
        "Attachment": interface.attachment and _attachment(interface.attachment),
        "TagSet": tag_list(interface.tags),
    }


def reservation_document(reservation: SimulatedReservation) -> Document:
    """A subnet CIDR reservation."""
    return {
        "SubnetCidrReservationId": reservation.id,
        "SubnetId": reservation.subnet_id,
        "Cidr": reservation.cidr,
        "ReservationType": reservation.reservation_type,
        "OwnerId": reservation.owner_id,
        "Description": reservation.description or None,
        "Tags": tag_list(reservation.tags),
    }


def endpoint_document(endpoint: SimulatedEndpoint) -> Document:
    """A VPC endpoint."""
    return {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.endpoint_type,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "State": endpoint.state,
        "SubnetIds": list(endpoint.subnet_ids),
        "RouteTableIds": list(endpoint.route_table_ids) or None,
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in endpoint.security_groups],
        "IpAddressType": endpoint.ip_address_type,
        "PrivateDnsEnabled": endpoint.private_dns_enabled,
        "NetworkInterfaceIds": None if endpoint.interface_ids is None else list(endpoint.interface_ids),
        "DnsEntries": _items("DnsName", endpoint.dns_names) or None,
        "CreationTimestamp": endpoint.created_at,
        "FailureReason": endpoint.failure_reason,
        "LastError": endpoint.last_error and dict(zip(("Code", "Message"), endpoint.last_error, strict=True)),
        "Tags": tag_list(endpoint.tags),
        "OwnerId": endpoint.owner_id,
        "ServiceNetworkArn": endpoint.service_network_arn,
        "ResourceConfigurationArn": endpoint.resource_configuration_arn,
    }


def association_document(association: SimulatedEndpointAssociation) -> Document:
    """A VPC endpoint association."""
    private_name = association.private_dns_name
    return {
        "Id": association.id,
        "VpcEndpointId": association.endpoint_id,
        "ServiceNetworkArn": association.service_network_arn,
        "ServiceNetworkName": association.service_network_name,
        "AssociatedResourceAccessibility": association.accessibility,
        "FailureReason": association.failure_reason,
        "FailureCode": association.failure_code,
        "DnsEntry": {"DnsName": association.dns_name, "HostedZoneId": association.hosted_zone_id},
        "PrivateDnsEntry": private_name and {"DnsName": private_name, "HostedZoneId": association.hosted_zone_id},
        "AssociatedResourceArn": association.resource_arn,
        "ResourceConfigurationGroupArn": association.group_arn,
        "Tags": tag_list(association.tags) or None,
    }


def _items(key: str, values: tuple[str, ...]) -> list[Document]:
    return [{key: value} for value in values]


def _address(interface: SimulatedNetworkInterface, address: str) -> Document:
    primary = address == interface.primary_address
    return {
        "PrivateIpAddress": address,
        "PrivateDnsName": private_dns_name(address),
        "Primary": primary,
        "Association": _public_ip(interface) if primary else None,
    }


def _public_ip(interface: SimulatedNetworkInterface) -> Document | None:
    return (interface.public_ip and {"PublicIp": interface.public_ip, "IpOwnerId": "amazon"}) or None


def _attachment(attachment: SimulatedAttachment) -> Document:
    return {
        "AttachmentId": attachment.id,
        "InstanceId": attachment.instance_id,
        "InstanceOwnerId": attachment.instance_owner_id,
        "DeviceIndex": attachment.device_index,
        "DeleteOnTermination": attachment.delete_on_termination,
        "AttachTime": attachment.attach_time,
        "Status": "attached",
    }
