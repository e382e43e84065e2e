"""Accounts of the same kinds as those of public reports, each with one thing to get right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.cases.server import Account

SUBNET, VPC, OWNER, ENDPOINT = "subnet-0f00", "vpc-0f00", "210987654321", "vpce-0f00"
NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0f00"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def subnet(cidr: str | None, subnet_id: str = SUBNET, zone: str = "us-east-1a", **members: Any) -> dict[str, Any]:
    described = {"SubnetId": subnet_id, "VpcId": VPC, "AvailabilityZone": zone, **members}
    return described | ({"CidrBlock": cidr} if cidr else {})


def eni(number: int, address: str, description: str = "", **members: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": f"eni-0f{number:02}",
        "SubnetId": SUBNET,
        "Description": description,
        "PrivateIpAddress": address,
        **members,
    }


def instance(number: int, address: str, **members: Any) -> dict[str, Any]:
    return eni(number, address, Attachment={"InstanceId": f"i-0f{number:02}"}, **members)


def endpoint(state: str, kind: str = "ServiceNetwork", age: timedelta = DAY, **members: Any) -> dict[str, Any]:
    created = (datetime.now(UTC) - age).isoformat(timespec="seconds")
    target = {"ServiceNetworkArn": NETWORK} if kind == "ServiceNetwork" else {"ServiceName": "com.amazonaws.vpce.svc"}
    return {
        "VpcEndpointId": "vpce-0f00",
        "VpcEndpointType": kind,
        "VpcId": VPC,
        "State": state,
        "SubnetIds": [SUBNET],
        "CreationTimestamp": created,
        **target,
        **members,
    }


def reservation(cidr: str, kind: str = "prefix") -> dict[str, list[dict[str, str]]]:
    members = {"SubnetCidrReservationId": "scr-0f00", "SubnetId": SUBNET, "OwnerId": "123456789012"}
    return {SUBNET: [{**members, "Cidr": cidr, "ReservationType": kind}]}


def failed(cidr: str, *interfaces: dict[str, Any], **members: Any) -> Account:
    """An account whose endpoint failed in a subnet of this range."""
    return {
        "Subnets": [subnet(cidr)],
        "NetworkInterfaces": list(interfaces),
        "VpcEndpoints": [endpoint("Failed")],
        **members,
    }


def test_seventeen_addresses_left_beside_hidden_interfaces(serve: Serve) -> None:
    """The map of the /25 shows six free blocks, but at most one of them can be."""
    case = serve({"Subnets": [subnet("10.0.0.0/25", AvailableIpAddressCount=17)]})
    described = case.subnet(SUBNET)
    assert (described["free_blocks_min"], described["free_blocks_max"]) == (0, 1)
    assert case.run("plan", "--subnet-ids", SUBNET, "--prefixes", "1")[0] == 1
    code, document = case.document("plan", "--subnet-ids", SUBNET, "--prefixes", "2")
    assert (code, document["outcome"]) == (1, "cannot")


def test_reservations_denied_in_an_own_subnet(serve: Serve) -> None:
    """The action is to be allowed; nobody else is to be asked."""
    case = serve({"Subnets": [subnet("10.0.0.0/24")], "deny_reservations": [SUBNET]})
    code, text = case.run("check", "--subnet-id", SUBNET)
    assert code == 3
    assert "Allow ec2:GetSubnetCidrReservations" in text
    assert "owner" not in text
    described = case.subnet(SUBNET)
    assert (described["free_blocks_min"], described["free_blocks_max"]) == (0, 14)


BOTH_RESERVED = {
    SUBNET: [reservation("10.0.0.16/28", "explicit")[SUBNET][0], reservation("10.0.0.32/28", "explicit")[SUBNET][0]]
}


def test_denied_reservations_do_not_clear_a_subnet(serve: Serve) -> None:
    """Both free blocks of a /26 are reserved; who may not read that must not hear that nothing is wrong."""
    account = {
        "Subnets": [subnet("10.0.0.0/26")],
        "NetworkInterfaces": [
            eni(1, "10.0.0.4", f"VPC Endpoint Interface: {ENDPOINT}", Ipv4Prefixes=[{"Ipv4Prefix": "10.0.0.48/28"}])
        ],
        "VpcEndpoints": [endpoint("Available")],
        "Reservations": BOTH_RESERVED,
    }
    assert serve(account).run("check")[0] == 1
    case = serve({**account, "deny_reservations": [SUBNET]})
    code, text = case.run("check")
    assert (code, "Nothing is wrong" in text, "0-2" in text) == (3, False, True)
    (described,) = case.document("check")[1]["subnets"]
    assert (described["free_blocks_min"], described["free_cidr_blocks"]) == (0, [])


OTHER_SUBNET, OTHER_VPC = "subnet-0f01", "vpc-0f01"


def two_zones(*endpoints: dict[str, Any]) -> Account:
    return {
        "Subnets": [subnet("10.0.0.0/24"), subnet("10.0.1.0/24", OTHER_SUBNET, "us-east-1b")],
        "VpcEndpoints": list(endpoints),
    }


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"State": "Available", "SubnetIds": [SUBNET, OTHER_SUBNET]}, 0),
        ({"State": "Available", "SubnetIds": [OTHER_SUBNET]}, 0),
        ({"State": "Failed", "SubnetIds": [OTHER_SUBNET]}, 0),
        ({"State": "Updating", "SubnetIds": [OTHER_SUBNET]}, 0),
        ({"State": "Failed", "SubnetIds": [SUBNET, OTHER_SUBNET]}, 1),
        ({"State": "Updating", "SubnetIds": [SUBNET, OTHER_SUBNET]}, 3),
    ],
)
def test_what_is_outside_the_selected_subnet_decides_nothing(serve: Serve, members: dict[str, Any], code: int) -> None:
    case = serve(two_zones(endpoint("Available") | members))
    assert case.run("check", "--subnet-id", SUBNET)[0] == code
    _, document = case.document("check", "--subnet-id", SUBNET)
    assert [each["counts"] for each in document["endpoints"]] == [SUBNET in members["SubnetIds"]]


def test_what_is_outside_the_selected_vpc_decides_nothing(serve: Serve) -> None:
    case = serve(two_zones(endpoint("Failed", SubnetIds=[OTHER_SUBNET], VpcId=OTHER_VPC)))
    code, text = case.run("check", "--vpc-id", VPC)
    assert (code, "1 endpoint outside the selection, left out." in text) == (0, True)
    assert case.run("check")[0] == 1


def test_enis_denied_in_the_selected_subnet_leave_it_unknown(serve: Serve) -> None:
    case = serve({**two_zones(endpoint("Available")), "deny": ["DescribeNetworkInterfaces"]})
    assert case.run("check", "--subnet-id", SUBNET)[0] == 3


@pytest.mark.parametrize("count", [251 - 64, 251 - 64 + 1, 251])
def test_each_reading_of_the_count(serve: Serve, count: int) -> None:
    """A reservation lowers the count by its size, without AWS's own address in it, or not at all."""
    case = serve(
        {
            "Subnets": [subnet("10.0.0.0/24", AvailableIpAddressCount=count)],
            "Reservations": reservation("10.0.0.192/26"),
        }
    )
    described = case.subnet(SUBNET)
    assert (described["free_blocks_min"], described["free_blocks_max"]) == (14, 14)
    assert described["unaccounted_addresses"] == 0
    assert case.run("plan", "--subnet-ids", SUBNET, "--prefixes", "14")[0] == 0


