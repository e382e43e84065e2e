"""What each type of endpoint has and needs, however AWS spells it."""

from __future__ import annotations

import pytest

from latticetop.model.endpoints.endpoint_types import (
    LATTICE_TYPES,
    has_associations,
    is_service_network,
    needs_blocks,
    needs_ipv4,
)
from latticetop.model.records.resources import Endpoint


@pytest.mark.parametrize(
    ("endpoint_type", "service_network", "associations", "listed"),
    [
        ("ServiceNetwork", True, True, True),
        ("SERVICENETWORK", True, True, True),
        ("Resource", False, True, True),
        ("resource", False, True, True),
        ("Tunnel", False, True, True),
        ("Interface", False, False, False),
        ("GatewayLoadBalancer", False, False, False),
        ("gateway", False, False, False),
        ("Hovercraft", False, False, True),
    ],
)
def test_what_a_type_has(endpoint_type: str, service_network: bool, associations: bool, listed: bool) -> None:
    endpoint = Endpoint("vpce-1", endpoint_type, "vpc-1", "Available")
    assert is_service_network(endpoint) is service_network
    assert has_associations(endpoint) is associations
    assert has_associations(endpoint, listed=True) is listed


@pytest.mark.parametrize(
    ("endpoint_type", "ip_address_type", "ipv4", "blocks"),
    [
        ("ServiceNetwork", "IPV4", True, True),
        ("ServiceNetwork", "ipv4", True, True),
        ("ServiceNetwork", "dualstack", True, True),
        ("ServiceNetwork", "DUALSTACK", True, True),
        ("ServiceNetwork", "", True, True),
        ("ServiceNetwork", "IPV6", False, False),
        ("servicenetwork", "ipv6", False, False),
        ("Resource", "IPV4", True, False),
        ("Tunnel", "IPV4", True, False),
        ("Interface", "ipv4", True, False),
        ("Interface", "ipv6", False, False),
    ],
)
def test_who_needs_ipv4_and_blocks(endpoint_type: str, ip_address_type: str, ipv4: bool, blocks: bool) -> None:
    endpoint = Endpoint("vpce-1", endpoint_type, "vpc-1", "Available", ip_address_type=ip_address_type)
    assert (needs_ipv4(endpoint), needs_blocks(endpoint)) == (ipv4, blocks)


def test_the_types_that_are_read_by_default() -> None:
    assert LATTICE_TYPES == ("ServiceNetwork", "Resource", "Tunnel")
