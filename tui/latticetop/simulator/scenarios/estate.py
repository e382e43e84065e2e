"""A generated account: many VPCs, subnets and ENIs, and a service-network endpoint in each VPC."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import REGIONS, zone_names
from latticetop.simulator.ec2_resources import SimulatedAttachment
from latticetop.simulator.ipv4 import BLOCK_SIZE, format_address, format_block
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.ec2_resources import SimulatedSecurityGroup, SimulatedSubnet, SimulatedVpc
    from latticetop.simulator.lattice_resources import SimulatedServiceNetwork
    from latticetop.simulator.region import SimulatedRegion

SUBNETS_PER_VPC = 12
INTERFACES_PER_SUBNET = 700
SERVICE_NETWORKS = 8
RESOURCES = ("orders-db", "billing-db", "ledger", "cache", "search")


def build(account: SimulatedAccount, interfaces: int, regions: int, accounts: int) -> None:
    """Add that many ENIs to each of that many accounts, spread over that many Regions, the home Region first."""
    members = [account.add_member_account(f"{int(account.id) + number}") for number in range(1, accounts)]
    for account_to_fill in (account, *members):
        _fill_account(account_to_fill, interfaces, regions)


def _fill_account(account: SimulatedAccount, interfaces: int, regions: int) -> None:
    home = account.home_region
    names = [home, *(name for name in REGIONS if name != home)][:regions]
    share, remainder = divmod(interfaces, len(names))
    with account.world.in_the_past(days=60):
        for index, name in enumerate(names):
            random = Random(f"{account.seed}/{name}")
            _fill_region(account.region(name), share + (index < remainder), random)


def _fill_region(region: SimulatedRegion, interface_count: int, random: Random) -> None:
    networks = [
        add_service_network(region, f"platform-{number}", resources=RESOURCES[: 1 + number % 5])
        for number in range(SERVICE_NETWORKS)
    ]
    per_vpc = SUBNETS_PER_VPC * INTERFACES_PER_SUBNET
    for number in range(max(1, -(-interface_count // per_vpc))):
        _add_vpc(region, number, min(per_vpc, interface_count - number * per_vpc), networks, random)


def _add_vpc(
    region: SimulatedRegion,
    number: int,
    interface_count: int,
    networks: list[SimulatedServiceNetwork],
    random: Random,
) -> None:
    vpc = add_vpc(region, f"10.{number}.0.0/16", tags={"Name": f"estate-{number:03}"})
    zones = zone_names(region.name)
    _add_endpoint(region, vpc, number, networks[number % SERVICE_NETWORKS])
    share, remainder = divmod(interface_count, SUBNETS_PER_VPC)
    group = region.default_security_group(vpc.id)
    for index in range(SUBNETS_PER_VPC):
        subnet = add_subnet(
            region,
            vpc.id,
            f"10.{number}.{16 * index}.0/20",
            availability_zone=zones[index % len(zones)],
            tags={"Name": f"estate-{number:03}-{index:02}"},
        )
        if group:
            _fill_subnet(region, subnet, share + (index < remainder), group, random)


def _add_endpoint(region: SimulatedRegion, vpc: SimulatedVpc, number: int, network: SimulatedServiceNetwork) -> None:
    """Create the endpoint of a VPC; in every fourth VPC an instance fragments a block of its subnet."""
    subnets = []
    for index, zone in enumerate(zone_names(region.name)[:2]):
        cidr, tags = f"10.{number}.{250 + index}.0/26", {"Name": f"estate-{number:03}-endpoints-{index}"}
        subnets.append(add_subnet(region, vpc.id, cidr, availability_zone=zone, tags=tags))
    if number % 4 == 1:
        InterfaceFactory(region).instance(subnets[0], f"10.{number}.250.36")
    create_endpoint_as_user(region, network, subnets, f"platform-{number:03}")


def _fill_subnet(
    region: SimulatedRegion,
    subnet: SimulatedSubnet,
    interface_count: int,
    group: SimulatedSecurityGroup,
    random: Random,
) -> None:
    """Add ENIs to a /20 subnet, up to 120 of them EKS nodes with a prefix."""
    first, world = region.address_pools[subnet.id].first, region.world
    node_blocks = random.sample(range(1, 255), 120)
    node_count, excluded_blocks = min(len(node_blocks), interface_count // 4), set(node_blocks)
    candidates = [a for a in range(first + 4, first + 4095) if (a - first) // BLOCK_SIZE not in excluded_blocks]
    for index, address in enumerate(random.sample(candidates, interface_count)):
        instance_id = world.ids.new("i")
        is_node = index < node_count
        create_interface(
            region,
            NetworkInterfaceRequest(
                subnet_id=subnet.id,
                address_request=AddressRequest(
                    addresses=(format_address(address),),
                    prefixes=(format_block(first + BLOCK_SIZE * node_blocks[index]),) if is_node else (),
                ),
                description=f"aws-K8S-{instance_id}" if is_node else "",
                security_groups=(group,),
                status="in-use",
                attachment=SimulatedAttachment(
                    id=world.ids.new("eni-attach"),
                    instance_owner_id=world.account_id,
                    instance_id=instance_id,
                    device_index=int(is_node),
                    attach_time=world.clock.now(),
                ),
                tags={"Name": f"{subnet.tags['Name']}-{index:04}"},
            ),
        )