def test_a_slash_27_by_its_own_name(serve: Serve) -> None:
    case = serve({"Subnets": [subnet("10.0.0.0/27")]})
    assert case.run("check")[0] == 0
    code, text = case.run("check", "--subnet-id", SUBNET)
    assert code == 1
    assert "/27" in text and "ever" in text
    assert "not read" not in text


def test_an_endpoint_that_failed_in_a_slash_27(serve: Serve) -> None:
    """Nothing that is freed there helps: only a larger subnet does."""
    case = serve(failed("10.0.0.0/27", instance(1, "10.0.0.20")))
    code, text = case.run("check")
    assert code == 1
    assert "not read yet" not in text
    assert "create a subnet of /26 or larger" in text
    assert "terminate" not in text


def test_an_ipv6_only_subnet(serve: Serve) -> None:
    ipv6 = {"Ipv6CidrBlock": "2600:1f13:925:d300::/64", "Ipv6CidrBlockState": {"State": "associated"}}
    case = serve({"Subnets": [subnet(None, Ipv6Native=True, Ipv6CidrBlockAssociationSet=[ipv6])]})
    code, text = case.run("check", "--subnet-id", SUBNET)
    assert code == 0
    assert "without a free /28" not in text and "0 /28" not in text
    described = case.subnet(SUBNET)
    assert (described["cidr_block"], described["ipv6_cidr_blocks"]) == (None, ["2600:1f13:925:d300::/64"])
    assert described["free_blocks_min"] is None


