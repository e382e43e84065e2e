"""The handlers of the API operations, by service and operation name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.operations import (
    cloudtrail,
    describe,
    eks,
    lattice,
    organizations,
    regions,
    sts,
    tags,
    write_endpoints,
    write_instances,
    write_interfaces,
    write_vpcs,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.operations.context import Handler

EC2: dict[str, Handler] = {
    "DescribeVpcs": describe.VPCS.handle,
    "DescribeSubnets": describe.SUBNETS.handle,
    "DescribeNetworkInterfaces": describe.INTERFACES.handle,
    "GetSubnetCidrReservations": describe.get_subnet_cidr_reservations,
    "DescribeVpcEndpoints": describe.ENDPOINTS.handle,
    "DescribeVpcEndpointAssociations": describe.ASSOCIATIONS.handle,
    "DescribeRegions": regions.describe_regions,
    "DescribeAvailabilityZones": regions.describe_availability_zones,
    "GetManagedResourceVisibility": regions.get_managed_resource_visibility,
    "CreateVpcEndpoint": write_endpoints.create_vpc_endpoint,
    "DeleteVpcEndpoints": write_endpoints.delete_vpc_endpoints,
    "AcceptVpcEndpointConnections": write_endpoints.accept_vpc_endpoint_connections,
    "RejectVpcEndpointConnections": write_endpoints.reject_vpc_endpoint_connections,
    "CreateNetworkInterface": write_interfaces.create_network_interface,
    "DeleteNetworkInterface": write_interfaces.delete_network_interface,
    "DetachNetworkInterface": write_interfaces.detach_network_interface,
    "AssignPrivateIpAddresses": write_interfaces.assign_private_ip_addresses,
    "UnassignPrivateIpAddresses": write_interfaces.unassign_private_ip_addresses,
    "AssignIpv6Addresses": write_interfaces.assign_ipv6_addresses,
    "UnassignIpv6Addresses": write_interfaces.unassign_ipv6,
    "CreateSubnetCidrReservation": write_vpcs.create_subnet_cidr_reservation,
    "DeleteSubnetCidrReservation": write_vpcs.delete_subnet_cidr_reservation,
    "TerminateInstances": write_instances.terminate_instances,
    "CreateTags": tags.create_tags,
    "CreateVpc": write_vpcs.create_vpc,
    "CreateSubnet": write_vpcs.create_subnet,
    "DeleteSubnet": write_vpcs.delete_subnet,
}
STS: dict[str, Handler] = {
    "GetCallerIdentity": sts.get_caller_identity,
    "AssumeRole": sts.assume_role,
}
CLOUDTRAIL: dict[str, Handler] = {"LookupEvents": cloudtrail.lookup_events}
EKS: dict[str, Handler] = {"DescribeCluster": eks.describe_cluster}
OPERATIONS: Mapping[str, Mapping[str, Handler]] = {
    "ec2": EC2,
    "sts": STS,
    "cloudtrail": CLOUDTRAIL,
    "eks": EKS,
    "organizations": organizations.ORGANIZATIONS,
    "vpc-lattice": lattice.LATTICE,
}
