"""EC2's write operations for VPC endpoints, as a user calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator.scenarios.service_networks import (
    add_resource_configuration,
    add_resource_gateway,
    add_service_network,
)
from latticetop.simulator.settings import apply_setting
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.simulator.clients import Clients, available_addresses, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock, SimulatedAccount


def test_creating_and_deleting_an_endpoint(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    endpoint = incident.ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId="vpc-0d54cbe88a44ffd04",
        ServiceNetworkArn="arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
        SubnetIds=["subnet-0f6a1ce53b9fd9793"],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "second"}]}],
    )["VpcEndpoint"]
    assert endpoint["State"] == "Pending"
    assert "NetworkInterfaceIds" not in endpoint
    assert endpoint["Tags"] == [{"Key": "Name", "Value": "second"}]
    clock.finish()
    endpoints = incident.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"]
    assert endpoints[0]["State"] == "Failed"
    response = incident.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"], "vpce-9"])
    assert [entry["ResourceId"] for entry in response["Unsuccessful"]] == ["vpce-9"]
    clock.finish()
    assert len(incident.ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 1


def describe(clients: Clients, endpoint: dict[str, Any]) -> dict[str, Any]:
    """The current description of an endpoint."""
    ids = [endpoint["VpcEndpointId"]]
    described: dict[str, Any] = clients.ec2.describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"][0]
    return described


def interfaces_of(clients: Clients, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    """The ENIs of an endpoint, by description as AWS writes it."""
    filters = [{"Name": "description", "Values": [f"VPC Endpoint Interface*{endpoint['VpcEndpointId']}"]}]
    interfaces: list[dict[str, Any]] = clients.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return interfaces


@pytest.fixture
def vpc_id(empty: Clients) -> str:
    first_id: str = empty.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    return first_id


@pytest.fixture
def subnet_ids(empty: Clients) -> list[str]:
    """The ids of the two subnets of the empty scenario, in us-east-1a and us-east-1b."""
    return [subnet["SubnetId"] for subnet in empty.ec2.describe_subnets()["Subnets"]]


def test_an_interface_endpoint(empty: Clients, clock: ManualClock, vpc_id: str, subnet_ids: list[str]) -> None:
    """AWS returns the states of interface endpoints in lower case."""
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.ssm", SubnetIds=subnet_ids
    )["VpcEndpoint"]
    assert (endpoint["State"], endpoint["IpAddressType"]) == ("pending", "ipv4")
    assert len(endpoint["NetworkInterfaceIds"]) == 2
    interface = interfaces_of(empty, endpoint)[0]
    assert (interface["InterfaceType"], interface["RequesterManaged"], interface["PrivateIpAddress"]) == (
        "vpc_endpoint", True, "10.0.0.4",
    )  # fmt: skip
    assert interface["Description"] == f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"
    clock.finish()
    assert describe(empty, endpoint)["State"] == "available"
    empty.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    assert describe(empty, endpoint)["State"] == "deleting"
    clock.finish()
    assert [available_addresses(empty, subnet_id) for subnet_id in subnet_ids] == [251, 251]


def test_an_interface_endpoint_needs_an_address_in_each_subnet(
    empty: Clients, vpc_id: str, subnet_ids: list[str]
) -> None:
    empty.ec2.create_network_interface(SubnetId=subnet_ids[1], SecondaryPrivateIpAddressCount=250)
    code, _ = error_of(
        empty.ec2.create_vpc_endpoint,
        VpcEndpointType="Interface",
        VpcId=vpc_id,
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=subnet_ids,
    )
    assert code == "InsufficientFreeAddressesInSubnet"
    assert available_addresses(empty, subnet_ids[0]) == 251
    assert empty.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_a_gateway_endpoint_has_no_interface(empty: Clients, vpc_id: str) -> None:
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=["rtb-1"]
    )["VpcEndpoint"]
    assert (endpoint["VpcEndpointType"], endpoint["State"], endpoint["RouteTableIds"]) == (
        "Gateway", "available", ["rtb-1"],
    )  # fmt: skip
    assert "NetworkInterfaceIds" not in endpoint and endpoint["SubnetIds"] == []


@pytest.mark.parametrize("accept", [True, False])
def test_an_endpoint_service_has_to_accept_an_endpoint(
    empty: Clients, clock: ManualClock, vpc_id: str, subnet_id: str, accept: bool
) -> None:
    service = {"ServiceId": "vpce-svc-0123456789abcdef0"}
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcEndpointType="GatewayLoadBalancer",
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.vpce.us-east-1.{service['ServiceId']}",
        SubnetIds=[subnet_id],
    )["VpcEndpoint"]
    clock.finish()
    assert describe(empty, endpoint)["State"] == "pendingAcceptance"
    (interface,) = interfaces_of(empty, endpoint)
    assert interface["InterfaceType"] == "gateway_load_balancer_endpoint"
    ids = {"VpcEndpointIds": [endpoint["VpcEndpointId"]]}
    wrong_service = empty.ec2.accept_vpc_endpoint_connections(ServiceId="vpce-svc-9", **ids)
    assert [item["ResourceId"] for item in wrong_service["Unsuccessful"]] == ids["VpcEndpointIds"]
    if accept:
        assert empty.ec2.accept_vpc_endpoint_connections(**service, **ids)["Unsuccessful"] == []
        assert describe(empty, endpoint)["State"] == "pending"
    else:
        assert empty.ec2.reject_vpc_endpoint_connections(**service, **ids)["Unsuccessful"] == []
    clock.finish()
    assert describe(empty, endpoint)["State"] == ("available" if accept else "rejected")


def add_configuration(account: SimulatedAccount, configuration_type: str) -> str:
    """Add a resource configuration whose gateway is in us-east-1a only; return its ARN."""
    region = account.region()
    provider = add_vpc(region, "10.8.0.0/16")
    gateway = add_resource_gateway(region, "gateway", [add_subnet(region, provider.id, "10.8.0.0/24")])
    options = {"gateway_id": gateway.id, "configuration_type": configuration_type}
    return add_resource_configuration(region, None, "orders-db", **options).arn


@pytest.mark.parametrize(
    ("endpoint_type", "configuration_type", "zones"),
    [("Resource", "SINGLE", ["us-east-1a", "us-east-1b"]), ("Tunnel", "CIDR", ["us-east-1a"])],
)
@pytest.mark.parametrize("holds_blocks", [False, True])
def test_a_resource_or_tunnel_endpoint(
    empty: Clients,
    clock: ManualClock,
    vpc_id: str,
    subnet_ids: list[str],
    endpoint_type: str,
    configuration_type: str,
    zones: list[str],
    holds_blocks: bool,
) -> None:
    """One address in each subnet by today's documents, a Tunnel endpoint in zones of the resource gateway only."""
    arn = empty.server.call(lambda account: add_configuration(account, configuration_type))
    setting = "yes" if holds_blocks else "no"
    empty.server.call(lambda account: apply_setting(account.world, "resource-endpoint-blocks", setting))
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcEndpointType=endpoint_type, VpcId=vpc_id, ResourceConfigurationArn=arn, SubnetIds=subnet_ids
    )["VpcEndpoint"]
    assert (endpoint["State"], endpoint["IpAddressType"]) == ("Pending", "IPV4")
    clock.finish()
    described, interfaces = describe(empty, endpoint), interfaces_of(empty, endpoint)
    assert (described["State"], described["ResourceConfigurationArn"]) == ("Available", arn)
    assert [interface["AvailabilityZone"] for interface in interfaces] == zones
    assert {(i["InterfaceType"], i["Description"]) for i in interfaces} == {
        ("interface", f"VPC Endpoint Interface {endpoint['VpcEndpointId']}")
    }
    assert {len(interface["PrivateIpAddresses"]) for interface in interfaces} == {1}
    assert {len(interface.get("Ipv4Prefixes", [])) for interface in interfaces} == {int(holds_blocks)}
    assert available_addresses(empty, subnet_ids[0]) == 251 - (17 if holds_blocks else 1)
    (association,) = empty.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
    assert (association["VpcEndpointId"], association["AssociatedResourceArn"]) == (endpoint["VpcEndpointId"], arn)
    assert association["AssociatedResourceAccessibility"] == "Accessible"
    assert "ServiceNetworkArn" not in association
    addresses = empty.server.account.resolve_dns_name(association["DnsEntry"]["DnsName"])
    assert addresses == [interface["PrivateIpAddress"] for interface in interfaces]