def test_an_ipv6_endpoint_without_a_block(serve: Serve) -> None:
    """An endpoint without IPv4 needs no /28."""
    interfaces = [instance(number, f"10.0.0.{16 * number + 3}") for number in (1, 2)]
    account = failed("10.0.0.0/26", *interfaces)
    account["VpcEndpoints"] = [endpoint("Available", IpAddressType="ipv6")]
    code, text = serve(account).run("check")
    assert code == 0
    assert "Nothing is wrong." in text and "Fix" not in text
    assert "1 subnet without a free /28 does not count" in text


def test_a_node_with_custom_networking(serve: Serve) -> None:
    """The ENI in the subnet of the pods alone shows the node: draining it frees its address and its prefix."""
    node = {"TagSet": [{"Key": "node.k8s.amazonaws.com/instance_id", "Value": "i-0f01"}]}
    secondary = instance(1, "10.0.0.20", **node) | {"Description": "aws-K8S-i-0f01"}
    case = serve(
        {
            "Subnets": [subnet("10.0.0.0/26")],
            "NetworkInterfaces": [secondary | {"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.32/28"}]}],
        }
    )
    code, text = case.run("check")
    assert code == 1
    assert "drain i-0f01" in text and "frees 2 blocks" in text


def test_a_leftover_of_a_service(serve: Serve) -> None:
    """A detached ENI can be deleted, whoever made it."""
    leftover = eni(1, "10.0.0.20", "RDSNetworkInterface", RequesterManaged=True, Status="available")
    code, text = serve(failed("10.0.0.0/26", leftover, instance(2, "10.0.0.40"))).run("explain", "vpce-0f00")
    assert code == 0
    assert "delete-network-interface" in text and "--network-interface-id eni-0f01" in text
    assert "i-0f02" not in text.partition("What to do")[2]


@pytest.mark.parametrize(("age", "code"), [(HOUR, 0), (2 * DAY, 1)])
def test_an_endpoint_that_waits_for_acceptance(serve: Serve, age: timedelta, code: int) -> None:
    account = {"Subnets": [subnet("10.0.0.0/24")], "VpcEndpoints": [endpoint("PendingAcceptance", "Interface", age)]}
    case = serve(account)
    assert case.verdicts("--all-endpoints") == {"vpce-0f00": "waiting-for-acceptance"}
    ended, text = case.run("check", "--all-endpoints")
    assert ended == code
    assert "has to accept it" in text


def test_a_subnet_that_vanished(serve: Serve) -> None:
    """It is listed, and gone when its reservations are read: that is no outage, and leaves nothing unknown."""
    case = serve(
        {
            "Subnets": [subnet("10.0.0.0/24"), subnet("10.0.1.0/24", "subnet-0f01", "us-east-1b")],
            "VpcEndpoints": [endpoint("Available")],
            "vanished": ["subnet-0f01"],
        }
    )
    code, text = case.run("check", "--all-subnets")
    assert "10.0.0.0/24" in text
    assert "retries" not in text and "does not exist" not in text
    assert code == 0


