"""The subnet selection: which endpoints and subnets of a Region are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

from latticetop.model.capacity.counting_subnets import Criteria, live_lattice_endpoints
from latticetop.model.endpoints.endpoint_types import LATTICE_TYPES, is_service_network
from latticetop.model.records.eks_cluster import clusters_of
from latticetop.model.records.resources import Endpoint, Subnet
from latticetop.model.records.tag_filters import matches_tags

ClusterSubnets = Mapping[str, Collection[str]]
"""The ids of the subnets of each EKS cluster, by its name."""
NO_CLUSTERS: ClusterSubnets = MappingProxyType({})


class Selection(Struct, frozen=True):
    """What to read of a scope.

    By default the VPC Lattice endpoints (ServiceNetwork, Resource and Tunnel), and every subnet of a VPC that has one;
    without any such endpoint every subnet of the Region, for those who run EKS alone. `vpc_ids` and `subnet_ids`
    select subnets instead, `newest_endpoint` beside them those of the newest service-network endpoint, which shows how
    AWS builds them. `all_subnets` selects every subnet of the Region, `all_endpoints` every type of endpoint.

    `clusters` select the subnets of EKS clusters, as VPCs do. `tags` are filters of the form `KEY=VALUE` or `KEY`: of
    the subnets of VPCs and clusters, or without these of the Region, they leave those that match. With `may_be_empty`
    what tags and clusters select may not exist here: it may in another of several scopes.
    """

    all_endpoints: bool = False
    all_subnets: bool = False
    vpc_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    newest_endpoint: bool = False
    tags: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    may_be_empty: bool = False

    @property
    def criteria(self) -> Criteria:
        """The subnets that count because the user selected them."""
        return Criteria(
            subnet_ids=self.subnet_ids,
            vpc_ids=self.vpc_ids,
            all_subnets=self.all_subnets,
            tags=self.tags,
            clusters=self.clusters,
        )


def endpoint_types(selection: Selection) -> tuple[str, ...]:
    """Return the endpoint types to read; an empty tuple means all."""
    return () if selection.all_endpoints else LATTICE_TYPES


def selected_subnets(
    selection: Selection,
    subnets: Mapping[str, Subnet],
    endpoints: Iterable[Endpoint] | None,
    cluster_subnets: ClusterSubnets = NO_CLUSTERS,
) -> frozenset[str]:
    """Return the ids of the selected subnets among those of the Region; `endpoints` is None if they were never read.

    Ids that do not exist, and subnets of other accounts that AWS does not list, are left out. `cluster_subnets` are
    those in which clusters are, besides the ones that are tagged so.
    """
    if selection.all_subnets:
        return frozenset(subnets)
    if selection.criteria.selects_subnets:
        by_id = {subnet_id for subnet_id in selection.subnet_ids if subnet_id in subnets}
        newest = _of_newest_endpoint(endpoints or ()) & subnets.keys() if selection.newest_endpoint else set()
        return frozenset(by_id | _of_groups(selection, subnets, cluster_subnets) | newest)
    if endpoints is None:
        return frozenset()
    vpc_ids = {endpoint.vpc_id for endpoint in live_lattice_endpoints(endpoints)}
    return frozenset(_of_vpcs(subnets, vpc_ids) if vpc_ids else subnets)


def _of_groups(selection: Selection, subnets: Mapping[str, Subnet], cluster_subnets: ClusterSubnets) -> set[str]:
    """The subnets of the selected VPCs and clusters that match the tags; without either, all that do."""
    pool = _of_vpcs(subnets, set(selection.vpc_ids))
    for name in selection.clusters:
        pool |= subnets_of_cluster(name, subnets, cluster_subnets)
    if not selection.tags:
        return pool
    candidates = pool if selection.vpc_ids or selection.clusters else subnets
    return {subnet_id for subnet_id in candidates if matches_tags(subnets[subnet_id].tags, selection.tags)}


def subnets_of_cluster(name: str, subnets: Mapping[str, Subnet], cluster_subnets: ClusterSubnets) -> set[str]:
    """Return the ids of the subnets of a cluster: those that are tagged so, and those in which it is."""
    tagged = {subnet_id for subnet_id, subnet in subnets.items() if name in clusters_of(subnet.tags)}
    return tagged | (subnets.keys() & set(cluster_subnets.get(name, ())))


def _of_vpcs(subnets: Mapping[str, Subnet], vpc_ids: set[str]) -> set[str]:
    return {subnet_id for subnet_id, subnet in subnets.items() if subnet.vpc_id in vpc_ids}


def _of_newest_endpoint(endpoints: Iterable[Endpoint]) -> set[str]:
    """The subnets of the newest service-network endpoint that has not ended."""
    live = [endpoint for endpoint in live_lattice_endpoints(endpoints) if is_service_network(endpoint)]
    newest = max(live, key=lambda e: (e.creation_timestamp is not None, e.creation_timestamp or 0), default=None)
    return set(newest.subnet_ids) if newest else set()
