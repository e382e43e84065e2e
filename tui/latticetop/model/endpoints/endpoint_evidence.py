"""What the endpoints of an account show: what one like them needs, and which of them serve nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.behaviour import demands_by_behaviour
from latticetop.model.capacity.demand import Demand
from latticetop.model.endpoints.endpoint_types import is_service_network
from latticetop.model.endpoints.verdict import FAILED, Verdict, verdict_for
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.read_parts import ASSOCIATIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot

_RESOURCE_CONFIGURATION = ":resourceconfiguration/"
_REPLACED = (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.PENDING)
_FAILED_ENDPOINTS = IdentityCache["Snapshot", frozenset[str]]()


def demands_of(snapshot: Snapshot, endpoint: Endpoint) -> tuple[Demand, ...]:
    """Return what a service-network endpoint like this one may need in each subnet, the most blocks first.

    That is what AWS documents today, and what the account shows where that differs.
    """
    demands = demands_by_behaviour(snapshot, Demand(1, _resource_count(snapshot, endpoint)))
    return tuple(sorted(demands, key=lambda demand: -demand.blocks))


def failed_endpoints(snapshot: Snapshot) -> frozenset[str]:
    """Return the ids of the service-network endpoints that have failed and through which nothing is reached.

    Nobody misses them when they are deleted.
    """
    failed = _FAILED_ENDPOINTS.get(snapshot)
    if failed is None:
        failed = _FAILED_ENDPOINTS[snapshot] = frozenset(
            endpoint_id
            for endpoint_id, endpoint in snapshot.endpoints.items()
            if is_service_network(endpoint) and is_failed(snapshot, endpoint)
        )
    return failed


def replaceable_endpoints(snapshot: Snapshot, subnet_ids: Collection[str], network_arn: str = "") -> frozenset[str]:
    """Return the ids of the failed and pending service-network endpoints that a new one in these subnets replaces.

    They have no other subnet, and are of the same service network, if it is known.
    """
    return frozenset(
        endpoint_id
        for endpoint_id, endpoint in snapshot.endpoints.items()
        if is_service_network(endpoint)
        and network_arn in ("", endpoint.service_network_arn)
        and set(endpoint.subnet_ids) <= set(subnet_ids)
        and verdict_for(endpoint.state, snapshot.associations_by_endpoint.get(endpoint_id, ())) in _REPLACED
    )


def is_failed(snapshot: Snapshot, endpoint: Endpoint) -> bool:
    """Whether an endpoint has failed and AWS calls none of its associations accessible; they have to be read."""
    if ASSOCIATIONS not in snapshot.read_at:
        return False
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    return endpoint.state.lower() == FAILED and verdict_for(endpoint.state, associations) is Verdict.FAILED


def _resource_count(snapshot: Snapshot, endpoint: Endpoint) -> int:
    """The resource configurations of the endpoint: by its associations, and by those of the service network.

    A failed endpoint may have no association: one is assumed where the service network was not read.
    """
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    listed = sum(not a.resource_arn or _RESOURCE_CONFIGURATION in a.resource_arn for a in associations)
    network = snapshot.service_network_of(endpoint)
    if network is None or network.resources is None:
        return max(listed, 1)
    return max(listed, len(network.resources))
