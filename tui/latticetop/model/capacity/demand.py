"""The demand of new endpoints, EKS nodes and prefixes on a subnet: single addresses and /28 blocks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.records.eni_owners import EniRole
from latticetop.model.records.text import counted, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES_PER_INTERFACE = 63
"""Resource configurations per ENI for resources: one address each
(docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html)."""
CONFIGURATIONS_PER_BLOCK = 16
"""Resource configurations per /28 under the behaviour of 2024 (an older version of the same page)."""

PREFIXES_PER_INTERFACE = 9
"""Prefixes that an interface of a node holds unless stated otherwise: an m5.large's 10 addresses minus the primary one.

A prefix takes the place of an address (EC2 guide, AvailableIpPerENI and ec2-prefix-eni)."""
PODS_PER_PREFIX = 16
WARM_PREFIXES = 1
"""Prefixes that the VPC CNI holds beyond what the pods use: WARM_PREFIX_TARGET."""


class Behaviour(StrEnum):
    """How the ENIs for resources get addresses: `today` as single addresses, in `2024` as /28 prefixes."""

    TODAY = "today"
    IN_2024 = "2024"


class IpAddressType(StrEnum):
    """The types of address of an endpoint (EC2 API, CreateVpcEndpoint, IpAddressType)."""

    IPV4 = "ipv4"
    DUALSTACK = "dualstack"
    IPV6 = "ipv6"


_TYPE_NAMES = {IpAddressType.DUALSTACK: "dual-stack", IpAddressType.IPV6: "IPv6"}


class AllocationRequest(Struct, frozen=True):
    """One CreateNetworkInterface call in one subnet, or one prefix by itself.

    `endpoint` numbers the endpoints from 1; it is 0, and `role` is None, for the interface of a node and for a prefix.
    `addresses` includes the primary address.
    """

    endpoint: int
    role: EniRole | None
    addresses: int
    blocks: int


class Demand(Struct, frozen=True):
    """New service-network endpoints with `resources` resource configurations each, EKS nodes, and /28 prefixes alone.

    Every subnet of an endpoint has to provide all of it. ENIs for resources are included, though AWS may create none in
    a zone without a resource gateway. Each of the `nodes` holds `prefixes_per_node` prefixes on as many interfaces as
    they need, or on `interfaces_per_node` if that is more; each interface takes a primary address. An endpoint with
    IPv6 alone takes no IPv4 address. ValueError, with a sentence, if numbers are out of range.
    """

    endpoints: int = 1
    resources: int = 1
    behaviour: Behaviour = Behaviour.TODAY
    prefixes: int = 0
    nodes: int = 0
    prefixes_per_node: int = 1
    prefixes_per_interface: int = PREFIXES_PER_INTERFACE
    interfaces_per_node: int = 1
    ip_address_type: IpAddressType = IpAddressType.IPV4

    def __post_init__(self) -> None:
        if min(self.endpoints, self.resources, self.prefixes, self.nodes) < 0:
            raise ValueError("the numbers of endpoints, resource configurations, nodes and prefixes are not negative")
        if min(self.prefixes_per_node, self.prefixes_per_interface, self.interfaces_per_node) < 1:
            raise ValueError("a node has at least one prefix and one interface, and an interface holds at least one")
        if self.ip_address_type is IpAddressType.IPV6 and (self.nodes or self.prefixes):
            raise ValueError("IPv6 is planned for endpoints alone, without nodes and /28 prefixes")

    @property
    def addresses(self) -> int:
        """Single IPv4 addresses needed in each subnet."""
        per_endpoint = sum(request.addresses for request in self._endpoint_requests(1))
        return self.endpoints * per_endpoint + self.nodes * self.interfaces_of_node

    @property
    def blocks(self) -> int:
        """/28 blocks needed in each subnet."""
        per_endpoint = sum(request.blocks for request in self._endpoint_requests(1))
        return self.endpoints * per_endpoint + self.nodes * self.prefixes_per_node + self.prefixes

    @property
    def interfaces_of_node(self) -> int:
        """The interfaces of each node: as many as its prefixes need, at least `interfaces_per_node`."""
        return max(self.interfaces_per_node, -(-self.prefixes_per_node // self.prefixes_per_interface))

    @property
    def without_ipv4(self) -> bool:
        """Whether it needs no IPv4 address: endpoints with IPv6 alone, which get /80 prefixes."""
        return self.endpoints > 0 and self.ip_address_type is IpAddressType.IPV6

    @property
    def single(self) -> Demand:
        """The demand of one of these endpoints; of one node if there is no endpoint; else of one prefix."""
        if self.endpoints:
            return Demand(1, self.resources, self.behaviour, ip_address_type=self.ip_address_type)
        if self.nodes:
            return structs.replace(self, nodes=1, prefixes=0)
        return Demand(0, 0, self.behaviour, 1)

    def unit(self, count: int) -> str:
        """The noun for this many of what `single` is: `endpoint`, `nodes`, `prefixes`."""
        if self.endpoints:
            return plural(count, "endpoint")
        return plural(count, "node") if self.nodes else plural(count, "prefix", "prefixes")

    def requests(self) -> Iterator[AllocationRequest]:
        """The requests in each subnet: ENIs for resources, then ENIs for services, then nodes, then prefixes."""
        by_endpoint = [self._endpoint_requests(number) for number in range(1, self.endpoints + 1)]
        for requests in by_endpoint:
            yield from requests[:-1]
        for requests in by_endpoint:
            yield from requests[-1:]
        for _ in range(self.nodes):
            yield from self._node_requests()
        for _ in range(self.prefixes):
            yield AllocationRequest(0, None, 0, 1)

    def __str__(self) -> str:
        parts = []
        if self.endpoints:
            resources = f"{self.resources or 'no'} {plural(self.resources, 'resource configuration')}"
            each = plural(self.endpoints, "", " each")
            kind = "" if self.ip_address_type is IpAddressType.IPV4 else f"{_TYPE_NAMES[self.ip_address_type]} "
            parts.append(f"{counted(self.endpoints, f'{kind}service-network endpoint')} with {resources}{each}")
        if self.nodes:
            interfaces = self.interfaces_of_node
            where = f" on {interfaces} interfaces" if interfaces > 1 else ""
            each = plural(self.nodes, "", " each")
            prefixes = counted(self.prefixes_per_node, "/28 prefix", "/28 prefixes")
            parts.append(f"{counted(self.nodes, 'EKS node')} with {prefixes}{where}{each}")
        if self.prefixes or not parts:
            parts.append(counted(self.prefixes, "/28 prefix", "/28 prefixes"))
        return " and ".join(parts)

    def _endpoint_requests(self, number: int) -> list[AllocationRequest]:
        """An endpoint's requests in one subnet: its ENIs for resources, if any, and last its ENI for services."""
        if self.ip_address_type is IpAddressType.IPV6:
            return []
        service = AllocationRequest(number, EniRole.SERVICE, 1, 1)
        if self.behaviour is Behaviour.IN_2024:
            blocks = -(-self.resources // CONFIGURATIONS_PER_BLOCK)
            return [AllocationRequest(number, EniRole.RESOURCE, 1, blocks), service] if blocks else [service]
        full, rest = divmod(self.resources, ADDRESSES_PER_INTERFACE)
        counts = [ADDRESSES_PER_INTERFACE] * full + ([rest] if rest else [])
        return [*(AllocationRequest(number, EniRole.RESOURCE, 1 + count, 0) for count in counts), service]

    def _node_requests(self) -> Iterator[AllocationRequest]:
        """A node's interfaces, each with its primary address; the last ones hold the prefixes.

        So that a demand ends with a prefix: an interface without one would be made at no other time.
        """
        rest = self.prefixes_per_node
        full, some = divmod(rest, self.prefixes_per_interface)
        counts = [self.prefixes_per_interface] * full + ([some] if some else [])
        for _ in range(self.interfaces_of_node - len(counts)):
            yield AllocationRequest(0, None, 1, 0)
        for count in counts:
            yield AllocationRequest(0, None, 1, count)


def default_endpoints(nodes: int, prefixes: int) -> int:
    """Return how many endpoints are meant where none are named: one, or none beside nodes and prefixes."""
    return int(not nodes and not prefixes)


def prefixes_for_pods(pods: int) -> int:
    """Return the prefixes that a node with this many pods holds: 16 pods a prefix, and one that is kept warm.

    That is WARM_PREFIX_TARGET=1, the default (aws/amazon-vpc-cni-k8s, docs/prefix-and-ip-target.md).
    """
    return -(-pods // PODS_PER_PREFIX) + WARM_PREFIXES


ONE_ENDPOINT = Demand()
"""The demand that the dashboard counts with: one endpoint with one resource configuration, as AWS builds it today.

The number of resource configurations of a future endpoint is unknown. One is the least with which an endpoint is of use
and has an ENI for resources, whose addresses are assigned first and can fragment the last block. More of them add
single addresses only, and those run out far later than blocks.
"""
