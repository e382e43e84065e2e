"""A healthy account of middling size: EKS with prefix delegation, endpoints, and one degraded endpoint."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.addresses import format_address, parse_address
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.orders import LowestFirst, RandomOrder
from latticetop.simulator.reservations import reserve
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.scenarios.history import before
from latticetop.simulator.scenarios.networks import (
    add_classic_endpoint,
    add_gateway,
    add_gateway_endpoint,
    add_service_network,
    open_endpoint,
)

if TYPE_CHECKING:
    from latticetop.simulator.account import Account
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Subnet

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
NODES = (26, 22, 17)
PODS = (190, 130, 60)
IPV6 = "2600:1f18:4a2c:7e"


def build(account: Account) -> None:
    """Three VPCs: production with its cluster, data, and shared services."""
    region, random = account.region(), Random(account.seed)
    account.order = RandomOrder(account.seed)
    with before(account, days=40):
        clusters, private = _production(region)
        for subnet, nodes, pods in zip(clusters, NODES, PODS, strict=True):
            _cluster(region, subnet, nodes, pods, random)
    account.order = LowestFirst()
    with before(account, days=12):
        data, shared = _data(region), _shared(region)
    with before(account, days=9):
        _endpoints(region, private, data, shared)


def _production(region: Region) -> tuple[list[Subnet], list[Subnet]]:
    vpc = add_vpc(region, "10.20.0.0/16", ipv6_cidr=f"{IPV6}00::/56", tags={"Name": "production"})
    furnish = Furnisher(region)
    clusters, private = [], []
    for number, zone in enumerate(ZONES):
        letter, public = zone[-1], f"10.20.{48 + number}.0/24"
        name = f"production-eks-{letter}"
        cidr = f"10.20.{16 * number}.0/20"
        clusters.append(add_subnet(region, vpc.id, cidr, zone=zone, tags={"Name": name}))
        tags = {"Name": f"production-public-{letter}"}
        outside = add_subnet(region, vpc.id, public, zone=zone, public=True, tags=tags)
        furnish.nat_gateway(outside)
        for balancer in ("web", "api", "grpc"):
            furnish.load_balancer(outside, balancer, "net" if balancer == "grpc" else "app")
        tags, inside = {"Name": f"production-endpoints-{letter}"}, f"10.20.{56 + number}.0/25"
        private.append(add_subnet(region, vpc.id, inside, zone=zone, tags=tags))
    six = add_subnet(
        region, vpc.id, None, zone=ZONES[0], ipv6_cidr=f"{IPV6}06::/64", tags={"Name": "production-ipv6-a"}
    )
    for number in range(3):
        furnish.ipv6_instance(six, f"{IPV6}06::1{number}")
    add_gateway_endpoint(region, vpc.id, "s3")
    reserve(region, clusters[0].id, "10.20.12.0/23", "prefix", "prefix delegation of the nodes")
    reserve(region, clusters[0].id, "10.20.15.0/25", "explicit", "appliances")
    reserve(region, clusters[1].id, "10.20.28.0/24", "prefix", "prefix delegation of the nodes")
    return clusters, private


def _cluster(region: Region, subnet: Subnet, nodes: int, pods: int, random: Random) -> None:
    furnish, pool = Furnisher(region), region.pools[subnet.id]
    scattered = [format_address(a) for a in random.sample(range(pool.first + 4, pool.first + 3000), 2000)]
    spare = iter([address for address in scattered if not address.endswith((".0", ".255"))])
    for _ in range(2):
        furnish.control_plane(subnet, "production", next(spare))
    for number in range(nodes):
        instance_id = furnish.new_instance()
        furnish.node(subnet, "production", random.randint(1, 4), instance_id)
        if number % 3 == 0:
            furnish.node(subnet, "production", random.randint(1, 3), instance_id)
    taken = {address for address in scattered if pool.in_use(parse_address(address))}
    free = [address for address in spare if address not in taken]
    for address in free[:pods]:
        furnish.branch(subnet, address)
    for index, address in enumerate(free[pods : pods + 12]):
        furnish.function(subnet, ("orders", "billing", "thumbnails")[index % 3], address)
    furnish.detached(subnet, "aws-K8S-i-0d2e4c1b7a9f38056", free[pods + 12])


def _data(region: Region) -> list[Subnet]:
    vpc = add_vpc(region, "10.30.0.0/20", "100.64.0.0/20", tags={"Name": "data"})
    furnish, subnets = Furnisher(region), []
    for number, zone in enumerate(ZONES[:2]):
        cidr, tags = f"10.30.{number}.0/24", {"Name": f"data-{zone[-1]}"}
        subnet = add_subnet(region, vpc.id, cidr, zone=zone, tags=tags)
        for address in (7, 20, 21, 37, 52):
            furnish.database(subnet, f"10.30.{number}.{address}")
        furnish.instance(subnet, f"10.30.{number}.69", "bastion", secondary=2)
        subnets.append(subnet)
    add_subnet(region, vpc.id, "100.64.0.0/22", zone=ZONES[0], tags={"Name": "data-batch-a"})
    return subnets


def _shared(region: Region) -> list[Subnet]:
    vpc = add_vpc(region, "10.40.0.0/22", tags={"Name": "shared-services"})
    subnets = []
    for number, zone in enumerate(ZONES):
        cidr, tags = f"10.40.{number}.0/26", {"Name": f"shared-{zone[-1]}"}
        subnets.append(add_subnet(region, vpc.id, cidr, zone=zone, tags=tags))
    add_subnet(region, vpc.id, "10.40.3.0/27", zone=ZONES[0], tags={"Name": "shared-small-a"})
    for service in ("ecr.dkr", "secretsmanager", "sts"):
        add_classic_endpoint(region, service, subnets[:2])
    return subnets


def _endpoints(region: Region, private: list[Subnet], data: list[Subnet], shared: list[Subnet]) -> None:
    gateway = add_gateway(region, "data-gateway", data, addresses=16)
    platform = add_service_network(
        region,
        "shared-platform",
        resources=("orders-db", "billing-db", "ledger", "reports", "cache"),
        services=("checkout", "search"),
    )
    partners = add_service_network(
        region,
        "partner-links",
        resources=("acme-ledger", "acme-files", "initech-api", "hooli-feed"),
        failed=("initech-api",),
        gateway_id=gateway.id,
    )
    analytics = add_service_network(region, "analytics", services=("dashboards",))
    open_endpoint(region, platform, private, "platform")
    open_endpoint(region, partners, data, "partners")
    open_endpoint(region, analytics, shared[1:], "analytics")
