"""What the user selected and what does not exist: subnets, VPCs, tags and EKS clusters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from msgspec import structs

from latticetop.follow.subnet_selection import (
    NO_CLUSTERS,
    ClusterSubnets,
    Selection,
    selected_subnets,
    subnets_of_cluster,
)
from latticetop.model.records.eks_cluster import clusters_of
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import SUBNETS
from latticetop.model.records.resources import Subnet
from latticetop.model.records.tag_filters import matches_tags, tag_texts
from latticetop.model.records.text import counted
from latticetop.model.snapshot import Snapshot

MOST_NAMED = 5
"""Tags or clusters that a sentence names."""
HERE = "in this account and Region"
"""Where the sentences say that something does not exist."""
_CHECK_SCOPE = "Check --profile and --region."


def unknown_selection_problem(
    selection: Selection,
    subnets: Mapping[str, Subnet],
    vpc_ids: Iterable[str],
    cluster_subnets: ClusterSubnets = NO_CLUSTERS,
) -> Problem | None:
    """Return a problem if a selected subnet, VPC, tag or cluster does not exist, else None.

    `vpc_ids` are the VPCs of the Region; those of `subnets` are added.
    """
    all_vpcs = {subnet.vpc_id for subnet in subnets.values()} | set(vpc_ids)
    for noun, ids, existing in (("Subnet", selection.subnet_ids, set(subnets)), ("VPC", selection.vpc_ids, all_vpcs)):
        for missing_id in (selected_id for selected_id in ids if selected_id not in existing):
            return _problem(f"{noun} '{missing_id}' does not exist {HERE}.", "Check the id, --profile and --region.")
    if selection.may_be_empty or selection.all_subnets:
        return None
    for name in selection.clusters:
        if not subnets_of_cluster(name, subnets, cluster_subnets):
            return _unknown_cluster(name, subnets)
    return _unknown_tags(selection, subnets, cluster_subnets) if selection.tags else None


def nothing_selected_problem(selection: Selection, snapshots: Collection[Snapshot | None]) -> Problem | None:
    """Return a problem if tags or clusters select nothing in any of several scopes; None unless all were read."""
    if not selection.criteria.selects_by_tags or not snapshots:
        return None
    if any(each is None or SUBNETS not in each.read_at or each.subnets for each in snapshots):
        return None
    names = [*(f"cluster {name}" for name in selection.clusters), *(f"tag {text}" for text in selection.tags)]
    scopes = counted(len(snapshots), "account and Region", "accounts and Regions")
    message = f"No subnet of the {scopes} matches {' and '.join(names)}."
    return _problem(message, "Check the spelling.")


def _unknown_cluster(name: str, subnets: Mapping[str, Subnet]) -> Problem:
    names = sorted({cluster for subnet in subnets.values() for cluster in clusters_of(subnet.tags)})
    message = f"No subnet {HERE} is of an EKS cluster '{name}'."
    step = _nearest(name, names, "Clusters of subnets here") or "aws eks list-clusters names those that EKS runs."
    return _problem(message, step)


def _unknown_tags(
    selection: Selection, subnets: Mapping[str, Subnet], cluster_subnets: ClusterSubnets
) -> Problem | None:
    """A problem if no subnet matches, and of a filter that no subnet of the Region matches, the nearest tags."""
    for text in selection.tags:
        if not any(matches_tags(subnet.tags, [text]) for subnet in subnets.values()):
            tags = {tag for subnet in subnets.values() for tag in tag_texts(subnet.tags)}
            keys = {tag.partition("=")[0] for tag in tags}
            known = tags if "=" in text else keys
            return _problem(
                f"No subnet {HERE} has the tag '{text}'.", _nearest(text, sorted(known), "Tags here") or _CHECK_SCOPE
            )
    by_tags = structs.replace(selection, subnet_ids=(), newest_endpoint=False)
    if selected_subnets(by_tags, subnets, (), cluster_subnets):
        return None
    texts = " and ".join(f"'{text}'" for text in selection.tags)
    what = f"the tags {texts} together" if len(selection.tags) > 1 else f"the tag {texts}"
    places = [*selection.vpc_ids, *(f"cluster {name}" for name in selection.clusters)]
    where = f"of {' and '.join(places)}" if places else HERE
    return _problem(f"No subnet {where} has {what}.", "Leave one out, or check the others.")


def _nearest(text: str, names: Collection[str], label: str) -> str:
    """Name what is spelled most like a text; else the first few; empty if there are none."""
    near = get_close_matches(text, names, n=MOST_NAMED) or sorted(names)[:MOST_NAMED]
    more = ", …" if len(names) > len(near) else ""
    return f"{label}: {', '.join(near)}{more}." if near else ""


def _problem(message: str, next_step: str) -> Problem:
    return Problem(ProblemKind.USAGE, "", message, next_step)
