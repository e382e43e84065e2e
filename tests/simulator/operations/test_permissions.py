"""What a caller may not change: interfaces of AWS services, and subnets that another account shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latticetop.simulator.ec2_resources import SimulatedOperator
from latticetop.simulator.network_interfaces import NetworkInterfaceRequest, create_interface
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.settings import apply_setting
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.simulator.clients import Clients, available_addresses, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock, SimulatedAccount

LATTICE_INTERFACE = "eni-0f995ce7b1b9589de"
IN_USE = ("InvalidParameterValue", "Network interface '{}' is currently in use.")
NO_PERMISSION = ("AuthFailure", "You do not have permission to access the specified resource.")
OWNER = "210987654321"


def test_an_interface_in_use_cannot_be_deleted(incident: Clients, clock: ManualClock) -> None:
    """The text is that of gruntwork-io/cloud-nuke#431."""
    clock.finish()
    for interface_id in (LATTICE_INTERFACE, "eni-0c2b8e61f7a4d9035"):
        code, message = error_of(incident.ec2.delete_network_interface, NetworkInterfaceId=interface_id)
        assert (code, message) == (IN_USE[0], IN_USE[1].format(interface_id))


def test_addresses_of_a_requester_managed_interface_cannot_be_changed(incident: Clients, clock: ManualClock) -> None:
    """EC2 User Guide, requester-managed network interfaces: you cannot assign or unassign addresses."""
    clock.finish()
    ec2, interface_id = incident.ec2, LATTICE_INTERFACE
    assign, unassign = ec2.assign_private_ip_addresses, ec2.unassign_private_ip_addresses
    prefixes = ["10.10.10.16/28"]
    assert error_of(assign, NetworkInterfaceId=interface_id, SecondaryPrivateIpAddressCount=1) == NO_PERMISSION
    assert error_of(unassign, NetworkInterfaceId=interface_id, Ipv4Prefixes=prefixes) == NO_PERMISSION
    assert error_of(ec2.assign_ipv6_addresses, NetworkInterfaceId=interface_id, Ipv6AddressCount=1) == NO_PERMISSION
    assert error_of(ec2.unassign_ipv6_addresses, NetworkInterfaceId=interface_id, Ipv6Addresses=[]) == NO_PERMISSION


def test_attachments_of_services_cannot_be_managed(incident: Clients, clock: ManualClock) -> None:
    """The text is that of boto/boto3#2219."""
    clock.finish()
    (interface,) = incident.ec2.describe_network_interfaces(NetworkInterfaceIds=[LATTICE_INTERFACE])[
        "NetworkInterfaces"
    ]
    assert error_of(incident.ec2.detach_network_interface, AttachmentId=interface["Attachment"]["AttachmentId"]) == (
        "OperationNotPermitted",
        "You are not allowed to manage 'ela-attach' attachments.",
    )


def test_a_secondary_interface_can_be_detached_and_deleted(empty: Clients, subnet_id: str) -> None:
    def add_node(account: SimulatedAccount) -> list[str]:
        factory, subnet = InterfaceFactory(account.region()), account.region().subnet(subnet_id)
        interfaces = (factory.instance(subnet), factory.eks_node(subnet, "test", 2, "i-0123456789abcdef0"))
        return [interface.attachment.id for interface in interfaces if interface.attachment]

    primary, secondary = empty.server.call(add_node)
    assert error_of(empty.ec2.detach_network_interface, AttachmentId=primary) == (
        "OperationNotPermitted",
        "The network interface at device index 0 and networkCard index 0 cannot be detached.",
    )
    empty.ec2.detach_network_interface(AttachmentId=secondary)
    filters = [{"Name": "status", "Values": ["available"]}]
    (interface,) = empty.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    assert available_addresses(empty, subnet_id) == 251 - 1 - 33
    empty.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    assert available_addresses(empty, subnet_id) == 250
    code, _ = error_of(empty.ec2.detach_network_interface, AttachmentId=secondary)
    assert code == "InvalidAttachmentID.NotFound"


@pytest.mark.parametrize("requester_managed", [False, True])
def test_a_detached_interface_can_be_deleted_whoever_made_it(
    empty: Clients, subnet_id: str, requester_managed: bool
) -> None:
    """EC2 User Guide, requester-managed network interfaces."""

    def leave_behind(account: SimulatedAccount) -> str:
        request = NetworkInterfaceRequest(
            subnet_id=subnet_id, status="available", requester_id="amazon-rds", requester_managed=requester_managed
        )
        return create_interface(account.region(), request).id

    interface_id = empty.server.call(leave_behind)
    assert available_addresses(empty, subnet_id) == 250
    empty.ec2.delete_network_interface(NetworkInterfaceId=interface_id)
    assert available_addresses(empty, subnet_id) == 251


