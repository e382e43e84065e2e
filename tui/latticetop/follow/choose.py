"""Which subnets to look into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from latticetop.follow.status import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Endpoint, Subnet

SERVICE_NETWORK = "ServiceNetwork"
_GONE = ("deleting", "deleted", "rejected", "expired")


def endpoint_types(selection: Selection) -> tuple[str, ...]:
    """The types of endpoint to ask for; none for all."""
    return () if selection.all_endpoints else (SERVICE_NETWORK,)


def choose_subnets(
    selection: Selection, subnets: Mapping[str, Subnet], endpoints: Iterable[Endpoint]
) -> frozenset[str]:
    """The ids of the subnets to look into: those asked for, or every one of a VPC with a service-network endpoint.

    What does not exist, or is not ours to see, is left out.
    """
    if selection.all_subnets:
        return frozenset(subnets)
    if selection.subnet_ids or selection.vpc_ids:
        named = {subnet_id for subnet_id in selection.subnet_ids if subnet_id in subnets}
        return frozenset(named | _of_vpcs(subnets, set(selection.vpc_ids)))
    vpc_ids = {
        endpoint.vpc_id
        for endpoint in endpoints
        if endpoint.vpc_endpoint_type.lower() == SERVICE_NETWORK.lower() and endpoint.state.lower() not in _GONE
    }
    return frozenset(_of_vpcs(subnets, vpc_ids))


def unknown_ids(selection: Selection, subnets: Mapping[str, Subnet], vpc_ids: Iterable[str]) -> Problem | None:
    """The problem of asking for a subnet or a VPC that does not exist."""
    known_vpcs = {subnet.vpc_id for subnet in subnets.values()} | set(vpc_ids)
    for word, ids, known in (("subnet", selection.subnet_ids, set(subnets)), ("VPC", selection.vpc_ids, known_vpcs)):
        for missing in (each for each in ids if each not in known):
            message = f"There is no {word} '{missing}' in this account and Region."
            return Problem(ProblemKind.USAGE, "", message, "Check the id, --profile and --region.")
    return None


def _of_vpcs(subnets: Mapping[str, Subnet], vpc_ids: set[str]) -> set[str]:
    return {subnet_id for subnet_id, subnet in subnets.items() if subnet.vpc_id in vpc_ids}