def test_a_resource_endpoint_that_needs_a_block_fails_without_one(
    empty: Clients, clock: ManualClock, vpc_id: str
) -> None:
    """The public report of 2025: a Resource endpoint that found no 16 contiguous addresses."""
    subnet = empty.ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.9.0/27")["Subnet"]
    arn = empty.server.call(lambda account: add_configuration(account, "SINGLE"))
    empty.server.call(lambda account: apply_setting(account.world, "resource-endpoint-blocks", "yes"))
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcEndpointType="Resource", VpcId=vpc_id, ResourceConfigurationArn=arn, SubnetIds=[subnet["SubnetId"]]
    )["VpcEndpoint"]
    clock.finish()
    assert describe(empty, endpoint)["State"] == "Failed"
    assert interfaces_of(empty, endpoint) == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"VpcEndpointType": "Interface"}, "MissingParameter"),
        ({"VpcEndpointType": "Resource"}, "MissingParameter"),
        ({"VpcEndpointType": "ServiceNetwork"}, "MissingParameter"),
        ({"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.ssm"}, "MissingParameter"),
        (
            {
                "VpcEndpointType": "Resource",
                "ResourceConfigurationArn": "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-9",
            },
            "InvalidParameterValue",
        ),
    ],
)
def test_invalid_endpoints(empty: Clients, vpc_id: str, subnet_id: str, params: dict[str, Any], code: str) -> None:
    subnet_ids = [subnet_id] if "ResourceConfigurationArn" in params else []
    assert error_of(empty.ec2.create_vpc_endpoint, VpcId=vpc_id, SubnetIds=subnet_ids, **params)[0] == code


