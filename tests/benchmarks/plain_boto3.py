"""What a person would write: read with boto3's paginators, one thing after the other, and keep it.

It reads what `latticetop check` reads by default: every subnet of a VPC with a service-network endpoint.
"""

from __future__ import annotations

import sys
from typing import Any

import boto3

SIZE = {"PageSize": 1000}


def read(url: str, region: str) -> dict[str, Any]:
    """Everything, in AWS's own member names."""
    sts = boto3.client("sts", region_name=region, endpoint_url=url)
    ec2 = boto3.client("ec2", region_name=region, endpoint_url=url)
    account: dict[str, Any] = {"account": sts.get_caller_identity()["Account"]}

    def everything(operation: str, key: str, **params: Any) -> list[Any]:
        pages = ec2.get_paginator(operation).paginate(PaginationConfig=SIZE, **params)
        return [record for page in pages for record in page[key]]

    chosen = [{"Name": "vpc-endpoint-type", "Values": ["ServiceNetwork"]}]
    account["endpoints"] = everything("describe_vpc_endpoints", "VpcEndpoints", Filters=chosen)
    account["associations"] = associations(ec2)
    account["vpcs"] = everything("describe_vpcs", "Vpcs")
    account["subnets"] = everything("describe_subnets", "Subnets")
    vpc_ids = sorted({endpoint["VpcId"] for endpoint in account["endpoints"]})
    within = [{"Name": "vpc-id", "Values": vpc_ids}]
    account["interfaces"] = everything("describe_network_interfaces", "NetworkInterfaces", Filters=within)
    subnet_ids = [subnet["SubnetId"] for subnet in account["subnets"] if subnet["VpcId"] in vpc_ids]
    account["reservations"] = [ec2.get_subnet_cidr_reservations(SubnetId=subnet_id) for subnet_id in subnet_ids]
    return account


def associations(ec2: Any) -> list[Any]:
    """boto3 has no paginator for this call."""
    params: dict[str, Any] = {"MaxResults": 100}
    records: list[Any] = []
    while True:
        answer = ec2.describe_vpc_endpoint_associations(**params)
        records += answer["VpcEndpointAssociations"]
        if not answer.get("NextToken"):
            return records
        params["NextToken"] = answer["NextToken"]


if __name__ == "__main__":
    print(len(read(*sys.argv[1:])["interfaces"]))  # noqa: T201
