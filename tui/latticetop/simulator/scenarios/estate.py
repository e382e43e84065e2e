"""A generated account: many VPCs, subnets and interfaces, and an endpoint in every VPC."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.addresses import format_address, format_block
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.resources import Attachment
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.history import before
from latticetop.simulator.scenarios.networks import add_service_network, open_endpoint
from latticetop.simulator.zones import REGIONS, zone_names

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.lattice import ServiceNetwork
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import SecurityGroup, Subnet, Vpc

SUBNETS_PER_VPC = 12
PER_SUBNET = 700
NETWORKS = 8
RESOURCES = ("orders-db", "billing-db", "ledger", "cache", "search")


def build(account: Account, interfaces: str, regions: str, accounts: str) -> None:
    """So many interfaces in each of so many accounts, spread over so many Regions beginning with the home Region."""
    if not 1 <= int(accounts) <= 50:
        raise ValueError("estate takes 1 to 50 accounts")
    members = [account.add_member(f"{int(account.id) + number}") for number in range(1, int(accounts))]
    for each in (account, *members):
        _fill_account(each, interfaces, regions)


def _fill_account(account: Account, interfaces: str, regions: str) -> None:
    names = [account.home, *(name for name in REGIONS if name != account.home)][: int(regions)]
    if not names or not 0 <= int(interfaces) <= 1_000_000:
        raise ValueError("estate takes up to 1,000,000 interfaces in 1 to 17 Regions")
    share, rest = divmod(int(interfaces), len(names))
    with before(account, days=60):
        for index, name in enumerate(names):
            random = Random(f"{account.seed}/{name}")
            _fill_region(account.region(name), share + (index < rest), random)


def _fill_region(region: Region, count: int, random: Random) -> None:
    networks = [
        add_service_network(region, f"platform-{number}", resources=RESOURCES[: 1 + number % 5])
        for number in range(NETWORKS)
    ]
    per_vpc = SUBNETS_PER_VPC * PER_SUBNET
    for number in range(max(1, -(-count // per_vpc))):
        _fill_vpc(region, number, min(per_vpc, count - number * per_vpc), networks, random)


def _fill_vpc(region: Region, number: int, count: int, networks: list[ServiceNetwork], random: Random) -> None:
    vpc = add_vpc(region, f"10.{number}.0.0/16", tags={"Name": f"estate-{number:03}"})
    zones = zone_names(region.name)
    _open_endpoint(region, vpc, number, networks[number % NETWORKS])
    share, rest = divmod(count, SUBNETS_PER_VPC)
    group = region.default_group(vpc.id)
    for place in range(SUBNETS_PER_VPC):
        zone = zones[place % len(zones)]
        subnet = add_subnet(
            region,
            vpc.id,
            f"10.{number}.{16 * place}.0/20",
            zone=zone,
            tags={"Name": f"estate-{number:03}-{place:02}"},
        )
        if group:
            _fill_subnet(region, subnet, share + (place < rest), group, random)


def _open_endpoint(region: Region, vpc: Vpc, number: int, network: ServiceNetwork) -> None:
    """Every fourth VPC's endpoint has a subnet whose blocks a single address breaks."""
    subnets = []
    for place, zone in enumerate(zone_names(region.name)[:2]):
        cidr, tags = f"10.{number}.{250 + place}.0/26", {"Name": f"estate-{number:03}-endpoints-{place}"}
        subnets.append(add_subnet(region, vpc.id, cidr, zone=zone, tags=tags))
    if number % 4 == 1:
        Furnisher(region).instance(subnets[0], f"10.{number}.250.36")
    open_endpoint(region, network, subnets, f"platform-{number:03}")


def _fill_subnet(region: Region, subnet: Subnet, count: int, group: SecurityGroup, random: Random) -> None:
    first, account = region.pools[subnet.id].first, region.account
    blocks = random.sample(range(1, 255), 120)
    nodes, apart = min(len(blocks), count // 4), set(blocks)
    singles = [a for a in range(first + 4, first + 4095) if (a - first) >> 4 not in apart]
    addresses = random.sample(singles, count)
    for index, address in enumerate(addresses):
        instance_id = account.ids.new("i")
        node = index < nodes
        create_interface(
            region,
            InterfaceRequest(
                subnet_id=subnet.id,
                wanted=Wanted(
                    addresses=(format_address(address),),
                    prefixes=(format_block(first + 16 * blocks[index]),) if node else (),
                ),
                description=f"aws-K8S-{instance_id}" if node else "",
                groups=(group,),
                status="in-use",
                attachment=Attachment(
                    id=account.ids.new("eni-attach"),
                    owner=account.id,
                    instance_id=instance_id,
                    device_index=int(node),
                    attached_at=account.clock.now(),
                ),
                tags={"Name": f"{subnet.tags['Name']}-{index:04}"},
            ),
        )