def test_an_endpoint_in_a_subnet_that_does_not_exist(serve: Serve) -> None:
    """Nothing is known of its ENIs, so it is not called healthy."""
    account = {"Subnets": [subnet("10.0.0.0/24")], "VpcEndpoints": [endpoint("Available", SubnetIds=["subnet-0dead"])]}
    case = serve(account)
    code, text = case.run("check")
    assert code == 3
    assert case.verdicts() == {"vpce-0f00": "unknown"}
    assert "subnet-0dead" in text


def test_what_cannot_be_moved_is_named_last(serve: Serve) -> None:
    """A NAT gateway beside an instance with more addresses: the instance is what can be replaced."""
    nat = eni(1, "10.0.0.20", "Interface for NAT Gateway nat-0f01", InterfaceType="nat_gateway", RequesterManaged=True)
    others = [{"PrivateIpAddress": f"10.0.0.{last}", "Primary": last == 40} for last in (40, 41, 42)]
    code, text = serve(failed("10.0.0.0/26", nat, instance(2, "10.0.0.40", PrivateIpAddresses=others))).run("check")
    assert code == 1
    fix = text.partition(" Fix ")[2]
    assert "reserve 10.0.0.32/28" in fix and "i-0f02" in fix
    assert "NAT" not in fix


def test_only_what_cannot_be_moved(serve: Serve) -> None:
    """Then it is named, with what can be done instead."""
    nat = eni(1, "10.0.0.20", "Interface for NAT Gateway nat-0f01", InterfaceType="nat_gateway", RequesterManaged=True)
    code, text = serve(failed("10.0.0.0/26", nat, eni(2, "10.0.0.40", "RDSNetworkInterface"))).run(
        "explain", "vpce-0f00"
    )
    advice = text.partition("What to do")[2]
    assert code == 0
    assert "NAT gateway in another subnet" in advice or "in another subnet" in advice


def test_an_explicit_reservation_over_the_last_block(serve: Serve) -> None:
    """Its block is not assigned automatically: the endpoint cannot be built there."""
    account = failed("10.0.0.0/26", instance(1, "10.0.0.20"), Reservations=reservation("10.0.0.32/28", "explicit"))
    case = serve(account)
    assert case.subnet(SUBNET)["map"] == "RfXR"
    code, text = case.run("check")
    assert code == 1
    assert "reserve 10.0.0.16/28" in text


def test_a_shared_subnet_whose_reservations_are_read(serve: Serve) -> None:
    """Then the map is bounded by what is hidden alone."""
    case = serve({"Subnets": [subnet("10.0.0.0/24", OwnerId=OWNER, AvailableIpAddressCount=249)]})
    described = case.subnet(SUBNET)
    assert (described["free_blocks_min"], described["free_blocks_max"]) == (12, 14)
    assert described["owner_id"] == OWNER
    code, document = case.document("plan", "--subnet-ids", SUBNET, "--prefixes", "12")
    assert (code, document["outcome"], document["refused_subnets"]) == (0, "fits", [])


def test_an_endpoint_in_a_shared_subnet_is_refused_however_much_room_there_is(serve: Serve) -> None:
    case = serve({"Subnets": [subnet("10.0.0.0/24", OwnerId=OWNER, AvailableIpAddressCount=251)]})
    code, document = case.document("plan", "--subnet-ids", SUBNET)
    assert (code, document["outcome"], document["refused_subnets"]) == (1, "fits", [SUBNET])
    assert (document["commands"], document["steps"]) == ({"aws_cli": [], "terraform": ""}, [])
    _, text = case.run("plan", "--subnet-ids", SUBNET)
    assert f"AWS does not let this account create an endpoint in {SUBNET}" in text
    assert f"ask {OWNER}" in text and "Capacity" not in text
    assert "Capacity" in case.run("plan", "--subnet-ids", SUBNET, "--prefixes", "1")[1]


def test_the_minimum_of_free_blocks(serve: Serve) -> None:
    case = serve({"Subnets": [subnet("10.0.0.0/25")]})
    assert case.run("check", "--subnet-id", SUBNET, "--min-free-blocks", "6")[0] == 0
    assert case.run("check", "--subnet-id", SUBNET, "--min-free-blocks", "7")[0] == 1
