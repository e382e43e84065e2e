"""The EC2 and STS protocols as boto3 reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, pages, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

PAGED = [
    ("describe_vpcs", "Vpcs", "VpcId", 5, {}),
    ("describe_subnets", "Subnets", "SubnetId", 5, {}),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", 5, {}),
    ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", 3, {}),
    ("describe_vpc_endpoint_associations", "VpcEndpointAssociations", "Id", 2, {}),
    ("get_subnet_cidr_reservations", "SubnetIpv4CidrReservations", "Cidr", 5, {"SubnetId"}),
]


@pytest.fixture
def full(serve: Callable[[str], Clients]) -> Clients:
    """The fleet, with enough of everything for three pages."""
    clients = serve("fleet")
    for number in range(10):
        clients.ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/24")
    subnet_id = clients.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    for number in range(12):
        clients.ec2.create_subnet_cidr_reservation(
            SubnetId=subnet_id, Cidr=f"10.20.14.{16 * number}/28", ReservationType="explicit"
        )
    return clients


@pytest.mark.parametrize(("call", "key", "member", "size", "needs"), PAGED)
def test_paging(full: Clients, call: str, key: str, member: str, size: int, needs: set[str]) -> None:
    subnet_id = full.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    params = {"SubnetId": subnet_id} if needs else {}
    ask = getattr(full.ec2, call)
    found = list(pages(ask, key, size, **params))
    assert len(found) >= 3
    assert all(len(page) == size for page in found[:-1])
    assert 0 < len(found[-1]) <= size
    everything = ask(**params)
    assert [item[member] for page in found for item in page] == [item[member] for item in everything[key]]
    assert "NextToken" not in everything


def test_a_page_can_be_read_again(full: Clients) -> None:
    token = full.ec2.describe_subnets(MaxResults=5)["NextToken"]
    first = full.ec2.describe_subnets(MaxResults=5, NextToken=token)["Subnets"]
    assert full.ec2.describe_subnets(MaxResults=5, NextToken=token)["Subnets"] == first


def test_a_token_of_another_call_is_refused(full: Clients) -> None:
    token = full.ec2.describe_subnets(MaxResults=5)["NextToken"]
    for bad in (token, "nonsense"):
        assert refusal(full.ec2.describe_vpcs, NextToken=bad)[0] == "InvalidNextToken"


@pytest.mark.parametrize(
    ("call", "sizes", "params"),
    [
        ("describe_vpc_endpoint_associations", (0, 101), {}),
        ("describe_network_interfaces", (4, 1001), {}),
        ("describe_subnets", (4, 1001), {}),
        ("get_subnet_cidr_reservations", (4, 1001), {"SubnetId": "subnet-1"}),
    ],
)
def test_max_results_out_of_range(empty: Clients, call: str, sizes: tuple[int, ...], params: dict[str, str]) -> None:
    client = empty.client("ec2", checked=False)
    for size in sizes:
        code, message = refusal(getattr(client, call), MaxResults=size, **params)
        assert code == "InvalidParameterValue"
        assert str(size) in message


def test_max_results_of_endpoints_is_cut_down(empty: Clients) -> None:
    assert empty.ec2.describe_vpc_endpoints(MaxResults=5000)["VpcEndpoints"] == []


def test_max_results_not_with_interface_ids(incident: Clients) -> None:
    asked = {"NetworkInterfaceIds": ["eni-0c2b8e61f7a4d9035"], "MaxResults": 10}
    code, _ = refusal(incident.ec2.describe_network_interfaces, **asked)
    assert code == "InvalidParameterCombination"


def test_required_and_unknown_members(empty: Clients) -> None:
    client = empty.client("ec2", checked=False)
    assert refusal(client.get_subnet_cidr_reservations) == (
        "MissingParameter",
        "The request must contain the parameter SubnetId",
    )
    assert refusal(client.create_tags, Resources=["eni-1"])[0] == "MissingParameter"


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
    assert refusal(getattr(empty.ec2, call), **params)[0] == code


def test_another_service_is_refused(empty: Clients) -> None:
    assert refusal(empty.client("sns").list_topics)[0] == "InvalidAction"


def test_who_is_calling(empty: Clients) -> None:
    identity = empty.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"].startswith("arn:aws:sts::123456789012:")


def test_another_region_is_empty(incident: Clients) -> None:
    assert incident.client("ec2", "eu-west-1").describe_subnets()["Subnets"] == []
    zones = incident.client("ec2", "eu-west-1").describe_availability_zones()["AvailabilityZones"]
    assert (zones[0]["ZoneName"], zones[0]["ZoneId"]) == ("eu-west-1a", "euw1-az1")


def test_regions_and_visibility(empty: Clients) -> None:
    names = [region["RegionName"] for region in empty.ec2.describe_regions()["Regions"]]
    assert "us-east-1" in names
    assert empty.ec2.get_managed_resource_visibility()["Visibility"] == {"DefaultVisibility": "hidden"}


def test_calls_are_kept_in_order(empty: Clients) -> None:
    empty.ec2.describe_subnets(MaxResults=7)
    refusal(empty.ec2.describe_vpcs, VpcIds=["vpc-9"])
    kept = [(c.service, c.region, c.operation, c.status, c.error) for c in empty.server.calls]
    assert kept == [
        ("ec2", "us-east-1", "DescribeSubnets", 200, None),
        ("ec2", "us-east-1", "DescribeVpcs", 400, "InvalidVpcID.NotFound"),
    ]
    assert empty.server.calls[0].params == {"MaxResults": 7}


def test_text_survives_the_wire(empty: Clients) -> None:
    vpc_id = empty.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    name = "<b>&amp; ünï\u202e [red]漢字\t"
    empty.ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": name}])
    assert empty.ec2.describe_vpcs()["Vpcs"][0]["Tags"] == [{"Key": "Name", "Value": name}]
