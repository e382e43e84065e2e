"""The commands that change an account while the simulator runs."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from latticetop.simulator.control import COMMANDS
from tests.simulator.clients import Clients, available_addresses, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock


def send(clients: Clients, *commands: str, method: str = "PUT") -> list[str]:
    """The lines of the response to commands; ``ValueError`` with the text of an error response."""
    url, body = f"{clients.server.url}/_simulator/account", "\n".join(commands).encode()
    request = urllib.request.Request(url, data=body if method == "PUT" else None, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text: str = response.read().decode()
    except urllib.error.HTTPError as error:
        raise ValueError(error.read().decode()) from None
    return text.splitlines()


def test_settings_can_be_read_and_written_back(empty: Clients) -> None:
    settings = send(empty, method="GET")
    assert "set behaviour 2024" in settings
    assert len(send(empty, *settings)) == len(settings)
    send(empty, "set behaviour today", "set reservations-lower-count no")
    assert {"set behaviour today", "set reservations-lower-count no"} < set(send(empty, method="GET"))


@pytest.mark.parametrize("state", ["Partial", "PendingAcceptance", "Rejected", "Expired", "Deleting", "Updating"])
def test_the_state_of_an_endpoint(incident: Clients, clock: ManualClock, state: str) -> None:
    clock.finish()
    endpoint_id = "vpce-0e3b1bfc42d162c4a"
    assert send(incident, f"state {endpoint_id} {state} 'a reason'") == [endpoint_id]
    (endpoint,) = incident.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert (endpoint["State"], endpoint["FailureReason"]) == (state, "a reason")


def test_leftovers_and_hidden_interfaces(empty: Clients, subnet_id: str) -> None:
    ids = send(
        empty,
        "# three interfaces",
        f"leftover {subnet_id} vpc_cni 10.0.0.20",
        f"leftover {subnet_id} rds 10.0.0.36",
        f"interface {subnet_id} transit_gateway",
    )
    interfaces = empty.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [interface["NetworkInterfaceId"] for interface in interfaces] == ids
    assert [interface["Status"] for interface in interfaces] == ["available", "available", "in-use"]
    assert [interface["RequesterManaged"] for interface in interfaces] == [False, True, True]
    assert interfaces[0]["Description"].startswith("aws-K8S-i-")
    assert available_addresses(empty, subnet_id) == 248
    send(empty, f"detach {ids[2]}", f"hide {ids[1]} lambda.amazonaws.com")
    interfaces = empty.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [interface["NetworkInterfaceId"] for interface in interfaces] == [ids[0], ids[2]]
    assert [interface["Status"] for interface in interfaces] == ["available", "available"]


def test_a_shared_vpc(empty: Clients, subnet_id: str) -> None:
    vpc_id = empty.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    assert send(empty, f"share {vpc_id} 210987654321") == [vpc_id]
    assert {subnet["OwnerId"] for subnet in empty.ec2.describe_subnets()["Subnets"]} == {"210987654321"}
    assert empty.ec2.describe_vpcs()["Vpcs"][0]["OwnerId"] == "210987654321"
    assert error_of(empty.ec2.get_subnet_cidr_reservations, SubnetId=subnet_id)[0] == "UnauthorizedOperation"


def test_an_account_of_the_organization_is_suspended_and_refuses_its_roles(empty: Clients) -> None:
    member = "210987654321"
    empty.server.call(lambda account: account.add_member_account(member))
    assert send(empty, f"account {member} SUSPENDED") == [member]
    accounts = empty.client("organizations").list_accounts()["Accounts"]
    assert [account["State"] for account in accounts if account["Id"] == member] == ["SUSPENDED"]
    role = {"RoleArn": f"arn:aws:iam::{member}:role/latticetop", "RoleSessionName": "test"}
    assume = empty.client("sts").assume_role
    assert error_of(assume, **role)[0] == "AccessDenied"
    send(empty, f"account {member} ACTIVE")
    assert assume(**role)["Credentials"]
    send(empty, f"account {member} refuses-roles")
    assert error_of(assume, **role)[0] == "AccessDenied"
    send(empty, f"account {member} trusts-roles")
    assert assume(**role)["Credentials"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("account 210987654321 SUSPENDED", "There is no account 210987654321"),
        ("explode", "There is no command 'explode'"),
        ("state vpce-1", "write state ENDPOINT_ID STATE"),
        ("state vpce-1 Failed", "does not exist"),
        ("leftover subnet-1 rds", "does not exist"),
        ("set behaviour tomorrow", "is not a value of behaviour"),
        ("detach 'eni-1", "No closing quotation"),
    ],
)
def test_invalid_commands(empty: Clients, command: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        send(empty, command)


def test_an_unknown_owner(empty: Clients, subnet_id: str) -> None:
    with pytest.raises(ValueError, match="There is no owner 'nobody'"):
        send(empty, f"interface {subnet_id} nobody")
    with pytest.raises(ValueError, match="There is no owner 'vpc_cni'"):
        send(empty, f"interface {subnet_id} vpc_cni")


def test_optional_parameters_come_last() -> None:
    for command in COMMANDS.values():
        optional = [part.startswith("[") for part in command.usage.split()]
        assert optional == sorted(optional)
