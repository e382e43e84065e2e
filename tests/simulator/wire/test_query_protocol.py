"""The EC2 and STS protocols with boto3 as the client."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.clients import Clients, error_of


def test_required_parameters(empty: Clients) -> None:
    client = empty.client("ec2", validate=False)
    assert error_of(client.get_subnet_cidr_reservations) == (
        "MissingParameter",
        "The request must contain the parameter SubnetId",
    )
    assert error_of(client.create_tags, Resources=["eni-1"])[0] == "MissingParameter"


@pytest.mark.parametrize(
    ("call", "params", "code"),
    [
        ("describe_vpcs", {"VpcIds": ["vpc-9"]}, "InvalidVpcID.NotFound"),
        ("describe_subnets", {"SubnetIds": ["subnet-9"]}, "InvalidSubnetID.NotFound"),
        ("describe_network_interfaces", {"NetworkInterfaceIds": ["eni-9"]}, "InvalidNetworkInterfaceID.NotFound"),
        ("describe_vpc_endpoints", {"VpcEndpointIds": ["vpce-9"]}, "InvalidVpcEndpointId.NotFound"),
        ("get_subnet_cidr_reservations", {"SubnetId": "subnet-9"}, "InvalidSubnetID.NotFound"),
        (
            "delete_subnet_cidr_reservation",
            {"SubnetCidrReservationId": "scr-9"},
            "InvalidSubnetCidrReservationID.NotFound",
        ),
        ("describe_instances", {}, "InvalidAction"),
        ("describe_subnets", {"DryRun": True}, "DryRunOperation"),
        ("describe_subnets", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
    ],
)
def test_errors(empty: Clients, call: str, params: dict[str, Any], code: str) -> None:
    assert error_of(getattr(empty.ec2, call), **params)[0] == code


def test_an_unknown_service_is_an_error(empty: Clients) -> None:
    assert error_of(empty.client("sns").list_topics)[0] == "InvalidAction"


def test_the_server_records_its_calls(empty: Clients) -> None:
    empty.ec2.describe_subnets(MaxResults=7)
    error_of(empty.ec2.describe_vpcs, VpcIds=["vpc-9"])
    calls = [(c.service, c.region, c.operation, c.status, c.error) for c in empty.server.calls]
    assert calls == [
        ("ec2", "us-east-1", "DescribeSubnets", 200, None),
        ("ec2", "us-east-1", "DescribeVpcs", 400, "InvalidVpcID.NotFound"),
    ]
    assert empty.server.calls[0].params == {"MaxResults": 7}


def test_special_characters_in_text(empty: Clients) -> None:
    vpc_id = empty.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    name = "<b>&amp; ünï\u202e [red]漢字\t"
    empty.ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": name}])
    assert empty.ec2.describe_vpcs()["Vpcs"][0]["Tags"] == [{"Key": "Name", "Value": name}]
