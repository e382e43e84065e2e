"""The IAM permissions that latticetop needs, as a CloudFormation template of the role in a member account."""

from __future__ import annotations

import json
from typing import Any

from latticetop.model.records import aws_actions

REQUIRED_ACTIONS = (
    aws_actions.DESCRIBE_ENDPOINTS,
    aws_actions.DESCRIBE_ASSOCIATIONS,
    aws_actions.DESCRIBE_INTERFACES,
    aws_actions.DESCRIBE_SUBNETS,
)
OPTIONAL_ACTIONS = (
    aws_actions.DESCRIBE_VPCS,
    aws_actions.GET_RESERVATIONS,
    aws_actions.DESCRIBE_REGIONS,
    aws_actions.DESCRIBE_CLUSTER,
    aws_actions.LIST_SERVICE_NETWORKS,
    aws_actions.LIST_VPC_ASSOCIATIONS,
    aws_actions.LIST_ENDPOINT_ASSOCIATIONS,
    aws_actions.LIST_RESOURCE_ASSOCIATIONS,
    aws_actions.LIST_SERVICE_ASSOCIATIONS,
    aws_actions.LIST_RESOURCE_CONFIGURATIONS,
    aws_actions.LIST_RESOURCE_GATEWAYS,
    aws_actions.LOOKUP_EVENTS,
)
"""What needs one of them says so when it is denied."""
HUB_ACTIONS = (
    aws_actions.LIST_ACCOUNTS,
    aws_actions.LIST_ACCOUNTS_FOR_PARENT,
    aws_actions.LIST_UNITS_FOR_PARENT,
)
"""For `[organization]`, in the account that lists the others; it also needs sts:AssumeRole on their roles."""
_VERSION = "2012-10-17"


def member_role_template() -> str:
    """Render a CloudFormation template, in JSON, of the role that is assumed in each account of an organization."""
    return json.dumps(_template(), indent=2) + "\n"


def _template() -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The read-only role that latticetop assumes in this account.",
        "Parameters": {
            "TrustedArn": {"Type": "String", "Description": "ARN of the role or user that latticetop runs as."},
            "RoleName": {"Type": "String", "Default": "latticetop"},
            "ExternalId": {"Type": "String", "Default": "", "Description": "external_id of latticetop.toml, or empty."},
        },
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": _role()}},
    }


def _role() -> dict[str, Any]:
    external_id = {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    return {
        "RoleName": {"Ref": "RoleName"},
        "AssumeRolePolicyDocument": _policy(
            {
                "Effect": "Allow",
                "Principal": {"AWS": {"Ref": "TrustedArn"}},
                "Action": aws_actions.ASSUME_ROLE,
                "Condition": {"Fn::If": ["HasExternalId", external_id, {"Ref": "AWS::NoValue"}]},
            }
        ),
        "Policies": [
            {
                "PolicyName": "latticetop",
                "PolicyDocument": _policy(
                    {"Effect": "Allow", "Action": [*REQUIRED_ACTIONS, *OPTIONAL_ACTIONS], "Resource": "*"}
                ),
            }
        ],
    }


def _policy(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": [statement]}
