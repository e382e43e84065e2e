"""Pagination of EC2's Describe operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.vpcs import add_vpc
from tests.simulator.clients import Clients, error_of, pages

if TYPE_CHECKING:
    from collections.abc import Iterator


OPERATIONS = [
    ("describe_vpcs", "Vpcs", "VpcId", 5, {}),
    ("describe_subnets", "Subnets", "SubnetId", 5, {}),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", 5, {}),
    ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", 3, {}),
    ("describe_vpc_endpoint_associations", "VpcEndpointAssociations", "Id", 2, {}),
    ("get_subnet_cidr_reservations", "SubnetIpv4CidrReservations", "Cidr", 5, {"SubnetId"}),
]


@pytest.fixture(scope="module")
def filled() -> Iterator[Clients]:
    """The fleet scenario with at least three pages of each resource."""
    server = ServerThread("fleet", clock=ManualClock())
    region = server.account.region()
    for number in range(10):
        add_vpc(region, f"10.{100 + number}.0.0/24")
    for number in range(12):
        add_reservation(region, next(iter(region.subnets)), f"10.20.14.{16 * number}/28", "explicit")
    clients = Clients(server.start())
    yield clients
    clients.close()


@pytest.mark.parametrize(("call", "key", "member", "size", "required"), OPERATIONS)
def test_paging(filled: Clients, call: str, key: str, member: str, size: int, required: set[str]) -> None:
    subnet_id = filled.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    params = {"SubnetId": subnet_id} if required else {}
    operation = getattr(filled.ec2, call)
    result = list(pages(operation, key, size, **params))
    assert len(result) >= 3
    assert all(len(page) == size for page in result[:-1])
    assert 0 < len(result[-1]) <= size
    everything = operation(**params)
    assert [item[member] for page in result for item in page] == [item[member] for item in everything[key]]
    assert "NextToken" not in everything


def test_a_page_can_be_read_again(filled: Clients) -> None:
    token = filled.ec2.describe_subnets(MaxResults=5)["NextToken"]
    first = filled.ec2.describe_subnets(MaxResults=5, NextToken=token)["Subnets"]
    assert filled.ec2.describe_subnets(MaxResults=5, NextToken=token)["Subnets"] == first


def test_a_token_of_another_operation_is_invalid(filled: Clients) -> None:
    token = filled.ec2.describe_subnets(MaxResults=5)["NextToken"]
    for invalid_token in (token, "nonsense"):
        assert error_of(filled.ec2.describe_vpcs, NextToken=invalid_token)[0] == "InvalidNextToken"


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
    client = empty.client("ec2", validate=False)
    for size in sizes:
        code, message = error_of(getattr(client, call), MaxResults=size, **params)
        assert code == "InvalidParameterValue"
        assert str(size) in message


def test_max_results_of_endpoints_is_clamped(empty: Clients) -> None:
    assert empty.ec2.describe_vpc_endpoints(MaxResults=5000)["VpcEndpoints"] == []


def test_max_results_excludes_interface_ids(incident: Clients) -> None:
    params = {"NetworkInterfaceIds": ["eni-0c2b8e61f7a4d9035"], "MaxResults": 10}
    code, _ = error_of(incident.ec2.describe_network_interfaces, **params)
    assert code == "InvalidParameterCombination"