def test_a_managed_instance_cannot_be_terminated(empty: Clients, subnet_id: str) -> None:
    """AWS Lambda Developer Guide, Lambda Managed Instances."""

    def add_instance(account: SimulatedAccount) -> str:
        region = account.region()
        instance = InterfaceFactory(region).instance(region.subnet(subnet_id))
        assert instance.attachment and instance.attachment.instance_id
        operator = SimulatedOperator(principal="lambda.amazonaws.com")
        request = NetworkInterfaceRequest(subnet_id=subnet_id, operator=operator, attachment=instance.attachment)
        create_interface(region, request)
        return instance.attachment.instance_id

    instance_id = empty.server.call(add_instance)
    code, _ = error_of(empty.ec2.terminate_instances, InstanceIds=[instance_id])
    assert code == "OperationNotPermitted"


@pytest.fixture
def shared_subnet_id(empty: Clients) -> str:
    """The id of a /26 subnet of another account: an interface of each of the two accounts, and a reservation."""

    def share(account: SimulatedAccount) -> str:
        region = account.region()
        vpc = add_vpc(region, "10.9.0.0/16", owner_id=OWNER)
        subnet = add_subnet(region, vpc.id, "10.9.0.0/26", owner_id=OWNER)
        for owner_id in (OWNER, account.id):
            create_interface(region, NetworkInterfaceRequest(subnet_id=subnet.id, owner_id=owner_id))
        add_reservation(region, subnet.id, "10.9.0.32/28", "prefix")
        return subnet.id

    return empty.server.call(share)


def test_a_participant_sees_the_count_of_all_and_its_own_interfaces(empty: Clients, shared_subnet_id: str) -> None:
    """VPC User Guide, VPC sharing: participants see only their own resources."""
    filters = [{"Name": "subnet-id", "Values": [shared_subnet_id]}]
    (subnet,) = empty.ec2.describe_subnets(SubnetIds=[shared_subnet_id])["Subnets"]
    (interface,) = empty.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    assert (subnet["OwnerId"], subnet["AvailableIpAddressCount"]) == (OWNER, 59 - 2 - 16)
    assert (interface["OwnerId"], interface["PrivateIpAddress"]) == ("123456789012", "10.9.0.5")
    assert len(empty.ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1


def test_an_interface_of_another_account_does_not_exist_for_a_participant(
    empty: Clients, shared_subnet_id: str
) -> None:
    interfaces = empty.server.account.region().interfaces.values()
    (foreign_id,) = [i.id for i in interfaces if i.owner_id == OWNER]
    not_found = ("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{foreign_id}' does not exist")
    assert error_of(empty.ec2.describe_network_interfaces, NetworkInterfaceIds=[foreign_id]) == not_found
    assert error_of(empty.ec2.delete_network_interface, NetworkInterfaceId=foreign_id) == not_found


def test_the_owner_of_a_subnet_sees_the_interfaces_of_participants(empty: Clients, subnet_id: str) -> None:
    """VPC User Guide, VPC sharing: owners can see participants' interfaces, but not change them."""
    request = NetworkInterfaceRequest(subnet_id=subnet_id, owner_id=OWNER, status="available")
    interface_id = empty.server.call(lambda account: create_interface(account.region(), request).id)
    (interface,) = empty.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert (interface["NetworkInterfaceId"], interface["OwnerId"]) == (interface_id, OWNER)
    assert error_of(empty.ec2.delete_network_interface, NetworkInterfaceId=interface_id) == NO_PERMISSION


def test_a_participant_can_neither_read_nor_change_reservations(empty: Clients, shared_subnet_id: str) -> None:
    ec2, subnet = empty.ec2, {"SubnetId": shared_subnet_id}
    reservation = {**subnet, "Cidr": "10.9.0.16/28", "ReservationType": "prefix"}
    (reservation_id,) = empty.server.account.region().reservations
    codes = [
        error_of(ec2.get_subnet_cidr_reservations, **subnet)[0],
        error_of(ec2.create_subnet_cidr_reservation, **reservation)[0],
        error_of(ec2.delete_subnet_cidr_reservation, SubnetCidrReservationId=reservation_id)[0],
    ]
    assert codes == ["UnauthorizedOperation"] * 3


def test_the_reading_in_which_a_participant_may_read_reservations(empty: Clients, shared_subnet_id: str) -> None:
    empty.server.call(lambda account: apply_setting(account.world, "participants-read-reservations", "yes"))
    response = empty.ec2.get_subnet_cidr_reservations(SubnetId=shared_subnet_id)
    reservations = [(r["Cidr"], r["OwnerId"]) for r in response["SubnetIpv4CidrReservations"]]
    assert reservations == [("10.9.0.32/28", OWNER)]


def test_the_visibility_of_managed_resources_is_a_setting_of_the_account(empty: Clients, subnet_id: str) -> None:
    """What's New, 2026-04-22: the default is `hidden`, and IncludeManagedResources shows them in one call."""
    request = NetworkInterfaceRequest(
        subnet_id=subnet_id, operator=SimulatedOperator(principal="eks.amazonaws.com", hidden_by_default=True)
    )
    empty.server.call(lambda account: create_interface(account.region(), request))

    def count(**params: bool) -> int:
        return len(empty.ec2.describe_network_interfaces(**params)["NetworkInterfaces"])

    def show(account: SimulatedAccount) -> None:
        account.managed_resource_visibility = "visible"

    assert (count(), count(IncludeManagedResources=True)) == (0, 1)
    empty.server.call(show)
    assert count() == 1
