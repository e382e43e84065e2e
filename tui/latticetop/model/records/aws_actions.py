"""The AWS actions that latticetop calls, as IAM writes them (`service:Operation`), and the limits of their requests.

Each is written here and nowhere else, but for the simulator, which has its own. `aws/operations.py` refuses any other
action.
"""

from __future__ import annotations

import re

DESCRIBE_INTERFACES = "ec2:DescribeNetworkInterfaces"
DESCRIBE_REGIONS = "ec2:DescribeRegions"
DESCRIBE_SUBNETS = "ec2:DescribeSubnets"
DESCRIBE_ASSOCIATIONS = "ec2:DescribeVpcEndpointAssociations"
DESCRIBE_ENDPOINTS = "ec2:DescribeVpcEndpoints"
DESCRIBE_VPCS = "ec2:DescribeVpcs"
GET_RESERVATIONS = "ec2:GetSubnetCidrReservations"
DESCRIBE_CLUSTER = "eks:DescribeCluster"
LIST_ACCOUNTS = "organizations:ListAccounts"
LIST_ACCOUNTS_FOR_PARENT = "organizations:ListAccountsForParent"
LIST_UNITS_FOR_PARENT = "organizations:ListOrganizationalUnitsForParent"
LOOKUP_EVENTS = "cloudtrail:LookupEvents"
GET_CALLER_IDENTITY = "sts:GetCallerIdentity"
"""Needs no IAM permission."""
ASSUME_ROLE = "sts:AssumeRole"
"""Called by the SDK alone, for the credentials of a role."""
LATTICE_ACTIONS = "vpc-lattice:"
"""The prefix of the actions of VPC Lattice."""
LIST_RESOURCE_CONFIGURATIONS = "vpc-lattice:ListResourceConfigurations"
LIST_RESOURCE_GATEWAYS = "vpc-lattice:ListResourceGateways"
LIST_RESOURCE_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkResourceAssociations"
LIST_SERVICE_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkServiceAssociations"
LIST_VPC_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkVpcAssociations"
LIST_ENDPOINT_ASSOCIATIONS = "vpc-lattice:ListServiceNetworkVpcEndpointAssociations"
LIST_SERVICE_NETWORKS = "vpc-lattice:ListServiceNetworks"

EC2_PAGE_SIZE = 1000
"""Most records in one page of a Describe call of EC2, but for DescribeVpcEndpointAssociations."""
MAX_FILTER_VALUES = 200
"""Most values in one EC2 filter (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html)."""


def cli_command(action: str) -> str:
    """Return the command of the AWS CLI that calls an action: `aws ec2 describe-vpcs`."""
    service, _, operation = action.partition(":")
    return f"aws {service} {re.sub(r'(?<!^)(?=[A-Z])', '-', operation).lower()}"
