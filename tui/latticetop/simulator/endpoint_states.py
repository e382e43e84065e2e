"""The states of VPC endpoints: how AWS spells them, and changes that no call of the account's owner makes.

No AWS document defines `Partial` and `Expired`: they exist in the service model, and only ``set_endpoint_state`` leads
to them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint
    from latticetop.simulator.region import SimulatedRegion

STATES = (
    "PendingAcceptance", "Pending", "Available", "Deleting", "Deleted", "Rejected", "Failed", "Expired", "Partial",
)  # fmt: skip
LOWER_CASE_TYPES = frozenset({"Interface", "GatewayLoadBalancer", "Gateway"})
"""The types whose states AWS returns as `available`, `pendingAcceptance`; the others as `Available`."""


def state_text(endpoint_type: str, state: str) -> str:
    """A state as AWS spells it for an endpoint of this type; an unknown state as it is."""
    known_state = next((known for known in STATES if known.lower() == state.lower()), None)
    if known_state is None:
        return state
    return known_state[:1].lower() + known_state[1:] if endpoint_type in LOWER_CASE_TYPES else known_state


def set_endpoint_state(
    region: SimulatedRegion,
    endpoint_id: str,
    state: str,
    *,
    failure_reason: str | None = None,
    last_error: tuple[str, str] | None = None,
) -> SimulatedEndpoint:
    """Put an endpoint into a state, its ENIs unchanged; ``last_error`` is the code and the message of LastError."""
    endpoint = region.endpoint(endpoint_id)
    return region.put_endpoint(
        replace(
            endpoint,
            state=state_text(endpoint.endpoint_type, state),
            failure_reason=failure_reason,
            last_error=last_error,
        )
    )


def accept_endpoint(region: SimulatedRegion, service_id: str, endpoint_id: str) -> None:
    """Accept the connection of an endpoint to an endpoint service, as the owner of the service does."""
    endpoint = _connected_endpoint(region, service_id, endpoint_id)
    if endpoint.state != "pendingAcceptance":
        raise ApiError("InvalidState", f"The endpoint {endpoint_id} is not pending acceptance.")
    set_endpoint_state(region, endpoint_id, "pending")
    make_available_later(region, endpoint_id)


def reject_endpoint(region: SimulatedRegion, service_id: str, endpoint_id: str) -> None:
    """Reject the connection of an endpoint to an endpoint service, as the owner of the service does."""
    _connected_endpoint(region, service_id, endpoint_id)
    set_endpoint_state(region, endpoint_id, "rejected")


def make_available_later(region: SimulatedRegion, endpoint_id: str) -> None:
    """Set a pending interface or Gateway Load Balancer endpoint to `available` after ``available_after`` seconds."""
    delay = region.world.build_settings.available_after
    region.world.clock.call_later(delay, partial(_make_available, region, endpoint_id))


def _make_available(region: SimulatedRegion, endpoint_id: str) -> None:
    endpoint = region.endpoints.get(endpoint_id)
    if endpoint and endpoint.state == "pending":
        region.put_endpoint(replace(endpoint, state="available"))


def _connected_endpoint(region: SimulatedRegion, service_id: str, endpoint_id: str) -> SimulatedEndpoint:
    endpoint = region.endpoint(endpoint_id)
    if not (endpoint.service_name or "").endswith(f".{service_id}"):
        raise invalid(f"The endpoint {endpoint_id} is not connected to the service {service_id}.")
    return endpoint