@pytest.mark.parametrize(
    ("endpoint_type", "configuration_type", "zone"),
    [("Resource", "CIDR", "us-east-1a"), ("Tunnel", "SINGLE", "us-east-1a"), ("Tunnel", "CIDR", "us-east-1b")],
)
def test_a_tunnel_endpoint_takes_a_cidr_configuration_of_a_common_zone(
    empty: Clients, vpc_id: str, subnet_ids: list[str], endpoint_type: str, configuration_type: str, zone: str
) -> None:
    arn = empty.server.call(lambda account: add_configuration(account, configuration_type))
    code, _ = error_of(
        empty.ec2.create_vpc_endpoint,
        VpcEndpointType=endpoint_type,
        VpcId=vpc_id,
        ResourceConfigurationArn=arn,
        SubnetIds=subnet_ids[:1] if zone == "us-east-1a" else subnet_ids[1:],
    )
    assert code == "InvalidParameterValue"


def test_no_endpoint_in_a_shared_subnet(empty: Clients) -> None:
    """PrivateLink Guide: you cannot create endpoints in subnets that are shared with you."""

    def share(account: SimulatedAccount) -> tuple[str, str]:
        region = account.region()
        vpc = add_vpc(region, "10.9.0.0/16", owner_id="210987654321")
        return vpc.id, add_subnet(region, vpc.id, "10.9.0.0/24").id

    vpc_id, subnet_id = empty.server.call(share)
    reason = "A subnet in this vpc is shared but the provided object is not owned by you"
    assert error_of(
        empty.ec2.create_vpc_endpoint,
        VpcEndpointType="Interface",
        VpcId=vpc_id,
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[subnet_id],
    ) == (
        "UnauthorizedOperation",
        f"You are not authorized to perform CreateVpcEndpoint operation. {reason}",
    )


IPV6_START = "2600:1f18:4a2c:7e"


@pytest.fixture
def ipv6_vpc(empty: Clients) -> tuple[str, dict[str, str], str]:
    """A VPC, a subnet of each kind in it by name, and the ARN of a service network with 20 resources."""

    def add(account: SimulatedAccount) -> tuple[str, dict[str, str], str]:
        region = account.region()
        vpc = add_vpc(region, "10.7.0.0/16", ipv6_cidr=f"{IPV6_START}00::/56")
        subnets = {
            "ipv4": add_subnet(region, vpc.id, "10.7.0.0/24").id,
            "dualstack": add_subnet(region, vpc.id, "10.7.1.0/24", ipv6_cidr=f"{IPV6_START}01::/64").id,
            "ipv6": add_subnet(region, vpc.id, None, ipv6_cidr=f"{IPV6_START}02::/64").id,
        }
        network = add_service_network(region, "network", resources=[f"r{number}" for number in range(20)])
        return vpc.id, subnets, network.arn

    return empty.server.call(add)


