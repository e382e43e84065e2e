"""How AWS builds service-network endpoints: as it documents today, and as the ENIs of an account show it did."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.model.capacity.demand import Behaviour, Demand
from latticetop.model.endpoints.endpoint_types import is_service_network
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import EniRole, endpoint_of

if TYPE_CHECKING:
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot

_OBSERVED = IdentityCache["Snapshot", tuple[Behaviour, str]]()


def observed_behaviour(snapshot: Snapshot) -> tuple[Behaviour, str]:
    """Return the behaviour that the account shows, and the id of the endpoint that shows it.

    An ENI for resources that holds a /28 shows the behaviour of 2024; of several such endpoints the newest is named.
    Without one nothing contradicts AWS's documents: the id is empty.
    """
    observed = _OBSERVED.get(snapshot)
    if observed is None:
        endpoint_id = _endpoint_as_in_2024(snapshot)
        behaviour = Behaviour.IN_2024 if endpoint_id else Behaviour.TODAY
        _OBSERVED[snapshot] = observed = behaviour, endpoint_id
    return observed


def evidence_sentence(snapshot: Snapshot, endpoint_id: str) -> str:
    """Say what an endpoint shows that contradicts AWS's documents; empty without an endpoint."""
    endpoint = snapshot.endpoints.get(endpoint_id)
    if endpoint is None:
        return ""
    created = f", created {endpoint.creation_timestamp:%Y-%m-%d}," if endpoint.creation_timestamp else ""
    blocks = max(_resource_blocks(snapshot, endpoint).values(), default=0) + 1
    return f"{endpoint_id}{created} was built with {blocks} /28 a zone; AWS documents 1 for new endpoints."


def demands_by_behaviour(snapshot: Snapshot, demand: Demand) -> tuple[Demand, ...]:
    """Return the demand as AWS documents it, and as the account shows it where that differs."""
    return _demands(demand, observed_behaviour(snapshot)[0])


@lru_cache(maxsize=64)
def _demands(demand: Demand, observed: Behaviour) -> tuple[Demand, ...]:
    """The same object for several snapshots: what is cached for a subnet is compared by identity."""
    today, other = (structs.replace(demand, behaviour=behaviour) for behaviour in (Behaviour.TODAY, observed))
    differ = (today.addresses, today.blocks) != (other.addresses, other.blocks)
    return (today, other) if differ else (today,)


def _endpoint_as_in_2024(snapshot: Snapshot) -> str:
    endpoints = [
        endpoint
        for endpoint in snapshot.endpoints.values()
        if is_service_network(endpoint) and _resource_blocks(snapshot, endpoint)
    ]
    newest = max(endpoints, key=_age_key, default=None)
    return newest.vpc_endpoint_id if newest else ""


def _age_key(endpoint: Endpoint) -> tuple[float, str]:
    created = endpoint.creation_timestamp
    return created.timestamp() if created else 0.0, endpoint.vpc_endpoint_id


def _resource_blocks(snapshot: Snapshot, endpoint: Endpoint) -> dict[str, int]:
    """The /28 prefixes of an endpoint's ENIs for resources, by subnet; subnets without one are left out."""
    blocks: dict[str, int] = {}
    for interface in snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ()):
        if interface.prefixes and endpoint_of(interface) == (endpoint.vpc_endpoint_id, EniRole.RESOURCE):
            blocks[interface.subnet_id] = blocks.get(interface.subnet_id, 0) + len(interface.prefixes)
    return blocks
