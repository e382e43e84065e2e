"""The types of VPC endpoint: which belong to VPC Lattice, which have associations, and which need /28 blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.records.resources import Endpoint

SERVICE_NETWORK, RESOURCE, TUNNEL = "ServiceNetwork", "Resource", "Tunnel"
LATTICE_TYPES = (SERVICE_NETWORK, RESOURCE, TUNNEL)
"""The types with associations, as the filter `vpc-endpoint-type` of ec2:DescribeVpcEndpoints spells them."""
# In lower case: responses are compared without regard to case.
_SERVICE_NETWORK = SERVICE_NETWORK.lower()
_GATEWAY = "gateway"
_WITH_ASSOCIATIONS = frozenset(name.lower() for name in LATTICE_TYPES)
_WITHOUT_ASSOCIATIONS = frozenset({"interface", "gatewayloadbalancer", _GATEWAY})


def is_service_network(endpoint: Endpoint) -> bool:
    """Whether it is an endpoint of a service network, with ENIs for resources and for services."""
    return endpoint.vpc_endpoint_type.lower() == _SERVICE_NETWORK


def is_gateway(endpoint: Endpoint) -> bool:
    """Whether it is an endpoint that routes lead to: it has no subnets and no ENIs."""
    return endpoint.vpc_endpoint_type.lower() == _GATEWAY


def has_associations(endpoint: Endpoint, listed: bool = False) -> bool:
    """Whether endpoints of this type have associations; of a type that is not known, if AWS has `listed` some."""
    endpoint_type = endpoint.vpc_endpoint_type.lower()
    return endpoint_type in _WITH_ASSOCIATIONS or (listed and endpoint_type not in _WITHOUT_ASSOCIATIONS)


def needs_ipv4(endpoint: Endpoint) -> bool:
    """Whether its ENIs need IPv4 addresses: not those of an endpoint with the IP address type `ipv6`."""
    return endpoint.ip_address_type.lower() != "ipv6"


def needs_blocks(endpoint: Endpoint) -> bool:
    """Whether each of its ENIs for services needs a free /28 block; IPv6 endpoints and other types need none.

    Source: docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html. Resource and Tunnel
    endpoints take single addresses; an older one may hold blocks all the same, which its ENIs show.
    """
    return is_service_network(endpoint) and needs_ipv4(endpoint)