EXPECTED_INTERFACES = {
    ("2024", "ipv4"): [(False, 1, 2, 0, 0), (True, 1, 1, 0, 0)],
    ("2024", "dualstack"): [(False, 1, 2, 1, 1), (True, 1, 1, 1, 1)],
    ("2024", "ipv6"): [(False, 0, 0, 1, 1), (True, 0, 0, 1, 1)],
    ("today", "ipv4"): [(False, 21, 0, 0, 0), (True, 1, 1, 0, 0)],
    ("today", "dualstack"): [(False, 21, 0, 1, 1), (True, 1, 1, 1, 1)],
    ("today", "ipv6"): [(False, 0, 0, 1, 1), (True, 0, 0, 1, 1)],
}
"""By behaviour and IP address type, of each ENI: whether it is a service ENI, and its numbers of IPv4 addresses,
/28 prefixes, IPv6 addresses and /80 prefixes."""


@pytest.mark.parametrize(("behaviour", "ip_address_type"), EXPECTED_INTERFACES)
def test_the_addresses_of_each_ip_address_type(
    empty: Clients,
    clock: ManualClock,
    ipv6_vpc: tuple[str, dict[str, str], str],
    behaviour: str,
    ip_address_type: str,
) -> None:
    """PrivateLink Guide, service networks: a /28 for IPv4, a /80 for IPv6, both for dual-stack."""
    vpc_id, subnets, arn = ipv6_vpc
    empty.server.call(lambda account: apply_setting(account.world, "behaviour", behaviour))
    endpoint = empty.ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId=vpc_id,
        ServiceNetworkArn=arn,
        SubnetIds=[subnets[ip_address_type]],
        IpAddressType=ip_address_type,
    )["VpcEndpoint"]
    clock.finish()
    described = describe(empty, endpoint)
    assert (described["State"], described["IpAddressType"]) == ("Available", ip_address_type.upper())
    assert [
        (
            ":" in i["Description"],
            len(i["PrivateIpAddresses"]),
            len(i.get("Ipv4Prefixes", [])),
            len(i["Ipv6Addresses"]),
            len(i.get("Ipv6Prefixes", [])),
        )
        for i in interfaces_of(empty, endpoint)
    ] == EXPECTED_INTERFACES[behaviour, ip_address_type]
    for interface in interfaces_of(empty, endpoint):
        assert all(prefix["Ipv6Prefix"].endswith("/80") for prefix in interface.get("Ipv6Prefixes", []))


@pytest.mark.parametrize(
    ("kind", "ip_address_type"),
    [("ipv6", "ipv4"), ("ipv4", "dualstack"), ("ipv6", "dualstack"), ("ipv4", "ipv6"), ("dualstack", "ipv6")],
)
def test_a_subnet_has_to_match_the_ip_address_type(
    empty: Clients, ipv6_vpc: tuple[str, dict[str, str], str], kind: str, ip_address_type: str
) -> None:
    """API reference of CreateVpcEndpoint: `ipv6` only in IPv6-only subnets, `dualstack` only in subnets with both."""
    vpc_id, subnets, arn = ipv6_vpc
    code, _ = error_of(
        empty.ec2.create_vpc_endpoint,
        VpcEndpointType="ServiceNetwork",
        VpcId=vpc_id,
        ServiceNetworkArn=arn,
        SubnetIds=[subnets[kind]],
        IpAddressType=ip_address_type,
    )
    assert code == "InvalidParameterValue"


def test_filters_by_type_and_ip_address_type(
    empty: Clients, clock: ManualClock, vpc_id: str, subnet_ids: list[str]
) -> None:
    arn = empty.server.call(lambda account: add_configuration(account, "CIDR"))
    empty.ec2.create_vpc_endpoint(
        VpcEndpointType="Tunnel", VpcId=vpc_id, ResourceConfigurationArn=arn, SubnetIds=subnet_ids[:1]
    )
    empty.ec2.create_vpc_endpoint(VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.s3")
    clock.finish()

    def types(name: str, value: str) -> list[str]:
        response = empty.ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])
        return [endpoint["VpcEndpointType"] for endpoint in response["VpcEndpoints"]]

    assert types("vpc-endpoint-type", "Tunnel") == ["Tunnel"]
    assert types("vpc-endpoint-state", "available") == ["Tunnel", "Gateway"]
    assert types("ip-address-type", "ipv4") == ["Tunnel", "Gateway"]
