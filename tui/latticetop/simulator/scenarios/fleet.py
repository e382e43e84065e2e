"""A healthy account of medium size: EKS with prefix delegation, endpoints, and one degraded endpoint."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from latticetop.simulator.address_orders import LowestFirst, RandomOrder
from latticetop.simulator.ipv4 import format_address, parse_address
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import (
    add_gateway_endpoint,
    add_interface_endpoint,
    add_resource_gateway,
    add_service_network,
    create_endpoint_as_user,
)
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.ec2_resources import SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
NODES = (26, 22, 17)
PODS = (190, 130, 60)
FUNCTIONS = 12
IPV6_START = "2600:1f18:4a2c:7e"


def build(account: SimulatedAccount) -> None:
    """Add three VPCs: production with an EKS cluster, data, and shared services."""
    region, world, random = account.region(), account.world, Random(account.seed)
    world.address_order = RandomOrder(account.seed)
    with world.in_the_past(days=40):
        cluster_subnets, endpoint_subnets = _add_production(region)
        for subnet, nodes, pods in zip(cluster_subnets, NODES, PODS, strict=True):
            _fill_cluster_subnet(region, subnet, nodes, pods, random)
    world.address_order = LowestFirst()
    with world.in_the_past(days=12):
        data_subnets, shared_subnets = _add_data(region), _add_shared_services(region)
    with world.in_the_past(days=9):
        _add_endpoints(region, endpoint_subnets, data_subnets, shared_subnets)


def _add_production(region: SimulatedRegion) -> tuple[list[SimulatedSubnet], list[SimulatedSubnet]]:
    """Add the VPC; return the subnets of the cluster and those of the endpoints."""
    vpc = add_vpc(region, "10.20.0.0/16", ipv6_cidr=f"{IPV6_START}00::/56", tags={"Name": "production"})
    factory = InterfaceFactory(region)
    cluster_subnets, endpoint_subnets = [], []
    for number, zone in enumerate(ZONES):
        cluster_subnets.append(_add_subnet(region, vpc.id, f"10.20.{16 * number}.0/20", zone, "production-eks"))
        public = add_subnet(
            region,
            vpc.id,
            f"10.20.{48 + number}.0/24",
            availability_zone=zone,
            map_public_ip_on_launch=True,
            tags={"Name": f"production-public-{zone[-1]}"},
        )
        factory.nat_gateway(public)
        for name in ("web", "api", "grpc"):
            factory.load_balancer(public, name, "net" if name == "grpc" else "app")
        endpoint_subnets.append(_add_subnet(region, vpc.id, f"10.20.{56 + number}.0/25", zone, "production-endpoints"))
    ipv6_only = add_subnet(
        region,
        vpc.id,
        None,
        availability_zone=ZONES[0],
        ipv6_cidr=f"{IPV6_START}06::/64",
        tags={"Name": "production-ipv6-a"},
    )
    for number in range(3):
        factory.ipv6_instance(ipv6_only, f"{IPV6_START}06::1{number}")
    add_gateway_endpoint(region, vpc.id, "s3")
    add_reservation(region, cluster_subnets[0].id, "10.20.12.0/23", "prefix", "prefix delegation of the nodes")
    add_reservation(region, cluster_subnets[0].id, "10.20.15.0/25", "explicit", "appliances")
    add_reservation(region, cluster_subnets[1].id, "10.20.28.0/24", "prefix", "prefix delegation of the nodes")
    return cluster_subnets, endpoint_subnets


def _fill_cluster_subnet(
    region: SimulatedRegion, subnet: SimulatedSubnet, nodes: int, pods: int, random: Random
) -> None:
    """Add EKS nodes with prefixes, and pods and Lambda functions with scattered single addresses."""
    factory, pool = InterfaceFactory(region), region.address_pools[subnet.id]
    scattered = [format_address(a) for a in random.sample(range(pool.first + 4, pool.first + 3000), 2000)]
    candidates = iter([address for address in scattered if not address.endswith((".0", ".255"))])
    for _ in range(2):
        factory.eks_control_plane(subnet, "production", next(candidates))
    for number in range(nodes):
        instance_id = factory.new_instance_id()
        factory.eks_node(subnet, "production", random.randint(1, 4), instance_id)
        if number % 3 == 0:
            factory.eks_node(subnet, "production", random.randint(1, 3), instance_id)
    free = [address for address in candidates if not pool.is_in_use(parse_address(address))]
    for address in free[:pods]:
        factory.eks_branch(subnet, address)
    for index, address in enumerate(free[pods : pods + FUNCTIONS]):
        factory.lambda_function(subnet, ("orders", "billing", "thumbnails")[index % 3], address)
    factory.detached(subnet, "aws-K8S-i-0d2e4c1b7a9f38056", free[pods + FUNCTIONS])


def _add_data(region: SimulatedRegion) -> list[SimulatedSubnet]:
    vpc = add_vpc(region, "10.30.0.0/20", "100.64.0.0/20", tags={"Name": "data"})
    factory, subnets = InterfaceFactory(region), []
    for number, zone in enumerate(ZONES[:2]):
        subnet = _add_subnet(region, vpc.id, f"10.30.{number}.0/24", zone, "data")
        for octet in (7, 20, 21, 37, 52):
            factory.rds_instance(subnet, f"10.30.{number}.{octet}")
        factory.instance(subnet, f"10.30.{number}.69", "bastion", secondary_count=2)
        subnets.append(subnet)
    _add_subnet(region, vpc.id, "100.64.0.0/22", ZONES[0], "data-batch")
    return subnets


def _add_shared_services(region: SimulatedRegion) -> list[SimulatedSubnet]:
    vpc = add_vpc(region, "10.40.0.0/22", tags={"Name": "shared-services"})
    subnets = [_add_subnet(region, vpc.id, f"10.40.{number}.0/26", zone, "shared") for number, zone in enumerate(ZONES)]
    _add_subnet(region, vpc.id, "10.40.3.0/27", ZONES[0], "shared-small")
    for service in ("ecr.dkr", "secretsmanager", "sts"):
        add_interface_endpoint(region, service, subnets[:2])
    return subnets


def _add_endpoints(
    region: SimulatedRegion,
    production_subnets: list[SimulatedSubnet],
    data_subnets: list[SimulatedSubnet],
    shared_subnets: list[SimulatedSubnet],
) -> None:
    gateway = add_resource_gateway(region, "data-gateway", data_subnets, address_count=16)
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
        failed_resources=("initech-api",),
        gateway_id=gateway.id,
    )
    analytics = add_service_network(region, "analytics", services=("dashboards",))
    create_endpoint_as_user(region, platform, production_subnets, "platform")
    create_endpoint_as_user(region, partners, data_subnets, "partners")
    create_endpoint_as_user(region, analytics, shared_subnets[1:], "analytics")


def _add_subnet(region: SimulatedRegion, vpc_id: str, cidr: str, zone: str, name: str) -> SimulatedSubnet:
    tags = {"Name": f"{name}-{zone[-1]}"}
    return add_subnet(region, vpc_id, cidr, availability_zone=zone, tags=tags)
