"""The operations of the account, by service and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.operations import (
    cloudtrail,
    describe,
    describe_endpoints,
    identity,
    lattice,
    places,
    tags,
    write_endpoints,
    write_interfaces,
    write_network,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.operations.call import Handler

EC2: dict[str, Handler] = {
    "DescribeVpcs": describe.VPCS.serve,
    "DescribeSubnets": describe.SUBNETS.serve,
    "DescribeNetworkInterfaces": describe.INTERFACES.serve,
    "GetSubnetCidrReservations": describe.get_subnet_cidr_reservations,
    "DescribeVpcEndpoints": describe_endpoints.ENDPOINTS.serve,
    "DescribeVpcEndpointAssociations": describe_endpoints.ASSOCIATIONS.serve,
    "DescribeRegions": places.describe_regions,
    "DescribeAvailabilityZones": places.describe_availability_zones,
    "GetManagedResourceVisibility": places.get_managed_resource_visibility,
    "CreateVpcEndpoint": write_endpoints.create_vpc_endpoint,
    "DeleteVpcEndpoints": write_endpoints.delete_vpc_endpoints,
    "CreateNetworkInterface": write_interfaces.create_network_interface,
    "DeleteNetworkInterface": write_interfaces.delete_network_interface,
    "AssignPrivateIpAddresses": write_interfaces.assign_private_ip_addresses,
    "UnassignPrivateIpAddresses": write_interfaces.unassign_private_ip_addresses,
    "CreateSubnetCidrReservation": write_network.create_subnet_cidr_reservation,
    "DeleteSubnetCidrReservation": write_network.delete_subnet_cidr_reservation,
    "TerminateInstances": write_interfaces.terminate_instances,
    "CreateTags": tags.create_tags,
    "CreateVpc": write_network.create_vpc,
    "CreateSubnet": write_network.create_subnet,
}
STS: dict[str, Handler] = {
    "GetCallerIdentity": identity.get_caller_identity,
    "AssumeRole": identity.assume_role,
}
CLOUDTRAIL: dict[str, Handler] = {"LookupEvents": cloudtrail.lookup_events}
OPERATIONS: Mapping[str, Mapping[str, Handler]] = {
    "ec2": EC2,
    "sts": STS,
    "cloudtrail": CLOUDTRAIL,
    "vpc-lattice": lattice.LATTICE,
}
