"""Endpoints that the owner of a service accepts or rejects: who that is, how long it takes, and what to do."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from latticetop.model.endpoints.findings import fix_in_order
from latticetop.model.endpoints.verdict import MAX_ACCEPTANCE_TIME, REJECTED, is_waiting
from latticetop.model.records.text import resource_name

if TYPE_CHECKING:
    from latticetop.model.endpoints.findings import Finding
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot


def waits_too_long(snapshot: Snapshot, endpoint: Endpoint) -> bool:
    """Whether an endpoint has waited for its acceptance for a day or more, if AWS gives its creation time."""
    created = endpoint.creation_timestamp
    return is_waiting(endpoint.state) and created is not None and snapshot.taken_at - created >= MAX_ACCEPTANCE_TIME


def accepting_owner(snapshot: Snapshot, endpoint: Endpoint) -> str:
    """Name who accepts or rejects the endpoint: the owner of the service, or of what its ARN names."""
    if endpoint.service_name:
        return f"the owner of {endpoint.service_name}"
    for noun, arn in (
        ("service network", endpoint.service_network_arn),
        ("resource configuration", endpoint.resource_configuration_arn),
    ):
        if arn:
            account_id = next(islice(arn.split(":"), 4, None), "")
            account = "this account" if account_id == snapshot.scope.account_id else f"account {account_id}"
            return f"the owner of the {noun} {resource_name(arn)}{f' ({account})' if account_id else ''}"
    return "the owner of the service"


def find_acceptance_fix(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Say what to do about an endpoint that is not accepted yet, or that was rejected or has expired.

    Source: docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html.
    """
    owner, state = accepting_owner(snapshot, endpoint), endpoint.state.lower()
    if is_waiting(state):
        request = f"ask {owner} to accept {endpoint.vpc_endpoint_id}{_command(endpoint)}"
        return fix_in_order(request, instead="delete the endpoint")
    if state == REJECTED:
        return fix_in_order(f"ask {owner} for the reason", "create the endpoint again, or delete it")
    return fix_in_order("delete the endpoint", "create it again if it is still needed")


def _command(endpoint: Endpoint) -> str:
    """The owner's command, for an endpoint service: its id is the last part of the service name."""
    service_id = endpoint.service_name.rsplit(".", 1)[-1]
    if not service_id.startswith("vpce-svc-"):
        return ""
    ids = f"--service-id {service_id} --vpc-endpoint-ids {endpoint.vpc_endpoint_id}"
    return f" (aws ec2 accept-vpc-endpoint-connections {ids})"
