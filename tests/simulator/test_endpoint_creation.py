"""Validation of CreateVpcEndpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.errors import ApiError
from latticetop.simulator.scenarios.service_networks import add_service_network
from latticetop.simulator.vpcs import add_subnet, add_vpc

if TYPE_CHECKING:
    from latticetop.simulator.region import SimulatedRegion


def test_invalid_subnets(region: SimulatedRegion) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/26", subnet_id="subnet-2")
    add_subnet(region, "vpc-1", None, subnet_id="subnet-6", ipv6_cidr="2600::/64")
    add_vpc(region, "10.1.0.0/16", vpc_id="vpc-2")
    add_subnet(region, "vpc-2", "10.1.0.0/24", subnet_id="subnet-3")
    network = add_service_network(region, "network", resources=["r0"])
    for subnet_ids in (("subnet-1", "subnet-2"), ("subnet-6",), ("subnet-3",), ("subnet-9",), ()):
        with pytest.raises(ApiError):
            create_endpoint(
                region, EndpointRequest(vpc_id="vpc-1", service_network_arn=network.arn, subnet_ids=subnet_ids)
            )
    assert region.endpoints == {}
