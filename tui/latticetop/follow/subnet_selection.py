"""The subnet selection: which endpoints and subnets of a Region are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from latticetop.model.capacity.counting_subnets import Criteria, live_lattice_endpoints
from latticetop.model.endpoints.endpoint_types import LATTICE_TYPES, is_service_network
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Endpoint, Subnet


class Selection(Struct, frozen=True):
    """What to read of a scope.

    By default the VPC Lattice endpoints (ServiceNetwork, Resource and Tunnel), and every subnet of a VPC that has one;
    without any such endpoint every subnet of the Region, for those who run EKS alone. `vpc_ids` and `subnet_ids`
    select subnets instead, `newest_endpoint` beside them those of the newest service-network endpoint, which shows how
    AWS builds them. `all_subnets` selects every subnet of the Region, `all_endpoints` every type of endpoint.
    """

    all_endpoints: bool = False
    all_subnets: bool = False
    vpc_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    newest_endpoint: bool = False

    @property
    def criteria(self) -> Criteria:
        """The subnets that count because the user named them."""
        return Criteria(subnet_ids=self.subnet_ids, vpc_ids=self.vpc_ids, all_subnets=self.all_subnets)


def endpoint_types(selection: Selection) -> tuple[str, ...]:
    """Return the endpoint types to read; an empty tuple means all."""
    return () if selection.all_endpoints else LATTICE_TYPES


def selected_subnets(
    selection: Selection, subnets: Mapping[str, Subnet], endpoints: Iterable[Endpoint] | None
) -> frozenset[str]:
    """Return the ids of the selected subnets among those of the Region; `endpoints` is None if they were never read.

    Ids that do not exist, and subnets of other accounts that AWS does not list, are left out.
    """
    if selection.all_subnets:
        return frozenset(subnets)
    if selection.subnet_ids or selection.vpc_ids:
        by_id = {subnet_id for subnet_id in selection.subnet_ids if subnet_id in subnets}
        newest = _of_newest_endpoint(endpoints or ()) & subnets.keys() if selection.newest_endpoint else set()
        return frozenset(by_id | _of_vpcs(subnets, set(selection.vpc_ids)) | newest)
    if endpoints is None:
        return frozenset()
    vpc_ids = {endpoint.vpc_id for endpoint in live_lattice_endpoints(endpoints)}
    return frozenset(_of_vpcs(subnets, vpc_ids) if vpc_ids else subnets)


def unknown_id_problem(selection: Selection, subnets: Mapping[str, Subnet], vpc_ids: Iterable[str]) -> Problem | None:
    """Return a problem if a selected subnet or VPC does not exist, else None.

    `vpc_ids` are the VPCs of the Region; those of `subnets` are added.
    """
    all_vpcs = {subnet.vpc_id for subnet in subnets.values()} | set(vpc_ids)
    for noun, ids, existing in (("Subnet", selection.subnet_ids, set(subnets)), ("VPC", selection.vpc_ids, all_vpcs)):
        for missing_id in (selected_id for selected_id in ids if selected_id not in existing):
            message = f"{noun} '{missing_id}' does not exist in this account and Region."
            return Problem(ProblemKind.USAGE, "", message, "Check the id, --profile and --region.")
    return None


def _of_vpcs(subnets: Mapping[str, Subnet], vpc_ids: set[str]) -> set[str]:
    return {subnet_id for subnet_id, subnet in subnets.items() if subnet.vpc_id in vpc_ids}


def _of_newest_endpoint(endpoints: Iterable[Endpoint]) -> set[str]:
    """The subnets of the newest service-network endpoint that has not ended."""
    live = [endpoint for endpoint in live_lattice_endpoints(endpoints) if is_service_network(endpoint)]
    newest = max(live, key=lambda e: (e.creation_timestamp is not None, e.creation_timestamp or 0), default=None)
    return set(newest.subnet_ids) if newest else set()
