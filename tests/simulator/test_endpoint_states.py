"""The states of endpoints, in the casing of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.endpoint_states import set_endpoint_state, state_text
from latticetop.simulator.scenarios.service_networks import add_service_network
from tests.simulator.clients import Clients

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock, SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion


@pytest.mark.parametrize(
    ("endpoint_type", "state", "text"),
    [
        ("ServiceNetwork", "pending", "Pending"),
        ("Resource", "FAILED", "Failed"),
        ("Tunnel", "pendingacceptance", "PendingAcceptance"),
        ("Interface", "Available", "available"),
        ("GatewayLoadBalancer", "PendingAcceptance", "pendingAcceptance"),
        ("Gateway", "Expired", "expired"),
        ("ServiceNetwork", "Updating", "Updating"),
    ],
)
def test_the_casing_of_states(endpoint_type: str, state: str, text: str) -> None:
    assert state_text(endpoint_type, state) == text


@pytest.mark.parametrize("state", ["Partial", "PendingAcceptance", "Rejected", "Expired", "Deleting", "Deleted"])
def test_a_state_that_is_set_stays(empty: Clients, clock: ManualClock, state: str) -> None:
    def add(account: SimulatedAccount) -> str:
        region = account.region()
        vpc_id, subnet_id = next(iter(region.vpcs)), next(iter(region.subnets))
        network = add_service_network(region, "network", resources=["orders-db"])
        request = EndpointRequest(vpc_id=vpc_id, service_network_arn=network.arn, subnet_ids=(subnet_id,))
        return create_endpoint(region, request).id

    endpoint_id = empty.server.call(add)
    clock.finish()
    error = ("SomeCode", "Some message")
    empty.server.call(
        lambda account: set_endpoint_state(
            account.region(), endpoint_id, state, failure_reason="a reason", last_error=error
        )
    )
    clock.finish()
    (endpoint,) = empty.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert (endpoint["State"], endpoint["FailureReason"]) == (state, "a reason")
    assert endpoint["LastError"] == {"Code": "SomeCode", "Message": "Some message"}
    assert len(endpoint["NetworkInterfaceIds"]) == 2


def test_a_pending_endpoint_that_is_set_to_another_state_is_not_built_on(
    region: SimulatedRegion, clock: ManualClock
) -> None:
    network = add_service_network(region, "network", resources=["orders-db"])
    request = EndpointRequest(vpc_id="vpc-1", service_network_arn=network.arn, subnet_ids=("subnet-1",))
    endpoint = create_endpoint(region, request)
    clock.advance(9)
    set_endpoint_state(region, endpoint.id, "Partial")
    clock.finish()
    assert region.endpoint(endpoint.id).state == "Partial"
    assert len(region.interfaces) == 1
