"""The final states of the scenarios `leaked`, `shared` and `reserved`, as a client reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator import ManualClock


def subnets(clients: Clients) -> dict[str, dict[str, Any]]:
    """The subnets by CIDR."""
    return {subnet["CidrBlock"]: subnet for subnet in clients.ec2.describe_subnets()["Subnets"]}


def counts(clients: Clients) -> dict[str, int]:
    """AvailableIpAddressCount by CIDR."""
    return {cidr: subnet["AvailableIpAddressCount"] for cidr, subnet in subnets(clients).items()}


def interfaces(clients: Clients, **filters: str) -> list[dict[str, Any]]:
    """The interfaces that match filters, such as ``status``."""
    values = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    described: list[dict[str, Any]] = clients.ec2.describe_network_interfaces(Filters=values)["NetworkInterfaces"]
    return described


def prefixes(clients: Clients, subnet_id: str) -> set[str]:
    """The prefixes of all interfaces of a subnet."""
    return {
        prefix["Ipv4Prefix"]
        for interface in interfaces(clients, subnet_id=subnet_id)
        for prefix in interface.get("Ipv4Prefixes", [])
    }


def states(clients: Clients) -> list[str]:
    return [endpoint["State"] for endpoint in clients.ec2.describe_vpc_endpoints()["VpcEndpoints"]]


def test_leaked(serve: Callable[[str], Clients], clock: ManualClock) -> None:
    """A /25 has 123 addresses to assign: two nodes take 2 x 2 addresses and 4 blocks, the leftovers 3 addresses."""
    clients = serve("leaked")
    assert counts(clients) == {"10.71.0.0/25": 123 - 4 - 64 - 3, "10.71.1.0/25": 123 - 2 - 32 - 1 - 16}
    leftovers = interfaces(clients, status="available")
    assert [(i["Description"][:10], i["RequesterManaged"], i["PrivateIpAddress"]) for i in leftovers] == [
        ("aws-K8S-i-", False, "10.71.0.83"),
        ("aws-K8S-i-", False, "10.71.0.88"),
        ("RDSNetwork", True, "10.71.0.100"),
        ("aws-K8S-i-", False, "10.71.1.6"),
    ]
    running = {i["Attachment"]["InstanceId"] for i in interfaces(clients, status="in-use")}
    assert not any(i["Description"].removeprefix("aws-K8S-") in running for i in leftovers)
    clock.finish()
    assert states(clients) == ["Failed"]
    accessible = clients.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
    assert [a["AssociatedResourceAccessibility"] for a in accessible] == ["Accessible", "Accessible"]
    assert counts(clients) == {"10.71.0.0/25": 52 - 3, "10.71.1.0/25": 72 - 3}


def test_deleting_the_leftovers_frees_the_blocks(serve: Callable[[str], Clients], clock: ManualClock) -> None:
    clients = serve("leaked")
    clock.finish()
    subnet = subnets(clients)["10.71.0.0/25"]
    (node,) = [i for i in interfaces(clients, subnet_id=subnet["SubnetId"]) if len(i.get("Ipv4Prefixes", [])) == 2][1:]
    assign = clients.ec2.assign_private_ip_addresses
    parameters = {"NetworkInterfaceId": node["NetworkInterfaceId"], "Ipv4PrefixCount": 1}
    assert error_of(assign, **parameters)[0] == "InsufficientCidrBlocks"
    for leftover in interfaces(clients, status="available"):
        clients.ec2.delete_network_interface(NetworkInterfaceId=leftover["NetworkInterfaceId"])
    assigned = [assign(**parameters)["AssignedIpv4Prefixes"][0]["Ipv4Prefix"] for _ in range(2)]
    assert assigned == ["10.71.0.80/28", "10.71.0.96/28"]
    assert error_of(assign, **parameters)[0] == "InsufficientCidrBlocks"


def test_shared(serve: Callable[[str], Clients], clock: ManualClock) -> None:
    """A /26 has 59 addresses to assign; the owner has 9 instances and a reservation in the first, 19 in the second."""
    clients = serve("shared")
    clock.finish()
    assert {cidr: subnet["OwnerId"] for cidr, subnet in subnets(clients).items()} == {
        "10.72.0.0/24": "123456789012",
        "10.73.0.0/26": "210987654321",
        "10.73.0.64/26": "210987654321",
    }
    own_addresses = 1 + 2 + 16
    assert counts(clients) == {
        "10.72.0.0/24": 251 - 1 - 17 - 17,
        "10.73.0.0/26": 59 - 9 - own_addresses - 16,
        "10.73.0.64/26": 59 - 19,
    }
    first, second = (subnets(clients)[cidr]["SubnetId"] for cidr in ("10.73.0.0/26", "10.73.0.64/26"))
    visible = interfaces(clients, subnet_id=first)
    assert [i["PrivateIpAddress"] for i in visible] == ["10.73.0.13", "10.73.0.14", "10.73.0.15"]
    assert {i["OwnerId"] for i in visible} == {"123456789012"}
    assert prefixes(clients, first) == {"10.73.0.16/28"}
    assert interfaces(clients, subnet_id=second) == []
    for subnet_id in (first, second):
        code, _ = error_of(clients.ec2.get_subnet_cidr_reservations, SubnetId=subnet_id)
        assert code == "UnauthorizedOperation"
    assert states(clients) == ["Available"]


def test_shared_in_the_other_reading(serve: Callable[[str], Clients]) -> None:
    clients = serve("shared:participants-read-reservations=yes")
    subnet = subnets(clients)["10.73.0.0/26"]
    (reservation,) = clients.ec2.get_subnet_cidr_reservations(SubnetId=subnet["SubnetId"])["SubnetIpv4CidrReservations"]
    assert (reservation["Cidr"], reservation["OwnerId"]) == ("10.73.0.32/28", "210987654321")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # 2 addresses in use; 30 more reserved. 1 in use; 31 more reserved, .127 is AWS's own. All 59 reserved.
        ("", (123 - 2 - 30, 123 - 1 - 31, 0)),
        (":reserved-addresses-twice=yes", (91, 123 - 1 - 32, 0)),
        (":reservations-lower-count=no", (121, 122, 59)),
    ],
)
def test_reserved_counts(serve: Callable[[str], Clients], settings: str, expected: tuple[int, ...]) -> None:
    assert tuple(counts(serve(f"reserved{settings}")).values()) == expected


def test_reserved(serve: Callable[[str], Clients], clock: ManualClock) -> None:
    """Each ENI has a primary address and a block; the first block of a subnet comes from its reservation."""
    clients = serve("reserved")
    clock.finish()
    first, second, third = (subnet["SubnetId"] for subnet in subnets(clients).values())
    assert states(clients) == ["Available"]
    assert prefixes(clients, first) == {"10.74.0.48/28", "10.74.0.16/28"}
    assert prefixes(clients, second) == {"10.74.1.96/28", "10.74.1.32/28"}
    assert tuple(counts(clients).values()) == (91 - 2 - 16, 91 - 2 - 16, 0)
    assert "10.74.0.40" not in [i["PrivateIpAddress"] for i in interfaces(clients)]
    kinds = [
        [(r["Cidr"], r["ReservationType"]) for r in page["SubnetIpv4CidrReservations"]]
        for page in (
            clients.ec2.get_subnet_cidr_reservations(SubnetId=subnet_id) for subnet_id in (first, second, third)
        )
    ]
    assert kinds == [
        [("10.74.0.32/27", "prefix")],
        [("10.74.1.16/28", "explicit"), ("10.74.1.96/27", "prefix")],
        [("10.74.2.0/26", "prefix")],
    ]


def test_what_was_released_in_the_reservation_is_not_assigned_again(
    serve: Callable[[str], Clients], clock: ManualClock
) -> None:
    clients = serve("reserved")
    clock.finish()
    first = subnets(clients)["10.74.0.0/25"]["SubnetId"]
    for _ in range(73):
        interface = clients.ec2.create_network_interface(SubnetId=first)["NetworkInterface"]
        assert not 32 <= int(interface["PrivateIpAddress"].rpartition(".")[2]) < 64
    assert error_of(clients.ec2.create_network_interface, SubnetId=first)[0] == "InsufficientFreeAddressesInSubnet"
    assert counts(clients)["10.74.0.0/25"] == 0
    assert error_of(clients.ec2.create_network_interface, SubnetId=first, PrivateIpAddress="10.74.0.36")[0] == (
        "InvalidIPAddress.InUse"
    )
    clients.ec2.create_network_interface(SubnetId=first, PrivateIpAddress="10.74.0.40")
